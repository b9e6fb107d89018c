// Purpose: the periods of an analyst's table: weeks, months, or integers with so many to a year.
// Thread safety: values.
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

class PeriodScale {
 public:
  static PeriodScale dated(base::CalendarUnit unit);
  // REQUIRES 1 ≤ season ≤ kSeasonMax.
  static PeriodScale undated(int season);

  bool is_dated() const { return dated_; }
  // Of an undated scale: of no meaning but to be asked for no date.
  base::Calendar calendar() const { return calendar_; }
  int periods_per_year() const { return season_; }

  // "week", "month" or "period".
  std::string_view unit_name() const;
  // "2019-05", "2019-W18" or "17".
  std::string name(base::PeriodIndex period) const;
  // Inverse of name(); a dated period also by its first day, "2019-05-01". Error: InvalidArgument,
  // which says what to write.
  absl::StatusOr<base::PeriodIndex> parse(std::string_view text) const;

 private:
  PeriodScale(base::Calendar calendar, bool dated, int season)
      : calendar_(calendar), dated_(dated), season_(season) {}

  base::Calendar calendar_;
  bool dated_;
  int season_;
};

// A place on an axis of periods, and what stands there.
struct PeriodTick {
  base::PeriodIndex period;
  std::string label;
};
// At most `most` of them between `first` and `last`: years where there is room for years alone.
std::vector<PeriodTick> period_ticks(const PeriodScale& scale, base::PeriodIndex first,
                                     base::PeriodIndex last, int most);

}  // namespace bellwether::analysis
