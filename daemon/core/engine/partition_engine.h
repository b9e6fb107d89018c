// Purpose: the fold of one partition number: takes the records of its inputs (one per input topic),
// in the order of each input, folds them into the ledger, and closes a tick when every input has
// passed it: the deltas since the tick before and the cut they belong to.
//
// The cut is a function of each input's log alone: at tick T an input stands at its first record
// whose publication time, less the allowed disorder, reaches T. An input that gets there first is
// held until the others do, so nothing after the cut is in the deltas. The first tick is that of
// the earliest first record, so records are held until every input has shown one. (Only the idle
// rules, which need a wall clock, can place a cut elsewhere; it is recorded all the same.) Thread
// safety: one thread. No clock: the caller passes the present in.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/engine/idle.h"
#include "core/events/event.h"
#include "core/events/refusal.h"
#include "core/indicators/deltas.h"
#include "core/ledger/ledger.h"

namespace bellwether::engine {

using base::Offset;
using base::PartitionId;
using base::PeriodIndex;
using base::UnixMillis;

struct PartitionOptions {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  int64_t allowed_disorder_ms = 3'600'000;
  int64_t future_tolerance_ms = 3'600'000;  // later timestamps are clamped to the present plus this
  int64_t idle_after_ms = 60'000;
  Idle idle = Idle::kWallClock;
  size_t inputs = 1;
};

// Closed ticks that may wait to be fetched; then the partition holds.
inline constexpr size_t kTicksReadyMax = 32;

// What a partition hands on when it closes a tick.
struct PartitionTick {
  PartitionId partition;
  PeriodIndex tick;                         // the period that is over
  std::vector<indicators::Delta> deltas;    // unordered, none zero
  std::vector<indicators::Report> reports;  // of how late facts were told; unordered, none zero
  std::vector<Offset> cut;  // by input: the first offset not in the deltas; −1 unread
  std::vector<std::pair<uint64_t, UnixMillis>> complete_to;  // by source, from heartbeats
  ledger::LedgerStats stats;
};

enum class Taken : uint8_t {
  kTaken,
  kHeld,  // nothing happened; offer the same record again after a tick was closed or fetched
};

// Plain counts of one engine; the owner publishes them.
struct PartitionCounts {
  // by input, kind and ledger outcome
  std::vector<std::array<std::array<int64_t, ledger::kOutcomes>, domain::kKindCount>> applied;
  std::vector<std::array<int64_t, events::kRefusals>> refused;
  std::vector<int64_t> heartbeats;
  std::vector<int64_t> not_counted;  // by input: valid, of a kind that no measure uses yet
  int64_t clamped = 0;               // timestamps from the far future
  int64_t untimed = 0;               // records without a timestamp
};

// How an input has passed the open tick.
struct Crossing {
  bool crossed = false;
  Offset cut{-1};
  UnixMillis reach{INT64_MIN};       // what the held record's watermark will be
  std::optional<UnixMillis> begins;  // the first record's; INT64_MAX: the input had none
};

struct InputState {
  Offset next{-1};  // first offset not taken
  UnixMillis watermark{INT64_MIN};
  UnixMillis newest{INT64_MIN};  // highest publication time taken
  bool held = false;
  bool idle = false;
};

// What a partition engine is between two records, its ledger apart.
struct PartitionState {
  std::optional<PeriodIndex> open_tick;
  std::vector<InputState> inputs;
  std::vector<Crossing> crossings;          // by input
  std::vector<indicators::Delta> deltas;    // of the open tick so far; unordered, none zero
  std::vector<indicators::Report> reports;  // as well
  std::vector<std::pair<uint64_t, UnixMillis>> complete_to;  // by source
  UnixMillis heartbeat_reach{INT64_MIN};
  std::vector<PartitionTick> ready;  // closed and not taken, in order
};

class PartitionEngine {
 public:
  PartitionEngine(PartitionId partition, const PartitionOptions& options);
  // Goes on from what an engine of as many inputs was; inputs are read from InputState::next on.
  PartitionEngine(PartitionId partition, const PartitionOptions& options, ledger::Ledger ledger,
                  PartitionState state);

  // One record of `input`, decoded. `published` < 0: the record bears no timestamp.
  Taken offer(size_t input, Offset offset, UnixMillis published, UnixMillis now,
              const events::Event& event);
  // One record of `input` that was refused: counted, and its timestamp moves the watermark.
  Taken offer_refused(size_t input, Offset offset, UnixMillis published, UnixMillis now,
                      events::Refusal reason);
  // `input` has nothing to read at `next`; `quiet_since` is when that began.
  void at_end(size_t input, Offset next, UnixMillis quiet_since, UnixMillis now);

  // In place of the three above, to fold an input to cuts that are known already, whatever
  // watermarks say: a record is taken at once, and a tick holds what was taken since the one
  // before.
  void fold(size_t input, Offset offset, UnixMillis published, const events::Event& event);
  PartitionTick close_at(PeriodIndex tick, std::vector<Offset> cut);

  // As in the ledger, in this order.
  void prefetch(base::BusinessKey business) const { ledger_.prefetch(business); }
  void prefetch_record(base::BusinessKey business) const { ledger_.prefetch_record(business); }
  void prefetch_facts(base::BusinessKey business) const { ledger_.prefetch_facts(business); }

  // The oldest closed tick, if any.
  std::optional<PartitionTick> take_tick();
  bool full() const { return ready_.size() >= kTicksReadyMax; }

  // For a snapshot. The ledger is the other half of the state.
  PartitionState state() const;
  ledger::FrozenLedger freeze_ledger() { return ledger_.freeze(); }
  void thaw_ledger() { ledger_.thaw(); }  // once it is written

  const ledger::Ledger& ledger() const { return ledger_; }
  const PartitionCounts& counts() const { return counts_; }
  const std::vector<InputState>& inputs() const { return inputs_; }
  PartitionId partition() const { return partition_; }
  // `input` showed neither a record nor, while it was quiet, that a tick is over: ticks wait for
  // it.
  bool waits_for(size_t input) const;
  // The tick that is being filled; nullopt before the first record.
  std::optional<PeriodIndex> open_tick() const { return open_tick_; }

 private:
  struct Buffer {
    absl::flat_hash_map<indicators::DeltaKey, int64_t> sums;  // a slot takes 16 bytes either way
    absl::flat_hash_map<indicators::ReportKey, int64_t> reports;
    void add(indicators::DeltaKey key, int64_t amount) { sums[key] += amount; }
    void report(indicators::ReportKey key, int64_t amount) { reports[key] += amount; }
  };

  UnixMillis clamp(UnixMillis published, UnixMillis now) const;
  // Does a record that lifts the watermark to `reach` have to wait? Closes ticks that it can.
  Taken admit(size_t input, Offset offset, UnixMillis reach);
  void taken(size_t input, Offset offset, UnixMillis stated, UnixMillis at, UnixMillis reach);
  bool begin(size_t input, UnixMillis reach);
  void open(PeriodIndex tick);
  bool close_if_crossed();
  PartitionTick close(PeriodIndex tick);
  void keep(size_t input, UnixMillis published, const events::Event& event);

  PartitionId partition_;
  PartitionOptions options_;
  ledger::Ledger ledger_;
  Buffer buffer_;
  std::vector<InputState> inputs_;
  std::vector<Crossing> crossings_;
  std::optional<PeriodIndex> open_tick_;
  UnixMillis open_end_;  // of open_tick_; asked for with every record
  std::deque<PartitionTick> ready_;
  absl::btree_map<uint64_t, UnixMillis> complete_to_;
  UnixMillis heartbeat_reach_{INT64_MIN};
  PartitionCounts counts_;
};

}  // namespace bellwether::engine
