// The form of an event, and its signature.
#include "cli/notify/cloud_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::notify {
namespace {

using ::testing::Contains;
using ::testing::Pair;

const Event kRaised = {"1234.0", "raised", "alerts/R1.SG.C.1997-06",
                       base::UnixMillis(867'715'200'000), R"({"kind":"TRANSITION_KIND_RAISED"})"};

TEST(CloudEventTest, AnEventHasTheAttributesOfTheStandard) {
  EXPECT_EQ(cloud_event(kRaised, "/bellwether/sg"),
            R"({"specversion":"1.0","id":"1234.0","source":"/bellwether/sg",)"
            R"("type":"bellwether.alert.raised","subject":"alerts/R1.SG.C.1997-06",)"
            R"("time":"1997-07-01T00:00:00Z","datacontenttype":"application/json",)"
            R"("data":{"kind":"TRANSITION_KIND_RAISED"}})");
}

// RFC 4231, test case 2.
TEST(CloudEventTest, TheSignatureIsAnHmacOfTheBody) {
  EXPECT_EQ(signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(CloudEventTest, ARequestIsSignedIfThereIsASecret) {
  http::Request const plain = webhook_request("http://a/b", kRaised, "/bellwether/sg", "");
  EXPECT_EQ(plain.url, "http://a/b");
  EXPECT_THAT(plain.headers, ::testing::ElementsAre(Pair(
                                 "Content-Type", "application/cloudevents+json; charset=utf-8")));
  http::Request const made = webhook_request("http://a/b", kRaised, "/bellwether/sg", "secret");
  EXPECT_EQ(made.body, plain.body);
  EXPECT_THAT(made.headers,
              Contains(Pair("X-Bellwether-Signature", signature("secret", made.body))));
}

}  // namespace
}  // namespace bellwether::notify
