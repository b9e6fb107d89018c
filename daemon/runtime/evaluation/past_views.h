// Purpose: the views of earlier revisions, made on demand: the book of the revision, and the panel
// of the last tick that it includes. Such a view is large, so only the latest ones are kept, for a
// short time.
// Thread safety: all functions may be called from any thread. Views are made one at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/domain/topics.h"
#include "core/engine/judgement.h"
#include "core/engine/revision.h"
#include "core/engine/view.h"
#include "core/indicators/deltas.h"
#include "runtime/evaluation/views.h"
#include "runtime/journal/book_keeper.h"

namespace bellwether::runtime {

inline constexpr size_t kPastViewsKept = 2;
inline constexpr absl::Duration kPastViewKeptFor = absl::Minutes(1);
// Limit of the calls that wait for a view to be made, and of those that wait for the journal. More
// are refused. A call whose view is kept does not wait.
inline constexpr int kPastCallsMax = 64;
inline constexpr int kPastWaitersMax = 16;
inline constexpr absl::Duration kPastWaitMax = absl::Seconds(1);
// A revision so far after the journal's end is not waited for: no replica is that far behind.
inline constexpr int64_t kPastAheadMax = 1'000;

class PastViews {
 public:
  // `forecast`: the measures that are forecast between ticks. `topics`: the consumed ones. `views`
  // and `keeper` must outlive this.
  PastViews(Views& views, const BookKeeper& keeper, std::vector<indicators::Measure> forecast,
            std::vector<domain::Topic> topics);

  // The view of a revision. Waits for a revision that another replica has read already, at most
  // kPastWaitMax. Errors: OutOfRange if it is not kept, or is after the end of the journal, with
  // the revisions that can be asked; Unavailable if this replica has not read the figures yet;
  // ResourceExhausted if too many calls wait.
  absl::StatusOr<std::shared_ptr<const engine::View>> at(const engine::AsOfRevision& question,
                                                         absl::Time now);
  // The tick of that view with the book that it was judged by. nullopt asks about the last tick of
  // which this replica has both figures and verdict. The same tick gives the same book as long as
  // it is kept. Errors as above; Unavailable if the first figures have no verdict yet.
  absl::StatusOr<engine::JudgedTick> judged_tick(std::optional<engine::AsOfRevision> question,
                                                 absl::Time now);
  // Forgets the views that nobody has asked for lately.
  void forget_old(absl::Time now);
  size_t kept() const;

 private:
  struct Kept {
    base::JournalOffset revision;
    std::shared_ptr<const engine::View> view;
    absl::Time asked;
  };
  // The kept view, which may lack the wanted forecasts; null if there is none.
  std::shared_ptr<const engine::View> find(base::JournalOffset revision, absl::Time now);
  bool has_forecasts(const engine::View& view, std::optional<indicators::Measure> wanted) const;
  absl::StatusOr<std::shared_ptr<const engine::View>> make(base::JournalOffset revision) const;
  // The revision that the question names.
  absl::StatusOr<base::JournalOffset> revision_of(const engine::AsOfRevision& question) const;
  // The error of a question about `what`: tells what can be asked.
  static absl::Status out_of_range(std::string_view what, const engine::View& present,
                                   const BookKeeper::Published& journal);
  // The same view with the forecasts of the measure.
  std::shared_ptr<const engine::View> with_forecasts(std::shared_ptr<const engine::View> view,
                                                     indicators::Measure measure) const;
  void keep(base::JournalOffset revision, std::shared_ptr<const engine::View> view, absl::Time now);

  Views& views_;
  const BookKeeper& keeper_;
  std::vector<indicators::Measure> const forecast_;
  std::vector<domain::Topic> const topics_;
  std::atomic<int> calls_{0};
  mutable std::atomic<int> waiters_{0};
  std::mutex making_;  // held while a view is made
  mutable std::mutex mutex_;
  std::deque<Kept> kept_;  // the one that was asked last at the end
  // Held while the book before a tick is folded, which is short: explaining a present alert must
  // not wait for the panel of a past one.
  std::mutex folding_;
  // The book before the tick that was asked last, and the tick's record.
  std::pair<base::JournalOffset, std::shared_ptr<const alerts::Book>> before_;
};

}  // namespace bellwether::runtime
