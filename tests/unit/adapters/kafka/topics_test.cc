#include "adapters/kafka/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(TopicsTest, ATopicThatKeepsAllRecordsHasNoNote) {
  EXPECT_EQ(retention_note({.name = "input"}), "");
}

TEST(TopicsTest, EveryLimitOfRetentionIsNamedWithItsCorrection) {
  EXPECT_THAT(retention_note({.name = "input", .retention_ms = 604'800'000}),
              AllOf(HasSubstr("after 7 days"), HasSubstr("retention.ms=-1"),
                    HasSubstr("a restart needs the whole log")));
  EXPECT_THAT(retention_note({.name = "input", .retention_ms = 3'600'000}),
              HasSubstr("after 1 hour"));
  EXPECT_THAT(retention_note({.name = "input", .retention_bytes = 1'000'000}),
              AllOf(HasSubstr("beyond 1000000 bytes"), HasSubstr("retention.bytes=-1")));
  EXPECT_THAT(retention_note({.name = "input", .cleanup_policy = "compact"}),
              AllOf(HasSubstr("all records of a key except the newest"),
                    HasSubstr("cleanup.policy=delete")));
  EXPECT_THAT(
      retention_note(
          {.name = "input", .retention_ms = 86'400'000, .cleanup_policy = "compact,delete"}),
      AllOf(HasSubstr("after 1 day"), HasSubstr("all records of a key except the newest")));
}

TEST(TopicsTest, TimeAndSizeDoNotMatterToATopicThatIsOnlyCompacted) {
  EXPECT_THAT(
      retention_note({.name = "input", .retention_ms = 604'800'000, .cleanup_policy = "compact"}),
      Not(HasSubstr("7 days")));
}

TEST(TopicsTest, F5_TheBrokersTimeIsRefusedWithItsCorrection) {
  EXPECT_TRUE(check_timestamps({{.name = "registrations"}}).ok());
  absl::Status const status = check_timestamps(
      {{.name = "registrations"}, {.name = "support", .timestamp_type = "LogAppendTime"}});
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("topic support has message.timestamp.type=LogAppendTime"),
                    HasSubstr("--add-config message.timestamp.type=CreateTime")));
}

TEST(TopicsTest, F5_LimitsOfTimestampsAndUncleanElectionsAreNoted) {
  EXPECT_EQ(acceptance_note({.name = "input"}), "");
  EXPECT_THAT(acceptance_note({.name = "input", .timestamp_age_max_ms = 604'800'000}),
              HasSubstr("refuses records with timestamps older than 7 days"));
  EXPECT_THAT(acceptance_note({.name = "input", .unclean_election = true}),
              HasSubstr("unclean.leader.election.enable=false"));
}

TEST(TopicsTest, TheJournalHasOnePartition) {
  EXPECT_TRUE(check_journal({.name = "journal", .partitions = 1}).ok());
  EXPECT_THAT(std::string(check_journal({.name = "journal", .partitions = 3}).message()),
              HasSubstr("the journal topic journal has 3 partitions; it must have 1"));
}

}  // namespace
}  // namespace bellwether::kafka
