#include "adapters/kafka/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "adapters/kafka/consumer.h"
#include "support/must.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using ::testing::ElementsAre;
using testing::eventually;
using ::testing::HasSubstr;
using testing::MockBroker;
using testing::no_log;
using ::testing::UnorderedElementsAre;

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
           rd_kafka_header_get_all(headers, i, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR;
           ++i) {
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
  std::unique_ptr<DeadLetterReader> reader() {
    return must(DeadLetterReader::start(broker_.client(), kTopic, 1, no_log()));
  }
  DeadLetterMarks marks() {
    return must(read_dead_letter_marks(
        *reader(), kWait, [] { return false; }, no_log()));
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

TEST_F(DeadLettersTest, AfterACrashAMissingOlderLetterIsWritten) {
  {
    DeadLetters before(*producer_, kTopic, {}, no_log());
    ASSERT_TRUE(before.write(letter(7)));  // the broker refused 5, and then the process crashed
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

// A recreated topic has other records at the offsets of old letters.
TEST_F(DeadLettersTest, AnotherRecordAtTheSameOffsetGetsItsOwnLetter) {
  for (int64_t timestamp_ms : {1000, 2000, 1000}) {
    DeadLetters letters(*producer_, kTopic, marks(), no_log());
    for (int64_t offset : {1, 2}) {
      DeadLetter l = letter(offset);
      l.timestamp_ms = timestamp_ms;
      ASSERT_TRUE(letters.write(l));
    }
    ASSERT_TRUE(acknowledged(letters));
  }
  EXPECT_THAT(offsets(read_all(broker_.client())), ElementsAre("1", "2", "1", "2"));
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

TEST_F(DeadLettersTest, KeysAndValuesAreTruncatedToTheirLimitsAndMarked) {
  DeadLetters letters(*producer_, kTopic, {}, no_log());
  std::string const value(kDeadLetterValueBytesMax + 50'000, 'v');
  std::string const key(200'000, 'k');
  ASSERT_TRUE(letters.write(letter(1, value, key)));
  ASSERT_TRUE(letters.write(
      letter(2, value.substr(0, kDeadLetterValueBytesMax), key.substr(0, kDeadLetterKeyBytesMax))));
  ASSERT_TRUE(acknowledged(letters));
  EXPECT_EQ(letters.failed_attempts(), 0);
  auto const copies = read_all(broker_.client());
  ASSERT_EQ(copies.size(), 2u);
  for (const Copy& copy : copies) {
    EXPECT_EQ(copy.value.size(), kDeadLetterValueBytesMax);
    EXPECT_EQ(copy.key.size(), kDeadLetterKeyBytesMax);
  }
  EXPECT_EQ(copies[0].headers.at("bellwether.truncated_from"), "950000");
  EXPECT_EQ(copies[0].headers.at("bellwether.key_truncated_from"), "200000");
  EXPECT_FALSE(copies[1].headers.contains("bellwether.truncated_from"));
  EXPECT_FALSE(copies[1].headers.contains("bellwether.key_truncated_from"));
}

TEST_F(DeadLettersTest, ALetterTooLargeForTheTopicIsWrittenWithoutItsBytes) {
  ClientOptions small = broker_.client();
  small.properties = {{"message.max.bytes", "2000"}};
  auto const producer = must(Producer::create(small, {}, no_log()));
  DeadLetters letters(*producer, kTopic, {}, no_log());
  ASSERT_TRUE(letters.write(letter(1, std::string(5'000, 'v'))));
  ASSERT_TRUE(letters.write(letter(2)));
  ASSERT_TRUE(acknowledged(letters));
  broker_.refuse(testing::kProduceRequest, {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  ASSERT_TRUE(letters.write(letter(3)));
  ASSERT_TRUE(acknowledged(letters));
  EXPECT_EQ(letters.failed_attempts(), 2);
  EXPECT_EQ(letters.trouble(), "");
  std::map<std::string, Copy> copies;
  for (Copy& copy : read_all(broker_.client())) {
    std::string const offset = copy.headers.at("__connect.errors.offset");
    copies[offset] = std::move(copy);
  }
  ASSERT_EQ(copies.size(), 3u);
  EXPECT_EQ(copies["1"].value, "");
  EXPECT_EQ(copies["1"].key, "");
  EXPECT_EQ(copies["1"].headers.at("bellwether.truncated_from"), "5000");
  EXPECT_EQ(copies["1"].headers.at("bellwether.key_truncated_from"), "3");
  EXPECT_EQ(copies["1"].headers.at("bellwether.reason"), "malformed");
  EXPECT_EQ(copies["2"].value, "bytes");
  EXPECT_EQ(copies["3"].value, "");
}

TEST_F(DeadLettersTest, ARefusedLetterIsLoggedOnceAndRetriedUntilItIsTaken) {
  std::vector<std::string> lines;
  auto const log = [&](base::LogLevel, std::string_view, std::string_view line) {
    lines.emplace_back(line);
  };
  DeadLetters letters(*producer_, kTopic, {}, log);
  broker_.refuse(testing::kProduceRequest,
                 std::vector<rd_kafka_resp_err_t>(3, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
  ASSERT_TRUE(letters.write(letter(1)));
  ASSERT_TRUE(eventually([&] {
    letters.retry();
    return letters.failed_attempts() >= 2;
  }));
  EXPECT_THAT(letters.trouble(), HasSubstr("authorization"));
  EXPECT_FALSE(letters.done_before("registrations", 3, 2));
  ASSERT_TRUE(acknowledged(letters));
  // The client may fail an attempt of its own beside the three that the broker refused.
  EXPECT_GE(letters.failed_attempts(), 3);
  EXPECT_THAT(offsets(read_all(broker_.client())), ElementsAre("1"));
  EXPECT_EQ(letters.trouble(), "");
  ASSERT_EQ(lines.size(), 2u) << "one when letters begin to wait, one when none waits";
  EXPECT_THAT(lines[0], HasSubstr("ticks wait"));
  EXPECT_THAT(lines[1], HasSubstr("written again"));
}

TEST_F(DeadLettersTest, LettersInFlightStayWithinTheLimits) {
  broker_.go_down();
  {
    DeadLetters letters(*producer_, kTopic, {}, no_log());
    int64_t taken = 0;
    while (letters.write(letter(taken, "v"))) ++taken;
    EXPECT_EQ(taken, static_cast<int64_t>(kDeadLettersInFlightMax));
    EXPECT_TRUE(letters.full());
    broker_.come_back();
    ASSERT_TRUE(acknowledged(letters));
    EXPECT_FALSE(letters.full());
    EXPECT_TRUE(letters.write(letter(taken)));
    ASSERT_TRUE(acknowledged(letters));
  }
  broker_.go_down();
  DeadLetters letters(*producer_, kTopic, {}, no_log());
  std::string const value(kDeadLetterValueBytesMax, 'v');
  size_t taken = 0;
  while (letters.write(letter(static_cast<int64_t>(taken), value))) ++taken;
  EXPECT_EQ(taken, kDeadLetterBytesInFlightMax / (value.size() + 3) + 1);
}

// Two replicas. The first one leads.
class TwoReplicasTest : public DeadLettersTest {
 protected:
  TwoReplicasTest() {
    follow();
    follow(kDeadLetterHandOver);  // the first has led for at least the hand-over time
  }
  void follow(absl::Duration later = absl::ZeroDuration()) {
    now_ += later;
    first_.follow(*reader_of_first_, first_leads_, now_);
    second_.follow(*reader_of_second_, !first_leads_, now_);
  }
  bool done(DeadLetters& letters) {
    return eventually([&] {
      follow();
      letters.retry();
      return letters.in_flight() == 0;
    });
  }

  DeadLetters first_{*producer_, kTopic, {}, no_log()};
  DeadLetters second_{*producer_, kTopic, {}, no_log()};
  std::unique_ptr<DeadLetterReader> reader_of_first_ = reader();
  std::unique_ptr<DeadLetterReader> reader_of_second_ = reader();
  absl::Time now_ = absl::UnixEpoch();
  bool first_leads_ = true;
};

TEST_F(TwoReplicasTest, EachLetterIsWrittenOnceAndDoneForBoth) {
  for (int64_t offset : {1, 2})
    ASSERT_TRUE(second_.write(letter(offset)));  // the follower is ahead
  EXPECT_FALSE(second_.done_before("registrations", 3, 2));
  for (int64_t offset : {1, 2, 8, 9}) ASSERT_TRUE(first_.write(letter(offset)));
  ASSERT_TRUE(done(first_));
  ASSERT_TRUE(done(second_));
  EXPECT_TRUE(second_.done_before("registrations", 3, 3));
  for (int64_t offset : {8, 9}) ASSERT_TRUE(second_.write(letter(offset)));  // now behind
  EXPECT_EQ(second_.in_flight(), 0);
  EXPECT_EQ(second_.written(), 0);
  EXPECT_THAT(offsets(read_all(broker_.client())), ElementsAre("1", "2", "8", "9"));
}

TEST_F(TwoReplicasTest, ANewLeaderReadsTheTopicBeforeItWritesMissingLetters) {
  for (int64_t offset : {1, 2, 3}) ASSERT_TRUE(second_.write(letter(offset)));
  for (int64_t offset : {1, 3}) ASSERT_TRUE(first_.write(letter(offset)));
  first_leads_ = false;
  follow();
  second_.retry();
  EXPECT_EQ(second_.written(), 0);
  ASSERT_TRUE(eventually([&] {
    follow();
    return second_.in_flight() == 1;
  }));
  follow(kDeadLetterHandOver);
  ASSERT_TRUE(eventually([&] {
    follow();
    second_.retry();
    return second_.in_flight() == 0;
  }));
  EXPECT_THAT(offsets(read_all(broker_.client())), ElementsAre("1", "3", "2"));
}

TEST_F(DeadLettersTest, WithMissingMarksAFollowerWritesTheLetterItself) {
  DeadLetterMarks lost;
  lost.emplace(std::pair<std::string, int32_t>("registrations", 3), LetterMarks(1));
  lost.begin()->second.add(1, -1);
  lost.begin()->second.add(5, -1);  // exceeds the limit
  DeadLetters letters(*producer_, kTopic, std::move(lost), no_log());
  auto const at = reader();
  letters.follow(*at, false, absl::UnixEpoch());
  ASSERT_TRUE(letters.write(letter(5)));
  EXPECT_TRUE(acknowledged(letters));
}

}  // namespace
}  // namespace bellwether::kafka
