// Purpose: several detectors of one node as one: Z = Σ w z / √(w'Rw), standard normal where nothing
// happens, with R the correlation of the node's own scores, shrunk towards independence.
// Invariants: pure sums in the order of the calls; allocates nothing.
// Thread safety: values.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace bellwether::detection {

inline constexpr size_t kCompositePartsMax = 8;
inline constexpr size_t kCompositePartsMin = 2;  // with one there is nothing to put together
inline constexpr double kCompositeClip = 3;      // one part's score counts at most this much
// R rests on as many periods of independence as these, beside those seen: two years of months.
inline constexpr double kIndependentPeriods = 24;
// No correlation makes w'Rw smaller than this share of what it would be without any.
inline constexpr double kVarianceShareMin = 0.5;
inline constexpr double kNotScored = std::numeric_limits<double>::quiet_NaN();

// Correlation of a node's part scores, updated one period at a time; at most kCompositePartsMax
// parts. Use kNotScored for a missing score.
class ScoreCorrelation {
 public:
  void add(std::span<const double> z);
  // Between two parts, shrunk: r n/(n + kIndependentPeriods) from the n periods in which both were
  // scored.
  double between(size_t a, size_t b) const;

 private:
  struct Sums {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  };
  std::array<std::array<Sums, kCompositePartsMax>, kCompositePartsMax> sums_;  // [a][b], a < b
};

// Of one period; nullopt where fewer than kCompositePartsMin parts are scored. Weights > 0, as many
// as scores.
std::optional<double> composite_score(std::span<const double> z, std::span<const double> weights,
                                      const ScoreCorrelation& correlation);

}  // namespace bellwether::detection
