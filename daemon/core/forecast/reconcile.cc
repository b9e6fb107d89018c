#include "core/forecast/reconcile.h"

#include <algorithm>

#include <Eigen/Sparse>

#include "core/base/check.h"

namespace bellwether::forecast {
namespace {

using Sparse = Eigen::SparseMatrix<double>;

// The constraints of two crossed hierarchies are linearly dependent, so A W Aᵀ is singular. This
// share of each element of its diagonal is added. (A share of their mean would drown the sums of
// steady nodes where another node has a large variance.)
constexpr double kRidge = 1e-9;

using Solver = Eigen::SimplicialLDLT<Sparse>;

}  // namespace

struct Reconciler::System {
  std::vector<SumOf> sums;
  std::vector<bool> is_parent;
  Eigen::VectorXd variance;
  Sparse constraints;  // A
  Solver solver;

  // Factors A W Aᵀ for the diagonal `weights` of W.
  void factor(const Eigen::VectorXd& weights, Solver& into) const {
    Sparse s = constraints * weights.asDiagonal() * constraints.transpose();
    Eigen::VectorXd const diagonal = s.diagonal();
    for (Eigen::Index row = 0; row < s.rows(); ++row)
      s.coeffRef(row, row) += kRidge * diagonal[row];
    into.compute(s);
    BELLWETHER_CHECK(into.info() == Eigen::Success);
  }
  // Aᵀ (A W Aᵀ)⁻¹ A x: what pulls each number to sums that hold.
  Eigen::VectorXd pull(const Solver& factored, const Eigen::VectorXd& x) const {
    Eigen::VectorXd const gap = factored.solve(constraints * x);
    return constraints.transpose() * gap;
  }
  Eigen::VectorXd nearest_non_negative(const Eigen::VectorXd& made) const;
};

Eigen::VectorXd Reconciler::System::nearest_non_negative(const Eigen::VectorXd& made) const {
  std::vector<bool> at_zero(is_parent.size(), false);
  Eigen::VectorXd pulled = pull(solver, made);
  Eigen::VectorXd weights = variance;
  Eigen::VectorXd begin = made;
  for (int round = 0; round < kReconcileRoundsMax; ++round) {
    bool changed = false;
    for (size_t i = 0; i < at_zero.size(); ++i) {
      auto const k = static_cast<Eigen::Index>(i);
      bool const below = !is_parent[i] && made[k] - variance[k] * pulled[k] < 0;
      if (below == at_zero[i]) continue;
      changed = true;
      at_zero[i] = below;
      weights[k] = below ? 0 : variance[k];
      begin[k] = below ? 0 : made[k];
    }
    if (!changed) break;
    Solver held;
    factor(weights, held);
    pulled = pull(held, begin);
  }
  return begin - weights.asDiagonal() * pulled;
}

Reconciler::Reconciler(size_t nodes, std::vector<SumOf> sums, std::vector<double> variance) {
  BELLWETHER_CHECK(variance.size() == nodes);
  auto system = std::make_unique<System>();
  system->is_parent.assign(nodes, false);
  std::vector<Eigen::Triplet<double>> entries;
  for (size_t row = 0; row < sums.size(); ++row) {
    system->is_parent[sums[row].parent] = true;
    entries.emplace_back(static_cast<int>(row), static_cast<int>(sums[row].parent), 1.0);
    for (uint32_t child : sums[row].children) {
      entries.emplace_back(static_cast<int>(row), static_cast<int>(child), -1.0);
    }
  }
  auto const rows = static_cast<Eigen::Index>(sums.size());
  system->constraints.resize(rows, static_cast<Eigen::Index>(nodes));
  system->constraints.setFromTriplets(entries.begin(), entries.end());
  system->variance =
      Eigen::Map<const Eigen::VectorXd>(variance.data(), static_cast<Eigen::Index>(nodes));
  system->sums = std::move(sums);
  if (rows > 0) system->factor(system->variance, system->solver);
  system_ = std::move(system);
}

Reconciler::~Reconciler() = default;

void Reconciler::reconcile(std::span<double> values, bool non_negative) const {
  const System& s = *system_;
  BELLWETHER_CHECK(values.size() == static_cast<size_t>(s.variance.size()));
  if (s.sums.empty()) return;
  Eigen::Map<Eigen::VectorXd> x(values.data(), static_cast<Eigen::Index>(values.size()));
  Eigen::VectorXd const made = x;
  if (!non_negative) {
    x = made - s.variance.asDiagonal() * s.pull(s.solver, made);
  } else {
    x = s.nearest_non_negative(made);
    for (size_t i = 0; i < values.size(); ++i) {
      if (!s.is_parent[i]) values[i] = std::max(0.0, values[i]);
    }
  }
  for (const SumOf& sum : s.sums) {
    double total = 0;
    for (uint32_t child : sum.children) total += values[child];
    values[sum.parent] = total;
  }
}

}  // namespace bellwether::forecast
