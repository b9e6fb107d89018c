#include "core/detection/reporting_delay.h"

#include <algorithm>
#include <cmath>

#include "core/stats/counts.h"

namespace bellwether::detection {
namespace {

int64_t reported(const std::vector<int32_t>& row, size_t delay) {
  return delay < row.size() ? row[delay] : 0;
}

struct Delayed {
  int64_t at = 0;     // n_j
  int64_t until = 0;  // N_j
};

// Counts the periods whose reports with this delay arrived within the window.
Delayed count(ReportingTriangle triangle, std::span<const int32_t> known_from, int delay,
              int window) {
  Delayed out;
  auto const j = static_cast<size_t>(delay);
  if (triangle.size() <= j) return out;
  size_t const end = triangle.size() - j;
  size_t const begin = end > static_cast<size_t>(window) ? end - static_cast<size_t>(window) : 0;
  for (size_t i = begin; i < end; ++i) {
    if (i < known_from.size() && delay < known_from[i]) continue;
    out.at += reported(triangle[i], j);
    for (size_t d = 0; d <= j; ++d) out.until += reported(triangle[i], d);
  }
  return out;
}

}  // namespace

DelayOptions DelayOptions::for_calendar(base::Calendar calendar) {
  DelayOptions o;
  o.window = calendar.periods_per_year() / 2;
  o.delay_max = calendar.periods_per_year() / 2;
  return o;
}

double Completeness::at(int age) const {
  auto const i = static_cast<size_t>(age);
  return i < share.size() ? share[i] : 1;
}

double Completeness::log_variance_at(int age) const {
  auto const i = static_cast<size_t>(age);
  return i < log_variance.size() ? log_variance[i] : 0;
}

Completeness estimate_completeness(ReportingTriangle triangle, const DelayOptions& options,
                                   std::span<const int32_t> known_from) {
  size_t const delays = static_cast<size_t>(options.delay_max) + 1;
  Completeness out{std::vector<double>(delays, 1.0), std::vector<double>(delays, 0.0)};
  double share = 1;
  double variance = 0;
  for (int j = options.delay_max; j > 0; --j) {
    Delayed const c = count(triangle, known_from, j, options.window);
    if (c.until > 0) {
      auto const n = static_cast<double>(c.at);
      auto const all = static_cast<double>(c.until);
      share *= 1 - n / all;
      // If every event took j periods, the share before is 0 and its logarithm has no variance.
      if (c.at < c.until) variance += n / (all * (all - n));
    }
    out.share[static_cast<size_t>(j) - 1] = share;
    out.log_variance[static_cast<size_t>(j) - 1] = variance;
  }
  return out;
}

PeriodState period_state(double share, const DelayOptions& options) {
  if (share >= options.final) return PeriodState::kFinal;
  return share >= options.testable ? PeriodState::kTestable : PeriodState::kIncomplete;
}

Baseline thinned(const Baseline& baseline, double share) {
  Baseline out = baseline;
  out.expected *= share;
  out.log_expected += std::log(share);
  out.dispersion = 1 + (baseline.dispersion - 1) * share;
  return out;
}

Nowcast nowcast(int64_t y, double share, double log_variance, double level) {
  auto const known = static_cast<double>(y);
  Nowcast out{known / share, known, known};
  double const shape = known + 0.5;
  double const to_come = shape * (1 - share) / share;
  if (to_come <= 0) return out;
  // The negative binomial's variance over its mean is 1/F; the uncertainty of F adds (shape/F)²
  // var(log F).
  double const dispersion = 1 / share + (shape / share) * (shape / share) * log_variance / to_come;
  stats::CountDistribution const rest{to_come, dispersion};
  double const outside = (1 - level) / 2;
  out.lower = known + static_cast<double>(stats::quantile(rest, outside));
  out.upper =
      std::max(out.expected, known + static_cast<double>(stats::quantile(rest, 1 - outside)));
  out.lower = std::min(out.lower, out.expected);
  return out;
}

}  // namespace bellwether::detection
