// Addresses of HTTP servers.
#include "adapters/http/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/must.h"

namespace bellwether::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(UrlTest, AnAddressIsSplitIntoItsParts) {
  Url const plain = testing::must(parse_url("http://10.0.0.1:9093/alertmanager?a=b"));
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.host, "10.0.0.1");
  EXPECT_EQ(plain.port, "9093");
  EXPECT_EQ(plain.target, "/alertmanager?a=b");
  EXPECT_EQ(plain.authority(), "10.0.0.1:9093");
  Url const tls = testing::must(parse_url("https://hooks.example.org"));
  EXPECT_TRUE(tls.tls);
  EXPECT_EQ(tls.port, "443");
  EXPECT_EQ(tls.target, "/");
  EXPECT_EQ(tls.authority(), "hooks.example.org");
  EXPECT_EQ(testing::must(parse_url("http://a?x")).target, "/?x");
  Url const six = testing::must(parse_url("http://[::1]:81/"));
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.authority(), "[::1]:81");
  EXPECT_EQ(testing::must(parse_url("http://[::1]")).port, "80");
}

TEST(UrlTest, AnythingElseIsRefused) {
  for (const char* bad : {"",
                          "a",
                          "localhost:9093",
                          "ftp://a/b",
                          "file:///etc/passwd",
                          "http://",
                          "http:///a",
                          "HTTP//a",
                          "http://a b/",
                          "http://a/\n",
                          "http://a/\xC3\xA9",
                          "http://a:",
                          "http://a:0/",
                          "http://a:65536/",
                          "http://a:+1/",
                          "http://a:1x/",
                          "http://user@a/",
                          "http://user:word@a/",
                          "http://a/#b",
                          "http://[::1",
                          "http://[]",
                          "http://[a.b]",
                          "http://[::1]1",
                          "http://::1/"}) {
    EXPECT_FALSE(parse_url(bad).ok()) << bad;
  }
}

TEST(UrlTest, TheLengthIsBounded) {
  EXPECT_TRUE(parse_url("http://a/" + std::string(kUrlBytesMax - 9, 'x')).ok());
  EXPECT_FALSE(parse_url("http://a/" + std::string(kUrlBytesMax - 8, 'x')).ok());
}

TEST(UrlTest, NeitherErrorsNorLogsShowThePath) {
  EXPECT_THAT(parse_url("http://a:x/secret").status().message(), Not(HasSubstr("secret")));
  EXPECT_EQ(shown_url("https://hooks.example.org/services/secret?key=secret"),
            "https://hooks.example.org");
  EXPECT_EQ(shown_url("http://[::1]:9093/a"), "http://[::1]:9093");
}

}  // namespace
}  // namespace bellwether::http
