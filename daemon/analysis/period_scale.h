// Purpose: the periods of an analyst's table: weeks, months, or integers with a given number to a
// year. Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/calendar.h"

namespace bellwether::analysis {

inline constexpr int32_t kUndatedMax = 1'000'000'000;  // an undated period lies within ± this
inline constexpr int kSeasonMax = 1000;                // undated periods a year
inline constexpr int kSeasonLikeWeeks = 40;

class PeriodScale {
 public:
  static PeriodScale dated(base::CalendarUnit unit);
  // REQUIRES 1 ≤ season ≤ kSeasonMax.
  static PeriodScale undated(int season);

  bool is_dated() const { return dated_; }
  // The calendar of an undated scale has no meaning: do not ask it for dates.
  base::Calendar calendar() const { return calendar_; }
  int periods_per_year() const { return season_; }
  // Whose defaults hold for the scale: its own calendar; undated periods are like weeks from
  // kSeasonLikeWeeks a year on, else like months, where each period is a season of its own.
  base::Calendar nearest_calendar() const;

  // "week", "month" or "period".
  std::string_view unit_name() const;
  // Example: "2019-05", "2019-W18" or "17".
  std::string name(base::PeriodIndex period) const;
  // Inverse of name(). A dated period may also be its first day, "2019-05-01". Error:
  // InvalidArgument. The message says what to write.
  absl::StatusOr<base::PeriodIndex> parse(std::string_view text) const;

 private:
  PeriodScale(base::Calendar calendar, bool dated, int season)
      : calendar_(calendar), dated_(dated), season_(season) {}

  base::Calendar calendar_;
  bool dated_;
  int season_;
};

struct DatedPeriod {
  base::Calendar calendar;
  base::PeriodIndex period;
};
// "2019-05" is a month and "2019-W18" a week. Error: InvalidArgument.
absl::StatusOr<DatedPeriod> parse_dated(std::string_view name);

// A position on an axis of periods, and its label.
struct PeriodTick {
  base::PeriodIndex period;
  std::string label;
};
// At most `most` ticks between `first` and `last`. Only years if that gives three ticks or more,
// else periods by name.
std::vector<PeriodTick> period_ticks(const PeriodScale& scale, base::PeriodIndex first,
                                     base::PeriodIndex last, int most);

}  // namespace bellwether::analysis
