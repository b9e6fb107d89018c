#include "core/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"

namespace bellwether::base {
namespace {

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
