// Purpose: the correction for many tests: which small p-values are discoveries.
// Thread safety: pure.
#pragma once

#include <span>

namespace bellwether::detection {

// Benjamini & Hochberg (1995), JRSS B 57, 289–300: adjusted[i] is the smallest false-discovery rate
// at which p[i] is a discovery. NaN means not tested: it is ignored and adjusted to 1. REQUIRES: p
// and adjusted have the same size.
void benjamini_hochberg(std::span<const double> p, std::span<double> adjusted);

}  // namespace bellwether::detection
