#include "core/detection/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/detection/multiplicity.h"
#include "core/stats/normal.h"

namespace bellwether::detection {
namespace {

bool has_width(const Assessment& a) {
  return !a.young() && a.speed.points >= static_cast<int>(kScalePointsMin);
}

double log_width(const Assessment& a, size_t speed) {
  return std::log(std::max(kWidthMin, a.speed.width[speed]));
}

// The median log width of all series, for each average.
BySpeed usual_log_widths(std::span<const Judged> series) {
  BySpeed usual{};
  std::vector<double> all;
  for (size_t k = 0; k < kSpeeds; ++k) {
    all.clear();
    for (const Judged& j : series) {
      if (j.assessment != nullptr && has_width(*j.assessment))
        all.push_back(log_width(*j.assessment, k));
    }
    if (all.size() < kPooledSeriesMin) {
      for (size_t j = 0; j < kSpeeds; ++j) usual[j] = std::log(kUsualWidth[j]);
      return usual;
    }
    auto const middle = all.begin() + static_cast<ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    usual[k] = *middle;
  }
  return usual;
}

BySpeed score_of(const Assessment& a, const BySpeed& usual, double prior) {
  BySpeed s;
  // A young series has no averages: only its one score, whose tails are its own.
  if (a.young()) {
    s.fill(-stats::normal_quantile(std::clamp(a.p, 1e-300, 1 - 1e-16)));
    return s;
  }
  double const own = has_width(a) ? a.speed.points / (a.speed.points + prior) : 0;
  for (size_t k = 0; k < kSpeeds; ++k) {
    double const width = std::exp(usual[k] + own * (log_width(a, k) - usual[k]));
    s[k] = a.speed.average[k] / std::max(1.0, width);
  }
  return s;
}

}  // namespace

double StatedRate::own_level(base::Calendar calendar) const {
  return level_for(kOwnShare * false_alarms_a_year, calendar);
}

double StatedRate::region_level(base::Calendar calendar) const {
  return level_for(kRegionShare * false_alarms_a_year, calendar);
}

double StatedRate::false_discovery_rate(size_t series, base::Calendar calendar) const {
  // A tick without a true deviation has a discovery with this probability (Benjamini & Hochberg
  // 1995), so that a year of ticks has periods_per_year() times as many.
  double const all = kTogetherShare * false_alarms_a_year * static_cast<double>(series);
  return std::min(false_discovery_rate_max, all / calendar.periods_per_year());
}

size_t Judged::strongest() const {
  return static_cast<size_t>(std::ranges::max_element(score) - score.begin());
}

bool Judged::lasting(double level) const {
  return stats::normal_cdf(-score[kSpeeds - 1]) <= level;
}

bool Judged::beyond(HitBy level, const Levels& levels) const {
  switch (level) {
    case HitBy::kOwnLevel:
      return p <= levels.own;
    case HitBy::kTogether:
      return p_adjusted <= levels.together;
    case HitBy::kParent:
      return levels.region && recent() >= kFollows;
    case HitBy::kNothing:
      break;
  }
  return false;
}

Levels judge_together(std::span<Judged> series, std::optional<size_t> parent,
                      const StatedRate& rate, base::Calendar calendar) {
  BySpeed const usual = usual_log_widths(series);
  double const prior =
      calendar.unit() == base::CalendarUnit::kMonth ? kWidthPriorMonths : kWidthPriorWeeks;
  std::vector<double> p(series.size(), std::numeric_limits<double>::quiet_NaN());
  size_t tested = 0;
  for (size_t i = 0; i < series.size(); ++i) {
    if (series[i].assessment == nullptr) continue;
    ++tested;
    series[i].score = score_of(*series[i].assessment, usual, prior);
    p[i] = series[i].p = combined_p(series[i].score);
  }
  std::vector<double> adjusted(series.size());
  benjamini_hochberg(p, adjusted);
  Levels levels;
  levels.own = rate.own_level(calendar);
  levels.together = rate.false_discovery_rate(tested, calendar);
  levels.region = parent && series[*parent].assessment != nullptr &&
                  series[*parent].p <= rate.region_level(calendar) && series[*parent].going();
  for (size_t i = 0; i < series.size(); ++i) {
    Judged& j = series[i];
    j.p_adjusted = adjusted[i];
    j.hit = HitBy::kNothing;
    if (j.assessment == nullptr || !j.going()) continue;
    for (HitBy level : {HitBy::kOwnLevel, HitBy::kTogether, HitBy::kParent}) {
      if (j.hit == HitBy::kNothing && j.beyond(level, levels)) j.hit = level;
    }
  }
  return levels;
}

}  // namespace bellwether::detection
