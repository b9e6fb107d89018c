#include "core/detection/run_length.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "core/stats/normal.h"
#include "core/stats/quadrature.h"

namespace bellwether::detection {
namespace {

double& at(Eigen::MatrixXd& a, size_t row, size_t column) {
  return a(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
}

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

double cusum_average_run_length(double reference, double threshold_h, double shift,
                                double head_start) {
  // L(s) = 1 + L(0) Φ(k − s − shift) + ∫₀ʰ L(x) φ(x + k − s − shift) dx. The unknowns are L at the
  // nodes, at 0 and at the head start: (I − Q) L = 1.
  constexpr int kNodes = 80;
  stats::Quadrature const q = stats::gauss_legendre(kNodes, 0, threshold_h);
  size_t const n = q.nodes.size();
  std::vector<double> start(q.nodes);
  start.push_back(0);
  start.push_back(head_start);
  auto const size = static_cast<Eigen::Index>(start.size());
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(size, size);
  for (size_t i = 0; i < start.size(); ++i) {
    for (size_t j = 0; j < n; ++j) {
      at(a, i, j) -= q.weights[j] * normal_density(q.nodes[j] + reference - start[i] - shift);
    }
    at(a, i, n) -= stats::normal_cdf(reference - start[i] - shift);
  }
  Eigen::VectorXd const lengths = a.partialPivLu().solve(Eigen::VectorXd::Ones(size));
  return lengths(size - 1);
}

}  // namespace bellwether::detection
