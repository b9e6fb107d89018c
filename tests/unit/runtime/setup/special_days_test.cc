// The tables of time.holidays and the days of time.closures become part of the rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/alerts/rules.h"
#include "core/base/text.h"
#include "runtime/setup/load.h"
#include "support/calendars.h"
#include "support/must.h"

namespace bellwether::runtime {
namespace {

using testing::day;
using ::testing::HasSubstr;

class SpecialDaysTest : public ::testing::Test {
 protected:
  SpecialDaysTest() { std::filesystem::create_directories(folder_ / "tables"); }
  ~SpecialDaysTest() override { std::filesystem::remove_all(folder_); }

  void table(const std::string& name, std::string_view rows) const {
    std::ofstream(folder_ / "tables" / name) << "date,effect,name\n" << rows;
  }
  absl::StatusOr<alerts::RuleSet> load(std::string_view time) const {
    std::string const path = (folder_ / "b.yaml").string();
    std::ofstream(path) << "kafka:\n  bootstrap_servers: \"127.0.0.1:9092\"\n"
                           "reference:\n  areas: areas.csv\n  sectors: sectors.csv\n"
                        << time;
    auto config = load_config(path);
    if (!config.ok()) return config.status();
    return std::move(config->rules);
  }
  std::string complaint(std::string_view time) const {
    return std::string(base::from_absl(load(time).status().message()));
  }

  std::filesystem::path const folder_ =
      std::filesystem::temp_directory_path() / ("special_days." + std::to_string(getpid()));
};

TEST_F(SpecialDaysTest, TheLastHolidayIsNoFeastAndAClosureOnlyWithoutHolidays) {
  auto const last = [&](const char* rows) {
    table("t.csv", rows);
    return last_holiday(testing::must(load("time:\n  holidays: [tables/t.csv]\n")));
  };
  EXPECT_EQ(last_holiday(testing::must(load(""))), std::nullopt);
  EXPECT_EQ(last("2024-08-26,holiday,\n2023-08-28,holiday,\n2030-12-25,closure,\n"),
            day(2024, 8, 26));
  EXPECT_EQ(last("2024-12-25,closure,\n2031-03-31,feast,\n"), day(2024, 12, 25));
  EXPECT_EQ(last("2031-03-31,feast,\n"), std::nullopt);
}

TEST(LastDeskHolidayTest, TheTableThatEndsFirstCounts) {
  config::DesksConfig desks;
  EXPECT_EQ(last_holiday(desks), std::nullopt);
  desks.by_source["chat"].last_holiday = day(2028, 12, 25);
  desks.by_source["mail"];
  EXPECT_EQ(last_holiday(desks), day(2028, 12, 25));
  desks.common.last_holiday = day(2027, 12, 27);
  EXPECT_EQ(last_holiday(desks), day(2027, 12, 27));
}

TEST_F(SpecialDaysTest, S3_TablesAndClosuresAreUnited) {
  table("uk.csv", "2024-12-25,closure,\n2024-08-26,holiday,\n");
  table("own.csv", "2024-12-25,closure,\n2024-03-31,feast,\n");
  alerts::RuleSet const rules =
      testing::must(load("time:\n  holidays: [tables/uk.csv, tables/own.csv]\n"
                         "  closures: [2024-06-12..2024-06-13, 2024-12-25]\n"));
  EXPECT_EQ(rules.business_calendar.days(),
            (base::SpecialDays{{day(2024, 8, 26)},
                               {day(2024, 6, 12), day(2024, 6, 13), day(2024, 12, 25)},
                               {day(2024, 3, 31)}}));
  // Only the days are part of the rules: names and the order of rows and files are not.
  table("one.csv",
        "2024-12-25,closure,Christmas\n2024-06-13,closure,\n2024-08-26,holiday,August\n"
        "2024-06-12,closure,\n2024-03-31,feast,Easter\n");
  EXPECT_EQ(testing::must(load("time:\n  holidays: tables/one.csv\n")), rules);
  EXPECT_NE(alerts::digest(rules), alerts::digest(testing::must(load(""))));
}

TEST_F(SpecialDaysTest, ErrorsOfAllTablesAreToldWithTheirLines) {
  table("a.csv", "2024-12-25,closed,\n");
  table("b.csv", "2024-12-25,closure,\n2024-12-32,closure,\n");
  std::string const told = complaint("time:\n  holidays: [tables/a.csv, tables/b.csv]\n");
  EXPECT_THAT(told, HasSubstr("tables/a.csv:2: effect 'closed' is not known"));
  EXPECT_THAT(told, HasSubstr("tables/b.csv:3: date '2024-12-32' does not exist"));
  EXPECT_THAT(complaint("time:\n  holidays: tables/none.csv\n"),
              HasSubstr("tables/none.csv: cannot be read"));
}

TEST_F(SpecialDaysTest, TheLimitHoldsForAllTablesTogether) {
  std::string rows;
  for (size_t i = 0; i < base::kSpecialDaysMax; ++i)
    base::append(rows, base::format_date(base::Days(static_cast<int32_t>(i))), ",holiday,\n");
  table("full.csv", rows);
  EXPECT_TRUE(load("time:\n  holidays: tables/full.csv\n").ok());
  EXPECT_EQ(complaint("time:\n  holidays: tables/full.csv\n  closures: 2024-06-12\n"),
            "time.holidays and time.closures: 10001 days; at most 10000: remove the oldest");
}

TEST_F(SpecialDaysTest, ATableThatEndsWithinAYearIsTold) {
  table("uk.csv", "2026-08-31,holiday,\n2026-12-31,closure,\n");
  alerts::RuleSet const rules =
      testing::must(load("time:\n  holidays: tables/uk.csv\n  closures: 2030-01-01\n"));
  EXPECT_EQ(note_on_holidays(rules, day(2025, 8, 30)), "");
  EXPECT_THAT(note_on_holidays(rules, day(2025, 8, 31)), HasSubstr("the last is 2026-08-31"));
  EXPECT_THAT(note_on_holidays(rules, day(2040, 1, 1)), HasSubstr("the last is 2026-08-31"));
  EXPECT_EQ(
      note_on_holidays(testing::must(load("time:\n  closures: 2020-01-01\n")), day(2026, 1, 1)),
      "");
}

}  // namespace
}  // namespace bellwether::runtime
