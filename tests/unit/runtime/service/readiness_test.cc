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

std::string why(const Progress& progress, int64_t lag_events_max, bool was_ready) {
  return text_of(why_behind(progress, lag_events_max, was_ready));
}

TEST(ReadinessTest, AReplicaThatHasReadAllIsReady) {
  EXPECT_THAT(why(caught_up(), kLagMax, kNew), IsEmpty());
  EXPECT_THAT(why(caught_up(), kLagMax, kWasReady), IsEmpty());
}

TEST(ReadinessTest, TheJournalComesFirst) {
  Progress p = caught_up();
  p.journal_read = false;
  EXPECT_EQ(why(p, kLagMax, kWasReady), "reading the journal");
}

// All replicas read the same load of records: if it made them not ready, no call would succeed.
TEST(ReadinessTest, OnceReadyAnyNumberOfRecordsMayWait) {
  Progress p = caught_up();
  int64_t& lag = p.lanes[1].inputs[0].lag_events;
  lag = kLagMax;
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
  lag = kLagMax + 1;
  EXPECT_EQ(why(p, kLagMax, kNew), "101 records behind");
  lag = 1'000'000'000;
  EXPECT_THAT(why(p, kLagMax, kWasReady), IsEmpty());
}

// An input that is held for a moment, until another one counts as idle, is not read to its end.
TEST(ReadinessTest, AHeldInputIsBehindUnlessItIsBlocked) {
  Progress p = caught_up();
  p.lanes[0].inputs[1].lag_events = 1'000'000;
  p.lanes[0].inputs[1].held = true;
  EXPECT_EQ(why(p, kLagMax, kNew), "1000000 records behind");
  p.lanes[0].inputs[1].blocked = true;
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
}

TEST(ReadinessTest, AnInputWithAnErrorIsNamed) {
  Progress p = caught_up();
  p.lanes[1].inputs[1].error = "gone";
  EXPECT_EQ(why(p, kLagMax, kWasReady), "support 1: gone");
}

TEST(ReadinessTest, AnUnknownEndMattersOnlyAtTheStart) {
  Progress p = caught_up();
  p.lanes[0].inputs[0].end_offset = -1;
  EXPECT_EQ(why(p, kLagMax, kNew), "waiting for registrations 0");
  EXPECT_THAT(why(p, kLagMax, kWasReady), IsEmpty());
}

TEST(ReadinessTest, OnceReadyAnyNumberOfTicksMayWait) {
  Progress p = caught_up();
  p.ticks_waiting = kTicksWaitingMax;
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
  p.ticks_waiting = kTicksWaitingMax + 1;
  EXPECT_EQ(why(p, kLagMax, kNew), "3 ticks to evaluate");
  p.ticks_waiting = 1'000;
  EXPECT_THAT(why(p, kLagMax, kWasReady), IsEmpty());
}

// A replica that has read every record again still shows the figures of an earlier period, until
// the same ticks have closed as before its restart.
TEST(ReadinessTest, TheJournalsNewestTickMustBeShown) {
  Progress p = caught_up();
  p.calendar = base::Calendar(base::CalendarUnit::kMonth);
  p.journal_tick = base::PeriodIndex(12 * 49 + 4);
  EXPECT_EQ(why(p, kLagMax, kNew),
            "figures are through no period, the journal's newest tick is 2019-05");
  p.shown_tick = base::PeriodIndex(12 * 49 + 3);
  EXPECT_EQ(why(p, kLagMax, kNew),
            "figures are through 2019-04, the journal's newest tick is 2019-05");
  p.shown_tick = p.journal_tick;
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
  p.shown_tick = base::PeriodIndex(p.journal_tick->value + 1);  // its verdict is not journaled yet
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
  p.journal_tick.reset();  // a new deployment
  p.shown_tick.reset();
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
}

TEST(ReadinessTest, OnceReadyFiguresMayBeBehindWhileTheyMove) {
  Progress p = caught_up();
  p.shown_tick = base::PeriodIndex(100);
  p.journal_tick = base::PeriodIndex(140);
  EXPECT_THAT(why(p, kLagMax, kNew), HasSubstr("the journal's newest tick is "));
  p.figures_behind = kFiguresStuck;
  EXPECT_THAT(why(p, kLagMax, kWasReady), IsEmpty());
  p.figures_behind = kFiguresStuck + absl::Seconds(1);
  EXPECT_THAT(why(p, kLagMax, kWasReady), HasSubstr("the journal's newest tick is "));
  p.shown_tick.reset();
  EXPECT_THAT(why(p, kLagMax, kWasReady), HasSubstr("figures are through no period"));
}

TEST(ReadinessTest, FiguresAreBehindSinceTheyMovedLast) {
  FiguresWatch watch;
  auto const behind = [&watch](std::optional<int32_t> shown, std::optional<int32_t> journal,
                               int seconds) {
    auto const tick = [](std::optional<int32_t> value) {
      return value ? std::optional(base::PeriodIndex(*value)) : std::nullopt;
    };
    return absl::ToInt64Seconds(
        watch.behind(tick(shown), tick(journal), absl::FromUnixSeconds(1'000 + seconds)));
  };
  EXPECT_EQ(behind({}, {}, 0), 0);  // a new deployment
  EXPECT_EQ(behind({}, 1, 1), 0);
  EXPECT_EQ(behind({}, 1, 5), 4);
  EXPECT_EQ(behind(1, 1, 6), 0);
  EXPECT_EQ(behind(2, 1, 100), 0);  // its verdict is not journaled yet
  EXPECT_EQ(behind(2, 9, 200), 0);
  EXPECT_EQ(behind(2, 12, 250), 50);
  EXPECT_EQ(behind(3, 12, 260), 0);  // it moves
  EXPECT_EQ(behind(3, 12, 275), 15);
  EXPECT_EQ(behind(12, 12, 280), 0);
}

// Records that the log has lost can no longer close their ticks. With idle: wall_clock the clock
// closes them.
TEST(ReadinessTest, ATruncatedLogDoesNotHoldAReplicaForEver) {
  Progress p = caught_up();
  p.journal_tick = base::PeriodIndex(100);
  p.lanes[0].inputs[0].missing = "the log begins at offset 7 instead of 0";
  EXPECT_THAT(why(p, kLagMax, kNew), HasSubstr("the journal's newest tick is "));
  p.only_records_close_ticks = true;
  EXPECT_THAT(why(p, kLagMax, kNew), IsEmpty());
  p.lanes[0].inputs[0].missing.clear();
  EXPECT_THAT(why(p, kLagMax, kNew), HasSubstr("the journal's newest tick is "));
}

TEST(ReadinessTest, AMissingVerdictIsReported) {
  Progress p = caught_up();
  p.verdict_wait_seconds = kVerdictWaitSeconds;
  EXPECT_THAT(why(p, kLagMax, kWasReady), IsEmpty());
  p.verdict_wait_seconds = kVerdictWaitSeconds + 1;
  EXPECT_THAT(why(p, kLagMax, kWasReady), HasSubstr("waited 61 s for its verdict"));
}

TEST(ReadinessTest, EachReasonHasItsCode) {
  using Reason = NotReadyReason;
  auto const code = [](auto spoil) {
    Progress p = caught_up();
    spoil(p);
    auto const why = why_behind(p, kLagMax, kNew);
    return why ? std::optional(why->reason) : std::nullopt;
  };
  EXPECT_EQ(code([](Progress&) {}), std::nullopt);
  EXPECT_EQ(code([](Progress& p) { p.journal_read = false; }), Reason::kReadingJournal);
  EXPECT_EQ(code([](Progress& p) { p.lanes[0].inputs[0].error = "gone"; }), Reason::kInputError);
  EXPECT_EQ(code([](Progress& p) { p.lanes[0].inputs[0].end_offset = -1; }), Reason::kInputUnknown);
  EXPECT_EQ(code([](Progress& p) { p.lanes[0].inputs[0].lag_events = 1'000; }), Reason::kLag);
  EXPECT_EQ(code([](Progress& p) { p.journal_tick = base::PeriodIndex(100); }),
            Reason::kFiguresBehind);
  EXPECT_EQ(code([](Progress& p) { p.ticks_waiting = 1'000; }), Reason::kTicksWaiting);
  EXPECT_EQ(code([](Progress& p) { p.verdict_wait_seconds = 1'000; }), Reason::kVerdictOverdue);
}

}  // namespace
}  // namespace bellwether::runtime
