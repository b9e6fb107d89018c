// The zones of the system, compared with the C library's own reading of them.
#include "adapters/tzdata/tzdata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "core/base/text.h"
#include "core/reference/working_hours.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/random.h"
#include "support/time_zones.h"

namespace bellwether::tzdata {
namespace {

using base::UnixMillis;
using ::testing::HasSubstr;
using testing::must;

constexpr const char* kZones[] = {"UTC",
                                  "Europe/London",
                                  "Asia/Singapore",
                                  "Asia/Kolkata",
                                  "Australia/Lord_Howe",
                                  "America/New_York",
                                  "Pacific/Apia",
                                  "Africa/Casablanca",
                                  "America/St_Johns",
                                  "Pacific/Chatham"};

// Sets the zone of the C library.
class InZone {
 public:
  explicit InZone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~InZone() {
    unsetenv("TZ");
    tzset();
  }
};

int64_t c_library_offset(UnixMillis instant) {
  time_t const seconds = instant.value / 1'000;
  tm shown{};
  localtime_r(&seconds, &shown);
  return shown.tm_gmtoff;
}

int64_t offset_at(const base::TimeZone& zone, UnixMillis instant) {
  int64_t offset = zone.offset_s;
  for (const base::OffsetChange& change : zone.changes) {
    if (change.at <= instant) offset = change.offset_s;
  }
  return offset;
}

TEST(TzdataTest, F7_TheOffsetIsThatOfTheCLibraryAtEveryInstant) {
  constexpr uint64_t kSeed = 3;
  SCOPED_TRACE(kSeed);
  testing::Random random(kSeed);
  for (const char* const name : kZones) {
    SCOPED_TRACE(name);
    base::TimeZone const zone = must(read_time_zone(name));
    EXPECT_EQ(zone.name, name);
    InZone const here(name);
    for (int i = 0; i < 2'000; ++i) {
      UnixMillis const at(static_cast<int64_t>(random.below(base::kInstantEnd.value)));
      ASSERT_EQ(offset_at(zone, at), c_library_offset(at)) << base::format_instant(at);
    }
    for (const base::OffsetChange& change : zone.changes) {
      EXPECT_EQ(change.offset_s, c_library_offset(change.at));
      EXPECT_NE(change.offset_s, c_library_offset(UnixMillis(change.at.value - 1'000)))
          << "a change that changes nothing: " << base::format_instant(change.at);
    }
  }
}

TEST(TzdataTest, LondonAndSingaporeHaveTheirLaws) {
  base::TimeZone const london = must(read_time_zone("Europe/London"));
  for (const base::OffsetChange& change : testing::london().changes) {
    EXPECT_EQ(offset_at(london, change.at), change.offset_s) << base::format_instant(change.at);
  }
  EXPECT_EQ(
      offset_at(must(read_time_zone("Asia/Singapore")), base::start_of(testing::day(2020, 1, 1))),
      testing::singapore().offset_s);
  EXPECT_TRUE(must(read_time_zone("UTC")).changes.empty());
}

// Random desks in all zones, against minutes that the C library's clock shows.
TEST(TzdataTest, F7_WorkingTimeInAnyZoneEqualsACountOfMinutes) {
  constexpr uint64_t kSeed = 11;
  SCOPED_TRACE(kSeed);
  testing::Random random(kSeed);
  for (const char* const name : kZones) {
    reference::DeskHours hours;
    hours.zone = must(read_time_zone(name));
    hours.open[6] = {{0, 5 * 60}, {22 * 60 + 30, reference::kMinutesPerDay}};
    hours.open[1] = {{8 * 60, 12 * 60 + 15}, {13 * 60, 20 * 60}};
    reference::WorkingHours const desk(hours);
    InZone const here(name);
    for (int i = 0; i < 40; ++i) {
      int const year = random.between(1971, 2077);
      UnixMillis from(base::start_of(testing::day(year, 1, 1)).value +
                      static_cast<int64_t>(random.below(365 * 1'440)) * testing::kMillisPerMinute);
      // Every other wait is across a change of the clock.
      if (i % 2 == 0 && !hours.zone.changes.empty()) {
        from = hours.zone.changes[random.below(hours.zone.changes.size())].at;
        from.value -= static_cast<int64_t>(random.below(3 * 1'440)) * testing::kMillisPerMinute;
        from.value -= from.value % testing::kMillisPerMinute;
      }
      from = std::clamp(from, UnixMillis(0), base::start_of(testing::day(2078, 12, 1)));
      UnixMillis const to(from.value + static_cast<int64_t>(random.below(8 * 1'440)) *
                                           testing::kMillisPerMinute);
      ASSERT_EQ(
          desk.millis_between(from, to),
          testing::counted_minutes(hours, from, to, c_library_offset) * testing::kMillisPerMinute)
          << name << " from " << base::format_instant(from) << " to " << base::format_instant(to);
    }
  }
}

TEST(TzdataTest, F7_AnUnknownZoneIsRefusedWithWhatToDo) {
  auto const complaint = [](const std::string& name) {
    auto const zone = read_time_zone(name);
    EXPECT_TRUE(absl::IsInvalidArgument(zone.status())) << name;
    return std::string(base::from_absl(zone.status().message()));
  };
  EXPECT_EQ(complaint("Europe/Lundon"),
            "\"Europe/Lundon\" is not in the time zone database of this system; correct the name, "
            "or install tzdata");
  EXPECT_THAT(complaint("America/Argentina"), HasSubstr("not in the time zone database"));
  // Links for old programs, clocks that depend on the machine or count leap seconds, and paths.
  for (const char* const name : {"", "GB", "Singapore", "BST", "+08:00", "UTC+8", "localtime",
                                 "libc:localtime", "right/Europe/London", "posix/Europe/London",
                                 "/etc/localtime", "Europe/../Asia/Tokyo", "Fixed/UTC+08:00:00"}) {
    EXPECT_THAT(
        complaint(name),
        HasSubstr("is not a time zone; write UTC, or Area/Location, such as Europe/London"));
  }
}

}  // namespace
}  // namespace bellwether::tzdata
