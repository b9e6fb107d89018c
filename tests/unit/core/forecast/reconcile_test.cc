#include "core/forecast/reconcile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

TEST(ReconcileTest, TheGapIsSharedByVariance) {
  // 0 = 1 + 2. The forecasts are 100 and 40 + 50, so a gap of 10 is split over the variances 1, 2
  // and 2.
  std::vector<double> x = {100, 40, 50};
  Reconciler(3, {{0, {1, 2}}}, {1, 2, 2}).reconcile(x, true);
  EXPECT_NEAR(x[0], 98, 1e-6);
  EXPECT_NEAR(x[1], 44, 1e-6);
  EXPECT_NEAR(x[2], 54, 1e-6);
}

TEST(ReconcileTest, ConsistentAndSeparateNodesDoNotChange) {
  std::vector<double> x = {90, 40, 50, 7};
  std::vector<double> const before = x;
  Reconciler(4, {{0, {1, 2}}}, {1, 2, 2, 1}).reconcile(x, true);
  for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], before[i], 1e-6);
}

TEST(ReconcileTest, NoLeafIsNegativeAndSumsStillHold) {
  std::vector<double> x = {1, 0.5, 50};
  Reconciler(3, {{0, {1, 2}}}, {0.01, 10, 10}).reconcile(x, true);
  EXPECT_EQ(x[1], 0);
  EXPECT_EQ(x[0], x[1] + x[2]);
}

// A sector of 5,000 that may as well be 50,000 beside steady ones of 1,000: the total is of the
// steady part's size, and what does not fit is the surging sector's affair.
TEST(ReconcileTest, F2_ASurgeLeavesSteadySectorsAlone) {
  constexpr uint32_t kSteady = 8;
  constexpr uint32_t kSurging = kSteady + 1;
  SumOf all{0, {}};
  for (uint32_t i = 1; i <= kSurging; ++i) all.children.push_back(i);
  for (double runaway : {5e3, 5e4, 8.7e6, 1e12}) {
    std::vector<double> x(kSurging + 1, 1000);
    std::vector<double> variance(x.size(), 900);
    x[0] = 12'000;
    variance[0] = 1e6;
    x[kSurging] = runaway;
    variance[kSurging] = runaway * runaway;
    Reconciler(x.size(), {all}, variance).reconcile(x, true);
    for (uint32_t i = 1; i <= kSteady; ++i) EXPECT_NEAR(x[i], 1000, 30) << runaway;
    EXPECT_GE(x[kSurging], 0);
    double total = 0;
    for (uint32_t i = 1; i <= kSurging; ++i) total += x[i];
    EXPECT_NEAR(x[0], total, 1e-9 * total);
  }
}

// Property: no non-negative numbers that add up are nearer. (Cutting at 0 gives such numbers, too,
// but not the nearest.)
TEST(ReconcileTest, F2_TheNearestNonNegativeNumbersAreFound) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    testing::Random random(seed);
    // 0 = 1 + 2, 1 = 3 + 4 + 5, 2 = 6 + 7 + 8.
    std::vector<SumOf> const sums = {{1, {3, 4, 5}}, {2, {6, 7, 8}}, {0, {1, 2}}};
    std::vector<double> x;
    std::vector<double> variance;
    for (size_t i = 0; i < 9; ++i) {
      x.push_back((i < 3 ? 20 : 60) * random.uniform());
      variance.push_back(0.1 + 10 * random.uniform());
    }
    std::vector<double> const made = x;
    Reconciler(9, sums, variance).reconcile(x, true);
    auto const distance = [&](const std::vector<double>& y) {
      double d = 0;
      for (size_t i = 0; i < 9; ++i) d += (y[i] - made[i]) * (y[i] - made[i]) / variance[i];
      return d;
    };
    for (int attempt = 0; attempt < 200; ++attempt) {
      std::vector<double> other = x;
      for (size_t i = 3; i < 9; ++i) other[i] = std::max(0.0, x[i] + random.uniform() - 0.5);
      for (const SumOf& sum : sums) {
        other[sum.parent] = 0;
        for (uint32_t c : sum.children) other[sum.parent] += other[c];
      }
      ASSERT_GE(distance(other), distance(x) - 1e-5) << "seed " << seed;
    }
    for (double value : x) EXPECT_GE(value, 0);
  }
}

// Property: areas × sectors, one tree each. The sums are exact in every order, and no other numbers
// that add up are nearer.
TEST(ReconcileTest, CrossedHierarchiesAgree) {
  constexpr uint32_t kAreas = 4;    // 0 = 1 + 2 + 3
  constexpr uint32_t kSectors = 6;  // 0 = 1 + 2, 1 = 3 + 4, 5 is a part of 2: 2 = 5
  auto const node = [](uint32_t area, uint32_t sector) { return area * kSectors + sector; };
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    testing::Random random(seed);
    std::vector<SumOf> sums;
    for (uint32_t a : {1u, 2u, 3u, 0u}) {
      sums.push_back({node(a, 2), {node(a, 5)}});
      sums.push_back({node(a, 1), {node(a, 3), node(a, 4)}});
      sums.push_back({node(a, 0), {node(a, 1), node(a, 2)}});
    }
    for (uint32_t s = 0; s < kSectors; ++s)
      sums.insert(sums.begin() + 9, {node(0, s), {node(1, s), node(2, s), node(3, s)}});
    std::vector<double> x;
    std::vector<double> variance;
    for (uint32_t i = 0; i < kAreas * kSectors; ++i) {
      x.push_back(100 * random.uniform());
      variance.push_back(0.1 + random.uniform());
    }
    std::vector<double> const made = x;
    Reconciler const r(x.size(), sums, variance);
    r.reconcile(x, false);
    for (const SumOf& sum : sums) {
      double total = 0;
      for (uint32_t c : sum.children) total += x[c];
      EXPECT_NEAR(x[sum.parent], total, 1e-9) << "seed " << seed;
    }
    auto const distance = [&](const std::vector<double>& y) {
      double d = 0;
      for (size_t i = 0; i < y.size(); ++i) d += (y[i] - made[i]) * (y[i] - made[i]) / variance[i];
      return d;
    };
    double const least = distance(x);
    for (int attempt = 0; attempt < 10; ++attempt) {
      std::vector<double> other = x;
      for (uint32_t a = 1; a < kAreas; ++a) {
        for (uint32_t leaf : {3u, 4u, 5u}) other[node(a, leaf)] += random.uniform() - 0.5;
      }
      for (const SumOf& sum : sums) {
        other[sum.parent] = 0;
        for (uint32_t c : sum.children) other[sum.parent] += other[c];
      }
      EXPECT_GE(distance(other), least - 1e-5);
    }
  }
}

}  // namespace
}  // namespace bellwether::forecast
