#include "runtime/ingest/input_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::runtime {
namespace {

using base::Offset;
using base::UnixMillis;
using ::testing::HasSubstr;

constexpr int64_t kEvery = 1'000;

Poll nothing() {
  return {};
}
Poll records(int64_t next) {
  return {.records = true, .next = next};
}
Poll end(int64_t at) {
  return {.end = Offset(at), .next = at, .high_watermark = at};
}
Poll error(absl::Status status) {
  return {.error = std::move(status)};
}
Poll unreachable() {
  return {.reachable = false};
}

TEST(InputHealthTest, AConfirmedEndIsQuietSinceItWasReached) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(0));
  for (int64_t now = kEvery; now <= 60 * kEvery; now += kEvery) {
    EXPECT_EQ(health.ask_again(UnixMillis(now + 5)), Offset(7));
    EXPECT_FALSE(health.ask_again(UnixMillis(now + 6))) << "the broker was just asked";
    health.note(end(7), UnixMillis(now + 5));
  }
  ASSERT_TRUE(health.end());
  EXPECT_EQ(health.end()->next, Offset(7));
  EXPECT_EQ(health.end()->quiet_since, UnixMillis(0));
  EXPECT_EQ(health.end()->confirmed, UnixMillis(60 * kEvery + 5));
}

// A client of a broker that is `answer_ms` away: it fetches again and again, and a question drops
// the fetch that is under way.
class SlowFetches {
 public:
  explicit SlowFetches(int64_t answer_ms) : answer_ms_(answer_ms) {
    health_.note(end(7), UnixMillis(0));
  }
  // Lets time pass up to `until`. `next`: where the log ends for fetches that begin in this time.
  void run(int64_t until, int64_t next) {
    for (; now_ < until; now_ += kStep) {
      if (now_ >= fetched_at_) {
        if (ends_at_ > 7) ++records_seen_;
        if (asked_ || ends_at_ > 7)
          health_.note(ends_at_ > 7 ? records(7) : end(7), UnixMillis(now_));
        asked_ = false;
        fetch(next);
      } else {
        health_.note(nothing(), UnixMillis(now_));
      }
      if (health_.ask_again(UnixMillis(now_))) {
        asked_ = true;
        fetch(next);
      }
    }
  }
  const InputHealth& health() const { return health_; }
  int records_seen() const { return records_seen_; }

 private:
  static constexpr int64_t kStep = 50;
  void fetch(int64_t next) {
    fetched_at_ = now_ + answer_ms_;
    ends_at_ = next;
  }
  int64_t const answer_ms_;
  InputHealth health_{kEvery};
  int64_t now_ = kStep;
  int64_t fetched_at_ = 0;
  int64_t ends_at_ = 7;  // the end that the fetch under way will find
  bool asked_ = false;   // the client reports an end only to a question
  int records_seen_ = 0;
};

TEST(InputHealthTest, H3_AQuietInputIsReadAgainHoweverLongAFetchTakes) {
  for (int64_t const answer_ms : {kEvery / 10, kEvery, 2 * kEvery, 5 * kEvery, 40 * kEvery}) {
    SlowFetches client(answer_ms);
    client.run(10 * answer_ms + 10 * kEvery, 7);
    client.run(13 * answer_ms + 12 * kEvery, 8);
    EXPECT_GT(client.records_seen(), 0) << "a fetch takes " << answer_ms << " ms";
  }
}

TEST(InputHealthTest, H3_ASlowlyConfirmedEndIsQuiet) {
  for (int64_t const answer_ms : {kEvery / 10, 2 * kEvery, 5 * kEvery}) {
    SlowFetches client(answer_ms);
    client.run(20 * answer_ms + 20 * kEvery, 7);
    ASSERT_TRUE(client.health().end());
    const InputHealth::End& end = *client.health().end();
    EXPECT_GE(end.confirmed.value - end.quiet_since.value, 10 * kEvery)
        << "a fetch takes " << answer_ms << " ms";
  }
}

TEST(InputHealthTest, H3_ARecordLongAfterAnAnswerIsNoSlowAnswer) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(0));
  EXPECT_TRUE(health.ask_again(UnixMillis(kEvery)));
  health.note(end(7), UnixMillis(kEvery + 5));
  health.note(records(7), UnixMillis(9'000 * kEvery));
  health.note(end(8), UnixMillis(9'000 * kEvery + 5));
  health.note(end(8), UnixMillis(9'010 * kEvery));
  EXPECT_EQ(health.end()->quiet_since, UnixMillis(9'010 * kEvery)) << "unconfirmed for 10 s";
}

TEST(InputHealthTest, AnAnswerConfirmsTheEndAtTheTimeOfItsQuestion) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(0));
  EXPECT_EQ(health.end()->confirmed, UnixMillis(0));
  EXPECT_TRUE(health.ask_again(UnixMillis(kEvery)));
  health.note(end(7), UnixMillis(kEvery + 900));
  EXPECT_EQ(health.end()->confirmed, UnixMillis(kEvery)) << "records may have come since";
  EXPECT_EQ(health.end()->quiet_since, UnixMillis(0));
  EXPECT_FALSE(health.ask_again(UnixMillis(2 * kEvery))) << "the broker has just reported";
}

TEST(InputHealthTest, H3_AQuestionWithoutAnAnswerIsRepeatedOnlyWhenNoneCanCome) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(0));
  EXPECT_TRUE(health.ask_again(UnixMillis(kEvery)));
  EXPECT_FALSE(health.ask_again(UnixMillis(60 * kEvery)));
  EXPECT_TRUE(health.ask_again(UnixMillis(200 * kEvery))) << "it is lost";

  health.not_asked();
  EXPECT_TRUE(health.ask_again(UnixMillis(201 * kEvery))) << "it never reached the client";
  health.note(error(absl::UnavailableError("no leader")), UnixMillis(201 * kEvery + 1));
  EXPECT_TRUE(health.ask_again(UnixMillis(202 * kEvery))) << "it failed";
}

TEST(InputHealthTest, TheEndIsKnownOnlyUpToItsLastConfirmation) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(100));
  health.note(nothing(), UnixMillis(200'000'000));
  ASSERT_TRUE(health.end());
  EXPECT_EQ(health.end()->confirmed, UnixMillis(100)) << "an unconfirmed weekend is not quiet";
}

TEST(InputHealthTest, QuietTimeRestartsAfterTheEndWasUnknown) {
  for (const Poll& hidden :
       {unreachable(), error(absl::UnavailableError("no leader")), nothing()}) {
    InputHealth health(kEvery);
    health.note(end(7), UnixMillis(0));
    health.note(hidden, UnixMillis(10'000));
    EXPECT_TRUE(health.ask_again(UnixMillis(10'001)));
    health.note(end(7), UnixMillis(20'000));
    ASSERT_TRUE(health.end());
    EXPECT_EQ(health.end()->quiet_since, UnixMillis(20'000));
  }
}

TEST(InputHealthTest, ALogThatBeginsAfterTheReadOffsetIsReported) {
  InputHealth whole(kEvery);
  whole.note({.records = true, .first = Offset(0), .next = 0}, UnixMillis(0));
  EXPECT_EQ(whole.missing(), "");
  InputHealth cut(kEvery);
  cut.note(nothing(), UnixMillis(0));
  EXPECT_EQ(cut.missing(), "") << "nothing is known yet";
  cut.note({.records = true, .first = Offset(7), .next = 0}, UnixMillis(1));
  EXPECT_THAT(cut.missing(), HasSubstr("begins at offset 7 instead of 0"));
  cut.note(end(9), UnixMillis(2));
  EXPECT_THAT(cut.missing(), HasSubstr("begins at offset 7")) << "stays until a restart";
  InputHealth emptied(kEvery);
  emptied.note(end(7), UnixMillis(0));
  EXPECT_THAT(emptied.missing(), HasSubstr("begins at offset 7"));
  InputHealth resumed(kEvery, Offset(7));
  resumed.note({.records = true, .first = Offset(7), .next = 7}, UnixMillis(0));
  EXPECT_EQ(resumed.missing(), "") << "the earlier records were read before";
  EXPECT_EQ(cut.error(), "") << "the present records can be read";
}

TEST(InputHealthTest, RecordsEndTheQuietTime) {
  InputHealth health(kEvery);
  health.note(end(7), UnixMillis(0));
  health.note(records(8), UnixMillis(10));
  EXPECT_FALSE(health.end());
  EXPECT_FALSE(health.ask_again(UnixMillis(10'000))) << "the broker reports the end by itself";
  health.note(end(8), UnixMillis(20));
  EXPECT_EQ(health.end()->quiet_since, UnixMillis(20));
}

TEST(InputHealthTest, AnErrorLastsUntilTheInputDelivers) {
  InputHealth health(kEvery);
  health.note(error(absl::UnavailableError("no leader")), UnixMillis(0));
  EXPECT_EQ(health.error(), "no leader");
  health.note(nothing(), UnixMillis(1));
  EXPECT_EQ(health.error(), "no leader");
  health.note(records(3), UnixMillis(2));
  EXPECT_EQ(health.error(), "");
  EXPECT_FALSE(health.lost());
}

TEST(InputHealthTest, ATruncatedOrRecreatedLogStaysLost) {
  Poll shorter = nothing();
  shorter.next = 7;
  shorter.high_watermark = 6;
  for (const Poll& lost : {error(absl::OutOfRangeError("offset out of range")), shorter}) {
    InputHealth health(kEvery);
    health.note(end(7), UnixMillis(0));
    health.note(lost, UnixMillis(10));
    health.note(lost, UnixMillis(20'000));
    EXPECT_TRUE(health.lost());
    EXPECT_THAT(health.error(), HasSubstr("restart to fold the new log"));
    health.note(records(8), UnixMillis(20'020));
    health.note(end(8), UnixMillis(20'030));
    EXPECT_TRUE(health.lost());
    EXPECT_FALSE(health.end());
    EXPECT_FALSE(health.ask_again(UnixMillis(40'000)));
    EXPECT_THAT(health.error(), HasSubstr("restart to fold the new log"));
  }
}

TEST(InputHealthTest, ANewLeaderThatCatchesUpIsNotAnotherLog) {
  InputHealth health(kEvery);
  Poll behind = nothing();
  behind.next = 7;
  behind.high_watermark = 6;
  health.note(behind, UnixMillis(0));
  health.note(end(7), UnixMillis(5'000));
  health.note(behind, UnixMillis(12'000));
  EXPECT_FALSE(health.lost());
}

TEST(InputHealthTest, ATopicThatComesBackIsAnotherTopic) {
  InputHealth health(kEvery);
  health.note(error(absl::NotFoundError("unknown topic")), UnixMillis(0));
  EXPECT_THAT(health.error(), HasSubstr("is gone"));
  EXPECT_FALSE(health.lost());
  health.note(error(absl::UnavailableError("no leader")), UnixMillis(5));
  health.note(records(8), UnixMillis(10));
  EXPECT_TRUE(health.lost());

  InputHealth unread(kEvery);
  unread.note(error(absl::NotFoundError("unknown topic")), UnixMillis(0));
  unread.note(records(-1), UnixMillis(10));
  EXPECT_FALSE(unread.lost()) << "no record of the earlier topic was read";
  EXPECT_EQ(unread.error(), "");
}

}  // namespace
}  // namespace bellwether::runtime
