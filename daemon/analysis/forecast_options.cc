#include "analysis/forecast_options.h"

#include "analysis/plot.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

// Levels (in %) that are closer would have the same column name.
constexpr double kLevelStepMin = 1e-3;

absl::Status check_levels(const std::vector<double>& levels) {
  if (levels.empty() || levels.size() > kLevelsMax) {
    return absl::InvalidArgumentError(
        base::cat("--level: name 1 to ", kLevelsMax, " coverages in percent"));
  }
  for (size_t i = 1; i < levels.size(); ++i) {
    if (levels[i] - levels[i - 1] >= kLevelStepMin) continue;
    return absl::InvalidArgumentError(base::cat("--level: ", levels[i], " comes after ",
                                                levels[i - 1],
                                                "; give coverages that rise, for example 80,95"));
  }
  return absl::OkStatus();
}

absl::Status check_method(forecast::Method method, int season) {
  bool const seasonal = method == forecast::Method::kHoltWintersAdditive ||
                        method == forecast::Method::kHoltWintersMultiplicative;
  if (!seasonal || season > 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      base::cat("--method ", forecast::name(method), " needs a season; give --season 2 or more"));
}

}  // namespace

absl::StatusOr<ForecastOptions> forecast_options(const ForecastFlags& f) {
  ForecastOptions o;
  if (f.calendar == "undated") {
    if (!f.holidays.empty())
      return absl::InvalidArgumentError("--holidays needs dated periods; leave it out");
    o.season = f.season.value_or(1);
    o.scale = PeriodScale::undated(o.season);
    o.horizon = o.season > 1 ? o.season : kHorizonUndated;
  } else {
    o.scale =
        PeriodScale::dated(base::calendar_unit(f.calendar).value_or(base::CalendarUnit::kMonth));
    o.season = f.season.value_or(o.scale.periods_per_year());
    o.horizon = o.scale.periods_per_year();
  }
  o.holdout = f.holdout.value_or(0);
  o.horizon = f.horizon.value_or(f.holdout.value_or(o.horizon));
  if (!f.method.empty()) {
    auto const method = forecast::method_named(f.method);
    if (!method)
      return absl::InvalidArgumentError(
          base::cat("--method ", f.method, ": there is no such method"));
    o.method = *method;
  }
  BELLWETHER_RETURN_IF_ERROR(check_method(o.method, o.season));
  BELLWETHER_RETURN_IF_ERROR(check_levels(f.levels));
  o.levels = f.levels;
  BELLWETHER_RETURN_IF_ERROR(check_plot_file(f.plot));
  if (!f.scores.empty() && o.holdout == 0) {
    return absl::InvalidArgumentError("--scores: there are none without --holdout; give it");
  }
  return o;
}

}  // namespace bellwether::analysis
