// The seam between a replica and the real parts of the daemon: each function calls the real part,
// and a mutant overrides it with a mistake. Production code does not know this seam.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/snapshot/agreement.h"
#include "adapters/snapshot/store.h"
#include "core/engine/alignment.h"
#include "core/engine/evaluator.h"
#include "runtime/journal/book_keeper.h"
#include "runtime/journal/journal_codec.h"
#include "simulation/pipeline/broker.h"
#include "simulation/pipeline/simulated_disk.h"

namespace bellwether::simulation {

// One record as a partition's engine receives it.
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
  // Whether a dead letter was written before the process started.
  virtual bool is_written(const DeadLetterKey& letter,
                          const std::map<DeadLetterKey, events::Refusal>& before) {
    return before.contains(letter);
  }
  virtual std::optional<engine::PartitionTick> take_tick(engine::PartitionEngine& engine) {
    return engine.take_tick();
  }
  // Whether a tick may be handed on, given whether the dead letters before its cut are written.
  virtual bool hands_on(bool dead_letters_done) { return dead_letters_done; }
  virtual std::optional<PeriodIndex> aligned(std::span<const engine::Front> fronts) {
    return engine::aligned_tick(fronts);
  }
  virtual void apply(engine::Evaluator& evaluator, PeriodIndex tick,
                     std::span<const engine::PartitionTick> parts, const alerts::Book&) {
    evaluator.apply(tick, parts);
  }
  virtual alerts::TickEvaluated evaluate(engine::Evaluator& evaluator, PeriodIndex tick,
                                         const alerts::Book& book,
                                         std::vector<alerts::CutOffset> cut, bool historical) {
    return evaluator.evaluate(tick, book, std::move(cut), historical);
  }
  virtual absl::StatusOr<alerts::JournalEntry> decode(std::string_view bytes) {
    return runtime::decode(bytes);
  }
  virtual alerts::FoldOutcome fold(runtime::BookKeeper& keeper, int /*replica*/,
                                   JournalOffset offset, const alerts::JournalEntry& entry) {
    return keeper.fold(offset, entry);
  }
  // The outcome of an append that the journal has; nullopt until it is read back.
  virtual std::optional<alerts::FoldOutcome> read_back(runtime::BookKeeper& keeper,
                                                       JournalOffset offset) {
    return keeper.wait_for(offset, absl::UnixEpoch());
  }

  // The answers to questions about the past.
  virtual std::optional<engine::PastPanel> past_panel(const indicators::Panel& now,
                                                      const engine::PanelChanges& changes,
                                                      PeriodIndex tick) {
    return engine::panel_at(now, changes, tick);
  }
  virtual absl::StatusOr<alerts::Book> past_book(const runtime::PastBooks& past,
                                                 JournalOffset revision) {
    return past.at(revision);
  }

  // Whether a partition may be captured, given whether the dead letters of all its read records are
  // written.
  virtual bool captures(bool dead_letters_done) { return dead_letters_done; }
  // Called with the image before it is saved.
  virtual void capture(snapshot::Image&) {}
  virtual absl::StatusOr<uint64_t> save(snapshot::Store& store, SimulatedDisk& /*disk*/,
                                        const snapshot::Image& image) {
    return store.save(image);
  }
  virtual absl::Status agrees(const snapshot::Restored& found, std::vector<base::LogState> states) {
    return snapshot::agrees_with_log(found, states);
  }
  // Called with a new disk.
  virtual void furnish(SimulatedDisk&) {}
  // Called after a bit of a file has flipped.
  virtual void rotted(std::string& /*file*/) {}

  // The token from which the server resumes a watcher that shows `token`.
  virtual alerts::ResumeToken resume(alerts::ResumeToken token) { return token; }
};

}  // namespace bellwether::simulation
