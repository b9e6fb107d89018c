// Purpose: the options of `bellwether forecast` as typed, and what they mean together.
// Thread safety: values; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analysis/forecast_series.h"

namespace bellwether::analysis {

inline constexpr double kLevelMin = 50;  // coverages in %
inline constexpr double kLevelMax = 99.9;
inline constexpr size_t kLevelsMax = 5;     // as the daemon allows; more have no room in a figure
inline constexpr int kHorizonUndated = 10;  // of a series of which no season is known, as in R

// What was given, each by itself within its range; what was not given follows from the calendar.
struct ForecastFlags {
  std::string input;
  std::string calendar = "month";
  std::optional<int> season;   // 1 … forecast::kPeriodMax
  std::string method;          // one of forecast/method.h; "": the default
  std::optional<int> horizon;  // 1 … forecast::kHorizonMax
  std::optional<int> holdout;  // the same
  std::vector<double> levels = ForecastOptions{}.levels;  // kLevelMin … kLevelMax
  std::string output_file;
  std::string scores;
  std::string plot;
};

// Error: InvalidArgument, which names the options that do not go together.
absl::StatusOr<ForecastOptions> forecast_options(const ForecastFlags& flags);

}  // namespace bellwether::analysis
