#include "connect/table/clock.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "core/base/floor_div.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::connect::table {
namespace {

using base::cat;
using base::excerpt;
using base::UnixMillis;

int32_t offset_at(const base::TimeZone& zone, UnixMillis instant) {
  auto const next = std::ranges::upper_bound(zone.changes, instant, {}, &base::OffsetChange::at);
  return next == zone.changes.begin() ? zone.offset_s : std::prev(next)->offset_s;
}

// The instants at which the clock shows `local_ms`, ascending: none, one or two.
std::vector<UnixMillis> instants_of(const base::TimeZone& zone, int64_t local_ms) {
  int64_t const widest = int64_t{base::kOffsetSecondsMax} * 1'000;
  std::vector<UnixMillis> found;
  auto const offer = [&](int32_t offset_s) {
    UnixMillis const instant(local_ms - int64_t{offset_s} * 1'000);
    bool const new_one = std::ranges::find(found, instant) == found.end();
    if (offset_at(zone, instant) == offset_s && new_one) found.push_back(instant);
  };
  offer(offset_at(zone, UnixMillis(local_ms - widest)));
  for (auto change = std::ranges::lower_bound(zone.changes, UnixMillis(local_ms - widest), {},
                                              &base::OffsetChange::at);
       change != zone.changes.end() && change->at.value <= local_ms + widest; ++change) {
    offer(change->offset_s);
  }
  std::ranges::sort(found);
  return found;
}

bool is_count(const std::string& pattern) {
  return pattern == kUnixSeconds || pattern == kUnixMillis;
}

// True if the pattern states the offset from UTC.
bool has_offset(const std::string& pattern) {
  for (size_t i = pattern.find('%'); i < pattern.size(); i = pattern.find('%', i + 1)) {
    size_t const letter = pattern.find_first_not_of("E*", i + 1);
    if (letter < pattern.size() && pattern[letter] == 'z') return true;
    i = std::min(letter, pattern.size() - 1);
  }
  return false;
}

// The pattern as absl reads it: a year has four digits, so that "%Y%m%d" can be read, and a quarter
// is read as if it were a month.
std::string plain_pattern(std::string_view pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    std::string_view const two = pattern.substr(i, 2);
    if (two == "%Y" || two == kQuarter) {
      out += two == "%Y" ? "%E4Y" : "%m";
      ++i;
    } else {
      out += pattern[i];
      if (two == "%%") out += pattern[++i];
    }
  }
  return out;
}

bool has_quarter(const std::string& pattern) {
  return pattern.find(kQuarter) != std::string::npos;
}

// The first day of the quarter whose number was read as a month. nullopt if there is none.
std::optional<int64_t> quarter_of(int64_t shown_ms) {
  base::CivilDate const date = base::civil_date(base::days_of(UnixMillis(shown_ms)));
  constexpr int kQuarters = 4;
  if (date.month > kQuarters) return std::nullopt;
  return base::start_of(base::days_from_civil(date.year, 3 * date.month - 2, 1)).value;
}

// The time as the text shows it, in milliseconds; with an offset, the instant itself.
std::optional<int64_t> parse(const std::string& pattern, std::string_view text) {
  absl::Time time;
  std::string error;
  bool const parsed = absl::ParseTime(plain_pattern(pattern), base::to_absl(text),
                                      absl::UTCTimeZone(), &time, &error);
  if (!parsed || time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return std::nullopt;
  }
  return absl::ToUnixMillis(time);
}

// A moment that shows which parts a pattern states: no two of its parts have the same digits.
constexpr int64_t kProbeMillis = 1'703'886'240'000;  // 2023-12-29T21:44:00Z

absl::Status check_pattern(const std::string& pattern, int64_t unit_ms, std::string_view states) {
  absl::Time const probe = absl::FromUnixMillis(kProbeMillis);
  auto const again =
      parse(pattern, absl::FormatTime(plain_pattern(pattern), probe, absl::UTCTimeZone()));
  if (again && base::floor_div(*again, unit_ms) == base::floor_div(kProbeMillis, unit_ms)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      cat("the pattern \"", excerpt(pattern), "\" does not state ", states));
}

// Error: InvalidArgument if no record can state the instant, before anything is computed with it.
absl::Status check_range(int64_t millis, std::string_view text) {
  static int64_t const kBegin =
      base::start_of(base::days_from_civil(events::kEarliestYear, 1, 1)).value;
  if (millis >= kBegin && millis < base::kInstantEnd.value) return absl::OkStatus();
  return absl::InvalidArgumentError(cat("\"", excerpt(text), "\" is before ", events::kEarliestYear,
                                        " or after ", events::kLatestYear,
                                        "; correct it in the source"));
}

absl::StatusOr<UnixMillis> read_count(const std::string& pattern, std::string_view text) {
  auto const count = base::parse_number<int64_t>(text);
  int64_t const unit = pattern == kUnixSeconds ? 1'000 : 1;
  if (!count || *count < 0 || *count > std::numeric_limits<int64_t>::max() / unit) {
    return absl::InvalidArgumentError(
        cat("\"", excerpt(text), "\" is no count as ", pattern, " states; correct the pattern"));
  }
  BELLWETHER_RETURN_IF_ERROR(check_range(*count * unit, text));
  return UnixMillis(*count * unit);
}

// The time as the text shows it. Error: InvalidArgument.
absl::StatusOr<int64_t> read_text(const std::string& pattern, std::string_view text) {
  auto const shown = parse(pattern, text);
  if (!shown) {
    return absl::InvalidArgumentError(cat("\"", excerpt(text), "\" is not of the form \"", pattern,
                                          "\", or there is no such day"));
  }
  BELLWETHER_RETURN_IF_ERROR(check_range(*shown, text));
  return *shown;
}

}  // namespace

absl::StatusOr<UnixMillis> instant_of(const Clock& clock, int64_t local_ms) {
  std::vector<UnixMillis> const found = instants_of(clock.zone, local_ms);
  std::string const shown = base::format_instant(UnixMillis(local_ms)).substr(0, 19);
  if (found.empty()) {
    return absl::InvalidArgumentError(cat(shown, " does not exist in ", clock.zone.name,
                                          ": the clock was put forward; is the time zone right?"));
  }
  if (found.size() == 1) return found.front();
  if (clock.repeated == RepeatedTime::kRefused) {
    return absl::InvalidArgumentError(
        cat(shown, " happened twice in ", clock.zone.name,
            ": the clock was put back; set clock.repeated to first or second"));
  }
  return clock.repeated == RepeatedTime::kFirst ? found.front() : found.back();
}

base::Days day_of(const Clock& clock, UnixMillis instant) {
  int64_t const local = instant.value + int64_t{offset_at(clock.zone, instant)} * 1'000;
  return base::days_of(UnixMillis(local));
}

absl::Status check_date_pattern(const std::string& pattern) {
  if (is_count(pattern)) return absl::OkStatus();
  bool const quarter = has_quarter(pattern);
  absl::Time const probe = absl::FromUnixMillis(kProbeMillis);
  auto const again =
      parse(pattern, absl::FormatTime(plain_pattern(pattern), probe, absl::UTCTimeZone()));
  base::Days const day = base::days_of(UnixMillis(kProbeMillis));
  base::CivilDate const date = base::civil_date(day);
  base::Days const month = base::days_from_civil(date.year, date.month, 1);
  base::Days const year = base::days_from_civil(date.year, 1, 1);
  if (again) {
    base::Days const found = base::days_of(UnixMillis(*again));
    bool const sound = quarter ? found == month : found == day || found == month || found == year;
    if (sound) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      cat("the pattern \"", excerpt(pattern),
          "\" does not state a day, a month or a year; write it such as %d/%m/%Y, %Y-%m, %Y-Q%q or "
          "%Y"));
}

absl::Status check_time_pattern(const std::string& pattern) {
  if (is_count(pattern)) return absl::OkStatus();
  return check_pattern(pattern, 60'000,
                       "a day and a time; write it such as %d/%m/%Y %H:%M, or use date: for a day");
}

absl::StatusOr<base::Days> read_date(const std::string& pattern, const Clock& clock,
                                     std::string_view text) {
  if (is_count(pattern) || has_offset(pattern)) {
    BELLWETHER_ASSIGN_OR_RETURN(UnixMillis const instant, read_time(pattern, clock, text));
    return day_of(clock, instant);
  }
  BELLWETHER_ASSIGN_OR_RETURN(int64_t shown, read_text(pattern, text));
  if (has_quarter(pattern)) {
    auto const first = quarter_of(shown);
    if (!first) {
      return absl::InvalidArgumentError(
          cat("\"", excerpt(text), "\" has no quarter from 1 to 4 where \"", pattern, "\" has %q"));
    }
    shown = *first;
  }
  return base::days_of(UnixMillis(shown));
}

absl::StatusOr<UnixMillis> read_time(const std::string& pattern, const Clock& clock,
                                     std::string_view text) {
  if (is_count(pattern)) return read_count(pattern, text);
  BELLWETHER_ASSIGN_OR_RETURN(int64_t const shown, read_text(pattern, text));
  if (has_offset(pattern)) return UnixMillis(shown);
  return instant_of(clock, shown);
}

}  // namespace bellwether::connect::table
