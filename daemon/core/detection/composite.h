// Purpose: combines the scores of several detectors of one node: Z = Σ w z / √(w'Rw). R is the
// correlation of the node's own scores, shrunk towards independence. Z is standard normal if
// nothing happens.
// Invariants: sums are made in the order of the calls; allocates nothing.
// Thread safety: values.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace bellwether::detection {

inline constexpr size_t kCompositePartsMax = 8;
inline constexpr size_t kCompositePartsMin = 2;  // a single part needs no combination
inline constexpr double kCompositeClip = 3;      // each part's score is clipped to ± this value
// The shrinkage of R: it counts as many additional periods with correlation 0. Two years of months.
inline constexpr double kIndependentPeriods = 24;
// w'Rw is at least this share of its value for uncorrelated parts.
inline constexpr double kVarianceShareMin = 0.5;
inline constexpr double kNotScored = std::numeric_limits<double>::quiet_NaN();

// Correlation of a node's part scores, updated one period at a time, for at most kCompositePartsMax
// parts. Use kNotScored for a missing score.
class ScoreCorrelation {
 public:
  void add(std::span<const double> z);
  // The shrunk correlation of two parts: r n/(n + kIndependentPeriods), where n is the number of
  // periods in which both parts were scored.
  double between(size_t a, size_t b) const;

 private:
  struct Sums {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  };
  std::array<std::array<Sums, kCompositePartsMax>, kCompositePartsMax> sums_;  // [a][b], a < b
};

// The composite score of one period. nullopt if fewer than kCompositePartsMin parts are scored.
// Weights are > 0, one for each score.
std::optional<double> composite_score(std::span<const double> z, std::span<const double> weights,
                                      const ScoreCorrelation& correlation);

}  // namespace bellwether::detection
