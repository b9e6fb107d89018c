// Purpose: many series at once: which small p are discoveries.
// Thread safety: pure.
#pragma once

#include <span>

namespace bellwether::detection {

// Benjamini & Hochberg (1995), JRSS B 57, 289–300: adjusted[i] is the smallest false-discovery rate
// at which p[i] is a discovery. NaN = not tested: stays out, adjusted 1. Equal sizes.
void benjamini_hochberg(std::span<const double> p, std::span<double> adjusted);

}  // namespace bellwether::detection
