#include "runtime/ingest/lane_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LaneReport lane(int32_t partition) {
  LaneReport out;
  out.partition.partition = partition;
  out.inputs = {{.topic = "registrations", .partition = partition},
                {.topic = "support", .partition = partition}};
  out.counts.refused.resize(2);
  return out;
}

TEST(LaneReportsTest, WhatIsMissingAndWhatIsWrongIsToldByInput) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  EXPECT_THAT(missing(lanes), IsEmpty());
  EXPECT_THAT(troubles(lanes), IsEmpty());
  lanes[1].inputs[0].missing = "the log begins late";
  lanes[0].inputs[1].error = "the topic is gone";
  lanes[0].inputs[1].waiting = "ticks wait";
  EXPECT_THAT(missing(lanes), ElementsAre("registrations 1: the log begins late"));
  EXPECT_THAT(troubles(lanes),
              ElementsAre("support 0: the topic is gone", "support 0: ticks wait"));
}

TEST(LaneReportsTest, RefusedRecordsAddUpAndASourceIsAsCompleteAsItsLeastPartition) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  lanes[0].counts.refused[0][0] = 2;
  lanes[1].counts.refused[1][0] = 3;
  lanes[0].sources = {{7, base::UnixMillis(50)}};
  lanes[1].sources = {{7, base::UnixMillis(40)}, {8, base::UnixMillis(60)}};
  engine::StatusReport out;
  add(lanes, out);
  EXPECT_EQ(out.inputs.size(), 4u);
  ASSERT_EQ(out.partitions.size(), 2u);
  EXPECT_EQ(out.partitions[1].partition, 1);
  ASSERT_EQ(out.refused.size(), 1u) << "reasons without a record are left out";
  EXPECT_EQ(out.refused[0].count, 5);
  ASSERT_EQ(out.sources.size(), 2u);
  EXPECT_EQ(out.sources[0].complete_to, base::UnixMillis(40));
  EXPECT_EQ(out.sources[1].complete_to, base::UnixMillis(60));
}

}  // namespace
}  // namespace bellwether::runtime
