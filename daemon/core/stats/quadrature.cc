#include "core/stats/quadrature.h"

#include <cstddef>

#include <boost/math/special_functions/legendre.hpp>

namespace bellwether::stats {

Quadrature gauss_legendre(int n, double begin, double length) {
  // The zeros of Pₙ that are ≥ 0; the other zeros mirror them.
  std::vector<double> const zeros = boost::math::legendre_p_zeros<double>(n);
  auto const size = static_cast<size_t>(n);
  Quadrature q{std::vector<double>(size), std::vector<double>(size)};
  for (size_t i = 0; i < zeros.size(); ++i) {
    double const x = zeros[i];
    double const slope = boost::math::legendre_p_prime(n, x);
    double const weight = length / ((1 - x * x) * slope * slope);
    size_t const up = size - zeros.size() + i;
    size_t const down = zeros.size() - 1 - i;
    q.nodes[up] = begin + length * (1 + x) / 2;
    q.nodes[down] = begin + length * (1 - x) / 2;
    q.weights[up] = q.weights[down] = weight;
  }
  return q;
}

}  // namespace bellwether::stats
