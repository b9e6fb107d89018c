// Purpose: integrals by Gauss–Legendre quadrature.
// Thread safety: pure.
#pragma once

#include <vector>

namespace bellwether::stats {

// ∫ f ≈ Σ weights[i] f(nodes[i]). Nodes are in ascending order, weights are positive, and both
// vectors have the same length.
struct Quadrature {
  std::vector<double> nodes;
  std::vector<double> weights;
};

// n ≥ 1 nodes on [begin, begin + length]. Exact for polynomials of degree up to 2 n − 1 (DLMF
// 3.5(v)).
Quadrature gauss_legendre(int n, double begin, double length);

}  // namespace bellwether::stats
