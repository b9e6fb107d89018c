#include "core/detection/closed_periods.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/calendars.h"
#include "support/must.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using testing::day;
using testing::kMonths;
using testing::kWeeks;

PeriodRange weeks(std::string_view first, std::string_view last) {
  return {testing::must(kWeeks.parse(first)), testing::must(kWeeks.parse(last))};
}

TEST(ClosedPeriodsTest, S3_AdjacentClosedWeeksAreOneRange) {
  base::SpecialDays days;
  for (int year : {2022, 2023}) {
    for (int d = 24; d <= 32; ++d) days.closures.push_back(day(year, 12, d));
  }
  days.closures.push_back(day(2024, 5, 11));  // a Saturday
  days.closures.push_back(day(2024, 7, 4));
  days.holidays = {day(2024, 8, 26)};
  base::BusinessCalendar const calendar = testing::must(base::BusinessCalendar::make(days));
  EXPECT_EQ(closed_periods(calendar, kWeeks),
            (std::vector<PeriodRange>{weeks("2022-W52", "2022-W52"), weeks("2023-W52", "2024-W01"),
                                      weeks("2024-W27", "2024-W27")}));
  EXPECT_TRUE(closed_periods(calendar, kMonths).empty());
  EXPECT_TRUE(closed_periods({}, kWeeks).empty());
}

}  // namespace
}  // namespace bellwether::detection
