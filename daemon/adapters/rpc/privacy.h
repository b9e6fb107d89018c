// Purpose: protects the people who asked for help. Small counts are suppressed, other counts are
// rounded. The result is always the same for the same cell and period, so that the difference of
// two answers reveals nothing.
// Thread safety: pure.
#pragma once

#include "bellwether/common/v1/common.pb.h"
#include "core/indicators/catalogue.h"

namespace bellwether::rpc {

// A count of fewer cases could reveal a single case, so it is suppressed.
inline constexpr double kSupportCellMin = 10;
// Counts are rounded to multiples of this.
inline constexpr double kSupportRounding = 5;

// Protects a count, or a share of counts. `basis` is marked if the value is suppressed or rounded.
void protect_cases(indicators::Value& v, common::v1::Basis& basis);
// Protects a mean of hours. Hours are not counts of cases, so only the denominator decides.
void protect_hours(indicators::Value& v, common::v1::Basis& basis);

}  // namespace bellwether::rpc
