// Purpose: the options of `bellwether detect` as typed, and the detection options that they give.
// Thread safety: values; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analysis/detect_series.h"
#include "core/alerts/rule_record.h"
#include "core/base/calendar.h"

namespace bellwether::analysis {

inline constexpr int kYearsMax = 50;
// As in a rule set.
inline constexpr double kFalseAlarmsMin = alerts::kFalseAlarmsMin;
inline constexpr double kFalseAlarmsMax = alerts::kFalseAlarmsMax;

// The options as given, each within its own range. An option that is not given gets its default
// from the calendar and the method.
struct DetectFlags {
  std::string input;
  std::string calendar = "month";
  std::optional<int> season;
  std::optional<int> years;
  std::optional<int> half_window;
  std::optional<int> seasonal_blocks;
  std::optional<int> exclude_recent;
  std::string weights;
  std::optional<double> weights_threshold;
  std::string trend;
  std::string cold_start;   // "on", "off" or empty
  std::string score_scale;  // "own", "none" or empty
  std::string compatibility;
  std::string method;  // empty: rule, or farrington if an option is given that rules do not have
  std::string harm = "both";
  std::optional<double> alpha;
  std::optional<double> threshold_h;
  std::optional<double> run_length;
  std::optional<double> false_alarms_a_year;
  std::string total;
  std::string ears;
  std::optional<double> rate_ratio;
  std::string from;
  std::vector<std::string> holidays;  // files; their reader is the caller
  std::string output_file;
  std::string plot;
};

struct DetectRun {
  DetectOptions series;
  std::optional<base::PeriodIndex> from;
};

// Error: InvalidArgument. The message names the options that conflict.
absl::StatusOr<DetectRun> detect_options(const DetectFlags& flags);

}  // namespace bellwether::analysis
