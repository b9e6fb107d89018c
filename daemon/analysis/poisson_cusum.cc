#include "analysis/poisson_cusum.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include "analysis/cusum_threshold.h"
#include "core/base/check.h"
#include "core/stats/counts.h"

namespace bellwether::analysis {
namespace {

constexpr double kReferenceStepsMin = 40;  // lattice steps in k: keeps the rate within 1.3 %
constexpr double kPointsPerCountMin = 10;  // with fewer, the run length rises in visible steps
constexpr double kPointsPerCountMax = 400;
constexpr double kNormalFrom = 1000;  // from this rate on, counts are taken as normal
constexpr int kStatesMax = 800;       // the cost of a run length grows with the cube
constexpr int kStatesFirst = 8;
constexpr double kLogLengthMax = 40;

// The reference value k of a rate, and the lattice on which k lies.
struct Lattice {
  int per_count = 1;     // points in one count
  double reference = 0;  // k, a point of the lattice
  double rate = 0;       // the rate that has this k
};

Lattice lattice_for(double rate, double rate_ratio, int per_count) {
  double const k = poisson_reference(rate, rate_ratio);
  double const steps = std::max(1.0, std::round(k * per_count));
  double const on_lattice = steps / per_count;
  return {per_count, on_lattice, rate * on_lattice / k};
}

bool can_be_added(double observed, double expected) {
  return std::isfinite(observed) && observed >= 0 && std::isfinite(expected) && expected > 0;
}

}  // namespace

void Accumulation::add(base::PeriodIndex period, double step) {
  double const next = value_ + step;
  if (!std::isfinite(next)) return;
  if (value_ == 0 && next > 0) onset_ = period;
  value_ = std::max(0.0, next);
}

double poisson_reference(double rate, double rate_ratio) {
  return rate * (rate_ratio - 1) / std::log(rate_ratio);
}

void PoissonCusum::add(base::PeriodIndex period, double observed, double expected) {
  if (!can_be_added(observed, expected)) return;
  double const above = observed - poisson_reference(expected, rate_ratio_);
  sum_.add(period, rate_ratio_ > 1 ? above : -above);
}

double poisson_cusum_average_run_length(double reference, double threshold_h, double rate,
                                        Side side, int lattice, double head_start) {
  auto const steps = [lattice](double x) { return static_cast<int>(std::lround(x * lattice)); };
  int const states = steps(threshold_h);
  BELLWETHER_CHECK(states > 0 && states <= kLatticeStatesMax);
  int const k = steps(reference);
  std::vector<double> probability;  // of every count that keeps S between its bounds
  for (int y = 0; y <= (states + k) / lattice; ++y)
    probability.push_back(stats::probability({rate, 1}, y));
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(states, states);  // I − Q of L = 1 + Q L
  for (int s = 0; s < states; ++s) {
    double at_zero = 0;
    if (side == Side::kUpper) {
      for (int y = 0; s + y * lattice - k < states; ++y) {
        int const to = s + y * lattice - k;
        (to <= 0 ? at_zero : a(s, to)) -= probability[static_cast<size_t>(y)];
      }
    } else {
      double above = 1;  // P(Y is so large that S falls to 0)
      for (int y = 0; s + k - y * lattice > 0; ++y) {
        int const to = s + k - y * lattice;
        double const p = probability[static_cast<size_t>(y)];
        above -= p;
        if (to < states) a(s, to) -= p;
      }
      at_zero -= above;
    }
    a(s, 0) += at_zero;
  }
  Eigen::VectorXd const lengths = a.partialPivLu().solve(Eigen::VectorXd::Ones(states));
  return lengths(steps(head_start));
}

double poisson_cusum_threshold(double rate, double rate_ratio, double in_control) {
  BELLWETHER_CHECK(rate > 0 && in_control > 1);
  double const k = poisson_reference(rate, rate_ratio);
  double const deviation = std::sqrt(rate);
  if (rate >= kNormalFrom) {
    double const h = deviation * cusum_threshold(std::abs(k - rate) / deviation, in_control);
    return std::max(1 / kPointsPerCountMin, h);
  }
  Side const side = rate_ratio > 1 ? Side::kUpper : Side::kLower;
  double const per_count =
      std::clamp(std::ceil(kReferenceStepsMin / k), kPointsPerCountMin, kPointsPerCountMax);
  Lattice lattice = lattice_for(rate, rate_ratio, static_cast<int>(per_count));
  auto const log_run_length = [&](int states) {
    double const h = static_cast<double>(states) / lattice.per_count;
    double const length = poisson_cusum_average_run_length(lattice.reference, h, lattice.rate, side,
                                                           lattice.per_count);
    // Too long: the equations are singular in doubles.
    return std::isfinite(length) && length >= 1 ? std::log(length) : kLogLengthMax;
  };
  double const wanted = std::log(in_control);
  // Doubles the threshold until an interval of the lattice holds h. Takes a coarser lattice when
  // there are too many states.
  int low = 1;
  double log_low = log_run_length(low);
  if (log_low >= wanted) return 1.0 / lattice.per_count;
  int high = kStatesFirst;
  double log_high = log_run_length(high);
  while (log_high < wanted) {
    if (2 * high > kStatesMax) {
      if (lattice.per_count == 1) return static_cast<double>(high);
      lattice = lattice_for(rate, rate_ratio, lattice.per_count / 2);
      low = 1;
      log_low = log_run_length(low);
      high /= 2;
    } else {
      low = high;
      log_low = log_high;
      high *= 2;
    }
    log_high = log_run_length(high);
  }
  // ln ARL is nearly linear in h: interpolate the next point, and keep h inside the interval.
  while (high - low > 1) {
    double const share = (wanted - log_low) / (log_high - log_low);
    int const middle = std::clamp(low + static_cast<int>(share * (high - low)), low + 1, high - 1);
    double const log_middle = log_run_length(middle);
    (log_middle < wanted ? low : high) = middle;
    (log_middle < wanted ? log_low : log_high) = log_middle;
  }
  double const share = (wanted - log_low) / (log_high - log_low);
  return (low + share) / lattice.per_count;
}

}  // namespace bellwether::analysis
