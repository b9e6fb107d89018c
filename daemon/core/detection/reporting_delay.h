// Purpose: estimates the share of a period's events that have been reported so far, and corrects
// the count for it: the reverse hazard of reporting delays (Lawless 1994, Canadian Journal of
// Statistics 22, 15–31).
//   g_j = n_j/N_j: of the events reported within j periods, the share that took j periods;
//   F_d = Π_{j>d} (1 − g_j): the share of events reported within d periods.
// This is in the folder of the baselines, not of the forecasts, because the received count is
// tested against the baseline thinned by F. The nowcast y/F uses the same model in the other
// direction.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/detection/farrington.h"

namespace bellwether::detection {

// Each row counts the events of one period by their reporting delay in periods. The last row is the
// current period. Row i is `age = rows − 1 − i` periods old and has the delays 0 … age; row[d] is
// not read for a delay d > age. A row may be shorter: the missing counts are 0.
using ReportingTriangle = std::span<const std::vector<int32_t>>;

struct DelayOptions {
  int window = 26;        // the latest periods of reports, from which hazards are estimated
  int delay_max = 26;     // reports are expected for at most this many periods
  double testable = 0.6;  // a period is tested if F is at least this
  double final = 0.98;    // a period counts as complete if F is at least this
  static DelayOptions for_calendar(base::Calendar calendar);  // half a year
};

// F_d and the variance of log F_d (Greenwood's formula), for d = 0 … delay_max.
struct Completeness {
  std::vector<double> share;
  std::vector<double> log_variance;
  // F of a period that is `age` ≥ 0 periods old; beyond delay_max F is 1 and its log variance 0.
  double at(int age) const;
  double log_variance_at(int age) const;
};

// If no event gives information about a delay, that delay's hazard is 0; without any reports F = 1.
// `known_from`: for each row the least delay at which its reports tell a delay, because earlier
// ones were loaded together; if it is shorter, 0 for the rest. REQUIRES: window ≥ 1, delay_max ≥ 0,
// counts ≥ 0.
Completeness estimate_completeness(ReportingTriangle triangle, const DelayOptions& options,
                                   std::span<const int32_t> known_from = {});

enum class PeriodState : uint8_t { kIncomplete, kTestable, kFinal };
PeriodState period_state(double share, const DelayOptions& options);

// The baseline of the count that should be received by now: F μ with φ_d = 1 + (φ − 1) F. With the
// uncertainty of the baseline, the dispersion is φ_d + F se² μ. Score the received count against
// it. REQUIRES: 0 < share ≤ 1.
Baseline thinned(const Baseline& baseline, double share);

struct Nowcast {
  double expected = 0;  // y/F
  double lower = 0;     // at the requested level; never below y, because reports are not withdrawn
  double upper = 0;
};

// The complete count of a period with y events reported so far. The number still to come is
// negative binomial (y + ½ successes of probability F), widened by the uncertainty of F. REQUIRES:
// 0 < share ≤ 1, 0 < level < 1, y ≥ 0.
Nowcast nowcast(int64_t y, double share, double log_variance, double level);

}  // namespace bellwether::detection
