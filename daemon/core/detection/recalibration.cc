#include "core/detection/recalibration.h"

#include <algorithm>
#include <cmath>

#include "core/stats/normal.h"

namespace bellwether::detection {

void Recalibration::clear() {
  series_.clear();
  for (Tail& t : tails_) t = {};
  factors_.fill(1);
}

size_t Recalibration::add(const Assessment& a) {
  Series s;
  s.young = a.young();
  s.points = a.scale_points;
  s.width = a.scale;
  s.log_width = std::log(std::max(kWidthMin, a.width));
  double const whole = a.expected / a.share;  // the settled periods are complete, so compare
                                              // complete counts
  s.band =
      static_cast<size_t>(std::ranges::upper_bound(kTailBandEnds, whole) - kTailBandEnds.begin());
  series_.push_back(s);
  return series_.size() - 1;
}

void Recalibration::pool_widths() {
  scratch_.clear();
  double estimation = 0;
  auto const has_width = [](const Series& s) {
    return !s.young && s.points >= static_cast<int>(kScalePointsMin);
  };
  for (const Series& s : series_) {
    if (has_width(s)) scratch_.push_back(s.log_width);
  }
  if (scratch_.size() < kPooledSeriesMin) return;
  // Sums in ascending order, so that the order of the series does not change the result.
  std::ranges::sort(scratch_);
  auto const n = static_cast<double>(scratch_.size());
  double const centre = scratch_[scratch_.size() / 2];
  double mean = 0;
  for (double x : scratch_) mean += x / n;
  double scatter = 0;
  for (double x : scratch_) scatter += (x - mean) * (x - mean) / (n - 1);
  scratch_.clear();
  for (const Series& s : series_) {
    if (has_width(s)) scratch_.push_back(kLogWidthVariance / s.points);
  }
  std::ranges::sort(scratch_);
  for (double v : scratch_) estimation += v / n;
  double const between = std::max(0.0, scatter - estimation);  // variance of the true log widths
  for (Series& s : series_) {
    if (s.young) continue;
    double log_width = centre;
    if (has_width(s) && between > 0) {
      log_width += between / (between + kLogWidthVariance / s.points) * (s.log_width - centre);
    }
    s.width = std::max(1.0, std::exp(log_width));
  }
}

void Recalibration::add_tail(size_t series, std::span<const double> settled) {
  const Series& s = series_[series];
  if (s.young) return;
  Tail& tail = tails_[s.band];
  tail.scores += s.points;
  double const per_bin = 1 / (s.width * kBinWidth);
  for (double z : settled) {
    double const bin = z * per_bin - kBinsFrom / kBinWidth;
    if (bin >= 0) ++tail.beyond[std::min(kBins - 1, static_cast<size_t>(bin))];
  }
}

double Recalibration::factor(const Tail& tail) {
  if (tail.scores < kTailScoresMin) return 1;
  auto const wanted = static_cast<double>(tail.scores) * kTailP;
  double beyond = 0;
  size_t bin = kBins;
  while (bin > 0 && beyond + static_cast<double>(tail.beyond[bin - 1]) < wanted) {
    beyond += static_cast<double>(tail.beyond[--bin]);
  }
  if (bin == 0) return 1;
  double const inside = (wanted - beyond) / static_cast<double>(tail.beyond[bin - 1]);
  double const z = kBinsFrom + kBinWidth * (static_cast<double>(bin) - inside);
  return std::clamp(z / -stats::normal_quantile(kTailP), 1.0, kTailFactorMax);
}

void Recalibration::pool_tails() {
  Tail all;
  for (const Tail& t : tails_) {
    all.scores += t.scores;
    for (size_t i = 0; i < kBins; ++i) all.beyond[i] += t.beyond[i];
  }
  for (size_t b = 0; b < kBands; ++b) {
    factors_[b] = factor(tails_[b].scores >= kTailScoresMin ? tails_[b] : all);
  }
}

double Recalibration::p(size_t series, const Assessment& a) const {
  return series_[series].young ? a.p : stats::normal_cdf(-a.z * a.scale / spread(series));
}

}  // namespace bellwether::detection
