#include "core/base/text_file_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"

namespace bellwether::base {
namespace {

using std::string_view_literals::operator""sv;
using ::testing::HasSubstr;

TEST(TextFileFormatTest, TextHasNoOtherFormat) {
  for (std::string_view text : {""sv, "a"sv, "a,b\n"sv,
                                "\xef\xbb\xbf"
                                "a,b\n"sv,
                                "V\xe4rd"sv, "V\xc3\xa4rd\xe2\x82\xac\xf0\x9f\x8f\xaa\n"sv}) {
    EXPECT_FALSE(other_format(text)) << text;
  }
}

// Analysts get files as Excel's "Unicode text", as downloads that are still packed, or as sheets.
TEST(TextFileFormatTest, r4_OtherFormatsAreNamedWithTheirConversion) {
  struct Case {
    std::string_view bytes;
    const char* what;
    const char* remedy;
  };
  for (const Case& c : {
           Case{"\xff\xfe"
                "a\0,\0"sv,
                "UTF-16", "iconv -f UTF-16 -t UTF-8"},
           {"\xfe\xff\0a\0,"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
           {"a\0,\0b\0\n\0"sv, "UTF-16LE", "iconv -f UTF-16LE"},
           {"\0a\0,\0b\0\n"sv, "UTF-16BE", "iconv -f UTF-16BE"},
           {"\xff\xfe\0\0a\0\0\0"sv, "UTF-32", "iconv -f UTF-32"},
           {"\0\0\xfe\xff\0\0\0a"sv, "UTF-32", "iconv -f UTF-32"},
           {"a\0\0\0b\0\0\0"sv, "UTF-32LE", "iconv -f UTF-32LE"},
           {"\0\0\0a\0\0\0b"sv, "UTF-32BE", "iconv -f UTF-32BE"},
           {"\x1f\x8b\x08\0"sv, "gzip", "gunzip"},
           {"BZh91AY&SY..."sv, "bzip2", "bunzip2"},
           {"\xfd\x37zXZ\0\0"sv, "xz", "unxz"},
           {"\x28\xb5\x2f\xfd..."sv, "Zstandard", "unzstd"},
           {"PK\x03\x04..."sv, "ZIP archive or an office document", "export the sheet"},
           {"\xd0\xcf\x11\xe0..."sv, "office document", "export the sheet"},
           {"%PDF-1.7"sv, "PDF", "export"},
       }) {
    auto const format = other_format(c.bytes);
    ASSERT_TRUE(format) << c.what;
    EXPECT_THAT(*format, HasSubstr(c.what));
    EXPECT_THAT(*format, HasSubstr(c.remedy));
  }
}

TEST(TextFileFormatTest, TheFirstByteThatIsNotUtf8HasItsLine) {
  for (std::string_view text : {""sv, "a,b\n\r\n"sv, "V\xc3\xa4rd\xe2\x82\xac\xf0\x9f\x8f\xaa\n"sv})
    EXPECT_FALSE(find_not_utf8(text)) << text;
  for (auto const& [text, line] :
       {std::tuple{"Z\xfcrich"sv, 1}, {"a\r\nb\rZ\xfcrich\n\xff"sv, 3}, {"\xc3\xa4\n\xc3"sv, 2}}) {
    auto const wrong = find_not_utf8(text);
    ASSERT_TRUE(wrong) << text;
    EXPECT_EQ(wrong->line, line) << text;
  }
  EXPECT_EQ(find_not_utf8("Z\xfcrich")->what,
            "the byte 0xFC is not UTF-8; convert the file, from Latin-1 for example: iconv -f "
            "WINDOWS-1252 -t UTF-8");
}

TEST(TextFileFormatTest, EveryKindOfLineEndIsCounted) {
  for (auto const& [text, bytes, lines] : {std::tuple{"", 0, 0},
                                           {"a\n", 0, 0},
                                           {"\na", 1, 1},
                                           {"\n\n", 1, 1},
                                           {"\r\na", 2, 1},
                                           {"\ra", 1, 1},
                                           {"\r\ra", 2, 2},
                                           {"\r\r\na", 3, 1},
                                           {"\r", 1, 1}}) {
    LineEnds const ends = leading_line_ends(text);
    EXPECT_EQ(ends.bytes, static_cast<size_t>(bytes)) << text;
    EXPECT_EQ(ends.lines, lines) << text;
  }
}

}  // namespace
}  // namespace bellwether::base
