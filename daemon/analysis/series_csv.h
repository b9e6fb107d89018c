// Purpose: an analyst's table with the columns series,period,value: several series in one file,
// rows in any order. A row that cannot be used is reported; its period stays in the series without
// a value, and the other rows are read. Thread safety: pure; the caller reads the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analysis/period_scale.h"
#include "core/base/calendar.h"
#include "core/base/csv.h"

namespace bellwether::analysis {

inline constexpr double kCountMax = 1e9;              // the largest count per period
inline constexpr double kNumberMax = 1e15;            // the largest absolute value
inline constexpr int64_t kSeriesPeriodsMax = 20'000;  // from a series' first period to its last

enum class Values : uint8_t {
  kCounts,   // whole, 0 … kCountMax
  kNumbers,  // −kNumberMax … kNumberMax
};

struct SeriesPoint {
  base::PeriodIndex period;
  std::optional<double> value;
  std::string missing;  // reason for no value: "no value", "given twice", "negative", …
};

// Periods are consecutive. If a series spans more than kSeriesPeriodsMax, it has only the periods
// of its rows, and all values are absent.
struct Series {
  std::string name;
  std::vector<SeriesPoint> points;
};

struct SeriesTable {
  std::vector<Series> series;        // in order of first appearance
  std::vector<base::LineError> bad;  // by line; `what` also says how to correct it
};

// Error: InvalidArgument for an empty file, a wrong header or a quote that is never closed. The
// message names the file.
absl::StatusOr<SeriesTable> parse_series(std::string_view csv, std::string_view file,
                                         const PeriodScale& scale, Values values);

// A cell with ten significant digits; empty for nullopt.
std::string csv_number(std::optional<double> x);

}  // namespace bellwether::analysis
