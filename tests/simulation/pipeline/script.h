// A run as data: the deployment, the records that its sources publish, and every step that the
// world takes, in order. Nothing in a run is drawn at random, so a script makes the same run again,
// and one with steps left out is a script too.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/alerts/rules.h"
#include "core/engine/partition_engine.h"
#include "core/events/event.h"
#include "core/events/refusal.h"

namespace bellwether::simulation {

using base::PeriodIndex;
using base::UnixMillis;

inline constexpr size_t kInputs = 2;  // registrations, support
inline constexpr int kWatchers = 4;
inline constexpr int kRuleSets = 3;

struct Setup {
  base::Calendar calendar{base::CalendarUnit::kMonth};
  int partitions = 1;
  int replicas = 1;
  engine::PartitionOptions partition;
  UnixMillis begin;  // the wall clock at the start
  // Cuts depend on the log alone: no input counts as idle and no timestamp is clamped.
  bool cuts_by_log = true;
  // Some timestamps are of the far future. A later read clamps them otherwise.
  bool far_future = false;
};

// A record of an input topic after decoding.
struct Record {
  UnixMillis published;  // < 0: none
  std::variant<events::Event, events::Refusal> content;
};

enum class Act : uint8_t {
  kPublish,      // record `record` to `input`, `partition`
  kAdvance,      // the wall clock moves by `amount` ms; back, if negative
  kRead,         // replica `who` reads up to `amount` records of `input`, `partition`
  kFold,         // replica `who` reads up to `amount` records of the journal
  kEvaluate,     // the evaluation of replica `who` takes a step
  kDeadLetters,  // `amount` / 2 dead letters of replica `who` arrive, the newest first if it is odd
  kDeliver,      // an append in flight reaches the journal, the `amount`-th of them
  kDeliverMute,  // likewise, but its writer never hears of it
  kLose,         // likewise, but it does not reach the journal
  kLead,         // replica `who` believes to lead from now on
  kFollow,       // and no longer
  kCrash,        // replica `who` dies and starts again
  kBrokerDown,   // nothing can be read and no append arrives
  kBrokerUp,
  kReload,       // replica `who` reloads its configuration with rule set `amount`
  kAcknowledge,  // someone acknowledges an alert at replica `who`, the `amount`-th open one
  kSilence,      // someone silences at replica `who`
  kUnsilence,    // someone ends the `amount`-th silence at replica `who`
  kRegimeBreak,  // someone declares `amount` periods a regime break at replica `who`
  kConnect,      // watcher `amount` watches at replica `who` from where it stands
  kListen,       // watcher `who` receives up to `amount` messages
  kHangUp,       // watcher `who` loses its connection with `amount` messages in flight
  kCapture,      // replica `who` captures an image of itself, if it may
  kSave,         // and writes what it captured
  kForeign,      // the snapshot of another cluster is put on the disk of replica `who`
  kPowerLoss,    // as kCrash, and what its disk has not synced is left to chance `amount`
  kPowerCut,     // the power of replica `who` will go within its next save, `amount` operations on
  kDiskFails,    // an operation of its disk fails, `amount` / 3 operations on, in one of 3 ways
  kDiskFull,     // nothing more can be written to its disk
  kDiskForgets,  // its disk says that it syncs and does not
  kDiskHeals,
  kRot,       // a bit of a file on it flips, by chance `amount`
  kTruncate,  // retention takes `amount` ‰ of what `input`, `partition` has left
  kRecreate,  // `input` is deleted, made anew and published again, while no replica runs
};
inline constexpr size_t kActs = 34;

struct Step {
  Act act{};
  uint8_t who = 0;
  uint8_t input = 0;
  uint8_t partition = 0;
  int64_t amount = 0;
  uint32_t record = 0;
};

struct Script {
  uint64_t seed = 0;
  Setup setup;
  std::vector<Record> records;
  std::vector<Step> steps;
};

// For a person, a line a step.
std::string describe(const Script& script);

// The configurations that replicas are started with and reload.
const alerts::RuleSet& rule_set(base::Calendar calendar, int which);

}  // namespace bellwether::simulation
