// Purpose: the alert book held against downturns known from elsewhere: which were called, how early,
// and which alerts fell outside all of them.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bellwether::cli {

inline constexpr int kLeadMonthsDefault = 12;  // an alert so much before a downturn still calls it

// Months since 1970-01.
using Month = int32_t;

struct Downturn {
  std::string name;
  Month start = 0;  // first month
  Month end = 0;    // last month
};

// `csv`: header name,start,end,source; months as YYYY-MM. Error: InvalidArgument listing every bad line.
absl::StatusOr<std::vector<Downturn>> parse_downturns(std::string_view csv, std::string_view file);

// The month of a period's first day. Error: InvalidArgument for what is neither month nor week.
absl::StatusOr<Month> month_of(std::string_view period);

inline constexpr size_t kNoDownturn = SIZE_MAX;
// Index of the first downturn that an alert raised in `month` calls: not more than `lead` months
// before its start, not after its end. kNoDownturn when there is none.
size_t called_by(const std::vector<Downturn>& downturns, Month month, int lead);

// "7 months early", "in the first month", "1 month late".
std::string lead_text(Month official, Month raised);

}  // namespace bellwether::cli
