// Fuzzes AlertFilter with two texts, alone, negated, and joined by AND and by OR. A joined filter
// matches exactly the alerts that both filters match, or one of them. A blank filter matches every
// alert. An error is InvalidArgument and has a message.
#include "adapters/rpc/filter.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "adapters/rpc/limits.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/input.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::rpc {
namespace {

using testing::kMonths;

// Alerts that differ in every field that a filter can compare.
std::vector<alerts::Alert> make_alerts() {
  std::vector<alerts::Alert> all;
  for (int i = 0; i < 32; ++i) {
    alerts::Alert& a = all.emplace_back();
    a.state.key.rule = i % 2 == 0 ? "R1" : "R12";
    a.state.key.area = i % 3 == 0 ? "N1" : i % 3 == 1 ? "S" : "registrations";
    a.state.key.sector = i % 5 == 0 ? "C" : "47";
    a.state.open = i % 4 < 2;
    a.state.severity = static_cast<alerts::Severity>(1 + i % 3);
    a.state.raised = kMonths.period_of(base::days_from_civil(1998, 1 + i, 1));
    a.state.historical = i % 8 < 4;
    if (i % 16 < 8) a.acknowledgement.emplace();
    if (!a.state.open) a.cleared = base::PeriodIndex(a.state.raised.value + i % 5);
  }
  return all;
}

bool blank(std::string_view text) {
  return absl::StripAsciiWhitespace(base::to_absl(text)).empty();
}

absl::StatusOr<AlertFilter> parse(std::string_view text) {
  static const std::shared_ptr<const reference::Reference> world(std::shared_ptr<const void>(),
                                                                 &testing::world());
  static const alerts::Book book(kMonths);
  auto parsed = AlertFilter::parse(text, book, world);
  if (parsed.ok()) {
    BELLWETHER_CHECK(text.size() <= kFilterBytesMax);
  } else {
    BELLWETHER_CHECK(absl::IsInvalidArgument(parsed.status()));
    BELLWETHER_CHECK(!parsed.status().message().empty());
  }
  return parsed;
}

// The filters joined. nullopt if the result exceeds a limit.
std::optional<AlertFilter> joined(std::string_view left, std::string_view join,
                                  std::string_view right) {
  std::string const text = base::cat("(", left, ")\n", join, "\t(", right, ")");
  auto parsed = parse(text);
  if (parsed.ok()) return *std::move(parsed);
  std::string_view const why = base::from_absl(parsed.status().message());
  BELLWETHER_CHECK(why.find(" than ") != std::string_view::npos);
  return std::nullopt;
}

void check(std::string_view left_text, std::string_view right_text) {
  static const std::vector<alerts::Alert> alerts = make_alerts();
  auto const left = parse(left_text);
  auto const right = parse(right_text);
  if (!left.ok() || !right.ok()) return;
  for (const alerts::Alert& alert : alerts) {
    BELLWETHER_CHECK(!blank(left_text) || left->matches(alert));
  }
  if (blank(left_text) || blank(right_text)) return;
  auto const both = joined(left_text, "AND", right_text);
  auto const either = joined(left_text, "or", right_text);
  auto const without = joined(left_text, "AND NOT", right_text);
  for (const alerts::Alert& alert : alerts) {
    bool const l = left->matches(alert);
    bool const r = right->matches(alert);
    if (both) BELLWETHER_CHECK(both->matches(alert) == (l && r));
    if (either) BELLWETHER_CHECK(either->matches(alert) == (l || r));
    if (without) BELLWETHER_CHECK(without->matches(alert) == (l && !r));
  }
}

}  // namespace
}  // namespace bellwether::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::fuzz::Input input(data, size);
  std::string_view const left = input.part();
  bellwether::rpc::check(left, input.rest());
  return 0;
}
