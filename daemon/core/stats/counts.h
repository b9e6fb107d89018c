// Purpose: the distribution of a count: Poisson, or negative binomial where the variance exceeds
// the mean. Boost.Math is the tests' reference and not the implementation: it has other last bits,
// which would show in journaled p values, and its tails take several times as long. Thread safety:
// pure.
#pragma once

#include <cstdint>

namespace bellwether::stats {

// Negative binomial with mean μ and variance φ μ: size μ/(φ−1), probability 1/φ. Poisson at φ = 1.
struct CountDistribution {
  double mean = 0;        // μ > 0
  double dispersion = 1;  // φ ≥ 1
};

// P(Y < y), P(Y = y), P(Y > y). `y` ≥ 0. Finite and not negative for every finite μ and φ; six
// digits are right up to μ = 10⁹ and beyond, or the first 14 decimals of a smaller tail.
struct Tails {
  double below = 0;
  double at = 0;
  double above = 0;
  // Half of the observed value counts to either side, so that both tails add up to one.
  double low_mid() const { return below + 0.5 * at; }
  double high_mid() const { return above + 0.5 * at; }
};
Tails tails(const CountDistribution& d, int64_t y);
// P(Y = y), as tails() has it.
double probability(const CountDistribution& d, int64_t y);

// The smallest y with P(Y ≤ y) ≥ p, 0 < p < 1; 10¹⁵ at most.
int64_t quantile(const CountDistribution& d, double p);

// I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1: DLMF 8.17.22, by Lentz's method.
double incomplete_beta(double a, double b, double x);

}  // namespace bellwether::stats
