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

TEST(LaneReportsTest, MissingRecordsAndErrorsAreReportedByInput) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  EXPECT_THAT(lost_records(lanes), IsEmpty());
  EXPECT_THAT(input_warnings(lanes), IsEmpty());
  lanes[1].inputs[0].missing = "the log begins late";
  lanes[0].inputs[1].error = "the topic is gone";
  lanes[0].inputs[1].waiting = "ticks wait";
  EXPECT_THAT(lost_records(lanes), ElementsAre("registrations 1: the log begins late"));
  EXPECT_THAT(input_warnings(lanes),
              ElementsAre("support 0: the topic is gone", "support 0: ticks wait"));
}

TEST(LaneReportsTest, F4_ABrokenContractIsReportedOnceForItsTopic) {
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  EXPECT_THAT(broken_contracts(lanes), IsEmpty());
  for (LaneReport& l : lanes) {
    l.inputs[1].breaches[static_cast<size_t>(ContractBreach::kMisplaced)] = 7;
  }
  EXPECT_THAT(broken_contracts(lanes),
              ElementsAre(::testing::StartsWith("support: records are in")));
}

}  // namespace
}  // namespace bellwether::runtime
