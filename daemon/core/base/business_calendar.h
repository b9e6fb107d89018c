// Purpose: the days that are not like others: holidays, closures and moving feasts, and their part
// in each period. Everything that judges counts can use it, so it belongs to the rules of an
// evaluation.
// Invariants: a calendar holds days in ascending order, from kSpecialYearFirst to kSpecialYearLast,
// at most kSpecialDaysMax in all.
// Thread safety: values; pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/calendar.h"

namespace bellwether::base {

enum class DayEffect : uint8_t {
  kHoliday,  // a weekday less on which business is done
  kClosure,  // the same, and businesses and registers rest: closed()
  kFeast,    // the date of a moving feast, around which activity shifts; a business day if it is no
             // holiday or closure as well
};
inline constexpr std::array<std::string_view, 3> kDayEffectNames = {"holiday", "closure", "feast"};

inline constexpr int kSpecialYearFirst = 1900;
inline constexpr int kSpecialYearLast = 2100;
// Limit of the days of all effects together. A country has about 20 a year.
inline constexpr size_t kSpecialDaysMax = 10'000;
// Activity shifts on the days −10 … −1 before a feast, and on the days 0 … 14 from it on (Chinese
// New Year in the Singapore register: daemon/core/detection/README.md).
inline constexpr int kFeastDaysBefore = 10;
inline constexpr int kFeastDaysAfter = 15;

// Days of each effect, as configurations, journals and snapshots hold them.
struct SpecialDays {
  std::vector<Days> holidays;
  std::vector<Days> closures;
  std::vector<Days> feasts;

  std::vector<Days>& of(DayEffect effect) {
    return effect == DayEffect::kHoliday   ? holidays
           : effect == DayEffect::kClosure ? closures
                                           : feasts;
  }
  size_t size() const { return holidays.size() + closures.size() + feasts.size(); }
  bool empty() const { return size() == 0; }
  friend bool operator==(const SpecialDays&, const SpecialDays&) = default;
};

// False for a day that no calendar can hold.
bool is_special_day(Days day);

// Reads a CSV table with the columns date (YYYY-MM-DD), effect (kDayEffectNames) and, if wanted,
// name, which is for people only. Rows may be in any order. The result is ascending. Error:
// InvalidArgument with the lines: a date that does not exist or is out of range, another effect, a
// date given twice with one effect, more than kSpecialDaysMax rows.
absl::StatusOr<SpecialDays> parse_special_days(std::string_view csv, std::string_view file);

// The days of both, each once. REQUIRES: both are ascending.
SpecialDays united(const SpecialDays& a, const SpecialDays& b);

class BusinessCalendar {
 public:
  // No day is special: every Monday to Friday is a business day.
  BusinessCalendar() = default;
  // Error: InvalidArgument if the days are not ascending, or beyond the limits.
  static absl::StatusOr<BusinessCalendar> make(SpecialDays days);

  const SpecialDays& days() const { return days_; }
  bool empty() const { return days_.empty(); }
  // The first and the last special day. nullopt if there is none.
  std::optional<Days> first_day() const;
  std::optional<Days> last_day() const;

  // The number of days of `period` on which business is done: Mondays to Fridays that are no
  // holiday and no closure.
  int business_days(Calendar calendar, PeriodIndex period) const;
  // True if `period` is a week with a closure on one of its Mondays to Fridays. Its count cannot be
  // compared with others. A month is never closed: it has fewer business days.
  bool closed(Calendar calendar, PeriodIndex period) const;
  // The part of the kFeastDaysBefore days before a feast that falls into `period`, 0 … 1; the sum
  // over the feasts if there are several. The parts of one feast over all periods sum to 1.
  double feast_before(Calendar calendar, PeriodIndex period) const;
  // The same of the kFeastDaysAfter days from a feast on.
  double feast_after(Calendar calendar, PeriodIndex period) const;

  friend bool operator==(const BusinessCalendar& a, const BusinessCalendar& b) {
    return a.days_ == b.days_;
  }

 private:
  explicit BusinessCalendar(SpecialDays days);

  SpecialDays days_;
  // Derived from days_, ascending: the Mondays to Fridays without business, and those that are
  // closures.
  std::vector<Days> weekdays_off_;
  std::vector<Days> weekdays_closed_;
};

}  // namespace bellwether::base
