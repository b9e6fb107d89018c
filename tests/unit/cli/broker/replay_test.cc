#include "cli/broker/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "core/base/text.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/random.h"

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
