#include "core/forecast/reconcile.h"

#include <algorithm>

#include <Eigen/Sparse>

#include "core/base/check.h"

namespace bellwether::forecast {
namespace {

using Sparse = Eigen::SparseMatrix<double>;

// The constraints of two crossed hierarchies are linearly dependent, so A W Aᵀ is singular. This
// share of its mean diagonal is added.
constexpr double kRidge = 1e-9;

}  // namespace

struct Reconciler::System {
  std::vector<SumOf> sums;
  std::vector<bool> is_parent;
  Eigen::VectorXd variance;
  Sparse constraints;  // A
  Eigen::SimplicialLDLT<Sparse> solver;
};

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
  if (rows > 0) {
    Sparse s =
        system->constraints * system->variance.asDiagonal() * system->constraints.transpose();
    double const ridge = kRidge * s.diagonal().mean();
    Sparse identity(rows, rows);
    identity.setIdentity();
    s += ridge * identity;
    system->solver.compute(s);
    BELLWETHER_CHECK(system->solver.info() == Eigen::Success);
  }
  system_ = std::move(system);
}

Reconciler::~Reconciler() = default;

void Reconciler::reconcile(std::span<double> values, bool non_negative) const {
  const System& s = *system_;
  BELLWETHER_CHECK(values.size() == static_cast<size_t>(s.variance.size()));
  if (s.sums.empty()) return;
  Eigen::Map<Eigen::VectorXd> x(values.data(), static_cast<Eigen::Index>(values.size()));
  Eigen::VectorXd const gap = s.solver.solve(s.constraints * x);
  x -= s.variance.asDiagonal() * (s.constraints.transpose() * gap);
  if (non_negative) {
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
