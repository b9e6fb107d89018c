#include "adapters/kafka/log_marks.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "adapters/kafka/producer.h"
#include "core/base/text.h"
#include "support/must.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using testing::no_log;

class LogMarksTest : public ::testing::Test {
 protected:
  LogMarksTest() {
    broker_.make("a", 2);
    auto const producer = must(Producer::create(broker_.client(), {}, no_log()));
    for (int i = 0; i < 3; ++i) {
      std::string const value = base::cat("value ", i);
      OutgoingRecord record;
      record.topic = "a";
      record.partition = 0;
      record.key = "key";
      record.value = value;
      record.timestamp_ms = 1000 + i;
      EXPECT_EQ(must(producer->produce_and_wait(record, absl::Now() + absl::Seconds(20))), i);
    }
  }
  LogState state(int32_t partition, int64_t offset) {
    return must(inspect_log(broker_.client(), {{"a", partition, offset}}, absl::Seconds(20),
                            no_log()))
        .front();
  }
  testing::MockBroker broker_;
};

TEST_F(LogMarksTest, AMarkIdentifiesARecordByItsContent) {
  Record record;
  record.key = "key";
  record.value = "value 1";
  record.offset = 1;
  record.timestamp_ms = 1001;
  EXPECT_EQ(state(0, 1).mark, mark_of(record));
  record.value = "value 2";
  EXPECT_NE(state(0, 1).mark, mark_of(record));
}

TEST_F(LogMarksTest, WithoutARecordThereIsNoMark) {
  LogState const end = state(0, 3);
  EXPECT_EQ(end.low, 0);
  EXPECT_EQ(end.high, 3);
  EXPECT_EQ(end.mark, LogMark());
  EXPECT_EQ(state(0, -1).high, 3);
  EXPECT_EQ(state(1, 0).high, 0);
  EXPECT_EQ(state(1, 0).mark, LogMark());
}

TEST_F(LogMarksTest, SeveralPlacesAreInspectedTogether) {
  auto const states =
      must(inspect_log(broker_.client(), {{"a", 1, -1}, {"a", 0, 2}}, absl::Seconds(20), no_log()));
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].high, 0);
  EXPECT_EQ(states[1].mark.offset, 2);
}

TEST_F(LogMarksTest, ABrokerThatDoesNotAnswerIsAnError) {
  broker_.go_down();
  EXPECT_FALSE(inspect_log(broker_.client(), {{"a", 0, 0}}, absl::Seconds(1), no_log()).ok());
}

}  // namespace
}  // namespace bellwether::kafka
