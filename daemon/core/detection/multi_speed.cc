#include "core/detection/multi_speed.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/stats/normal.h"

namespace bellwether::detection {
namespace {

constexpr double kMedianOfNormal = 0.6744897501960817;  // of |z|

double median(std::span<double> values) {
  auto const middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// A level p, and the false alarms a year that it gives.
struct Rate {
  double p;
  double a_year;
};
// Alarms as judge.h raises and ends them, in independent normal scores, 13 million series-periods.
// An alarm ends after four quiet weeks or two quiet months. tests/simulation/detection repeats the
// simulation.
constexpr std::array<Rate, 9> kWeeklyRates = {{{0.0001, 0.0025},
                                               {0.0002, 0.0055},
                                               {0.0005, 0.0147},
                                               {0.001, 0.0310},
                                               {0.002, 0.0629},
                                               {0.005, 0.1526},
                                               {0.01, 0.2853},
                                               {0.02, 0.5157},
                                               {0.05, 1.0438}}};
constexpr std::array<Rate, 9> kMonthlyRates = {{{0.0001, 0.0011},
                                                {0.0002, 0.0023},
                                                {0.0005, 0.0055},
                                                {0.001, 0.0109},
                                                {0.002, 0.0212},
                                                {0.005, 0.0503},
                                                {0.01, 0.0957},
                                                {0.02, 0.1791},
                                                {0.05, 0.3931}}};

std::span<const Rate> rates(base::Calendar calendar) {
  if (calendar.unit() == base::CalendarUnit::kMonth) return kMonthlyRates;
  return kWeeklyRates;
}

// Interpolates y over x on logarithms; beyond the table the nearest segment goes on.
double interpolate(std::span<const Rate> table, double Rate::*x, double Rate::*y, double at) {
  size_t i = 1;
  while (i + 1 < table.size() && table[i].*x < at) ++i;
  const Rate& a = table[i - 1];
  const Rate& b = table[i];
  double const slope = std::log(b.*y / a.*y) / std::log(b.*x / a.*x);
  return a.*y * std::pow(at / a.*x, slope);
}

}  // namespace

SpeedOptions SpeedOptions::for_calendar(base::Calendar calendar) {
  SpeedOptions o;
  if (calendar.unit() == base::CalendarUnit::kMonth) {
    o.lambda = {1, 0.5, 0.2};
    o.clip = 5;
    o.location_periods = 36;
    o.location_prior = 10;
  }
  return o;
}

double score_width(std::span<double> z) {
  if (z.size() < kScalePointsMin) return 1;
  for (double& x : z) x = std::abs(x);
  return median(z) / kMedianOfNormal;
}

SpeedAverages::SpeedAverages(const SpeedOptions& options)
    : lambda_(options.lambda), clip_(options.clip) {
  for (size_t k = 0; k < kSpeeds; ++k) divisor_[k] = std::sqrt(lambda_[k] / (2 - lambda_[k]));
}

void SpeedAverages::add(double z) {
  double const clipped = std::clamp(z, -clip_, clip_);
  for (size_t k = 0; k < kSpeeds; ++k) mean_[k] += lambda_[k] * (clipped - mean_[k]);
}

BySpeed SpeedAverages::standardised() const {
  BySpeed out;
  for (size_t k = 0; k < kSpeeds; ++k) out[k] = mean_[k] / divisor_[k];
  return out;
}

void SpeedState::settle(double z, bool recent, SpeedScratch& scratch) {
  averages_.add(z);
  BySpeed const m = averages_.standardised();
  for (size_t k = 0; k < kSpeeds; ++k) scratch.settled[k].push_back(m[k]);
  if (recent) scratch.recent.push_back(std::clamp(z, -options_.clip, options_.clip));
}

void SpeedState::finish_settled(SpeedScratch& scratch) {
  ordinary_.points = static_cast<int>(scratch.settled[0].size());
  for (size_t k = 0; k < kSpeeds; ++k) ordinary_.width[k] = score_width(scratch.settled[k]);
  if (ordinary_.points >= static_cast<int>(kScalePointsMin) && !scratch.recent.empty()) {
    auto const n = static_cast<double>(scratch.recent.size());
    double const middle = median(scratch.recent);
    ordinary_.shift = std::max(0.0, middle) * n / (n + options_.location_prior);
  }
  for (auto& settled : scratch.settled) settled.clear();
  scratch.recent.clear();
}

SpeedScores SpeedState::scores() const {
  SpeedScores out = ordinary_;
  out.average = averages_.standardised();
  for (size_t k = 0; k < kSpeeds; ++k) {
    double const lambda = options_.lambda[k];
    out.average[k] -= out.shift / std::sqrt(lambda / (2 - lambda));
  }
  return out;
}

double combined_p(const BySpeed& s) {
  double sum = 0;
  for (double x : s) {
    double const p = stats::normal_cdf(-x);
    // tan((½ − p) π) = cot(p π), which keeps its precision for small p.
    sum += 1 / std::tan(std::clamp(p, 1e-300, 1 - 1e-16) * std::numbers::pi);
  }
  double const mean = sum / kSpeeds;
  // ½ − atan(x)/π = atan(1/x)/π for x > 0, without cancellation.
  if (mean > 1) return std::atan(1 / mean) / std::numbers::pi;
  return 0.5 - std::atan(mean) / std::numbers::pi;
}

double false_alarms_a_year(double p, base::Calendar calendar) {
  if (p <= 0) return 0;
  return interpolate(rates(calendar), &Rate::p, &Rate::a_year, p);
}

double level_for(double false_alarms, base::Calendar calendar) {
  if (false_alarms <= 0) return 0;
  return std::min(1.0, interpolate(rates(calendar), &Rate::a_year, &Rate::p, false_alarms));
}

}  // namespace bellwether::detection
