#include "adapters/rpc/privacy.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

using indicators::Value;

using indicators::rounded_cases;

// A value below its minimum base may still carry its counts. They are removed whether they are 0 or
// 9, so that the two cases look the same.
void withhold_parts(Value& v, common::v1::Basis& basis) {
  if (!v.below_base) return;
  v.value = v.numerator = v.denominator = v.window_periods = 0;
  v.reported = 1;
  basis.set_suppressed(true);
}

}  // namespace

void suppress(Value& v, common::v1::Basis& basis) {
  v = {};
  v.not_available = base::cat("suppressed: fewer than ", kSupportCellMin, " cases");
  basis.set_suppressed(true);
}

void protect_cases(Value& v, common::v1::Basis& basis) {
  if (!v.ok()) return withhold_parts(v, basis);
  double const counted = v.cases.value_or(std::abs(v.numerator));
  double const base = v.denominator > 0 ? v.denominator : counted;
  double const part = v.denominator > 0 ? std::min(v.denominator, counted) : base;
  if (base < kSupportCellMin || part < kSupportCellMin) return suppress(v, basis);
  double const numerator = rounded_cases(v.numerator);
  double const denominator = rounded_cases(v.denominator);
  if (v.denominator > 0) {
    // The factor of the formula. If it kept its last bits, these would tell the exact counts.
    double const factor = std::round(1e6 * v.value / (v.numerator / v.denominator)) / 1e6;
    v.value = factor * (numerator / denominator);
  } else {
    v.value = numerator;
  }
  v.numerator = numerator;
  v.denominator = denominator;
  basis.set_rounded(true);
}

void protect_hours(Value& v, common::v1::Basis& basis) {
  if (!v.ok()) return withhold_parts(v, basis);
  if (v.denominator < kSupportCellMin) return suppress(v, basis);
  v.denominator = rounded_cases(v.denominator);
  basis.set_rounded(true);
}

}  // namespace bellwether::rpc
