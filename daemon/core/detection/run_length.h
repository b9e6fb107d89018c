// Purpose: how often the CUSUM of normal scores (cusum.h) is wrong: its average run length, exact
// up to quadrature. "In control" is the run length at shift 0. Thread safety: pure.
#pragma once

namespace bellwether::detection {

// Average number of normal observations with mean `shift` and variance 1 until C ≥ h, where C
// starts at `head_start` (0 ≤ head_start < h): the integral equation of Page (1954, Biometrika 41,
// equation 4) by Gauss–Legendre quadrature (Nyström's method); scores are not clipped.
double cusum_average_run_length(double reference, double threshold_h, double shift,
                                double head_start = 0);

}  // namespace bellwether::detection
