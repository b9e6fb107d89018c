// Purpose: the threshold of a CUSUM of normal scores that gives a wanted run length. Thread safety:
// pure.
#pragma once

namespace bellwether::analysis {

// The smallest h at which the one-sided in-control run length (core/detection/run_length.h) is
// `in_control`, by bisection.
double cusum_threshold(double reference, double in_control);

}  // namespace bellwether::analysis
