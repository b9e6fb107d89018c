#include "cli/broker/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_format.h"
#include "core/base/text.h"
#include "core/events/decoder.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::cli {
namespace {

using ::testing::HasSubstr;
using testing::must;

using testing::kMonths;

std::string complaint(std::string_view csv) {
  auto const parsed = parse_counts(csv, "c.csv", kMonths);
  EXPECT_FALSE(parsed.ok());
  return std::string(base::from_absl(parsed.status().message()));
}

TEST(CountsTest, EveryBadLineIsNamed) {
  std::string const text = complaint(
      "period,area,sector,births,deaths\n1990-01,SG,C,4,1\n1990-13,SG,C,4,1\n1990-02,SG,C,-4,"
      "1\n1990-02,SG,C,4,x\n"
      "1990-02,SG,C,99999999999,1\n");
  for (const char* part : {"c.csv:3", "c.csv:4", "c.csv:5", "c.csv:6"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(complaint("period,area,sector,births,deaths\n"), HasSubstr("no counts"));
  EXPECT_THAT(complaint("month,births\n"), HasSubstr("unknown column \"month\""));
}

TEST(CountsTest, r5_ALineGivenTwiceIsRefusedAndBothLinesAreNamed) {
  const std::string head = "period,area,sector,births,deaths\n";
  EXPECT_EQ(
      complaint(head + "2020-01,2,47,30,3\n2020-01,2,47,30,3\n2020-02,2,47,30,3\n"),
      "c.csv:3: period 2020-01 of area \"2\" and sector \"47\" is in line 2 already; keep one "
      "of them");
  EXPECT_THAT(complaint(head + "2020-01,2,47,30,3\n2020-02,2,47,1,1\n2020-01,2,47,31,3\n"),
              HasSubstr("c.csv:4: period 2020-01"));
  EXPECT_THAT(complaint(head + "2020-01,A,1,x,3\n2020-01,A,1,5,3\n"), HasSubstr("c.csv:3: period"));
  EXPECT_EQ(must(parse_counts(head + "2020-01,A,1,5,3\n2020-01,A,2,5,3\n2020-01,B,1,5,3\n", "c.csv",
                              kMonths))
                .size(),
            3u);
}

TEST(CountsTest, r1_AWeekThatDoesNotExistIsNotCalledAWrongForm) {
  auto const parsed = parse_counts("period,area,sector,births,deaths\n2024-W53,A,1,5,3\n", "c.csv",
                                   testing::kWeeks);
  EXPECT_THAT(std::string(parsed.status().message()),
              HasSubstr("c.csv:2: '2024-W53' does not exist: 2024 has 52 ISO weeks"));
}

// The canonical id of a cell's business is in upper case.
std::string id_of(std::string_view area, std::string_view sector, int number) {
  return events::canonical_business_id(
      "CH", "zefix", base::cat(number_prefix(area, sector), absl::StrFormat("%07d", number)));
}

TEST(FeedTest, F8_CellIdsCannotCollide) {
  EXPECT_NE(id_of("1", "11", 1), id_of("11", "1", 1));
  EXPECT_EQ(number_prefix("SG", "C"), "SG.C.");
  EXPECT_EQ(number_prefix("zh-West", "a.1"), "_ZH-_W_EST._A=2E1.");
  const std::vector<std::string> codes = {"",
                                          "1",
                                          "11",
                                          "111",
                                          "a",
                                          "A",
                                          "aa",
                                          "aA",
                                          "Aa",
                                          "AA",
                                          "a.a",
                                          ".",
                                          "..",
                                          "_A",
                                          "_",
                                          "=41",
                                          "=",
                                          "1.1",
                                          "0",
                                          "00",
                                          "1 1",
                                          " 1",
                                          "1 ",
                                          "\xc3\xa4",
                                          "A-B",
                                          "A_B",
                                          "a/b",
                                          "/",
                                          "CH",
                                          "=2E",
                                          "-",
                                          "a-B",
                                          "A-b",
                                          "1\xc2\xa0"
                                          "1",
                                          "N1",
                                          "n1"};
  std::set<std::string> prefixes;
  std::set<std::string> ids;
  for (const std::string& area : codes) {
    for (const std::string& sector : codes) {
      EXPECT_TRUE(prefixes.insert(number_prefix(area, sector)).second) << area << " " << sector;
      for (int number : {0, 1, 11, 10'000'000, 100'000'001})
        EXPECT_TRUE(ids.insert(id_of(area, sector, number)).second) << area << " " << sector;
    }
  }
}

std::vector<Replay::Cell> cells_of(std::initializer_list<const char*> sectors) {
  std::vector<Replay::Cell> cells;
  for (const char* sector : sectors) cells.push_back({"1", sector, 0});
  return cells;
}

// Files of sectors that the daemon accepts, with the code of sector 47.
TEST(FeedTest, F9_SectorsAreReadAsTheDaemonReadsThem) {
  auto const code_of_47 = [](const std::string& csv, const char* sector = "47") {
    auto const sectors = must(reference::Sectors::parse(csv, "sectors.csv"));
    return must(cell_records(cells_of({sector}), sectors))[0].activity_code;
  };
  const std::string head = "scheme,version,code,parent,level,name,prefixes\n";
  const std::string top = "NOGA,2008,all,,all,All,\nNOGA,2008,unclassified,all,division,None,\n";
  EXPECT_EQ(code_of_47(head + top + "NOGA,2008,47,all,division,Retail,\n"), "47");
  EXPECT_EQ(code_of_47(head + top + "NOGA,2008,47,all,division,Retail,\"471 472 473\"\n"), "471");
  EXPECT_EQ(code_of_47(head + top + "NOGA,2008,47,all,division,\"Retail, not cars\",471\n"), "471");
  EXPECT_EQ(code_of_47(head + top + "NOGA,2008,\"47\",all,division,\"Re\ntail\", 471  472 \n"),
            "471");
  EXPECT_EQ(code_of_47("\xef\xbb\xbf"
                       "prefixes,name,level,parent,code,version,scheme\r\n"
                       ",All,all,,all,2008,NOGA\r\n,None,division,all,unclassified,2008,NOGA\r\n"
                       "471,Retail,division,all,47,2008,NOGA\r\n"),
            "471");
  EXPECT_EQ(code_of_47("scheme,version,code,parent,level,name\r"
                       "NOGA,2008,all,,all,All\r"
                       "NOGA,2008,unclassified,all,division,None\r"
                       "NOGA,2008,47,all,division,R\r"),
            "47");
  EXPECT_EQ(code_of_47(head + top + "NOGA,2008,47,all,division,Retail,\n", "unclassified"), "")
      << "a business without an activity";
  // Four digits of UKSIC 2007 would be read as SIC 2003.
  EXPECT_EQ(code_of_47(head + "UKSIC,2007,all,,all,All,\nUKSIC,2007,unclassified,all,section,U,\n"
                              "UKSIC,2007,47,all,class,Retail,4711\n"),
            "47110");
}

TEST(FeedTest, ACellThatCannotBeFedIsNamed) {
  auto const complaint_of = [](const Replay::Cell& cell) {
    auto const records = cell_records(std::vector<Replay::Cell>{cell}, testing::world().sectors);
    EXPECT_FALSE(records.ok());
    return std::string(records.status().message());
  };
  EXPECT_THAT(complaint_of({"N1", "C", 0}), HasSubstr("sector C has no activity code of its own"));
  EXPECT_THAT(complaint_of({"N1", "99", 0}), HasSubstr("no sector \"99\""));
  // The sector and two dots take four bytes.
  std::string const longest(events::kBusinessIdBytesMax - kNumberDigitsMax - 4, 'A');
  EXPECT_TRUE(
      cell_records(std::vector<Replay::Cell>{{longest, "10", 0}}, testing::world().sectors).ok());
  EXPECT_THAT(complaint_of({longest + "A", "10", 0}), HasSubstr("is too long"));
}

// Property: the lives add up to the counts. No business dies before its birth, or twice, or without
// a birth. The events of a period are within it and in order.
TEST(ReplayPropertyTest, LivesAddUpToTheCounts) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    testing::Random random(seed);
    std::vector<CountRow> rows;
    for (int t = 300; t < 330; ++t) {
      for (const char* sector : {"C", "F"}) {
        rows.push_back(
            {base::PeriodIndex(t), "SG", sector, random.between(0, 30), random.between(0, 30)});
      }
    }
    random.shuffle(rows);
    Replay replay(rows, kMonths);
    std::set<std::pair<size_t, uint32_t>> alive;
    std::set<std::pair<size_t, uint32_t>> ever;
    replay.opening(base::days_from_civil(1950, 1, 1), [&](const LifeEvent& e) {
      ASSERT_TRUE(e.birth);
      ASSERT_TRUE(ever.insert({e.cell, e.business}).second);
      alive.insert({e.cell, e.business});
    });
    ASSERT_EQ(static_cast<int64_t>(ever.size()), replay.opening());
    for (size_t p = 0; p < replay.periods().size(); ++p) {
      std::map<std::pair<std::string, bool>, int64_t> told;
      base::UnixMillis last{INT64_MIN};
      replay.period(p, [&](const LifeEvent& e) {
        ++told[{replay.cells()[e.cell].sector, e.birth}];
        ASSERT_LE(last, e.at);
        last = e.at;
        ASSERT_EQ(kMonths.period_of(e.effective), replay.periods()[p]);
        ASSERT_EQ(kMonths.period_of(base::days_of(e.at)), replay.periods()[p]);
        if (e.birth) {
          ASSERT_TRUE(ever.insert({e.cell, e.business}).second);
          alive.insert({e.cell, e.business});
        } else {
          ASSERT_EQ(alive.erase({e.cell, e.business}), 1u);
        }
      });
      for (const CountRow& r : rows) {
        if (r.period != replay.periods()[p]) continue;
        ASSERT_EQ((told[{r.sector, true}]), r.births);
        ASSERT_EQ((told[{r.sector, false}]), r.deaths);
      }
    }
  }
}

TEST(ReplayTest, TheSameCountsGiveTheSameLives) {
  std::vector<CountRow> const rows = {{base::PeriodIndex(300), "SG", "C", 50, 20},
                                      {base::PeriodIndex(301), "SG", "C", 10, 40}};
  auto const told = [&] {
    std::string all;
    Replay replay(rows, kMonths);
    for (size_t p = 0; p < 2; ++p) {
      replay.period(p, [&](const LifeEvent& e) {
        base::append(all, e.birth, e.business, "@", e.at.value, ";");
      });
    }
    return all;
  };
  EXPECT_EQ(told(), told());
}

TEST(ReplayTest, TheSingaporeRegisterIsComplete) {
  std::ifstream file(testing::in_source("tests/data/singapore/register.csv"));
  std::ostringstream text;
  text << file.rdbuf();
  Replay const replay(must(parse_counts(text.str(), "register.csv", kMonths)), kMonths);
  EXPECT_EQ(replay.births(), 1'541'268);
  EXPECT_EQ(replay.deaths(), 1'145'537);
  EXPECT_EQ(replay.cells().size(), 15u);
  EXPECT_EQ(replay.periods().size(), 396u);
}

}  // namespace
}  // namespace bellwether::cli
