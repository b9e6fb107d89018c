#include "analysis/detect_options.h"

#include <algorithm>
#include <cmath>

#include "analysis/plot.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

using detection::Compatibility;
using detection::FarringtonOptions;

constexpr double kAlphaEars = 0.001;  // R's earsC: C1 and C2
constexpr double kAlphaEarsC3 = 0.025;
constexpr int kSeasonUndated = 52;

// The cold-start options of weeks or months, with the scale's periods a year.
detection::ColdStartOptions cold_start_for(const PeriodScale& scale) {
  detection::ColdStartOptions o =
      detection::ColdStartOptions::for_calendar(scale.nearest_calendar());
  o.year_periods = scale.periods_per_year();
  return o;
}

// The Farrington options of weeks or months, changed to `season` periods a year.
FarringtonOptions for_season(int season) {
  FarringtonOptions o = FarringtonOptions::for_calendar(base::Calendar(base::CalendarUnit::kWeek));
  o.dated = false;
  o.year_periods = season;
  o.exclude_recent = season / 2;
  if (season < kSeasonLikeWeeks) {
    o.half_window = 0;
    o.seasonal_blocks = season;
  } else {
    o.half_window = static_cast<int>(std::lround(o.half_window * season / 52.0));
  }
  return o;
}

absl::Status check_season(const FarringtonOptions& o, int season) {
  int const window = 2 * o.half_window + 1;
  if (window > season) {
    return absl::InvalidArgumentError(
        base::cat("--half-window ", o.half_window, " makes windows of ", window,
                  " periods and a year has ", season, "; take at most ", (season - 1) / 2));
  }
  if (o.seasonal_blocks > season - window + 1) {
    return absl::InvalidArgumentError(base::cat(
        "--seasonal-blocks ", o.seasonal_blocks, ": after a window of ", window, ", a year of ",
        season, " periods has room for ", season - window, "; take at most ", season - window + 1));
  }
  return absl::OkStatus();
}

void set_baseline(const DetectFlags& f, FarringtonOptions& o) {
  o.years = f.years.value_or(o.years);
  o.half_window = f.half_window.value_or(o.half_window);
  o.seasonal_blocks = f.seasonal_blocks.value_or(o.seasonal_blocks);
  o.exclude_recent = f.exclude_recent.value_or(o.exclude_recent);
  o.residual_threshold = f.weights_threshold.value_or(o.residual_threshold);
  if (f.weights == "upper") o.down_weight = detection::DownWeight::kUpperTail;
  if (f.weights == "none") o.down_weight = detection::DownWeight::kNone;
  if (f.trend == "always") o.trend = detection::TrendUse::kAlways;
  if (f.trend == "never") o.trend = detection::TrendUse::kNever;
  if (f.trend == "significant") o.trend = detection::TrendUse::kSignificant;
  o.years_min = std::min(o.years_min, o.years);
  if (f.compatibility.empty()) return;
  o.compatibility = Compatibility::kRSurveillance;
  if (f.trend.empty()) o.trend = detection::TrendUse::kAlways;
  o.years_min = o.years;  // R needs all years
}

absl::Status set_habits(const DetectFlags& f, DetectOptions& o) {
  if (!f.compatibility.empty() && (f.cold_start == "on" || f.score_scale == "own")) {
    return absl::InvalidArgumentError(
        "--compatibility r-surveillance has neither a cold start nor a scale of the scores; leave "
        "--cold-start and "
        "--score-scale out");
  }
  o.own_scale = f.score_scale != "none" && f.compatibility.empty();
  if (f.cold_start != "off" && f.compatibility.empty()) {
    o.cold_start = cold_start_for(o.scale);
  }
  return absl::OkStatus();
}

// Without a method: the daemon's rules, or farrington if an option is given that rules do not have.
DetectMethod method_of(const DetectFlags& f) {
  if (f.method == "farrington") return DetectMethod::kFarrington;
  if (f.method == "cusum") return DetectMethod::kCusum;
  if (f.method == "ears") return DetectMethod::kEars;
  if (f.method == "poisson-cusum") return DetectMethod::kPoissonCusum;
  bool const not_of_rules = !f.compatibility.empty() || f.threshold_h || f.run_length;
  return f.method.empty() && not_of_rules ? DetectMethod::kFarrington : DetectMethod::kRule;
}

absl::Status set_rule(const DetectFlags& f, DetectOptions& o) {
  bool const rule = o.method == DetectMethod::kRule;
  if (!rule && (f.false_alarms_a_year || !f.total.empty()))
    return absl::InvalidArgumentError(
        "--false-alarms-a-year and --total are for --method rule; leave them out");
  if (rule && (!f.compatibility.empty() || f.threshold_h || f.run_length)) {
    return absl::InvalidArgumentError(
        "--method rule takes its alarms from --false-alarms-a-year; leave --compatibility, "
        "--cusum-threshold and --in-control-run-length out, or take --method farrington");
  }
  bool const weeks = o.scale.nearest_calendar().unit() == base::CalendarUnit::kWeek;
  o.false_alarms_a_year = f.false_alarms_a_year.value_or(weeks ? detection::kFalseAlarmsWeekly
                                                               : detection::kFalseAlarmsMonthly);
  o.total = f.total;
  return absl::OkStatus();
}

absl::Status set_alarms(const DetectFlags& f, DetectOptions& o) {
  o.method = method_of(f);
  if (f.harm == "low") o.harm = HarmSides::kLow;
  if (f.harm == "high") o.harm = HarmSides::kHigh;
  o.rate_ratio = f.rate_ratio.value_or(o.rate_ratio);
  o.threshold_h = f.threshold_h;
  if (!f.threshold_h && !f.run_length && o.method != DetectMethod::kPoissonCusum) {
    o.threshold_h = detection::CusumOptions{}.threshold_h;
  }
  o.in_control_run_length = f.run_length.value_or(o.in_control_run_length);
  o.alpha = f.alpha.value_or(o.alpha);
  if (f.ears == "c2") o.ears.method = EarsMethod::kC2;
  if (f.ears == "c3") o.ears.method = EarsMethod::kC3;
  o.ears.alpha = f.alpha.value_or(o.ears.method == EarsMethod::kC3 ? kAlphaEarsC3 : kAlphaEars);
  if (o.method == DetectMethod::kEars && o.harm == HarmSides::kLow) {
    return absl::InvalidArgumentError(
        "--method ears finds only rises; leave --harm low out or use farrington");
  }
  bool const has_cusum =
      o.method == DetectMethod::kCusum || o.method == DetectMethod::kPoissonCusum;
  if (has_cusum && !f.compatibility.empty()) {
    return absl::InvalidArgumentError(
        "--compatibility r-surveillance has no CUSUM; take --method farrington");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DetectRun> detect_options(const DetectFlags& f) {
  DetectRun run;
  DetectOptions& o = run.series;
  if (f.calendar == "undated") {
    if (!f.holidays.empty())
      return absl::InvalidArgumentError("--holidays needs dated periods; leave it out");
    int const season = f.season.value_or(kSeasonUndated);
    o.scale = PeriodScale::undated(season);
    o.farrington = for_season(season);
  } else {
    if (f.season)
      return absl::InvalidArgumentError("--season is for --calendar undated; leave it out");
    auto const unit = base::calendar_unit(f.calendar).value_or(base::CalendarUnit::kMonth);
    o.scale = PeriodScale::dated(unit);
    o.farrington = FarringtonOptions::for_calendar(base::Calendar(unit));
  }
  set_baseline(f, o.farrington);
  BELLWETHER_RETURN_IF_ERROR(check_season(o.farrington, o.scale.periods_per_year()));
  BELLWETHER_RETURN_IF_ERROR(set_habits(f, o));
  BELLWETHER_RETURN_IF_ERROR(set_alarms(f, o));
  BELLWETHER_RETURN_IF_ERROR(set_rule(f, o));
  if (!f.from.empty()) {
    auto const from = o.scale.parse(f.from);
    if (!from.ok())
      return absl::InvalidArgumentError(base::cat("--from ", from.status().message()));
    run.from = *from;
  }
  BELLWETHER_RETURN_IF_ERROR(check_plot_file(f.plot));
  return run;
}

}  // namespace bellwether::analysis
