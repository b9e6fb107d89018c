// Purpose: the official statistics that figures rest on. The unit of a figure decides which
// statistic it is; figures in other units have no use here. Thread safety: the tables are constant.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/domain/table.h"

namespace bellwether::domain {

// Stored in snapshots: append only.
enum class Statistic : uint8_t {
  kUnused,      // nothing rests on it
  kEmployment,  // jobs in an area and sector; a level
  kResidents,   // persons who live in an area; a level
  kOutput,      // gross value added of an area and sector in a year, in pounds
};
struct StatisticInfo {
  Statistic id;
  std::string_view name;  // in answers
  bool is_count;          // of jobs or people, so it is never negative
  bool is_of_year;        // a flow: only figures of a whole year are used
};
inline constexpr auto kStatistics = std::to_array<StatisticInfo>({
    {Statistic::kUnused, "unused", false, false},
    {Statistic::kEmployment, "employment", true, false},
    {Statistic::kResidents, "residents", true, false},
    {Statistic::kOutput, "output", false, true},
});
inline constexpr size_t kStatisticCount = kStatistics.size();
static_assert(is_complete<kStatistics>());

constexpr const StatisticInfo& info(Statistic statistic) {
  return kStatistics[static_cast<size_t>(statistic)];
}
constexpr std::string_view name(Statistic statistic) {
  return info(statistic).name;
}

struct UnitInfo {
  std::string_view unit;  // as events state it
  Statistic statistic;
  double factor;  // to jobs, persons or pounds
};
inline constexpr auto kUnits = std::to_array<UnitInfo>({
    {"jobs", Statistic::kEmployment, 1},
    {"persons", Statistic::kResidents, 1},
    {"GBP", Statistic::kOutput, 1},
    {"GBP_million", Statistic::kOutput, 1e6},
});
// Null if nothing rests on figures in that unit.
constexpr const UnitInfo* find_unit(std::string_view unit) {
  for (const UnitInfo& u : kUnits) {
    if (u.unit == unit) return &u;
  }
  return nullptr;
}

// Length of a reference period. The numbers are those of bellwether.events.v1.Frequency.
enum class Frequency : uint8_t { kWeek = 1, kMonth, kQuarter, kYear };
inline constexpr uint8_t kFrequencyLast = static_cast<uint8_t>(Frequency::kYear);

// How final a figure is. The numbers are those of bellwether.events.v1.FigureStatus.
enum class FigureStatus : uint8_t { kUnstated, kProvisional, kRevised, kFinal };
inline constexpr std::array<std::string_view, 4> kFigureStatusNames = {"", "provisional", "revised",
                                                                       "final"};

// A figure is not used if its reference period ended this many years ago or earlier.
inline constexpr int kFigureYearsMax = 3;
// The limit of a figure in jobs, persons or pounds, either side of zero.
inline constexpr double kFigureMax = 1e15;

}  // namespace bellwether::domain
