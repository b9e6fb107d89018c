// The command itself: options, files, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "analysis/forecast_options.h"
#include "cli/context.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "support/data.h"
#include "support/must.h"
#include "support/series_command.h"

namespace bellwether::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::must;
using ::testing::StartsWith;

class ForecastTest : public testing::SeriesCommandTest {
 protected:
  ForecastTest() : SeriesCommandTest("forecast", add_forecast) {}

  std::vector<base::CsvRow> rows() const {
    return must(base::parse_csv(output_, "out.csv",
                                {"series", "period", "mean", "lo80", "hi80", "lo95", "hi95"}));
  }
};

const std::string kHeader = "series,period,value\n";

// `count` months from 2010-01 with values that go up and down.
std::string months(int count, const std::string& name = "a") {
  std::string csv;
  for (int t = 0; t < count; ++t) {
    int const month = t % 12 + 1;
    base::append(csv, name, ",", 2010 + t / 12, "-", month < 10 ? "0" : "", month, ",", 50 + t % 5,
                 "\n");
  }
  return csv;
}

TEST_F(ForecastTest, WrongHolidaysAreNamedWithTheirLine) {
  std::ofstream(path("h.csv")) << "date,effect\n2024-12-32,closure\n";
  EXPECT_EQ(run(kHeader + months(48), {"--holidays", path("h.csv")}), 2);
  EXPECT_THAT(errors_, HasSubstr("h.csv:2: date '2024-12-32' does not exist"));
  EXPECT_EQ(output_, "");
  std::ofstream(path("h.csv")) << "date,effect\n2024-12-31,closure\n";
  EXPECT_EQ(run(kHeader + months(48), {"--holidays", path("h.csv")}), 0) << errors_;
}

TEST_F(ForecastTest, ALineForEachPeriodOfTheHorizon) {
  EXPECT_EQ(run(kHeader + months(48) + months(30, "b"), {"--horizon", "3"}), 0);
  EXPECT_EQ(errors_, "");
  EXPECT_THAT(output_, StartsWith("series,period,mean,lo80,hi80,lo95,hi95\na,2014-01,"));
  auto const all = rows();
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[2][1], "2014-03");
  EXPECT_EQ(all[3][0], "b");
  EXPECT_EQ(all[3][1], "2012-07");
  for (const base::CsvRow& row : all) {
    EXPECT_LE(std::stod(row[5]), std::stod(row[3]));
    EXPECT_LE(std::stod(row[3]), std::stod(row[2]));
    EXPECT_LE(std::stod(row[2]), std::stod(row[4]));
    EXPECT_LE(std::stod(row[4]), std::stod(row[6]));
    EXPECT_NEAR(std::stod(row[2]), 52, 2);
  }
}

TEST_F(ForecastTest, NaiveMethodsRepeatPastValues) {
  std::string const csv = kHeader + "a,2020-W01,5\na,2020-W02,7\na,2020-W03,4\na,2020-W04,8\n";
  EXPECT_EQ(run(csv, {"--calendar", "week", "--method", "seasonal-naive", "--season", "2",
                      "--horizon", "3", "--level", "50,99.9"}),
            0);
  EXPECT_THAT(output_, StartsWith("series,period,mean,lo50,hi50,lo99.9,hi99.9\na,2020-W05,4,"));
  EXPECT_THAT(output_, HasSubstr("\na,2020-W06,8,"));
  EXPECT_THAT(output_, HasSubstr("\na,2020-W07,4,"));
  EXPECT_EQ(run(kHeader + "a,-3,-5\na,-2,7.5\na,-1,-4.25\n",
                {"--calendar", "undated", "--method", "naive", "--horizon", "2"}),
            0);
  EXPECT_THAT(output_, HasSubstr("\na,0,-4.25,"));
  EXPECT_THAT(output_, HasSubstr("\na,1,-4.25,"));
}

TEST_F(ForecastTest, BadRowsAreNamedAndTheOthersUsed) {
  EXPECT_EQ(run(kHeader + months(48) + "a,2014-01,x\na,2014-02,50\na,2013-05,50\n", {}), 2);
  EXPECT_EQ(errors_,
            base::cat(path("in.csv"),
                      ":50: value 'x' is not a number; write a number, or remove the row\n",
                      path("in.csv"),
                      ":52: period 2013-05 of series 'a' is in line 42 already; keep one of "
                      "them\n",
                      path("in.csv"),
                      ": series 'a': uses lines between neighbours for periods without a value: "
                      "2013-05, 2014-01\n"));
  EXPECT_EQ(rows().size(), 12u);
  EXPECT_EQ(rows()[0][1], "2014-03");
}

TEST_F(ForecastTest, ASeriesThatCannotBeForecastIsNamedAndItsCellsAreEmpty) {
  EXPECT_EQ(run(kHeader + months(3, "short") + months(48), {"--horizon", "2"}), 0);
  EXPECT_EQ(errors_, path("in.csv") +
                         ": series 'short': not assessed: too little history: 3 values, and "
                         "combination needs 6\n");
  EXPECT_THAT(output_, HasSubstr("\nshort,2010-04,,,,,\nshort,2010-05,,,,,\na,2014-01,5"));
}

TEST_F(ForecastTest, AHoldoutIsScored) {
  std::string const csv = kHeader + months(48) + months(10, "b");
  EXPECT_EQ(run(csv, {"--holdout", "6"}), 0);
  EXPECT_EQ(rows()[0][1], "2013-07");
  EXPECT_EQ(rows().size(), 12u);
  EXPECT_THAT(errors_, HasSubstr("% IN 80 %"));
  EXPECT_THAT(errors_, HasSubstr("(all that both assess)"));
  EXPECT_EQ(run(csv, {"--holdout", "6", "--scores", path("scores.csv"), "--method", "naive"}), 0);
  EXPECT_EQ(errors_, "");
  std::string const scores = content(path("scores.csv"));
  EXPECT_THAT(scores, StartsWith("series,method,periods,smape,mase,cover80,cover95,state\n"
                                 "a,naive,6,"));
  EXPECT_THAT(scores, HasSubstr("\nb,seasonal-naive,,,,,,\"not assessed: too little history: 4 "
                                "values, and seasonal-naive needs 13\"\n,naive,6,"));
}

TEST_F(ForecastTest, AFileThatIsNotATableHasNoOutput) {
  for (const char* csv : {"", "series,period\na,2016-01\n", "series,period,value\n"}) {
    EXPECT_EQ(run(csv, {}), 2) << csv;
    EXPECT_THAT(errors_, StartsWith(path("in.csv") + ":1: ")) << csv;
    EXPECT_FALSE(fs::exists(path("out.csv")));
  }
  EXPECT_EQ(run_on_file(path("absent.csv"), {}), 2);
  EXPECT_THAT(errors_, HasSubstr("absent.csv: cannot be read"));
}

TEST_F(ForecastTest, EveryOptionHasItsLimits) {
  static_assert(forecast::kHorizonMax == 1000 && forecast::kPeriodMax == 400);
  std::string const csv = kHeader + months(48);
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--horizon", "1000"},
                                             {"--holdout", "1000"},
                                             {"--season", "400"},
                                             {"--level", "50"},
                                             {"--level", "99.9"}}) {
    EXPECT_EQ(run(csv, options), 0) << options[0] << " " << options[1] << errors_;
  }
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--horizon", "0"},
                                             {"--horizon", "1001"},
                                             {"--holdout", "0"},
                                             {"--holdout", "1001"},
                                             {"--season", "0"},
                                             {"--season", "401"},
                                             {"--level", "49.9"},
                                             {"--level", "99.91"},
                                             {"--level", "nan"},
                                             {"--level", "95,80"},
                                             {"--level", ""},
                                             {"--method", "guess"},
                                             {"--calendar", "day"},
                                             {"--scores", "scores.csv"},
                                             {"--plot", "a.pdf"}}) {
    EXPECT_EQ(run(csv, options), 2) << options[0] << " " << options[1];
    EXPECT_FALSE(fs::exists(path("out.csv")));
  }
}

TEST_F(ForecastTest, AnOutputThatCannotBeWrittenIsAFailure) {
  std::string const csv = kHeader + months(48);
  EXPECT_EQ(run(csv, {"--plot", path("absent/figure.svg")}), 1);
  EXPECT_THAT(errors_, HasSubstr("cannot be written"));
  EXPECT_EQ(run(csv, {"--holdout", "3", "--scores", path("absent/scores.csv")}), 1);
}

TEST_F(ForecastTest, TheFigureIsTheSameEveryTime) {
  std::string const csv = kHeader + months(48) + months(3, "Café €");
  EXPECT_EQ(run(csv, {"--plot", path("one.svg"), "--holdout", "6"}), 0);
  EXPECT_EQ(run(csv, {"--plot", path("two.svg"), "--holdout", "6"}), 0);
  EXPECT_THAT(content(path("one.svg")), HasSubstr("</svg>"));
  EXPECT_TRUE(content(path("one.svg")) == content(path("two.svg")));  // too long to print
  EXPECT_EQ(run(csv, {"--plot", path("one.png")}), 0);
  EXPECT_THAT(content(path("one.png")), StartsWith("\x89PNG"));
}

// Real data: twelve months of formations in 15 industries, forecast from the 32 years before.
TEST_F(ForecastTest, RealSeriesAreForecastBetterThanByLastYearsValues) {
  std::string csv = kHeader;
  for (const base::CsvRow& row :
       must(base::parse_csv(testing::data_file("singapore/register.csv"), "register.csv",
                            {"period", "sector", "births"}, {"area", "deaths"}))) {
    base::append(csv, row[1], ",", row[0], ",", row[2], "\n");
  }
  EXPECT_EQ(run(csv, {"--holdout", "12", "--scores", path("scores.csv")}), 0);
  auto const scores = must(base::parse_csv(
      content(path("scores.csv")), "scores.csv",
      {"series", "method", "periods", "smape", "mase", "cover80", "cover95", "state"}));
  ASSERT_EQ(scores.size(), 32u);
  EXPECT_EQ(scores[30][2], "180");
  EXPECT_LT(std::stod(scores[30][3]), std::stod(scores[31][3]));
  EXPECT_LT(std::stod(scores[30][4]), std::stod(scores[31][4]));
}

}  // namespace
}  // namespace bellwether::cli
