#include "core/engine/forecaster.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>
#include <utility>

#include "support/calendars.h"
#include "support/logs.h"

namespace bellwether::engine {
namespace {

using base::PeriodIndex;
using indicators::Measure;
using indicators::Node;
using testing::area;
using testing::Random;
using testing::sector;

using testing::kMonths;
constexpr PeriodIndex kFirst(480);  // 2010-01
constexpr int kMonthsKnown = 96;
constexpr PeriodIndex kThrough(kFirst.value + kMonthsKnown - 1);

// Births with a season in every leaf, including some months of late counts.
std::shared_ptr<const indicators::Panel> panel(uint64_t seed) {
  Random random(seed);
  indicators::Panel p(testing::world(), kMonths, kFirst);
  std::vector<indicators::Delta> deltas;
  for (const char* a : {"N1", "N2", "S1"}) {
    for (const char* s : {"10", "11", "46"}) {
      double const mean = 20 + 60 * random.uniform();
      for (int t = 0; t < kMonthsKnown; ++t) {
        double const season = 1 + 0.4 * std::sin(2 * 3.14159265 * t / 12);
        auto const n = static_cast<int32_t>(mean * season + 10 * random.uniform());
        deltas.push_back({indicators::DeltaKey({area(a), sector(s), base::SizeBand(0)},
                                               Measure::kBirths, PeriodIndex(kFirst.value + t)),
                          n});
      }
    }
  }
  p.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
  return p.publish();
}

// Births of sectors 10 and 46 in districts; others of which only the realm is known, or of sector
// 10 the north. In sector 47 such are older than the first month.
std::shared_ptr<const indicators::Panel> panel_with_unplaced(uint64_t seed) {
  Random random(seed);
  indicators::Panel p(testing::world(), kMonths, kFirst);
  std::vector<indicators::Delta> deltas;
  for (auto [a, s, mean] : {std::tuple("N1", "10", 40),
                            {"N2", "46", 60},
                            {"S1", "10", 30},
                            {"R", "10", 12},
                            {"R", "46", 6},
                            {"N", "10", 8}}) {
    for (int t = 0; t < kMonthsKnown; ++t) {
      deltas.push_back({indicators::DeltaKey({area(a), sector(s), base::SizeBand(0)},
                                             Measure::kBirths, PeriodIndex(kFirst.value + t)),
                        mean + random.between(0, 4)});
    }
  }
  for (auto [a, t] : {std::pair("N1", kFirst.value + 1), {"R", kFirst.value - 1}}) {
    deltas.push_back({indicators::DeltaKey({area(a), sector("47"), base::SizeBand(0)},
                                           Measure::kBirths, PeriodIndex(t)),
                      1});
  }
  p.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
  return p.publish();
}

// 200 births a month in every leaf, more or less. `surge`: in the last two months, there are five
// times as many in one of them.
std::shared_ptr<const indicators::Panel> steady_panel(bool surge) {
  Random random(7);
  indicators::Panel p(testing::world(), kMonths, kFirst);
  std::vector<indicators::Delta> deltas;
  for (const char* a : {"N1", "N2", "S1"}) {
    for (const char* s : {"10", "11", "46"}) {
      bool const surging = surge && std::string(a) == "N1" && std::string(s) == "10";
      for (int t = 0; t < kMonthsKnown; ++t) {
        auto n = static_cast<int32_t>(180 + 40 * random.uniform());
        if (surging && t + 2 >= kMonthsKnown) n *= 5;
        deltas.push_back({indicators::DeltaKey({area(a), sector(s), base::SizeBand(0)},
                                               Measure::kBirths, PeriodIndex(kFirst.value + t)),
                          n});
      }
    }
  }
  p.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
  return p.publish();
}

// Shares as if `by_delay` events of every month were reported 0, 1, … months later.
std::shared_ptr<const SharesByMeasure> reports(const std::vector<int64_t>& by_delay) {
  Reporting reporting(kMonths);
  for (int32_t t = kThrough.value - 30; t <= kThrough.value; ++t) {
    reporting.begin(PeriodIndex(t));
    for (size_t d = 0; d < by_delay.size(); ++d) {
      indicators::Report const told{
          {Measure::kBirths, static_cast<uint8_t>(d), PeriodIndex(t - static_cast<int32_t>(d))},
          by_delay[d]};
      reporting.add(std::span(&told, 1));
    }
  }
  return std::make_shared<SharesByMeasure>(reporting.shares());
}

std::shared_ptr<const ForecastTable> table(std::shared_ptr<const indicators::Panel> p,
                                           Measure measure = Measure::kBirths) {
  Forecaster forecaster(std::move(p), std::make_shared<SharesByMeasure>(), kThrough, {measure});
  while (forecaster.step(3)) {
  }
  return forecaster.finish();
}

TEST(HistoryTest, IncompletePeriodsCountByTheirNowcast) {
  auto const p = panel(5);
  Node const node{area("N1"), sector("10")};
  History const whole = history(*p, SharesByMeasure(), node, Measure::kBirths, kThrough);
  History const known = history(*p, *reports({80, 15, 5}), node, Measure::kBirths, kThrough);
  ASSERT_EQ(known.y.size(), whole.y.size());
  EXPECT_EQ(known.unreported, 0);
  EXPECT_NEAR(known.y[kMonthsKnown - 1], whole.y[kMonthsKnown - 1] / 0.8, 1e-9);
  EXPECT_NEAR(known.y[kMonthsKnown - 2], whole.y[kMonthsKnown - 2] / 0.95, 1e-9);
  EXPECT_EQ(known.y[kMonthsKnown - 3], whole.y[kMonthsKnown - 3]);
}

TEST(HistoryTest, PeriodsWithTooFewReportsAreForecast) {
  auto const p = panel(6);
  Node const node{area("N1"), sector("10")};
  History const known = history(*p, *reports({10, 20, 70}), node, Measure::kBirths, kThrough);
  EXPECT_EQ(known.unreported, 2);
  ASSERT_EQ(known.y.size(), kMonthsKnown - 2u);
  forecast::Options const options;
  forecast::Forecast const from_there = forecast::forecast(known.y, 12, 14, options);
  forecast::Forecast const after = forecast_after(known, 12, 12, options);
  ASSERT_EQ(after.mean.size(), 12u);
  EXPECT_EQ(after.mean.front(), from_there.mean[2]);
  EXPECT_EQ(after.intervals.back().upper.back(), from_there.intervals.back().upper.back());
}

TEST(ForecasterTest, ParentsAreTheSumOfTheirChildren) {
  auto const p = panel(1);
  auto const t = table(p);
  const reference::Reference& r = testing::world();
  int sums = 0;
  auto const expect_sum = [&](Node parent, const std::vector<Node>& children) {
    const forecast::Forecast* whole = t->find(parent, Measure::kBirths);
    if (whole == nullptr || children.empty()) return;
    for (size_t h = 0; h < whole->mean.size(); ++h) {
      double total = 0;
      for (Node const c : children) {
        const forecast::Forecast* part = t->find(c, Measure::kBirths);
        total += part == nullptr ? 0 : part->mean[h];
      }
      ASSERT_NEAR(whole->mean[h], total, 1e-6);
    }
    ++sums;
  };
  for (size_t a = 0; a < r.areas.size(); ++a) {
    for (size_t s = 0; s < r.sectors.size(); ++s) {
      base::AreaId const in(static_cast<uint16_t>(a));
      base::SectorId const of(static_cast<uint16_t>(s));
      std::vector<Node> parts;
      for (base::SectorId c : r.sectors.children(of)) parts.push_back({in, c});
      expect_sum({in, of}, parts);
      std::vector<Node> places;
      for (base::AreaId c : r.areas.children(in)) places.push_back({c, of});
      expect_sum({in, of}, places);
    }
  }
  EXPECT_GT(sums, 20);
}

TEST(ForecasterTest, WhatHasNoPlaceBelowItsAreaIsAPartOfTheSum) {
  auto const t = table(panel_with_unplaced(6));
  auto const mean = [&](const char* a, const char* s, size_t h) {
    const forecast::Forecast* const f = t->find({area(a), sector(s)}, Measure::kBirths);
    return f == nullptr ? 0 : f->mean[h];
  };
  for (const char* a : {"R", "N", "S", "N1"})
    EXPECT_TRUE(t->is_coherent({area(a), sector("all")}, Measure::kBirths)) << a;
  EXPECT_TRUE(t->is_coherent({area("R"), sector("47")}, Measure::kBirths));
  for (size_t h = 0; h < 12; ++h) {
    EXPECT_NEAR(mean("R", "10", h) - mean("N", "10", h) - mean("S", "10", h), 14, 2);
    EXPECT_NEAR(mean("N", "10", h) - mean("N1", "10", h), 10, 2);
    EXPECT_NEAR(mean("N", "46", h), mean("N2", "46", h), 1e-6);
    // By area and by sector the same is without a place.
    EXPECT_NEAR(mean("R", "all", h) - mean("N", "all", h) - mean("S", "all", h),
                mean("R", "10", h) - mean("N", "10", h) - mean("S", "10", h) + mean("R", "46", h) -
                    mean("N", "46", h) + mean("R", "47", h) - mean("N", "47", h),
                1e-6);
    EXPECT_NEAR(mean("R", "all", h), mean("R", "C", h) + mean("R", "G", h), 1e-6);
  }
}

TEST(ForecasterTest, AMeasureThatDoesNotAddUpIsNotCoherent) {
  indicators::Panel p(testing::world(), kMonths, kFirst);
  std::vector<indicators::Delta> deltas;
  for (auto [a, s] : {std::pair("R", "all"), {"N", "10"}, {"N1", "10"}}) {
    for (int t = 0; t < kMonthsKnown; ++t) {
      deltas.push_back({indicators::DeltaKey({area(a), sector(s), base::SizeBand(0)},
                                             Measure::kMovesIn, PeriodIndex(kFirst.value + t)),
                        20 + t % 5});
    }
  }
  p.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
  auto const t = table(p.publish(), Measure::kMovesIn);
  ASSERT_NE(t->find({area("N"), sector("10")}, Measure::kMovesIn), nullptr);
  EXPECT_FALSE(t->is_coherent({area("N"), sector("10")}, Measure::kMovesIn));
}

TEST(ForecasterTest, TheSeasonIsForecastAndIntervalsContainTheMean) {
  auto const p = panel(2);
  auto const t = table(p);
  const forecast::Forecast* f = t->find({area("R"), reference::kAllSectors}, Measure::kBirths);
  ASSERT_NE(f, nullptr);
  ASSERT_EQ(f->mean.size(), 12u);
  // The sine's maximum and minimum: April and October, because the year begins in January.
  EXPECT_GT(f->mean[3], 1.5 * f->mean[9]);
  for (const forecast::IntervalPath& i : f->intervals) {
    for (size_t h = 0; h < f->mean.size(); ++h) {
      EXPECT_LE(0, i.lower[h]);
      EXPECT_LE(i.lower[h], f->mean[h]);
      EXPECT_LE(f->mean[h], i.upper[h]);
    }
  }
}

TEST(ForecasterTest, F2_ASurgeLeavesOtherSectorsAlone) {
  auto const calm = table(steady_panel(false));
  auto const surged = table(steady_panel(true));
  for (const char* a : {"N1", "N2", "S1"}) {
    for (const char* s : {"10", "11", "46"}) {
      Node const node{area(a), sector(s)};
      const forecast::Forecast* before = calm->find(node, Measure::kBirths);
      const forecast::Forecast* after = surged->find(node, Measure::kBirths);
      ASSERT_TRUE(before != nullptr && after != nullptr);
      bool const surging = std::string(a) == "N1" && std::string(s) == "10";
      for (size_t h = 0; h < before->mean.size(); ++h) {
        SCOPED_TRACE(::testing::Message() << a << " " << s << ", " << h + 1 << " ahead");
        EXPECT_GT(after->mean[h], 0.85 * before->mean[h]);
        EXPECT_LT(after->mean[h], (surging ? 6 : 1.15) * before->mean[h]);
      }
    }
  }
}

TEST(ForecasterTest, TheSamePanelGivesTheSameBits) {
  auto const one = table(panel(3));
  auto const two = table(panel(3));
  Node const node{area("N"), sector("C")};
  ASSERT_NE(one->find(node, Measure::kBirths), nullptr);
  EXPECT_EQ(one->find(node, Measure::kBirths)->mean, two->find(node, Measure::kBirths)->mean);
}

TEST(ForecasterTest, AMeasureThatWasNeverSeenHasNoForecast) {
  auto const t = table(panel(4));
  EXPECT_EQ(t->find({area("S2"), sector("47")}, Measure::kBirths), nullptr);
  EXPECT_EQ(t->find({area("R"), reference::kAllSectors}, Measure::kDeaths), nullptr);
}

}  // namespace
}  // namespace bellwether::engine
