// Purpose: turns a score into a p-value that is calibrated on the scores of all series of the rule,
// for the correction for many series (multiplicity.h). Without this, a tail slightly wider than
// stated would give many false discoveries.
//   Width: the log widths of the series' own scores are shrunk towards their median, as far as
//   their differences can be estimation error (empirical Bayes by moments, as Smyth 2004,
//   Statistical Applications in Genetics and Molecular Biology 3(1), article 3, shrinks variances).
//   A width is never below 1.
//   Tail: for each band of the expected count, the ratio of the 1 % point of the pooled scores'
//   harmful tail to that of a normal.
// Invariants: a function of the set of series; the order of add() does not matter. No p is smaller
// than in theory. add() and add_tail() allocate nothing once as many series have been added before.
// Thread safety: a value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/detection/detector.h"

namespace bellwether::detection {

// With fewer series that have a width, widths are not pooled: each series keeps its own scale.
inline constexpr size_t kPooledSeriesMin = 8;
// The variance of log(median |z|/0.6745) of n independent normal z is this constant divided by n:
// 1/(4 f² m²) for the density f of |z| at its median m.
inline constexpr double kLogWidthVariance = 1.3603;
// Smaller widths are raised to this value: a series whose counts are all as expected carries no
// information about the other series.
inline constexpr double kWidthMin = 0.25;
// With fewer pooled scores a band uses the tail of all bands together. If these are fewer as well,
// the factor is 1.
inline constexpr int64_t kTailScoresMin = 1000;
inline constexpr double kTailP = 0.01;
// The upper bound of the tail factor. The pooled scores contain past downturns, which cause what
// exceeds this bound.
inline constexpr double kTailFactorMax = 1.1;
inline constexpr std::array<double, 3> kTailBandEnds = {2, 10, 50};  // of the expected count

class Recalibration {
 public:
  Recalibration() { clear(); }
  // Removes all series.
  void clear();
  // Step 1, for every tested series, in any order. Returns the number of the series.
  size_t add(const Assessment& assessment);
  // Step 2, once: pools the widths.
  void pool_widths();
  // Step 3, for every series: adds its settled scores, positive is harm. Scores below
  // kSettledTailFrom may be left out (ScoredSeries::settled_tail).
  void add_tail(size_t series, std::span<const double> settled);
  // Step 4, once: pools the tails.
  void pool_tails();
  // The recalibrated p of the harmful tail. Series too young for a seasonal baseline keep their own
  // p.
  double p(size_t series, const Assessment& assessment) const;

  // The divisor of the series' score (as it is before division by its own scale): the pooled width
  // times the tail factor of the series' band.
  double spread(size_t series) const {
    return series_[series].width * factors_[series_[series].band];
  }

 private:
  static constexpr size_t kBands = kTailBandEnds.size() + 1;
  static constexpr double kBinWidth = 0.005;             // in units of a score
  static constexpr double kBinsFrom = kSettledTailFrom;  // suffices because no width is below 1
  static constexpr size_t kBins = 1400;                  // up to kZMax
  struct Series {
    double log_width = 0;
    int points = 0;
    double width = 1;
    size_t band = 0;
    bool young = false;
  };
  struct Tail {
    int64_t scores = 0;
    std::array<int64_t, kBins> beyond{};  // counts by bin; the last bin holds all scores farther
                                          // out
  };
  static double factor(const Tail& tail);

  std::vector<Series> series_;
  std::vector<double> scratch_;
  std::array<Tail, kBands> tails_{};
  std::array<double, kBands> factors_{};
};

}  // namespace bellwether::detection
