// A small daemon without threads and Kafka: logs of two partitions, their engines and the
// evaluator. It can be saved as a snapshot at any moment and resumed from one.
#pragma once

#include <algorithm>
#include <bit>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/snapshot/store.h"
#include "core/base/text.h"
#include "core/engine/evaluator.h"
#include "core/engine/partition_engine.h"
#include "support/calendars.h"
#include "support/journals.h"
#include "support/logs.h"

namespace bellwether::testing {

inline constexpr size_t kPartitions = 2;
inline constexpr base::UnixMillis kLate(2'000'000'000'000);

inline void one_after_another(size_t n, const std::function<void(size_t)>& each) {
  for (size_t i = 0; i < n; ++i) each(i);
}

struct Told {
  Event event;
  base::UnixMillis published;
};

// The records of a partition in the order of publication.
inline std::vector<Told> log_of(Random& random, int businesses) {
  std::vector<Told> out;
  for (const Event& e : mangled(random_log(random, {.businesses = businesses}), random)) {
    base::UnixMillis const at = published(e);
    if (at.value >= 0) out.push_back({e, at});
  }
  std::ranges::stable_sort(out, {}, [](const Told& t) { return t.published; });
  return out;
}

inline engine::PartitionOptions partition_options() {
  engine::PartitionOptions o;
  o.calendar = kMonths;
  o.reference = &world();
  o.allowed_disorder_ms = 0;
  o.idle = engine::Idle::kNever;
  return o;
}

// Two partitions of one input, and their evaluation.
class Fold {
 public:
  explicit Fold(std::vector<std::vector<Told>>& logs) : logs_(&logs) {
    for (size_t p = 0; p < kPartitions; ++p) {
      engines_.emplace_back(base::PartitionId(static_cast<int32_t>(p)), partition_options());
    }
  }
  Fold(std::vector<std::vector<Told>>& logs, snapshot::Restored restored) : logs_(&logs) {
    for (size_t p = 0; p < kPartitions; ++p) {
      engines_.emplace_back(base::PartitionId(static_cast<int32_t>(p)), partition_options(),
                            std::move(restored.partitions[p].ledger),
                            std::move(restored.partitions[p].state));
    }
    evaluator_.restore(restored.evaluation.tick, std::move(restored.evaluation.panel),
                       restored.evaluation.reports, restored.evaluation.cells_digest,
                       std::move(restored.evaluation.changes));
  }

  // Offers one record of a partition to its engine. Returns false at the end of the log.
  bool step(size_t p) {
    auto const next = static_cast<size_t>(std::max<int64_t>(0, engines_[p].inputs()[0].next.value));
    if (next == (*logs_)[p].size()) return false;
    const Told& told = (*logs_)[p][next];
    if (engines_[p].offer(0, base::Offset(static_cast<int64_t>(next)), told.published, kLate,
                          told.event) == engine::Taken::kHeld) {
      settle();
    }
    return true;
  }
  // Applies the ticks that all partitions have closed.
  void settle() {
    for (size_t p = 0; p < kPartitions; ++p) {
      while (auto tick = engines_[p].take_tick()) closed_[p].push_back(*std::move(tick));
    }
    while (!closed_[0].empty() && !closed_[1].empty()) {
      base::PeriodIndex const tick = std::min(closed_[0].front().tick, closed_[1].front().tick);
      std::vector<engine::PartitionTick> parts;
      for (auto& closed : closed_) {
        if (closed.front().tick != tick) continue;
        parts.push_back(std::move(closed.front()));
        closed.erase(closed.begin());
      }
      evaluator_.apply(tick, parts);
    }
  }
  void run() {
    for (bool more = true; more;) {
      more = false;
      for (size_t p = 0; p < kPartitions; ++p) more = step(p) || more;
    }
    settle();
  }

  // The state as an image. nullopt before the first tick.
  std::optional<snapshot::Image> image() {
    auto const evaluation = evaluator_.state();
    if (!evaluation) return std::nullopt;
    snapshot::Image out;
    out.manifest.identity = identity();
    out.manifest.taken_at = base::UnixMillis(1234);
    out.manifest.tick = evaluation->tick;
    out.manifest.journal = book_->offset();
    out.manifest.journal_mark = {book_->offset().value, 11, 12};
    out.manifest.journal_next = book_->offset().value + 1;
    out.manifest.lacking = {"records 3 to 5"};
    out.book = book_;
    out.past_book = past_book_;
    out.manifest.cut = {{"registrations", 1, 5}};
    out.evaluation = *evaluation;
    for (size_t p = 0; p < kPartitions; ++p) {
      snapshot::PartitionImage& part = out.partitions.emplace_back();
      part.state = engines_[p].state();
      part.state.ready.insert(part.state.ready.begin(), closed_[p].begin(), closed_[p].end());
      part.marks = {{7, 8, 9}};
      part.ledger = engines_[p].freeze_ledger();
    }
    return out;
  }
  // Call when no earlier image is read any more.
  void thaw() {
    for (auto& e : engines_) e.thaw_ledger();
  }
  // The digest of the hours of the desks. They are not those of the default.
  static constexpr uint64_t kWorkingHours = 0xfedcba9876543210;
  static snapshot::Identity identity() {
    return {"cluster",
            "month",
            snapshot::reference_digest(world()),
            120,
            {"registrations"},
            kPartitions,
            engine::kFiguresVersion,
            snapshot::codes_digest(world()),
            kWorkingHours};
  }

  // A book of 18 journal records, independent of the fold.
  const alerts::Book& book() const { return *book_; }
  const ledger::Ledger& ledger(size_t p) const { return engines_[p].ledger(); }
  // Digests of everything that a reader can see.
  std::vector<uint64_t> digests() {
    std::vector<uint64_t> out = {evaluator_.cells_digest(), evaluator_.panel().digest()};
    for (const auto& e : engines_) out.push_back(e.ledger().digest());
    for (size_t m = 0; m < domain::kMeasureCount; ++m) {
      auto const measure = static_cast<indicators::Measure>(m);
      for (int age = 0; age < 3; ++age) {
        out.push_back(std::bit_cast<uint64_t>(evaluator_.reported()->at(measure, age)));
      }
    }
    return out;
  }

 private:
  static std::shared_ptr<const alerts::Book> some_book() {
    Random random(17);
    auto book = std::make_shared<alerts::Book>(kMonths);
    for (int64_t offset = 0; offset < 17; ++offset) {
      book->fold(base::JournalOffset(offset), random_entry(random, *book));
    }
    alerts::RuleSetActivated rules{alerts::default_rules(kMonths), "configuration", {}};
    rules.rule_set.business_calendar = random_business_calendar(random);
    book->fold(base::JournalOffset(17), rules);
    return book;
  }
  // A book of the first of these records, and records whose bytes nobody reads.
  static snapshot::PastBook some_past() {
    Random random(17);
    auto book = std::make_shared<alerts::Book>(kMonths);
    for (int64_t offset = 0; offset < 9; ++offset) {
      book->fold(base::JournalOffset(offset), random_entry(random, *book));
    }
    snapshot::PastBook out{book, {}};
    for (int64_t offset = 9; offset < 18; ++offset) {
      auto record = std::make_shared<snapshot::PastRecord>();
      record->offset = base::JournalOffset(offset);
      record->packed = base::cat("record ", offset);
      out.records.push_back(record);
    }
    return out;
  }
  std::vector<std::vector<Told>>* logs_;
  std::shared_ptr<const alerts::Book> book_ = some_book();
  snapshot::PastBook past_book_ = some_past();
  std::vector<engine::PartitionEngine> engines_;
  engine::Evaluator evaluator_{{std::shared_ptr<const void>(), &world()},
                               {kMonths, 120, {domain::Topic::kRegistrations}}};
  std::vector<engine::PartitionTick> closed_[kPartitions];
};

inline std::optional<snapshot::Restored> newest(
    snapshot::Store& store, std::vector<std::string>* refusals = nullptr,
    const snapshot::Identity& identity = Fold::identity()) {
  return store.newest(
      identity, world(), kMonths, one_after_another,
      [](const snapshot::Restored&) { return absl::OkStatus(); },
      [&](std::string_view name, const absl::Status& why) {
        if (refusals != nullptr)
          refusals->push_back(base::cat(name, ": ", base::from_absl(why.message())));
      });
}

}  // namespace bellwether::testing
