// Tables of registers, piece by piece, with everything that goes wrong in them.
#include "connect/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/text.h"
#include "support/random.h"

namespace bellwether::connect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Table {
  std::vector<std::string> rows;  // "line|field|field"
  std::vector<std::string> bad;   // "line: what"
};

Table read(std::string_view text, size_t piece = 1 << 20) {
  Table out;
  RowReader reader;
  auto const row = [&](int64_t line, std::span<const std::string_view> fields) {
    std::string joined = base::cat(line);
    for (std::string_view const field : fields) base::append(joined, "|", field);
    out.rows.push_back(joined);
    return absl::OkStatus();
  };
  auto const bad = [&](int64_t line, std::string_view, std::string_view what) {
    out.bad.push_back(base::cat(line, ": ", what));
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    EXPECT_TRUE(reader.feed(text.substr(at, piece), row, bad).ok());
  }
  EXPECT_TRUE(reader.finish(row, bad).ok());
  return out;
}

TEST(RowsTest, PlainAndQuotedFieldsAndAllLineEnds) {
  Table const table = read("a,b\r\n\"x, y\",2\n3,\"\"\r\n,\n\n\"\",\"z\"");
  EXPECT_THAT(table.rows, ElementsAre("1|a|b", "2|x, y|2", "3|3|", "4||", "6||z"));
  EXPECT_THAT(table.bad, IsEmpty());
}

TEST(RowsTest, AByteOrderMarkIsNoText) {
  EXPECT_THAT(read("\xef\xbb\xbf"
                   "a,b\n1,2\n")
                  .rows,
              ElementsAre("1|a|b", "2|1|2"));
  EXPECT_THAT(read("\xef\xbb\xbf"
                   "a,b\n1,2\n",
                   1)
                  .rows,
              ElementsAre("1|a|b", "2|1|2"));
  EXPECT_THAT(read("a").rows, ElementsAre("1|a"));
  EXPECT_THAT(read("").rows, IsEmpty());
}

TEST(RowsTest, QuotesInsideATextAreKept) {
  EXPECT_THAT(read("a,b\n\"THE \"\"OLD\"\" MILL\",1\n").rows,
              ElementsAre("1|a|b", "2|THE \"OLD\" MILL|1"));
  EXPECT_THAT(read("a,b\n\"THE \"OLD\" MILL\",1\n").rows,
              ElementsAre("1|a|b", "2|THE \"OLD\" MILL|1"));
  EXPECT_THAT(read("a,b\n5\" PIPES,1\n").rows, ElementsAre("1|a|b", "2|5\" PIPES|1"));
}

TEST(RowsTest, AFieldMayHaveLines) {
  EXPECT_THAT(read("a,b\n\"1\n2\",3\n4,5\n").rows, ElementsAre("1|a|b", "2|1\n2|3", "4|4|5"));
}

TEST(RowsTest, ABadRowDoesNotTakeTheNextOnesWithIt) {
  Table const table = read("a,b\n1\n\"open,2\n\"x\",\"y\"\n3,4,5\n6,7\n");
  EXPECT_THAT(table.rows, ElementsAre("1|a|b", "4|x|y", "6|6|7"));
  ASSERT_EQ(table.bad.size(), 3u);
  EXPECT_THAT(table.bad[0], HasSubstr("2: 1 fields where the header has 2"));
  EXPECT_THAT(table.bad[1], HasSubstr("3: "));
  EXPECT_THAT(table.bad[2], HasSubstr("5: 3 fields where the header has 2"));
}

TEST(RowsTest, AQuoteThatIsNeverClosedCostsOneRow) {
  std::string text = "a,b\n\"open,1\n";
  for (int i = 0; i < 20'000; ++i) text += "1,2\n";
  Table const table = read(text, 4096);
  EXPECT_EQ(table.rows.size(), 20'001u);
  ASSERT_EQ(table.bad.size(), 1u);
  EXPECT_THAT(table.bad[0], HasSubstr("2: a quote is opened and not closed"));
}

TEST(RowsTest, ACutFileLosesItsLastRowOnly) {
  Table const table = read("a,b\n1,2\n3");
  EXPECT_THAT(table.rows, ElementsAre("1|a|b", "2|1|2"));
  EXPECT_THAT(table.bad, ElementsAre(HasSubstr("3: 1 fields")));
}

TEST(RowsTest, TooLongARowIsBad) {
  std::string const text =
      "a,b\n" + std::string(kRowBytesMax, 'x') + ",1\n" + "\"" + std::string(100, 'y') + "\",2\n";
  Table const table = read(text, 1000);
  EXPECT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.bad.size(), 1u);
}

TEST(RowsTest, TheResultDoesNotDependOnThePieces) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(base::cat("seed ", seed));
    testing::Random random(seed);
    constexpr std::string_view kBytes = "ab,,\"\"\n\n\r";
    std::string text = "h,i\n";
    for (int i = random.between(0, 60); i > 0; --i) text += kBytes[random.below(kBytes.size())];
    Table const whole = read(text);
    for (size_t const piece : {size_t{1}, size_t{2}, size_t{7}}) {
      Table const pieces = read(text, piece);
      EXPECT_EQ(pieces.rows, whole.rows) << text;
      EXPECT_EQ(pieces.bad, whole.bad) << text;
    }
  }
}

}  // namespace
}  // namespace bellwether::connect
