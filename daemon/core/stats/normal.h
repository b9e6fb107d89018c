// Purpose: the standard normal distribution.
// Thread safety: pure.
#pragma once

namespace bellwether::stats {

// Φ(x).
double normal_cdf(double x);

// Φ⁻¹(p) for 0 < p < 1, relative error about 1e-16: Wichura (1988), algorithm AS 241, Applied
// Statistics 37, 477–484. +∞ at p = 1, −∞ at p = 0.
double normal_quantile(double p);

}  // namespace bellwether::stats
