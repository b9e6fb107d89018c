// Purpose: the limits on times in requests, which the services check and the command line knows.
// Thread safety: constants.
#pragma once

namespace bellwether::base {

// A silence ends at most this long after its creation: five years. A rule that nobody needs is
// disabled in the configuration.
inline constexpr int kSilenceDaysMax = 1'830;
// A regime break has at most the periods of so many years, and ends at most so many years from now.
// A longer one is a mistake, or the new normal state.
inline constexpr int kRegimeBreakYearsMax = 5;
// The years of a period in a request. No event is dated outside them.
inline constexpr int kPeriodYearMin = 1700;
inline constexpr int kPeriodYearMax = 2099;

}  // namespace bellwether::base
