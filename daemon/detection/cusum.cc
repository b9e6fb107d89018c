#include "detection/cusum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "detection/normal.h"

namespace bellwether::detection {
namespace {

struct Quadrature {
  std::vector<double> nodes;
  std::vector<double> weights;
};

// Gauss–Legendre on [0, length], nodes by Newton's method from Chebyshev's.
Quadrature gauss_legendre(int n, double length) {
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
    q.nodes[static_cast<size_t>(i)] = length * (1 - x) / 2;
    q.weights[static_cast<size_t>(i)] = length / ((1 - x * x) * slope * slope);
  }
  return q;
}

// Solves a x = b by Gaussian elimination with partial pivoting; `a` by rows.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  size_t const n = b.size();
  for (size_t c = 0; c < n; ++c) {
    size_t pivot = c;
    for (size_t r = c + 1; r < n; ++r) {
      if (std::abs(a[r][c]) > std::abs(a[pivot][c])) pivot = r;
    }
    std::swap(a[c], a[pivot]);
    std::swap(b[c], b[pivot]);
    for (size_t r = c + 1; r < n; ++r) {
      double const factor = a[r][c] / a[c][c];
      for (size_t k = c; k < n; ++k) a[r][k] -= factor * a[c][k];
      b[r] -= factor * b[c];
    }
  }
  for (size_t c = n; c-- > 0;) {
    for (size_t k = c + 1; k < n; ++k) b[c] -= a[c][k] * b[k];
    b[c] /= a[c][c];
  }
  return b;
}

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

void Cusum::add(base::PeriodIndex period, double z) {
  double const before = value_;
  value_ = std::max(0.0, value_ + std::clamp(z, -options_.clip, options_.clip) - options_.reference);
  if (before == 0 && value_ > 0) onset_ = period;
}

double cusum_average_run_length(double reference, double threshold_h, double shift) {
  // L(s) = 1 + L(0) Φ(k − s − shift) + ∫₀ʰ L(x) φ(x + k − s − shift) dx, unknown at the nodes and at 0.
  constexpr int kNodes = 80;
  Quadrature const q = gauss_legendre(kNodes, threshold_h);
  size_t const n = q.nodes.size();
  std::vector<double> start(q.nodes);
  start.push_back(0);
  std::vector<std::vector<double>> a(n + 1, std::vector<double>(n + 1, 0.0));
  for (size_t i = 0; i <= n; ++i) {
    a[i][i] = 1;
    for (size_t j = 0; j < n; ++j) {
      a[i][j] -= q.weights[j] * normal_density(q.nodes[j] + reference - start[i] - shift);
    }
    a[i][n] -= normal_cdf(reference - start[i] - shift);
  }
  return solve(std::move(a), std::vector<double>(n + 1, 1.0))[n];
}

}  // namespace bellwether::detection
