// Purpose: how well exponential smoothing fits a series, for kLanes candidate parameters in one
// pass. Errors are linear in the initial state (f, s), f being the forecast of the first value and
// s the part of it that the trend has:
//   e_t = e⁰_t − p_t f − q_t s,  e⁰ from a zero state;
// the state that minimises Σ e² is that of the normal equations, whose sums stand here.
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
  Lanes pp{}, pq{}, qq{};  // these know nothing of the series but its length
};

// `origin` is taken off the values: the recursion is equivariant, and small numbers keep their
// digits. Without a trend: β, φ are not read and q is zero.
Sums level_sums(Series y, double origin, const Candidates& c);
Sums trend_sums(Series y, double origin, const Candidates& c);

}  // namespace bellwether::forecast
