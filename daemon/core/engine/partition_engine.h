// Purpose: folds one partition. It takes the records of the partition's inputs (one for each input
// topic) in the order of each input, and folds them into the ledger. It closes a tick when every
// input has passed it. A closed tick holds the deltas since the previous tick and the cut that they
// belong to.
//
// Invariants: the cut is a function of each input's log alone. At tick T an input's cut is its
// first record whose publication time, minus the allowed disorder, reaches T. An input that reaches
// this point first is held until the others reach it, so the deltas contain nothing after the cut.
// The first tick is that of the earliest first record, so records are held until every input has
// shown its first one. Only the idle rules, which need a wall clock, can place a cut elsewhere; the
// cut is recorded in that case too.
// The input of observations brings official statistics a few times a year. It follows the others:
// it does not decide what the first tick is, and at the end of its log it counts as past every
// tick, whatever the idle rule, after it was quiet for idle_after. Its records belong to the ticks
// by their publication times as those of all inputs; those before the first tick belong to the
// first. Thread safety: one thread. There is no clock: the caller passes the current time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
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
#include "core/ledger/figure_store.h"
#include "core/ledger/ledger.h"

namespace bellwether::engine {

using base::Offset;
using base::PartitionId;
using base::PeriodIndex;
using base::UnixMillis;

struct PartitionOptions {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  const reference::Reference* reference = nullptr;  // required; must outlive the engine
  int64_t allowed_disorder_ms = 3'600'000;
  int64_t future_tolerance_ms = 3'600'000;  // a later timestamp is clamped to the current time plus
                                            // this
  int64_t idle_after_ms = 60'000;
  Idle idle = Idle::kWallClock;
  size_t inputs = 1;
  std::optional<size_t> observations;  // the input of official statistics; nullopt: there is none
};

// Sets the options that depend on the topics of the inputs, by input.
void set_inputs(PartitionOptions& options, std::span<const domain::Topic> topics);

// The limit of closed ticks that wait to be fetched. At the limit the partition holds its inputs.
inline constexpr size_t kTicksReadyMax = 32;

// The data of a closed tick.
struct PartitionTick {
  PartitionId partition;
  PeriodIndex tick;                         // the period that ended
  std::vector<indicators::Delta> deltas;    // unordered, none zero
  std::vector<indicators::Report> reports;  // reporting delays of the facts; unordered, none zero
  std::vector<indicators::FigureChange> figures;  // official figures, by key; none twice
  std::vector<Offset> cut;  // by input: the first offset that is not in the deltas; −1 if nothing
                            // was read
  std::vector<std::pair<uint64_t, UnixMillis>> complete_to;  // by source, from heartbeats
  ledger::LedgerStats stats;
};

enum class Taken : uint8_t {
  kTaken,
  kHeld,  // not taken; offer the record again after a tick was closed or fetched
};

// Counters of one engine. The owner publishes them.
struct PartitionCounts {
  // [input][kind][ledger outcome]
  std::vector<std::array<std::array<int64_t, ledger::kOutcomes>, domain::kKindCount>> applied;
  std::vector<std::array<int64_t, events::kRefusals>> refused;
  std::vector<int64_t> heartbeats;
  std::vector<int64_t> not_counted;  // by input: valid records that no measure or statistic uses
  // By input: taken records with a code that is not in the reference files.
  std::vector<std::array<int64_t, events::kUnknownCodes>> unknown_codes;
  // By input: facts that were retracted, by domain::RetractionReason.
  std::vector<std::array<int64_t, domain::kRetractionReasons>> retracted;
  int64_t clamped = 0;  // timestamps too far in the future
  int64_t untimed = 0;  // records without a timestamp
};

// Whether and where an input has passed the open tick.
struct Crossing {
  bool crossed = false;
  Offset cut{-1};
  UnixMillis reach{INT64_MIN};       // the watermark after the held record
  std::optional<UnixMillis> begins;  // that of the first record; INT64_MAX if the input had none
};

struct InputState {
  Offset next{-1};  // the first offset not taken
  UnixMillis watermark{INT64_MIN};
  UnixMillis newest{INT64_MIN};  // the highest publication time taken
  bool held = false;
  bool idle = false;
};

// The state of a partition engine between two records, without its ledger.
struct PartitionState {
  std::optional<PeriodIndex> open_tick;
  std::vector<InputState> inputs;
  std::vector<Crossing> crossings;          // by input
  std::vector<indicators::Delta> deltas;    // of the open tick so far; unordered, none zero
  std::vector<indicators::Report> reports;  // of the open tick so far; unordered, none zero
  std::vector<ledger::KeptFigure> figures;  // official figures, by fact
  std::vector<indicators::FigureChange> figure_changes;      // of the open tick so far, by key
  std::vector<std::pair<uint64_t, UnixMillis>> complete_to;  // by source
  UnixMillis heartbeat_reach{INT64_MIN};
  std::vector<PartitionTick> ready;  // closed ticks that were not fetched yet, in order
};

class PartitionEngine {
 public:
  PartitionEngine(PartitionId partition, const PartitionOptions& options);
  // Resumes from the state of an engine with the same number of inputs. Each input is read from
  // InputState::next on.
  PartitionEngine(PartitionId partition, const PartitionOptions& options, ledger::Ledger ledger,
                  PartitionState state);

  // Offers one decoded record of `input`. `published` < 0 means that the record has no timestamp.
  Taken offer(size_t input, Offset offset, UnixMillis published, UnixMillis now,
              const events::Event& event);
  // Why the ledger did not keep the event that offer() took last; nullopt if it did.
  std::optional<events::Refusal> not_kept() const { return not_kept_; }
  // Offers one refused record of `input`. It is counted, and its timestamp moves the watermark.
  Taken offer_refused(size_t input, Offset offset, UnixMillis published, UnixMillis now,
                      events::Refusal reason);
  // Call when `input` has nothing to read at `next`. `quiet_since` is when that began, `now` when
  // it was last so.
  void at_end(size_t input, Offset next, UnixMillis quiet_since, UnixMillis now);

  // Use these two instead of the three above to fold an input to known cuts, independent of
  // watermarks. fold() takes a record at once. close_at() closes a tick that holds everything taken
  // since the previous one.
  void fold(size_t input, Offset offset, UnixMillis published, const events::Event& event);
  PartitionTick close_at(PeriodIndex tick, std::vector<Offset> cut);

  // The prefetches of the ledger, in this order.
  void prefetch(base::BusinessKey business) const { ledger_.prefetch(business); }
  void prefetch_record(base::BusinessKey business) const { ledger_.prefetch_record(business); }
  void prefetch_facts(base::BusinessKey business) const { ledger_.prefetch_facts(business); }

  // Fetches the oldest closed tick, if any.
  std::optional<PartitionTick> take_tick();
  bool full() const { return ready_.size() >= kTicksReadyMax; }

  // For a snapshot. The ledger is stored separately.
  PartitionState state() const;
  ledger::FrozenLedger freeze_ledger() { return ledger_.freeze(); }
  void thaw_ledger() { ledger_.thaw(); }  // call after the ledger is written

  const ledger::Ledger& ledger() const { return ledger_; }
  const PartitionCounts& counts() const { return counts_; }
  const std::vector<InputState>& inputs() const { return inputs_; }
  PartitionId partition() const { return partition_; }
  // True if ticks wait for `input`: it has shown neither a record nor, while quiet, that a tick has
  // ended.
  bool waits_for(size_t input) const;
  // The tick that is being filled; nullopt until the first tick is known.
  std::optional<PeriodIndex> open_tick() const { return open_tick_; }

 private:
  struct Buffer {
    absl::flat_hash_map<indicators::DeltaKey, int64_t> sums;  // a slot takes 16 bytes with int32_t
                                                              // too
    absl::flat_hash_map<indicators::ReportKey, int64_t> reports;
    void add(indicators::DeltaKey key, int64_t amount) { sums[key] += amount; }
    void report(indicators::ReportKey key, int64_t amount) { reports[key] += amount; }
  };

  UnixMillis clamp(UnixMillis published, UnixMillis now) const;
  // Decides whether a record that raises the watermark to `reach` must be held. Closes ticks if
  // possible.
  Taken admit(size_t input, Offset offset, UnixMillis reach);
  void taken(size_t input, Offset offset, UnixMillis stated, UnixMillis at, UnixMillis reach);
  bool begin(size_t input, UnixMillis reach);
  void open(PeriodIndex tick);
  bool close_if_crossed();
  PartitionTick close(PeriodIndex tick);
  void keep(size_t input, UnixMillis published, const events::Event& event);
  void keep_figure(size_t input, const events::Event& event);
  void count(size_t input, const events::Event& event, ledger::Outcome outcome);
  bool follows(size_t input) const { return input == options_.observations; }

  PartitionId partition_;
  PartitionOptions options_;
  ledger::Ledger ledger_;
  ledger::FigureStore figures_;
  Buffer buffer_;
  std::vector<InputState> inputs_;
  std::vector<Crossing> crossings_;
  std::optional<PeriodIndex> open_tick_;
  UnixMillis open_end_;  // end of open_tick_, cached because every record needs it
  std::deque<PartitionTick> ready_;
  absl::btree_map<uint64_t, UnixMillis> complete_to_;
  UnixMillis heartbeat_reach_{INT64_MIN};
  // When heartbeat_reach_ was first offered. Not part of the state: a resumed input is first quiet
  // for idle_after_ms again.
  UnixMillis heartbeat_seen_{INT64_MIN};
  PartitionCounts counts_;
  std::optional<events::Refusal> not_kept_;
};

}  // namespace bellwether::engine
