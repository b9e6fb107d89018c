#include "analysis/detect_rows.h"

#include <algorithm>
#include <cmath>

#include "core/detection/closed_periods.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"

namespace bellwether::analysis {

using base::PeriodIndex;
using detection::Baseline;
using detection::Compatibility;
using detection::NotAssessed;

namespace {

// The tail level on the unscaled score that matches `alpha` on the score divided by `scale`. Not
// below 1e-12, so that its quantile can be computed.
double scaled_alpha(double alpha, double scale) {
  constexpr double kSmallest = 1e-12;
  if (scale == 1) return alpha;
  return std::max(kSmallest, stats::normal_cdf(scale * stats::normal_quantile(alpha)));
}

// R takes bounds and tails from the estimated distribution itself. Its tails include the observed
// value.
double judge_tails_as_r(const Baseline& b, const DetectOptions& o, DetectRow& row) {
  stats::CountDistribution const plug_in{b.expected, b.dispersion};
  stats::Tails const t = stats::tails(plug_in, static_cast<int64_t>(*row.observed));
  row.lower = static_cast<double>(stats::quantile(plug_in, o.alpha));
  row.upper = static_cast<double>(stats::quantile(plug_in, 1 - o.alpha));
  row.p_low = std::min(1.0, t.below + t.at);
  row.p_high = std::min(1.0, t.above + t.at);
  double const upward = t.low_mid() < t.high_mid() ? stats::normal_quantile(t.low_mid())
                                                   : -stats::normal_quantile(t.high_mid());
  return std::clamp(upward, -detection::kZMax, detection::kZMax);
}

}  // namespace

std::vector<DetectRow> bare_rows(std::span<const SeriesPoint> points) {
  std::vector<DetectRow> rows;
  for (const SeriesPoint& p : points)
    rows.push_back({.period = p.period, .why = p.missing, .observed = p.value});
  return rows;
}

void set_not_assessed(DetectRow& row, NotAssessed why) {
  row.why = std::string(name(why));
}

std::span<DetectRow> from_first_to_last_value(std::span<DetectRow> rows) {
  auto const has_value = [](const DetectRow& r) { return r.observed.has_value(); };
  auto const first = std::ranges::find_if(rows, has_value);
  if (first == rows.end()) return {};
  auto const last = std::find_if(rows.rbegin(), rows.rend(), has_value).base();
  return {first, last};
}

Observed observe(std::span<const DetectRow> rows, const DetectOptions& options) {
  Observed o{rows.front().period, {}, {}, {}};
  if (!options.business_calendar.empty())
    o.closed = detection::closed_periods(options.business_calendar, options.scale.calendar());
  for (const DetectRow& p : rows) {
    o.counts.push_back(static_cast<int32_t>(p.observed.value_or(0)));
    if (p.observed) continue;
    if (!o.gaps.empty() && o.gaps.back().last.value + 1 == p.period.value) {
      o.gaps.back().last = p.period;
    } else {
      o.gaps.push_back({p.period, p.period});
    }
  }
  return o;
}

void judge_tails(const detection::Assessment& a, const DetectOptions& o, DetectRow& row) {
  const Baseline& b = a.baseline;
  row.state = DetectState::kNormal;
  row.expected = b.expected;
  row.dispersion = b.dispersion;
  double upward = a.z;
  bool low = false;
  bool high = false;
  if (o.farrington.compatibility == Compatibility::kRSurveillance) {
    upward = judge_tails_as_r(b, o, row);
    low = *row.observed < *row.lower;
    high = *row.observed > *row.upper;
  } else {
    detection::Interval const i =
        detection::predictive_interval(b, 1 - 2 * scaled_alpha(o.alpha, a.scale));
    row.lower = i.lower;
    row.upper = i.upper;
    row.p_low = a.p_other;
    row.p_high = a.p;
    if (a.scale == 1) {
      // Takes the tails themselves, because the score is limited to ±kZMax and Φ of it has lost
      // digits.
      detection::Score const s = detection::score(b, a.observed, detection::Harm::kHigh);
      row.p_low = s.p_low;
      row.p_high = s.p_high;
    }
    low = *row.p_low < o.alpha;
    high = *row.p_high < o.alpha;
  }
  row.score = o.harm == HarmSides::kLow ? -upward : upward;
  bool const alarm = (low && alarms_low(o.harm)) || (high && alarms_high(o.harm));
  if (alarm && o.method == DetectMethod::kFarrington) row.state = DetectState::kAmber;
}

bool alarms_low(HarmSides harm) {
  return harm != HarmSides::kHigh;
}
bool alarms_high(HarmSides harm) {
  return harm != HarmSides::kLow;
}

std::string_view name(DetectState state) {
  switch (state) {
    case DetectState::kNormal:
      return "normal";
    case DetectState::kAmber:
      return "amber";
    case DetectState::kRed:
      return "red";
    case DetectState::kNotAssessed:
      return "not assessed";
  }
  return "";
}

}  // namespace bellwether::analysis
