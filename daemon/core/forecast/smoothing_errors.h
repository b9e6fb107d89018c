// Purpose: the squared error of exponential smoothing on a series, for kLanes candidate parameters
// in one pass. Errors are linear in the initial state (f, s), where f is the forecast of the first
// value and s is the trend's part of it:
//   e_t = e⁰_t − p_t f − q_t s,
// where e⁰ are the errors from a zero state. The normal equations give the state that minimises Σ
// e². Sums holds their coefficients.
// Thread safety: pure.
#pragma once

#include "core/forecast/lanes.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

struct Candidates {
  Lanes alpha{}, beta{}, phi{};
};

struct Sums {
  Lanes ee{}, ep{}, eq{};  // of e⁰ with itself, p and q
  Lanes pp{}, pq{}, qq{};  // depend on the length of the series and the parameters only
};

// `origin` is subtracted from the values: the recursion is equivariant, and small numbers keep
// their digits. level_sums() does not read β and φ, and its q is zero.
Sums level_sums(Series y, double origin, const Candidates& c);
Sums trend_sums(Series y, double origin, const Candidates& c);

}  // namespace bellwether::forecast
