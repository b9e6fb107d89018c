// Purpose: the results of `bellwether detect` for all series of a table. The method of the daemon's
// count rules judges them together (tick_judge.h) and follows each one's alert (core/alerts).
// Invariants: a function of the series and the options; their order does not matter.
// Thread safety: pure.
#pragma once

#include <span>
#include <vector>

#include "analysis/detect_series.h"

namespace bellwether::analysis {

// The rows of each series, in the order given; one row per point.
std::vector<std::vector<DetectRow>> detect_all(std::span<const Series> series,
                                               const DetectOptions& options);

}  // namespace bellwether::analysis
