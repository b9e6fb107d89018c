#include "core/forecast/smoothing_errors.h"

#include <bit>

namespace bellwether::forecast {
namespace {

// The 2 × 2 matrices {{a, b}, {c, d}}.
struct Matrix {
  Lanes a, b, c, d;
};

BELLWETHER_LANES_INLINE Matrix operator*(const Matrix& x, const Matrix& y) {
  return {x.a * y.a + x.b * y.c, x.a * y.b + x.b * y.d, x.c * y.a + x.d * y.c,
          x.c * y.b + x.d * y.d};
}

// Computes MᵀSM of the symmetric S = {{pp, pq}, {pq, qq}} in place, then adds `first` to its first
// element.
BELLWETHER_LANES_INLINE void congruent(Sums& s, const Matrix& m, double first) {
  Lanes const pp = m.a * m.a * s.pp + 2 * m.a * m.c * s.pq + m.c * m.c * s.qq;
  Lanes const pq = m.a * m.b * s.pp + (m.a * m.d + m.b * m.c) * s.pq + m.c * m.d * s.qq;
  Lanes const qq = m.b * m.b * s.pp + 2 * m.b * m.d * s.pq + m.d * m.d * s.qq;
  s.pp = pp + first;
  s.pq = pq;
  s.qq = qq;
}

// (p_t, q_t) = (1, 0) Nᵗ, where N propagates the effect of the initial state on the errors by one
// period. So the sums S_n of their products satisfy S_{k+1} = (1, 0)ᵀ(1, 0) + Nᵀ S_k N and S_{2k} =
// S_k + (Nᵏ)ᵀ S_k Nᵏ: log n steps.
BELLWETHER_LANES_INLINE void product_sums(const Matrix& n, size_t length, Sums& s) {
  s.pp = Lanes{} + 1;
  Matrix power = n;
  for (int bit = std::bit_width(length) - 2; bit >= 0; --bit) {
    Sums const half = s;
    congruent(s, power, 0);
    s.pp += half.pp;
    s.pq += half.pq;
    s.qq += half.qq;
    power = power * power;
    if ((length >> bit & 1) == 0) continue;
    congruent(s, n, 1);
    power = power * n;
  }
}

}  // namespace

BELLWETHER_WIDEST_LANES
Sums level_sums(Series y, double origin, const Candidates& c) {
  Sums s;
  Lanes const keep = 1 - c.alpha;
  Lanes level{};
  Lanes p = Lanes{} + 1;
  for (double value : y) {
    double const x = value - origin;
    Lanes const e = x - level;
    level = keep * level + c.alpha * x;
    s.ee += e * e;
    s.ep += e * p;
    p *= keep;
  }
  s.pp = (1 - p * p) / (1 - keep * keep);
  return s;
}

BELLWETHER_WIDEST_LANES
Sums trend_sums(Series y, double origin, const Candidates& c) {
  Sums s;
  // f and s as in the header; gain and slope_gain are the effects of an error on each.
  Lanes const slope_gain = c.phi * c.beta;
  Lanes const gain = c.alpha + slope_gain;
  Lanes const keep = 1 - gain;
  Lanes forecast{}, slope{}, p_slope{}, q{};
  Lanes p = Lanes{} + 1;
  Lanes q_slope = Lanes{} + 1;
  for (double value : y) {
    Lanes const e = (value - origin) - forecast;
    slope *= c.phi;
    forecast = (forecast + slope) + gain * e;
    slope += slope_gain * e;
    s.ee += e * e;
    s.ep += e * p;
    s.eq += e * q;
    p_slope *= c.phi;
    q_slope *= c.phi;
    Lanes const p_next = keep * p + p_slope;
    Lanes const q_next = keep * q + q_slope;
    p_slope -= slope_gain * p;
    q_slope -= slope_gain * q;
    p = p_next;
    q = q_next;
  }
  product_sums({keep, c.phi, -slope_gain, c.phi}, y.size(), s);
  return s;
}

}  // namespace bellwether::forecast
