#include "core/reference/deprivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "support/data.h"
#include "support/must.h"
#include "support/paths.h"

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

TEST_F(DeprivationTest, LeavesAreFoundBelowEachAreaAndSet) {
  Deprivation const found = must(parse("E01000003,10,5\nE01000002,2,5\nE01000001,2,5\n"));
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  AreaId const one = area("E01000001");
  AreaId const two = area("E01000002");
  AreaId const three = area("E01000003");
  for (const char* above : {"R", "D"}) {
    EXPECT_THAT(found.leaves(area(above), 2), ElementsAre(one, two)) << above;
    EXPECT_THAT(found.leaves(area(above), 10), ElementsAre(three)) << above;
    for (int decile : {1, 3, 9}) EXPECT_THAT(found.leaves(area(above), decile), IsEmpty());
  }
  EXPECT_THAT(found.leaves(area("S"), 2), ElementsAre(one));
  EXPECT_THAT(found.leaves(area("S"), 10), IsEmpty());
  EXPECT_THAT(found.leaves(three, 10), ElementsAre(three));
  EXPECT_THAT(found.leaves(three, 2), IsEmpty());
  EXPECT_THAT(Deprivation().leaves(one, 2), IsEmpty());
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

TEST(NationsTest, TheDecilesOfTwoNationsAreRefusedWithTheLine) {
  Areas const areas = must(Areas::parse(
      "code,name,level,parent\nK,Kingdom,country,\nE01000001,A,lsoa,K\nE01000002,B,lsoa,K\n"
      "W01000001,C,lsoa,K\nX1,D,lsoa,K\n",
      "areas.csv", "", ""));
  auto const parse = [&](std::string_view rows) {
    return Deprivation::parse(base::cat("code,decile,population\n", rows), "imd.csv", areas);
  };
  EXPECT_TRUE(parse("X1,1,1\nE01000001,1,1\nE01000002,1,1\n").ok());
  EXPECT_TRUE(parse("W01000001,1,1\nS01000001,1,1\n").ok()) << "those elsewhere are left out";
  EXPECT_THAT(
      std::string(parse("E01000001,1,1\nE01000002,1,1\nW01000001,1,1\n").status().message()),
      HasSubstr("imd.csv:4: \"W01000001\" is in another nation than \"E01000001\": ranks "
                "compare within one nation's index only"));
}

TEST_F(DeprivationTest, TheDigestTellsFilesApart) {
  uint64_t const one = must(parse("E01000001,1,5\nE01000002,2,5\n")).digest();
  EXPECT_EQ(must(parse("E01000002,2,5\nE01000001,1,5\nE09,1,1\n")).digest(), one);
  EXPECT_NE(must(parse("E01000001,2,5\nE01000002,1,5\n")).digest(), one);
  EXPECT_NE(must(parse("E01000001,1,6\nE01000002,2,5\n")).digest(), one);
}

std::string file_of(const std::string& path) {
  std::ifstream file(testing::in_source(path), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

// Published: 282 of 659 neighbourhoods of Birmingham are among the tenth that is most deprived.
TEST(WestMidlandsTest, HasTheNeighbourhoodsThatArePublished) {
  std::string const folder = "deploy/reference/west-midlands/";
  Areas const areas =
      must(Areas::parse(file_of(folder + "areas.csv"), "areas.csv", "", "sets.csv"));
  Deprivation const found =
      must(Deprivation::parse(file_of(folder + "deprivation.csv"), "deprivation.csv", areas));
  EXPECT_EQ(found.known(), 1719u);
  EXPECT_EQ(found.elsewhere(), 0u);
  std::array<size_t, kDeciles> const should = {466, 302, 183, 139, 122, 115, 101, 89, 90, 112};
  AreaId const birmingham = must(areas.find("E08000025"));
  size_t there = 0;
  for (int d = 1; d <= kDeciles; ++d) {
    EXPECT_EQ(found.leaves(kRootArea, d).size(), should[static_cast<size_t>(d - 1)]) << d;
    there += found.leaves(birmingham, d).size();
  }
  EXPECT_EQ(there, 659u);
  EXPECT_EQ(found.leaves(birmingham, 1).size(), 282u);
}

// Published: among the districts of England, Birmingham has the second highest proportion of its
// neighbourhoods in the tenth that is most deprived, and the fifth highest average score.
TEST(BirminghamTest, HasThePublishedRanksAmongTheDistricts) {
  std::istringstream lines(testing::data_file("english_imd/districts_2025.csv"));
  std::string line;
  std::getline(lines, line);
  struct District {
    double proportion = 0;
    double score = 0;
  };
  std::vector<District> all;
  District birmingham;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string code;
    double lsoas = 0;
    double first = 0;
    double score = 0;
    char comma = 0;
    std::getline(cells, code, ',');
    cells >> lsoas >> comma >> first >> comma >> score;
    all.push_back({first / lsoas, score / lsoas});
    if (code == "E08000025") birmingham = all.back();
  }
  EXPECT_EQ(all.size(), 296u);
  EXPECT_EQ(1 + std::ranges::count_if(
                    all, [&](District d) { return d.proportion > birmingham.proportion; }),
            2);
  EXPECT_EQ(1 + std::ranges::count_if(all, [&](District d) { return d.score > birmingham.score; }),
            5);
}

// Published: 41.3 % of Birmingham's neighbourhoods of 2011 were among that tenth in 2019.
TEST(BirminghamTest, HasTheSharesThatArePublished) {
  std::string const deciles = testing::data_file("english_imd/birmingham_2019.csv");
  std::string areas_csv = "code,name,level,parent\nE08000025,Birmingham,district,\n";
  std::istringstream lines(deciles);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line))
    base::append(areas_csv, line.substr(0, line.find(',')), ",Leaf,lsoa,E08000025\n");
  Areas const areas = must(Areas::parse(areas_csv, "areas.csv", "", "sets.csv"));
  Deprivation const found = must(Deprivation::parse(deciles, "imd.csv", areas));
  EXPECT_NEAR(
      static_cast<double>(found.leaves(kRootArea, 1).size()) / static_cast<double>(found.known()),
      .413146, 5e-7);
  std::array<double, kDeciles + 1> residents{};
  double all = 0;
  for (int d = 1; d <= kDeciles; ++d) {
    for (AreaId leaf : found.leaves(kRootArea, d))
      residents[static_cast<size_t>(d)] += static_cast<double>(found.residents(leaf));
    all += residents[static_cast<size_t>(d)];
  }
  EXPECT_NEAR(residents[1] / all, .427009, 5e-7);
  EXPECT_NEAR((residents[1] + residents[2] + residents[3]) / all, .685265, 5e-7);
}

}  // namespace
}  // namespace bellwether::reference
