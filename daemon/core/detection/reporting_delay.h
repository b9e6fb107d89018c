// Purpose: how much of a period has been reported yet, and what that makes of its count: the
// reverse hazard of reporting delays (Lawless 1994, Canadian Journal of Statistics 22, 15–31).
//   g_j = n_j/N_j: of the events reported within j periods, those that took j;
//   F_d = Π_{j>d} (1 − g_j): the share reported within d periods.
// It stands beside the baselines rather than the forecasts, because what was received is tested
// against the baseline thinned by F; the nowcast y/F is the same model read the other way.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/detection/farrington.h"

namespace bellwether::detection {

// Events of a period are counted by how many periods after it they were reported. The last row is
// the current period; row i is `age = rows − 1 − i` periods old and knows delays 0 … age, so that
// row[d] for a delay d > age is not looked at. Rows may be shorter: nothing was reported later.
using ReportingTriangle = std::span<const std::vector<int32_t>>;

struct DelayOptions {
  int window = 26;        // periods of reports that hazards are estimated from, the latest
  int delay_max = 26;     // reports later than this many periods are not waited for
  double testable = 0.6;  // F from which a period is tested
  double final = 0.98;    // F from which it counts as complete
  static DelayOptions for_calendar(base::Calendar calendar);  // half a year
};

// F_d and the variance of its logarithm (Greenwood's formula), for d = 0 … delay_max.
struct Completeness {
  std::vector<double> share;
  std::vector<double> log_variance;
  // Of a period that is `age` ≥ 0 periods old; 1 and 0 beyond delay_max.
  double at(int age) const;
  double log_variance_at(int age) const;
};

// Where no event could tell of a delay, none is taken to have it: without any reports F = 1.
// REQUIRES: window ≥ 1, delay_max ≥ 0; counts ≥ 0.
Completeness estimate_completeness(ReportingTriangle triangle, const DelayOptions& options);

enum class PeriodState : uint8_t { kIncomplete, kTestable, kFinal };
PeriodState period_state(double share, const DelayOptions& options);

// The baseline of what should have been received by now: F μ with φ_d = 1 + (φ − 1) F; with its
// uncertainty, φ_d + F se² μ. Score the count received against it. 0 < share ≤ 1.
Baseline thinned(const Baseline& baseline, double share);

struct Nowcast {
  double expected = 0;  // y/F
  double lower = 0;     // at the level asked for; never below y, for reports are not taken back
  double upper = 0;
};

// The full count of a period of which y have been reported. What is still to come is negative
// binomial (y + ½ successes of probability F), widened by the uncertainty of F. 0 < share ≤ 1; 0 <
// level < 1; y ≥ 0.
Nowcast nowcast(int64_t y, double share, double log_variance, double level);

}  // namespace bellwether::detection
