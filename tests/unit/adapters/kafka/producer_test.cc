#include "adapters/kafka/producer.h"

#include <gtest/gtest.h>

#include "support/must.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using testing::eventually;

TEST(ProducerTest, AnUnrecoverableErrorIsReportedAsFatal) {
  testing::MockBroker broker;
  broker.make("journal");
  broker.refuse(testing::kInitProducerIdRequest, {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED});
  std::string why;
  auto const producer = must(Producer::create(broker.client(), {}, testing::no_log(),
                                              [&](std::string_view reason) { why = reason; }));
  EXPECT_TRUE(eventually([&] {
    producer->poll(10);
    return !why.empty();
  }));
  OutgoingRecord record;
  record.topic = "journal";
  EXPECT_FALSE(producer->produce_and_wait(record, absl::Now() + absl::Seconds(10)).ok());
}

TEST(ProducerTest, ARecordLargerThanTheClientTakesIsRefusedAtOnce) {
  testing::MockBroker broker;
  broker.make("journal");
  auto const producer = must(Producer::create(broker.client(), {}, testing::no_log()));
  std::string const value(1'000'001, 'v');
  OutgoingRecord record;
  record.topic = "journal";
  record.value = value;
  EXPECT_TRUE(absl::IsInvalidArgument(producer->produce(record)));
}

}  // namespace
}  // namespace bellwether::kafka
