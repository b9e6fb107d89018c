#include "runtime/evaluation/past_views.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/time/clock.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/engine/forecaster.h"
#include "core/engine/past_panels.h"

namespace bellwether::runtime {
namespace {

using base::cat;
using base::JournalOffset;
using ViewPtr = std::shared_ptr<const engine::View>;

class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count), before_(count.fetch_add(1)) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { count_.fetch_sub(1); }
  int before() const { return before_; }

 private:
  std::atomic<int>& count_;
  int before_;
};

}  // namespace

PastViews::PastViews(Views& views, const BookKeeper& keeper,
                     std::vector<indicators::Measure> forecast, std::vector<domain::Topic> topics)
    : views_(views), keeper_(keeper), forecast_(std::move(forecast)), topics_(std::move(topics)) {}

absl::StatusOr<ViewPtr> PastViews::at(const engine::AsOfRevision& question, absl::Time now) {
  BELLWETHER_ASSIGN_OR_RETURN(JournalOffset const revision, revision_of(question));
  ViewPtr kept = find(revision, now);
  if (kept != nullptr && has_forecasts(*kept, question.forecast)) return kept;
  Counted const call(calls_);
  if (call.before() >= kPastCallsMax) {
    return absl::ResourceExhaustedError(
        cat(kPastCallsMax,
            " questions about the past wait already; ask again later, or another replica"));
  }
  std::lock_guard making(making_);
  kept = find(revision, now);  // an equal question may have been answered in the meantime
  if (kept == nullptr) {
    BELLWETHER_ASSIGN_OR_RETURN(kept, make(revision));
  }
  if (!has_forecasts(*kept, question.forecast))
    kept = with_forecasts(std::move(kept), *question.forecast);
  keep(revision, kept, now);
  return kept;
}

bool PastViews::has_forecasts(const engine::View& view,
                              std::optional<indicators::Measure> wanted) const {
  if (!wanted || std::ranges::find(forecast_, *wanted) == forecast_.end()) return true;
  return view.forecasts != nullptr && view.forecasts->through() == *view.data_through &&
         view.forecasts->find(indicators::Node{}, *wanted) != nullptr;
}

absl::StatusOr<JournalOffset> PastViews::revision_of(const engine::AsOfRevision& question) const {
  if (question.tick) {
    BookKeeper::Published const journal = keeper_.published();
    if (auto const record = journal.past->record_of(*question.tick)) return *record;
    ViewPtr const present = views_.get();
    return out_of_range(cat("the tick ", present->calendar.name(*question.tick)), *present,
                        journal);
  }
  Counted const waiter(waiters_);
  absl::Time const until = absl::Now() + kPastWaitMax;
  for (JournalOffset read = keeper_.view()->offset(); read < question.revision;
       read = keeper_.view()->offset()) {
    absl::Duration const left = until - absl::Now();
    bool const waits = question.revision.value - read.value <= kPastAheadMax &&
                       waiter.before() < kPastWaitersMax && left > absl::ZeroDuration();
    if (!waits) {
      return out_of_range(cat("revision ", question.revision.value,
                              ", which is after the journal that this replica has read,"),
                          *views_.get(), keeper_.published());
    }
    keeper_.wait_for_news(read, left);
  }
  return question.revision;
}

ViewPtr PastViews::find(JournalOffset revision, absl::Time now) {
  std::lock_guard lock(mutex_);
  auto const found = std::ranges::find(kept_, revision, &Kept::revision);
  if (found == kept_.end()) return nullptr;
  found->asked = now;
  return found->view;
}

absl::StatusOr<ViewPtr> PastViews::make(JournalOffset revision) const {
  ViewPtr const present = views_.get();
  BookKeeper::Published const journal = keeper_.published();
  std::string const what = cat("revision ", revision.value);
  auto book = journal.past->at(revision);
  if (absl::IsOutOfRange(book.status())) return out_of_range(what, *present, journal);
  if (!book.ok()) return book.status();
  auto const tick = book->last_tick();
  if (!tick) return out_of_range(what, *present, journal);
  if (!present->data_through || *present->data_through < *tick) {
    return absl::UnavailableError(cat(
        "this replica has not yet read the figures of ", present->calendar.name(*tick),
        ", to which revision ", revision.value, " belongs; ask again later, or another replica"));
  }
  auto view = std::make_shared<engine::View>(*present);
  if (*tick != *present->data_through) {
    auto panel = engine::panel_at(*present->panel, *present->changes, *tick);
    if (!panel) return out_of_range(what, *present, journal);
    view->panel = std::move(panel->panel);
    view->reported = std::move(panel->reported);
    view->forecasts.reset();
  }
  view->changes = std::make_shared<engine::PanelChanges>();
  view->data_through = tick;
  view->book = std::make_shared<const alerts::Book>(*std::move(book));
  view->happenings = std::make_shared<engine::Happenings>(*view->book, *view->panel);
  return view;
}

absl::Status PastViews::out_of_range(std::string_view what, const engine::View& present,
                                     const BookKeeper::Published& journal) {
  // The first tick of which both the panel and the book are kept.
  for (const auto& change : *present.changes) {
    auto const record = journal.past->record_of(change->tick);
    if (!record) continue;
    return absl::OutOfRangeError(cat(
        what, " cannot be asked; this replica keeps the revisions ", record->value, " (",
        present.calendar.name(change->tick), ") to ", journal.book->offset().value, " (",
        journal.book->last_tick() ? present.calendar.name(*journal.book->last_tick()) : "no tick",
        ")"));
  }
  return absl::OutOfRangeError(
      cat(what, " cannot be asked; this replica keeps no earlier revisions yet"));
}

ViewPtr PastViews::with_forecasts(ViewPtr view, indicators::Measure measure) const {
  engine::Forecaster forecaster(view->panel, view->reported, *view->data_through, {measure});
  while (forecaster.step(std::numeric_limits<size_t>::max())) {
  }
  auto with = std::make_shared<engine::View>(*view);
  with->forecasts = forecaster.finish();
  return with;
}

void PastViews::keep(JournalOffset revision, ViewPtr view, absl::Time now) {
  std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const Kept& k) { return k.revision == revision; });
  kept_.push_back({revision, std::move(view), now});
  if (kept_.size() > kPastViewsKept) kept_.pop_front();
}

absl::StatusOr<engine::JudgedTick> PastViews::judged_tick(
    std::optional<engine::AsOfRevision> question, absl::Time now) {
  engine::JudgedTick out{views_.get(), nullptr, topics_};
  auto const verdict = out.view->book->last_tick();
  if (!question && verdict && out.view->data_through && verdict != out.view->data_through)
    question = engine::AsOfRevision{.tick = std::min(*verdict, *out.view->data_through)};
  if (question) {
    BELLWETHER_ASSIGN_OR_RETURN(out.view, at(*question, now));
  }
  auto const tick = out.view->data_through;
  if (!tick) return out;
  BookKeeper::Published const journal = keeper_.published();
  auto const record = journal.past->record_of(*tick);
  if (out.view->book->last_tick() != tick) {
    return absl::UnavailableError(cat("the figures of ", out.view->calendar.name(*tick),
                                      " have no verdict yet; ask again later, or another replica"));
  }
  std::string const what = cat("the book before the tick ", out.view->calendar.name(*tick));
  if (!record) return out_of_range(what, *out.view, journal);
  std::lock_guard folding(folding_);
  if (before_.second == nullptr || before_.first != *record) {
    auto book = journal.past->at(JournalOffset(record->value - 1));
    if (absl::IsOutOfRange(book.status())) return out_of_range(what, *out.view, journal);
    if (!book.ok()) return book.status();
    before_ = {*record, std::make_shared<const alerts::Book>(*std::move(book))};
  }
  out.before = before_.second;
  return out;
}

void PastViews::forget_old(absl::Time now) {
  std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const Kept& k) { return now - k.asked > kPastViewKeptFor; });
}

size_t PastViews::kept() const {
  std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace bellwether::runtime
