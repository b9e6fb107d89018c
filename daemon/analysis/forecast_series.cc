#include "analysis/forecast_series.h"

#include <algorithm>
#include <span>

#include "analysis/forecast_history.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using forecast::Forecast;
using forecast::Method;
using forecast::NotAssessed;

constexpr size_t kRemarkPeriodsMax = 5;  // number of periods that a remark lists by name

forecast::Options method_options(Method method, const ForecastOptions& o, bool non_negative) {
  forecast::Options out;
  out.method = method;
  out.non_negative = non_negative;
  out.intervals.clear();
  for (double level : o.levels) {
    // 99.9 / 100 is a little more than .999.
    out.intervals.emplace_back(std::min(level / 100, forecast::kCoverageMax));
  }
  return out;
}

std::string reason(NotAssessed why, Method method, size_t values, int season) {
  std::string text(forecast::name(why));
  if (why == NotAssessed::kShortHistory) {
    base::append(text, ": ", values, values == 1 ? " value" : " values", ", and ",
                 forecast::name(method), " needs ", forecast::length_min(method, season));
  }
  return text;
}

// Drops the first `skipped` periods, which were forecast only to reach the later ones.
void drop_first(Forecast& f, size_t skipped) {
  auto const drop = [&](std::vector<double>& values) {
    values.erase(values.begin(),
                 values.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, values.size())));
  };
  drop(f.mean);
  for (forecast::IntervalPath& interval : f.intervals) {
    drop(interval.lower);
    drop(interval.upper);
  }
}

// A forecast, or why there is none.
struct Answer {
  std::string why;
  Forecast forecast;
};

// A history, and the position of the first period to forecast after it.
struct Origin {
  ForecastHistory history;
  size_t skipped = 0;  // periods between the last of the history and the first to forecast

  Answer ask(Method method, const ForecastOptions& o) const {
    if (!history.why.empty()) return {history.why, {}};
    const std::vector<double>& y = history.values;
    bool const non_negative = std::ranges::all_of(y, [](double v) { return v >= 0; });
    size_t const horizon = static_cast<size_t>(o.horizon) + skipped;
    if (horizon > static_cast<size_t>(forecast::kHorizonMax))
      return {"its latest value is too far from the periods to forecast", {}};
    Forecast f = forecast::forecast(y, o.season, static_cast<int>(horizon),
                                    method_options(method, o, non_negative));
    if (f.why != NotAssessed::kNone) return {reason(f.why, method, y.size(), o.season), {}};
    drop_first(f, skipped);
    return {"", std::move(f)};
  }
};

std::string periods_named(std::span<const PeriodIndex> periods, const PeriodScale& scale) {
  std::string text;
  for (PeriodIndex p : periods.first(std::min(periods.size(), kRemarkPeriodsMax)))
    base::append(text, text.empty() ? "" : ", ", scale.name(p));
  if (periods.size() > kRemarkPeriodsMax)
    base::append(text, " and ", periods.size() - kRemarkPeriodsMax, " more");
  return text;
}

std::vector<std::string> remarks_on(const Origin& origin, const PeriodScale& scale) {
  const ForecastHistory& h = origin.history;
  std::vector<std::string> remarks;
  if (!h.why.empty()) return remarks;
  if (h.left_out > 0) {
    remarks.push_back(base::cat("uses only the values from ", scale.name(h.first),
                                " on: before them ", kBridgeMax + 1,
                                " or more periods in a row have no value"));
  }
  if (!h.bridged.empty()) {
    remarks.push_back(base::cat("uses lines between neighbours for periods without a value: ",
                                periods_named(h.bridged, scale)));
  }
  if (origin.skipped > 0) {
    int32_t const last = h.first.value + static_cast<int32_t>(h.values.size()) - 1;
    remarks.push_back(base::cat("begins after its latest value before the holdout, that of ",
                                scale.name(PeriodIndex(last))));
  }
  return remarks;
}

size_t past_last_value(std::span<const SeriesPoint> points) {
  while (!points.empty() && !points.back().value) points = points.first(points.size() - 1);
  return points.size();
}

// The series' points before and within the holdout.
struct Split {
  std::span<const SeriesPoint> known;
  std::span<const SeriesPoint> held_out;
  PeriodIndex first;  // first period to forecast
};
Split split(std::span<const SeriesPoint> points, int holdout) {
  size_t end = past_last_value(points);
  if (end == 0) end = points.size();  // forecast_history() says why there is no history
  size_t const held = std::min(end, static_cast<size_t>(holdout));
  int32_t const last = end > 0 ? points[end - 1].period.value : 0;
  return {points.first(end - held), points.subspan(end - held, held),
          PeriodIndex(last + 1 - holdout)};
}

Origin origin_of(const Split& s, const ForecastOptions& o) {
  Origin origin{forecast_history(s.known, o.season)};
  if (s.known.empty() && !s.held_out.empty()) origin.history.why = "nothing is before the holdout";
  origin.skipped = s.known.size() - past_last_value(s.known);
  // A period whose name cannot be parsed is outside the calendar.
  PeriodIndex const last(s.first.value + o.horizon - 1);
  if (!o.scale.parse(o.scale.name(last)).ok())
    origin.history.why = "the calendar ends before the last period to forecast";
  return origin;
}

Holdout judged(const Answer& answer, std::span<const SeriesPoint> held_out,
               const ForecastHistory& history, const ForecastOptions& o) {
  if (!answer.why.empty()) return {answer.why, {}};
  std::vector<std::optional<double>> came;
  for (const SeriesPoint& p : held_out) {
    bool const closed =
        !o.business_calendar.empty() && o.business_calendar.closed(o.scale.calendar(), p.period);
    came.push_back(closed ? std::nullopt : p.value);
  }
  Holdout h{"", judge(answer.forecast, came, forecast::naive_step(history.values))};
  if (h.accuracy.periods == 0) return {"no open period forecast has a value", {}};
  return h;
}

}  // namespace

SeriesForecast forecast_series(const Series& series, const ForecastOptions& o) {
  Split const s = split(series.points, o.holdout);
  Origin const origin = origin_of(s, o);
  Answer answer = origin.ask(o.method, o);
  SeriesForecast out;
  out.name = series.name;
  out.first = s.first;
  out.remarks = remarks_on(origin, o.scale);
  if (o.holdout > 0) {
    out.holdout = judged(answer, s.held_out, origin.history, o);
    out.seasonal_naive =
        judged(origin.ask(Method::kSeasonalNaive, o), s.held_out, origin.history, o);
  }
  out.why = std::move(answer.why);
  out.forecast = std::move(answer.forecast);
  return out;
}

}  // namespace bellwether::analysis
