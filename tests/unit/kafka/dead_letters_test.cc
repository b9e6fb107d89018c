#include "kafka/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "kafka/consumer.h"
#include "support/must.h"
#include "unit/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using testing::eventually;
using testing::MockBroker;
using testing::no_log;

constexpr char kTopic[] = "dead-letters";
constexpr absl::Duration kWait = absl::Seconds(30);

DeadLetter letter(int64_t offset, std::string_view value = "bytes", std::string_view key = "key") {
  DeadLetter l;
  l.topic = "registrations";
  l.partition = 3;
  l.offset = offset;
  l.key = key;
  l.value = value;
  l.reason = "malformed";
  l.message = "not a message";
  return l;
}

struct Copy {
  std::map<std::string, std::string> headers;
  std::string key;
  std::string value;
};

std::vector<Copy> read_all(const ClientOptions& options) {
  auto const consumer =
      must(InputConsumer::create(options, {{kTopic, 0, RD_KAFKA_OFFSET_BEGINNING}}, {}, no_log()));
  std::vector<Copy> out;
  Batch batch;
  bool const ended = eventually([&] {
    consumer->poll(0, batch);
    for (const Record& r : batch.records()) {
      Copy copy{{}, std::string(r.key), std::string(r.value)};
      rd_kafka_headers_t* headers = nullptr;
      EXPECT_EQ(rd_kafka_message_headers(r.message, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
      const char* name = nullptr;
      const void* value = nullptr;
      size_t bytes = 0;
      for (size_t i = 0;
           rd_kafka_header_get_all(headers, i, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
        copy.headers[name] = std::string(static_cast<const char*>(value), bytes);
      }
      out.push_back(std::move(copy));
    }
    return batch.at_end();
  });
  EXPECT_TRUE(ended);
  batch.clear();
  return out;
}

std::vector<std::string> offsets(const std::vector<Copy>& letters) {
  std::vector<std::string> out;
  for (const Copy& l : letters) out.push_back(l.headers.at("__connect.errors.offset"));
  return out;
}

class DeadLettersTest : public ::testing::Test {
 protected:
  DeadLettersTest() {
    broker_.make(kTopic);
    producer_ = must(Producer::create(broker_.client(), {}, no_log()));
  }
  DeadLetterMarks marks() {
    return must(read_dead_letter_marks(broker_.client(), kTopic, 1, kWait, no_log()));
  }
  static bool acknowledged(DeadLetters& letters) {
    return eventually([&] {
      letters.retry();
      return letters.in_flight() == 0;
    });
  }

  MockBroker broker_;
  std::unique_ptr<Producer> producer_;
};

TEST_F(DeadLettersTest, ALetterThatWaitedWhenAYoungerOneWasWrittenIsWrittenAfterACrash) {
  {
    DeadLetters before(*producer_, kTopic, {}, no_log());
    ASSERT_TRUE(before.write(letter(7)));  // 5 was refused by the broker, and then came the crash
    ASSERT_TRUE(acknowledged(before));
  }
  DeadLetters after(*producer_, kTopic, marks(), no_log());
  for (int64_t offset : {5, 7, 9}) ASSERT_TRUE(after.write(letter(offset)));
  ASSERT_TRUE(acknowledged(after));
  EXPECT_THAT(offsets(read_all(broker_.client())), ElementsAre("7", "5", "9"));
}

TEST_F(DeadLettersTest, AReplayWritesNothingTwice) {
  for (int run = 0; run < 3; ++run) {
    DeadLetters letters(*producer_, kTopic, marks(), no_log());
    for (int64_t offset : {1, 2, 8}) ASSERT_TRUE(letters.write(letter(offset)));
    ASSERT_TRUE(acknowledged(letters));
  }
  EXPECT_THAT(offsets(read_all(broker_.client())), UnorderedElementsAre("1", "2", "8"));
}

TEST_F(DeadLettersTest, AnInputIsDoneUpToItsOldestUnwrittenLetter) {
  DeadLetters letters(*producer_, kTopic, {}, no_log());
  ASSERT_TRUE(letters.write(letter(5)));
  EXPECT_TRUE(letters.done_before("registrations", 3, 5));
  EXPECT_FALSE(letters.done_before("registrations", 3, 6));
  EXPECT_TRUE(letters.done_before("registrations", 4, 6));
  ASSERT_TRUE(acknowledged(letters));
  EXPECT_TRUE(letters.done_before("registrations", 3, 6));
}

}  // namespace
}  // namespace bellwether::kafka
