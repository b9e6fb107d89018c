#include "analysis/period_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/must.h"

namespace bellwether::analysis {
namespace {

using base::CalendarUnit;
using base::PeriodIndex;
using ::testing::HasSubstr;
using testing::must;

const PeriodScale kMonths = PeriodScale::dated(CalendarUnit::kMonth);
const PeriodScale kWeeks = PeriodScale::dated(CalendarUnit::kWeek);
const PeriodScale kNumbers = PeriodScale::undated(52);

TEST(PeriodScaleTest, ADatedPeriodHasANameAndAFirstDay) {
  EXPECT_EQ(must(kMonths.parse("2019-05")), must(kMonths.parse("2019-05-01")));
  EXPECT_EQ(must(kWeeks.parse("2019-W18")), must(kWeeks.parse("2019-04-29")));
  EXPECT_EQ(kWeeks.name(must(kWeeks.parse("2001-12-31"))), "2002-W01");
  for (const char* text : {"", "2019", "2019-13", "2019-05-02", "2019-02-30", "2019-W18", "17"}) {
    EXPECT_FALSE(kMonths.parse(text).ok()) << text;
  }
  for (const char* text : {"2019-W54", "2019-W00", "2019-04-30", "2019-05"}) {
    EXPECT_FALSE(kWeeks.parse(text).ok()) << text;
  }
}

TEST(PeriodScaleTest, r1_ADayThatDoesNotExistIsNotCalledAWrongForm) {
  EXPECT_THAT(std::string(kMonths.parse("2019-02-30").status().message()),
              HasSubstr("does not exist: 2019-02 has the days 01 to 28"));
  EXPECT_THAT(std::string(kWeeks.parse("2024-W53").status().message()),
              HasSubstr("2024 has 52 ISO weeks"));
}

TEST(PeriodScaleTest, AnUndatedPeriodIsAnInteger) {
  EXPECT_EQ(must(kNumbers.parse("-17")), PeriodIndex(-17));
  EXPECT_EQ(kNumbers.name(PeriodIndex(-17)), "-17");
  for (const char* text : {"", "1.5", "2019-05", "1000000001", "99999999999"}) {
    EXPECT_FALSE(kNumbers.parse(text).ok()) << text;
  }
}

TEST(PeriodTicksTest, TicksAreYearsIfThereAreEnough) {
  auto const ticks =
      period_ticks(kMonths, must(kMonths.parse("1990-01")), must(kMonths.parse("2022-12")), 14);
  ASSERT_EQ(ticks.size(), 7u);
  EXPECT_EQ(ticks.front().label, "1990");
  EXPECT_EQ(ticks.back().label, "2020");
  EXPECT_EQ(kMonths.name(ticks.back().period), "2020-01");
}

TEST(PeriodTicksTest, TicksArePeriodsOtherwise) {
  auto const months =
      period_ticks(kMonths, must(kMonths.parse("2019-03")), must(kMonths.parse("2019-08")), 14);
  ASSERT_EQ(months.size(), 6u);
  EXPECT_EQ(months.front().label, "2019-03");
  auto const numbers = period_ticks(kNumbers, PeriodIndex(-30), PeriodIndex(470), 8);
  ASSERT_LE(numbers.size(), 8u);
  EXPECT_EQ(numbers.front().label, "0");
  EXPECT_EQ(period_ticks(kNumbers, PeriodIndex(5), PeriodIndex(5), 8).size(), 1u);
}

}  // namespace
}  // namespace bellwether::analysis
