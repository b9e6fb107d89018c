#include "cli/connect/stream_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/notify/retry.h"

namespace bellwether::cli {
namespace {

namespace ch = connect::companies_house;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr base::UnixMillis kNow{1'732'000'000'000};
constexpr ch::Mark kMark{77, base::UnixMillis(1'731'801'600'000)};

StreamReply reply(int status, const std::string& retry_after = "", int failures = 1,
                  const std::string& error = "") {
  http::Answer answer;
  answer.status = status;
  answer.retry_after = retry_after;
  answer.error = error;
  return judge_reply(answer, ch::Stream::kFilings, kMark, failures, kNow, 0.5);
}

TEST(StreamReplyTest, EventsThatAreGoneNeedAFile) {
  absl::Status const gone = reply(416).fatal;
  EXPECT_TRUE(absl::IsOutOfRange(gone));
  EXPECT_THAT(gone.ToString(), HasSubstr("the stream filings answered 416"));
  EXPECT_THAT(gone.ToString(), HasSubstr("time point 77 of 2024-11-17T00:00:00Z"));
  EXPECT_THAT(gone.ToString(), HasSubstr("--bulk"));
}

TEST(StreamReplyTest, AWrongKeyOrUrlIsFinal) {
  EXPECT_TRUE(absl::IsPermissionDenied(reply(401).fatal));
  EXPECT_TRUE(absl::IsPermissionDenied(reply(403).fatal));
  EXPECT_TRUE(absl::IsInvalidArgument(reply(404).fatal));
  EXPECT_TRUE(absl::IsInvalidArgument(reply(301).fatal)) << "the key is sent nowhere else";
  for (int const status : {0, 200, 429, 500, 503}) EXPECT_TRUE(reply(status).fatal.ok());
}

TEST(StreamReplyTest, WaitsGrowToALimit) {
  int64_t last = 0;
  for (int failures = 1; failures <= 20; ++failures) {
    int64_t const wait = reply(0, "", failures).wait_ms;
    EXPECT_GE(wait, last);
    EXPECT_LE(wait, notify::kRetryMaxMs);
    last = wait;
  }
  EXPECT_GT(last, notify::kRetryMaxMs / 2);
}

TEST(StreamReplyTest, ARateLimitIsKept) {
  EXPECT_EQ(reply(429).wait_ms, kRateLimitedMs);
  EXPECT_EQ(reply(429, "7").wait_ms, 7'000);
  EXPECT_EQ(reply(503, "120").wait_ms, 120'000);
  EXPECT_EQ(reply(429, "never").wait_ms, kRateLimitedMs);
}

TEST(StreamReplyTest, TheWordsSayWhyAndWhen) {
  EXPECT_EQ(reply(429, "7").words, "it answered 429; connects again in 7 s");
  EXPECT_THAT(reply(0, "", 1, "cannot connect: Connection refused").words,
              HasSubstr("cannot connect: Connection refused; connects again in"));
  EXPECT_THAT(reply(200, "", 1, "no answer in time").words, HasSubstr("no answer in time"));
}

TEST(StreamRequestTest, TheKeyIsTheUserAndTheTimePointIsAskedFor) {
  http::Request const request =
      stream_request("https://stream.example.org/", ch::Stream::kInsolvency, 5, "secret");
  EXPECT_EQ(request.url, "https://stream.example.org/insolvency-cases?timepoint=5");
  ASSERT_EQ(request.headers.size(), 1u);
  EXPECT_EQ(request.headers[0].second, "Basic c2VjcmV0Og==");
  EXPECT_EQ(stream_request("https://stream.example.org", ch::Stream::kCharges, 0, "x").url,
            "https://stream.example.org/charges");
}

TEST(ApiKeyTest, ItIsTheFirstLine) {
  EXPECT_EQ(*key_in("abc-123\r\nmore\n", "file"), "abc-123");
  EXPECT_EQ(*key_in("abc", "file"), "abc");
  for (const std::string& bad : {std::string(), std::string("\nabc"), std::string("two words"),
                                 std::string(kApiKeyBytesMax + 1, 'x')}) {
    absl::Status const status = key_in(bad, "the/file").status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad;
    EXPECT_THAT(status.ToString(), HasSubstr("the/file: the first line must be the API key"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("two words")));
  }
}

TEST(StreamUrlTest, TheKeyIsNotSentReadable) {
  EXPECT_TRUE(check_stream_url("https://stream.companieshouse.gov.uk").ok());
  EXPECT_TRUE(check_stream_url("http://127.0.0.1:8080").ok());
  EXPECT_TRUE(check_stream_url("http://[::1]:8080").ok());
  EXPECT_THAT(check_stream_url("http://stream.companieshouse.gov.uk").ToString(),
              HasSubstr("use https"));
  EXPECT_TRUE(absl::IsInvalidArgument(check_stream_url("stream")));
}

}  // namespace
}  // namespace bellwether::cli
