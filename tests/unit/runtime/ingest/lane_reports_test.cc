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

TEST(LaneReportsTest, F14_ALoadOfThePastIsReportedOnceForItsTopic) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  base::PeriodIndex const period = months.period_of(base::days_from_civil(2020, 1, 5));
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  EXPECT_THAT(loads_of_the_past(lanes, months), IsEmpty());
  for (LaneReport& l : lanes) l.inputs[0].past = {period, 60, 60};
  EXPECT_THAT(loads_of_the_past(lanes, months),
              ElementsAre(::testing::StartsWith(
                  "registrations: most records published in 2020-01 are about days")));
}

TEST(LaneReportsTest, F14_TheFirstPeriodIsNamedBeforeThereAreFigures) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  std::vector<LaneReport> lanes = {lane(0), lane(1)};
  EXPECT_EQ(why_no_figures(lanes, months), "");
  lanes[1].partition.open = months.period_of(base::days_from_civil(2020, 1, 5));
  EXPECT_THAT(why_no_figures(lanes, months),
              ::testing::AllOf(::testing::HasSubstr("in 2020-01"),
                               ::testing::HasSubstr("2020-02-01T00:00:00Z")));
}

}  // namespace
}  // namespace bellwether::runtime
