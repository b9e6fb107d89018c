#include "core/forecast/forecast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/stats/normal.h"

namespace bellwether::forecast {
namespace {

// The number of latest origins whose errors are used. Older errors may come from another regime.
constexpr size_t kOriginsMax = 364;
constexpr size_t kReplayMax = 104;  // number of latest origins over which the level adapts
constexpr size_t kErrorsMin = 8;    // a horizon with fewer errors has no margins of its own
// Errors are relative unless additive ones have a clearly smaller interval score.
constexpr double kRelativePreferred = 1.05;
// The share of the overlap of errors that few_terms() makes up for, and its largest factor.
constexpr double kOverlap = 0.3;
constexpr double kFewTermsMax = 2;
// A horizon with this number of separate errors has margins half its own and half pooled; fewer
// count by their square.
constexpr double kPooledErrors = 8;

// Errors are measured at these horizons and interpolated between them.
constexpr std::array<int, 12> kAnchors = {1, 2, 4, 8, 13, 26, 52, 104, 208, 416, 832, kHorizonMax};

// The weighted sum of the components' forecasts.
class Weighted {
 public:
  explicit Weighted(const std::vector<Component>& components) : components_(components) {}

  // Forecasts h periods ahead from the origins first, first + 1, …; `out` holds one value for each.
  void forecast(size_t first, int h, std::span<double> out) {
    std::ranges::fill(out, 0);
    one_.resize(out.size());
    for (const Component& c : components_) {
      c.path.forecast(first, h, one_);
      c.season.apply(one_, first + static_cast<size_t>(h));
      c.scale.undo(one_);
      for (size_t i = 0; i < out.size(); ++i) out[i] += c.weight * one_[i];
    }
  }

 private:
  const std::vector<Component>& components_;
  std::vector<double> one_;  // forecasts of one component
};

// The error: observed minus forecast, or the logarithm of their ratio, both raised by the offset of
// the fit (transform.h).
struct Scale {
  bool relative = false;
  double offset = 0;
  double error(double observed, double forecast) const {
    if (!relative) return observed - forecast;
    return std::log((observed + offset) / (forecast + offset));
  }
  double apply(double forecast, double error) const {
    return relative ? (forecast + offset) * ratio(error) - offset : forecast + error;
  }
  static double ratio(double error) { return std::exp(std::clamp(error, -kLogMax, kLogMax)); }
};

struct AnchorErrors {
  int h = 0;
  std::vector<double> by_origin;  // from the first origin on, in order of time
};

// One margin for each coverage, after the level has adapted over the latest origins. At each origin
// only the errors and misses known at that time are used: those of forecasts whose period had
// passed.
std::vector<Margin> adapted_margins(const AnchorErrors& errors,
                                    std::vector<AdaptiveConformal> levels) {
  const std::vector<double>& e = errors.by_origin;
  size_t const replay = std::min({kReplayMax, e.size() / 2, e.size() - kErrorsMin});
  size_t const begin = e.size() - replay;  // the first origin judged
  // A forecast's error is known h periods later. If the history is too short for that, the errors
  // of all earlier origins are used.
  size_t const delay =
      std::max<size_t>(1, std::min(static_cast<size_t>(errors.h), begin - kErrorsMin));
  size_t known = begin - delay;
  double alpha_max = 0;
  for (const AdaptiveConformal& level : levels) {
    alpha_max = std::max(alpha_max, level.alpha_max(replay));
  }
  Errors sorted({e.begin(), e.begin() + static_cast<std::ptrdiff_t>(known)},
                0.5 * std::clamp(alpha_max, 0.0, 1.0) * static_cast<double>(e.size() + 1));
  // By judged origin and level.
  std::vector<char> missed(replay * levels.size());
  auto const learn = [&](size_t up_to) {
    for (; known < up_to; ++known) {
      sorted.add(e[known]);
      if (known < begin) continue;
      for (size_t l = 0; l < levels.size(); ++l) {
        levels[l].update(missed[(known - begin) * levels.size() + l] != 0);
      }
    }
  };
  for (size_t origin = begin; origin < e.size(); ++origin) {
    learn(origin - delay + 1);
    for (size_t l = 0; l < levels.size(); ++l) {
      Margin const m = sorted.margin(levels[l].alpha());
      missed[(origin - begin) * levels.size() + l] =
          static_cast<char>(e[origin] < m.below || e[origin] > m.above);
    }
  }
  learn(e.size());
  std::vector<Margin> margins;
  for (const AdaptiveConformal& level : levels) margins.push_back(sorted.margin(level.alpha()));
  return margins;
}

// The factor from errors within the sample to future errors. Errors within the sample are smaller
// by √((n − p)/(n + p)), because the parameters were fitted to them: Akaike's final prediction
// error (1969, Annals of the Institute of Statistical Mathematics 21, 243–247). p is the weighted
// mean of the components' parameters.
double out_of_sample(const std::vector<Component>& components, size_t n) {
  double p = 0;
  for (const Component& c : components) {
    p += c.weight * (c.parameters + static_cast<double>(c.season.index.size()));
  }
  p = std::min(p, static_cast<double>(n) / 2);
  return std::sqrt((static_cast<double>(n) + p) / (static_cast<double>(n) - p));
}

class Intervals {
 public:
  // `judged`: the values with which forecasts from earlier origins are compared. `own`: for the
  // project's own method. (The intervals of the methods of others stay as they are.)
  Intervals(Series judged, bool own, const std::vector<Component>& components,
            const std::vector<double>& mean, const std::vector<AdaptiveConformal>& levels)
      : y_(judged),
        own_(own),
        components_(components),
        mean_(mean),
        levels_(levels),
        widening_(out_of_sample(components, y_.size())) {
    for (const Component& c : components) first_ = std::max(first_, c.path.first_origin);
    auto const [smallest, largest] = std::ranges::minmax(y_);
    range_ = largest - smallest;
    first_ = std::min(first_, y_.size() - 2);  // leaves at least one error
    if (y_.size() > first_ + kOriginsMax) first_ = y_.size() - kOriginsMax;
  }

  std::vector<IntervalPath> make() {
    measure();
    std::vector<IntervalPath> out;
    for (const AdaptiveConformal& level : levels_) out.push_back({level.coverage(), {}, {}});
    for (size_t i = 0; i < mean_.size(); ++i) {
      double lower = mean_[i];
      double upper = mean_[i];
      double const farthest = farthest_bound(static_cast<int>(i) + 1);
      for (size_t l = 0; l < levels_.size(); ++l) {
        Margin const m = margin(l, static_cast<int>(i) + 1);
        lower = std::min(lower, std::max(scale_.apply(mean_[i], m.below), mean_[i] - farthest));
        upper = std::max(upper, std::min(scale_.apply(mean_[i], m.above), mean_[i] + farthest));
        out[l].lower.push_back(lower);
        out[l].upper.push_back(upper);
      }
    }
    return out;
  }

 private:
  using Forecasts = std::vector<std::vector<double>>;  // [anchor][origin − first_]

  // Computes the margins at every anchor that has enough errors.
  void measure() {
    Weighted weighted(components_);
    Forecasts forecasts;
    double const offset = components_.front().scale.offset;
    auto const is_positive = [&](Series values) {
      return std::ranges::all_of(values, [&](double v) { return v + offset > 0; });
    };
    bool positive = is_positive(y_) && is_positive(mean_);
    for (int anchor : kAnchors) {
      int const h = std::min(anchor, static_cast<int>(mean_.size()));
      if (!anchors_.empty() && h == anchors_.back()) break;
      size_t const need = anchors_.empty() ? 1 : kErrorsMin;
      if (first_ + static_cast<size_t>(h) + need > y_.size()) break;
      std::vector<double> values(y_.size() - first_ - static_cast<size_t>(h));
      weighted.forecast(first_, h, values);
      positive = positive && is_positive(values);
      anchors_.push_back(h);
      forecasts.push_back(std::move(values));
    }
    scale_ = {positive, offset};
    if (positive && own_) {
      double const additive = score({}, forecasts);
      scale_.relative = score(scale_, forecasts) < kRelativePreferred * additive;
    }
    std::vector<AnchorErrors> errors;
    for (size_t a = 0; a < anchors_.size(); ++a) {
      errors.push_back(errors_at(a, scale_, forecasts[a]));
      margins_.push_back(margins_of(errors.back()));
    }
    if (own_) pool(errors);
    for (size_t a = 0; a < anchors_.size(); ++a) {
      for (size_t l = 0; l < levels_.size(); ++l) {
        double const wider = widening_ * few_terms(l, errors[a]);
        margins_[a][l].below *= wider;
        margins_[a][l].above *= wider;
      }
    }
  }

  // No bound is farther from the forecast than the values ever were from one another, or than a
  // random walk with this range would be farther ahead than the series is long.
  double farthest_bound(int h) const {
    if (!own_) return HUGE_VAL;
    double const length = static_cast<double>(h) / static_cast<double>(y_.size());
    return widening_ * range_ * std::sqrt(std::max(1.0, length));
  }

  // Errors h periods ahead from neighbouring origins overlap: n of them tell as much as n/h
  // separate ones. So a quantile of theirs is exceeded more often than stated, as a normal quantile
  // is by Student's t with n/h degrees of freedom. The factor is the first term of the ratio of
  // their quantiles (Fisher & Cornish 1960, Technometrics 2, 209–225).
  double few_terms(size_t level, const AnchorErrors& errors) const {
    if (!own_) return 1;
    double const z = stats::normal_quantile(0.5 * (1 + levels_[level].coverage()));
    double const terms = static_cast<double>(errors.by_origin.size()) / errors.h;
    return std::min(kFewTermsMax, 1 + kOverlap * (z * z + 1) / (4 * terms));
  }

  // Moves the margins towards those of all anchors together, in units of the mean error.
  void pool(const std::vector<AnchorErrors>& errors) {
    std::vector<double> sizes;
    std::vector<double> all;
    for (const AnchorErrors& e : errors) {
      double sum = 0;
      for (double x : e.by_origin) sum += std::abs(x);
      sizes.push_back(sum / static_cast<double>(e.by_origin.size()));
      for (double x : e.by_origin) all.push_back(sizes.back() > 0 ? x / sizes.back() : 0);
    }
    Errors const pooled(std::move(all));
    for (size_t l = 0; l < levels_.size(); ++l) {
      Margin const shape = pooled.margin(1 - levels_[l].coverage());
      for (size_t a = 0; a < errors.size(); ++a) {
        double const terms = static_cast<double>(errors[a].by_origin.size()) / errors[a].h;
        double const few = kPooledErrors / terms;
        double const share = few * few / (1 + few * few);
        Margin& m = margins_[a][l];
        m.below += share * (sizes[a] * shape.below - m.below);
        m.above += share * (sizes[a] * shape.above - m.above);
      }
    }
  }

  AnchorErrors errors_at(size_t a, Scale scale, const std::vector<double>& forecasts) const {
    AnchorErrors errors{anchors_[a], {}};
    errors.by_origin.reserve(forecasts.size());
    Series const came = y_.subspan(first_ + static_cast<size_t>(anchors_[a]), forecasts.size());
    for (size_t i = 0; i < forecasts.size(); ++i) {
      errors.by_origin.push_back(scale.error(came[i], forecasts[i]));
    }
    return errors;
  }

  // The interval score of the errors' own quantiles over all anchors and levels, in the series'
  // unit: the width, and 2/α of what a miss is outside by (Gneiting & Raftery 2007, Journal of the
  // American Statistical Association 102, 359–378, equation 43). Smaller is better.
  double score(Scale scale, const Forecasts& forecasts) const {
    double sum = 0;
    for (size_t a = 0; a < anchors_.size(); ++a) {
      Errors const errors(errors_at(a, scale, forecasts[a]).by_origin);
      Series const came = y_.subspan(first_ + static_cast<size_t>(anchors_[a]));
      double const share = 1 / static_cast<double>(forecasts[a].size());
      for (const AdaptiveConformal& level : levels_) {
        double const alpha = 1 - level.coverage();
        Margin const m = errors.margin(alpha);
        // Bounds are linear in the forecast.
        double const at_zero_below = scale.apply(0, m.below);
        double const at_zero_above = scale.apply(0, m.above);
        double const slope_below = scale.relative ? Scale::ratio(m.below) : 1;
        double const slope_above = scale.relative ? Scale::ratio(m.above) : 1;
        for (size_t i = 0; i < forecasts[a].size(); ++i) {
          double const f = forecasts[a][i];
          double const lower = at_zero_below + slope_below * f;
          double const upper = at_zero_above + slope_above * f;
          double const outside = std::max({0.0, lower - came[i], came[i] - upper});
          sum += share * (upper - lower + 2 / alpha * outside);
        }
      }
    }
    return sum;
  }

  std::vector<Margin> margins_of(const AnchorErrors& errors) const {
    if (errors.by_origin.size() >= 2 * kErrorsMin) return adapted_margins(errors, levels_);
    Errors const all(errors.by_origin);
    std::vector<Margin> margins;
    for (const AdaptiveConformal& level : levels_) margins.push_back(all.margin(level.alpha()));
    return margins;
  }

  // Between anchors margins are linear in h. Beyond the last anchor with errors they grow as √h, as
  // for a random walk.
  Margin margin(size_t level, int h) const {
    auto const next = std::lower_bound(anchors_.begin(), anchors_.end(), h);
    if (next == anchors_.end()) {
      double const growth = std::sqrt(static_cast<double>(h) / anchors_.back());
      Margin const m = margins_.back()[level];
      return {m.below * growth, m.above * growth};
    }
    auto const i = static_cast<size_t>(next - anchors_.begin());
    if (*next == h) return margins_[i][level];
    double const share = static_cast<double>(h - anchors_[i - 1]) / (anchors_[i] - anchors_[i - 1]);
    Margin const a = margins_[i - 1][level];
    Margin const b = margins_[i][level];
    return {a.below + share * (b.below - a.below), a.above + share * (b.above - a.above)};
  }

  Series y_;
  double range_ = 0;  // of the values
  bool own_;
  const std::vector<Component>& components_;
  const std::vector<double>& mean_;
  const std::vector<AdaptiveConformal>& levels_;
  double widening_;
  size_t first_ = 0;  // the first origin
  Scale scale_;
  std::vector<int> anchors_;
  std::vector<std::vector<Margin>> margins_;  // [anchor][level]
};

bool in_range(int period, int horizon, const Options& o) {
  if (period < 1 || period > kPeriodMax || horizon < 1 || horizon > kHorizonMax) return false;
  double before = kCoverageMin;
  for (const AdaptiveConformal& level : o.intervals) {
    double const c = level.coverage();
    if (!(c >= before && c <= kCoverageMax) || !std::isfinite(level.alpha())) return false;
    before = c;
  }
  if (!o.holt_winters) return true;
  const HoltWintersParameters& p = *o.holt_winters;
  return std::ranges::all_of(std::array{p.alpha, p.beta, p.gamma},
                             [](double v) { return v >= 0 && v <= 1; });
}

bool is_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

// Smoothing that is about to diverge can have finite states but an infinite forecast.
bool is_finite(const Forecast& f) {
  return is_finite(f.mean) && std::ranges::all_of(f.intervals, [](const IntervalPath& i) {
           return is_finite(i.lower) && is_finite(i.upper);
         });
}

}  // namespace

Forecast forecast(Series y, int period, int horizon, const Options& options) {
  Forecast out;
  if (!in_range(period, horizon, options)) {
    out.why = NotAssessed::kBadOption;
    return out;
  }
  Fitted const fitted = fit(y, period, options.method, options.adjustment, options.holt_winters);
  out.why = fitted.why;
  if (out.why != NotAssessed::kNone) return out;
  Weighted weighted(fitted.components);
  out.mean.resize(static_cast<size_t>(horizon));
  for (int h = 1; h <= horizon; ++h) {
    weighted.forecast(y.size() - 1, h, std::span(out.mean).subspan(static_cast<size_t>(h) - 1, 1));
  }
  bool const own = !fitted.judged.empty();
  Series const judged = own ? Series(fitted.judged) : y;
  out.intervals = Intervals(judged, own, fitted.components, out.mean, options.intervals).make();
  if (!is_finite(out)) return {.why = NotAssessed::kDiverged};
  if (options.non_negative) {
    auto const floor = [](std::vector<double>& values) {
      for (double& v : values) v = std::max(0.0, v);
    };
    floor(out.mean);
    for (IntervalPath& interval : out.intervals) {
      floor(interval.lower);
      floor(interval.upper);
    }
  }
  return out;
}

}  // namespace bellwether::forecast
