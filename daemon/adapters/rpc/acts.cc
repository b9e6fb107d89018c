#include "adapters/rpc/acts.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "adapters/rpc/place.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

// A human act waits this long for the journal, or until the caller's deadline if that is earlier.
constexpr absl::Duration kActWait = absl::Seconds(10);

// Journaled texts come to terminals and logs.
void check_printable(const std::string& text, std::string_view field, BadRequest& bad) {
  if (base::printable(text) != text)
    bad.add(field, "leave out line breaks, control characters and marks of writing direction");
}

}  // namespace

void check_actor(const std::string& actor, std::string_view field, BadRequest& bad) {
  if (actor.empty() || actor.size() > static_cast<size_t>(kActorBytesMax)) {
    bad.add(field, base::cat("name the person who acts, in 1 to ", kActorBytesMax, " bytes"));
  }
  check_printable(actor, field, bad);
}

void check_comment(const std::string& comment, std::string_view field, BadRequest& bad) {
  if (comment.size() > static_cast<size_t>(kCommentBytesMax)) {
    bad.add(field, base::cat("at most ", kCommentBytesMax, " bytes"));
  }
  check_printable(comment, field, bad);
}

std::shared_ptr<const engine::View> view_that_knows(
    const Shared& shared, const std::function<bool(const alerts::Book&)>& known) {
  auto view = shared.backend.view();
  if (known(*view->book) || !shared.backend.wait_for_news) return view;
  Place const place(shared.traffic->waiting);
  absl::Time const until = absl::Now() + kActKnownWait;
  for (absl::Time now = absl::Now();
       place.number() <= kActsWaitingMax && now < until && !known(*view->book); now = absl::Now()) {
    shared.backend.wait_for_news(view->book->offset(), until - now);
    view = shared.backend.view();
  }
  return view;
}

absl::StatusOr<base::JournalOffset> journal_act(const Shared& shared,
                                                const grpc::ServerContext& context,
                                                const alerts::JournalEntry& act) {
  absl::Time const asked = absl::FromChrono(context.deadline());
  return shared.backend.append(act, std::min(asked, absl::Now() + kActWait));
}

std::string_view without_prefix(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return name;
}

}  // namespace bellwether::rpc
