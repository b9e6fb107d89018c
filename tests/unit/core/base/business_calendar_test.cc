#include "core/base/business_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::base {
namespace {

using testing::day;
using ::testing::HasSubstr;
using testing::kMonths;
using testing::kWeeks;
using testing::must;
using testing::Random;

BusinessCalendar calendar_of(std::string_view rows) {
  return must(BusinessCalendar::make(
      must(parse_special_days(cat("date,effect,name\n", rows), "holidays.csv"))));
}

std::string refusal_of(std::string_view csv) {
  auto const parsed = parse_special_days(csv, "h.csv");
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

PeriodIndex week(std::string_view name) {
  return must(kWeeks.parse(name));
}
PeriodIndex month(std::string_view name) {
  return must(kMonths.parse(name));
}

// Monday = 0.
int weekday(Days day) {
  return day.value - kWeeks.first_day(kWeeks.period_of(day)).value;
}

TEST(BusinessCalendarTest, WithoutSpecialDaysMondaysToFridaysAreBusinessDays) {
  BusinessCalendar const none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.first_day(), std::nullopt);
  EXPECT_EQ(none.business_days(kWeeks, week("2024-W52")), 5);
  EXPECT_EQ(none.business_days(kMonths, month("2024-02")), 21);
  EXPECT_EQ(none.business_days(kMonths, month("2023-01")), 22);
  EXPECT_EQ(none.business_days(kMonths, month("1960-02")), 21);
  EXPECT_FALSE(none.closed(kWeeks, week("2024-W52")));
  EXPECT_EQ(none.feast_before(kMonths, month("2024-02")), 0);
  EXPECT_EQ(none, must(BusinessCalendar::make({})));
}

TEST(BusinessCalendarTest, HolidaysAndClosuresAreNoBusinessDays) {
  BusinessCalendar const c = calendar_of(
      "2024-05-06,holiday,Monday\n"
      "2024-05-11,holiday,Saturday\n"
      "2024-05-27,holiday,both\n"
      "2024-05-27,closure,both\n"
      "2024-05-28,closure,\n"
      "2024-05-29,feast,only a feast\n");
  EXPECT_EQ(c.business_days(kMonths, month("2024-05")), 20);  // 23 without holidays
  EXPECT_EQ(c.business_days(kWeeks, week("2024-W19")), 4);
  EXPECT_EQ(c.business_days(kWeeks, week("2024-W20")), 5);
  EXPECT_EQ(c.business_days(kWeeks, week("2024-W22")), 3);
  EXPECT_EQ(c.first_day(), day(2024, 5, 6));
  EXPECT_EQ(c.last_day(), day(2024, 5, 29));
}

TEST(BusinessCalendarTest, S3_OnlyAWeekWithAClosureOnAWeekdayIsClosed) {
  BusinessCalendar const c = calendar_of(
      "2023-12-24,closure,Sunday\n"
      "2023-12-25,closure,Monday\n"
      "2024-01-05,closure,Friday\n"
      "2024-01-13,closure,Saturday\n"
      "2024-01-17,holiday,\n");
  EXPECT_FALSE(c.closed(kWeeks, week("2023-W51")));
  EXPECT_TRUE(c.closed(kWeeks, week("2023-W52")));
  EXPECT_TRUE(c.closed(kWeeks, week("2024-W01")));
  EXPECT_FALSE(c.closed(kWeeks, week("2024-W02")));
  EXPECT_FALSE(c.closed(kWeeks, week("2024-W03")));
  EXPECT_FALSE(c.closed(kMonths, month("2023-12")));
}

TEST(BusinessCalendarTest, AFeastIsSharedBetweenThePeriodsAroundIt) {
  // Chinese New Year: 17 of January, 14 February to 3 March 2024.
  BusinessCalendar const c = calendar_of("2024-02-10,feast,\n2025-02-03,feast,\n");
  EXPECT_DOUBLE_EQ(c.feast_before(kMonths, month("2024-01")), 0.1);  // the 31st
  EXPECT_DOUBLE_EQ(c.feast_before(kMonths, month("2024-02")), 0.9);
  EXPECT_DOUBLE_EQ(c.feast_after(kMonths, month("2024-02")), 1);  // the 10th to the 24th
  EXPECT_DOUBLE_EQ(c.feast_before(kMonths, month("2025-01")), 0.8);
  EXPECT_DOUBLE_EQ(c.feast_before(kMonths, month("2025-02")), 0.2);
  EXPECT_EQ(c.feast_after(kMonths, month("2025-01")), 0);
  // Saturday to Sunday, then two weeks less a day.
  EXPECT_DOUBLE_EQ(c.feast_after(kWeeks, week("2024-W06")), 2.0 / 15);
  EXPECT_DOUBLE_EQ(c.feast_after(kWeeks, week("2024-W07")), 7.0 / 15);
  EXPECT_DOUBLE_EQ(c.feast_after(kWeeks, week("2024-W08")), 6.0 / 15);
  EXPECT_EQ(c.feast_after(kWeeks, week("2024-W09")), 0);
}

// Days drawn anywhere from 1900 to 2100; the same figures counted day by day.
TEST(BusinessCalendarTest, FiguresAreThoseCountedDayByDay) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    int const first = day(1900, 1, 1).value + static_cast<int>(random.below(70'000));
    std::set<Days> holidays, closures, feasts;
    for (int i = 0; i < 120; ++i) {
      for (auto* const days : {&holidays, &closures, &feasts})
        days->insert(Days(first + static_cast<int>(random.below(1'000))));
    }
    BusinessCalendar const c = must(BusinessCalendar::make({{holidays.begin(), holidays.end()},
                                                            {closures.begin(), closures.end()},
                                                            {feasts.begin(), feasts.end()}}));
    for (Calendar const unit : {kWeeks, kMonths}) {
      double before_sum = 0, after_sum = 0;
      int32_t const end = unit.period_of(Days(first + 1'100)).value;
      for (int32_t p = unit.period_of(Days(first - 100)).value; p <= end; ++p) {
        PeriodIndex const period(p);
        int business = 0, closed = 0, before = 0, after = 0;
        for (int32_t d = unit.first_day(period).value; d < unit.first_day(PeriodIndex(p + 1)).value;
             ++d) {
          bool const is_weekday = weekday(Days(d)) < 5;
          bool const shut = closures.contains(Days(d));
          business += is_weekday && !shut && !holidays.contains(Days(d));
          closed += is_weekday && shut && unit == kWeeks;
          for (int i = 1; i <= 10; ++i) before += feasts.contains(Days(d + i));
          for (int i = 0; i <= 14; ++i) after += feasts.contains(Days(d - i));
        }
        ASSERT_EQ(c.business_days(unit, period), business) << unit.name(period);
        ASSERT_EQ(c.closed(unit, period), closed > 0) << unit.name(period);
        ASSERT_NEAR(c.feast_before(unit, period), before / 10.0, 1e-12) << unit.name(period);
        ASSERT_NEAR(c.feast_after(unit, period), after / 15.0, 1e-12) << unit.name(period);
        before_sum += c.feast_before(unit, period);
        after_sum += c.feast_after(unit, period);
      }
      // The shares of each feast sum to 1.
      EXPECT_NEAR(before_sum, static_cast<double>(feasts.size()), 1e-9);
      EXPECT_NEAR(after_sum, static_cast<double>(feasts.size()), 1e-9);
    }
  }
}

TEST(BusinessCalendarTest, ErrorsNameTheLine) {
  EXPECT_EQ(refusal_of("date,effect,name\n2024-02-30,holiday,\n2024-01-01,Holiday,\n"
                       "1899-12-31,feast,\n2101-01-01,closure,\n2024-01-02,closure,a\n"
                       "2024-01-02,holiday,b\n\n2024-01-02,closure,c\n"),
            "h.csv:2: date '2024-02-30' does not exist: 2024-02 has the days 01 to 29; correct the "
            "day\n"
            "h.csv:3: effect 'Holiday' is not known; write holiday, closure or feast\n"
            "h.csv:4: date 1899-12-31 must be from 1900-01-01 to 2100-12-31\n"
            "h.csv:5: date 2101-01-01 must be from 1900-01-01 to 2100-12-31\n"
            "h.csv:9: 2024-01-02 is a closure in line 6 already; remove one");
  EXPECT_THAT(refusal_of("date,name\n2024-01-01,New Year\n"),
              HasSubstr("h.csv:1: column \"effect\""));
  EXPECT_THAT(refusal_of("date,effect\n2024-01-01\n"), HasSubstr("h.csv:2: 1 fields where"));
  EXPECT_THAT(refusal_of(""), HasSubstr("h.csv:1: the file is empty"));
}

TEST(BusinessCalendarTest, RowsMayHaveAnyOrderAndNoNames) {
  SpecialDays const days = must(parse_special_days(
      "effect,date\nholiday,2100-12-31\nfeast,2000-01-02\nholiday,1900-01-01\n", "h.csv"));
  EXPECT_EQ(days.holidays, (std::vector<Days>{day(1900, 1, 1), day(2100, 12, 31)}));
  EXPECT_EQ(days.feasts, (std::vector<Days>{day(2000, 1, 2)}));
}

TEST(BusinessCalendarTest, DaysHaveALimit) {
  std::string csv = "date,effect\n";
  for (size_t i = 0; i < kSpecialDaysMax; ++i)
    append(csv, format_date(Days(static_cast<int32_t>(i))), ",holiday\n");
  SpecialDays days = must(parse_special_days(csv, "h.csv"));
  EXPECT_EQ(days.size(), kSpecialDaysMax);
  EXPECT_TRUE(BusinessCalendar::make(days).ok());
  EXPECT_EQ(refusal_of(cat(csv, "2000-01-01,feast\n")),
            "h.csv:10002: more than 10000 days; remove the oldest");
  days.feasts.push_back(day(2000, 1, 1));
  EXPECT_EQ(BusinessCalendar::make(days).status().message(),
            "10001 days; at most 10000: remove the oldest");
}

TEST(BusinessCalendarTest, DaysOutOfOrderOrRangeMakeNoCalendar) {
  Days const a(100), b(101);
  EXPECT_TRUE(BusinessCalendar::make({{a, b}, {a}, {a}}).ok());
  EXPECT_EQ(BusinessCalendar::make({{b, a}, {}, {}}).status().message(),
            "holidays: the days are not in ascending order");
  EXPECT_FALSE(BusinessCalendar::make({{}, {a, a}, {}}).ok());
  for (Days const far : {day(1899, 12, 31), day(2101, 1, 1), Days(INT32_MIN), Days(INT32_MAX)})
    EXPECT_EQ(BusinessCalendar::make({{}, {}, {far}}).status().message(),
              "feasts: all days must be from 1900-01-01 to 2100-12-31");
}

TEST(BusinessCalendarTest, UnitedDaysAreThoseOfBoth) {
  SpecialDays const a{{Days(1), Days(3)}, {Days(5)}, {}};
  SpecialDays const b{{Days(2), Days(3)}, {}, {Days(3)}};
  EXPECT_EQ(united(a, b), (SpecialDays{{Days(1), Days(2), Days(3)}, {Days(5)}, {Days(3)}}));
  EXPECT_EQ(united(a, {}), a);
}

// ---- the tables in deploy/reference

BusinessCalendar table(std::string_view country) {
  std::string const file = cat(testing::in_source("deploy/reference/"), country, "/holidays.csv");
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return must(BusinessCalendar::make(must(parse_special_days(text.str(), file))));
}

TEST(HolidayTablesTest, TheyCoverTheirYears) {
  for (const char* country : {"uk", "sg", "us"}) {
    SCOPED_TRACE(country);
    BusinessCalendar const c = table(country);
    EXPECT_EQ(c.first_day(), day(1985, 1, 1));
    EXPECT_EQ(c.last_day(), day(2035, 12, 31));
    EXPECT_EQ(c.days().feasts.size(), 51u);
    for (int year = 1985; year <= 2035; ++year) {
      int business = 0;
      for (int m = 1; m <= 12; ++m)
        business += c.business_days(kMonths, kMonths.period_of(day(year, m, 1)));
      EXPECT_GE(business, 243) << year;
      EXPECT_LE(business, 250) << year;
      for (int d = 24; d <= 31; ++d)
        EXPECT_TRUE(std::ranges::binary_search(c.days().closures, day(year, 12, d))) << year;
      EXPECT_TRUE(std::ranges::binary_search(c.days().closures, day(year, 1, 1))) << year;
    }
  }
}

TEST(HolidayTablesTest, S3_TheYearEndIsClosedEverywhere) {
  for (const char* country : {"uk", "sg", "us"}) {
    SCOPED_TRACE(country);
    BusinessCalendar const c = table(country);
    EXPECT_FALSE(c.closed(kWeeks, week("2024-W51")));
    EXPECT_TRUE(c.closed(kWeeks, week("2024-W52")));
    EXPECT_TRUE(c.closed(kWeeks, week("2025-W01")));
    EXPECT_FALSE(c.closed(kWeeks, week("2025-W02")));
  }
}

TEST(HolidayTablesTest, TheUnitedKingdomHasBankHolidaysAndEaster) {
  BusinessCalendar const uk = table("uk");
  EXPECT_EQ(uk.business_days(kMonths, month("2022-06")), 20);  // two days for the jubilee
  EXPECT_EQ(uk.business_days(kMonths, month("2022-09")), 21);  // the Queen's funeral
  EXPECT_EQ(uk.business_days(kWeeks, week("2024-W13")), 4);    // Good Friday
  EXPECT_FALSE(uk.closed(kWeeks, week("2024-W13")));
  EXPECT_DOUBLE_EQ(uk.feast_before(kMonths, month("2024-03")), 1);  // Easter Sunday: 31 March
  EXPECT_DOUBLE_EQ(uk.feast_after(kMonths, month("2024-03")), 1.0 / 15);
  EXPECT_TRUE(uk.closed(kWeeks, week("2022-W01")));  // 3 January, in lieu of the 1st
}

TEST(HolidayTablesTest, SingaporeHasChineseNewYearOnItsLunarDate) {
  BusinessCalendar const sg = table("sg");
  auto const is_feast = [&](Days d) { return std::ranges::binary_search(sg.days().feasts, d); };
  for (Days const d : {day(1985, 2, 20), day(2000, 2, 5), day(2006, 1, 29), day(2007, 2, 18),
                       day(2020, 1, 25), day(2024, 2, 10), day(2033, 1, 31)})
    EXPECT_TRUE(is_feast(d)) << format_date(d);
  // 2007: Sunday, so Monday and Tuesday were off.
  EXPECT_EQ(sg.business_days(kWeeks, week("2007-W08")), 3);
  EXPECT_TRUE(sg.closed(kWeeks, week("2007-W08")));
  // 2023: Sunday and Monday, with Tuesday in lieu.
  EXPECT_EQ(sg.business_days(kWeeks, week("2023-W04")), 3);
  // Vesak Day, Hari Raya Puasa and the day in lieu of Labour Day.
  EXPECT_EQ(sg.business_days(kMonths, month("2022-05")), 19);
  EXPECT_FALSE(sg.closed(kWeeks, week("2022-W18")));
}

TEST(HolidayTablesTest, TheUnitedStatesHaveFederalHolidays) {
  BusinessCalendar const us = table("us");
  for (const char* name : {"2021-W22", "2021-W27", "2021-W36", "2021-W47"})
    EXPECT_TRUE(us.closed(kWeeks, week(name))) << name;
  for (const char* name : {"2021-W03", "2021-W07", "2021-W26", "2021-W41", "2021-W45", "2021-W48"})
    EXPECT_FALSE(us.closed(kWeeks, week(name))) << name;
  EXPECT_EQ(us.business_days(kWeeks, week("2021-W24")), 4);  // Juneteenth, observed on Friday
  EXPECT_EQ(us.business_days(kWeeks, week("2020-W25")), 5);  // not a holiday yet
}

}  // namespace
}  // namespace bellwether::base
