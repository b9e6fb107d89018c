// Purpose: dates and times as tables write them: a pattern, a time zone, and a rule for the hour
// that a clock shows twice.
// Thread safety: values and pure functions. Nothing here reads a clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/calendar.h"
#include "core/base/time_zone.h"

namespace bellwether::connect::table {

// Which of two instants a time means that the clock shows twice, at the end of summer time.
enum class RepeatedTime : uint8_t { kFirst, kSecond, kRefused };
inline constexpr std::string_view kRepeatedTimeWords[] = {"first", "second", "refused"};

struct Clock {
  base::TimeZone zone;
  RepeatedTime repeated = RepeatedTime::kFirst;
};

// The instant at which the clock shows the time `local_ms`, which is written as if it were UTC.
// Error: InvalidArgument if the clock never showed it (summer time begins), or showed it twice and
// the rule refuses that.
absl::StatusOr<base::UnixMillis> instant_of(const Clock& clock, int64_t local_ms);
// The day that the clock shows at the instant.
base::Days day_of(const Clock& clock, base::UnixMillis instant);

// Patterns that are words instead of strftime's letters: a count since 1970-01-01T00:00:00Z.
inline constexpr std::string_view kUnixSeconds = "unix_seconds";
inline constexpr std::string_view kUnixMillis = "unix_millis";

// A quarter in a pattern: the digits 1 to 4. absl::ParseTime has no letter for it.
inline constexpr std::string_view kQuarter = "%q";

// A pattern without a day or a month means the first one: "%Y-%m", "%Y-Q%q", "%Y". Error:
// InvalidArgument if the pattern states less than a year, or something else than dates.
absl::Status check_date_pattern(const std::string& pattern);
// Error: InvalidArgument if the pattern does not state a day and a time to the minute.
absl::Status check_time_pattern(const std::string& pattern);

// REQUIRES of both: the pattern was checked. Error: InvalidArgument if the text has another form,
// or names a day or a time that does not exist.
absl::StatusOr<base::Days> read_date(const std::string& pattern, const Clock& clock,
                                     std::string_view text);
// A pattern with an offset (%z, %Ez) has its own zone; otherwise the text is local time.
absl::StatusOr<base::UnixMillis> read_time(const std::string& pattern, const Clock& clock,
                                           std::string_view text);

}  // namespace bellwether::connect::table
