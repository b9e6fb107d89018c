#include "core/detection/multiplicity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace bellwether::detection {
namespace {

TEST(MultiplicityTest, AdjustedValuesAgreeWithR) {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH").
  std::vector<double> const p = {0.01, 0.04, 0.03, 0.5};
  std::vector<double> q(4);
  benjamini_hochberg(p, q);
  EXPECT_NEAR(q[0], 0.04, 1e-15);
  EXPECT_NEAR(q[1], 0.04 * 4 / 3, 1e-15);
  EXPECT_NEAR(q[2], 0.04 * 4 / 3, 1e-15);
  EXPECT_NEAR(q[3], 0.5, 1e-15);
}

TEST(MultiplicityTest, UntestedSeriesAreIgnored) {
  std::vector<double> const p = {std::nan(""), 0.01, 1.0};
  std::vector<double> q(3);
  benjamini_hochberg(p, q);
  EXPECT_EQ(q[0], 1);
  EXPECT_NEAR(q[1], 0.02, 1e-15);
}

}  // namespace
}  // namespace bellwether::detection
