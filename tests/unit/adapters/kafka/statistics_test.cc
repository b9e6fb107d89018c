#include "adapters/kafka/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "adapters/kafka/producer.h"
#include "mock_broker.h"
#include "support/must.h"

namespace bellwether::kafka {
namespace {

using testing::eventually;
using testing::MockBroker;
using testing::no_log;

// As librdkafka writes it, shortened.
constexpr std::string_view kText = R"({
  "name": "bellwetherd#consumer-1", "type": "consumer", "replyq": 0, "msg_cnt": 5,
  "brokers": {
    "a:9092/1": {"name": "a:9092/1", "nodeid": 1, "source": "learned", "state": "UP",
      "txerrs": 1, "txretries": 2, "rxerrs": 3, "req_timeouts": 4, "disconnects": 5,
      "rtt": {"min": 1000, "max": 9000, "avg": 1500, "cnt": 7}},
    "b:9092/2": {"name": "b:9092/2", "nodeid": 2, "source": "learned", "state": "UP",
      "txerrs": 10, "rtt": {"avg": 2500, "cnt": 1}},
    "c:9092/3": {"name": "c:9092/3", "nodeid": 3, "source": "learned", "state": "DOWN",
      "disconnects": 1, "rtt": {"avg": 900000, "cnt": 0}},
    "a:9092/bootstrap": {"nodeid": -1, "source": "configured", "state": "UP", "disconnects": 1,
      "rtt": {"avg": 7000000, "cnt": 1}},
    "GroupCoordinator": {"nodeid": 1, "source": "logical", "state": "UP", "disconnects": 1,
      "rtt": {"avg": 8000000, "cnt": 1}}},
  "topics": {"registrations": {"partitions": {
    "0": {"partition": 0, "fetchq_cnt": 10}, "1": {"partition": 1, "fetchq_cnt": 20},
    "-1": {"partition": -1, "fetchq_cnt": 0}}}}})";

TEST(StatisticsTest, BrokersAndQueuesAddUp) {
  auto const found = parse_statistics(kText);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->brokers_up, 2) << "neither the bootstrap address nor the coordinator is one";
  EXPECT_DOUBLE_EQ(found->round_trip_seconds.value_or(0), 0.0025) << "of the slowest that answered";
  EXPECT_EQ(found->queue_messages, 35);
  EXPECT_EQ(found->request_retries, 2);
  EXPECT_EQ(found->request_errors, 11);
  EXPECT_EQ(found->response_errors, 3);
  EXPECT_EQ(found->request_timeouts, 4);
  EXPECT_EQ(found->disconnects, 8);
}

TEST(StatisticsTest, OtherTextThanAnObjectGivesNothing) {
  for (const char* text :
       {"", "null", "7", "[]", "\"brokers\"", "{", "{\"brokers\":", "\xff\xfe", "{}{}"}) {
    EXPECT_FALSE(parse_statistics(text)) << text;
  }
  EXPECT_FALSE(parse_statistics(std::string(100'000, '[')));
  EXPECT_FALSE(parse_statistics(kText.substr(0, kText.size() - 1)));
}

TEST(StatisticsTest, UnexpectedFieldsCountAsNothing) {
  for (const char* text :
       {"{}", R"({"brokers": 7, "topics": "x", "msg_cnt": []})",
        R"({"brokers": [1, "x", null, {"nodeid": "1", "state": "UP"}]})",
        R"({"brokers": {"a": null, "b": {"nodeid": 1, "state": 7, "rtt": 9, "source": {}}}})",
        R"({"brokers": {"a": {"nodeid": 1.5, "rtt": {"avg": "1", "cnt": "1"}, "txerrs": 1e300}}})",
        R"({"topics": {"t": {"partitions": {"0": {"fetchq_cnt": "9"}, "1": 7}}, "u": 1}})"}) {
    auto const found = parse_statistics(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->brokers_up, 0) << text;
    EXPECT_FALSE(found->round_trip_seconds) << text;
    EXPECT_EQ(found->queue_messages, 0) << text;
    EXPECT_EQ(found->request_errors, 0) << text;
  }
}

// Every prefix and every single changed character: nothing throws.
TEST(StatisticsTest, DamagedTextIsHarmless) {
  for (size_t n = 0; n < kText.size(); ++n) {
    EXPECT_FALSE(parse_statistics(kText.substr(0, n)));
    std::string damaged(kText);
    for (char c : {'\0', '"', '}', '9', '\x80'}) {
      damaged[n] = c;
      (void)parse_statistics(damaged);
    }
  }
}

TEST(StatisticsTest, AClientTellsItsOwn) {
  MockBroker broker;
  broker.make("t");
  std::atomic<int> up{0};
  std::atomic<int> told{0};
  ClientOptions options = broker.client();
  options.statistics_every_ms = 20;
  options.statistics = [&](const ClientStatistics& statistics) {
    up = statistics.brokers_up;
    ++told;
  };
  auto const producer = bellwether::testing::must(Producer::create(options, {}, no_log()));
  ASSERT_TRUE(producer->produce({.topic = "t", .value = "x"}).ok());
  EXPECT_TRUE(eventually([&] {
    producer->poll(10);
    return up == 1;
  }));
  EXPECT_GE(told, 1);
}

}  // namespace
}  // namespace bellwether::kafka
