#include "core/base/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/calendars.h"

namespace bellwether::base {
namespace {

using ::testing::HasSubstr;
using testing::kMonths;
using testing::kWeeks;

TEST(CalendarTest, OnlyCompleteAndExistingDatesAreParsed) {
  EXPECT_EQ(parse_date("1970-01-01")->value, 0);
  EXPECT_EQ(format_date(*parse_date("2024-02-29")), "2024-02-29");
  for (const char* text :
       {"", "2023-02-29", "2023-13-01", "2023-00-01", "2023-1-1", "20230101", "2023-01-32",
        "2023-01-01 ", " 2023-01-01", "2023/01/01", "abcd-ef-gh", "-023-01-01"}) {
    EXPECT_FALSE(parse_date(text).ok()) << text;
  }
}

TEST(CalendarTest, DatesAndDaysAreOneToOne) {
  CivilDate before = civil_date(Days(-150'001));
  for (int32_t d = -150'000; d < 150'000; ++d) {  // 1559 to 2380
    CivilDate const c = civil_date(Days(d));
    ASSERT_EQ(days_from_civil(c.year, c.month, c.day).value, d);
    bool const next_day =
        c.year == before.year && c.month == before.month && c.day == before.day + 1;
    bool const next_month =
        c.day == 1 && (c.year * 12 + c.month) == (before.year * 12 + before.month) + 1;
    ASSERT_TRUE(next_day || next_month) << format_date(Days(d));
    before = c;
  }
  EXPECT_EQ(format_date(days_from_civil(2019, 13, 1)), "2020-01-01");
  EXPECT_EQ(format_date(days_from_civil(2019, 0, 1)), "2018-12-01");
  EXPECT_EQ(format_date(days_from_civil(2023, 2, 29)), "2023-03-01");
}

TEST(CalendarTest, UnitsHaveOneNameEach) {
  for (CalendarUnit unit : {CalendarUnit::kWeek, CalendarUnit::kMonth}) {
    EXPECT_EQ(calendar_unit(name(unit)), unit);
  }
  EXPECT_EQ(name(CalendarUnit::kWeek), "week");
  EXPECT_EQ(name(CalendarUnit::kMonth), "month");
  for (const char* word : {"", "weeks", "Month", "quarter"})
    EXPECT_EQ(calendar_unit(word), std::nullopt) << word;
}

TEST(CalendarTest, WeeksAreThoseOfIso8601) {
  // Years that begin or end in a week of another year, and years with 53 weeks.
  for (auto [date, week] : {std::pair{"2018-12-31", "2019-W01"},
                            {"2019-12-29", "2019-W52"},
                            {"2019-12-30", "2020-W01"},
                            {"2020-12-31", "2020-W53"},
                            {"2021-01-03", "2020-W53"},
                            {"2021-01-04", "2021-W01"},
                            {"2015-12-31", "2015-W53"},
                            {"1970-01-01", "1970-W01"},
                            {"1969-12-28", "1969-W52"}}) {
    EXPECT_EQ(kWeeks.name(kWeeks.period_of(*parse_date(date))), week) << date;
  }
}

TEST(CalendarTest, NamesAndPeriodsAreOneToOne) {
  for (Calendar calendar : {kWeeks, kMonths}) {
    for (int32_t p = -4000; p < 4000; ++p) {
      auto const back = calendar.parse(calendar.name(PeriodIndex(p)));
      ASSERT_TRUE(back.ok()) << calendar.name(PeriodIndex(p));
      ASSERT_EQ(back->value, p);
      ASSERT_EQ(calendar.period_of(calendar.first_day(PeriodIndex(p))).value, p);
      ASSERT_EQ(calendar.period_of(Days(calendar.first_day(PeriodIndex(p)).value - 1)).value,
                p - 1);
      ASSERT_EQ(calendar.last_complete(calendar.end_of(PeriodIndex(p))).value, p);
      ASSERT_EQ(calendar.last_complete(UnixMillis(calendar.end_of(PeriodIndex(p)).value - 1)).value,
                p - 1);
    }
  }
}

TEST(CalendarTest, NamesOfTheOtherCalendarAndMalformedNamesAreRefused) {
  EXPECT_FALSE(kMonths.parse("2019-W18").ok());
  EXPECT_FALSE(kWeeks.parse("2019-05").ok());
  for (const char* text :
       {"2019-W00", "2019-W53", "2019-W54", "2019-w18", "2019W18", "", "2019-W1"}) {
    EXPECT_FALSE(kWeeks.parse(text).ok()) << text;
  }
  for (const char* text : {"2019-00", "2019-13", "2019-5", "2019", "", "2019-05-01"}) {
    EXPECT_FALSE(kMonths.parse(text).ok()) << text;
  }
}

TEST(CalendarTest, r1_APeriodThatDoesNotExistIsNotCalledAWrongForm) {
  auto const complaint = [](Calendar calendar, std::string_view text) {
    return std::string(calendar.parse(text).status().message());
  };
  EXPECT_EQ(complaint(kWeeks, "2024-W53"),
            "'2024-W53' does not exist: 2024 has 52 ISO weeks, W01 to W52; correct the week");
  EXPECT_EQ(complaint(kWeeks, "2020-W54"),
            "'2020-W54' does not exist: 2020 has 53 ISO weeks, W01 to W53; correct the week");
  EXPECT_THAT(complaint(kWeeks, "2019-W00"), HasSubstr("does not exist: 2019 has 52 ISO weeks"));
  EXPECT_THAT(complaint(kMonths, "2019-13"), HasSubstr("does not exist: months are 01 to 12"));
  EXPECT_THAT(complaint(kMonths, "2019-00"), HasSubstr("does not exist"));
  EXPECT_THAT(complaint(kWeeks, "2024-w53"), HasSubstr("write YYYY-Www"));
  EXPECT_THAT(complaint(kMonths, "2024-W53"), HasSubstr("write YYYY-MM"));
  for (int year = 1; year < 2400; ++year) {
    std::string const last = kWeeks.name(kWeeks.period_of(days_from_civil(year, 12, 28)));
    ASSERT_TRUE(kWeeks.parse(last).ok()) << last;
    std::string const next = last.substr(0, 6) + (last.ends_with("52") ? "53" : "54");
    ASSERT_THAT(complaint(kWeeks, next), HasSubstr("to " + last.substr(5))) << next;
  }
}

TEST(CalendarTest, r1_ADayThatDoesNotExistIsNotCalledAWrongForm) {
  EXPECT_EQ(parse_date("2023-02-29").status().message(),
            "'2023-02-29' does not exist: 2023-02 has the days 01 to 28; correct the day");
  EXPECT_EQ(parse_date("2024-12-32").status().message(),
            "'2024-12-32' does not exist: 2024-12 has the days 01 to 31; correct the day");
  EXPECT_EQ(parse_date("2024-13-01").status().message(),
            "'2024-13-01' does not exist: months are 01 to 12; correct the month");
  EXPECT_EQ(parse_date("2024-1-1").status().message(),
            "'2024-1-1' is not a date; write YYYY-MM-DD");
}

TEST(CalendarTest, SeasonsRepeatEveryYear) {
  EXPECT_EQ(kMonths.season(*kMonths.parse("2019-01")), 0);
  EXPECT_EQ(kMonths.season(*kMonths.parse("1969-12")), 11);
  EXPECT_EQ(kWeeks.season(*kWeeks.parse("2020-W01")), 0);
  EXPECT_EQ(kWeeks.season(*kWeeks.parse("2020-W53")), 51);
}

TEST(CalendarTest, DaysBefore1970AreFloored) {
  EXPECT_EQ(days_of(UnixMillis(-1)).value, -1);
  EXPECT_EQ(days_of(UnixMillis(0)).value, 0);
  EXPECT_EQ(days_of(UnixMillis(-kMillisPerDay)).value, -1);
  EXPECT_EQ(format_instant(UnixMillis(-1000)), "1969-12-31T23:59:59Z");
}

TEST(CalendarTest, F10_AnyInstantCanBeShown) {
  EXPECT_EQ(format_instant(UnixMillis(INT64_MAX)), "after 9999-12-31");
  EXPECT_EQ(format_instant(UnixMillis(INT64_MIN)), "before 0000-01-01");
  int64_t const first = start_of(days_from_civil(0, 1, 1)).value;
  int64_t const end = start_of(days_from_civil(10'000, 1, 1)).value;
  EXPECT_EQ(format_instant(UnixMillis(first)), "0000-01-01T00:00:00Z");
  EXPECT_EQ(format_instant(UnixMillis(first - 1)), "before 0000-01-01");
  EXPECT_EQ(format_instant(UnixMillis(end - 1)), "9999-12-31T23:59:59Z");
  EXPECT_EQ(format_instant(UnixMillis(end)), "after 9999-12-31");
}

}  // namespace
}  // namespace bellwether::base
