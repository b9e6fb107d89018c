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
