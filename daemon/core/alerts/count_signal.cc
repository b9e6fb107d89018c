#include "core/alerts/count_signal.h"

#include <algorithm>
#include <cmath>

namespace bellwether::alerts {
namespace {

constexpr double kOnsetMemories = 3;  // e⁻³ of an average is older

// When the change began: where the deviations began to add up, but no longer ago than the strongest
// average remembers well. A level that drifts for years makes them add up without a change.
PeriodIndex onset_of(const detection::Assessment& a, const detection::Judged& judged,
                     PeriodIndex period, const detection::SpeedOptions& speed) {
  if (a.cusum <= 0) return period;
  auto const remembered =
      static_cast<int32_t>(std::lround(kOnsetMemories / speed.lambda[judged.strongest()]));
  return PeriodIndex(std::max(a.onset.value, period.value - remembered + 1));
}

}  // namespace

Signal count_signal(const CountRule& rule, const detection::Assessment& a,
                    const detection::Judged& judged, PeriodIndex period,
                    const detection::StatedRate& rate, const detection::SpeedOptions& speed,
                    base::Calendar calendar) {
  Signal s;
  s.assessed = true;
  s.hit = judged.hit != detection::HitBy::kNothing;
  s.established = s.hit && judged.lasting(rate.own_level(calendar));
  s.provisional = a.young();
  s.large = std::abs(a.ratio - 1) >= rule.ratio_red;
  s.quiet = judged.quiet();
  s.new_normal = a.speed.shift >= detection::kStillGoing;
  s.onset = onset_of(a, judged, period, speed);
  return s;
}

Signal untested_count(const detection::Assessment& a, std::string_view suspended) {
  bool const assessed = a.why == detection::NotAssessed::kNone;
  return untested(suspended, assessed ? "" : detection::name(a.why),
                  a.why == detection::NotAssessed::kClosed);
}

}  // namespace bellwether::alerts
