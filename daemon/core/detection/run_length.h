// Purpose: how often a chart is wrong: average run lengths, exact up to quadrature or linear
// algebra, of the one- and two-sided CUSUM and the EWMA of normal scores and of the CUSUM of
// Poisson counts. "In control" is the run length at shift 0 or at the rate that the chart was made
// for. Thread safety: pure.
#pragma once

#include <cstdint>

namespace bellwether::detection {

// Average number of normal observations with mean `shift` and variance 1 until C ≥ h, where C
// starts at `head_start` (0 ≤ head_start < h): the integral equation of Page (1954, Biometrika 41,
// equation 4) by Gauss–Legendre quadrature (Nyström's method); scores are not clipped.
double cusum_average_run_length(double reference, double threshold_h, double shift,
                                double head_start = 0);

// Both sides run together and either may signal; equal head starts (Lucas & Crosier 1982,
// Technometrics 24, 199–205, equation A.4).
double two_sided_cusum_average_run_length(double reference, double threshold_h, double shift,
                                          double head_start = 0);

// The smallest h at which the one-sided in-control run length is `in_control`, by bisection.
double cusum_threshold(double reference, double in_control);

// Z ← λ x + (1 − λ) Z from 0 until |Z| > limit·√(λ/(2 − λ)): Crowder (1987, Technometrics 29,
// 401–407, equation 2).
double ewma_average_run_length(double lambda, double limit, double shift);

enum class Side : uint8_t { kUpper, kLower };

// Counts with mean `rate`: S ← max(0, S ± (Y − k)) until S ≥ h (Lucas 1985, Technometrics 27,
// 129–144), an exact Markov chain on the lattice of 1/`lattice`. REQUIRES k, h and head_start to be
// multiples of 1/lattice and h·lattice ≤ kLatticeStatesMax.
inline constexpr int kLatticeStatesMax = 2000;
double poisson_cusum_average_run_length(double reference, double threshold_h, double rate,
                                        Side side, int lattice, double head_start = 0);

}  // namespace bellwether::detection
