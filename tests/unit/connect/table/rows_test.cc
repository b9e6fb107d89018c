#include "connect/table/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "support/must.h"

namespace bellwether::connect::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Rows as "line: a|b", lines that are none as "line! why".
class TableRowsTest : public ::testing::Test {
 protected:
  TableRowsTest() {
    mapping_.file = "m.yaml";
    mapping_.columns = {{"a", 1, false}, {"b.c", 2, true}};
  }
  std::vector<std::string> read(std::string_view text) {
    std::vector<std::string> out;
    auto rows = Rows::open(text, "t", mapping_);
    if (!rows.ok()) return {std::string(rows.status().message())};
    Row row;
    std::optional<BadRow> bad;
    while (rows->next(row, bad)) {
      out.push_back(bad ? absl::StrCat(bad->line, "! ", bad->what)
                        : absl::StrCat(row.line, ": ", absl::StrJoin(row.fields, "|")));
    }
    EXPECT_EQ(rows->bytes_left(), 0u);
    return out;
  }
  Mapping mapping_;
};

TEST_F(TableRowsTest, CsvIsReadInTheDialectOfTheMapping) {
  mapping_.input.dialect = {';', '\''};
  EXPECT_THAT(read("x;a;b.c\r\n1; two ;'3;\n4'\r\n\r\n5;6;7"),
              ElementsAre("2: two|3;\n4", "5: 6|7"));
}

TEST_F(TableRowsTest, AnOptionalColumnMayBeAbsent) {
  EXPECT_THAT(read("\xef\xbb\xbfx,a\n1,2\n"), ElementsAre("2: 2|"));
}

TEST_F(TableRowsTest, AMissingColumnIsNamedWithThosePresent) {
  EXPECT_THAT(read("x,A,b\n"),
              ElementsAre("t: lacks \"a\"; it has x, A, b; correct m.yaml, or set optional: true "
                          "where a file may lack a column"));
  EXPECT_THAT(read("a,a\n"), ElementsAre("t:1: column \"a\" appears twice; rename one"));
}

TEST_F(TableRowsTest, ARaggedRowIsTold) {
  EXPECT_THAT(read("a,b.c\n1\n1,2\n1,2,3\n"),
              ElementsAre("2! 1 fields where the header has 2; is a delimiter or a quote inside a "
                          "field?",
                          "3: 1|2",
                          "4! 3 fields where the header has 2; is a delimiter or a quote inside a "
                          "field?"));
}

TEST_F(TableRowsTest, AQuoteThatIsNeverClosedEndsTheFile) {
  EXPECT_THAT(read("a,b.c\n1,2\n\"3,4\n5,6\n"),
              ElementsAre("2: 1|2", HasSubstr("3! a quote is opened and never closed")));
}

TEST_F(TableRowsTest, AnotherEncodingIsToldByRow) {
  std::string const latin = "a,b.c\ncaf\xe9,\x80\nplain,2\n";
  EXPECT_THAT(read(latin), ElementsAre("2! column \"a\" is not utf-8; set input.encoding to utf-8, "
                                       "latin-1 or windows-1252, as the file was exported",
                                       "3: plain|2"));
  mapping_.input.encoding = Encoding::kWindows1252;
  EXPECT_THAT(read(latin), ElementsAre("2: caf\u00e9|\u20ac", "3: plain|2"));
  mapping_.input.encoding = Encoding::kLatin1;
  EXPECT_THAT(read(latin),
              ElementsAre(HasSubstr("2! column \"b.c\" is not latin-1"), "3: plain|2"));
}

TEST_F(TableRowsTest, AFileThatIsNoTableIsTold) {
  EXPECT_THAT(read(""), ElementsAre("t: the file is empty; is the export complete?"));
  EXPECT_THAT(read("\n \n"), ElementsAre("t: the file is empty; is the export complete?"));
  EXPECT_THAT(read(std::string("PK\x03\x04zip", 7)),
              ElementsAre(HasSubstr("t:1: the file is a ZIP")));
  EXPECT_THAT(read("a,b.c\n"), ElementsAre());
}

TEST_F(TableRowsTest, JsonLinesAreReadByDottedPaths) {
  mapping_.input.format = Format::kJsonLines;
  EXPECT_THAT(read("{\"a\":1,\"b\":{\"c\":[\"x\",2,null]}}\n\n{\"a\":\" y \",\"b\":3}\r\n"
                   "{\"a\":true}\n{\"a\":null,\"b\":{}}\n{\"a\":1.5}"),
              ElementsAre("1: 1|x\x1f"
                          "2\x1f",
                          "3: y|", "4: true|", "5: |", "6: 1.5|"));
}

TEST_F(TableRowsTest, ALineThatIsNoObjectIsTold) {
  mapping_.input.format = Format::kJsonLines;
  EXPECT_THAT(read("{\"a\":{\"d\":1}}\n[1]\n{\"a\":\n{\"a\":2}\n"),
              ElementsAre("1! \"a\" is an object; name a value inside it, such as \"a.id\"",
                          "2! is no JSON object in UTF-8; write one object on each line",
                          "3! is no JSON object in UTF-8; write one object on each line", "4: 2|"));
  EXPECT_THAT(read("hello\n"),
              ElementsAre("t: no line is a JSON object; write one object on each line"));
}

TEST_F(TableRowsTest, APathThatNoLineHasIsNamedWithThosePresent) {
  mapping_.input.format = Format::kJsonLines;
  mapping_.columns[1].optional = false;
  EXPECT_THAT(read("{\"a\":1,\"b\":{\"d\":2}}\n"),
              ElementsAre("t: lacks \"b.c\"; it has a, b.d; correct m.yaml, or set optional: true "
                          "where a file may lack a column"));
}

TEST_F(TableRowsTest, ARowThatIsTooLongIsTold) {
  std::string const text = "a,b.c\n" + std::string(kRowBytesMax + 1, 'x') + ",2\n3,4\n";
  EXPECT_THAT(read(text), ElementsAre(HasSubstr("2! is longer than 1048576 bytes"), "3: 3|4"));
  mapping_.input.format = Format::kJsonLines;
  EXPECT_THAT(read("{\"a\":1}\n{\"a\":\"" + std::string(kRowBytesMax, 'x') + "\"}\n"),
              ElementsAre("1: 1|", HasSubstr("2! is longer than 1048576 bytes")));
}

}  // namespace
}  // namespace bellwether::connect::table
