// Purpose: what `bellwether verify` finds of a tick, and the pure half of finding it.
// Thread safety: pure functions and values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/alerts/alert.h"
#include "core/alerts/entry.h"
#include "core/base/ids.h"

namespace bellwether::runtime {

// One alert on which the journaled verdict and the computed one do not say the same.
struct AlertDifference {
  alerts::AlertKey key;
  std::string journaled;  // "raised red, open, cusum 4.2"; empty: says nothing of it
  std::string computed;
};
// In the order of their keys; what a verdict's digest is over: transition, severity, open,
// change-point statistic.
std::vector<AlertDifference> differences(std::span<const alerts::AlertUpdate> journaled,
                                         std::span<const alerts::AlertUpdate> computed);

enum class Finding : uint8_t {
  kEqual,
  kDiffers,    // cells, verdict, or both
  kPassed,     // the journal passes the tick without judgement: there is nothing to compare
  kBeyondLog,  // the log ends before the tick's cut: it is another log, or was cut off
  kNotInJournal,
};
inline constexpr std::array<std::string_view, 5> kFindingNames = {"equal", "differs", "passed",
                                                                  "beyond_log", "not_in_journal"};

struct VerifiedTick {
  base::PeriodIndex tick;
  Finding finding{};
  base::JournalOffset record{-1};
  std::string writer;
  std::vector<alerts::CutOffset> cut;
  int64_t records = 0;  // that the cut holds
  uint64_t cells_journaled = 0;
  uint64_t cells_computed = 0;
  uint64_t verdict_journaled = 0;
  uint64_t verdict_computed = 0;
  std::vector<AlertDifference> alerts;
  std::string note;  // what else is wrong with the record, or why it cannot be compared
  bool cells_equal() const { return cells_journaled == cells_computed; }
  bool verdict_equal() const { return verdict_journaled == verdict_computed && alerts.empty(); }
};

// By topic and partition, the first offset that is not in.
using CutPlace = std::pair<std::string, int32_t>;
using CutMap = std::map<CutPlace, int64_t>;
CutMap to_map(std::span<const alerts::CutOffset> cut);
// A fold that has reached `from` can go on to `to`: leaders that cut a quiet input elsewhere may
// have journaled cuts that do not follow each other.
bool reaches(const CutMap& from, const CutMap& to);
// A place of `cut` that lies outside of what the log has: ends by place. nullopt: none.
std::optional<CutPlace> beyond(const CutMap& cut, const CutMap& ends);

}  // namespace bellwether::runtime
