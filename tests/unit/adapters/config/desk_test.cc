#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/config/config.h"
#include "core/base/text.h"
#include "core/reference/desks.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/time_zones.h"

namespace bellwether::config {
namespace {

using reference::OpenSpan;
using reference::OpenSpans;
using testing::day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must;

constexpr OpenSpan kUsual{9 * 60, 17 * 60};

absl::StatusOr<base::TimeZone> zone(const std::string& name) {
  if (name == "Asia/Singapore") return testing::singapore();
  if (name == "Europe/London") return testing::london();
  return absl::InvalidArgumentError("\"" + name + "\" is not known; correct it");
}
// The section has the lines from 6 on.
absl::StatusOr<Config> read_with(std::string_view section) {
  return parse(base::cat("kafka:\n  bootstrap_servers: localhost:9092\n"
                         "reference:\n  areas: a.csv\n  sectors: s.csv\n",
                         section),
               "b.yaml", {}, {}, zone);
}
std::string complaint_of(std::string_view section) {
  auto const parsed = read_with(section);
  EXPECT_FALSE(parsed.ok());
  return std::string(base::from_absl(parsed.status().message()));
}

TEST(DeskTest, F7_WithoutASectionTheHoursAreMondayToFridayInUtc) {
  Config const c = must(read_with(""));
  EXPECT_EQ(c.desks.common.hours, reference::DeskHours());
  EXPECT_TRUE(c.desks.common.holidays.empty());
  EXPECT_TRUE(c.desks.by_source.empty());
  EXPECT_EQ(must(read_with("desk: {time_zone: UTC}\n")).desks.common.hours, reference::DeskHours());
}

TEST(DeskTest, F7_ADeskHasAZoneHoursAndHolidays) {
  DeskConfig const desk = must(read_with("desk:\n"
                                         "  time_zone: Asia/Singapore\n"
                                         "  hours:\n"
                                         "    monday: 08:30-17:30\n"
                                         "    tuesday: [00:00-12:00, 12:00-13:15, 22:00-24:00]\n"
                                         "    sunday: []\n"
                                         "  holidays: [sg.csv, own.csv]\n"
                                         "  closures: [2026-12-24..2026-12-25, 2026-06-12]\n"))
                              .desks.common;
  EXPECT_EQ(desk.hours.zone, testing::singapore());
  EXPECT_THAT(desk.hours.open,
              ElementsAre(OpenSpans{{510, 1'050}}, OpenSpans{{0, 720}, {720, 795}, {1'320, 1'440}},
                          OpenSpans{}, OpenSpans{}, OpenSpans{}, OpenSpans{}, OpenSpans{}));
  EXPECT_THAT(desk.holidays, ElementsAre("sg.csv", "own.csv"));
  EXPECT_THAT(desk.hours.closed,
              ElementsAre(day(2026, 6, 12), day(2026, 12, 24), day(2026, 12, 25)));
}

TEST(DeskTest, ASourceTakesWhatItDoesNotStateFromTheSection) {
  DesksConfig const desks = must(read_with("desk:\n"
                                           "  time_zone: Europe/London\n"
                                           "  holidays: uk.csv\n"
                                           "  closures: 2026-06-12\n"
                                           "  sources:\n"
                                           "    chat:\n"
                                           "      hours: {saturday: 10:00-14:00}\n"
                                           "    singapore:\n"
                                           "      time_zone: Asia/Singapore\n"
                                           "      holidays: []\n"
                                           "      closures: []\n"
                                           "    utc: {time_zone: UTC}\n"))
                                .desks;
  ASSERT_EQ(desks.by_source.size(), 3u);
  const DeskConfig& chat = desks.by_source.at("chat");
  EXPECT_EQ(chat.hours.zone.name, "Europe/London");
  EXPECT_EQ(chat.hours.open[5], (OpenSpans{{600, 840}}));
  EXPECT_EQ(chat.hours.open[0], OpenSpans{});
  EXPECT_EQ(chat.holidays, desks.common.holidays);
  EXPECT_EQ(chat.hours.closed, desks.common.hours.closed);
  const DeskConfig& singapore = desks.by_source.at("singapore");
  EXPECT_EQ(singapore.hours.zone.name, "Asia/Singapore");
  EXPECT_EQ(singapore.hours.open[0], OpenSpans{kUsual});
  EXPECT_TRUE(singapore.holidays.empty());
  EXPECT_TRUE(singapore.hours.closed.empty());
  EXPECT_EQ(desks.by_source.at("utc").hours.zone, base::TimeZone());
}

TEST(DeskTest, F7_EveryErrorIsReportedAtOnceWithItsLine) {
  EXPECT_EQ(complaint_of("desk:\n"                       // 6
                         "  time_zone: Europe/Lundon\n"  // 7
                         "  hours:\n"                    // 8
                         "    monday: 9-17\n"            // 9
                         "    tuesday: 22:00-06:00\n"    // 10
                         "    wednesday:\n"              // 11
                         "      - 09:00-12:30\n"         // 12
                         "      - 12:00-17:00\n"         // 13
                         "    thursday: 09:00-09:00\n"   // 14
                         "    friday: 09:00-24:01\n"     // 15
                         "    saturday: {from: 9}\n"     // 16
                         "    holiday: 10:00-12:00\n"    // 17
                         "  holidays: [\"\"]\n"          // 18
                         "  closures: 24 December\n"     // 19
                         "  open: 9\n"),                 // 20
            "b.yaml:7: desk.time_zone: \"Europe/Lundon\" is not known; correct it\n"
            "b.yaml:9: desk.hours.monday: \"9-17\" is not a span of time; write HH:MM-HH:MM, such "
            "as 09:00-17:00\n"
            "b.yaml:10: desk.hours.tuesday: 22:00-06:00 ends before it begins; hours that pass "
            "midnight belong to two days: end the first at 24:00 and begin the next at 00:00\n"
            "b.yaml:13: desk.hours.wednesday: 12:00-17:00 begins before the span above it ends; "
            "write the spans in order\n"
            "b.yaml:14: desk.hours.thursday: 09:00-09:00 is empty; remove it\n"
            "b.yaml:15: desk.hours.friday: \"09:00-24:01\" is not a span of time; write "
            "HH:MM-HH:MM, such as 09:00-17:00\n"
            "b.yaml:16: desk.hours.saturday: must be a text or a list of texts\n"
            "b.yaml:17: desk.hours.holiday: no such key; known here: friday, monday, saturday, "
            "sunday, thursday, tuesday, wednesday\n"
            "b.yaml:18: desk.holidays: names no file; remove the entry\n"
            "b.yaml:19: desk.closures: '24 December' is not a date; write YYYY-MM-DD\n"
            "b.yaml:20: desk.open: no such key; known here: closures, holidays, hours, sources, "
            "teams, time_zone");
}

TEST(DeskTest, OnlyTimesOfAClockAreHours) {
  for (const char* const wrong :
       {"9:00-17:00", "09:00 - 17:00", "09:60-17:00", "25:00-26:00", "-1:00-17:00", "09:00",
        "09:00-17:00-18:00", "0900-1700", "", "09.00-17.00", "24:00-24:00"}) {
    EXPECT_THAT(complaint_of(base::cat("desk:\n  hours: {monday: \"", wrong, "\"}\n")),
                HasSubstr("b.yaml:7: desk.hours.monday: "))
        << wrong;
  }
}

TEST(DeskTest, ADeskThatIsNeverOpenIsRefused) {
  constexpr std::string_view kWhat =
      "desk.hours: the desk is never open; state a weekday, such as monday: 09:00-17:00";
  EXPECT_EQ(complaint_of("desk:\n  hours: {}\n"), base::cat("b.yaml:7: ", kWhat));
  EXPECT_EQ(complaint_of("desk:\n  hours:\n"), base::cat("b.yaml:7: ", kWhat));
  EXPECT_EQ(complaint_of("desk:\n  hours: {monday: []}\n"), base::cat("b.yaml:7: ", kWhat));
  EXPECT_EQ(complaint_of("desk:\n  hours: 9\n"),
            "b.yaml:7: desk.hours: must be a mapping of keys to values; indent its keys below it");
}

TEST(DeskTest, TheLimitsOfSpansAndSourcesHold) {
  EXPECT_TRUE(read_with("desk:\n  hours:\n    monday: [01:00-02:00, 03:00-04:00, 05:00-06:00, "
                        "07:00-08:00]\n")
                  .ok());
  EXPECT_EQ(complaint_of("desk:\n  hours:\n    monday: [01:00-02:00, 03:00-04:00, 05:00-06:00, "
                         "07:00-08:00, 09:00-10:00]\n"),
            "b.yaml:8: desk.hours.monday: more than 4 spans; remove some");
  std::string sources = "desk:\n  sources:\n";
  for (size_t i = 0; i < reference::kDeskSourcesMax; ++i)
    base::append(sources, "    s", i, ": {time_zone: UTC}\n");
  EXPECT_TRUE(read_with(sources).ok());
  EXPECT_EQ(complaint_of(sources + "    more: {time_zone: UTC}\n"),
            "b.yaml:40: desk.sources.more: more than 32 sources; remove some");
  std::string const longest(128, 's');
  EXPECT_TRUE(read_with("desk:\n  sources: {" + longest + ": {}}\n").ok());
  EXPECT_THAT(complaint_of("desk:\n  sources: {" + longest + "s: {}}\n"),
              HasSubstr("the name of a source has 1 to 128 bytes"));
}

TEST(DeskTest, AnErrorOfASourceNamesItsPath) {
  EXPECT_EQ(
      complaint_of("desk:\n  sources:\n    chat:\n      hours: {monday: soon}\n    phone: 9\n"),
      "b.yaml:9: desk.sources.chat.hours.monday: \"soon\" is not a span of time; write "
      "HH:MM-HH:MM, such as 09:00-17:00\n"
      "b.yaml:10: desk.sources.phone: must be a mapping of keys to values");
}

TEST(DeskTest, TheTeamsAreReadInTheirOrder) {
  EXPECT_THAT(must(read_with("desk: {teams: [start-up, advice]}\n")).desks.teams,
              ElementsAre("start-up", "advice"));
  for (const char* name : {"other", "not_stated"}) {
    EXPECT_THAT(complaint_of(base::cat("desk: {teams: [", name, "]}\n")),
                HasSubstr("is the name of a class that is always there; use another name"));
  }
  EXPECT_THAT(complaint_of("desk: {teams: [advice, advice]}\n"),
              HasSubstr("desk.teams: advice stands twice; remove one"));
  EXPECT_THAT(complaint_of("desk: {teams: [\"\"]}\n"),
              HasSubstr("the name of a team has 1 to 256 bytes"));
  std::string teams = "desk: {teams: [t0";
  for (size_t i = 1; i < reference::kDeskTeamsMax; ++i) base::append(teams, ", t", i);
  EXPECT_TRUE(read_with(teams + "]}\n").ok());
  EXPECT_THAT(complaint_of(teams + ", more]}\n"),
              HasSubstr("more than 14 teams; the rest count as other"));
}

// All response times so far were counted by the old hours.
TEST(DeskTest, F7_AChangeOfTheHoursNeedsAStart) {
  Config const before = must(read_with("desk: {time_zone: Europe/London}\n"));
  Config const after =
      must(read_with("desk: {time_zone: Asia/Singapore, hours: {monday: 09:00-12:00}}\n"));
  EXPECT_THAT(changed_settings(before.fixed_settings, after.fixed_settings),
              ElementsAre("desk.hours.monday", "desk.time_zone"));
}

TEST(DeskTest, WithoutADatabaseOnlyUtcIsKnown) {
  auto const parsed = parse(
      "kafka:\n  bootstrap_servers: localhost:9092\n"
      "reference:\n  areas: a.csv\n  sectors: s.csv\n"
      "desk: {time_zone: Europe/London}\n",
      "b.yaml", {});
  EXPECT_THAT(std::string(parsed.status().message()),
              HasSubstr("b.yaml:6: desk.time_zone: only UTC is known here"));
}

}  // namespace
}  // namespace bellwether::config
