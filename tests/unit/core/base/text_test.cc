#include "core/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
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

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    size_t const length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

TEST(TextTest, F6_AnExcerptIsValidUtf8WhereverItIsCut) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "a\u00e9\u20ac\U0001f30d";  // 1, 2, 3 and 4 bytes
  for (size_t most = 3; most < text.size() + 3; ++most) {
    std::string const shown = excerpt(text, most);
    EXPECT_TRUE(is_utf8(shown)) << most;
    EXPECT_LE(shown.size(), most);
    EXPECT_GE(shown.size() + 6, std::min(most, text.size())) << "not shorter than it must be";
    EXPECT_EQ(shown.ends_with("\u2026"), most < text.size()) << most;
  }
  EXPECT_EQ(excerpt(text, text.size()), text);
  EXPECT_EQ(excerpt(std::string(200, 'x')).size(), kExcerptBytesMax);
  EXPECT_EQ(excerpt("abcdef", 5), "ab\u2026");
  EXPECT_EQ(excerpt("abcde", 5), "abcde");
  EXPECT_EQ(excerpt(""), "");
}

TEST(TextTest, F6_AnExcerptReplacesWhatCannotBeShown) {
  EXPECT_EQ(excerpt("a\xff\xe2\x82z"), "a\ufffd\ufffd\ufffdz");
  EXPECT_EQ(excerpt(std::string_view("a\0b\r\nc\t\x1b[31m\x7f", 13)),
            "a\ufffdb\ufffd\ufffdc\ufffd\ufffd[31m\ufffd");
  EXPECT_EQ(excerpt("\xc2\x85\xc2\x9b\u00a0Zürich"), "\ufffd\ufffd\u00a0Zürich");
}

}  // namespace
}  // namespace bellwether::base
