#include "runtime/service/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kLagMax = 100;
constexpr bool kNew = false;
constexpr bool kWasReady = true;

// Two lanes of two inputs each; all inputs are read to their ends.
Progress caught_up() {
  Progress p;
  p.journal_read = true;
  p.lanes.resize(2);
  for (int lane = 0; lane < 2; ++lane) {
    for (const char* topic : {"registrations", "support"}) {
      InputReport& in = p.lanes[lane].inputs.emplace_back();
      in.topic = topic;
      in.partition = lane;
      in.end_offset = 1000;
    }
  }
  return p;
}

TEST(ReadinessTest, AReplicaThatHasReadAllIsReady) {
  EXPECT_THAT(why_behind(caught_up(), kLagMax, kNew), IsEmpty());
  EXPECT_THAT(why_behind(caught_up(), kLagMax, kWasReady), IsEmpty());
}

TEST(ReadinessTest, TheJournalComesFirst) {
  Progress p = caught_up();
  p.journal_read = false;
  EXPECT_EQ(why_behind(p, kLagMax, kWasReady), "reading the journal");
}

TEST(ReadinessTest, OnceReadyMoreRecordsMayWait) {
  Progress p = caught_up();
  int64_t& lag = p.lanes[1].inputs[0].lag_events;
  lag = kLagMax;
  EXPECT_THAT(why_behind(p, kLagMax, kNew), IsEmpty());
  lag = kLagMax + 1;
  EXPECT_EQ(why_behind(p, kLagMax, kNew), "101 records behind");
  EXPECT_THAT(why_behind(p, kLagMax, kWasReady), IsEmpty());
  lag = kUnreadyFactor * kLagMax + 1;
  EXPECT_EQ(why_behind(p, kLagMax, kWasReady), "1001 records behind");
}

TEST(ReadinessTest, AHeldInputIsNotBehind) {
  Progress p = caught_up();
  p.lanes[0].inputs[1].lag_events = 1'000'000;
  p.lanes[0].inputs[1].held = true;
  EXPECT_THAT(why_behind(p, kLagMax, kNew), IsEmpty());
}

TEST(ReadinessTest, AnInputWithAnErrorIsNamed) {
  Progress p = caught_up();
  p.lanes[1].inputs[1].error = "gone";
  EXPECT_EQ(why_behind(p, kLagMax, kWasReady), "support 1: gone");
}

TEST(ReadinessTest, AnUnknownEndMattersOnlyAtTheStart) {
  Progress p = caught_up();
  p.lanes[0].inputs[0].end_offset = -1;
  EXPECT_EQ(why_behind(p, kLagMax, kNew), "waiting for registrations 0");
  EXPECT_THAT(why_behind(p, kLagMax, kWasReady), IsEmpty());
}

TEST(ReadinessTest, OnceReadyMoreTicksMayWait) {
  Progress p = caught_up();
  p.ticks_waiting = kTicksWaitingMax;
  EXPECT_THAT(why_behind(p, kLagMax, kNew), IsEmpty());
  p.ticks_waiting = kTicksWaitingMax + 1;
  EXPECT_EQ(why_behind(p, kLagMax, kNew), "3 ticks to evaluate");
  p.ticks_waiting = kTicksWaitingUnready;
  EXPECT_THAT(why_behind(p, kLagMax, kWasReady), IsEmpty());
  p.ticks_waiting = kTicksWaitingUnready + 1;
  EXPECT_EQ(why_behind(p, kLagMax, kWasReady), "7 ticks to evaluate");
}

TEST(ReadinessTest, AMissingVerdictIsReported) {
  Progress p = caught_up();
  p.verdict_wait_seconds = kVerdictWaitSeconds;
  EXPECT_THAT(why_behind(p, kLagMax, kWasReady), IsEmpty());
  p.verdict_wait_seconds = kVerdictWaitSeconds + 1;
  EXPECT_THAT(why_behind(p, kLagMax, kWasReady), HasSubstr("waited 61 s for its verdict"));
}

}  // namespace
}  // namespace bellwether::runtime
