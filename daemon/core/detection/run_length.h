// Purpose: the false-alarm rate of the CUSUM of normal scores (cusum.h): its average run length,
// exact up to quadrature. "In control" means the run length at shift 0.
// Thread safety: pure.
#pragma once

namespace bellwether::detection {

// The average number of normal observations with mean `shift` and variance 1 until C ≥ h, if C
// starts at `head_start` (0 ≤ head_start < h). Solves the integral equation of Page (1954,
// Biometrika 41, equation 4) by Gauss–Legendre quadrature (Nyström's method). Scores are not
// clipped.
double cusum_average_run_length(double reference, double threshold_h, double shift,
                                double head_start = 0);

}  // namespace bellwether::detection
