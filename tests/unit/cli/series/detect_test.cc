// The command itself: options, files, exit codes, and agreement with R.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include "cli/context.h"
#include "core/base/calendar.h"
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
using ::testing::Not;
using ::testing::StartsWith;

class DetectTest : public testing::SeriesCommandTest {
 protected:
  DetectTest() : SeriesCommandTest("detect", add_detect) {}

  // Rows of the output, with the command's columns in order.
  std::vector<base::CsvRow> rows() const {
    return must(base::parse_csv(output_, "out.csv",
                                {"series", "period", "observed", "expected", "dispersion", "lower",
                                 "upper", "p_low", "p_high", "score", "cusum", "onset", "state",
                                 "deviation", "false_alarms_a_year", "hit_by"}));
  }
};

std::string constant_months(int years, const std::string& name = "a") {
  std::string csv;
  for (int year = 2010; year < 2010 + years; ++year) {
    for (int month = 1; month <= 12; ++month) {
      base::append(csv, name, ",", year, "-", month < 10 ? "0" : "", month, ",50\n");
    }
  }
  return csv;
}
const std::string kDetectHeader = "series,period,value\n";

TEST_F(DetectTest, S3_WeeksWithAClosureAreNotAssessed) {
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  std::string csv = kDetectHeader;
  int32_t const begin = must(weeks.parse("2015-W02")).value;
  for (int t = 0; t < 530; ++t) {
    std::string const name = weeks.name(base::PeriodIndex(begin + t));
    bool const year_end = name.ends_with("W52") || name.ends_with("W53") || name.ends_with("W01");
    base::append(csv, "a,", name, ",", year_end ? 10 : 95 + t * 7 % 11, "\n");
  }
  std::ofstream(path("h.csv")) << "date,effect,name\n2024-12-25,closure,\n2024-08-26,holiday,\n";
  std::ofstream(path("own.csv")) << "date,effect\n2024-06-12,closure\n";
  ASSERT_EQ(run(csv, {"--calendar", "week", "--from", "2024-W20", "--holidays", path("h.csv"),
                      "--holidays", path("own.csv")}),
            0)
      << errors_;
  int closed = 0;
  for (const base::CsvRow& row : rows()) {
    bool const rests = row[1] == "2024-W24" || row[1] == "2024-W52";
    closed += rests;
    EXPECT_EQ(row[12] == "not assessed: closed: holidays", rests) << row[1] << " " << row[12];
    EXPECT_EQ(row[3].empty(), rests) << row[1];
  }
  EXPECT_EQ(closed, 2);
}

TEST_F(DetectTest, WrongHolidaysAreNamedWithTheirLine) {
  std::ofstream(path("h.csv")) << "date,effect,name\n2024-12-25,closed,\n";
  EXPECT_EQ(run(kDetectHeader + constant_months(4), {"--holidays", path("h.csv")}), 2);
  EXPECT_THAT(errors_, HasSubstr("h.csv:2: effect 'closed' is not known; write holiday, closure "
                                 "or feast"));
  EXPECT_EQ(output_, "");
  EXPECT_EQ(run(kDetectHeader + constant_months(4), {"--holidays", path("absent.csv")}), 2);
  EXPECT_THAT(errors_, HasSubstr("absent.csv"));
  EXPECT_EQ(
      run(kDetectHeader + "a,1,5\n", {"--calendar", "undated", "--holidays", path("absent.csv")}),
      2);
  EXPECT_THAT(errors_, HasSubstr("--holidays needs dated periods; leave it out"));
}

TEST_F(DetectTest, r1_AWeekThatDoesNotExistIsNamed) {
  EXPECT_EQ(
      run(kDetectHeader + "r,2024-W52,19\nr,2024-W53,42\nr,2025-W01,36\n", {"--calendar", "week"}),
      2);
  EXPECT_THAT(errors_,
              HasSubstr("in.csv:3: period '2024-W53' does not exist: 2024 has 52 ISO weeks, "
                        "W01 to W52; correct the week\n"));
}

TEST_F(DetectTest, r2_LinesMayEndWithCrAlone) {
  std::string csv = kDetectHeader + constant_months(6);
  ASSERT_EQ(run(csv, {}), 0);
  std::string const judged = output_;
  std::ranges::replace(csv, '\n', '\r');
  EXPECT_EQ(run(csv, {}), 0);
  EXPECT_EQ(errors_, "");
  EXPECT_EQ(output_, judged);
}

TEST_F(DetectTest, r3_r4_AFaultyRowIsNamedInFullAndTheOthersAreUsed) {
  using std::string_literals::operator""s;
  EXPECT_EQ(run(kDetectHeader + "a,2019-01,4\0001\n\"a\"x,2019-02,43\na,2019-03,44\n"s, {}), 2);
  EXPECT_THAT(errors_, HasSubstr("in.csv:2: field 3 contains a NUL byte; remove it\n"));
  EXPECT_THAT(errors_, HasSubstr("in.csv:3: field 1 has text after its closing quote; remove the "
                                 "text, or write each quote inside the field twice\n"));
  EXPECT_EQ(rows().size(), 1u);
}

TEST_F(DetectTest, AFileThatIsNotUtf8TextIsOneClearError) {
  using std::string_literals::operator""s;
  EXPECT_EQ(run("\xff\xfes\0e\0"s, {}), 2);
  EXPECT_EQ(errors_, path("in.csv") +
                         ":1: the file is UTF-16, not UTF-8; convert it: iconv -f UTF-16 "
                         "-t UTF-8\n");
  EXPECT_EQ(run("\x1f\x8b\x08\0\0"s, {}), 2);
  EXPECT_EQ(errors_, path("in.csv") + ":1: the file is compressed by gzip; unpack it: gunzip\n");
  EXPECT_EQ(run(kDetectHeader + constant_months(1) + "Caf\xe9,2011-01,50\nCaf\xe9,2011-02,5\n", {}),
            2);
  EXPECT_EQ(errors_, path("in.csv") +
                         ":14: the byte 0xE9 is not UTF-8; convert the file, from Latin-1 for "
                         "example: iconv -f WINDOWS-1252 -t UTF-8\n");
}

TEST_F(DetectTest, ASeriesIsJudgedPeriodByPeriod) {
  EXPECT_EQ(run(kDetectHeader + constant_months(6) + "a,2016-01,10\n", {}), 0);
  EXPECT_EQ(errors_, "");
  ASSERT_EQ(rows().size(), 73u);
  EXPECT_THAT(output_,
              StartsWith("series,period,observed,expected,dispersion,lower,upper,p_low,p_"
                         "high,score,cusum,onset,state,deviation,false_alarms_a_year,hit_by\n"));
  EXPECT_THAT(output_, HasSubstr("\na,2010-01,50,,,,,,,,,,not assessed: too little history,,,\n"));
  EXPECT_THAT(output_, HasSubstr("\na,2015-12,50,50,1,33,69,"));
  base::CsvRow const last = rows().back();
  EXPECT_EQ(last[10], "2.5");
  EXPECT_EQ(last[11], "2016-01");
  EXPECT_EQ(last[12], "red");
  EXPECT_EQ(last[15], "own_level");
  EXPECT_EQ(run(kDetectHeader + constant_months(6) + "a,2016-01,10\n", {"--method", "farrington"}),
            0);
  EXPECT_EQ(rows().back()[12], "amber");
}

TEST_F(DetectTest, FromLimitsOnlyTheOutput) {
  std::string const csv = kDetectHeader + constant_months(6) + "a,2016-01,10\na,2016-02,10\n";
  EXPECT_EQ(run(csv, {}), 0);
  std::string const last = output_.substr(output_.find("a,2016-02"));
  EXPECT_EQ(run(csv, {"--from", "2016-02"}), 0);
  EXPECT_EQ(output_.substr(output_.find('\n') + 1), last);
}

TEST_F(DetectTest, BadRowsAreNamedAndTheOthersJudged) {
  EXPECT_EQ(run(kDetectHeader + constant_months(6) + "a,2016-01,-3\na,2016-02,50\n", {}), 2);
  EXPECT_EQ(
      errors_,
      path("in.csv") +
          ":74: value '-3' is negative; a count is 0 or more; correct it or remove the row\n");
  EXPECT_THAT(output_, HasSubstr("\na,2016-01,,,,,,,,,,,not assessed: negative,,,\n"));
  EXPECT_EQ(rows().back()[12], "normal");
}

TEST_F(DetectTest, AFileThatIsNotATableHasNoOutput) {
  for (const char* csv : {"", "series,period\na,2016-01\n", "series,period,value\n"}) {
    EXPECT_EQ(run(csv, {}), 2) << csv;
    EXPECT_THAT(errors_, StartsWith(path("in.csv") + ":1: ")) << csv;
    EXPECT_FALSE(fs::exists(path("out.csv")));
  }
  EXPECT_EQ(run_on_file(path("absent.csv"), {}), 2);
  EXPECT_THAT(errors_, HasSubstr("absent.csv: cannot be read"));
  EXPECT_EQ(run_on_file(folder_.string(), {}), 2);
}

TEST_F(DetectTest, WrongUseIsRefused) {
  std::string const csv = kDetectHeader + constant_months(1);
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--alpha", "nan"},
        {"--alpha", "0.5"},
        {"--calendar", "day"},
        {"--half-window", "6"},
        {"--season", "12"},
        {"--from", "x"},
        {"--plot", "a.pdf"},
        {"--cusum-threshold", "inf"},
        {"--cusum-threshold", "5", "--in-control-run-length", "500"},
        {"--years", "0"},
        {"--false-alarms-a-year", "0"},
        {"--false-alarms-a-year", "2"},
        {"--total", "b"},
        {"--harm", "left"}}) {
    EXPECT_EQ(run(csv, options), 2) << options[0] << " " << options[1];
    EXPECT_FALSE(fs::exists(path("out.csv")));
  }
}

TEST_F(DetectTest, AnOutputThatCannotBeWrittenIsAFailure) {
  EXPECT_EQ(run(kDetectHeader + constant_months(1), {"--plot", path("absent/figure.svg")}), 1);
  EXPECT_THAT(errors_, HasSubstr("cannot be written"));
}

TEST_F(DetectTest, NamesAreQuotedAndSeriesKeepTheirOrder) {
  EXPECT_EQ(run(kDetectHeader + constant_months(1, "\"b, \"\"c\"\"\"") + constant_months(1), {}),
            0);
  EXPECT_EQ(rows()[0][0], "b, \"c\"");
  EXPECT_EQ(rows()[12][0], "a");
}

TEST_F(DetectTest, TheFigureIsTheSameEveryTime) {
  std::string const csv = kDetectHeader + constant_months(6) +
                          "a,2016-01,10\na,2016-02,10\na,2016-03,10\n" +
                          constant_months(2, "Café €");
  EXPECT_EQ(run(csv, {"--plot", path("one.svg")}), 0);
  EXPECT_EQ(run(csv, {"--plot", path("two.svg")}), 0);
  EXPECT_THAT(content(path("one.svg")), HasSubstr("</svg>"));
  EXPECT_TRUE(content(path("one.svg")) == content(path("two.svg")));  // too long to print
  EXPECT_EQ(run(csv, {"--plot", path("one.png")}), 0);
  EXPECT_THAT(content(path("one.png")), StartsWith("\x89PNG"));
}

TEST_F(DetectTest, TheFigureReportsTheSeriesItLeavesOut) {
  std::string csv = kDetectHeader;
  for (int i = 0; i < 14; ++i) csv += constant_months(1, base::cat("s", i));
  EXPECT_EQ(run(csv, {"--plot", path("many.svg")}), 0);
  EXPECT_THAT(errors_, HasSubstr("first 12 of 14 series"));
}

// The options of farringtonFlexible (R's surveillance 1.20.3) for each file of
// tests/data/farrington.
struct Variant {
  const char* name;
  std::vector<std::string> options;
};
struct Counts {
  const char* name;
  std::vector<std::string> options;
  bool dated;  // true: from the week of Monday 2001-12-31 (campylobacteriosis)
};

class DetectAgainstR : public DetectTest,
                       public ::testing::WithParamInterface<std::tuple<Variant, Counts>> {
 protected:
  static std::string period(const Counts& c, int t) {
    if (!c.dated) return base::cat(t);
    return base::format_date(base::Days(base::days_from_civil(2001, 12, 31).value + 7 * (t - 1)));
  }
};

TEST_P(DetectAgainstR, EveryRowAgrees) {
  const auto& [variant, counts] = GetParam();
  std::string csv = kDetectHeader;
  for (const base::CsvRow& row :
       must(base::parse_csv(testing::data_file(base::cat("farrington/", counts.name, "_input.csv")),
                            counts.name, {"t", "observed"}))) {
    base::append(csv, "s,", period(counts, std::stoi(row[0])), ",", row[1], "\n");
  }
  std::vector<std::string> options = {"--compatibility", "r-surveillance"};
  options.insert(options.end(), variant.options.begin(), variant.options.end());
  options.insert(options.end(), counts.options.begin(), counts.options.end());
  ASSERT_EQ(run(csv, options), 0) << errors_;
  auto const ours = rows();
  std::string const file = base::cat("farrington/", counts.name, "_", variant.name, ".csv");
  auto const theirs = must(base::parse_csv(
      testing::data_file(file), file, {"t", "eta", "phi", "up_nb", "lo_nb", "p_up_nb", "p_lo_nb"},
      {"n_base", "trend", "seEta"}));
  ASSERT_GT(theirs.size(), 70u);
  for (const base::CsvRow& r : theirs) {
    SCOPED_TRACE(r[0]);
    const base::CsvRow& row = ours.at(static_cast<size_t>(std::stoi(r[0]) - 1));
    EXPECT_NEAR(std::log(std::stod(row[3])), std::stod(r[1]), 1e-8);
    EXPECT_NEAR(std::stod(row[4]) / std::stod(r[2]), 1, 1e-7);
    EXPECT_EQ(row[6], r[3]);
    EXPECT_EQ(row[5], r[4]);
    EXPECT_NEAR(std::stod(row[8]), std::stod(r[5]), 1e-8);
    EXPECT_NEAR(std::stod(row[7]), std::stod(r[6]), 1e-8);
    double const y = std::stod(row[2]);
    bool const outside = y > std::stod(r[3]) || y < std::stod(r[4]);
    EXPECT_EQ(row[12], outside ? "amber" : "normal");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Surveillance, DetectAgainstR,
    ::testing::Combine(
        ::testing::Values(Variant{"orig_native",
                                  {"--seasonal-blocks", "1", "--exclude-recent", "3", "--trend",
                                   "significant", "--weights", "upper", "--weights-threshold",
                                   "1"}},
                          Variant{"flex_native", {"--weights", "upper"}}, Variant{"flex_sym", {}}),
        ::testing::Values(Counts{"agona", {"--calendar", "undated", "--years", "4"}, false},
                          Counts{"shadar", {"--calendar", "undated", "--years", "4"}, false},
                          Counts{"campy", {"--calendar", "week"}, true})),
    [](const auto& p) {
      return base::cat(std::get<1>(p.param).name, "_", std::get<0>(p.param).name);
    });

}  // namespace
}  // namespace bellwether::cli
