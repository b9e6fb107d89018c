#include "core/reference/deprivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::reference {
namespace {

using ::testing::HasSubstr;
using testing::must;

constexpr char kAreas[] =
    "code,name,level,parent\n"
    "R,Region,region,\n"
    "D,District,district,R\n"
    "E01000001,One,lsoa,D\n"
    "E01000002,Two,lsoa,D\n"
    "E01000003,Three,lsoa,D\n";
constexpr char kSets[] = "set,name,member\nS,Set,E01000001\n";

class DeprivationTest : public ::testing::Test {
 protected:
  absl::StatusOr<Deprivation> parse(std::string_view rows) const {
    return Deprivation::parse(base::cat("code,decile,population\n", rows), "imd.csv", areas_);
  }
  std::string error(std::string_view rows) const {
    return std::string(parse(rows).status().message());
  }
  AreaId area(std::string_view code) const { return must(areas_.find(code)); }

  Areas const areas_ = must(Areas::parse(kAreas, "areas.csv", kSets, "sets.csv"));
};

TEST_F(DeprivationTest, LeafAreasHaveTheirDecileAndResidents) {
  Deprivation const found = must(parse("E01000001,1,1500\nE09999999,4,9\nE01000003,10,0\n"));
  EXPECT_EQ(found.decile(area("E01000001")), 1);
  EXPECT_EQ(found.residents(area("E01000001")), 1500);
  EXPECT_EQ(found.decile(area("E01000003")), 10);
  EXPECT_EQ(found.decile(area("E01000002")), kUnknownDecile);
  EXPECT_EQ(found.decile(area("D")), kUnknownDecile);
  EXPECT_EQ(found.known(), 2u);
  EXPECT_EQ(found.elsewhere(), 1u);
  Deprivation const none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.decile(area("E01000001")), kUnknownDecile);
  EXPECT_EQ(none.residents(area("E01000001")), 0);
}

TEST_F(DeprivationTest, BadLinesAreNamed) {
  for (const char* decile : {"0", "11", "", "1.5", "-1", "first"}) {
    EXPECT_THAT(error(base::cat("E01000001,", decile, ",1\n")),
                HasSubstr(base::cat("imd.csv:2: \"", decile, "\" is not a decile")));
  }
  for (const char* residents : {"-1", "many", "", "100000001"})
    EXPECT_THAT(error(base::cat("E01000001,1,", residents, "\n")), HasSubstr("imd.csv:2: "));
  std::string const several = error("E01000001,1,1\nE01000001,2,1\nD,3,1\nS,3,1\n");
  EXPECT_THAT(several, HasSubstr("imd.csv:3: \"E01000001\" appears twice"));
  EXPECT_THAT(several, HasSubstr("imd.csv:4: \"D\" is not a leaf area"));
  EXPECT_THAT(several, HasSubstr("imd.csv:5: \"S\" is not a leaf area"));
}

TEST_F(DeprivationTest, AFileOfOtherAreasIsRefused) {
  EXPECT_THAT(error("W01000001,1,1\n"), HasSubstr("has no area of the areas file"));
  EXPECT_THAT(error(""), HasSubstr("has no area of the areas file"));
}

TEST_F(DeprivationTest, TheDigestTellsFilesApart) {
  uint64_t const one = must(parse("E01000001,1,5\nE01000002,2,5\n")).digest();
  EXPECT_EQ(must(parse("E01000002,2,5\nE01000001,1,5\nE09,1,1\n")).digest(), one);
  EXPECT_NE(must(parse("E01000001,2,5\nE01000002,1,5\n")).digest(), one);
  EXPECT_NE(must(parse("E01000001,1,6\nE01000002,2,5\n")).digest(), one);
}

}  // namespace
}  // namespace bellwether::reference
