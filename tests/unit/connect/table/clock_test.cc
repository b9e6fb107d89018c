#include "connect/table/clock.h"

#include <gtest/gtest.h>

#include "support/must.h"
#include "support/time_zones.h"

namespace bellwether::connect::table {
namespace {

using testing::must;

Clock london(RepeatedTime repeated = RepeatedTime::kFirst) {
  return {testing::london(), repeated};
}

std::string time_text(const std::string& pattern, const Clock& clock, std::string_view text) {
  auto const instant = read_time(pattern, clock, text);
  return instant.ok() ? base::format_instant(*instant) : std::string(instant.status().message());
}
std::string date_text(const std::string& pattern, std::string_view text) {
  auto const day = read_date(pattern, london(), text);
  return day.ok() ? base::format_date(*day) : std::string(day.status().message());
}

TEST(ClockTest, ALocalTimeIsThatOfItsSeason) {
  EXPECT_EQ(time_text("%d/%m/%Y %H:%M", london(), "01/07/2026 09:30"), "2026-07-01T08:30:00Z");
  EXPECT_EQ(time_text("%d/%m/%Y %H:%M", london(), "01/12/2026 09:30"), "2026-12-01T09:30:00Z");
}

TEST(ClockTest, ATimeThatTheClockShowsTwiceFollowsTheRule) {
  const char* const pattern = "%Y-%m-%d %H:%M";
  const char* const text = "2026-10-25 01:30";
  EXPECT_EQ(time_text(pattern, london(), text), "2026-10-25T00:30:00Z");
  EXPECT_EQ(time_text(pattern, london(RepeatedTime::kSecond), text), "2026-10-25T01:30:00Z");
  EXPECT_EQ(time_text(pattern, london(RepeatedTime::kRefused), text),
            "2026-10-25T01:30:00 happened twice in Europe/London: the clock was put back; set "
            "clock.repeated to first or second");
}

TEST(ClockTest, ATimeThatTheClockNeverShowsIsRefused) {
  EXPECT_EQ(time_text("%Y-%m-%d %H:%M", london(), "2026-03-29 01:30"),
            "2026-03-29T01:30:00 does not exist in Europe/London: the clock was put forward; is "
            "the time zone right?");
  EXPECT_EQ(time_text("%Y-%m-%d %H:%M", london(), "2026-03-29 02:00"), "2026-03-29T01:00:00Z");
  EXPECT_EQ(time_text("%Y-%m-%d %H:%M", london(), "2026-03-29 00:59"), "2026-03-29T00:59:00Z");
}

// Every minute of a year is read back from what the clock shows.
TEST(ClockTest, EveryInstantIsAmongThoseOfItsLocalTime) {
  for (int64_t t = base::start_of(base::days_from_civil(2026, 1, 1)).value;
       t < base::start_of(base::days_from_civil(2027, 1, 1)).value; t += 17 * 60'000) {
    base::UnixMillis const instant(t);
    bool const summer = t >= must(read_time("%Y-%m-%d", {}, "2026-03-29")).value + 3'600'000 &&
                        t < must(read_time("%Y-%m-%d", {}, "2026-10-25")).value + 3'600'000;
    int64_t const local = t + (summer ? 3'600'000 : 0);
    base::UnixMillis const first = must(instant_of(london(), local));
    base::UnixMillis const second = must(instant_of(london(RepeatedTime::kSecond), local));
    EXPECT_TRUE(first == instant || second == instant) << base::format_instant(instant);
  }
}

TEST(ClockTest, AnOffsetOrACountNeedsNoZone) {
  EXPECT_EQ(time_text("%Y-%m-%dT%H:%M:%S%Ez", london(), "2026-07-01T09:30:00+02:00"),
            "2026-07-01T07:30:00Z");
  EXPECT_EQ(time_text("%Y-%m-%dT%H:%M:%S%Ez", london(), "2026-07-01T09:30:00Z"),
            "2026-07-01T09:30:00Z");
  EXPECT_EQ(time_text("unix_seconds", london(), "1782892800"), "2026-07-01T08:00:00Z");
  EXPECT_EQ(time_text("unix_millis", london(), "1782892800000"), "2026-07-01T08:00:00Z");
}

TEST(ClockTest, TheDayOfATimeIsThatOfTheClock) {
  EXPECT_EQ(date_text("%Y-%m-%dT%H:%M:%S%Ez", "2026-07-01T23:30:00Z"), "2026-07-02");
  EXPECT_EQ(date_text("%Y-%m-%d %H:%M:%S", "2026-07-01 23:30:00"), "2026-07-01");
}

TEST(ClockTest, APatternWithoutADayMeansTheFirstOne) {
  EXPECT_EQ(date_text("%Y-%m", "2026-07"), "2026-07-01");
  EXPECT_EQ(date_text("%Y", "2026"), "2026-01-01");
  EXPECT_EQ(date_text("%Y Q%q", "2026 Q3"), "2026-07-01");
  EXPECT_EQ(date_text("%Y Q%q", "2026 Q4"), "2026-10-01");
  EXPECT_EQ(date_text("%Y Q%q", "2026 Q5"),
            "\"2026 Q5\" has no quarter from 1 to 4 where \"%Y Q%q\" has %q");
}

TEST(ClockTest, ADayThatDoesNotExistIsRefused) {
  for (const char* text : {"31/02/2026", "1/13/2026", "2026-01-01", "", "infinite-future",
                           "01/01/26x", "01/01/0000"}) {
    EXPECT_FALSE(read_date("%d/%m/%Y", london(), text).ok()) << text;
  }
  EXPECT_EQ(date_text("%d/%m/%Y", "01/01/2999"),
            "\"01/01/2999\" is before 1700 or after 2078; correct it in the source");
  EXPECT_EQ(date_text("%d/%m/%Y", "01/01/1699"),
            "\"01/01/1699\" is before 1700 or after 2078; correct it in the source");
  EXPECT_EQ(date_text("%d/%m/%Y", "01/01/1752"), "1752-01-01");
  EXPECT_FALSE(read_time("unix_seconds", london(), "99999999999999").ok());
  EXPECT_FALSE(read_time("unix_millis", london(), "-1").ok());
}

TEST(ClockTest, APatternMustStateADay) {
  for (const char* good : {"%d/%m/%Y", "%Y%m%d", "%d %b %Y", "%d/%m/%y", "%Y-%m", "%Y", "%Y-Q%q",
                           "unix_seconds", "export-%Y-%m-%d.csv"}) {
    EXPECT_TRUE(check_date_pattern(good).ok()) << good;
  }
  for (const char* bad : {"", "%d/%m", "%d/%Y", "%m", "%q", "%H:%M", "date", "%", "%Q"}) {
    EXPECT_FALSE(check_date_pattern(bad).ok()) << bad;
  }
  for (const char* good : {"%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%E*S%Ez", "%d/%m/%Y %I:%M %p"}) {
    EXPECT_TRUE(check_time_pattern(good).ok()) << good;
  }
  for (const char* bad : {"%d/%m/%Y", "%d/%m/%Y %I:%M", "%H:%M", "%d/%m/%Y %H"}) {
    EXPECT_FALSE(check_time_pattern(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace bellwether::connect::table
