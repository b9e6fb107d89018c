#include "core/forecast/theta.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/forecast/exponential_smoothing.h"

namespace bellwether::forecast {
namespace {

// Least squares of y_0 … y_t on 0 … t, updated as t grows.
class GrowingLine {
 public:
  explicit GrowingLine(double origin) : origin_(origin) {}
  void add(double y) {
    double const t = n_;
    sum_y_ += y - origin_;
    sum_ty_ += t * (y - origin_);
    n_ += 1;
  }
  double slope() const {
    if (n_ < 2) return 0;
    double const mean_t = (n_ - 1) / 2;
    double const spread = n_ * (n_ * n_ - 1) / 12;  // Σ (t − mean)²
    return (sum_ty_ - mean_t * sum_y_) / spread;
  }
  double intercept() const { return origin_ + sum_y_ / n_ - slope() * (n_ - 1) / 2; }

 private:
  double origin_;
  double n_ = 0;
  double sum_y_ = 0;
  double sum_ty_ = 0;
};

constexpr size_t kFirstOrigin = 8;  // a line through fewer values is too uncertain to be judged

}  // namespace

Theta fit_theta(Series y, ThetaEstimation estimation) {
  GrowingLine line(y[0]);
  for (double value : y) line.add(value);
  Theta theta;
  theta.slope = line.slope();
  theta.intercept = line.intercept();
  std::vector<double> curved(y.size());  // θ = 2
  for (size_t t = 0; t < y.size(); ++t) {
    curved[t] = 2 * y[t] - (theta.intercept + theta.slope * static_cast<double>(t));
  }
  if (estimation == ThetaEstimation::kThetaLine) {
    Smoothing const s = fit_smoothing(curved, Trend::kNone);
    theta.alpha = s.alpha;
    theta.level = s.level;
  } else {
    // Smoothing is linear. So the level of the line θ = 2 is twice that of the series minus that of
    // the regression line, which starts at its intercept.
    Smoothing const s = fit_smoothing(y, Trend::kNone);
    theta.alpha = s.alpha;
    theta.level = 2 * s.level - theta.intercept;
  }
  return theta;
}

Path theta_path(Series y, const Theta& theta) {
  Path path;
  path.level.resize(y.size());
  path.trend.resize(y.size());
  path.first_origin = std::min(kFirstOrigin, y.size() - 1);
  double const a = theta.alpha;
  double const keep = 1 - a;
  GrowingLine line(y[0]);
  // Smooths the values, the constant 1, and t, all from zero. `weight` is the remaining weight of
  // the initial level.
  double smooth_y = 0, smooth_one = 0, smooth_t = 0, weight = 1;
  for (size_t i = 0; i < y.size(); ++i) {
    double const t = static_cast<double>(i);
    line.add(y[i]);
    smooth_y = a * y[i] + keep * smooth_y;
    smooth_one = a + keep * smooth_one;
    smooth_t = a * t + keep * smooth_t;
    weight *= keep;
    bool const last = i + 1 == y.size();
    double const slope = last ? theta.slope : line.slope();
    double const intercept = last ? theta.intercept : line.intercept();
    double const curved =
        2 * smooth_y - intercept * smooth_one - slope * smooth_t + weight * theta.level;
    path.level[i] = 0.5 * (curved + intercept + slope * t);
    path.trend[i] = 0.5 * slope;
  }
  return path;
}

}  // namespace bellwether::forecast
