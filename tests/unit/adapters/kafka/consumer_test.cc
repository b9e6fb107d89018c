#include "adapters/kafka/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/kafka/producer.h"
#include "support/must.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using testing::eventually;
using testing::MockBroker;
using testing::no_log;

class ConsumerTest : public ::testing::Test {
 protected:
  ConsumerTest() {
    broker_.make("input");
    consumer_ = must(InputConsumer::create(broker_.client(), {{"input", 0}}, {}, no_log()));
  }
  bool comes_to_the_end() {
    return eventually([&] {
      consumer_->poll(0, batch_);
      return batch_.at_end();
    });
  }

  MockBroker broker_;
  std::unique_ptr<InputConsumer> consumer_;
  Batch batch_;
};

TEST_F(ConsumerTest, AReturningBrokerIsReachableWithoutARecord) {
  ASSERT_TRUE(comes_to_the_end());
  broker_.go_down();
  ASSERT_TRUE(eventually([&] {
    consumer_->serve_callbacks();
    return !consumer_->broker_reachable();
  }));
  broker_.come_back();
  EXPECT_TRUE(eventually([&] {
    consumer_->serve_callbacks();
    return consumer_->broker_reachable();
  }));
}

TEST_F(ConsumerTest, ReadingTheEndAgainReportsItAgain) {
  ASSERT_TRUE(comes_to_the_end());
  for (int i = 0; i < 3; ++i) {
    (void)consumer_->restart(0, batch_.end_offset());
    ASSERT_TRUE(comes_to_the_end());
    EXPECT_EQ(batch_.end_offset(), 0);
  }
}

// A process that waits for a processor between two calls must not lose the records that arrive in
// the meantime: librdkafka delivers them to another queue until the inputs have their own.
TEST_F(ConsumerTest, NothingIsLostHoweverLongTheStartTakes) {
  constexpr int kRecords = 200;
  auto const producer = must(Producer::create(broker_.client(), {}, no_log()));
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_TRUE(producer->produce({.topic = "input", .value = std::to_string(i)}).ok());
  }
  ASSERT_TRUE(producer->flush(absl::Seconds(20)).ok());
  for (int64_t first : {0, 150}) {
    auto const consumer =
        must(InputConsumer::create(broker_.client(), {{"input", 0, first}},
                                   {.pause_for_test = absl::Milliseconds(500)}, no_log()));
    int64_t next = first;
    EXPECT_TRUE(eventually([&] {
      consumer->serve_callbacks();
      consumer->poll(0, batch_);
      for (const Record& record : batch_.records()) {
        EXPECT_EQ(record.offset, next);
        next = record.offset + 1;
      }
      return next >= kRecords;
    }));
    batch_.clear();
  }
}

}  // namespace
}  // namespace bellwether::kafka
