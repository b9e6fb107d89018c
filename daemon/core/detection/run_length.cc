#include "core/detection/run_length.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "core/base/check.h"
#include "core/detection/normal.h"

namespace bellwether::detection {
namespace {

struct Quadrature {
  std::vector<double> nodes;
  std::vector<double> weights;
};

// Gauss–Legendre on [begin, begin + length], nodes by Newton's method from Chebyshev's.
Quadrature gauss_legendre(int n, double begin, double length) {
  Quadrature q;
  q.nodes.resize(static_cast<size_t>(n));
  q.weights.resize(static_cast<size_t>(n));
  for (int i = 0; i < n; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5));
    double slope = 1;
    for (int round = 0; round < 100; ++round) {
      double p0 = 1;
      double p1 = x;
      for (int k = 2; k <= n; ++k) {
        double const p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
        p0 = p1;
        p1 = p2;
      }
      slope = n * (x * p1 - p0) / (x * x - 1);
      double const change = p1 / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    q.nodes[static_cast<size_t>(i)] = begin + length * (1 - x) / 2;
    q.weights[static_cast<size_t>(i)] = length / ((1 - x * x) * slope * slope);
  }
  return q;
}

// The average run lengths from every state, L = 1 + Q L, given I − Q.
Eigen::VectorXd run_lengths(const Eigen::MatrixXd& i_minus_q) {
  return i_minus_q.partialPivLu().solve(Eigen::VectorXd::Ones(i_minus_q.rows()));
}

Eigen::MatrixXd identity(size_t n) {
  return Eigen::MatrixXd::Identity(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n));
}
double& at(Eigen::MatrixXd& a, size_t row, size_t column) {
  return a(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
}

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

// P(Y = y) of a Poisson count.
double poisson_probability(double rate, int y) {
  int sign = 0;  // lgamma's global is not for several threads
  return std::exp(y * std::log(rate) - rate - lgamma_r(y + 1.0, &sign));
}

}  // namespace

double cusum_average_run_length(double reference, double threshold_h, double shift,
                                double head_start) {
  // L(s) = 1 + L(0) Φ(k − s − shift) + ∫₀ʰ L(x) φ(x + k − s − shift) dx, unknown at the nodes, at 0
  // and at the head start.
  constexpr int kNodes = 80;
  Quadrature const q = gauss_legendre(kNodes, 0, threshold_h);
  size_t const n = q.nodes.size();
  std::vector<double> start(q.nodes);
  start.push_back(0);
  start.push_back(head_start);
  Eigen::MatrixXd a = identity(start.size());
  for (size_t i = 0; i < start.size(); ++i) {
    for (size_t j = 0; j < n; ++j) {
      at(a, i, j) -= q.weights[j] * normal_density(q.nodes[j] + reference - start[i] - shift);
    }
    at(a, i, n) -= normal_cdf(reference - start[i] - shift);
  }
  return run_lengths(a)(a.rows() - 1);
}

double two_sided_cusum_average_run_length(double reference, double threshold_h, double shift,
                                          double head_start) {
  double const up = cusum_average_run_length(reference, threshold_h, shift);
  double const down = cusum_average_run_length(reference, threshold_h, -shift);
  double const up_ahead = cusum_average_run_length(reference, threshold_h, shift, head_start);
  double const down_ahead = cusum_average_run_length(reference, threshold_h, -shift, head_start);
  return (up_ahead * down + up * down_ahead - up * down) / (up + down);
}

double cusum_threshold(double reference, double in_control) {
  constexpr double kThresholdMax = 64;
  constexpr double kPrecision = 1e-9;
  auto const runs_short = [&](double h) {
    double const length = cusum_average_run_length(reference, h, 0);
    return length >= 1 && length < in_control;  // below 1: so long that the equations are singular
  };
  double low = 0;
  double high = 0.5;
  while (high < kThresholdMax && runs_short(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > kPrecision) {
    double const middle = (low + high) / 2;
    (runs_short(middle) ? low : high) = middle;
  }
  return high;
}

double ewma_average_run_length(double lambda, double limit, double shift) {
  // L(u) = 1 + (1/λ) ∫ L(x) φ((x − (1 − λ) u)/λ − shift) dx between the limits.
  constexpr int kNodes = 160;
  double const c = limit * std::sqrt(lambda / (2 - lambda));
  Quadrature const q = gauss_legendre(kNodes, -c, 2 * c);
  std::vector<double> start(q.nodes);
  start.push_back(0);
  Eigen::MatrixXd a = identity(start.size());
  for (size_t i = 0; i < start.size(); ++i) {
    for (size_t j = 0; j < q.nodes.size(); ++j) {
      double const x = (q.nodes[j] - (1 - lambda) * start[i]) / lambda - shift;
      at(a, i, j) -= q.weights[j] / lambda * normal_density(x);
    }
  }
  return run_lengths(a)(a.rows() - 1);
}

double poisson_cusum_average_run_length(double reference, double threshold_h, double rate,
                                        Side side, int lattice, double head_start) {
  auto const steps = [lattice](double x) { return static_cast<int>(std::lround(x * lattice)); };
  int const states = steps(threshold_h);
  BELLWETHER_CHECK(states > 0 && states <= kLatticeStatesMax);
  int const k = steps(reference);
  Eigen::MatrixXd a = identity(static_cast<size_t>(states));
  for (int s = 0; s < states; ++s) {
    double at_zero = 0;
    if (side == Side::kUpper) {
      for (int y = 0; s + y * lattice - k < states; ++y) {
        int const to = s + y * lattice - k;
        (to <= 0 ? at_zero : a(s, to)) -= poisson_probability(rate, y);
      }
    } else {
      double above = 1;  // P(Y > what still leaves S above 0)
      for (int y = 0; s + k - y * lattice > 0; ++y) {
        int const to = s + k - y * lattice;
        double const p = poisson_probability(rate, y);
        above -= p;
        if (to < states) a(s, to) -= p;
      }
      at_zero -= above;
    }
    a(s, 0) += at_zero;
  }
  return run_lengths(a)(steps(head_start));
}

}  // namespace bellwether::detection
