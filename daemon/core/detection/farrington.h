// Purpose: the expected count: the baseline of "Farrington flexible" and the tails of its
// predictive distribution.
//   Farrington, Andrews, Beale & Catchpole (1996), JRSS A 159, 547–563;
//   Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32,
//   1206–1222;
//   Salmon, Schumacher & Höhle (2016), Journal of Statistical Software 70(10).
// Departures from R's surveillance package: both tails of the residuals are down-weighted, and the
// variance of the linear predictor uses the matching dispersion and is part of the prediction.
// Thread safety: pure; a Workspace belongs to one thread and keeps no result between calls.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/calendar.h"
#include "core/detection/multi_speed.h"
#include "core/detection/series.h"
#include "core/stats/not_assessed.h"

namespace bellwether::detection {

using stats::name;
using stats::NotAssessed;

enum class TrendUse : uint8_t {
  kAlways,
  kNever,
  kSignificant,  // if its t-test has p < trend_p (Farrington et al. 1996, section 3.4)
  // Believed as far as it is more than estimation error, and damped beyond the baseline: the trend
  // is multiplied by max(0, 1 − 1/t²) for its t-value t (the positive-part rule of James & Stein
  // 1961 for one coefficient). It changes the expectation continuously, so that no count can
  // switch it on or off.
  kShrunk,
};
enum class DownWeight : uint8_t { kBothTails, kUpperTail, kNone };
// kRSurveillance repeats two properties of the R package. First, the variance of η and the test of
// the trend use Σ ω ((y − μ)/μ)²/(n − p), because the package overwrites the fitted model's
// weights. Second, iteration stops where glm's does, at a relative change of the deviance of 1e-8,
// with dispersion and leverages from the weights of the last system.
enum class Compatibility : uint8_t { kNone, kRSurveillance };

struct FarringtonOptions {
  int years = 5;                       // b
  int years_min = 3;                   // fewest years, for a series with a short history
  int half_window = 3;                 // w: periods on each side of the season's own period
  int seasonal_blocks = 10;            // the season's window, and this many less one for the rest;
                                       // 1: only the windows (Farrington et al. 1996)
  int exclude_recent = 26;             // periods before the target that the baseline leaves out
  double year_periods = 365.2425 / 7;  // distance between equal seasons, if not `dated`
  bool dated = true;                   // for weeks: use the week nearest to the same date of
                                       // earlier years
  TrendUse trend = TrendUse::kAlways;
  double trend_p = 0.05;
  // kShrunk: after the baseline's last period, each period adds this power of itself to the trend's
  // time: d + d² + … (the damping of Gardner & McKenzie 1985).
  double trend_damping = 0.993;
  Compatibility compatibility = Compatibility::kNone;
  DownWeight down_weight = DownWeight::kBothTails;
  double residual_threshold = 2.58;  // |s| above which a count is down-weighted
  static FarringtonOptions for_calendar(base::Calendar calendar);
  // The number of periods before a target that its baseline can use.
  int reach() const;
};

// The expected count of `target`, estimated from earlier periods.
struct Baseline {
  NotAssessed why = NotAssessed::kNone;
  double expected = 0;         // μ₀
  double log_expected = 0;     // η₀
  double dispersion = 1;       // φ ≥ 1
  double variance_of_eta = 0;  // se²(η₀)
  bool trend_used = false;
  double trend = 0;  // β per period
  int points = 0;    // n
  int downweighted = 0;
  base::PeriodIndex oldest;  // the range of the baseline's periods
  base::PeriodIndex newest;
  BaselineKind kind = BaselineKind::kSeasonal;
  int freedom = 0;         // degrees of freedom of φ if tails are Student's; 0: normal tails
  double year_before = 0;  // kRecentAgainstYearBefore: that period's deviate, upward
};

class Workspace {
 public:
  struct Points {
    std::vector<double> y, t, offset, mu, weight, eta;
    // The mu that the last system was built from. Empty for the converged fit: then it is mu
    // itself.
    std::vector<double> solved_mu;
    std::vector<int> group;
    void clear();
  };
  Points points;
  std::vector<double> w, wt, wz, group_y, alpha;
  SpeedScratch speed;
};

// Fits the baseline of `target`; a target in a gap, or closed, has none. It leaves out the series'
// gaps, its closed periods and those in `excluded`. A period before series.first is not observed. A
// block of seasons without an event is left out, because it carries no information about the
// others. The trend is left out if no block holds two times, if it leads beyond every count, or if
// the fit with it does not converge. For all counts, an assessed baseline has finite numbers and
// expected > 0; otherwise only `why` is set.
Baseline fit(const CountSeries& series, base::PeriodIndex target,
             std::span<const PeriodRange> excluded, const FarringtonOptions& options,
             Workspace& workspace);

// Φ⁻¹ of the mid-p of the predictive distribution; positive if the count is high.
double deviate(const Baseline& baseline, int64_t observed);

// The deviation of `observed` from the baseline: its deviate d. If the baseline knows the season
// only from the year before, d counts only as far as it exceeds the deviate d_then of the same
// period in that year: the score is d or (d − d_then)/√2, whichever is nearer to 0. Both have
// variance one if nothing happens. If `freedom` > 0, tails are then Student's.
struct Score {
  double p_low = 1;  // mid-p of the lower tail; p_low + p_high = 1
  double p_high = 1;
  double z = 0;  // Φ⁻¹ of the mid-p, within ±kZMax; positive is harm
};
inline constexpr double kZMax = 8;
Score score(const Baseline& baseline, int64_t observed, Harm harm);

// Central interval of the predictive distribution at `level`, e.g. 0.95.
struct Interval {
  double lower = 0;
  double upper = 0;
};
Interval predictive_interval(const Baseline& baseline, double level);

}  // namespace bellwether::detection
