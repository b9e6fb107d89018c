#include "core/events/working_hours.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/core/events/fixture.h"

namespace bellwether::events {
namespace {

using testing::at;

double hours(UnixMillis from, UnixMillis to) {
  return static_cast<double>(working_millis(from, to)) / double{kMillisPerHour};
}

TEST(WorkingHoursTest, OnlyTheHoursOfTheWorkingDayCount) {
  // Thursday 2019-05-02.
  EXPECT_EQ(hours(at(2019, 5, 2, 10), at(2019, 5, 2, 11, 30)), 1.5);
  EXPECT_EQ(hours(at(2019, 5, 2, 6), at(2019, 5, 2, 23)), 8);
  EXPECT_EQ(hours(at(2019, 5, 2, 16, 30), at(2019, 5, 3, 9, 30)), 1);
  EXPECT_EQ(hours(at(2019, 5, 2, 17), at(2019, 5, 3, 9)), 0);
}

TEST(WorkingHoursTest, WeekendsDoNotCount) {
  EXPECT_EQ(hours(at(2019, 5, 3, 16), at(2019, 5, 6, 10)), 2);  // Friday to Monday
  EXPECT_EQ(hours(at(2019, 5, 4, 0), at(2019, 5, 5, 23)), 0);
  EXPECT_EQ(hours(at(2019, 4, 29), at(2019, 5, 6)), 40);
}

TEST(WorkingHoursTest, HoldsAcross1970) {
  EXPECT_EQ(hours(at(1969, 12, 31, 16), at(1970, 1, 1, 10)), 2);  // Wednesday, Thursday
  EXPECT_EQ(hours(at(1969, 12, 22), at(1970, 1, 5)), 80);
}

// Working minutes, counted minute by minute.
int64_t counted_minutes(UnixMillis from, UnixMillis to) {
  int64_t minutes = 0;
  for (int64_t t = from.value; t < to.value; t += 60'000) {
    int64_t const weekday = (base::days_of(UnixMillis(t)).value + 3 + 7'000'000) % 7;
    int64_t const hour = (t - base::start_of(base::days_of(UnixMillis(t))).value) / kMillisPerHour;
    minutes += weekday < 5 && hour >= 9 && hour < 17 ? 1 : 0;
  }
  return minutes;
}

TEST(WorkingHoursTest, EqualsACountOfMinutes) {
  constexpr uint64_t kSeed = 5;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 300; ++i) {
    int64_t const minute = static_cast<int64_t>(random() % 2'000'000) - 1'000'000;
    UnixMillis const from(minute * 60'000);
    UnixMillis const to(from.value + static_cast<int64_t>(random() % 30'000) * 60'000);
    EXPECT_EQ(working_millis(from, to), counted_minutes(from, to) * 60'000) << from.value;
  }
}

TEST(WorkingHoursTest, ABucketContainsWaitsUpToItsUpperLimit) {
  EXPECT_EQ(response_bucket(0), 1);
  for (size_t b = 0; b < kResponseHours.size(); ++b) {
    auto const end = static_cast<int64_t>(kResponseHours[b] * double{kMillisPerHour});
    EXPECT_EQ(response_bucket(end), b + 1);
    EXPECT_EQ(response_bucket(end + 1), b + 2);
  }
  EXPECT_EQ(response_bucket(INT64_MAX / 2), kResponseBuckets);
}

}  // namespace
}  // namespace bellwether::events
