// The path of an alert: the point that the last tick judged is what the tick saw.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/engine/explain.h"
#include "region.h"

namespace bellwether::engine {
namespace {

// Compares the path with the evidence of every open alert of the tick. Returns how many.
int compare(const View& view, const alerts::Book& before) {
  int compared = 0;
  for (const auto& [key, alert] : view.book->open()) {
    const alerts::Evidence& e = alert->state.evidence;
    std::vector<PathPoint> const path = trace(view, *alert, 60, &before);
    auto const point = std::ranges::find(path, e.period, &PathPoint::period);
    if (!alert->state.suspended.empty() || point == path.end()) continue;
    EXPECT_TRUE(point->not_assessed.empty()) << alert->name << ": " << point->not_assessed;
    EXPECT_NEAR(point->observed, e.observed, 1e-6) << alert->name;
    EXPECT_NEAR(point->z, e.z, 1e-6) << alert->name;
    EXPECT_NEAR(point->cusum, e.cusum, 1e-6) << alert->name;
    if (key.rule == "R1") {
      EXPECT_NEAR(point->expected, e.expected, 1e-6) << alert->name;
      EXPECT_NEAR(point->lower, e.lower, 1e-6) << alert->name;
      EXPECT_NEAR(point->upper, e.upper, 1e-6) << alert->name;
    }
    ++compared;
  }
  return compared;
}

TEST(PathTest, ThePointThatATickJudgedIsItsEvidence) {
  int compared = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Town town(seed);
    town.fall_from = kBegin.value + 70;
    Region region;
    for (int32_t t = kBegin.value; t < kBegin.value + 130; ++t) {
      if (t ==
          kBegin.value + 80) {  // declared after the tick before it, so it counts from this one
        region.tell(alerts::RegimeBreakDeclared{
            {PeriodIndex(t - 40), PeriodIndex(t - 30)}, "a law", "ann", {}});
      }
      alerts::Book const before = region.book;
      region.tick(t, town.month(t));
      compared += compare(region.view(), before);
    }
  }
  EXPECT_GT(compared, 200);
}

TEST(PathTest, ARegimeBreakCountsFromTheNextTickOn) {
  Town town(4);
  town.fall_from = kBegin.value + 70;
  Region region;
  alerts::Book before = region.book;
  for (int32_t t = kBegin.value; t < kBegin.value + 76; ++t) {
    before = region.book;
    region.tick(t, town.month(t));
  }
  const alerts::Alert* const alert = open_alert(region.book, "R1", "R", "10");
  ASSERT_NE(alert, nullptr);
  auto const expected = [&] { return trace(region.view(), *alert, 5, &before).back().expected; };
  double const told = expected();
  region.tell(alerts::RegimeBreakDeclared{
      {PeriodIndex(kBegin.value + 20), PeriodIndex(kBegin.value + 70)}, "a law", "ann", {}});
  EXPECT_DOUBLE_EQ(expected(), told);
}

}  // namespace
}  // namespace bellwether::engine
