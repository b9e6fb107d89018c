// Purpose: protects the people who asked for help. Small counts are suppressed, other counts are
// rounded. The result is always the same for the same cell and period, so that the difference of
// two answers reveals nothing.
// Thread safety: pure.
#pragma once

#include "bellwether/common/v1/common.pb.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {

using indicators::kSupportCellMin;
using indicators::kSupportRounding;

// Protects a count, or a share of counts. `basis` is marked if the value is suppressed or rounded.
void protect_cases(indicators::Value& v, common::v1::Basis& basis);
// Withholds a value.
void suppress(indicators::Value& v, common::v1::Basis& basis);
// Protects a mean of hours. Hours are not counts of cases, so only the denominator decides.
void protect_hours(indicators::Value& v, common::v1::Basis& basis);

}  // namespace bellwether::rpc
