#include "analysis/series_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using ::testing::HasSubstr;
using testing::must;

const PeriodScale kNumbers = PeriodScale::undated(52);

SeriesTable parse(const std::string& rows, Values values = Values::kCounts) {
  return must(parse_series("series,period,value\n" + rows, "s.csv", kNumbers, values));
}

TEST(SeriesCsvTest, SeveralSeriesInAnyOrderOfRows) {
  SeriesTable const t = parse("b,2,20\na,7,1\nb,1,10\n\"c,d\",1,1e9\na,8,0\n");
  EXPECT_TRUE(t.bad.empty());
  ASSERT_EQ(t.series.size(), 3u);
  EXPECT_EQ(t.series[0].name, "b");
  EXPECT_EQ(t.series[2].name, "c,d");
  EXPECT_EQ(t.series[2].points[0].value, 1e9);
  ASSERT_EQ(t.series[0].points.size(), 2u);
  EXPECT_EQ(t.series[0].points[0].period, PeriodIndex(1));
  EXPECT_EQ(t.series[0].points[0].value, 10);
}

TEST(SeriesCsvTest, AGapIsAPeriodWithoutAValue) {
  SeriesTable const t = parse("a,1,5\na,4,5\n");
  EXPECT_TRUE(t.bad.empty());
  ASSERT_EQ(t.series[0].points.size(), 4u);
  EXPECT_FALSE(t.series[0].points[2].value);
  EXPECT_EQ(t.series[0].points[2].missing, "no value");
}

TEST(SeriesCsvTest, ABadRowIsNamedAndItsPeriodHasNoValue) {
  struct Case {
    const char* row;
    const char* what;
    const char* missing;  // "": the period itself cannot be read
  };
  for (const Case& c : {Case{"a,2,-5", "value '-5' is negative", "negative"},
                        {"a,2,NaN", "value 'NaN' is not a number", "not a number"},
                        {"a,2,inf", "is not a number", "not a number"},
                        {"a,2,five", "is not a number", "not a number"},
                        {"a,2,1e400", "is not a number", "not a number"},
                        {"a,2,1.5", "is not a whole number; round it", "not a whole number"},
                        {"a,2,1000000001", "is above 1000000000", "above 1000000000"},
                        {"a,2,", "the value is empty", "no value"},
                        {"a,x,5", "period 'x' is not an undated period", ""},
                        {"a,,5", "is not an undated period", ""},
                        {",2,5", "the series has no name", ""},
                        {"a,2", "2 fields where the header has 3", ""},
                        {"a,1,7", "period 1 of series 'a' is in line 2 already", ""}}) {
    SeriesTable const t = parse(base::cat("a,1,5\n", c.row, "\na,3,5\n"));
    SCOPED_TRACE(c.row);
    ASSERT_EQ(t.bad.size(), 1u);
    EXPECT_EQ(t.bad[0].line, 3);
    EXPECT_THAT(t.bad[0].what, HasSubstr(c.what));
    EXPECT_THAT(t.bad[0].what, HasSubstr("; "));  // what to do
    ASSERT_EQ(t.series.size(), 1u);
    ASSERT_EQ(t.series[0].points.size(), 3u);
    if (*c.missing != '\0') {
      EXPECT_EQ(t.series[0].points[1].missing, c.missing);
    }
    EXPECT_EQ(t.series[0].points[2].value, 5);
  }
}

TEST(SeriesCsvTest, APeriodGivenTwiceHasNoValue) {
  SeriesTable const t = parse("a,1,5\na,2,5\na,1,5\na,1,6\n");
  ASSERT_EQ(t.bad.size(), 2u);
  EXPECT_EQ(t.bad[1].line, 5);
  EXPECT_FALSE(t.series[0].points[0].value);
  EXPECT_EQ(t.series[0].points[0].missing, "given twice");
}

TEST(SeriesCsvTest, ASeriesThatSpansTooMuchIsRefused) {
  SeriesTable const t = parse("a,1,5\na,900000000,5\nb,1,5\n");
  ASSERT_EQ(t.bad.size(), 1u);
  EXPECT_THAT(t.bad[0].what, HasSubstr("spans 900000000 periods"));
  ASSERT_EQ(t.series[0].points.size(), 2u);
  for (const SeriesPoint& p : t.series[0].points) EXPECT_FALSE(p.value);
  EXPECT_EQ(t.series[1].points[0].value, 5);
}

TEST(SeriesCsvTest, NumbersMayBeNegativeAndFractional) {
  SeriesTable const t = parse("a,1,-5.25\na,2,1e12\na,3,1e16\na,4,nan\n", Values::kNumbers);
  EXPECT_EQ(t.series[0].points[0].value, -5.25);
  EXPECT_EQ(t.series[0].points[1].value, 1e12);
  ASSERT_EQ(t.bad.size(), 2u);
  EXPECT_EQ(t.bad[0].line, 4);
}

TEST(SeriesCsvTest, AFileThatIsNotATableIsAnError) {
  for (const char* csv : {"", "series,period\n", "series,period,value\n",
                          "series,period,value,x\na,1,2,3\n", "series,period,value\n\"a,1,2\n"}) {
    auto const t = parse_series(csv, "s.csv", kNumbers, Values::kCounts);
    ASSERT_FALSE(t.ok()) << csv;
    EXPECT_THAT(std::string(t.status().message()), HasSubstr("s.csv:")) << csv;
  }
}

}  // namespace
}  // namespace bellwether::analysis
