// Purpose: finds the minimum of a function in a box by a pattern search (Hooke & Jeeves 1961,
// Journal of the ACM 8, 212–229). From the best known point, evaluate its neighbours at a step. If
// the best of them is better, go there; otherwise reduce the step. The search is deterministic,
// needs no derivative and never leaves the box. It evaluates kLanes candidates at a time, so that
// an objective can use vector registers.
// In one dimension, the candidates are the quarters of the step on both sides. The minimum then
// lies within a quarter step of the best candidate, unless that is the outermost one, and the step
// becomes that quarter.
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/forecast/lanes.h"

namespace bellwether::forecast {

template <size_t kDimensions>
struct PatternSearch {
  using Point = std::array<double, kDimensions>;
  using Points = std::array<Point, kLanes>;
  using Values = std::array<double, kLanes>;

  Point lower{};
  Point upper{};
  double step_min = 1e-3;  // as a share of the width of the box
  int rounds_max = 60;

  struct Best {
    Point at{};
    double value = 0;
  };

  // `objective(points)` returns kLanes values, none NaN. `step` is a share of the width of the box.
  template <class Objective>
  Best minimise(Best best, double step, Objective objective) const {
    Point last_move{};
    for (int round = 0; round < rounds_max && step >= step_min; ++round) {
      Points const points = neighbours(best.at, step, last_move);
      Values const values = objective(points);
      size_t const i =
          static_cast<size_t>(std::min_element(values.begin(), values.end()) - values.begin());
      // Requires a relative gain of 1e-9, because smaller gains are rounding errors and could
      // repeat forever.
      bool const better = values[i] < best.value * (1 - 1e-9);
      bool const surrounded = !better || (kDimensions == 1 && i < kOutermost);
      if (surrounded) step /= kShrink;
      if (better) {
        for (size_t d = 0; d < kDimensions; ++d) last_move[d] = points[i][d] - best.at[d];
        best = {points[i], values[i]};
      } else {
        last_move = {};
      }
    }
    return best;
  }

 private:
  static constexpr double kShrink = kDimensions == 1 ? 4 : 2;
  static constexpr size_t kOutermost = kLanes - 2;  // index of the outermost candidates in one
                                                    // dimension: this one and the last

  double inside(size_t d, double x) const { return std::clamp(x, lower[d], upper[d]); }

  // One dimension: four quarter steps to each side. Two dimensions: the eight points around. Three
  // dimensions: along the axes, and once and twice along the last move. Four: along the axes.
  Points neighbours(const Point& at, double step, const Point& last_move) const {
    Points out;
    out.fill(at);
    auto const move = [&](Point& p, size_t d, double steps) {
      p[d] = inside(d, p[d] + steps * step * (upper[d] - lower[d]));
    };
    if constexpr (kDimensions == 1) {
      for (size_t i = 0; i < kLanes; ++i) {
        double const steps = static_cast<double>(i / 2 + 1) / 4;
        move(out[i], 0, i % 2 == 0 ? steps : -steps);
      }
    } else if constexpr (kDimensions == 2) {
      constexpr std::array<std::array<int, 2>, kLanes> kAround = {
          {{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}, {1, 1}}};
      for (size_t i = 0; i < kLanes; ++i) {
        for (size_t d = 0; d < 2; ++d) move(out[i], d, kAround[i][d]);
      }
    } else if constexpr (kDimensions == 3) {
      for (size_t d = 0; d < 3; ++d) {
        move(out[2 * d], d, 1);
        move(out[2 * d + 1], d, -1);
        out[6][d] = inside(d, at[d] + last_move[d]);
        out[7][d] = inside(d, at[d] + 2 * last_move[d]);
      }
    } else {
      static_assert(2 * kDimensions == kLanes);
      for (size_t d = 0; d < kDimensions; ++d) {
        move(out[2 * d], d, 1);
        move(out[2 * d + 1], d, -1);
      }
    }
    return out;
  }
};

}  // namespace bellwether::forecast
