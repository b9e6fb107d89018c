#include "core/detection/farrington.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/container/inlined_vector.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"
#include "core/stats/student.h"

namespace bellwether::detection {
namespace {

constexpr int kIterationsMax = 30;
constexpr double kConverged = 1e-9;  // largest change of a coefficient's effect
constexpr int kGlmIterationsMax = 25;
constexpr double kGlmConverged = 1e-8;  // relative change of the deviance
constexpr double kMonthlyTrendDamping = 0.97;
// A shrunk trend is at most this much a year, and leads at most this far beyond the largest count
// of the target's season. A series that has just begun seems to grow without end.
constexpr double kTrendYearMax = 0.405;  // ln 1.5
constexpr double kBeyondLargest = 1.25;
constexpr double kMuMin = 1e-10;
constexpr double kMuMax = 1e12;
// If the spread of times within groups is below this share of their mean square, it is a rounding
// error: no group has two different periods, so a trend cannot be estimated.
constexpr double kSpreadMin = 1e-12;

using Points = Workspace::Points;

// One fit of log μ = o + α_g + β t, with known offsets o, by iteratively reweighted least squares.
// The normal equations have arrow shape (one column for the trend, a diagonal for the groups), so a
// step is one pass over the points.
class Fit {
 public:
  Fit(Workspace& ws, int groups, bool trend) : ws_(ws), groups_(groups), trend_(trend) {}

  bool converge() {
    ws_.alpha.assign(static_cast<size_t>(groups_), 0);
    for (int i = 0; i < kIterationsMax; ++i) {
      if (step(i == 0) < kConverged) return true;
    }
    return false;
  }
  // As R's glm: starts from the counts and iterates until the deviance no longer changes.
  bool converge_as_glm() {
    begin();
    ws_.alpha.assign(static_cast<size_t>(groups_), 0);
    double before = deviance();
    for (int i = 0; i < kGlmIterationsMax; ++i) {
      ws_.points.solved_mu = ws_.points.mu;
      step(i == 0);
      double const now = deviance();
      if (std::abs(now - before) / (std::abs(now) + 0.1) < kGlmConverged) return true;
      before = now;
    }
    return false;
  }
  void begin() {
    Points& p = ws_.points;
    p.mu.resize(p.y.size());
    p.eta.resize(p.y.size());
    for (size_t i = 0; i < p.y.size(); ++i) {
      p.mu[i] = p.y[i] + 0.1;
      p.eta[i] = std::log(p.mu[i]);
    }
  }

  double eta(int group, double t) const {
    return ws_.alpha[static_cast<size_t>(group)] + (trend_ ? beta_ * t : 0);
  }
  bool has_trend() const { return trend_; }
  double beta() const { return trend_ ? beta_ : 0; }
  // Variance of β for dispersion one.
  double variance_of_beta() const { return 1 / d_; }
  // The weighted mean time of the group's periods. η there does not depend on the trend.
  double mean_time(int group) const {
    auto const g = static_cast<size_t>(group);
    return ws_.wt[g] / ws_.w[g];
  }
  // Variance of η at (group, t) for dispersion one. A trend that is shrunk to a part has that part
  // of its variance.
  double variance(int group, double t, double kept = 1) const {
    size_t const g = static_cast<size_t>(group);
    double const from_mean = t - ws_.wt[g] / ws_.w[g];
    return 1 / ws_.w[g] + (trend_ ? kept * from_mean * from_mean / d_ : 0);
  }
  int parameters() const {
    return static_cast<int>(
               std::count_if(ws_.w.begin(), ws_.w.end(), [](double w) { return w > 0; })) +
           int{trend_};
  }

 private:
  double deviance() const {
    const Points& p = ws_.points;
    double sum = 0;
    for (size_t i = 0; i < p.y.size(); ++i) {
      double const log_ratio = p.y[i] > 0 ? p.y[i] * std::log(p.y[i] / p.mu[i]) : 0;
      sum += 2 * p.weight[i] * (log_ratio - (p.y[i] - p.mu[i]));
    }
    return sum;
  }
  // Returns the largest change of a coefficient's effect on η.
  double step(bool first) {
    Points& p = ws_.points;
    size_t const g = static_cast<size_t>(groups_);
    ws_.w.assign(g, 0);
    ws_.wt.assign(g, 0);
    ws_.wz.assign(g, 0);
    double wtt = 0;
    double wtz = 0;
    double t_max = 0;
    for (size_t i = 0; i < p.y.size(); ++i) {
      auto const k = static_cast<size_t>(p.group[i]);
      double const w = p.weight[i] * p.mu[i];
      double const z = p.eta[i] - p.offset[i] + p.y[i] / p.mu[i] - 1;
      double const t = p.t[i];
      ws_.w[k] += w;
      ws_.wt[k] += w * t;
      ws_.wz[k] += w * z;
      wtt += w * t * t;
      wtz += w * t * z;
      t_max = std::max(t_max, std::abs(t));
    }
    double const beta_before = beta_;
    if (trend_) {
      d_ = wtt;
      double n = wtz;
      for (size_t k = 0; k < g; ++k) {
        if (ws_.w[k] <= 0) continue;
        d_ -= ws_.wt[k] * ws_.wt[k] / ws_.w[k];
        n -= ws_.wt[k] * ws_.wz[k] / ws_.w[k];
      }
      trend_ = d_ > kSpreadMin * wtt;
      beta_ = trend_ ? n / d_ : 0;
    }
    double change = std::abs(beta_ - beta_before) * t_max;
    for (size_t k = 0; k < g; ++k) {
      if (ws_.w[k] <= 0) continue;
      double const alpha = (ws_.wz[k] - (trend_ ? beta_ * ws_.wt[k] : 0)) / ws_.w[k];
      change = std::max(change, std::abs(alpha - ws_.alpha[k]));
      ws_.alpha[k] = alpha;
    }
    for (size_t i = 0; i < p.y.size(); ++i) {
      p.eta[i] = p.offset[i] + eta(p.group[i], p.t[i]);
      p.mu[i] = std::clamp(std::exp(p.eta[i]), kMuMin, kMuMax);
    }
    return first ? 1 : change;
  }

  Workspace& ws_;
  int groups_;
  bool trend_;
  double beta_ = 0;
  double d_ = 0;
};

// The seasonal block of every period before `target`: 0 in the windows around the same season of
// earlier years, 1 … blocks−1 between the windows, in order.
class Seasons {
 public:
  Seasons(base::Calendar calendar, int32_t target, const FarringtonOptions& o) : options_(o) {
    for (int i = 0; i <= o.years; ++i) references_.push_back(back(calendar, target, i));
  }

  int32_t reference(int year) const { return references_[static_cast<size_t>(year)]; }
  // The block, or −1 if only the season's windows are used and `t` is outside them. `t` must lie
  // between the oldest window and the target. `year` is the value left by the call for the previous
  // t, because periods are visited in order of time; start with options.years.
  int block(int32_t t, int& year) const {
    while (year > 0 && t > reference(year) + options_.half_window &&
           t >= reference(year - 1) - options_.half_window) {
      --year;
    }
    if (std::abs(t - reference(year)) <= options_.half_window) return 0;
    int32_t const begin = reference(year) + options_.half_window + 1;
    int32_t const length = reference(year - 1) - options_.half_window - begin;
    int const others = options_.seasonal_blocks - 1;
    return others == 0 ? -1 : 1 + (t - begin) * others / length;
  }

 private:
  // The same season `years` earlier. If `dated`, for weeks: the week that begins nearest to the
  // same date of that year.
  int32_t back(base::Calendar calendar, int32_t target, int years) const {
    if (!options_.dated || calendar.unit() != base::CalendarUnit::kWeek) {
      return target - static_cast<int32_t>(std::lround(years * options_.year_periods));
    }
    constexpr int kHalfWeek = 3;
    base::CivilDate const day = base::civil_date(calendar.first_day(base::PeriodIndex(target)));
    base::Days const then = base::days_from_civil(day.year - years, day.month, day.day);
    return calendar.period_of(base::Days(then.value + kHalfWeek)).value;
  }

  absl::InlinedVector<int32_t, 8> references_;
  const FarringtonOptions& options_;
};

const std::vector<double>& working_mu(const Points& p) {
  return p.solved_mu.empty() ? p.mu : p.solved_mu;
}

double pearson_dispersion(const Points& p, int parameters) {
  const std::vector<double>& working = working_mu(p);
  double sum = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    double const r = (p.y[i] - p.mu[i]) / p.mu[i];
    sum += p.weight[i] * r * r * working[i];
  }
  int const freedom = static_cast<int>(p.y.size()) - parameters;
  return freedom > 0 ? std::max(1.0, sum / freedom) : 1.0;
}

// The dispersion that summary.glm computes from a model whose weights the R package has overwritten
// with ω.
double surveillance_dispersion(const Points& p, int parameters) {
  double sum = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    double const r = p.y[i] / p.mu[i] - 1;
    sum += p.weight[i] * r * r;
  }
  int const freedom = static_cast<int>(p.y.size()) - parameters;
  return freedom > 0 ? sum / freedom : 1.0;
}

// Sets ω ∝ s⁻² where the standardised Anscombe residual is beyond the threshold, with Σω = n.
// Returns how many residuals are beyond it.
int down_weight(Points& p, const Fit& fit, double dispersion, const FarringtonOptions& o) {
  const std::vector<double>& working = working_mu(p);
  int beyond = 0;
  double sum = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    double const mu = p.mu[i];
    double const leverage =
        std::min(p.weight[i] * working[i] * fit.variance(p.group[i], p.t[i]), 1 - 1e-12);
    double const s = 1.5 * (std::pow(p.y[i], 2.0 / 3) * std::pow(mu, -1.0 / 6) - std::sqrt(mu)) /
                     std::sqrt(dispersion * (1 - leverage));
    bool const far = o.down_weight == DownWeight::kUpperTail ? s > o.residual_threshold
                                                             : std::abs(s) > o.residual_threshold;
    beyond += int{far};
    p.weight[i] = far ? 1 / (s * s) : 1;
    sum += p.weight[i];
  }
  double const scale = static_cast<double>(p.y.size()) / sum;
  for (double& w : p.weight) w *= scale;
  return beyond;
}

struct Fitted {
  bool converged = false;
  double trend_p = 1;
  Baseline baseline;
};

// Where a fit is read: the target's time, and that of the baseline's last period.
struct TargetTime {
  double target = 0;
  double baseline_end = 0;
  double offset = 0;    // of the target
  double log_most = 0;  // of a shrunk trend's expectation, without the offset
  double year = 12;     // periods
  // A trend is carried on at most this far, as at an ordinary target: it need not have gone on
  // through a regime break.
  double ahead_max = 0;

  double damped(double damping) const {
    double const ahead = std::min(target - baseline_end, ahead_max);
    return baseline_end + damping * (1 - std::pow(damping, ahead)) / (1 - damping);
  }
};

// Replaces the trend's part of the expectation by the shrunk and damped one (TrendUse::kShrunk).
void shrink_trend(Baseline& b, const Fit& fit, const TargetTime& time, double dispersion,
                  double damping) {
  double const t_value = fit.beta() / std::sqrt(dispersion * fit.variance_of_beta());
  double const kept = t_value * t_value > 1 ? 1 - 1 / (t_value * t_value) : 0;
  double const then = time.damped(damping);
  double const middle = fit.mean_time(0);
  double const most = kTrendYearMax / time.year;
  b.trend = std::clamp(kept * fit.beta(), -most, most);
  b.trend_used = kept > 0;
  double const level = fit.eta(0, middle) + b.trend * (then - middle);
  b.log_expected = time.offset + std::min(level, time.log_most);
  b.expected = std::exp(b.log_expected);
  b.variance_of_eta = dispersion * fit.variance(0, then, kept);
}

Fitted fit_once(Workspace& ws, const FarringtonOptions& o, const TargetTime& time, bool trend) {
  Points& p = ws.points;
  size_t const n = p.y.size();
  p.weight.assign(n, 1);
  bool const as_r = o.compatibility == Compatibility::kRSurveillance;
  Fitted out;
  Fit fit(ws, o.seasonal_blocks, trend);
  fit.begin();
  auto const converge = [&] { return as_r ? fit.converge_as_glm() : fit.converge(); };
  if (!converge()) return out;
  Baseline& b = out.baseline;
  b.dispersion = pearson_dispersion(p, fit.parameters());
  if (o.down_weight != DownWeight::kNone) {
    b.downweighted = down_weight(p, fit, b.dispersion, o);
    if (b.downweighted > 0) {
      if (!converge()) return out;
      b.dispersion = pearson_dispersion(p, fit.parameters());
    }
  }
  b.points = static_cast<int>(n);
  b.trend_used = fit.has_trend();
  b.trend = fit.beta();
  b.log_expected = time.offset + fit.eta(0, time.target);
  b.expected = std::exp(b.log_expected);
  double const dispersion = as_r ? surveillance_dispersion(p, fit.parameters()) : b.dispersion;
  b.variance_of_eta = dispersion * fit.variance(0, time.target);
  if (b.trend_used && o.trend == TrendUse::kShrunk)
    shrink_trend(b, fit, time, dispersion, o.trend_damping);
  int const freedom = static_cast<int>(n) - fit.parameters();
  if (b.trend_used && freedom > 0) {
    double const se = std::sqrt(dispersion * fit.variance_of_beta());
    out.trend_p = se > 0 ? stats::student_p(b.trend / se, freedom) : 1;
  }
  out.converged = std::isfinite(b.expected) && std::isfinite(b.variance_of_eta);
  return out;
}

// The logarithm of the largest count of the target's season, without the calendar's effect.
double log_largest_in_season(const Points& p) {
  double largest = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    if (p.group[i] == 0) largest = std::max(largest, p.y[i] * std::exp(-p.offset[i]));
  }
  return std::log(largest);
}

// A block without any event implies μ = 0 there and carries no information about the rest: leaves
// its points out. Returns the largest count that is left.
double keep_blocks_with_events(Workspace& ws) {
  Points& p = ws.points;
  size_t kept = 0;
  double count_max = 0;
  for (size_t i = 0; i < p.y.size(); ++i) {
    if (ws.group_y[static_cast<size_t>(p.group[i])] <= 0) continue;
    p.y[kept] = p.y[i];
    p.t[kept] = p.t[i];
    p.offset[kept] = p.offset[i];
    p.group[kept] = p.group[i];
    count_max = std::max(count_max, p.y[i]);
    ++kept;
  }
  p.y.resize(kept);
  p.t.resize(kept);
  p.offset.resize(kept);
  p.group.resize(kept);
  return count_max;
}

Baseline not_assessed(NotAssessed why) {
  Baseline b;
  b.why = why;
  return b;
}

}  // namespace

FarringtonOptions FarringtonOptions::for_calendar(base::Calendar calendar) {
  FarringtonOptions o;
  o.trend = TrendUse::kShrunk;
  if (calendar.unit() == base::CalendarUnit::kMonth) {
    o.half_window = 0;
    o.seasonal_blocks = 12;
    o.exclude_recent = 6;
    o.year_periods = 12;
    o.dated = false;
    o.trend_damping = kMonthlyTrendDamping;
  }
  return o;
}

int FarringtonOptions::reach() const {
  return static_cast<int>(std::lround(years * year_periods)) + half_window + (dated ? 1 : 0);
}

void Workspace::Points::clear() {
  y.clear();
  t.clear();
  offset.clear();
  mu.clear();
  solved_mu.clear();
  weight.clear();
  eta.clear();
  group.clear();
}

Baseline fit(const CountSeries& series, base::PeriodIndex target,
             std::span<const PeriodRange> excluded, const FarringtonOptions& o, Workspace& ws) {
  if (is_gap(series, target.value)) return not_assessed(NotAssessed::kNotObserved);
  if (is_closed(series, target.value)) return not_assessed(NotAssessed::kClosed);
  Seasons const seasons(series.calendar, target.value, o);
  int years = o.years;
  while (years >= o.years_min && seasons.reference(years) - o.half_window < series.first.value)
    --years;
  if (years < o.years_min) return not_assessed(NotAssessed::kShortHistory);
  Points& p = ws.points;
  p.clear();
  int32_t const begin = seasons.reference(years) - o.half_window;
  int32_t const end = target.value - o.exclude_recent;  // the first period that is not in the
                                                        // baseline
  LeftOut left_out(series, begin, end);
  ws.group_y.assign(static_cast<size_t>(o.seasonal_blocks), 0);
  int year = years;
  int in_season = 0;
  int32_t oldest = end;
  int32_t newest = begin;
  for (int32_t t = begin; t < end; ++t) {
    int const block = seasons.block(t, year);
    if (block < 0 || is_excluded(excluded, t) || left_out.contains(t)) continue;
    auto const y = static_cast<double>(count_at(series, t));
    p.y.push_back(y);
    p.t.push_back(t);
    p.offset.push_back(offset_at(series, t));
    p.group.push_back(block);
    ws.group_y[static_cast<size_t>(block)] += y;
    in_season += int{block == 0};
    oldest = std::min(oldest, t);
    newest = std::max(newest, t);
  }
  if (in_season == 0) return not_assessed(NotAssessed::kEmptySeason);
  if (ws.group_y[0] <= 0) return not_assessed(NotAssessed::kNothingExpected);
  double const count_max = keep_blocks_with_events(ws);
  double mean_t = 0;
  for (double t : p.t) mean_t += t;
  mean_t /= static_cast<double>(p.t.size());
  for (double& t : p.t) t -= mean_t;
  TargetTime const time{target.value - mean_t,
                        newest - mean_t,
                        offset_at(series, target.value),
                        std::log(kBeyondLargest) + log_largest_in_season(p),
                        o.year_periods,
                        static_cast<double>(o.exclude_recent + 2 * o.half_window + 1)};

  Fitted fitted;
  bool trend = o.trend != TrendUse::kNever;
  if (trend) {
    fitted = fit_once(ws, o, time, true);
    bool const believed = o.trend != TrendUse::kSignificant || fitted.trend_p < o.trend_p;
    // As in R, a trend that leads beyond the largest count is rejected. A shrunk one is damped.
    bool const bounded = o.trend == TrendUse::kShrunk || fitted.baseline.expected <= count_max;
    trend = fitted.converged && believed && bounded;
  }
  if (!trend) fitted = fit_once(ws, o, time, false);
  if (!fitted.converged) return not_assessed(NotAssessed::kNoConvergence);
  if (fitted.baseline.expected < kMuMin) return not_assessed(NotAssessed::kNothingExpected);
  fitted.baseline.oldest = base::PeriodIndex(oldest);
  fitted.baseline.newest = base::PeriodIndex(newest);
  return fitted.baseline;
}

namespace {

// Includes the uncertainty of the estimate: φ* = φ + se² μ₀.
stats::CountDistribution predictive(const Baseline& b) {
  return {b.expected, b.dispersion + b.variance_of_eta * b.expected};
}

// Larger than the deviate of any positive double probability.
constexpr double kDeviateMax = 38;

// The part of a young series' deviate that exceeds the deviate of the year before.
double beyond_year_before(double z, double then) {
  double const difference = (z - then) / std::numbers::sqrt2;
  return z > 0 ? std::clamp(difference, 0.0, z) : std::clamp(difference, z, 0.0);
}

double deviate_of(const stats::Tails& t) {
  // Uses the smaller tail, because it is more precise.
  double const z = t.low_mid() < t.high_mid()
                       ? stats::normal_quantile(std::max(0.0, t.low_mid()))
                       : -stats::normal_quantile(std::max(0.0, t.high_mid()));
  return std::clamp(z, -kDeviateMax, kDeviateMax);
}

double upward_score(const Baseline& b, const stats::Tails& t) {
  double z = deviate_of(t);
  if (b.kind == BaselineKind::kRecentAgainstYearBefore) z = beyond_year_before(z, b.year_before);
  if (b.freedom > 0) z = stats::normal_of_student(z, b.freedom);
  return std::clamp(z, -kZMax, kZMax);
}

// For a young series: the counts at which its score is ±z.
Interval young_interval(const Baseline& b, double z) {
  constexpr double kSmallest = 1e-15;
  double const far = b.freedom > 0 ? stats::student_of_normal(z, b.freedom) : z;
  double low = -far;
  double high = far;
  if (b.kind == BaselineKind::kRecentAgainstYearBefore) {
    low = std::min(low, b.year_before - far * std::numbers::sqrt2);
    high = std::max(high, b.year_before + far * std::numbers::sqrt2);
  }
  auto const count_at = [&](double deviate) {
    return static_cast<double>(stats::quantile(
        predictive(b), std::clamp(stats::normal_cdf(deviate), kSmallest, 1 - kSmallest)));
  };
  return {count_at(low), count_at(high)};
}

}  // namespace

double deviate(const Baseline& b, int64_t observed) {
  return deviate_of(stats::tails(predictive(b), std::max<int64_t>(0, observed)));
}

Score score(const Baseline& b, int64_t observed, Harm harm) {
  stats::Tails const t = stats::tails(predictive(b), std::max<int64_t>(0, observed));
  Score s;
  s.p_low = std::clamp(t.low_mid(), 0.0, 1.0);
  s.p_high = std::clamp(t.high_mid(), 0.0, 1.0);
  double const upward = upward_score(b, t);
  s.z = harm == Harm::kHigh ? upward : -upward;
  if (b.kind == BaselineKind::kSeasonal) return s;
  s.p_low = stats::normal_cdf(upward);
  s.p_high = stats::normal_cdf(-upward);
  return s;
}

Interval predictive_interval(const Baseline& b, double level) {
  stats::CountDistribution const d = predictive(b);
  double const outside = (1 - level) / 2;
  if (b.kind != BaselineKind::kSeasonal) return young_interval(b, -stats::normal_quantile(outside));
  return {static_cast<double>(stats::quantile(d, outside)),
          static_cast<double>(stats::quantile(d, 1 - outside))};
}

}  // namespace bellwether::detection
