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
