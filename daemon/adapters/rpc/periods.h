// Purpose: parses the periods that requests and filters name.
// Thread safety: pure.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/base/calendar.h"

namespace bellwether::rpc {

// A period of the calendar in the years kPeriodYearMin … kPeriodYearMax. Error: InvalidArgument;
// the message states the form or the range.
absl::StatusOr<base::PeriodIndex> parse_period(base::Calendar calendar, std::string_view text);

}  // namespace bellwether::rpc
