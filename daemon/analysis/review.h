// Purpose: compares the alert book with downturns known from elsewhere: which downturns were
// called, how early, and which alerts are outside all downturns. Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bellwether::analysis {

inline constexpr int kLeadMonthsDefault = 12;  // an alert so many months early still calls it

// Months since 1970-01.
using Month = int32_t;

struct Downturn {
  std::string name;
  Month start = 0;  // first month
  Month end = 0;    // last month
};

// `csv` has the header name,start,end,source; months are YYYY-MM. Error: InvalidArgument. The
// message lists every bad line.
absl::StatusOr<std::vector<Downturn>> parse_downturns(std::string_view csv, std::string_view file);

// The month of a period's first day. Error: InvalidArgument if `period` is neither a month nor a
// week.
absl::StatusOr<Month> month_of(std::string_view period);

// The relation of an alert to a downturn. `cleared` is kStillOpen for an open alert.
enum class Standing {
  kApart,   // raised too early or too late, or cleared before the first month
  kCalls,   // raised at most `lead` months before the first month and not after the last, not
            // cleared before the first
  kCarries  // raised earlier than that and still open in the first month
};
inline constexpr Month kStillOpen = INT32_MAX;
Standing standing(const Downturn& downturn, Month raised, Month cleared, int lead);

// "7 months early", "in the first month", "1 month late".
std::string lead_text(Month official, Month raised);

}  // namespace bellwether::analysis
