#include "core/base/text.h"

#include <gtest/gtest.h>

#include <string_view>

#include "core/base/hash.h"
#include "core/base/utf8.h"

namespace bellwether::base {
namespace {

TEST(TextTest, OnlyDigitsAreAllDigits) {
  EXPECT_TRUE(all_digits("0123456789"));
  for (std::string_view text : {"", "1a", "-1", " 1", "1."}) EXPECT_FALSE(all_digits(text)) << text;
}

TEST(TextTest, ADigestHasSixteenHexadecimalDigits) {
  EXPECT_EQ(hex16(0), "0000000000000000");
  EXPECT_EQ(hex16(0xfedcba9876543210), "fedcba9876543210");
}

TEST(TextTest, TheFirstByteGivesTheLengthOfACharacter) {
  EXPECT_EQ(utf8_length("a\xc3"), 1u);
  EXPECT_EQ(utf8_length("é"), 2u);
  EXPECT_EQ(utf8_length("€uro"), 3u);
  EXPECT_EQ(utf8_length("\xf0\x9f\x8c\x8d"), 4u);
}

TEST(TextTest, AnInvalidCharacterHasLengthZero) {
  for (std::string_view text : {
           std::string_view(""),
           std::string_view("\x80"),              // a continuation byte without a lead byte
           std::string_view("\xc3"),              // truncated
           std::string_view("\xe2\x82"),          // truncated
           std::string_view("\xc3(", 2),          // no continuation byte
           std::string_view("\xc0\x80"),          // longer than needed
           std::string_view("\xe0\x9f\xbf"),      // longer than needed
           std::string_view("\xf0\x8f\xbf\xbf"),  // longer than needed
           std::string_view("\xed\xa0\x80"),      // a surrogate
           std::string_view("\xf4\x90\x80\x80"),  // beyond U+10FFFF
           std::string_view("\xff"),
       }) {
    EXPECT_EQ(utf8_length(text), 0u) << text;
  }
}

}  // namespace
}  // namespace bellwether::base
