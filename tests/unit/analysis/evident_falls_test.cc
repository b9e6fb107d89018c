#include "analysis/evident_falls.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using testing::kMonths;

// Ten years of months around 100 with a season; `level` multiplies them.
template <class Level>
std::vector<int32_t> months(Level level) {
  testing::Random random(11);
  std::vector<int32_t> out;
  for (int t = 0; t < 120; ++t) {
    double const season = std::exp(0.3 * std::sin(2 * std::numbers::pi * t / 12));
    double const noise = 1 + 0.06 * (random.uniform() - 0.5);
    out.push_back(static_cast<int32_t>(std::lround(1000 * level(t) * season * noise)));
  }
  return out;
}

std::vector<base::PeriodIndex> falls(const std::vector<int32_t>& counts,
                                     detection::Harm harm = detection::Harm::kLow) {
  return evident_falls({kMonths, base::PeriodIndex(240), counts, {}, {}, {}}, harm);
}

TEST(EvidentFallsTest, AFallIsDatedWhereItBegins) {
  auto const found = falls(months([](int t) { return t >= 70 && t < 80 ? 0.6 : 1.0; }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_GE(found[0].value, 240 + 68);  // a quarter that has begun to fall already counts
  EXPECT_LE(found[0].value, 240 + 70);
}

TEST(EvidentFallsTest, ASeasonASmallFallAndARiseAreNone) {
  EXPECT_TRUE(falls(months([](int) { return 1.0; })).empty());
  EXPECT_TRUE(falls(months([](int t) { return t >= 70 ? 0.93 : 1.0; })).empty());
  auto const rise = months([](int t) { return t >= 70 ? 1.5 : 1.0; });
  EXPECT_TRUE(falls(rise).empty());
  EXPECT_EQ(falls(rise, detection::Harm::kHigh).size(), 1u);
}

TEST(EvidentFallsTest, AShortOrEmptySeriesHasNone) {
  EXPECT_TRUE(falls({}).empty());
  EXPECT_TRUE(falls(std::vector<int32_t>(14, 100)).empty());
  EXPECT_TRUE(falls(std::vector<int32_t>(60, 0)).empty());
}

}  // namespace
}  // namespace bellwether::analysis
