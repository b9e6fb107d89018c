#include "runtime/service/status_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/calendars.h"

namespace bellwether::runtime {
namespace {

using ::testing::HasSubstr;

using testing::kMonths;

LaneReport lane(int32_t partition) {
  LaneReport out;
  out.partition.partition = partition;
  out.inputs = {{.topic = "registrations", .partition = partition},
                {.topic = "support", .partition = partition}};
  out.counts.refused.resize(2);
  return out;
}

TEST(StatusMessageTest, RefusedRecordsAddUpAndASourceTakesItsEarliestPartition) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  lanes[0].counts.refused[0][0] = 2;
  lanes[1].counts.refused[1][0] = 3;
  lanes[0].sources = {{7, base::UnixMillis(50)}};
  lanes[1].sources = {{7, base::UnixMillis(40)}, {8, base::UnixMillis(60)}};
  status::v1::GetStatusResponse out;
  add_to_status(lanes, kMonths, out);
  EXPECT_EQ(out.inputs_size(), 4);
  ASSERT_EQ(out.partitions_size(), 2);
  EXPECT_EQ(out.partitions(1).partition(), 1);
  ASSERT_EQ(out.refused_size(), 1) << "reasons without records are left out";
  EXPECT_EQ(out.refused(0).count(), 5);
  ASSERT_EQ(out.sources_size(), 2);
  EXPECT_EQ(out.sources(0).source(), "0000000000000007");
  EXPECT_EQ(out.sources(0).complete_to_ms(), 40);
  EXPECT_EQ(out.sources(1).complete_to_ms(), 60);
}

TEST(StatusMessageTest, ALedgerThatDidNotAnswerIsMarked) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  lanes[0].partition.ledger.waiting = 3;
  lanes[0].partition.tick = base::PeriodIndex(12 * 49 + 4);
  lanes[1].partition.stale = false;
  status::v1::GetStatusResponse out;
  add_to_status(lanes, kMonths, out);
  EXPECT_EQ(out.partitions(0).businesses_waiting(), 3);
  EXPECT_EQ(out.partitions(0).tick(), "2019-05");
  EXPECT_TRUE(out.partitions(0).stale());
  EXPECT_FALSE(out.partitions(1).stale());
}

TEST(StatusMessageTest, EveryResultOfAComparisonHasItsCount) {
  DivergenceReport report;
  for (size_t i = 0; i < report.ticks.size(); ++i) report.ticks[i] = static_cast<int64_t>(i) + 1;
  report.diverged = true;
  report.first = Divergence{base::PeriodIndex(12 * 49 + 3), Compared::kCellsDiffer, 1, 2, {}, "w"};
  status::v1::ComparisonStatus const out = to_message(report, kMonths);
  EXPECT_EQ(out.equal(), 1);
  EXPECT_EQ(out.cells_equal(), 2);
  EXPECT_EQ(out.cells_differ(), 3);
  EXPECT_EQ(out.verdicts_differ(), 4);
  EXPECT_EQ(out.cut_differs(), 5);
  EXPECT_EQ(out.not_compared(), 6);
  EXPECT_TRUE(out.diverged());
  EXPECT_THAT(out.first_divergence(), HasSubstr("tick 2019-04"));
}

TEST(StatusMessageTest, ASnapshotSaysWhatTheReplicaStartedFrom) {
  SnapshotReport report;
  report.enabled = true;
  report.taken_at = base::UnixMillis(7);
  report.bytes = 8;
  report.error = "the disk is full";
  status::v1::SnapshotStatus const out = to_message(report, "the log: there is no snapshot");
  EXPECT_TRUE(out.enabled());
  EXPECT_EQ(out.taken_at_ms(), 7);
  EXPECT_EQ(out.bytes(), 8);
  EXPECT_EQ(out.error(), "the disk is full");
  EXPECT_EQ(out.started_from(), "the log: there is no snapshot");
}

}  // namespace
}  // namespace bellwether::runtime
