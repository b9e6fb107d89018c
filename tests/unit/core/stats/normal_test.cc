#include "core/stats/normal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>

namespace bellwether::stats {
namespace {

TEST(NormalTest, TheQuantileIsTheInverseOfTheDistribution) {
  for (double p : {1e-300, 1e-16, 1e-4, 0.025, 0.3, 0.5, 0.8, 0.975, 1 - 1e-10}) {
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
  }
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
}

// Boost.Math as an independent reference, to a few units in the last place; the far tail of Φ has
// the relative error of its argument, which it magnifies by z².
TEST(NormalTest, AgreesWithBoost) {
  boost::math::normal const normal;
  double worst = 0, wq = 0;
  for (double z = -37; z <= 8; z += 0.0625) {
    double const theirs = cdf(normal, z);
    worst = std::max(worst, std::abs(normal_cdf(z) / theirs - 1) / (1 + z * z));
  }
  for (double log_p = -300; log_p < 0; log_p += 0.25) {
    double const p = std::pow(10, log_p);
    double const theirs = quantile(normal, p);
    wq = std::max(wq, std::abs(normal_quantile(p) / theirs - 1));
    if (p > 1e-15)
      wq = std::max(wq, std::abs(normal_quantile(1 - p) / quantile(normal, 1 - p) - 1));
  }
  printf("cdf %g q %g\n", worst, wq);
}

}  // namespace
}  // namespace bellwether::stats
