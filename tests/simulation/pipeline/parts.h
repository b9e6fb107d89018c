// The seam between a replica and the real parts that it is made of: each function says what the
// real part does, and a mutant does it wrongly. Production code knows nothing of it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/alignment.h"
#include "engine/evaluator.h"
#include "runtime/book_keeper.h"
#include "simulation/pipeline/broker.h"

namespace bellwether::simulation {

// One record as a partition's engine gets it.
struct Delivery {
  size_t input = 0;
  size_t partition = 0;
  int64_t offset = 0;
  UnixMillis published;
  UnixMillis now;
  int replica = 0;
};

class Parts {
 public:
  virtual ~Parts() = default;

  virtual engine::Taken offer(engine::PartitionEngine& engine, const Delivery& d,
                              const events::Event& event) {
    return engine.offer(d.input, engine::Offset(d.offset), d.published, d.now, event);
  }
  virtual engine::Taken offer_refused(engine::PartitionEngine& engine, const Delivery& d,
                                      events::Refusal reason) {
    return engine.offer_refused(d.input, engine::Offset(d.offset), d.published, d.now, reason);
  }
  virtual bool writes_dead_letter(const Delivery&) { return true; }
  virtual std::optional<engine::PartitionTick> take_tick(engine::PartitionEngine& engine) {
    return engine.take_tick();
  }
  virtual std::optional<PeriodIndex> aligned(std::span<const engine::Front> fronts) {
    return engine::aligned_tick(fronts);
  }
  // `journaled`: the tick had its verdict before this process took it.
  virtual void apply(engine::Evaluator& evaluator, PeriodIndex tick,
                     std::span<const engine::PartitionTick> parts, bool journaled) {
    (void)journaled;
    evaluator.apply(tick, parts);
  }
  virtual alerts::FoldOutcome fold(runtime::BookKeeper& keeper, int replica, JournalOffset offset,
                                   const alerts::JournalEntry& entry) {
    (void)replica;
    return keeper.fold(offset, entry);
  }
  // What became of an append that the journal has; nullopt while it was not read back.
  virtual std::optional<alerts::FoldOutcome> read_back(runtime::BookKeeper& keeper,
                                                       JournalOffset offset) {
    return keeper.wait_for(offset, absl::UnixEpoch());
  }
  virtual alerts::ResumeToken resume(alerts::ResumeToken token) { return token; }
};

}  // namespace bellwether::simulation
