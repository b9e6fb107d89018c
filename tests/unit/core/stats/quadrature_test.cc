#include "core/stats/quadrature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <boost/math/quadrature/gauss.hpp>

namespace bellwether::stats {
namespace {

double integral(const Quadrature& q, const std::function<double(double)>& f) {
  double sum = 0;
  for (size_t i = 0; i < q.nodes.size(); ++i) sum += q.weights[i] * f(q.nodes[i]);
  return sum;
}

TEST(QuadratureTest, PolynomialsAreExactUpToTwiceTheNodes) {
  for (int n : {1, 2, 3, 4, 7, 80, 161}) {
    Quadrature const q = gauss_legendre(n, 0, 2);
    ASSERT_EQ(q.nodes.size(), static_cast<size_t>(n));
    ASSERT_EQ(q.weights.size(), static_cast<size_t>(n));
    EXPECT_TRUE(std::ranges::is_sorted(q.nodes));
    EXPECT_GT(std::ranges::min(q.weights), 0);
    for (int degree : {0, 1, n, 2 * n - 1}) {
      // ∫₀² (x/2)^d = 2/(d + 1)
      double const exact = 2.0 / (degree + 1);
      EXPECT_NEAR(integral(q, [&](double x) { return std::pow(x / 2, degree); }) / exact, 1, 1e-12)
          << n << " nodes, degree " << degree;
    }
    if (n > 7) continue;  // for more nodes, the error of the next degree is below rounding
    double const next = integral(q, [&](double x) { return std::pow(x - 1, 2 * n); });
    // The remainder of the rule, Abramowitz & Stegun 25.4.30, relative to the integral.
    double const remainder =
        std::pow(2, 2 * n) * std::pow(std::tgamma(n + 1), 4) / std::pow(std::tgamma(2 * n + 1), 2);
    EXPECT_NEAR(1 - next * (2 * n + 1) / 2, remainder, 1e-12) << n << " nodes";
  }
}

TEST(QuadratureTest, TheNextEvenDegreeIsNotExact) {
  Quadrature const q = gauss_legendre(2, -1, 2);
  EXPECT_NEAR(integral(q, [](double x) { return x * x * x * x; }), 2.0 / 9, 1e-15);  // not 2/5
}

TEST(QuadratureTest, SmoothFunctionsConverge) {
  EXPECT_NEAR(integral(gauss_legendre(20, -1, 2), [](double x) { return std::exp(x); }),
              std::exp(1) - std::exp(-1), 1e-14);
  EXPECT_NEAR(integral(gauss_legendre(80, -8, 16), [](double x) { return std::exp(-x * x / 2); }),
              std::sqrt(2 * std::numbers::pi) * std::erf(8 / std::sqrt(2)), 1e-13);
}

// Boost's tables. They are constants, so they do not depend on a search for zeros.
TEST(QuadratureTest, AgreesWithTables) {
  using Table = boost::math::quadrature::gauss<double, 20>;
  Quadrature const q = gauss_legendre(20, -1, 2);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(q.nodes[10 + i], Table::abscissa()[i], 1e-15);
    EXPECT_NEAR(q.nodes[9 - i], -Table::abscissa()[i], 1e-15);
    EXPECT_NEAR(q.weights[10 + i], Table::weights()[i], 1e-15);
    EXPECT_NEAR(q.weights[9 - i], Table::weights()[i], 1e-15);
  }
}

}  // namespace
}  // namespace bellwether::stats
