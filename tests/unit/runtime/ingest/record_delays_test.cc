#include "runtime/ingest/record_delays.h"

#include <gtest/gtest.h>

#include <numeric>

namespace bellwether::runtime {
namespace {

int64_t counted(const RecordDelays& delays) {
  return std::accumulate(delays.counts().begin(), delays.counts().end(), int64_t{0});
}

TEST(RecordDelaysTest, ABoundBelongsToItsBucket) {
  RecordDelays delays;
  delays.note(100);
  delays.note(101);
  delays.note(250);
  EXPECT_EQ(delays.counts()[0], 1);
  EXPECT_EQ(delays.counts()[1], 2);
  EXPECT_EQ(counted(delays), 3);
  EXPECT_EQ(delays.sum_ms(), 451);
}

TEST(RecordDelaysTest, APublisherWhoseClockIsAheadHasNoDelay) {
  RecordDelays delays;
  delays.note(-5'000);
  EXPECT_EQ(delays.counts()[0], 1);
  EXPECT_EQ(delays.sum_ms(), 0);
}

TEST(RecordDelaysTest, RecordsOlderThanADayAreNotCounted) {
  RecordDelays delays;
  delays.note(86'400'000);
  delays.note(86'400'001);
  delays.note(INT64_MAX);
  EXPECT_EQ(delays.counts().back(), 1);
  EXPECT_EQ(counted(delays), 1);
  EXPECT_EQ(delays.sum_ms(), 86'400'000);
}

TEST(RecordDelaysTest, PartitionsAddUp) {
  RecordDelays one;
  one.note(50);
  RecordDelays other;
  other.note(50);
  other.note(4'000);
  one.add(other);
  EXPECT_EQ(one.counts()[0], 2);
  EXPECT_EQ(counted(one), 3);
  EXPECT_EQ(one.sum_ms(), 4'100);
}

}  // namespace
}  // namespace bellwether::runtime
