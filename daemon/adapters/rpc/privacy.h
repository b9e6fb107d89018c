// Purpose: what is withheld of the people who asked for help: small counts are suppressed, the
// others rounded, the same way for the same cell and period, so that two answers cannot be
// subtracted from each other. Thread safety: pure.
#pragma once

#include "bellwether/common/v1/common.pb.h"
#include "core/indicators/catalogue.h"

namespace bellwether::rpc {

// Below this many cases a figure could reveal one of them.
inline constexpr double kSupportCellMin = 10;
// Counts are rounded to multiples of this.
inline constexpr double kSupportRounding = 5;

// A count, or a share of counts. What is withheld or rounded is marked in `basis`.
void protect_cases(indicators::Value& v, common::v1::Basis& basis);
// Hours are no counts of cases: their base alone decides.
void protect_hours(indicators::Value& v, common::v1::Basis& basis);

}  // namespace bellwether::rpc
