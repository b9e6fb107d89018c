#include "core/engine/composite.h"

#include <algorithm>

#include "core/engine/evaluator.h"
#include "core/stats/normal.h"

namespace bellwether::engine {

using base::PeriodIndex;

namespace {

// The scores of the parts that count, period by period.
class Paths {
 public:
  explicit Paths(std::span<const CompositeInput> inputs) : inputs_(inputs) {}
  void count(size_t part, double scale) { counted_.push_back({part, scale}); }
  size_t size() const { return counted_.size(); }
  std::span<const double> at(int32_t period) {
    z_.clear();
    for (const auto& [part, scale] : counted_) {
      auto const z = inputs_[part].scored->path_score(period);
      z_.push_back(z ? *z / scale : detection::kNotScored);
    }
    return z_;
  }

 private:
  std::span<const CompositeInput> inputs_;
  absl::InlinedVector<std::pair<size_t, double>, 4> counted_;
  absl::InlinedVector<double, 4> z_;
};

}  // namespace

CompositeFinding assess_composite(const alerts::Rule& rule, std::span<const CompositeInput> inputs,
                                  PeriodIndex target, base::Calendar calendar,
                                  detection::Workspace& workspace) {
  detection::DetectorOptions const options = detector_options(rule, calendar);
  double const four_weeks = calendar.periods_in_four_weeks();
  CompositeFinding f;
  f.onset = target;
  Paths paths(inputs);
  absl::InlinedVector<double, 4> weights;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const CompositeInput& in = inputs[i];
    detection::Assessment const a =
        in.scored->assess(in.series, target, in.part.harm, options, workspace, in.reported);
    if (a.why != detection::NotAssessed::kNone || a.young()) continue;
    if (a.expected * four_weeks < rule.expected_min) continue;
    paths.count(i, a.scale);
    weights.push_back(in.part.weight);
    f.parts.push_back({in.part, a});
  }
  if (paths.size() < detection::kCompositePartsMin) {
    f.not_assessed = "fewer than two of its counts can be assessed by season";
    return f;
  }
  int32_t const first = options.path_begin(target.value);
  int32_t const settled_end = options.settled_end(target.value);
  detection::ScoreCorrelation correlation;
  for (int32_t t = first; t < settled_end; ++t) correlation.add(paths.at(t));
  detection::Cusum cusum(options.cusum);
  for (int32_t t = first; t <= target.value; ++t) {
    auto const z = detection::composite_score(paths.at(t), weights, correlation);
    if (!z) continue;
    cusum.add(PeriodIndex(t), *z);
    f.z = *z;  // in the end that of the target, at which all parts are scored
  }
  f.p = stats::normal_cdf(-f.z);
  f.cusum = cusum.value();
  if (f.cusum > 0) f.onset = cusum.onset();
  return f;
}

double composite_bound() {
  return -stats::normal_quantile((1 - kIntervalLevel) / 2);
}

}  // namespace bellwether::engine
