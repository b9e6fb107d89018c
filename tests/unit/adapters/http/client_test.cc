// Requests to servers that answer well, badly, or not at all.
#include "adapters/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "support/http_stub.h"
#include "support/stream_server.h"

namespace bellwether::http {
namespace {

using ::testing::HasSubstr;
using testing::HttpStub;
using ::testing::Not;
using testing::StreamServer;

class ClientTest : public ::testing::Test {
 protected:
  Answer post(const std::string& url, const std::string& body = "{}") {
    auto client = Client::create("", stop_);
    EXPECT_TRUE(client.ok());
    return client->post({url, {{"Content-Type", "text/x-test"}}, body});
  }
  std::atomic<bool> stop_{false};
};

TEST_F(ClientTest, ARequestIsSentByPostWithItsHeadersAndBody) {
  HttpStub server([](const auto&) { return HttpStub::answer(202, "", "thanks"); });
  Answer const answer = post(server.url() + "/hook?a=b", "a body");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "thanks");
  EXPECT_EQ(answer.error, "");
  ASSERT_EQ(server.got().size(), 1);
  EXPECT_EQ(server.got()[0].body, "a body");
  EXPECT_THAT(server.got()[0].head, HasSubstr("POST /hook?a=b HTTP/1.1\r\n"));
  EXPECT_THAT(server.got()[0].head, HasSubstr("\r\nContent-Type: text/x-test"));
}

TEST_F(ClientTest, RetryAfterIsReadInAnyCaseAndBounded) {
  HttpStub server([](const auto& got) {
    return HttpStub::answer(503, got.body == "long"
                                     ? "Retry-After: " + std::string(5'000, '1') + "\r\n"
                                     : "RETRY-AFTER:  120 \r\n");
  });
  EXPECT_EQ(post(server.url()).retry_after, "120");
  EXPECT_EQ(post(server.url(), "long").retry_after.size(), kHeaderBytesMax);
}

TEST_F(ClientTest, ARedirectionIsNotFollowed) {
  HttpStub other;
  HttpStub server(
      [&](const auto&) { return HttpStub::answer(307, "Location: " + other.url() + "\r\n"); });
  EXPECT_EQ(post(server.url()).status, 307);
  EXPECT_TRUE(other.got().empty());
}

TEST_F(ClientTest, OnlyTheBeginningOfAnAnswerIsKept) {
  HttpStub server([](const auto&) { return HttpStub::answer(400, "", std::string(100'000, 'x')); });
  Answer const answer = post(server.url());
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body.size(), kAnswerBytesMax);
}

TEST_F(ClientTest, NoAnswerIsAnErrorWithItsReason) {
  std::string closed;
  { closed = HttpStub().url(); }
  Answer const refused = post(closed);
  EXPECT_EQ(refused.status, 0);
  EXPECT_EQ(refused.error, "cannot connect: Connection refused");
  HttpStub silent([](const auto&) { return ""; });
  EXPECT_EQ(post(silent.url()).status, 0);
  EXPECT_THAT(post(silent.url()).error, Not(::testing::IsEmpty()));
  HttpStub nonsense([](const auto&) { return "220 mail.example.org\r\n"; });
  EXPECT_EQ(post(nonsense.url()).status, 0);
}

TEST_F(ClientTest, ACertificateThatNobodyVouchesForIsAnError) {
  HttpStub plain;  // speaks no TLS at all
  std::string url = plain.url();
  EXPECT_EQ(post(url.replace(0, 4, "https")).status, 0);
}

// What followed of an answer: its pieces together, after a "|" for its begin.
struct Followed {
  Answer answer;
  std::string text;
};

class FollowTest : public ClientTest {
 protected:
  Followed follow(const std::string& url, int64_t stall_ms = 5'000) {
    auto client = Client::create("", stop_);
    EXPECT_TRUE(client.ok());
    Followed out;
    out.answer = client->follow({url, {{"Authorization", "Basic eA=="}}, ""}, stall_ms,
                                [&](std::string_view piece) {
                                  out.text += piece.empty() ? "|" : std::string(piece);
                                  return out.text.find("enough") == std::string::npos;
                                });
    return out;
  }
};

TEST_F(FollowTest, TheBodyIsHandedOnAsItComes) {
  StreamServer server([](const auto&, auto& reply) {
    reply.begin();
    reply.chunk("one\n");
    reply.rest(std::chrono::milliseconds(50));
    reply.chunk(std::string(3 * kPieceBytesMax, 'x'));
    reply.send("0\r\n\r\n");
  });
  Followed const got = follow(server.url() + "/companies?timepoint=5");
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_EQ(got.answer.error, "the server has ended the answer");
  EXPECT_EQ(got.text, "|one\n" + std::string(3 * kPieceBytesMax, 'x'));
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].target, "/companies?timepoint=5");
  EXPECT_EQ(server.requests()[0].authorization, "Basic eA==");
}

TEST_F(FollowTest, ABodyThatBreaksOffHasAReason) {
  StreamServer server([](const auto&, auto& reply) {
    reply.begin();
    reply.chunk("one\nha");
    reply.send("5\r\nlf");  // of five bytes
  });
  Followed const got = follow(server.url());
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_THAT(got.answer.error, HasSubstr("the answer broke off"));
  EXPECT_EQ(got.text, "|one\nhalf");
}

TEST_F(FollowTest, SilenceEndsIt) {
  StreamServer server([](const auto&, auto& reply) {
    reply.begin();
    reply.chunk("\n");
    while (reply.rest(std::chrono::milliseconds(20))) {
    }
  });
  Followed const got = follow(server.url(), 300);
  EXPECT_THAT(got.answer.error, HasSubstr("no answer in time"));
  EXPECT_EQ(got.text, "|\n");
}

TEST_F(FollowTest, ItEndsWhenItsUserHasEnough) {
  StreamServer server([](const auto&, auto& reply) {
    reply.begin();
    while (reply.chunk("enough\n") && reply.rest(std::chrono::milliseconds(1))) {
    }
  });
  EXPECT_EQ(follow(server.url()).answer.error, "enough");
}

TEST_F(FollowTest, AnotherStatusIsAnAnswer) {
  StreamServer server([](const auto&, auto& reply) { reply.status(429, "Retry-After: 7\r\n"); });
  Followed const got = follow(server.url());
  EXPECT_EQ(got.answer.status, 429);
  EXPECT_EQ(got.answer.retry_after, "7");
  EXPECT_EQ(got.text, "") << "no body is handed on";
}

TEST_F(ClientTest, AskedToStopARequestEndsSoon) {
  std::atomic<bool> answer{false};
  HttpStub slow([&](const auto&) {
    while (!answer) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return HttpStub::answer(200);
  });
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop_ = true;
  });
  auto const begun = std::chrono::steady_clock::now();
  EXPECT_EQ(post(slow.url()).status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(kRequestMillisMax));
  answer = true;
  stopper.join();
}

TEST_F(ClientTest, AnUnreadableFileOfAuthoritiesIsNamed) {
  EXPECT_THAT(Client::create("/nowhere/ca.pem", stop_).status().message(),
              HasSubstr("/nowhere/ca.pem: cannot be used"));
}

}  // namespace
}  // namespace bellwether::http
