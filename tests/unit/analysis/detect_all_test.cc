// The method of the daemon's rules: the same alerts as the daemon's engine raises, and what an
// analyst reads from them.
#include "analysis/detect_all.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "analysis/detect_options.h"
#include "core/alerts/rules.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"
#include "unit/core/engine/region.h"

namespace bellwether::analysis {
namespace {

using alerts::Severity;
using base::PeriodIndex;
using engine::kBegin;
using indicators::Measure;
using testing::must;
using testing::Random;

constexpr int kMonthsJudged = 140;

DetectOptions rules(HarmSides harm = HarmSides::kLow, std::string calendar = "month") {
  DetectFlags flags;
  flags.calendar = std::move(calendar);
  DetectOptions o = must(detect_options(flags)).series;
  o.harm = harm;
  return o;
}

template <class F>
Series series_of(const std::string& name, int n, F value) {
  Series s{name, {}};
  for (int t = 0; t < n; ++t) {
    double const v = value(t);
    s.points.push_back({PeriodIndex(kBegin.value + t), v < 0 ? std::nullopt : std::optional(v),
                        v < 0 ? "none" : ""});
  }
  return s;
}

// Births of every leaf; sector 10 falls in the whole region, and area N1 later.
std::vector<engine::Delta> births(int t, Random& random) {
  std::vector<engine::Delta> out;
  for (std::string_view a : engine::kAreas) {
    for (std::string_view s : engine::kSectors) {
      double mean = s == "10" && t >= 90 && t < 110 ? 20 : 40;
      if (a == "N1" && t >= 115) mean *= 0.6;
      int const noise = random.between(-6, 6) + random.between(-6, 6);
      out.push_back(engine::delta(Measure::kBirths, kBegin.value + t,
                                  static_cast<int64_t>(mean) + noise, a, s));
    }
  }
  return out;
}

struct Daemon {
  std::vector<std::string> names;                                // by node
  std::vector<std::map<std::string, alerts::AlertUpdate>> open;  // after each tick, by node
  std::vector<Series> series;
};

std::string name_of(const reference::Reference& reference, indicators::Node node) {
  return base::cat(reference.areas.at(node.area).code, "/", reference.sectors.at(node.sector).code);
}

// What the daemon's engine makes of the births.
Daemon judged_by_the_daemon() {
  alerts::RuleSet set = alerts::default_rules(testing::kMonths);
  std::erase_if(set.rules, [](const alerts::Rule& r) { return r.id != "R1"; });
  alerts::node_scope(set.rules.front())->stock_min = 0;
  engine::Region region(std::move(set));
  Daemon out;
  Random random(7);
  for (int t = 0; t < kMonthsJudged; ++t) {
    region.tick(kBegin.value + t, births(t, random));
    auto& open = out.open.emplace_back();
    for (const auto& [key, alert] : region.book.open())
      open.emplace(base::cat(key.area, "/", key.sector), alert->state);
  }
  auto const view = region.view();
  for (size_t n = 0; n < view.panel->nodes(); ++n) {
    indicators::Node const node = view.panel->node(n);
    auto const counts = view.panel->series(node, Measure::kBirths);
    if (counts.counts.empty()) continue;
    size_t const skipped = static_cast<size_t>(kBegin.value - view.panel->first_period().value);
    out.series.push_back(series_of(name_of(*view.reference, node), kMonthsJudged, [&](int t) {
      size_t const i = skipped + static_cast<size_t>(t);
      return i < counts.counts.size() ? counts.counts[i] : 0;
    }));
  }
  return out;
}

TEST(DetectAllTest, RaisesTheAlertsOfTheDaemon) {
  Daemon const daemon = judged_by_the_daemon();
  DetectOptions o = rules();
  o.total = name_of(testing::world(), {});
  auto const rows = detect_all(daemon.series, o);
  int amber = 0;
  int red = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string& name = daemon.series[i].name;
    for (size_t t = 0; t < rows[i].size(); ++t) {
      SCOPED_TRACE(base::cat(name, " ", t));
      const DetectRow& row = rows[i][t];
      auto const found = daemon.open[t].find(name);
      if (found == daemon.open[t].end()) {
        EXPECT_TRUE(row.state == DetectState::kNormal || row.state == DetectState::kNotAssessed);
        continue;
      }
      bool const is_red = found->second.severity == Severity::kRed;
      ++(is_red ? red : amber);
      EXPECT_EQ(row.state, is_red ? DetectState::kRed : DetectState::kAmber);
      EXPECT_EQ(row.onset, found->second.onset);
      if (!row.expected) continue;
      EXPECT_NEAR(*row.expected, found->second.evidence.expected, 0.01 * *row.expected);
    }
  }
  EXPECT_GT(amber, 5);
  EXPECT_GT(red, 5);
}

TEST(DetectAllTest, TellsTheNumberThatDecided) {
  auto const fall = [](int t) { return t >= 115 ? 25.0 : 50.0 + t % 3; };
  std::vector<Series> const one = {series_of("a", 120, fall)};
  auto const rows = detect_all(one, rules())[0];
  const DetectRow& last = rows.back();
  EXPECT_EQ(last.state, DetectState::kRed);
  EXPECT_EQ(last.onset, PeriodIndex(kBegin.value + 115));
  EXPECT_EQ(last.hit_by, "own_level");
  EXPECT_LT(*last.false_alarms_a_year, 0.01);
  EXPECT_GT(*last.deviation, 3);
  EXPECT_EQ(rows[114].hit_by, "nothing");
  EXPECT_GT(*rows[114].false_alarms_a_year, 0.1);
  // Positive above the expectation, if both sides raise alarms.
  EXPECT_LT(*detect_all(one, rules(HarmSides::kBoth))[0].back().deviation, -3);
  EXPECT_EQ(detect_all(one, rules(HarmSides::kBoth))[0].back().state, DetectState::kRed);
  EXPECT_EQ(detect_all(one, rules(HarmSides::kHigh))[0].back().state, DetectState::kNormal);
}

TEST(DetectAllTest, S1_AnEpisodeEndsAfterTheRecovery) {
  auto const dip = [](int t) { return t >= 90 && t < 96 ? 20.0 : 50.0 + t % 3; };
  auto const rows = detect_all(std::vector{series_of("a", 120, dip)}, rules())[0];
  EXPECT_EQ(rows[95].state, DetectState::kRed);
  for (size_t t = 104; t < 120; ++t) EXPECT_EQ(rows[t].state, DetectState::kNormal) << t;
  EXPECT_FALSE(rows.back().onset);
}

TEST(DetectAllTest, SmallAndMissingPeriodsAreNotAssessedAndSay) {
  std::vector<Series> const table = {
      series_of("small", 100, [](int t) { return t % 2; }),
      series_of("gap", 100, [](int t) { return t == 95 ? -1.0 : 50.0; }),
      series_of("none", 100, [](int) { return -1; })};
  auto const rows = detect_all(table, rules());
  EXPECT_EQ(rows[0].back().why, "base too small");
  EXPECT_EQ(rows[1][95].why, "none");
  EXPECT_EQ(rows[1][96].state, DetectState::kNormal);
  EXPECT_EQ(rows[2].back().state, DetectState::kNotAssessed);
  EXPECT_TRUE(detect_all({}, rules()).empty());
}

TEST(DetectAllTest, AStateOfTheRateHoldsForUndatedPeriodsToo) {
  DetectFlags flags;
  flags.calendar = "undated";
  flags.season = 52;
  DetectOptions const undated = must(detect_options(flags)).series;
  EXPECT_EQ(undated.false_alarms_a_year, detection::kFalseAlarmsWeekly);
  Random random(3);
  auto const chance = [&](int t) { return t >= 420 ? 20.0 : 50.0 + random.between(-7, 7); };
  Series s = series_of("a", 430, chance);
  auto const rows = detect_all(std::vector{s}, undated)[0];
  EXPECT_EQ(rows.back().state, DetectState::kRed);
  flags.season = 12;
  EXPECT_EQ(must(detect_options(flags)).series.false_alarms_a_year, detection::kFalseAlarmsMonthly);
}

TEST(DetectAllTest, ASeriesDoesNotDependOnTheOrderOfTheTable) {
  Random random(11);
  std::vector<Series> table;
  for (int i = 0; i < 6; ++i) {
    table.push_back(series_of(base::cat("s", i), 120, [&](int t) {
      return (i < 3 && t >= 112 ? 30.0 : 50.0) + random.between(-6, 6);
    }));
  }
  auto const rows = detect_all(table, rules());
  std::ranges::reverse(table);
  auto const reversed = detect_all(table, rules());
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<DetectRow>& other = reversed[rows.size() - 1 - i];
    for (size_t t = 0; t < rows[i].size(); ++t) {
      EXPECT_EQ(rows[i][t].state, other[t].state);
      EXPECT_EQ(rows[i][t].hit_by, other[t].hit_by);
    }
  }
}

}  // namespace
}  // namespace bellwether::analysis
