#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "core/base/text.h"
#include "core/reference/reference.h"
#include "support/paths.h"
#include "support/world.h"

namespace bellwether::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must;
using testing::world;

std::string complaint(const absl::Status& status) {
  return std::string(base::from_absl(status.message()));
}
std::string areas_complaint(std::string_view csv, std::string_view sets = "") {
  return complaint(Areas::parse(csv, "areas.csv", sets, "sets.csv").status());
}
std::string sectors_complaint(std::string_view csv) {
  return complaint(Sectors::parse(csv, "sectors.csv").status());
}

TEST(AreasTest, AFactCountsInItsAreaItsParentsAndTheirSets) {
  std::set<std::string> nodes;
  AreaId const leaf = must(world().areas.find("N1"));
  for (const AreaAncestor& a : world().areas.ancestors(leaf))
    nodes.insert(world().areas.at(a.area).code);
  EXPECT_EQ(nodes, (std::set<std::string>{"N1", "N", "R", "HUB"}));
  EXPECT_EQ(world().areas.ancestors(leaf).front().area, leaf);
  const Area& hub = world().areas.at(must(world().areas.find("HUB")));
  EXPECT_TRUE(hub.is_set);
  EXPECT_TRUE(hub.validity.contains(base::days_from_civil(2024, 3, 31)));
  EXPECT_FALSE(hub.validity.contains(base::days_from_civil(2024, 4, 1)));
  EXPECT_FALSE(hub.validity.contains(base::days_from_civil(2011, 3, 31)));
}

TEST(AreasTest, ErrorsNameEveryBadLine) {
  std::string const text = areas_complaint(
      "code,name,level,parent\nR,Realm,country,\nA,A,region,X\nA,A,region,R\nA,A,region,R\n,B,"
      "region,R\n");
  EXPECT_THAT(text, HasSubstr("areas.csv:3"));
  EXPECT_THAT(text, HasSubstr("areas.csv:5"));
  EXPECT_THAT(text, HasSubstr("areas.csv:6"));
  EXPECT_THAT(areas_complaint("code,name,level,parent\nR,R,country,R\n"), HasSubstr("areas.csv:2"));
  EXPECT_THAT(areas_complaint("code,name,level,parent,from,until\nR,R,country,,2020-13-01,\n"),
              HasSubstr("areas.csv:2"));
  constexpr std::string_view kTwo = "code,name,level,parent\nR,R,country,\nA,A,region,R\n";
  EXPECT_THAT(areas_complaint(kTwo, "set,name,member\nS,S,Z\n"),
              HasSubstr("sets.csv:2: member \"Z\""));
  EXPECT_THAT(areas_complaint(kTwo, "set,name,member\nA,S,A\n"),
              HasSubstr("is the code of an area"));
  EXPECT_THAT(areas_complaint(kTwo, "set,name,member\nS,S,A\nS,T,R\n"), HasSubstr("has two names"));
  std::string const longest(kAreaCodeBytesMax + 1, 'x');
  EXPECT_THAT(areas_complaint(base::cat("code,name,level,parent\n", longest, ",R,country,\n")),
              HasSubstr("areas.csv:2"));
}

TEST(AreasTest, AMemberNamedTwiceIsOneIfTheDaysDoNotOverlap) {
  constexpr std::string_view kTwo = "code,name,level,parent\nR,R,country,\nA,A,region,R\n";
  constexpr std::string_view kHead = "set,name,member,from,until\n";
  Areas const found = must(Areas::parse(
      kTwo, "areas.csv",
      base::cat(kHead, "S,S,A,2010-01-01,2012-01-01\nS,S,A,2012-01-01,2014-01-01\n"), "sets.csv"));
  EXPECT_EQ(found.children(must(found.find("S"))).size(), 1u);
  EXPECT_THAT(
      areas_complaint(kTwo, base::cat(kHead, "S,S,A,2010-01-01,2012-01-01\nS,S,A,2011-12-31,\n")),
      HasSubstr("sets.csv:3: \"A\" is in set \"S\" twice on the same days"));
  EXPECT_THAT(areas_complaint(kTwo, base::cat(kHead, "S,S,A,2012-01-01,2012-01-01\n")),
              HasSubstr("sets.csv:2: from is not before until"));
}

TEST(AreasTest, AnAreaIsFoundByItsFormerCodes) {
  constexpr std::string_view kHead = "code,name,level,parent,from,until,former\nR,R,country,,,,\n";
  Areas const found = must(Areas::parse(
      base::cat(kHead, "C,Cumberland,district,R,2023-04-01,,A1  A2\nD,D,district,R,,,\n"),
      "areas.csv", "", ""));
  EXPECT_EQ(found.at(must(found.find("A2"))).code, "C");
  EXPECT_EQ(found.at(must(found.find("C"))).former, (std::vector<std::string>{"A1", "A2"}));
  EXPECT_THAT(areas_complaint(base::cat(kHead, "C,C,district,R,,,A1\nD,D,district,R,,,A1\n")),
              HasSubstr("areas.csv:4: former code \"A1\" is that of another area, too"));
  EXPECT_THAT(areas_complaint(base::cat(kHead, "C,C,district,R,,,A1\nA1,D,district,R,,,\n")),
              HasSubstr("areas.csv:4: code \"A1\" appears twice"));
}

TEST(ReferenceTest, FilesOfWindowsAreReadAndOtherEncodingsRefusedWithTheirLine) {
  EXPECT_EQ(areas_complaint("\xef\xbb\xbf"
                            "code,name,level,parent\r\nR,R,country,\r\n"),
            "");
  EXPECT_THAT(areas_complaint("code,name,level,parent\nR,R,country,\nA,Caf\xe9,district,R\n"),
              HasSubstr("areas.csv:3: "));
  EXPECT_THAT(areas_complaint(std::string("code,name,level,parent\nR,R\0,country,\n", 37)),
              HasSubstr("areas.csv:2: field 2 contains a NUL byte"));
}

TEST(AreasTest, MoreThanTheLimitIsRefused) {
  std::string csv = "code,name,level,parent\nR,R,country,\n";
  for (size_t i = 0; i < kAreasMax; ++i) base::append(csv, "A", i, ",x,district,R\n");
  EXPECT_THAT(areas_complaint(csv), HasSubstr("60000"));
}

TEST(SectorsTest, ACodeBelongsToTheLeafWithTheLongestPrefix) {
  const Sectors& s = world().sectors;
  EXPECT_EQ(s.at(must(s.classify("UKSIC", "2007", "10110"))).code, "10");
  EXPECT_EQ(s.at(must(s.classify("UKSIC", "2007", "46"))).code, "46");
  EXPECT_EQ(must(s.classify("UKSIC", "2007", "99999")), kUnclassified);
  EXPECT_TRUE(absl::IsNotFound(s.classify("UKSIC", "2007", "55100").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(s.classify("UKSIC", "2003", "10110").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(s.classify("NAF", "2007", "10110").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(s.classify("UKSIC", "2007", "1011").status()))
      << "four digits are SIC 2003";
  EXPECT_EQ(s.ancestors(must(s.find("10"))).size(), 3u);
}

TEST(SectorsTest, ALeafHasAnActivityCode) {
  const Sectors& s = world().sectors;
  for (const char* code : {"10", "11", "46", "47"}) {
    SectorId const leaf = must(s.find(code));
    EXPECT_EQ(must(s.classify("UKSIC", "2007", must(s.activity_code(leaf)))), leaf);
  }
  EXPECT_FALSE(s.activity_code(must(s.find("C"))).ok());
  EXPECT_FALSE(s.activity_code(kAllSectors).ok());
  EXPECT_FALSE(s.activity_code(kUnclassified).ok());
}

// The reference files are read as every other CSV file (core/base/csv_test.cc).
TEST(ReferenceTest, r3_r4_FaultyTextIsRefusedWithItsLine) {
  EXPECT_THAT(areas_complaint("code,name,level,parent\n\"R\"x,Realm,country,\n"),
              HasSubstr("areas.csv:2: field 1 has text after its closing quote"));
  EXPECT_THAT(sectors_complaint(
                  std::string("scheme,version,code,parent,level,name\nX\0,1,all,,all,A\n", 54)),
              HasSubstr("sectors.csv:2: field 1 contains a NUL byte"));
  EXPECT_THAT(
      complaint(Postcodes::parse("postcode,area\nB15,\"N1\" \n", "p.csv", world().areas).status()),
      HasSubstr("p.csv:2: field 2 has text after"));
}

TEST(AreasTest, r1_ADayThatDoesNotExistIsNotCalledAWrongForm) {
  EXPECT_EQ(areas_complaint("code,name,level,parent,from,until\nR,R,country,,2023-02-29,\n"),
            "areas.csv:2: '2023-02-29' does not exist: 2023-02 has the days 01 to 28; correct the "
            "day, or leave it empty");
}

TEST(SectorsTest, ErrorsNameEveryBadLine) {
  constexpr std::string_view kHead =
      "scheme,version,code,parent,level,name,prefixes\nX,1,all,,all,All,\n";
  EXPECT_THAT(sectors_complaint("scheme,version,code,parent,level,name\nX,1,C,,section,C\n"),
              HasSubstr("first sector is \"all\""));
  EXPECT_THAT(sectors_complaint(base::cat(kHead, "X,1,C,all,section,C,\n")),
              HasSubstr("second sector is \"unclassified\""));
  std::string const two = base::cat(kHead, "X,1,unclassified,all,section,U,\n");
  EXPECT_THAT(sectors_complaint(base::cat(two, "X,1,C,nope,section,C,\n")),
              HasSubstr("parent \"nope\""));
  EXPECT_THAT(sectors_complaint(base::cat(two, "X,1,C,all,section,C,10\nX,1,D,all,section,D,10\n")),
              HasSubstr("already belongs to another sector"));
  EXPECT_THAT(sectors_complaint(base::cat(two, "X,1,C,all,section,C,10\nX,1,11,C,division,D,\n")),
              HasSubstr("only a leaf has prefixes"));
  EXPECT_THAT(sectors_complaint(base::cat(two, "X,2,C,all,section,C,\n")),
              HasSubstr("sectors.csv:4"));
  EXPECT_THAT(sectors_complaint(base::cat(two, "X,1,C,unclassified,section,C,\n")),
              HasSubstr("sectors.csv:4"));
  EXPECT_THAT(
      sectors_complaint(
          "scheme,version,code,parent,level,name\n,1,all,,all,All\nX,1,unclassified,all,section,U\n"
          "X,1,C,all,section,C\n"),
      HasSubstr("sectors.csv:2"));
}

TEST(PostcodesTest, AFullPostcodeHasPriorityOverItsOutwardCode) {
  auto const areas = must(Areas::parse(
      "code,name,level,parent\nR,R,country,\nA,A,district,R\nB,B,district,R\n", "a", "", ""));
  auto const p =
      must(Postcodes::parse("postcode,area\nB15,A\nb15 2tt,B\nSW1A,B\n", "p.csv", areas));
  EXPECT_EQ(areas.at(must(p.find("B15 1AA"))).code, "A");
  EXPECT_EQ(areas.at(must(p.find(" b152tt "))).code, "B");
  EXPECT_EQ(areas.at(must(p.find("sw1a1aa"))).code, "B");
  EXPECT_EQ(areas.at(must(p.find("B15"))).code, "A");
  EXPECT_TRUE(absl::IsNotFound(p.find("M1 1AA").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(p.find("not a postcode").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(p.find("").status()));
  std::string const text = complaint(
      Postcodes::parse("postcode,area\nB15,R\nB16,A\nB 16,A\n,A\n", "p.csv", areas).status());
  for (const char* part : {"p.csv:2", "p.csv:4", "p.csv:5"}) EXPECT_THAT(text, HasSubstr(part));
}

std::string file(const std::string& name) {
  std::ifstream in(testing::in_source("deploy/reference/") + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The reference files in deploy/ are valid and have the expected contents.
// Snapshots are refused if a code has another area or sector.
TEST(ReferenceTest, TheDigestsOfCodesDependOnTheirPlacesAndNotOnTheirOrder) {
  auto const areas = must(Areas::parse(
      "code,name,level,parent\nR,R,country,\nA,A,district,R\nB,B,district,R\n", "a", "", ""));
  auto const postcodes = [&](std::string_view rows) {
    return must(Postcodes::parse(base::cat("postcode,area\n", rows), "p.csv", areas)).digest();
  };
  EXPECT_EQ(postcodes("B15,A\nB16,B\n"), postcodes("b16,B\nB 15,A\n"));
  EXPECT_NE(postcodes("B15,A\nB16,B\n"), postcodes("B15,B\nB16,B\n"));
  EXPECT_NE(postcodes("B15,A\n"), postcodes("B15,A\nB16,B\n"));
  auto const codes = [](std::string_view version, std::string_view prefixes) {
    return must(Sectors::parse(
                    base::cat("scheme,version,code,parent,level,name,prefixes\nS,", version,
                              ",all,,all,All,\nS,", version, ",unclassified,all,section,None,\nS,",
                              version, ",10,all,division,Food,", prefixes, "\n"),
                    "s.csv"))
        .codes_digest();
  };
  EXPECT_EQ(codes("1", "101 102"), codes("1", "102 101"));
  EXPECT_NE(codes("1", "101 102"), codes("1", "101"));
  EXPECT_NE(codes("1", "101"), codes("2", "101"));
}

// The numbers of neighbourhoods by decile are those of the published index (IMD 2025).
TEST(ShippedReferenceTest, TheWestMidlands) {
  auto const areas = must(Areas::parse(file("west-midlands/areas.csv"), "areas.csv",
                                       file("west-midlands/area_sets.csv"), "area_sets.csv"));
  auto const found =
      must(Deprivation::parse(file("west-midlands/deprivation.csv"), "deprivation.csv", areas));
  EXPECT_EQ(found.known(), 1719u);
  EXPECT_EQ(found.elsewhere(), 0u);
  std::array<int, kDeciles + 1> all{};
  std::array<int, kDeciles + 1> birmingham{};
  AreaId const city = must(areas.find("E08000025"));
  for (size_t i = 0; i < areas.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    if (areas.at(id).level != "lsoa") continue;
    auto const decile = static_cast<size_t>(found.decile(id));
    ++all[decile];
    birmingham[decile] += std::ranges::find(areas.ancestors(id), city, &AreaAncestor::area) !=
                          areas.ancestors(id).end();
  }
  EXPECT_THAT(all, ElementsAre(0, 466, 302, 183, 139, 122, 115, 101, 89, 90, 112));
  EXPECT_EQ(birmingham[1], 282);
  EXPECT_EQ(std::accumulate(birmingham.begin(), birmingham.end(), 0), 659);
}

TEST(ShippedReferenceTest, TheWestMidlandsByTheIndexOf2019) {
  auto const areas = must(Areas::parse(file("west-midlands/areas_2011.csv"), "areas.csv",
                                       file("west-midlands/area_sets.csv"), "area_sets.csv"));
  auto const found = must(
      Deprivation::parse(file("west-midlands/deprivation_2019.csv"), "deprivation.csv", areas));
  EXPECT_EQ(found.known(), 1680u);
  EXPECT_EQ(found.elsewhere(), 0u);
  AreaId const city = must(areas.find("E08000025"));
  EXPECT_EQ(found.leaves(city, 1).size(), 264u);
  size_t all = 0;
  for (int d = 1; d <= kDeciles; ++d) all += found.leaves(city, d).size();
  EXPECT_EQ(all, 639u);
}

TEST(ShippedReferenceTest, TheDistrictsOfTheFourNations) {
  auto const areas = must(Areas::parse(file("uk-districts/areas.csv"), "areas.csv",
                                       file("uk-districts/area_sets.csv"), "area_sets.csv"));
  auto const districts_of = [&](std::string_view code) {
    size_t n = 0;
    for (size_t i = 0; i < areas.size(); ++i) {
      AreaId const id(static_cast<uint16_t>(i));
      n += areas.at(id).level == "district" &&
           std::ranges::count(areas.ancestors(id), must(areas.find(code)), &AreaAncestor::area) > 0;
    }
    return n;
  };
  EXPECT_EQ(districts_of("E92000001"), 296u);
  EXPECT_EQ(districts_of("W92000004"), 22u);
  EXPECT_EQ(districts_of("S92000003"), 32u);
  EXPECT_EQ(districts_of("N92000002"), 11u);
  EXPECT_EQ(districts_of("E47000007"), 7u);
  EXPECT_EQ(districts_of("E37000012"), 9u);
  EXPECT_EQ(districts_of("E12000005"), 30u);
  const Area& cumberland = areas.at(must(areas.find("E07000026")));
  EXPECT_EQ(cumberland.code, "E06000063") << "Allerdale was merged into it";
  EXPECT_EQ(base::format_date(cumberland.validity.from), "2023-04-01");
  EXPECT_EQ(areas.at(must(areas.find("E07000190"))).name, "Somerset") << "Taunton Deane, in steps";
  EXPECT_EQ(areas.at(must(areas.find("S12000046"))).name, "Glasgow City");
}

TEST(ShippedReferenceTest, TheUnitedKingdom) {
  auto const areas = must(
      Areas::parse(file("uk/areas.csv"), "areas.csv", file("uk/area_sets.csv"), "area_sets.csv"));
  auto const sectors = must(Sectors::parse(file("uk/sectors.csv"), "sectors.csv"));
  auto const postcodes = must(Postcodes::parse(file("uk/postcodes.csv"), "postcodes.csv", areas));
  EXPECT_EQ(areas.at(must(postcodes.find("B15 2TT"))).name, "Birmingham");
  EXPECT_EQ(areas.at(must(postcodes.find("B91 3QB"))).name, "Solihull");
  EXPECT_EQ(areas.at(must(postcodes.find("CV1 2WT"))).name, "Coventry");
  std::set<std::string> up;
  for (const AreaAncestor& a : areas.ancestors(must(areas.find("E08000025"))))
    up.insert(areas.at(a.area).code);
  EXPECT_EQ(up, (std::set<std::string>{"E08000025", "UKG3", "E12000005", "K02000001", "E47000007",
                                       "E37000012"}));
  // 21 sections and 88 divisions.
  int sections = 0;
  int divisions = 0;
  for (const Sector& s : sectors.all()) {
    sections += s.level == "section" && s.code.size() == 1;
    divisions += s.level == "division";
  }
  EXPECT_EQ(sections, 21);
  EXPECT_EQ(divisions, 88);
  EXPECT_EQ(sectors.at(must(sectors.classify("UKSIC", "2007", "62012"))).code, "62");
  EXPECT_EQ(must(sectors.classify("UKSIC", "2007", "74990")), kUnclassified);
  EXPECT_EQ(sectors.at(must(sectors.classify("UKSIC", "2007", "74909"))).code, "74");
}

TEST(ShippedReferenceTest, Singapore) {
  auto const areas = must(Areas::parse(file("sg/areas.csv"), "areas.csv", "", ""));
  auto const sectors = must(Sectors::parse(file("sg/sectors.csv"), "sectors.csv"));
  EXPECT_EQ(areas.size(), 1u);
  EXPECT_EQ(sectors.scheme(), "SSIC");
  int leaves = 0;
  for (const Sector& s : sectors.all()) leaves += s.is_leaf;
  EXPECT_EQ(leaves, 16);  // 15 industries and "unclassified"
  EXPECT_EQ(sectors.at(must(sectors.classify("SSIC", "2020", "46900"))).name, "Wholesale Trade");
}

// The codes of the areas and sets that hold everything of `code`, sorted.
std::vector<std::string> covering(const Areas& areas, std::string_view code) {
  std::vector<std::string> out;
  for (AreaId id : areas.covering(must(areas.find(code)))) out.push_back(areas.at(id).code);
  std::ranges::sort(out);
  return out;
}

TEST(AreasTest, CoveringAreasHoldEverythingOfAnAreaOrASet) {
  Areas const areas = must(Areas::parse(
      "code,name,level,parent\nR,R,country,\nN,N,region,R\nN1,N1,district,N\nN2,N2,district,N\n"
      "S1,S1,district,R\n",
      "areas.csv",
      "set,name,member,from,until\nBOTH,Both,N1,,\nBOTH,Both,N2,,\nONE,One,N1,2010-01-01,2011-01-"
      "01\n"
      "MIXED,Mixed,N,,\nMIXED,Mixed,S1,,\n",
      "sets.csv"));
  EXPECT_EQ(covering(areas, "R"), std::vector<std::string>{});
  EXPECT_EQ(covering(areas, "N"), (std::vector<std::string>{"MIXED", "R"}));
  EXPECT_EQ(covering(areas, "N1"), (std::vector<std::string>{"BOTH", "MIXED", "N", "ONE", "R"}));
  EXPECT_EQ(covering(areas, "BOTH"), (std::vector<std::string>{"MIXED", "N", "R"}));
  EXPECT_EQ(covering(areas, "ONE"), (std::vector<std::string>{"BOTH", "MIXED", "N", "N1", "R"}));
  EXPECT_EQ(covering(areas, "MIXED"), std::vector<std::string>{"R"});
}

}  // namespace
}  // namespace bellwether::reference
