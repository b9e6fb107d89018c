// Purpose: the distribution of a count: Poisson, or negative binomial if the variance exceeds the
// mean. The tests compare it with Boost.Math. The daemon does not use Boost.Math, because its
// results differ in the last bits, which would change journaled p-values, and its tails take
// several times as long.
// Thread safety: pure.
#pragma once

#include <cstdint>

namespace bellwether::stats {

// Negative binomial with mean μ and variance φ μ: size μ/(φ−1), success probability 1/φ. Poisson if
// φ = 1.
struct CountDistribution {
  double mean = 0;        // μ > 0
  double dispersion = 1;  // φ ≥ 1
};

// P(Y < y), P(Y = y), P(Y > y) for `y` ≥ 0. Each is finite and ≥ 0 for every finite μ and φ. Six
// digits are correct up to at least μ = 10⁹; of a smaller tail the first 14 decimals.
struct Tails {
  double below = 0;
  double at = 0;
  double above = 0;
  // Half of P(Y = y) counts to each side, so that both mid-tails add up to one.
  double low_mid() const { return below + 0.5 * at; }
  double high_mid() const { return above + 0.5 * at; }
};
Tails tails(const CountDistribution& d, int64_t y);
// P(Y = y), identical to tails().at.
double probability(const CountDistribution& d, int64_t y);

// The smallest y with P(Y ≤ y) ≥ p, for 0 < p < 1. Saturates at 10¹⁵.
int64_t quantile(const CountDistribution& d, double p);

// The regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1: DLMF 8.17.22, by
// Lentz's method.
double incomplete_beta(double a, double b, double x);

}  // namespace bellwether::stats
