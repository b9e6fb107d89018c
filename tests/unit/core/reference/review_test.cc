#include "core/reference/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::must;

constexpr char kSectors[] =
    "scheme,version,code,parent,level,name\n"
    "UKSIC,2007,all,,all,All\n"
    "UKSIC,2007,unclassified,all,section,None\n"
    "UKSIC,2007,C,all,section,Making\n"
    "UKSIC,2007,10,C,division,Food\n";

// Leaf areas L0, L1, … below the districts D and E.
std::string areas(int leaves, std::string_view more = "") {
  std::string out =
      "code,name,level,parent\nR,Region,region,\nD,Dale,district,R\nE,Eden,district,R\n";
  for (int i = 0; i < leaves; ++i)
    base::append(out, "L", i, ",Leaf ", i, ",ward,", i % 2 == 0 ? "D" : "E", "\n");
  return out + std::string(more);
}

Reference made(const std::string& areas_csv, std::string_view sets = "",
               std::string_view postcodes = "", std::string_view deprivation = "") {
  Reference out{must(Areas::parse(areas_csv, "areas.csv", sets, "sets.csv")),
                must(Sectors::parse(kSectors, "sectors.csv")),
                {}};
  if (!postcodes.empty())
    out.postcodes = must(Postcodes::parse(postcodes, "postcodes.csv", out.areas));
  if (!deprivation.empty())
    out.deprivation = must(Deprivation::parse(deprivation, "imd.csv", out.areas));
  return out;
}

TEST(ReviewTest, ContentsAreCounted) {
  Review const found =
      review(made(areas(2), "set,name,member\nS,Set,L0\n", "postcode,area\nB1,L0\nB2,L1\n",
                  "code,decile,population\nL0,1,9\nL1,2,9\nX,3,9\n"));
  EXPECT_THAT(
      found.contents,
      ElementsAre("areas: 1 region, 2 district, 2 ward, 1 set; events count in 2 leaf areas",
                  "sectors: UKSIC 2007: 1 all, 2 section, 1 division", "postcodes: 2",
                  "deprivation: 2 of 2 leaf areas have a decile; 1 rows of other areas are "
                  "left out"));
  EXPECT_THAT(found.doubts, IsEmpty());
  EXPECT_THAT(review(made(areas(2))).contents.back(), "deprivation: none");
}

TEST(ReviewTest, LeavesWithoutPostcodeOrDecileAreDoubtful) {
  Review const found =
      review(made(areas(3), "", "postcode,area\nB1,L0\n", "code,decile,population\nL1,1,9\n"));
  EXPECT_THAT(found.doubts,
              ElementsAre("2 leaf areas that no postcode leads to: L1, L2",
                          "2 leaf areas without a decile, counted as unknown: L0, L2"));
}

TEST(ReviewTest, LsoasOfAnotherYearAreExplained) {
  Reference const r = made(
      "code,name,level,parent\nE08000025,Birmingham,district,\nE01008881,One,lsoa,E08000025\n"
      "E01033615,Split in 2021,lsoa,E08000025\n",
      "", "", "code,decile,population\nE01008881,1,9\nE01009000,2,9\n");
  EXPECT_THAT(
      review(r).doubts,
      ElementsAre("1 LSOAs without a decile, counted as unknown (LSOAs that were split or "
                  "merged in 2021 have other codes than those of 2011; only unchanged ones (U "
                  "in the table of changes) are in both): E01033615"));
  EXPECT_THAT(
      std::string(base::from_absl(
          Postcodes::parse("postcode,area\nB1 1AA,E01009000\n", "postcodes.csv", r.areas)
              .status()
              .message())),
      HasSubstr("postcodes.csv:2: \"E01009000\" is not a leaf area; state a leaf of the areas "
                "file. LSOAs that were split"));
}

TEST(ReviewTest, PostcodesOutsideTheKingdomAreDoubtful) {
  std::string const kingdom =
      "code,name,level,parent\nK02000001,UK,country,\nE12000005,West Midlands,region,K02000001\n";
  std::string const postcodes =
      "postcode,area\nJE2,E12000005\nB15,E12000005\nBF1 2AT,E12000005\n"
      "IM1,E12000005\nGY1,E12000005\n";
  EXPECT_THAT(
      review(made(kingdom, "", postcodes)).doubts,
      ElementsAre("4 postcodes of Jersey, Guernsey, the Isle of Man or the forces, which are in "
                  "no area of the United Kingdom: JE2 (line 2), BF1 2AT (line 4), IM1 (line 5), "
                  "GY1 (line 6)"));
  EXPECT_THAT(
      review(made("code,name,level,parent\nJE,Jersey,country,\n", "", "postcode,area\nJE2,JE\n"))
          .doubts,
      IsEmpty())
      << "the deployment of an island";
}

TEST(ReviewTest, OnlySomeAreNamed) {
  Review const found = review(made(areas(14), "", "postcode,area\nB1,L0\n"));
  ASSERT_EQ(found.doubts.size(), 1u);
  EXPECT_THAT(found.doubts[0], HasSubstr("13 leaf areas that no postcode leads to: L1, "));
  EXPECT_THAT(found.doubts[0], HasSubstr("L10 and 3 more"));
}

TEST(ReviewTest, EqualNamesAndCoveredMembersAreDoubtful) {
  Review const found = review(made(areas(2, "L9,Leaf 0,ward,E\nM,Dale,ward,E\n"),
                                   "set,name,member\nS,Set,D\nS,Set,L0\nS,Set,L1\n"));
  EXPECT_THAT(found.doubts,
              ElementsAre("1 names that several areas of one level have: \"Leaf 0\" (ward)",
                          "1 members of a set that lie in another of its members: L0 in S"));
}

}  // namespace
}  // namespace bellwether::reference
