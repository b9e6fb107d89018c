// When a request is sent again, and when it is given up.
#include "cli/notify/retry.h"

#include <gtest/gtest.h>

#include <optional>

namespace bellwether::notify {
namespace {

constexpr UnixMillis kRetryTime(784'111'777'000);  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(BackoffTest, TheWaitDoublesUpToItsBoundAndJitterTakesAtMostHalf) {
  EXPECT_EQ(backoff_ms(1, 0), kRetryFirstMs / 2);
  EXPECT_EQ(backoff_ms(2, 0), kRetryFirstMs);
  EXPECT_EQ(backoff_ms(3, 0.5), 3 * kRetryFirstMs);
  EXPECT_EQ(backoff_ms(7, 0), kRetryMaxMs / 2);
  for (int failures : {7, 8, 100, 1'000'000}) {
    EXPECT_GE(backoff_ms(failures, 0), kRetryMaxMs / 2);
    EXPECT_LE(backoff_ms(failures, 0.999999), kRetryMaxMs);
  }
}

TEST(RetryAfterTest, SecondsAndTheThreeFormsOfADateAreRead) {
  EXPECT_EQ(retry_after_ms("0", kRetryTime), 0);
  EXPECT_EQ(retry_after_ms("120", kRetryTime), 120'000);
  EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:47 GMT", kRetryTime), 10'000);
  EXPECT_EQ(retry_after_ms("Sunday, 06-Nov-94 08:49:47 GMT", kRetryTime), 10'000);
  EXPECT_EQ(retry_after_ms("Sun Nov  6 08:49:47 1994", kRetryTime), 10'000);
}

TEST(RetryAfterTest, ADateInThePastIsNoWait) {
  EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:27 GMT", kRetryTime), 0);
}

TEST(RetryAfterTest, ALongWaitIsBounded) {
  EXPECT_EQ(retry_after_ms("3600", kRetryTime), kRetryAfterMaxMs);
  for (const char* text : {"3601", "99999999999999999999999999", "Fri, 06 Nov 2020 08:49:37 GMT"})
    EXPECT_EQ(retry_after_ms(text, kRetryTime), kRetryAfterMaxMs) << text;
}

TEST(RetryAfterTest, AnythingElseIsIgnored) {
  for (const char* text : {"", "-1", "1.5", "+5", " ", "soon", "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 36 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"})
    EXPECT_EQ(retry_after_ms(text, kRetryTime), std::nullopt) << text;
}

TEST(JudgeTest, AnswersAreDeliveredRefusedOrFailed) {
  for (int status : {200, 202, 204, 299})
    EXPECT_EQ(judge({.status = status}), Verdict::kDelivered) << status;
  for (int status : {400, 409, 411, 413, 414, 415, 422, 431})
    EXPECT_EQ(judge({.status = status}), Verdict::kRefused) << status;
  for (int status : {0, 100, 301, 307, 401, 403, 404, 408, 410, 429, 500, 503})
    EXPECT_EQ(judge({.status = status}), Verdict::kFailed) << status;
}

TEST(JudgeTest, AnAnswerIsDescribedInOneLine) {
  EXPECT_EQ(describe({.status = 503, .body = "try\nlater"}), "answered 503: try\uFFFDlater");
  EXPECT_EQ(describe({.status = 404}), "answered 404");
  EXPECT_EQ(describe({.error = "refused"}), "no answer: refused");
}

TEST(AttemptsTest, ARefusedContentIsGivenUpAfterAFewAttempts) {
  Attempts attempts;
  for (int i = 1; i < kRefusalsMax; ++i)
    EXPECT_EQ(attempts.answered({.status = 422}, kRetryTime, 0), Attempts::Next::kRetry);
  EXPECT_EQ(attempts.answered({.status = 422}, kRetryTime, 0), Attempts::Next::kGiveUp);
  EXPECT_EQ(attempts.count(), kRefusalsMax);
}

TEST(AttemptsTest, AFailureIsGivenUpAfterItsTimeHoweverOften) {
  Attempts attempts;
  UnixMillis now = kRetryTime;
  int count = 0;
  while (attempts.answered({.status = 503}, now, 0.5) == Attempts::Next::kRetry) {
    EXPECT_GT(attempts.due(), now);
    now = attempts.due();
    ++count;
  }
  EXPECT_GE(now.value - kRetryTime.value, kGiveUpAfterMs);
  EXPECT_LE(now.value - kRetryTime.value, kGiveUpAfterMs + kRetryMaxMs);
  EXPECT_GT(count, kGiveUpAfterMs / kRetryMaxMs);
}

TEST(AttemptsTest, RetryAfterLengthensTheWaitAndNeverShortensIt) {
  Attempts attempts;
  (void)attempts.answered({.status = 429, .retry_after = "30"}, kRetryTime, 0);
  EXPECT_EQ(attempts.due().value, kRetryTime.value + 30'000);
  Attempts eager;
  (void)eager.answered({.status = 429, .retry_after = "0"}, kRetryTime, 0);
  EXPECT_EQ(eager.due().value, kRetryTime.value + kRetryFirstMs / 2);
}

}  // namespace
}  // namespace bellwether::notify
