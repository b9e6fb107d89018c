// What producers and topics must keep to: the partition of a key and the producer's own time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/kafka/partitioner.h"
#include "adapters/kafka/topics.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kContractPartitions = 3;
constexpr int kContractBusinesses = 60;
constexpr int kExitTopics = 4;  // of bellwetherd: the topics cannot be used

std::string business(int n) {
  return std::to_string(20'000'000 + n);
}

// Publishes a registration of each business in the partition of its key, and its end `shift`
// partitions farther.
void publish(Source& source, int shift) {
  for (int n = 0; n < kContractBusinesses; ++n) {
    source.registered(business(n), "N1", "10110", day(2019, 1, 5));
    auto ended = Source::about(business(n), business(n) + "-ended", day(2019, 3, 5));
    ended.mutable_status_changed()->set_status(events::v1::REGISTER_STATUS_REMOVED);
    std::string const key = Source::key(business(n));
    int32_t const own = kafka::partition_of(key, kContractPartitions);
    source.raw(source.topics().registrations, key, ended.SerializeAsString(), noon(day(2019, 3, 5)),
               (own + shift) % kContractPartitions);
  }
  source.heartbeat(midnight(day(2019, 5, 1)));
}

bool warns(const Daemon& daemon, const std::string& words) {
  auto const status = daemon.status();
  return std::ranges::any_of(status.basis().coverage_warnings(), [&](const std::string& w) {
    return w.find(words) != std::string::npos;
  });
}

int64_t misplaced(const Daemon& daemon) {
  int64_t sum = 0;
  auto const status = daemon.status();
  for (const auto& in : status.inputs()) sum += in.misplaced_records();
  return sum;
}

// Runs `bellwether topics check`. Returns its exit code and its output.
int check_topics(const Topics& topics, const TemporaryFolder& folder, std::string* output) {
  Child check({program("bellwether"), "topics", "check", "--brokers", broker(),
               "--registrations-topic", topics.registrations, "--support-topic", topics.support,
               "--journal-topic", topics.journal, "--dead-letters-topic", topics.dead_letters},
              {}, (folder.path() / "log").string());
  int const code = check.wait(60).value_or(-1);
  if (output != nullptr) *output = check.log();
  return code;
}

TEST(ContractTest, F4_RecordsInTheirKeysPartitionAreAllCounted) {
  Topics const topics = make_topics(broker(), kContractPartitions);
  Source source(broker(), topics, kContractPartitions);
  publish(source, 0);
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-04"));
  EXPECT_EQ(daemon.total("deaths", "R", "all"), kContractBusinesses);
  EXPECT_EQ(misplaced(daemon), 0);
  EXPECT_FALSE(warns(daemon, "murmur2"));
}

// The facts of one business in two partitions cannot be joined. This is not silent any more.
TEST(ContractTest, F4_RecordsInAnotherPartitionAreReportedEverywhere) {
  Topics const topics = make_topics(broker(), kContractPartitions);
  Source source(broker(), topics, kContractPartitions);
  publish(source, 1);
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-04"));
  EXPECT_EQ(misplaced(daemon), kContractBusinesses);
  EXPECT_TRUE(warns(daemon, "murmur2"));
  EXPECT_THAT(daemon.http("/metrics"),
              HasSubstr("bellwether_contract_breaches_total{topic=\"" + topics.registrations +
                        "\",breach=\"misplaced\"} " + std::to_string(kContractBusinesses)));
}

// Partitions that are added later change the partitions of keys, while the numbers of partitions of
// all topics are equal again.
TEST(ContractTest, AddedPartitionsAreFoundByTheKeysOfOldRecords) {
  Topics const topics = make_topics(broker(), kContractPartitions);
  Source source(broker(), topics, kContractPartitions);
  publish(source, 0);
  TemporaryFolder const folder;
  EXPECT_EQ(check_topics(topics, folder, nullptr), 0);
  for (const std::string& topic : {topics.registrations, topics.support})
    add_partitions(broker(), topic, 2 * kContractPartitions);
  std::string log;
  EXPECT_EQ(check_topics(topics, folder, &log), 1);
  EXPECT_THAT(log,
              ::testing::ContainsRegex("topic " + topics.registrations +
                                       ": of the oldest records that it keeps, [0-9]+ of "
                                       "[0-9]+ in partition 0, [0-9]+ of [0-9]+ in partition 1"));
  EXPECT_THAT(log, HasSubstr("another of its 6 partitions"));
  EXPECT_THAT(log, ::testing::Not(HasSubstr("topic " + topics.support + ": of"))) << "it is empty";
}

TEST(ContractTest, F5_ATopicWithTheBrokersTimeIsRefused) {
  Topics const topics = make_topics(broker(), kContractPartitions);
  set_timestamp_type(broker(), topics.support, "LogAppendTime");
  Daemon daemon({.broker = broker(), .topics = topics});
  EXPECT_EQ(daemon.child().wait(30), kExitTopics) << daemon.child().log();
  EXPECT_THAT(daemon.child().log(), HasSubstr("message.timestamp.type=LogAppendTime"));
  EXPECT_THAT(daemon.child().log(), HasSubstr("publish the records that it already has again"));
  TemporaryFolder const folder;
  std::string log;
  EXPECT_EQ(check_topics(topics, folder, &log), 1);
  EXPECT_THAT(log, HasSubstr("message.timestamp.type=LogAppendTime"));
}

// The setting was changed and changed back: the records keep the broker's time.
TEST(ContractTest, F5_RecordsWithTheBrokersTimeAreReported) {
  Topics const topics = make_topics(broker(), kContractPartitions);
  set_timestamp_type(broker(), topics.registrations, "LogAppendTime");
  Source source(broker(), topics, kContractPartitions);
  publish(source, 0);
  source.flush();
  set_timestamp_type(broker(), topics.registrations, "CreateTime");
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  EXPECT_TRUE(eventually([&] { return warns(daemon, "broker's time"); }, 20));
}

}  // namespace
}  // namespace bellwether::testing
