#include "core/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"

namespace bellwether::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string complaint(std::string_view csv) {
  auto const parsed = parse_csv(csv, "f.csv", {"a", "b"}, {"c"});
  EXPECT_FALSE(parsed.ok());
  return std::string(parsed.status().message());
}

TEST(CsvTest, ReadsColumnsInAnyOrderWithQuotesBlankLinesAndByteOrderMark) {
  auto const rows = parse_csv(
      "\xef\xbb\xbf"
      "b,a\r\n\"x, \"\"y\"\"\",1\r\n\r\nlast,\"two\nlines\"",
      "f.csv", {"a", "b"}, {"c"});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0][1], "x, \"y\"");
  EXPECT_EQ((*rows)[0][0], "1");
  EXPECT_EQ((*rows)[0][2], "");
  EXPECT_EQ((*rows)[0].line, 2);
  EXPECT_EQ((*rows)[1].line, 4);
  EXPECT_EQ((*rows)[1][0], "two\nlines");
}

TEST(CsvTest, EveryErrorHasItsLine) {
  EXPECT_THAT(complaint(""), HasSubstr("f.csv:1: the file is empty"));
  EXPECT_THAT(complaint("a,d\n1,2\n"), HasSubstr("unknown column \"d\""));
  EXPECT_THAT(complaint("a,d\n1,2\n"), HasSubstr("column \"b\" is missing"));
  EXPECT_THAT(complaint("a,b,a\n"), HasSubstr("appears twice"));
  EXPECT_THAT(complaint("a,b\n1\n1,2\n1,2,3\n"),
              HasSubstr("f.csv:2: 1 fields where the header has 2"));
  EXPECT_THAT(complaint("a,b\n1\n1,2\n1,2,3\n"), HasSubstr("f.csv:4: 3 fields"));
  EXPECT_THAT(complaint("a,b\n1,\"2\n"), HasSubstr("never closed"));
}

TEST(CsvTest, ManyErrorsAreCountedAndSomeAreShown) {
  std::string csv = "a,b\n";
  for (int i = 0; i < 50; ++i) csv += "x\n";
  std::string const text = complaint(csv);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), static_cast<long>(LineErrors::kShownMax));
  EXPECT_THAT(text, HasSubstr("and 30 more"));
}

TEST(CsvTest, ATableHasTheGoodRowsAfterBadRows) {
  auto const table = parse_csv_table("a,b\n1\n1,2\n1,2,3\n3,4\n", "f.csv", {"a", "b"});
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1].line, 5);
  ASSERT_EQ(table->bad.size(), 2u);
  EXPECT_EQ(table->bad[1].line, 4);
  EXPECT_FALSE(parse_csv_table("a,b\n1,\"2\n", "f.csv", {"a", "b"})
                   .ok());  // the rest of the file cannot be read
}

std::vector<std::string> fields_of(std::string_view csv) {
  auto const rows = parse_csv(csv, "f.csv", {"a", "b"});
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> out;
  if (!rows.ok()) return out;
  for (const CsvRow& row : *rows) out.push_back(cat(row.line, ":", row[0], "|", row[1]));
  return out;
}

TEST(CsvTest, r2_EveryKindOfLineEndIsRead) {
  EXPECT_THAT(fields_of("a,b\r1,2\r3,4\r"), ElementsAre("2:1|2", "3:3|4"));
  EXPECT_THAT(fields_of("\xef\xbb\xbf"
                        "a,b\r\r\"x\ry\",2\r3,4"),
              ElementsAre("3:x\ry|2", "5:3|4"));
  EXPECT_THAT(fields_of("a,b\r\n1,2\r\n3,4"), ElementsAre("2:1|2", "3:3|4"));
  EXPECT_THAT(fields_of("a,b\r\r\n1,2\r\r\n3,4"), ElementsAre("2:1|2", "3:3|4"));
  EXPECT_THAT(fields_of("a,b\n1,2\r\n3,4\r5,6"), ElementsAre("2:1|2", "3:3|4", "4:5|6"));
  // A CR is never left out: it ends the line.
  EXPECT_THAT(complaint("a,b\n1\r2,3\n"), HasSubstr("f.csv:2: 1 fields"));
}

TEST(CsvTest, r3_TextOutsideTheQuotesOfAFieldIsRefused) {
  EXPECT_THAT(complaint("a,b\n1,2\n\"3\"x,4\n"), HasSubstr("f.csv:3: field 1 has text after"));
  EXPECT_THAT(complaint("a,b\n1,\"2\" \n"), HasSubstr("f.csv:2: field 2 has text after"));
  EXPECT_THAT(complaint("a,b\n\"1 \"big\" 2\",3\n"), HasSubstr("write each quote inside"));
  EXPECT_THAT(complaint("a,b\n\"x\ny\"z,4\n"), HasSubstr("f.csv:3: field 1 has text after"));
  EXPECT_THAT(complaint("a,b\n1, \"2,3\"\n"), HasSubstr("f.csv:2: field 2 has blanks before"));
  EXPECT_THAT(complaint("\"a\"x,b\n1,2\n"), HasSubstr("f.csv:1: field 1 has text after"));
  EXPECT_THAT(complaint("a,\"b\n1,2\n"), HasSubstr("f.csv:1: a quote is opened and never closed"));
  EXPECT_THAT(fields_of("a,b\n5\" pipe,\"\"\"\"\n\"\",\"a\"\"b\"\n"),
              ElementsAre("2:5\" pipe|\"", "3:|a\"b"));
}

TEST(CsvTest, r3_TheRowsAroundABadRowAreRead) {
  auto const table = parse_csv_table("a,b\n1,2\n\"3\"x,4\n5,6\n", "f.csv", {"a", "b"});
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1][0], "5");
  ASSERT_EQ(table->bad.size(), 1u);
  EXPECT_EQ(table->bad[0].line, 3);
}

TEST(CsvTest, r4_NulAndControlCharactersAreRefused) {
  using std::string_view_literals::operator""sv;
  EXPECT_THAT(complaint("a,b\n1,4\0001\n"sv), HasSubstr("f.csv:2: field 2 contains a NUL byte"));
  EXPECT_THAT(complaint("a,b\n\"1\0\",4\n"sv), HasSubstr("f.csv:2: field 1 contains a NUL byte"));
  EXPECT_THAT(complaint("a,\0b\n"sv), HasSubstr("f.csv:1: field 2 contains a NUL byte"));
  EXPECT_THAT(complaint("a,b\n1,2\n\x1a"), HasSubstr("f.csv:3: field 1 contains the control "
                                                     "character 0x1A"));
  EXPECT_THAT(complaint("a,b\n\x1b[31m,2\n"), HasSubstr("0x1B"));
  EXPECT_THAT(fields_of("a,b\n1\t2,3\n"), ElementsAre("2:1\t2|3"));
}

TEST(CsvTest, AFileOfAnotherFormatIsRefusedOnceAndNamed) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(complaint("\x1f\x8b\x08\0"sv),
            "f.csv:1: the file is compressed by gzip; unpack it: gunzip");
  EXPECT_THAT(complaint("\xff\xfe"
                        "a\0,\0b\0\n\0"sv),
              HasSubstr("f.csv:1: the file is UTF-16"));
}

TEST(CsvTest, OtherSeparatorsAreNamed) {
  EXPECT_THAT(complaint("a;b\n1;2\n"),
              HasSubstr("f.csv:1: the columns are separated by semicolons"));
  EXPECT_THAT(complaint("a\tb\n1\t2\n"), HasSubstr("separated by tabs"));
}

TEST(CsvTest, AFieldIsQuotedIfNecessary) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
}

TEST(TextTest, OnlyAWholeTextIsANumber) {
  EXPECT_EQ(parse_number<int>("42"), 42);
  EXPECT_EQ(parse_number<int>("-7"), -7);
  for (const char* text : {"", " 1", "1 ", "1x", "+1", "99999999999", "0x10", "--1"}) {
    EXPECT_FALSE(parse_number<int>(text)) << text;
  }
  EXPECT_EQ(cat("a", 1, std::string_view("b"), 2.5), "a1b2.5");
}

}  // namespace
}  // namespace bellwether::base
