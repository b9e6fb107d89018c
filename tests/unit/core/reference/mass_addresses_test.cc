#include "core/reference/mass_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/reference/deprivation.h"
#include "core/reference/review.h"
#include "support/must.h"

namespace bellwether::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must;
using ::testing::UnorderedElementsAre;

// A country of two regions. The set S crosses them, T has been given up.
constexpr char kKingdom[] =
    "code,name,level,parent\n"
    "K,Kingdom,country,\n"
    "N,North,region,K\n"
    "S,South,region,K\n"
    "N1,Newton,district,N\n"
    "N2,Norton,district,N\n"
    "S1,Sutton,district,S\n"
    "S2,Selby,district,S\n";
constexpr char kKingdomSets[] =
    "set,name,member,from,until\n"
    "X,Crossing,N1,2011-04-01,\n"
    "X,Crossing,S,2011-04-01,\n"
    "Y,Without,S1,,\n";
constexpr char kKingdomPostcodes[] = "postcode,area\nN1,N1\nN1 2AB,N2\nS1,S1\n";

class MassAddressesTest : public ::testing::Test {
 protected:
  absl::StatusOr<MassAddresses> parse(std::string_view csv) const {
    return MassAddresses::parse(csv, "mass.csv", postcodes_);
  }
  std::string error(std::string_view rows, std::string_view header = "postcode,from,until") const {
    return std::string(base::from_absl(parse(base::cat(header, "\n", rows)).status().message()));
  }
  static base::Days day(std::string_view text) { return must(base::parse_date(text)); }
  AreaId area(std::string_view code) const { return must(areas_.find(code)); }
  // The codes of all that holds the facts of an area.
  static std::vector<std::string> above(const Areas& areas, std::string_view code) {
    std::vector<std::string> out;
    for (const AreaAncestor& a : areas.ancestors(must(areas.find(code))))
      out.push_back(areas.at(a.area).code);
    return out;
  }
  static std::vector<std::string> members(const Areas& areas, std::string_view code) {
    std::vector<std::string> out;
    for (AreaId id : areas.children(must(areas.find(code)))) out.push_back(areas.at(id).code);
    return out;
  }

  Areas const areas_ = must(Areas::parse(kKingdom, "areas.csv", kKingdomSets, "sets.csv"));
  Postcodes const postcodes_ = must(Postcodes::parse(kKingdomPostcodes, "postcodes.csv", areas_));
};

TEST_F(MassAddressesTest, APostcodeIsOneOnItsDays) {
  MassAddresses const found =
      must(parse("postcode,from,until\nn1 1aa,2019-01-01,2021-01-01\nN11AA,2022-01-01,\nN1 "
                 "2AB,,\nZ1 1AA,,\n"));
  EXPECT_TRUE(found.contains("N1 1AA", day("2019-01-01")));
  EXPECT_TRUE(found.contains("n11aa", day("2020-12-31")));
  EXPECT_FALSE(found.contains("N1 1AA", day("2018-12-31")));
  EXPECT_FALSE(found.contains("N1 1AA", day("2021-01-01")));
  EXPECT_TRUE(found.contains("N1 1AA", day("2022-01-01")));
  EXPECT_TRUE(found.contains("N1 2AB", day("1900-01-01")));
  EXPECT_FALSE(found.contains("N1 1AB", day("2020-01-01")));
  EXPECT_FALSE(found.contains("", day("2020-01-01")));
  EXPECT_FALSE(found.contains("not a postcode", day("2020-01-01")));
  EXPECT_EQ(found.size(), 2u);
  EXPECT_EQ(found.elsewhere(), 1u);
  EXPECT_THAT(found.areas(), ElementsAre(area("N1"), area("N2")));
  MassAddresses const none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.digest(), 0u);
  EXPECT_NE(found.digest(), 0u);
  EXPECT_NE(must(parse("postcode,until\nN1 1AA,2021-01-01\n")).digest(),
            must(parse("postcode\nN1 1AA\n")).digest());
}

TEST_F(MassAddressesTest, TheFileOfTheConnectorIsRead) {
  EXPECT_EQ(must(parse("postcode,births\nN11AA,1234\n")).size(), 1u);
}

TEST_F(MassAddressesTest, BadLinesAreNamed) {
  EXPECT_THAT(error("N1,,\n"), HasSubstr("mass.csv:2: \"N1\" is not a full postcode"));
  EXPECT_THAT(error(",,\n"), HasSubstr("mass.csv:2: \"\" is not a full postcode"));
  EXPECT_THAT(error("N1 1AA,2020-13-01,\n"), HasSubstr("mass.csv:2: "));
  EXPECT_THAT(error("N1 1AA,2020-01-02,2020-01-01\n"),
              HasSubstr("mass.csv:2: from is not before until"));
  EXPECT_THAT(error("N1 1AA,2020-01-01,2021-01-01\nN1 1AA,2020-12-31,\n"),
              HasSubstr("mass.csv:3: \"N1 1AA\" appears twice on the same days"));
  EXPECT_THAT(error("N1 1AA,many\n", "postcode,births"),
              HasSubstr("mass.csv:2: \"many\" is not a number of births"));
  EXPECT_THAT(error("N1 1AA\n", "code"), HasSubstr("postcode"));
}

TEST_F(MassAddressesTest, MoreThanTheLimitIsRefused) {
  constexpr size_t kInward = 10 * 26 * 26;  // of one outward code
  auto const letter = [](size_t i) { return std::string(1, static_cast<char>('A' + i % 26)); };
  std::string outward = "postcode,area\n";
  for (size_t i = 0; i <= kMassAddressesMax / kInward; ++i)
    base::append(outward, letter(i), "1,N1\n");
  std::string rows = "postcode\n";
  for (size_t i = 0; i <= kMassAddressesMax; ++i) {
    base::append(rows, letter(i / kInward), "1 ", i % 10, letter(i / 10), letter(i / 260), "\n");
  }
  Postcodes const postcodes = must(Postcodes::parse(outward, "postcodes.csv", areas_));
  EXPECT_EQ(std::string(base::from_absl(
                MassAddresses::parse(rows, "mass.csv", postcodes).status().message())),
            "mass.csv:100002: more than 100000 mass addresses");
}

TEST_F(MassAddressesTest, ALeafIsDividedAndAllAboveHaveASetWithoutThem) {
  std::vector<AreaId> const leaves = {area("N1"), area("S2")};
  Areas const divided = must(areas_.divide(leaves));
  for (const Area& a : areas_.all()) {
    if (!a.is_set) {
      EXPECT_EQ(must(divided.find(a.code)), must(areas_.find(a.code))) << "ids of areas remain";
    }
  }
  AreaId const n1 = area("N1");
  EXPECT_TRUE(divided.at(n1).is_divided);
  EXPECT_FALSE(divided.at(n1).is_leaf);
  EXPECT_EQ(divided.at(divided.own_part(n1)).code, "N1.own");
  EXPECT_EQ(divided.at(divided.own_part(n1)).name, "Newton, without mass addresses");
  EXPECT_EQ(divided.at(divided.own_part(n1)).level, "district.own");
  EXPECT_EQ(divided.at(divided.mass_part(n1)).code, "N1.mass");
  EXPECT_EQ(divided.at(divided.mass_part(n1)).level, "district.mass");
  EXPECT_THAT(above(divided, "N1.own"),
              UnorderedElementsAre("N1.own", "N1", "N", "K", "X", "N.own", "K.own", "X.own"));
  EXPECT_THAT(above(divided, "N1.mass"), UnorderedElementsAre("N1.mass", "N1", "N", "K", "X"));
  EXPECT_THAT(above(divided, "N2"), UnorderedElementsAre("N2", "N", "K", "N.own", "K.own"));
  EXPECT_THAT(above(divided, "S1"),
              UnorderedElementsAre("S1", "S", "K", "X", "Y", "S.own", "K.own", "X.own"));
  EXPECT_THAT(members(divided, "K.own"), ElementsAre("N1.own", "N2", "S1", "S2.own"));
  EXPECT_THAT(members(divided, "X.own"), ElementsAre("N1.own", "S1", "S2.own"));
  EXPECT_FALSE(divided.find("Y.own").ok()) << "has no mass addresses";
  EXPECT_EQ(divided.at(must(divided.find("X.own"))).validity.from, day("2011-04-01"));
  EXPECT_EQ(divided.at(must(divided.find("K.own"))).level, "country.own");
  EXPECT_TRUE(divided.at(must(divided.find("K.own"))).is_set);
  EXPECT_THAT(divided.mass_parts(area("K")),
              ElementsAre(divided.mass_part(n1), divided.mass_part(area("S2"))));
  EXPECT_THAT(divided.mass_parts(area("N2")), ElementsAre());
  EXPECT_TRUE(divided.is_place(n1));
  EXPECT_TRUE(divided.is_place(area("N2")));
  for (const char* code : {"N1.own", "N1.mass", "K.own", "N", "X"})
    EXPECT_FALSE(divided.is_place(must(divided.find(code)))) << code;
  // The sets remain at the end.
  bool sets = false;
  for (const Area& a : divided.all()) {
    EXPECT_TRUE(!sets || a.is_set) << a.code;
    sets = a.is_set;
  }
}

TEST_F(MassAddressesTest, EveryFactIsInExactlyOneOfTheTwoPartsOfEachArea) {
  Areas const divided = must(areas_.divide(std::vector<AreaId>{area("N1"), area("S2")}));
  for (size_t i = 0; i < divided.size(); ++i) {
    AreaId const leaf(static_cast<uint16_t>(i));
    if (!divided.at(leaf).is_leaf || divided.at(leaf).is_set) continue;
    std::vector<std::string> const up = above(divided, divided.at(leaf).code);
    EXPECT_EQ(std::set<std::string>(up.begin(), up.end()).size(), up.size()) << "counts once";
    for (const char* code : {"K", "N", "S", "X"}) {
      if (std::ranges::count(up, code) == 0) continue;
      bool const own = std::ranges::count(up, std::string(code) + ".own") > 0;
      EXPECT_NE(own, divided.at(leaf).part == AreaPart::kMass) << code << divided.at(leaf).code;
    }
  }
}

TEST_F(MassAddressesTest, TooManyAreasAreRefused) {
  std::string csv = "code,name,level,parent\nR,R,country,\n";
  for (size_t i = 0; i < kAreasMax / 2; ++i) base::append(csv, "A", i, ",x,district,R\n");
  Areas const many = must(Areas::parse(csv, "areas.csv", "", ""));
  EXPECT_THAT(
      std::string(base::from_absl(many.divide(std::vector<AreaId>{AreaId(1)}).status().message())),
      HasSubstr("60000"));
}

TEST_F(MassAddressesTest, TheDecileIsThatOfTheRest) {
  Areas const divided = must(areas_.divide(std::vector<AreaId>{area("N1")}));
  Deprivation const found =
      must(Deprivation::parse("code,decile,population\nN1,3,500\nN2,4,600\n", "imd.csv", divided));
  EXPECT_EQ(found.decile(divided.own_part(area("N1"))), 3);
  EXPECT_EQ(found.residents(divided.own_part(area("N1"))), 500);
  EXPECT_EQ(found.decile(divided.mass_part(area("N1"))), kUnknownDecile);
  EXPECT_THAT(found.leaves(area("N1"), 3), ElementsAre(divided.own_part(area("N1"))));
  EXPECT_THAT(std::string(base::from_absl(
                  Deprivation::parse("code,decile,population\nN1,3,5\nN1,4,6\nN1.own,3,5\n",
                                     "imd.csv", divided)
                      .status()
                      .message())),
              ::testing::AllOf(HasSubstr("imd.csv:3: \"N1\" appears twice"),
                               HasSubstr("imd.csv:4: \"N1.own\" is not a leaf area")));
}

TEST_F(MassAddressesTest, TheReviewCountsThem) {
  Reference r{
      areas_,
      must(Sectors::parse("scheme,version,code,parent,level,name,prefixes\nX,1,all,,all,All,\n"
                          "X,1,unclassified,all,section,None,\nX,1,A,all,section,A,\n",
                          "sectors.csv")),
      postcodes_};
  r.mass = must(parse("postcode\nN1 1AA\nZ1 1AA\n"));
  r.areas = must(areas_.divide(r.mass.areas()));
  Review const found = review(r);
  EXPECT_THAT(found.contents[0], HasSubstr("events count in 4 leaf areas"));
  EXPECT_THAT(found.contents,
              ::testing::Contains("mass addresses: 1 in 1 leaf areas; 1 rows of other "
                                  "places are left out"));
  EXPECT_THAT(found.doubts, ElementsAre("1 leaf areas that no postcode leads to: S2"));
}

TEST(ReservedCodesTest, ThePartsOfAreasCannotBeNamedByAFile) {
  auto const complaint = [](std::string_view areas, std::string_view sets) {
    return std::string(
        base::from_absl(Areas::parse(areas, "areas.csv", sets, "sets.csv").status().message()));
  };
  constexpr std::string_view kTwo = "code,name,level,parent\nR,R,country,\nA,A,district,R\n";
  EXPECT_THAT(complaint(base::cat(kTwo, "B.own,B,district,R\n"), ""),
              HasSubstr("areas.csv:4: code \"B.own\" ends with .own or .mass"));
  EXPECT_THAT(complaint(base::cat(kTwo, "B,B,district.mass,R\n"), ""),
              HasSubstr("areas.csv:4: level \"district.mass\" is for area sets"));
  EXPECT_THAT(complaint(kTwo, "set,name,member\nA.mass,S,A\n"),
              HasSubstr("sets.csv:2: code \"A.mass\""));
  EXPECT_EQ(complaint(base::cat(kTwo, "GBR.1_1,B,district,R\n"), ""), "");
}

}  // namespace
}  // namespace bellwether::reference
