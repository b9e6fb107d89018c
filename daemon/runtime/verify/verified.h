// Purpose: the result of `bellwether verify` for a tick, and the pure functions that compute it.
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

// An alert for which the journaled verdict and the computed verdict differ.
struct AlertDifference {
  alerts::AlertKey key;
  std::string journaled;  // "raised, red, open, cusum 4.200000"; empty: not in this verdict
  std::string computed;
};
// Ordered by key. Compares the values that a verdict's digest covers: transition, severity, open,
// change-point statistic.
std::vector<AlertDifference> differences(std::span<const alerts::AlertUpdate> journaled,
                                         std::span<const alerts::AlertUpdate> computed);

enum class Finding : uint8_t {
  kEqual,
  kDiffers,    // cells, verdict, or both
  kPassed,     // the journal passes the tick without judgement, so there is nothing to compare
  kBeyondLog,  // the log ends before the tick's cut: it was recreated or truncated
  kNotInJournal,
  kOtherFigures,  // computed by a build whose figures have another version, or with other working
                  // hours of the desks
};
inline constexpr std::array<std::string_view, 6> kFindingNames = {
    "equal", "differs", "passed", "beyond_log", "not_in_journal", "other_figures"};

struct VerifiedTick {
  base::PeriodIndex tick;
  Finding finding{};
  base::JournalOffset record{-1};
  std::string writer;
  std::vector<alerts::CutOffset> cut;
  int64_t records = 0;  // number of records before the cut
  uint64_t cells_journaled = 0;
  uint64_t cells_computed = 0;
  uint64_t verdict_journaled = 0;
  uint64_t verdict_computed = 0;
  std::vector<AlertDifference> alerts;
  std::string note;  // another error of the record, or why it cannot be compared
  bool cells_equal() const { return cells_journaled == cells_computed; }
  bool verdict_equal() const { return verdict_journaled == verdict_computed && alerts.empty(); }
};

// By topic and partition: the first offset after the cut.
using CutPlace = std::pair<std::string, int32_t>;
using CutMap = std::map<CutPlace, int64_t>;
CutMap to_map(std::span<const alerts::CutOffset> cut);
// Whether a fold that has reached `from` can continue to `to`. Cuts in the journal may not follow
// each other, because different leaders may cut a quiet input at different offsets.
bool reaches(const CutMap& from, const CutMap& to);
// The first place of `cut` that is after the end of the log. `ends`: the end of the log by place.
// nullopt: none.
std::optional<CutPlace> beyond(const CutMap& cut, const CutMap& ends);

}  // namespace bellwether::runtime
