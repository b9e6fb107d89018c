// Purpose: the options of `bellwether forecast` as typed, and the forecast options that they give.
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
inline constexpr size_t kLevelsMax = 5;     // the daemon's limit; a figure has no room for more
inline constexpr int kHorizonUndated = 10;  // for a series without a known season, as in R

// The options as given, each within its own range. An option that is not given gets its default
// from the calendar.
struct ForecastFlags {
  std::string input;
  std::string calendar = "month";
  std::optional<int> season;   // 1 … forecast::kPeriodMax
  std::string method;          // one of forecast/method.h; "": the default
  std::optional<int> horizon;  // 1 … forecast::kHorizonMax
  std::optional<int> holdout;  // 1 … forecast::kHorizonMax
  std::vector<double> levels = ForecastOptions{}.levels;  // kLevelMin … kLevelMax
  std::vector<std::string> holidays;                      // files; their reader is the caller
  std::string output_file;
  std::string scores;
  std::string plot;
};

// Error: InvalidArgument. The message names the options that conflict.
absl::StatusOr<ForecastOptions> forecast_options(const ForecastFlags& flags);

}  // namespace bellwether::analysis
