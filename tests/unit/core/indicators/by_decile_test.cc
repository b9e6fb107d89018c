#include "core/indicators/by_decile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/indicators/disclosure.h"
#include "core/indicators/interval.h"
#include "core/indicators/ladder.h"
#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/neighbourhoods.h"
#include "support/random.h"

namespace bellwether::indicators {
namespace {

using reference::kDeciles;
using ::testing::HasSubstr;
using testing::kMonths;
using testing::kWards;
using testing::neighbourhoods;
using testing::Random;

using Ten = std::array<int64_t, kDeciles>;
// Residents of Birmingham by decile of deprivation, and an example of support.
constexpr Ten kBirmingham = {487014, 176945, 117603, 120374, 95287,
                             46873,  42085,  22875,  19659,  11810};
constexpr Ten kSupportedThere = {300, 150, 120, 110, 100, 60, 60, 40, 40, 20};

PeriodIndex the_month(std::string_view name) {
  return testing::must(kMonths.parse(name));
}

// A count of a leaf.
struct Fact {
  std::string leaf;
  Measure measure{};
  std::string period;
  int64_t n = 0;
  std::string_view sector = "10";
};

Panel panel_of(const reference::Reference& reference, const std::vector<Fact>& facts) {
  Panel panel(reference, kMonths, the_month("2010-01"));
  for (const Fact& f : facts) {
    Cell const cell{testing::must(reference.areas.find(f.leaf)),
                    testing::must(reference.sectors.find(f.sector)), base::SizeBand(0)};
    Delta const d{DeltaKey(cell, f.measure, the_month(f.period)), f.n};
    panel.add({&d, 1}, [](uint32_t, Measure, PeriodIndex) {});
  }
  return panel;
}

Node node_at(const Panel& panel, std::string_view area) {
  return {testing::must(panel.reference().areas.find(area)), reference::kAllSectors};
}
Value value(Indicator i, const Panel& panel, std::string_view area, std::string_view period) {
  return compute(i, panel, node_at(panel, area), the_month(period));
}

// Birmingham as the ward A1: its residents are businesses, some of them supported.
std::vector<Fact> birmingham() {
  std::vector<Fact> facts;
  for (int d = 1; d <= kDeciles; ++d) {
    auto const i = static_cast<size_t>(d - 1);
    facts.push_back({base::cat("A1d", d), Measure::kBirths, "2018-01", kBirmingham[i]});
    facts.push_back({base::cat("A1d", d), Measure::kSupported, "2019-03", kSupportedThere[i]});
  }
  return facts;
}

TEST(ByDecileTest, FiguresOfBirmingham) {
  reference::Reference const reference = neighbourhoods();
  Panel const panel = panel_of(reference, birmingham());
  Value const gap = value(Indicator::kInclusionGap, panel, "A", "2019-05");
  EXPECT_NEAR(gap.value, -11.5265, 5e-5);
  EXPECT_EQ(gap.numerator, 570);
  EXPECT_EQ(gap.denominator, 1000);
  Value const index = value(Indicator::kReachConcentration, panel, "R", "2019-05");
  EXPECT_NEAR(index.value, 0.1751730387, 1e-10);
  EXPECT_NEAR(2 * index.numerator / index.denominator - 1, index.value, 1e-12);
  Value const reach = value(Indicator::kReachRatio, panel, "A1", "2019-05");
  EXPECT_NEAR(reach.value, 570. / 781562 / (100. / 54344), 1e-12);
  EXPECT_NEAR(reach.numerator / reach.denominator, reach.value, 1e-12);
}

TEST(ByDecileTest, SlopeAndShareOfBirthsAreAmongResidents) {
  reference::Reference const reference = neighbourhoods([](std::string_view ward, int decile) {
    return ward == "A1" ? kBirmingham[static_cast<size_t>(decile - 1)] : 0;
  });
  std::vector<Fact> facts;
  for (int d = 1; d <= kDeciles; ++d) {
    facts.push_back({base::cat("A1d", d), Measure::kBirths, "2019-03",
                     kSupportedThere[static_cast<size_t>(d - 1)]});
  }
  facts.push_back({"A2d1", Measure::kBirths, "2019-03", 50});  // of unknown residents
  Panel const panel = panel_of(reference, facts);
  EXPECT_NEAR(value(Indicator::kBirthSlope, panel, "A", "2019-05").value, 10.0669, 5e-5);
  EXPECT_NEAR(value(Indicator::kBirthShareGap, panel, "A", "2019-05").value, -11.5265, 5e-5);
  EXPECT_EQ(value(Indicator::kBirthSlope, panel, "A", "2019-05").denominator, 1140525);
  EXPECT_EQ(value(Indicator::kBirthSlope, panel, "B", "2019-05").not_available,
            "residents in known deciles is at most 0, below 10000");
  EXPECT_EQ(value(Indicator::kBirthShareGap, panel, "A2", "2019-05").not_available,
            "births is at most 50, below 200");
  EXPECT_TRUE(domain::is_share(info(Indicator::kDistressShare)));
}

TEST(ByDecileTest, WithoutDecilesThereIsNoFigure) {
  Panel const panel = panel_of(testing::world(), {});
  for (const IndicatorInfo& i : domain::kIndicators) {
    if (!domain::is_by_decile(i.id)) continue;
    EXPECT_THAT(compute(i.id, panel, {}, the_month("2019-05")).not_available,
                HasSubstr("reference.deprivation"))
        << i.name;
  }
}

TEST(ByDecileTest, UnknownDecilesAreNotSpread) {
  reference::Reference const reference = neighbourhoods();
  std::vector<Fact> facts = birmingham();
  facts.push_back({"A1x", Measure::kSupported, "2019-03", 200});
  facts.push_back({"A", Measure::kSupported, "2019-03", 50});  // at no leaf
  Panel const known = panel_of(reference, facts);
  EXPECT_NEAR(value(Indicator::kInclusionGap, known, "A", "2019-05").value, -11.5265, 5e-5);
  facts.push_back({"A2x", Measure::kSupported, "2019-03", 1});
  Panel const unknown = panel_of(reference, facts);
  EXPECT_EQ(value(Indicator::kInclusionGap, unknown, "A", "2019-05").not_available,
            "more than 20 % are at places without a decile of deprivation");
  EXPECT_TRUE(value(Indicator::kInclusionGap, unknown, "A1", "2019-05").ok());
}

TEST(ByDecileTest, SmallNodesHaveNoFigure) {
  reference::Reference const reference = neighbourhoods();
  std::vector<Fact> facts = {{"A1d1", Measure::kBirths, "2018-01", 900},
                             {"A1d9", Measure::kBirths, "2018-01", 900},
                             {"A1d1", Measure::kSupported, "2019-03", 100},
                             {"A1d5", Measure::kBirths, "2018-01", 900},
                             {"A1d5", Measure::kSupported, "2019-03", 99}};
  Value const small = value(Indicator::kInclusionGap, panel_of(reference, facts), "A", "2019-05");
  EXPECT_EQ(small.not_available, "businesses supported below 200");
  EXPECT_EQ(value(Indicator::kReachRatio, panel_of(reference, facts), "A", "2019-05").not_available,
            "businesses supported in known deciles below 200");
  EXPECT_TRUE(small.below_base);
  EXPECT_EQ(small.numerator, 0);
  facts.push_back({"A1d5", Measure::kSupported, "2019-03", 1});
  Panel const enough = panel_of(reference, facts);
  EXPECT_TRUE(value(Indicator::kInclusionGap, enough, "A", "2019-05").ok());
  EXPECT_EQ(value(Indicator::kReachRatio, enough, "A", "2019-05").not_available,
            "nobody to compare with in deciles 1–3 or 8–10");
}

// 3-year survival in each cohort: 60 of 100 in the deprived places, 80 of 100 in the others, and
// worse by `worse` of 100 in the deprived ones with each year.
std::vector<Fact> cohorts(int worse) {
  std::vector<Fact> facts;
  constexpr std::array<std::string_view, 3> kYears = {"2013-06", "2014-06", "2015-06"};
  for (size_t y = 0; y < kYears.size(); ++y) {
    for (const char* leaf : {"A1d2", "A1d9"}) {
      facts.push_back({leaf, Measure::kBirths, std::string(kYears[y]), 100});
      int64_t const died = leaf[3] == '2' ? 40 + worse * static_cast<int64_t>(y) : 20;
      facts.push_back({leaf, Measure::kDeathsAge1, std::string(kYears[y]), died});
    }
  }
  return facts;
}

TEST(ByDecileTest, SurvivalGapAndItsChange) {
  reference::Reference const reference = neighbourhoods();
  auto const at = [&](Indicator i, int worse) {
    return value(i, panel_of(reference, cohorts(worse)), "A", "2018-12");
  };
  Value const gap = at(Indicator::kSurvivalGap, 5);
  EXPECT_DOUBLE_EQ(gap.value, 50 - 80);
  EXPECT_EQ(gap.numerator, 50);
  EXPECT_EQ(gap.denominator, 100);
  EXPECT_NEAR(at(Indicator::kSurvivalGapChange, 5).value, -5, 1e-12);
  EXPECT_NEAR(at(Indicator::kSurvivalGapChange, 0).value, 0, 1e-12);
  std::vector<Fact> facts = cohorts(5);
  facts.push_back({"A1d2", Measure::kDeathsAge0, "2013-06", 12});
  EXPECT_NEAR(
      value(Indicator::kSurvivalGapChange, panel_of(reference, facts), "A", "2018-12").value, 7,
      1e-12)
      << "better in one of the two years";
  EXPECT_EQ(at(Indicator::kSurvivalGap, 0).window_periods, 12);
  facts.resize(facts.size() - 5);
  EXPECT_FALSE(
      value(Indicator::kSurvivalGapChange, panel_of(reference, facts), "A", "2018-12").ok());
}

TEST(ByDecileTest, IntervalsFollowTheVariances) {
  reference::Reference const reference = neighbourhoods();
  Panel const panel = panel_of(reference, birmingham());
  Node const node = node_at(panel, "A");
  double const z = -stats::normal_quantile(0.025);
  auto const check = [&](Indicator i, double half) {
    Value const v = value(i, panel, "A", "2019-05");
    auto const found = interval(i, v, panel, node, the_month("2019-05"), 0.95);
    ASSERT_TRUE(found) << info(i).name;
    EXPECT_NEAR(found->upper - v.value, half, 1e-6 * half) << info(i).name;
  };
  double const p = .57;
  double const q = 781562. / 1140525;
  check(Indicator::kInclusionGap, 100 * z * std::sqrt(p * (1 - p) / 1000 + q * (1 - q) / 1140525));
  Value const ratio = value(Indicator::kReachRatio, panel, "A", "2019-05");
  check(
      Indicator::kReachRatio,
      ratio.value * (std::exp(z * std::sqrt(1. / 570 - 1. / 781562 + 1. / 100 - 1. / 54344)) - 1));
  Panel const survivors = panel_of(reference, cohorts(0));
  Value const gap = value(Indicator::kSurvivalGap, survivors, "A", "2018-12");
  auto const found =
      interval(Indicator::kSurvivalGap, gap, survivors, node, the_month("2018-12"), 0.95);
  ASSERT_TRUE(found);
  stats::Bounds const newcombe = stats::difference({60, 100}, {80, 100}, z);
  EXPECT_NEAR(found->lower, 100 * newcombe.lower, 1e-12);
  EXPECT_NEAR(found->upper, 100 * newcombe.upper, 1e-12);
  EXPECT_FALSE(interval(Indicator::kSurvivalGapChange,
                        value(Indicator::kSurvivalGapChange, survivors, "A", "2018-12"), survivors,
                        node, the_month("2018-12"), 0.95));
}

// Support that comes in campaigns says less than as much support that comes evenly. A desk that
// grows for a year has no campaigns.
TEST(ByDecileTest, BurstsOfSupportWidenTheInterval) {
  reference::Reference const reference = neighbourhoods();
  auto const dispersion = [&](auto change) {
    std::vector<Fact> facts = {{"A1d5", Measure::kSupported, "2014-06", 900}};
    for (int m = 1; m < 60; ++m) {
      std::string const name = kMonths.name(PeriodIndex(the_month("2014-06").value + m));
      facts.push_back({"A1d5", Measure::kSupported, name, change(m)});
    }
    Panel const panel = panel_of(reference, facts);
    Reading const reading(panel, node_at(panel, "A"));
    return dispersion_of_level(Measure::kSupported, reading,
                               {the_month("2018-06"), the_month("2019-05")});
  };
  EXPECT_EQ(dispersion([](int) { return 0; }), 1);
  EXPECT_EQ(dispersion([](int m) { return 36 <= m && m < 48 ? 200 : 0; }), 1);
  // Every third month a campaign of 80 businesses. The level is about 900, so the variance of a
  // change is 150; half the square of the difference of two in a row is 7,200 or 0.
  EXPECT_GT(dispersion([](int m) { return m % 3 == 0 ? 80 : -40; }), 5);
}

// The net changes of independent cases that begin at random and end a year later.
TEST(ByDecileTest, IndependentCasesHaveTheDispersionOne) {
  reference::Reference const reference = neighbourhoods();
  Random random(7);
  double sum = 0;
  constexpr int kWorlds = 60;
  for (int world = 0; world < kWorlds; ++world) {
    std::vector<int64_t> begun(72);
    for (int64_t& n : begun) {
      for (int i = 0; i < 600; ++i) n += random.chance(0.1);
    }
    std::vector<Fact> facts;
    for (size_t m = 0; m < begun.size(); ++m) {
      std::string const name =
          kMonths.name(PeriodIndex(the_month("2013-06").value + static_cast<int32_t>(m)));
      facts.push_back({"A1d5", Measure::kSupported, name, begun[m] - (m < 12 ? 0 : begun[m - 12])});
    }
    Panel const panel = panel_of(reference, facts);
    Reading const reading(panel, node_at(panel, "A"));
    sum += dispersion_of_level(Measure::kSupported, reading,
                               {the_month("2018-06"), the_month("2019-05")});
  }
  EXPECT_LT(sum / kWorlds, 1.3) << "the mean of values that are never below 1";
}

// ---- properties, against sums of the facts in plain code

std::vector<Fact> random_facts(Random& random) {
  std::vector<Fact> facts;
  // More businesses in each leaf than can end.
  for (std::string_view ward : kWards) {
    for (int d = 1; d <= kDeciles; ++d)
      facts.push_back(
          {base::cat(ward, "d", d), Measure::kBirths, "2016-01", random.between(80, 90)});
  }
  constexpr std::array<std::string_view, 4> kPeriods = {"2016-01", "2018-02", "2018-12", "2019-04"};
  constexpr std::array<std::string_view, 3> kSectors = {"10", "11", "47"};
  constexpr std::array<Measure, 3> kSome = {Measure::kBirths, Measure::kSupported,
                                            Measure::kDeaths};
  int const n = random.between(60, 300);
  for (int i = 0; i < n; ++i) {
    std::string_view const ward = kWards[random.below(kWards.size())];
    int const d = random.between(0, kDeciles);
    Measure const measure = kSome[random.below(kSome.size())];
    int const most = measure == Measure::kBirths ? 400 : measure == Measure::kSupported ? 30 : 5;
    facts.push_back(
        {d == 0 ? base::cat(ward, random.chance(0.5) ? "x" : "") : base::cat(ward, "d", d), measure,
         std::string(kPeriods[random.below(kPeriods.size())]),
         random.between(0, most) * (d == 0 ? 0 : 1) + (d == 0 ? 1 : 0),
         kSectors[random.below(kSectors.size())]});
  }
  return facts;
}

// The sum of a measure over all periods, by decile (0: unknown).
std::array<double, kDeciles + 1> plain(const std::vector<Fact>& facts, Measure measure,
                                       std::string_view area) {
  std::array<double, kDeciles + 1> out{};
  for (const Fact& f : facts) {
    if (f.measure != measure || (area != "R" && !f.leaf.starts_with(area))) continue;
    size_t const d = f.leaf.find('d');
    out[d == std::string::npos ? 0 : static_cast<size_t>(std::stoi(f.leaf.substr(d + 1)))] +=
        static_cast<double>(f.n);
  }
  return out;
}

TEST(ByDecileTest, P_FiguresAreThoseOfPlainSums) {
  reference::Reference const reference = neighbourhoods();
  int figures = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    std::vector<Fact> facts = random_facts(random);
    Panel const panel = panel_of(reference, facts);
    random.shuffle(facts);
    Panel const shuffled = panel_of(reference, facts);
    for (std::string_view area : {"R", "A", "A1", "B1"}) {
      auto const sup = plain(facts, Measure::kSupported, area);
      auto stock = plain(facts, Measure::kBirths, area);
      auto const dead = plain(facts, Measure::kDeaths, area);
      for (size_t d = 0; d < stock.size(); ++d) stock[d] -= dead[d];
      double sups = 0;
      double stocks = 0;
      for (size_t d = 1; d <= kDeciles; ++d) {
        sups += sup[d];
        stocks += stock[d];
      }
      Value const gap = value(Indicator::kInclusionGap, panel, area, "2019-05");
      if (!gap.ok()) continue;
      ++figures;
      EXPECT_NEAR(
          gap.value,
          100 * ((sup[1] + sup[2] + sup[3]) / sups - (stock[1] + stock[2] + stock[3]) / stocks),
          1e-9)
          << seed;
      double before = 0;
      double sum = 0;
      for (size_t d = 1; d <= kDeciles; ++d) {
        double const p = stock[d] / stocks;
        if (stock[d] > 0) sum += p * (sup[d] / stock[d]) * (before + p / 2);
        before += p;
      }
      Value const index = value(Indicator::kReachConcentration, panel, area, "2019-05");
      EXPECT_NEAR(index.value, 2 / (sups / stocks) * sum - 1, 1e-9) << seed;
      EXPECT_EQ(value(Indicator::kReachConcentration, shuffled, area, "2019-05").value, index.value)
          << "in any order " << seed;
    }
  }
  EXPECT_GT(figures, 60);
}

TEST(ByDecileTest, P_SplittingADecileChangesNoFigure) {
  reference::Reference const reference = neighbourhoods();
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    std::vector<Fact> facts = random_facts(random);
    // All of A in its first ward, or divided among both.
    for (Fact& f : facts) {
      if (f.leaf.starts_with("A2")) f.leaf[1] = '1';
    }
    std::vector<Fact> split = facts;
    for (Fact& f : split) {
      if (f.leaf.starts_with("A1") && random.chance(0.5)) f.leaf[1] = '2';
    }
    Panel const whole = panel_of(reference, facts);
    Panel const parts = panel_of(reference, split);
    for (Indicator i : {Indicator::kInclusionGap, Indicator::kReachConcentration,
                        Indicator::kReachRatio, Indicator::kDeathSlope}) {
      Value const a = value(i, whole, "A", "2019-05");
      Value const b = value(i, parts, "A", "2019-05");
      EXPECT_EQ(a.not_available, b.not_available);
      EXPECT_EQ(a.value, b.value) << info(i).name << " " << seed;
    }
  }
}

TEST(ByDecileTest, P_ClassesAddUpToTheNode) {
  reference::Reference const reference = neighbourhoods();
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    Panel const panel = panel_of(reference, random_facts(random));
    for (std::string_view area : {"R", "A", "A2", "T", "A1d4"}) {
      for (std::string_view period : {"2018-02", "2018-12"}) {
        Node const node = node_at(panel, area);
        for (Measure m : {Measure::kBirths, Measure::kDeaths, Measure::kSupported}) {
          Distribution const found = distribution(m, panel, node, the_month(period), {});
          double sum = found.unknown.value;
          for (const Value& v : found.known) sum += v.value;
          EXPECT_EQ(sum, static_cast<double>(panel.at(node, m, the_month(period)))) << area << seed;
        }
        Distribution const rates =
            distribution(Indicator::kActiveStock, panel, node, the_month(period), {});
        double sum = rates.unknown.value;
        for (const Value& v : rates.known) sum += v.value;
        EXPECT_EQ(sum, static_cast<double>(panel.stock(node, the_month(period))));
      }
    }
  }
}

// The leaf A1d2 has mass addresses.
reference::Reference with_mass() {
  reference::Reference out = neighbourhoods();
  std::vector<AreaId> const divided = {testing::must(out.areas.find("A1d2"))};
  out.areas = testing::must(out.areas.divide(divided));
  std::string deciles = "code,decile,population\n";
  for (std::string_view ward : kWards) {
    for (int d = 1; d <= kDeciles; ++d) base::append(deciles, ward, "d", d, ",", d, ",1000\n");
  }
  out.deprivation = testing::must(reference::Deprivation::parse(deciles, "imd.csv", out.areas));
  return out;
}

TEST(ByDecileTest, WhatIsAtMassAddressesIsUnknownAndShown) {
  reference::Reference const reference = with_mass();
  std::vector<Fact> facts = birmingham();
  for (Fact& f : facts) {
    if (f.leaf == "A1d2") f.leaf = "A1d2.own";
  }
  Panel const without = panel_of(reference, facts);
  facts.push_back({"A1d2.mass", Measure::kBirths, "2018-01", 2'000'000});
  facts.push_back({"A1d2.mass", Measure::kSupported, "2019-03", 900});
  Panel const panel = panel_of(reference, facts);
  // As many as are elsewhere: they would be too many to be unknown, but are left out on purpose.
  for (Indicator i : {Indicator::kInclusionGap, Indicator::kReachConcentration}) {
    Value const found = value(i, panel, "A", "2019-05");
    EXPECT_TRUE(found.ok()) << found.not_available;
    EXPECT_EQ(found.value, value(i, without, "A", "2019-05").value);
    EXPECT_EQ(value(i, panel, "A.own", "2019-05").value, found.value);
  }
  Distribution const stock =
      distribution(Indicator::kActiveStock, panel, node_at(panel, "A"), the_month("2019-05"), {});
  ASSERT_TRUE(stock.mass.has_value());
  EXPECT_EQ(stock.mass->value, 2'000'000);
  EXPECT_EQ(stock.unknown.value, 2'000'000);
  EXPECT_EQ(stock.known[1].value, 176945);
  EXPECT_EQ(value(Indicator::kActiveStock, panel, "A", "2019-05").value, 1140525 + 2'000'000);
  EXPECT_EQ(value(Indicator::kActiveStock, panel, "A.own", "2019-05").value, 1140525);
  EXPECT_FALSE(distribution(Measure::kBirths, panel, node_at(panel, "B"), the_month("2019-05"), {})
                   .mass.has_value());
  EXPECT_FALSE(
      distribution(Measure::kBirths, panel, node_at(panel, "A.own"), the_month("2019-05"), {})
          .mass.has_value());
}

TEST(DistributionTest, AnIndicatorHasItsOwnFigureInEachDecile) {
  reference::Reference const reference = neighbourhoods();
  std::vector<Fact> facts = birmingham();
  facts.push_back({"A1d2", Measure::kDeaths, "2019-02", 5000});
  // One that lived for a day: the register tells of ends from the start.
  facts.push_back({"A1d2", Measure::kBirths, "2018-01", 1});
  facts.push_back({"A1d2", Measure::kDeaths, "2018-01", 1});
  Panel const panel = panel_of(reference, facts);
  Distribution const reach =
      distribution(Indicator::kReach, panel, node_at(panel, "A"), the_month("2019-05"), {});
  EXPECT_TRUE(reach.not_available.empty());
  EXPECT_DOUBLE_EQ(reach.known[0].value, 100 * 300. / 487014);
  EXPECT_DOUBLE_EQ(reach.known[1].value, 100 * 150. / 171945);
  EXPECT_FALSE(reach.unknown.ok());
  EXPECT_DOUBLE_EQ(reach.node.value, 100 * 1000. / 1135525);
  Distribution const deaths =
      distribution(Indicator::kDeathRate, panel, node_at(panel, "A"), the_month("2019-05"), {});
  EXPECT_DOUBLE_EQ(deaths.known[1].value, 100 * 5000. / 176945);
  EXPECT_EQ(deaths.known[0].value, 0);
}

TEST(DistributionTest, WhatHasNoFigureByDecileSaysWhy) {
  reference::Reference const reference = neighbourhoods();
  Panel const panel = panel_of(reference, birmingham());
  Node const node = node_at(panel, "A");
  auto const why = [&](const Figure& figure) {
    return distribution(figure, panel, node, the_month("2019-05"), {}).not_available;
  };
  EXPECT_THAT(why(Measure::kMovesIn), HasSubstr("does not add up"));
  EXPECT_THAT(why(Indicator::kInclusionGap), HasSubstr("compares places"));
  EXPECT_THAT(why(Indicator::kDiffusion), HasSubstr("compares places"));
  EXPECT_EQ(why(Measure::kBirths), "");
  Panel const without = panel_of(testing::world(), {});
  EXPECT_THAT(distribution(Measure::kBirths, without, {}, the_month("2019-05"), {}).not_available,
              HasSubstr("reference.deprivation"));
}

// ---- the ladder

std::vector<Fact> two_wards() {
  std::vector<Fact> facts;
  for (const char* ward : {"A1", "A2"}) {
    facts.push_back({base::cat(ward, "d1"), Measure::kBirths, "2018-01", 1000});
    facts.push_back({base::cat(ward, "d9"), Measure::kBirths, "2018-01", 500});
  }
  facts.push_back({"A1d1", Measure::kSupported, "2019-03", 103});
  facts.push_back({"A1d9", Measure::kSupported, "2019-03", 120});
  facts.push_back({"A2d1", Measure::kSupported, "2019-03", 22});
  facts.push_back({"A2d9", Measure::kSupported, "2019-03", 70});
  return facts;
}

TEST(LadderTest, ThePartWithTheGreatestPartOfTheGapComesFirst) {
  reference::Reference const reference = neighbourhoods();
  Panel const panel = panel_of(reference, two_wards());
  Ladder const found = ladder(panel, node_at(panel, "A"), the_month("2019-05"), {});
  ASSERT_TRUE(found.gap.ok());
  ASSERT_EQ(found.steps.size(), 2u);
  EXPECT_EQ(reference.areas.at(found.steps[0].area).code, "A2");
  EXPECT_DOUBLE_EQ(found.steps[0].contribution, 100 * (22. / 315 - 1000. / 3000));
  EXPECT_DOUBLE_EQ(found.steps[0].more, 1000. / 3000 * 315 - 22);
  EXPECT_NEAR(found.rest, 0, 1e-12);
  EXPECT_TRUE(ladder(panel, node_at(panel, "A1"), the_month("2019-05"), {}).steps.empty())
      << "leaves are too small to tell";
}

TEST(LadderTest, P_ContributionsAddUpToTheGap) {
  reference::Reference const reference = neighbourhoods();
  int ladders = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Panel const panel = panel_of(reference, random_facts(random));
    for (std::string_view area : {"R", "A", "T"}) {
      Ladder const found = ladder(panel, node_at(panel, area), the_month("2019-05"), {});
      if (!found.gap.ok()) continue;
      ++ladders;
      double sum = 0;
      for (const LadderStep& step : found.steps) sum += step.contribution;
      EXPECT_NEAR(sum, found.gap.value, 1e-9) << area << " " << seed;
      EXPECT_NEAR(found.rest, 0, 1e-9) << "every leaf is in one part";
      EXPECT_TRUE(std::ranges::is_sorted(found.steps, {}, &LadderStep::contribution));
    }
  }
  EXPECT_GT(ladders, 60);
}

Ladder disclosed_at(const Panel& panel, std::string_view area) {
  Node const node = node_at(panel, area);
  Ladder const exact = ladder(panel, node, the_month("2019-05"), {});
  auto const gap =
      disclosed(Indicator::kInclusionGap, exact.gap, panel, node, the_month("2019-05"), {});
  return disclosed(exact, gap ? gap->value : Value{.not_available = "withheld"});
}

TEST(LadderTest, WhatIsToldIsRoundedAndSmallCountsLookAlike) {
  reference::Reference const reference = neighbourhoods();
  std::vector<Fact> facts = two_wards();
  Ladder const shown = disclosed_at(panel_of(reference, facts), "A");
  EXPECT_EQ(shown.gap.denominator, 315);
  EXPECT_EQ(shown.steps[0].supported, 20);
  EXPECT_EQ(shown.steps[0].more, 85) << "1/3 of 315 less 20, rounded up to 5";
  EXPECT_FALSE(shown.steps[0].withheld);
  std::vector<std::vector<double>> told;
  for (int64_t n : {0, 9}) {
    facts[6].n = n;
    facts[7].n = 92 - n;
    Ladder const small = disclosed_at(panel_of(reference, facts), "A");
    EXPECT_TRUE(small.steps[0].withheld);
    EXPECT_TRUE(small.steps[1].withheld) << "it would tell the other one";
    told.push_back({small.steps[0].more, small.steps[1].more, small.steps[0].supported});
  }
  EXPECT_EQ(told[0], told[1]);
}

TEST(DisclosureTest, OneWithheldClassTakesTheNextSmallestWithIt) {
  EXPECT_EQ(withheld(std::array{3., 20., 15., 90.}), (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(withheld(std::array{3., 0., 15.}), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(withheld(std::array{30., 20.}), (std::vector<bool>{false, false}));
  EXPECT_EQ(withheld(std::array{3.}), (std::vector<bool>{true}));
  auto const deciles = withheld_deciles({50, 40, 9, 70, 30, 20, 10, 5, 0, 60});
  EXPECT_EQ(deciles, (std::array<bool, 10>{false, true, true, false, false, false, false, true,
                                           true, false}));
}

DecileClasses with_cases(const Ten& cases) {
  DecileClasses out;
  for (size_t d = 0; d < cases.size(); ++d) out.known[d] = {1000, static_cast<double>(cases[d])};
  return out;
}

TEST(DisclosureTest, FiguresAreComputedFromWhatMayBeTold) {
  auto const of = [](Indicator i, const Ten& cases) {
    return tellable(info(i), with_cases(cases));
  };
  Ten const plenty = {52, 41, 33, 70, 30, 20, 18, 42, 27, 61};
  auto const gap = of(Indicator::kInclusionGap, plenty);
  ASSERT_TRUE(gap);
  EXPECT_EQ(sum(gap->deprived()).cases, 125) << "126, rounded once";
  EXPECT_EQ(sum(gap->known).cases, 395) << "394";
  auto const ratio = of(Indicator::kReachRatio, plenty);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(sum(ratio->least_deprived()).cases, 130);
  auto const index = of(Indicator::kReachConcentration, plenty);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->known[2].cases, 35);
  Ten few = plenty;
  few[8] = 9;
  EXPECT_FALSE(of(Indicator::kReachConcentration, few));
  EXPECT_TRUE(of(Indicator::kReachRatio, few));
  EXPECT_FALSE(of(Indicator::kReachRatio, {52, 41, 33, 70, 30, 20, 18, 3, 3, 3}));
  EXPECT_TRUE(of(Indicator::kInclusionGap, {52, 41, 33, 70, 30, 20, 18, 3, 3, 3}));
  EXPECT_FALSE(of(Indicator::kInclusionGap, {3, 3, 3, 70, 30, 20, 18, 3, 3, 3}));
}

TEST(DisclosureTest, ATotalOfTwoHundredStaysAFigureWhenItsPartsAreRoundedDown) {
  reference::Reference const reference = neighbourhoods();
  std::vector<Fact> facts;
  for (int d = 1; d <= kDeciles; ++d) {
    facts.push_back({base::cat("A1d", d), Measure::kBirths, "2018-01", 1000});
    facts.push_back({base::cat("A1d", d), Measure::kSupported, "2019-03", d == 1 ? 22 : 20});
  }
  Panel const panel = panel_of(reference, facts);
  Node const node = node_at(panel, "A");
  for (Indicator i :
       {Indicator::kInclusionGap, Indicator::kReachRatio, Indicator::kReachConcentration}) {
    Value const exact = compute(i, panel, node, the_month("2019-05"));
    ASSERT_TRUE(exact.ok());
    auto const shown = disclosed(i, exact, panel, node, the_month("2019-05"), {});
    ASSERT_TRUE(shown) << info(i).name;
    EXPECT_EQ(shown->value.window_periods, exact.window_periods);
    EXPECT_LT(shown->bounds.lower, shown->value.value);
    EXPECT_GT(shown->bounds.upper, shown->value.value);
  }
}

}  // namespace
}  // namespace bellwether::indicators
