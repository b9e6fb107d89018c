// The section `desk`, its tables of holidays and its time zone become the hours of the desks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/text.h"
#include "runtime/setup/load.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

using testing::day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    std::filesystem::create_directories(folder_);
    write("areas.csv", testing::kWorldAreas);
    write("sectors.csv", testing::kWorldSectors);
  }
  ~DeskTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
  }
  void table(const std::string& name, std::string_view rows) const {
    write(name, base::cat("date,effect,name\n", rows));
  }
  // The section has the lines from 6 on.
  absl::StatusOr<config::Config> load(std::string_view section) const {
    write("b.yaml", base::cat("kafka:\n  bootstrap_servers: \"127.0.0.1:9092\"\n"
                              "reference:\n  areas: areas.csv\n  sectors: sectors.csv\n",
                              section));
    return load_config((folder_ / "b.yaml").string());
  }
  std::string complaint(std::string_view section) const {
    return std::string(base::from_absl(load(section).status().message()));
  }
  reference::Desks desks(std::string_view section) const {
    config::Config const config = testing::must(load(section));
    return testing::must(load_reference(config, (folder_ / "b.yaml").string())).desks;
  }

  std::filesystem::path const folder_ =
      std::filesystem::temp_directory_path() / ("desk." + std::to_string(getpid()));
};

TEST_F(DeskTest, F7_TheHoursOfTheConfigurationCount) {
  EXPECT_EQ(desks("").digest(), 0u);
  table("sg.csv", "2020-01-01,holiday,New Year\n2020-01-01,closure,\n2020-01-02,closure,\n");
  reference::Desks const desk = desks(
      "desk:\n"
      "  time_zone: Asia/Singapore\n"
      "  holidays: sg.csv\n"
      "  closures: 2020-01-03\n"
      "  sources: {chat: {holidays: [], closures: []}}\n");
  EXPECT_EQ(desk.text(),
            "Monday to Friday 09:00–17:00, time zone Asia/Singapore, except 2 holidays from "
            "2020-01-01 to 2020-01-03. Source chat: Monday to Friday 09:00–17:00, time zone "
            "Asia/Singapore; holidays count as working days")
      << "the register rests on 2 January, the desk does not";
  EXPECT_NE(desk.digest(), 0u);
}

TEST_F(DeskTest, F7_ErrorsAreReportedWithFileAndLine) {
  EXPECT_EQ(complaint("desk:\n  time_zone: Europe/Lundon\n"),
            base::cat((folder_ / "b.yaml").string(),
                      ":7: desk.time_zone: \"Europe/Lundon\" is not in the time zone database of "
                      "this system; correct the name, or install tzdata"));
  table("a.csv", "2024-12-25,closed,\n");
  EXPECT_THAT(complaint("desk: {holidays: a.csv}\n"),
              HasSubstr("a.csv:2: effect 'closed' is not known"));
  EXPECT_THAT(complaint("desk: {sources: {chat: {holidays: none.csv}}}\n"),
              HasSubstr("none.csv: cannot be read"));
}

// A table is not read again on SIGHUP, because the response times so far were counted by it.
TEST_F(DeskTest, F7_AChangedTableIsAChangedSetting) {
  std::string const section =
      "desk:\n  holidays: own.csv\n  sources: {chat: {holidays: own.csv}}\n";
  auto const changed = [&](std::string_view before, std::string_view after) {
    table("own.csv", before);
    config::Config const then = testing::must(load(section));
    table("own.csv", after);
    return config::changed_settings(then.fixed_settings,
                                    testing::must(load(section)).fixed_settings);
  };
  EXPECT_THAT(changed("2024-12-25,holiday,\n", "2024-12-25,holiday,Christmas\n2024-03-31,feast,\n"),
              IsEmpty());
  EXPECT_THAT(changed("2024-12-25,holiday,\n", "2024-12-26,holiday,\n"),
              ElementsAre("desk.holidays", "desk.sources.chat.holidays"));
}

TEST_F(DeskTest, ATableOfHolidaysThatEndsSoonIsTold) {
  table("uk.csv", "2026-08-31,holiday,\n2026-12-25,closure,\n");
  auto const notes = [&](std::string_view section, base::Days today) {
    return notes_on_desk_holidays(testing::must(load(section)).desks, today);
  };
  constexpr std::string_view kDesk = "desk: {holidays: uk.csv, closures: 2030-01-01}\n";
  EXPECT_THAT(notes(kDesk, day(2025, 8, 30)), IsEmpty());
  EXPECT_THAT(notes(kDesk, day(2025, 8, 31)),
              ElementsAre("desk.holidays: the last is 2026-08-31; later holidays count as working "
                          "days: add the coming years"));
  EXPECT_THAT(notes("desk: {sources: {chat: {holidays: uk.csv}, phone: {}}}\n", day(2025, 8, 31)),
              ElementsAre(HasSubstr("desk.sources.chat.holidays: the last is 2026-08-31")));
  EXPECT_THAT(notes("desk: {closures: 2020-01-01}\n", day(2025, 8, 31)), IsEmpty());
}

}  // namespace
}  // namespace bellwether::runtime
