// Purpose: turns a score into a p-value calibrated on the scores of all series of the rule, for the
// correction over many series (multiplicity.h): there a tail a little wider than stated makes many
// false discoveries of none.
//   Width: log widths of the series' own scores are shrunk towards their median, by how much they
//   differ beyond what their estimation makes them (empirical Bayes by moments, as Smyth 2004,
//   Statistical Applications in Genetics and Molecular Biology 3(1), article 3, shrinks variances).
//   Never below one. Tail: by band of the expected count, how much farther out the pooled scores'
//   harmful 1 % begins than a normal's.
// Invariants: a function of the series added, in whatever order; no p is smaller than by theory.
// add() and add_tail() allocate nothing once as many series have been added before. Thread safety:
// a value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/detection/detector.h"

namespace bellwether::detection {

// With fewer series that have a width there is nothing to learn from the others: each keeps its own
// scale.
inline constexpr size_t kPooledSeriesMin = 8;
// Variance of log(median |z|/0.6745) of n independent normal z is this over n: 1/(4 f² m²) for
// density f of |z| at its median m.
inline constexpr double kLogWidthVariance = 1.3603;
// Widths count as at least this: a series all of whose counts are as expected says nothing of the
// others.
inline constexpr double kWidthMin = 0.25;
// With fewer pooled scores a band's tail is taken from all bands together, and with fewer there
// left as it is.
inline constexpr int64_t kTailScoresMin = 1000;
inline constexpr double kTailP = 0.01;
// The pool holds downturns of the past as well as ordinary periods: what its tail has beyond this
// is theirs.
inline constexpr double kTailFactorMax = 1.1;
inline constexpr std::array<double, 3> kTailBandEnds = {2, 10, 50};  // of the expected count

class Recalibration {
 public:
  Recalibration() { clear(); }
  // Forgets all series.
  void clear();
  // Of every series that is tested, in any order: what its assessment says. Returns its number.
  size_t add(const Assessment& assessment);
  // Then the pooled widths, once.
  void pool_widths();
  // Then of every series its settled scores, positive is harm; those below kSettledTailFrom may be
  // left out (ScoredSeries::settled_tail).
  void add_tail(size_t series, std::span<const double> settled);
  // Then the pooled tails, once.
  void pool_tails();
  // Of the harmful tail. Series too young for a baseline by season keep theirs.
  double p(size_t series, const Assessment& assessment) const;

  // What a score of the series, not divided by its own scale, is divided by: its pooled width times
  // the factor of its band's tail.
  double spread(size_t series) const {
    return series_[series].width * factors_[series_[series].band];
  }

 private:
  static constexpr size_t kBands = kTailBandEnds.size() + 1;
  static constexpr double kBinWidth = 0.005;             // of scores
  static constexpr double kBinsFrom = kSettledTailFrom;  // as no width is below one
  static constexpr size_t kBins = 1400;                  // to kZMax
  struct Series {
    double log_width = 0;
    int points = 0;
    double width = 1;
    size_t band = 0;
    bool young = false;
  };
  struct Tail {
    int64_t scores = 0;
    std::array<int64_t, kBins> beyond{};  // by bin; the last one holds what is farther out
  };
  static double factor(const Tail& tail);

  std::vector<Series> series_;
  std::vector<double> scratch_;
  std::array<Tail, kBands> tails_{};
  std::array<double, kBands> factors_{};
};

}  // namespace bellwether::detection
