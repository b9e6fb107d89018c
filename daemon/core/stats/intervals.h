// Purpose: score intervals of rates: the values that a test of the observed counts does not reject.
// z is the normal quantile of the level: 1.96 for 95 %. Thread safety: pure.
#pragma once

namespace bellwether::stats {

struct Bounds {
  double lower = 0;
  double upper = 0;
};

// The mean μ of a Poisson count x: (x − μ)² / μ ≤ z². REQUIRES: count ≥ 0, z > 0.
Bounds poisson_mean(double count, double z);

// The difference δ = μ₁ − μ₂ of the means of two Poisson counts: (x₁ − x₂ − δ)² / (m₁ + m₂) ≤ z²,
// where m₁ and m₂ are the most likely means with that difference. Then m₁ + m₂ =
// (n + √((2δ − d)² + 4 x₁ x₂)) / 2 for n = x₁ + x₂ and d = x₁ − x₂ (Ng, Gu & Tang 2007,
// Computational Statistics & Data Analysis 51, 3085–3099). REQUIRES: counts ≥ 0, z > 0.
Bounds poisson_difference(double first, double second, double z);

// The ratio μ₁ / μ₂ of the means of two Poisson counts. Given their sum, the first count is
// binomial (Przyborowski & Wilenski 1940, Biometrika 31, 313–323). The upper bound is infinite if
// `second` is 0. REQUIRES: counts ≥ 0, z > 0.
Bounds poisson_ratio(double first, double second, double z);

// A probability, from `part` of `whole` cases (Wilson 1927, Journal of the American Statistical
// Association 22, 209–212). REQUIRES: 0 ≤ part ≤ whole, whole > 0, z > 0.
Bounds proportion(double part, double whole, double z);

// Cases of a number that have something in common: 0 ≤ part ≤ whole, whole > 0.
struct Part {
  double part = 0;
  double whole = 0;
};
// The difference of two probabilities, first − second, from Wilson's interval of each (Newcombe
// 1998, Statistics in Medicine 17, 873–890, method 10). REQUIRES: z > 0.
Bounds difference(Part first, Part second, double z);

}  // namespace bellwether::stats
