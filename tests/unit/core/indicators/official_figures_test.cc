#include "core/indicators/official_figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "core/indicators/catalogue.h"
#include "core/indicators/interval.h"
#include "support/calendars.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using testing::kMonths;
using testing::sector;

Days day(int y, int m, int d) {
  return base::days_from_civil(y, m, d);
}
PeriodIndex month(int y, int m) {
  return kMonths.period_of(day(y, m, 1));
}

FigureKey key(Statistic statistic, std::string_view a, std::string_view s, ReferencePeriod period) {
  return {statistic, area(a), sector(s), period};
}
FigureKey jobs(std::string_view a, int year, int quarter, std::string_view s = "all") {
  return key(Statistic::kEmployment, a, s, {day(year, 3 * quarter - 2, 1), Frequency::kQuarter});
}
FigureKey output(std::string_view a, int year, std::string_view s = "all") {
  return key(Statistic::kOutput, a, s, {day(year, 1, 1), Frequency::kYear});
}
FigureChange change(uint64_t fact, const FigureKey& key, double value,
                    Days vintage = day(2020, 1, 9), FigureStatus status = FigureStatus::kFinal) {
  return {FactId(fact), key, OfficialFigure{value, vintage, status}};
}
FigureChange withdrawn(uint64_t fact, const FigureKey& key) {
  return {FactId(fact), key, std::nullopt};
}

TEST(ReferencePeriodTest, EndsWhereTheNextBegins) {
  EXPECT_EQ((ReferencePeriod{day(2020, 2, 24), Frequency::kWeek}.end()), day(2020, 3, 2));
  EXPECT_EQ((ReferencePeriod{day(2020, 2, 1), Frequency::kMonth}.end()), day(2020, 3, 1));
  EXPECT_EQ((ReferencePeriod{day(2020, 10, 1), Frequency::kQuarter}.end()), day(2021, 1, 1));
  EXPECT_EQ((ReferencePeriod{day(2020, 2, 29), Frequency::kYear}.end()), day(2021, 3, 1));
  EXPECT_EQ((ReferencePeriod{day(2020, 12, 31), Frequency::kMonth}.end()), day(2021, 1, 31));
  EXPECT_EQ((ReferencePeriod{day(2021, 1, 30), Frequency::kMonth}.end()), day(2021, 3, 1));
}

TEST(ReferencePeriodTest, HasTheNameThatStatisticsOfficesGiveIt) {
  EXPECT_EQ(name({day(2020, 1, 1), Frequency::kYear}), "2020");
  EXPECT_EQ(name({day(2020, 4, 1), Frequency::kYear}), "2020-04-01 to 2021-03-31");
  EXPECT_EQ(name({day(2020, 10, 1), Frequency::kQuarter}), "2020 Q4");
  EXPECT_EQ(name({day(2020, 10, 1), Frequency::kMonth}), "2020-10");
  EXPECT_EQ(name({day(2020, 2, 24), Frequency::kWeek}), "2020-02-24 to 2020-03-01");
}

TEST(FigureTableTest, KeepsEveryVersionByTheTickThatBroughtIt) {
  FigureTable table;
  FigureKey const k = jobs("N1", 2019, 1);
  std::vector<FigureChange> const first = {change(1, k, 100)};
  std::vector<FigureChange> const second = {change(1, k, 110)};
  std::vector<FigureChange> const third = {withdrawn(1, k)};
  table.add(PeriodIndex(10), first);
  table.add(PeriodIndex(12), second);
  table.add(PeriodIndex(13), third);
  EXPECT_FALSE(table.at(k, PeriodIndex(9)));
  EXPECT_EQ(table.at(k, PeriodIndex(10))->value, 100);
  EXPECT_EQ(table.at(k, PeriodIndex(11))->value, 100);
  EXPECT_EQ(table.at(k, PeriodIndex(12))->value, 110);
  EXPECT_FALSE(table.at(k, PeriodIndex(13)));
  EXPECT_EQ(table.digest(PeriodIndex(13)), 0u);
  EXPECT_EQ(table.digest(PeriodIndex(10)), digest_of(FactId(1), k, *first[0].figure));
}

TEST(FigureTableTest, ARepetitionIsNoVersion) {
  FigureTable table;
  std::vector<FigureChange> const same = {change(1, jobs("N1", 2019, 1), 100)};
  EXPECT_NE(table.add(PeriodIndex(10), same), 0u);
  EXPECT_EQ(table.add(PeriodIndex(11), same), 0u);
  table.each([](const auto&, const auto& versions) { EXPECT_EQ(versions.size(), 1u); });
}

TEST(FigureTableTest, OfSeveralFactsTheLatestVintageHolds) {
  FigureTable table;
  FigureKey const k = jobs("N1", 2019, 1);
  std::vector<FigureChange> const changes = {change(7, k, 70, day(2020, 1, 1)),
                                             change(8, k, 80, day(2019, 1, 1))};
  table.add(PeriodIndex(10), changes);
  EXPECT_EQ(table.at(k, PeriodIndex(10))->value, 70);
}

TEST(FigureTableTest, ForgetsVersionsThatNoQuestionCanReach) {
  FigureTable table;
  FigureKey const k = jobs("N1", 2019, 1);
  for (int32_t tick = 0; tick < 3 * FigureTable::kTicksKept; ++tick) {
    std::vector<FigureChange> const changes = {change(1, k, 1 + tick)};
    table.add(PeriodIndex(tick), changes);
    int32_t const oldest = std::max(0, tick - FigureTable::kTicksKept);
    EXPECT_EQ(table.at(k, PeriodIndex(oldest))->value, 1 + oldest);
    EXPECT_EQ(table.at(k, PeriodIndex(tick))->value, 1 + tick);
    table.each([](const auto&, const auto& versions) {
      EXPECT_LE(versions.size(), static_cast<size_t>(FigureTable::kTicksKept) + 1);
    });
  }
}

// The sum of the digests that add() returns is that of the figures that hold, in any order.
TEST(FigureTableTest, TheDigestIsThatOfTheFiguresThatHold) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    FigureTable table;
    uint64_t sum = 0;
    std::map<std::pair<FigureKey, FactId>, std::optional<OfficialFigure>> holds;
    for (int32_t tick = 0; tick < 30; ++tick) {
      std::vector<FigureChange> changes;
      for (int n = random.between(0, 5); n > 0; --n) {
        FigureKey const k = jobs(random.chance(0.5) ? "N1" : "N2", 2019, random.between(1, 4));
        auto const fact = static_cast<uint64_t>(random.between(1, 5));
        changes.push_back(random.chance(0.3) ? withdrawn(fact, k)
                                             : change(fact, k, random.between(1, 3)));
        holds[{k, FactId(fact)}] = changes.back().figure;
      }
      sum += table.add(PeriodIndex(tick), changes);
      uint64_t expected = 0;
      for (const auto& [place, figure] : holds) {
        if (figure) expected += digest_of(place.second, place.first, *figure);
      }
      EXPECT_EQ(sum, expected);
      EXPECT_EQ(table.digest(PeriodIndex(tick)), expected);
    }
  }
}

class FiguresOfNodesTest : public ::testing::Test {
 protected:
  void add(const std::vector<FigureChange>& changes, PeriodIndex tick = month(2020, 6)) {
    auto table = std::make_shared<FigureTable>(*panel_.figure_table());
    table->add(tick, changes);
    panel_.set_figures(std::move(table), tick);
  }
  void count(Measure m, PeriodIndex period, int32_t n, std::string_view a = "N1") {
    Delta const d{DeltaKey({area(a), sector("10"), base::SizeBand(0)}, m, period), n};
    panel_.add(std::span(&d, 1), [](uint32_t, Measure, PeriodIndex) {});
  }
  Value value(Indicator i, std::string_view a, PeriodIndex period, std::string_view s = "all") {
    return compute(i, panel_, Node{area(a), sector(s)}, period);
  }
  Panel panel_{testing::world(), kMonths, month(2010, 1)};
};

TEST_F(FiguresOfNodesTest, ProductivityIsOutputPerJobOfTheLatestYearWithBoth) {
  add({change(1, output("N1", 2018), 5e6), change(2, output("N1", 2019), 8e6),
       change(3, jobs("N1", 2018, 4), 100), change(4, jobs("N1", 2019, 2), 160, day(2019, 9, 1)),
       change(5, jobs("N1", 2020, 1), 170)});
  Value const v = value(Indicator::kProductivity, "N1", month(2020, 6));
  EXPECT_DOUBLE_EQ(v.value, 8e6 / 160) << v.not_available;
  ASSERT_EQ(v.figures.size(), 2u);
  EXPECT_EQ(name(v.figures[0].period), "2019");
  EXPECT_EQ(name(v.figures[1].period), "2019 Q2");
  EXPECT_EQ(v.figures[1].figure.vintage, day(2019, 9, 1));
  EXPECT_DOUBLE_EQ(value(Indicator::kProductivity, "N1", month(2019, 11)).value, 5e6 / 100)
      << "the year 2019 has not ended";
  EXPECT_DOUBLE_EQ(value(Indicator::kProductivity, "N1", month(2019, 12)).value, 8e6 / 160);
  EXPECT_EQ(value(Indicator::kProductivity, "N1", month(2018, 11)).not_available,
            "no official figures of output and employment of one year, of the last 3 years");
  EXPECT_FALSE(value(Indicator::kProductivity, "N2", month(2020, 6)).ok());
  EXPECT_FALSE(value(Indicator::kProductivity, "N1", month(2020, 6), "10").ok());
}

TEST_F(FiguresOfNodesTest, AYearWithoutJobsIsPassedOver) {
  add({change(1, output("N1", 2018), 5e6), change(2, output("N1", 2019), 8e6),
       change(3, jobs("N1", 2018, 4), 100)});
  EXPECT_DOUBLE_EQ(value(Indicator::kProductivity, "N1", month(2020, 6)).value, 5e6 / 100);
}

TEST_F(FiguresOfNodesTest, AFigureOfThreeYearsAgoIsNotUsed) {
  add({change(1, output("N1", 2017), 5e6), change(2, jobs("N1", 2017, 4), 100)});
  EXPECT_TRUE(value(Indicator::kProductivity, "N1", month(2020, 11)).ok());
  EXPECT_FALSE(value(Indicator::kProductivity, "N1", month(2020, 12)).ok());
}

TEST_F(FiguresOfNodesTest, ANodeWithoutAFigureHasTheSumOfItsPartsIfEachHasOne) {
  add({change(1, jobs("N1", 2019, 4), 100, day(2020, 1, 9), FigureStatus::kFinal),
       change(2, jobs("N2", 2019, 4), 30, day(2020, 3, 9), FigureStatus::kProvisional),
       change(3, jobs("N1", 2020, 1), 105), change(4, jobs("S1", 2019, 4), 7)});
  auto const jobs_of = [&](std::string_view a) {
    return panel_.figures().latest(Statistic::kEmployment, area(a), sector("all"), day(2020, 6, 1));
  };
  auto const north = jobs_of("N");
  ASSERT_TRUE(north);
  EXPECT_DOUBLE_EQ(north->figure.value, 130);
  EXPECT_EQ(north->figure.status, FigureStatus::kProvisional);
  EXPECT_EQ(north->figure.vintage, day(2020, 3, 9));
  EXPECT_TRUE(north->is_sum);
  EXPECT_EQ(name(north->period), "2019 Q4") << "the latest of all parts, not of one";
  EXPECT_DOUBLE_EQ(jobs_of("HUB")->figure.value, 107) << "a set is the sum of its members";
  EXPECT_FALSE(jobs_of("S")) << "one part has none";
  EXPECT_FALSE(jobs_of("R"));
  add({change(9, jobs("N", 2019, 4), 125)});
  EXPECT_DOUBLE_EQ(jobs_of("N")->figure.value, 125) << "its own figure is the figure";
}

TEST_F(FiguresOfNodesTest, JobsAtRiskAreAShareOfTheLatestEmployment) {
  add({change(1, jobs("N1", 2019, 4), 900)});
  count(Measure::kBirths, month(2012, 1), 50);
  count(Measure::kJobsAtRisk, month(2020, 5), 12);
  Value const v = value(Indicator::kJobsAtRiskShare, "N1", month(2020, 6));
  EXPECT_DOUBLE_EQ(v.value, 100 * 12.0 / 900) << v.not_available;
  EXPECT_FALSE(interval(Indicator::kJobsAtRiskShare, v, panel_, Node{area("N1"), sector("all")},
                        month(2020, 6), 0.95))
      << "jobs and employment are counted, not sampled";
  EXPECT_EQ(value(Indicator::kJobsAtRiskShare, "N2", month(2020, 6)).not_available,
            "no official figure of employment of the last 3 years");
}

TEST_F(FiguresOfNodesTest, DensityRestsOnTheResidentsOfTheAreaInAnySector) {
  count(Measure::kBirths, month(2012, 1), 50);
  EXPECT_EQ(value(Indicator::kDensity, "N1", month(2020, 6)).not_available,
            "no official figure of residents of the last 3 years");
  add({change(1, key(Statistic::kResidents, "N1", "all", {day(2019, 1, 1), Frequency::kYear}),
              20'000)});
  EXPECT_DOUBLE_EQ(value(Indicator::kDensity, "N1", month(2020, 6)).value, 1e4 * 50 / 20'000);
  EXPECT_DOUBLE_EQ(value(Indicator::kDensity, "N1", month(2020, 6), "10").value, 1e4 * 50 / 20'000);
}

}  // namespace
}  // namespace bellwether::indicators
