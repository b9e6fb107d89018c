// One process: the work that daemon/runtime does with threads, queues and Kafka, one step at a
// time. Uses the real parts through Parts. Where production waits, this class is asked again.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/evaluator.h"
#include "core/engine/tick_source.h"
#include "runtime/journal/book_keeper.h"
#include "simulation/pipeline/snapshots.h"
#include "simulation/pipeline/surroundings.h"

namespace bellwether::simulation {

class Replica : private engine::TickSource {
 public:
  Replica(int id, int rules, Surroundings around);

  void read(size_t input, size_t partition, int64_t records_max);
  void fold(int64_t records_max);
  void evaluate();
  // Up to `letters_max` dead letters in flight arrive, the newest first if `newest_first`.
  void deliver_dead_letters(int64_t letters_max, bool newest_first);
  void lead(bool leads) { leads_ = leads; }
  void reload(int rules) { new_rules_ = rules; }
  // A person acts. The act is answered once it is read back from the journal.
  void act(alerts::JournalEntry entry);
  // Captures an image as soon as the replica is between two ticks and may capture; save() writes
  // it.
  void ask_for_capture() {
    capture_is_due_ = true;
    capture();
  }
  void save();
  void save_foreign();

  std::shared_ptr<const alerts::Book> view() const { return keeper_.view(); }
  bool leads() const { return leads_; }
  int rules() const { return new_rules_.value_or(rules_); }
  // True if everything was read and every tick up to `through` is settled.
  bool at_rest(PeriodIndex through) const;
  std::optional<PeriodIndex> last_tick() const { return last_; }
  // True if the log no longer holds the next records, so that only a restart helps.
  bool lost() const;
  const engine::PartitionEngine& engine(size_t partition) const {
    return *lanes_[partition].engine;
  }

 private:
  struct Lane {
    std::unique_ptr<engine::PartitionEngine> engine;
    std::array<int64_t, kInputs> next{};
    std::array<base::LogMark, kInputs> marks;  // of the last records taken
    std::array<std::optional<UnixMillis>, kInputs> quiet_since;
    std::vector<DeadLetterKey> letters;  // in flight
    std::optional<engine::PartitionTick> pending;
    std::deque<engine::PartitionTick> handed;
  };
  // An append for which this process waits.
  struct Pending {
    int64_t id = 0;
    int64_t deadline_ms = 0;  // by the steady clock
  };
  enum class Waited : uint8_t { kStillWaiting, kDone, kFailed };

  void capture();
  void begin(size_t partition);
  void begin(size_t partition, snapshot::RestoredPartition restored);
  void go_on_from(snapshot::Restored restored);
  std::optional<snapshot::Image> image();
  snapshot::PartitionImage image(Lane& lane);
  bool take(Lane& lane, const Delivery& d, const Record& record);
  void hand_on(Lane& lane);
  bool dead_letters_done(const Lane& lane, const engine::PartitionTick& tick) const;
  int partitions() const override { return static_cast<int>(lanes_.size()); }
  engine::Front front(int partition) const override;
  std::optional<engine::PartitionTick> take(int partition) override;
  std::vector<alerts::CutOffset> cut() const;
  Cut next() const;  // the first offsets that were not taken yet
  Pending send(alerts::JournalEntry entry);
  Waited wait_for(const Pending& pending, std::optional<alerts::FoldOutcome>& outcome,
                  JournalOffset& offset);
  void ask_about_the_past();
  void activate_rules();
  void take_tick(PeriodIndex tick);
  void judge();
  void answer();

  int const id_;
  Surroundings around_;
  std::vector<Lane> lanes_;
  std::map<DeadLetterKey, events::Refusal> written_before_;  // dead letters at the start
  runtime::BookKeeper keeper_;
  engine::Evaluator evaluator_;
  Snapshots snapshots_;
  bool capture_is_due_ = false;
  int64_t journal_next_ = 0;
  bool leads_ = false;
  bool was_leader_ = false;
  int rules_;
  std::optional<int> new_rules_;
  std::optional<PeriodIndex> last_;  // the last tick added to the panel
  bool settling_ = false;            // last_ waits for its verdict in the journal
  Cut cut_;
  std::optional<Pending> append_;  // of the evaluation, in flight
  bool activating_ = false;        // append_ is a rule set
  std::vector<Pending> acts_;
};

}  // namespace bellwether::simulation
