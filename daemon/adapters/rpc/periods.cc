#include "adapters/rpc/periods.h"

#include "core/base/request_times.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::rpc {

using base::cat;

absl::StatusOr<base::PeriodIndex> parse_period(base::Calendar calendar, std::string_view text) {
  BELLWETHER_ASSIGN_OR_RETURN(base::PeriodIndex const period, calendar.parse(text));
  // 4 January and 28 December are always in the first and the last ISO week of their year.
  base::PeriodIndex const first =
      calendar.period_of(base::days_from_civil(base::kPeriodYearMin, 1, 4));
  base::PeriodIndex const last =
      calendar.period_of(base::days_from_civil(base::kPeriodYearMax, 12, 28));
  if (first <= period && period <= last) return period;
  return absl::InvalidArgumentError(cat("'", base::excerpt(text), "' must lie from ",
                                        calendar.name(first), " to ", calendar.name(last)));
}

}  // namespace bellwether::rpc
