#include "core/events/frame.h"

#include <gtest/gtest.h>

#include <string>

namespace bellwether::events {
namespace {

using std::string_literals::operator""s;

const std::string kHead = "\0\0\0\1\x2a"s;  // magic, schema 298

TEST(FrameTest, OnlyAValueWithALeadingZeroByteIsAFrame) {
  EXPECT_FALSE(is_framed("\x0a\x01x"));
  EXPECT_FALSE(is_framed(""));
  EXPECT_TRUE(is_framed(kHead));
}

TEST(FrameTest, TheFirstMessageOfTheFileIsOneZeroByte) {
  EXPECT_EQ(unframe(kHead + "\0body"s), "body");
  EXPECT_EQ(unframe(kHead + "\0"s), "");
}

TEST(FrameTest, TheFirstMessageOfTheFileMayBeWrittenInFull) {
  EXPECT_EQ(unframe(kHead + "\x02\x00"s + "body"), "body");
  EXPECT_EQ(unframe(kHead + "\x82\x00\x80\x00"s + "body"), "body");
}

TEST(FrameTest, AnotherMessageOfTheFileIsRefused) {
  EXPECT_EQ(unframe(kHead + "\x02\x02"s + "body"), std::nullopt);      // [1]
  EXPECT_EQ(unframe(kHead + "\x04\x00\x00"s + "body"), std::nullopt);  // [0, 0]
  EXPECT_EQ(unframe(kHead + "\x01\x00"s + "body"), std::nullopt);      // count −1
}

TEST(FrameTest, ATruncatedFrameIsRefused) {
  std::string const whole = kHead + "\x02\x00"s;
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(unframe(std::string_view(whole).substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(unframe(whole), "");
}

}  // namespace
}  // namespace bellwether::events
