// The command itself: what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/context.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class BacktestCommandTest : public ::testing::Test {
 protected:
  BacktestCommandTest()
      : folder_(fs::temp_directory_path() / base::cat("bellwether-backtest-", getpid())) {
    fs::create_directories(folder_);
    std::ofstream births(path("births.csv"));
    births << "series,period,value\n";
    for (int year = 2010; year < 2020; ++year) {
      for (int month = 1; month <= 12; ++month) {
        births << "a," << year << (month < 10 ? "-0" : "-") << month << "," << 40 + month << "\n";
      }
    }
    std::ofstream(path("downturns.csv")) << "name,start,end\nSARS,2017-03,2017-05\n";
  }
  ~BacktestCommandTest() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }

  // Returns the exit code. What the command prints on standard error is in errors_.
  int run(const std::string& regime_break, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"backtest",
                                      "--data",
                                      path("births.csv") + ":low",
                                      "--downturns",
                                      path("downturns.csv"),
                                      "--tune-until",
                                      "2016-01",
                                      "--regime-break",
                                      regime_break,
                                      "--report",
                                      path("report")};
    words.insert(words.end(), more.begin(), more.end());
    std::ranges::reverse(words);  // CLI11 takes them in reverse order
    Context context;
    CLI::App app("", "bellwether");
    add_backtest(app, context);
    ::testing::internal::CaptureStderr();
    ::testing::internal::CaptureStdout();
    app.parse(words);
    errors_ = ::testing::internal::GetCapturedStderr();
    ::testing::internal::GetCapturedStdout();
    return context.exit_code;
  }

  fs::path folder_;
  std::string errors_;
};

TEST_F(BacktestCommandTest, F11_ARegimeBreakThatEndsBeforeItBeginsIsRefused) {
  EXPECT_EQ(run("2013-05..2013-01"), 2);
  EXPECT_EQ(errors_,
            "bellwether: --regime-break 2013-05..2013-01: it ends before it begins; write "
            "2013-01..2013-05\n");
  EXPECT_FALSE(fs::exists(path("report")));
}

TEST_F(BacktestCommandTest, F11_ARegimeBreakOutsideTheDataIsRefused) {
  EXPECT_EQ(run("2020-01..2020-05"), 2);
  EXPECT_THAT(errors_, HasSubstr("--regime-break 2020-01..2020-05: the data have only the periods "
                                 "2010-01..2019-12; "));
  EXPECT_FALSE(fs::exists(path("report")));
}

TEST_F(BacktestCommandTest, ARegimeBreakThatCannotBeReadNamesTheOption) {
  for (const char* wrong : {"2013-05", "2013-05..", "..2013-05", "2013-05...2013-06"}) {
    EXPECT_EQ(run(wrong), 2) << wrong;
    EXPECT_THAT(errors_, HasSubstr(base::cat("--regime-break ", wrong, ": "))) << wrong;
  }
  EXPECT_EQ(run("2013-13..2014-01"), 2);
  EXPECT_THAT(errors_, HasSubstr("months are 01 to 12"));
}

TEST_F(BacktestCommandTest, ARegimeBreakMayBeOnePeriodOrReachBeyondTheData) {
  for (const char* right : {"2013-05..2013-05", "2019-12..2021-03", "2000-01..2010-01"})
    EXPECT_EQ(run(right), 0) << right << errors_;
}

TEST_F(BacktestCommandTest, HolidaysAreReadAndTheReportRepeatsThem) {
  std::string const file = path("h.csv");
  std::ofstream(path("h.csv")) << "date,effect\n2015-12-25,closed\n";
  EXPECT_EQ(run("2013-05..2013-05", {"--holidays", file}), 2);
  EXPECT_THAT(errors_, HasSubstr("h.csv:2: effect 'closed' is not known"));
  std::ofstream(path("h.csv")) << "date,effect\n2015-12-25,closure\n";
  EXPECT_EQ(run("2013-05..2013-05", {"--holidays", file}), 0) << errors_;
  std::ostringstream report;
  report << std::ifstream(path("report") + "/report.md").rdbuf();
  EXPECT_THAT(report.str(), HasSubstr("--holidays " + file));
}

}  // namespace
}  // namespace bellwether::cli
