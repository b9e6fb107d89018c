#include "core/reference/working_hours.h"

#include <gtest/gtest.h>

#include "support/calendars.h"
#include "support/random.h"
#include "support/time_zones.h"

namespace bellwether::reference {
namespace {

using testing::day;
using testing::Random;

constexpr int64_t kMinute = testing::kMillisPerMinute;
constexpr OpenSpan kUsual{9 * 60, 17 * 60};

// An instant in UTC.
UnixMillis utc(int year, int month, int of_month, int hour = 0, int minute = 0) {
  return UnixMillis(base::start_of(day(year, month, of_month)).value +
                    (hour * 60 + minute) * kMinute);
}

double hours(const WorkingHours& desk, UnixMillis from, UnixMillis to) {
  return static_cast<double>(desk.millis_between(from, to)) / (60.0 * kMinute);
}

DeskHours in(base::TimeZone zone) {
  DeskHours out;
  out.zone = std::move(zone);
  return out;
}

TEST(WorkingHoursTest, OnlyTheHoursOfTheWorkingDayCount) {
  WorkingHours const desk{DeskHours()};
  // Thursday 2019-05-02.
  EXPECT_EQ(hours(desk, utc(2019, 5, 2, 10), utc(2019, 5, 2, 11, 30)), 1.5);
  EXPECT_EQ(hours(desk, utc(2019, 5, 2, 6), utc(2019, 5, 2, 23)), 8);
  EXPECT_EQ(hours(desk, utc(2019, 5, 2, 16, 30), utc(2019, 5, 3, 9, 30)), 1);
  EXPECT_EQ(hours(desk, utc(2019, 5, 2, 17), utc(2019, 5, 3, 9)), 0);
}

TEST(WorkingHoursTest, WeekendsDoNotCount) {
  WorkingHours const desk{DeskHours()};
  EXPECT_EQ(hours(desk, utc(2019, 5, 3, 16), utc(2019, 5, 6, 10)), 2);  // Friday to Monday
  EXPECT_EQ(hours(desk, utc(2019, 5, 4), utc(2019, 5, 5, 23)), 0);
  EXPECT_EQ(hours(desk, utc(2019, 4, 29), utc(2019, 5, 6)), 40);
}

TEST(WorkingHoursTest, WorkingTimeIsKnownFrom1970ToItsEnd) {
  WorkingHours const desk{DeskHours()};
  EXPECT_EQ(hours(desk, UnixMillis(0), utc(1970, 1, 5)), 16);  // Thursday, Friday
  EXPECT_EQ(hours(desk, utc(2078, 12, 26), kWorkingTimeEnd), 40);
  EXPECT_EQ(kWorkingTimeEnd, utc(2079, 1, 1));
  // 24 hours on every day: the longest working time.
  DeskHours always;
  always.open.fill({{0, kMinutesPerDay}});
  EXPECT_EQ(WorkingHours(always).millis_between(UnixMillis(0), kWorkingTimeEnd),
            kWorkingTimeEnd.value);
}

// The numbers of the case: a desk in Singapore and one in London.
TEST(WorkingHoursTest, F7_TheDesksOwnClockCounts) {
  WorkingHours const singapore(in(testing::singapore()));
  // Tuesday 09:00 to 16:00.
  EXPECT_EQ(hours(singapore, utc(2020, 1, 7, 1), utc(2020, 1, 7, 8)), 7);
  // Thursday 16:30 to Friday 09:30.
  EXPECT_EQ(hours(singapore, utc(2020, 2, 6, 8, 30), utc(2020, 2, 7, 1, 30)), 1);
  // Friday 16:30 to Monday 09:30 in UTC.
  EXPECT_EQ(hours(WorkingHours(DeskHours()), utc(2020, 3, 6, 16, 30), utc(2020, 3, 9, 9, 30)), 1);
  WorkingHours const london(in(testing::london()));
  // 09:00 to 10:00 in summer.
  EXPECT_EQ(hours(london, utc(2020, 6, 9, 8), utc(2020, 6, 9, 9)), 1);
  EXPECT_EQ(hours(london, utc(2020, 6, 9, 16), utc(2020, 6, 9, 17)), 0);
  EXPECT_EQ(hours(london, utc(2020, 1, 7, 16), utc(2020, 1, 7, 17)), 1);
}

TEST(WorkingHoursTest, F7_AWeekHasItsHoursWhenTheClocksChange) {
  WorkingHours const london(in(testing::london()));
  // The clocks change on Sunday 2020-03-29 and on Sunday 2020-10-25.
  EXPECT_EQ(hours(london, utc(2020, 3, 27, 16), utc(2020, 3, 30, 9)), 2);
  EXPECT_EQ(hours(london, utc(2020, 10, 23, 15), utc(2020, 10, 26, 10)), 2);
  // A desk that is open in the night of the change.
  DeskHours night = in(testing::london());
  night.open.fill({{0, 4 * 60}});
  EXPECT_EQ(hours(WorkingHours(night), utc(2020, 3, 28, 12), utc(2020, 3, 29, 12)), 3);
  EXPECT_EQ(hours(WorkingHours(night), utc(2020, 10, 24, 12), utc(2020, 10, 25, 12)), 5);
  EXPECT_EQ(hours(WorkingHours(night), utc(2020, 10, 25, 12), utc(2020, 10, 26, 12)), 4);
}

TEST(WorkingHoursTest, F7_HolidaysAndBreaksDoNotCount) {
  DeskHours stated = in(testing::singapore());
  stated.open[0] = {{9 * 60, 12 * 60 + 30}, {13 * 60 + 30, 17 * 60}};
  stated.closed = {day(2020, 1, 27), day(2020, 2, 1)};  // a Monday; a Saturday
  WorkingHours const desk(stated);
  // Monday 2020-01-20, 12:00 to 14:00 in Singapore.
  EXPECT_EQ(hours(desk, utc(2020, 1, 20, 4), utc(2020, 1, 20, 6)), 1);
  EXPECT_EQ(hours(desk, utc(2020, 1, 19, 16), utc(2020, 1, 26, 16)), 39);
  EXPECT_EQ(hours(desk, utc(2020, 1, 26, 16), utc(2020, 2, 2, 16)), 32);
}

TEST(WorkingHoursTest, HoursThatPassMidnightBelongToTwoDays) {
  DeskHours stated;
  stated.open.fill({});
  stated.open[4] = {{22 * 60, kMinutesPerDay}};
  stated.open[5] = {{0, 6 * 60}};
  EXPECT_EQ(hours(WorkingHours(stated), utc(2020, 1, 3, 23), utc(2020, 1, 4, 5)), 6);
  EXPECT_EQ(hours(WorkingHours(stated), utc(2020, 1, 1), utc(2020, 1, 8)), 8);
}

TEST(WorkingHoursTest, F7_TheTextStatesHoursZoneAndHolidays) {
  EXPECT_EQ(WorkingHours(DeskHours()).text(),
            "Monday to Friday 09:00–17:00, time zone UTC; holidays count as working days");
  DeskHours stated = in(testing::london());
  stated.open[2] = stated.open[3] = {{9 * 60, 12 * 60}, {13 * 60, 18 * 60 + 5}};
  stated.open[4] = {};
  stated.open[5] = {{0, kMinutesPerDay}};
  stated.closed = {day(2020, 1, 3), day(2020, 1, 6)};  // a Friday; a Monday
  EXPECT_EQ(WorkingHours(stated).text(),
            "Monday and Tuesday 09:00–17:00, Wednesday and Thursday 09:00–12:00 and 13:00–18:05, "
            "Saturday 00:00–24:00, time zone Europe/London, except 2020-01-06");
  stated.closed.push_back(day(2020, 1, 7));
  EXPECT_TRUE(WorkingHours(stated).text().ends_with(
      "time zone Europe/London, except 2 holidays from 2020-01-06 to 2020-01-07"));
}

TEST(WorkingHoursTest, TheDigestIsThatOfTheWorkingTime) {
  uint64_t const usual = WorkingHours(DeskHours()).digest();
  DeskHours same;
  same.zone.name = "Etc/UTC";
  same.zone.changes = {{utc(2000, 1, 1), 0}, {kWorkingTimeEnd, 3'600}};
  same.open[0] = {{9 * 60, 12 * 60}, {12 * 60, 17 * 60}};
  same.closed = {day(2020, 1, 4), day(2079, 1, 2)};  // a Saturday; after the end
  EXPECT_EQ(WorkingHours(same).digest(), usual);
  auto const digest = [](auto change) {
    DeskHours other;
    change(other);
    return WorkingHours(other).digest();
  };
  EXPECT_NE(digest([](DeskHours& h) { h.zone = testing::london(); }), usual);
  EXPECT_NE(digest([](DeskHours& h) { h.open[4] = {{9 * 60, 16 * 60}}; }), usual);
  EXPECT_NE(digest([](DeskHours& h) { h.open[5] = {kUsual}; }), usual);
  EXPECT_NE(digest([](DeskHours& h) { h.closed = {day(2020, 1, 3)}; }), usual);
  EXPECT_NE(digest([](DeskHours& h) { h.open.fill({}); }), usual);
}

// Clocks that no place has, with any hours and closed days around `begin`.
DeskHours random_hours(Random& random, UnixMillis begin) {
  DeskHours out;
  auto const offset = [&] { return random.between(-14 * 4, 14 * 4) * 900; };
  out.zone.offset_s = offset();
  UnixMillis at = begin;
  for (uint64_t n = random.below(12); n > 0; --n) {
    at.value += static_cast<int64_t>(random.below(15 * 24 * 60)) * kMinute;
    out.zone.changes.push_back({at, offset()});
  }
  for (OpenSpans& spans : out.open) {
    spans.clear();
    int end = 0;
    for (uint64_t n = random.below(kOpenSpansMax + 1); n > 0 && end < kMinutesPerDay; --n) {
      int const first = random.between(end, kMinutesPerDay - 1);
      end = random.between(first + 1, kMinutesPerDay);
      spans.push_back({first, end});
    }
  }
  for (int d = -5; d < 90; ++d) {
    if (random.chance(0.1)) out.closed.emplace_back(base::days_of(begin).value + d);
  }
  return out;
}

TEST(WorkingHoursTest, EqualsACountOfMinutes) {
  constexpr uint64_t kSeed = 5;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  for (int i = 0; i < 60; ++i) {
    UnixMillis const begin =
        i == 0 ? UnixMillis(0)
               : UnixMillis(static_cast<int64_t>(
                                random.below(kWorkingTimeEnd.value / kMinute - 90 * 1'440)) *
                            kMinute);
    DeskHours const stated = random_hours(random, begin);
    WorkingHours const desk(stated);
    auto const offset_at = [&](UnixMillis t) {
      int32_t offset = stated.zone.offset_s;
      for (const base::OffsetChange& change : stated.zone.changes) {
        if (change.at <= t) offset = change.offset_s;
      }
      return offset;
    };
    UnixMillis at = begin;
    int64_t sum = 0;
    for (int step = 0; step < 6; ++step) {
      UnixMillis const next(at.value + static_cast<int64_t>(random.below(15 * 1'440)) * kMinute);
      int64_t const wait = desk.millis_between(at, next);
      ASSERT_EQ(wait, testing::counted_minutes(stated, at, next, offset_at) * kMinute)
          << i << " from " << base::format_instant(at) << " to " << base::format_instant(next);
      sum += wait;
      // Within a minute, time passes or stands still.
      UnixMillis const within(next.value + static_cast<int64_t>(random.below(kMinute)));
      int64_t const more = desk.millis_between(next, within);
      EXPECT_TRUE(more == 0 || more == within.value - next.value) << more;
      at = next;
    }
    EXPECT_EQ(desk.millis_between(begin, at), sum) << "working times add up";
  }
}

TEST(WorkingHoursTest, ALongerWaitHasNoLessWorkingTime) {
  constexpr uint64_t kSeed = 9;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  DeskHours const stated = random_hours(random, utc(2020, 1, 1));
  WorkingHours const desk(stated);
  UnixMillis const begin = utc(2019, 12, 31, 23, 59);
  int64_t before = 0;
  for (UnixMillis t = begin; t < utc(2020, 9, 1);
       t.value += 1 + static_cast<int64_t>(random.below(3'600'000))) {
    int64_t const wait = desk.millis_between(begin, t);
    ASSERT_GE(wait, before);
    ASSERT_LE(wait, t.value - begin.value);
    before = wait;
  }
}

TEST(WorkingHoursDeathTest, HoursOutOfOrderAreADefectOfTheCaller) {
  DeskHours stated;
  stated.open[0] = {{13 * 60, 17 * 60}, {9 * 60, 12 * 60}};
  EXPECT_DEATH(WorkingHours{stated}, "");
  stated = DeskHours();
  stated.closed = {day(2020, 1, 2), day(2020, 1, 1)};
  EXPECT_DEATH(WorkingHours{stated}, "");
  stated = in({"Nowhere", 86'400, {}});
  EXPECT_DEATH(WorkingHours{stated}, "");
}

}  // namespace
}  // namespace bellwether::reference
