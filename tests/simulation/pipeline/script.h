// A run as data: the deployment, the records that its sources publish, and every step of the world
// in order. A run itself uses no random numbers, so the same script makes the same run. A script
// without some of its steps is a valid script, too.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/alerts/rules.h"
#include "core/engine/partition_engine.h"
#include "core/events/event.h"
#include "core/events/refusal.h"

namespace bellwether::simulation {

using base::PeriodIndex;
using base::UnixMillis;

inline constexpr std::array kInputTopics = {domain::Topic::kRegistrations, domain::Topic::kSupport,
                                            domain::Topic::kObservations};
inline constexpr size_t kInputs = kInputTopics.size();
inline constexpr size_t kObservations = 2;  // the input of official statistics
// The names of the inputs.
inline const std::vector<std::string> kTopics = {"registrations", "support", "observations"};

// The input that the topic belongs to.
inline size_t input_of(std::string_view topic) {
  return static_cast<size_t>(std::ranges::find(kTopics, topic) - kTopics.begin());
}

inline constexpr int kWatchers = 4;
inline constexpr int kRuleSets = 3;

struct Setup {
  base::Calendar calendar{base::CalendarUnit::kMonth};
  int partitions = 1;
  int replicas = 1;
  engine::PartitionOptions partition;
  UnixMillis begin;  // the wall clock at the start
  // If true, cuts depend only on the log: no input counts as idle and no timestamp is clamped.
  bool cuts_by_log = true;
  // If true, some timestamps are far in the future, and a replica that reads them later clamps them
  // differently.
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
  kDeliver,      // the `amount`-th append in flight reaches the journal
  kDeliverMute,  // the same, but its writer gets no acknowledgement
  kLose,         // the same, but it is lost before the journal
  kLead,         // replica `who` believes that it leads from now on
  kFollow,       // replica `who` believes that it no longer leads
  kCrash,        // replica `who` dies and starts again
  kBrokerDown,   // nothing can be read and no append arrives
  kBrokerUp,
  kReload,       // replica `who` reloads its configuration with rule set `amount`
  kAcknowledge,  // someone acknowledges an alert at replica `who`, the `amount`-th open one
  kSilence,      // someone silences at replica `who`
  kUnsilence,    // someone ends the `amount`-th silence at replica `who`
  kRegimeBreak,  // someone declares `amount` periods a regime break at replica `who`
  kConnect,      // watcher `amount` connects to replica `who` and resumes from its token
  kListen,       // watcher `who` receives up to `amount` messages
  kHangUp,       // watcher `who` loses its connection with `amount` messages in flight
  kCapture,      // replica `who` captures an image of itself, if it may
  kSave,         // replica `who` writes the captured image
  kForeign,      // the snapshot of another cluster is put on the disk of replica `who`
  kPowerLoss,    // like kCrash; `amount` seeds what happens to unsynced data
  kPowerCut,     // replica `who` loses power after `amount` more operations of its disk
  kDiskFails,    // the disk operation after `amount` / 3 more fails, in one of 3 ways
  kDiskFull,     // its disk takes no more writes
  kDiskForgets,  // its disk confirms syncs without syncing
  kDiskHeals,
  kRot,       // a bit of a file on its disk flips; `amount` is the seed
  kTruncate,  // retention deletes `amount` ‰ of the rest of `input`, `partition`
  kRecreate,  // `input` is deleted, recreated and published again; all replicas restart
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

// The script as text for people, one line per step.
std::string describe(const Script& script);

// The configurations with which replicas start and which they reload.
const alerts::RuleSet& rule_set(base::Calendar calendar, int which);

}  // namespace bellwether::simulation
