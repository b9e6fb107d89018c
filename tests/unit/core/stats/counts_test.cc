#include "core/stats/counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/special_functions/beta.hpp>

#include "core/stats/normal.h"

namespace bellwether::stats {
namespace {

double plain_mass(const CountDistribution& d, int64_t y) {
  auto const n = static_cast<double>(y);
  if (d.dispersion == 1) return std::exp(n * std::log(d.mean) - d.mean - std::lgamma(n + 1));
  double const size = d.mean / (d.dispersion - 1);
  return std::exp(std::lgamma(n + size) - std::lgamma(size) - std::lgamma(n + 1) -
                  size * std::log(d.dispersion) + n * std::log1p(-1 / d.dispersion));
}

TEST(CountDistributionTest, TailsAreSumsOfMasses) {
  for (CountDistribution d :
       {CountDistribution{0.3, 1}, {7, 1}, {7, 1.4}, {60, 3}, {400, 1}, {400, 25}}) {
    double below = 0;
    for (int64_t y = 0; y < 900; ++y) {
      Tails const t = tails(d, y);
      double const at = plain_mass(d, y);
      ASSERT_NEAR(t.at, at, 1e-12 + 1e-10 * at) << d.mean << " " << d.dispersion << " " << y;
      ASSERT_NEAR(t.below, below, 1e-11);
      ASSERT_NEAR(t.below + t.at + t.above, 1, 1e-12);
      ASSERT_NEAR(t.low_mid() + t.high_mid(), 1, 1e-12);
      below += at;
    }
  }
}

TEST(CountDistributionTest, FarTailsKeepTheirDigits) {
  // Poisson(100): P(Y < 30) = 1.51e-16… by summing masses.
  CountDistribution const d{100, 1};
  double sum = 0;
  for (int64_t y = 0; y < 30; ++y) sum += plain_mass(d, y);
  EXPECT_NEAR(tails(d, 30).below / sum, 1, 1e-9);
  EXPECT_LT(sum, 1e-15);
}

TEST(CountDistributionTest, TheQuantileIsTheSmallestCountThatReachesP) {
  for (CountDistribution d : {CountDistribution{0.3, 1}, {7, 1.4}, {60, 3}, {690, 28}}) {
    for (double p : {0.005, 0.025, 0.5, 0.975, 0.995}) {
      int64_t const q = quantile(d, p);
      Tails const t = tails(d, q);
      EXPECT_GE(t.below + t.at, p - 1e-12);
      EXPECT_LT(t.below, p);
    }
  }
}

// Counts of 10⁹ per period: approximately normal, or a gamma distribution if the dispersion is
// largest.
TEST(CountDistributionTest, HugeCountsHaveTheirTails) {
  CountDistribution const poisson{1e9, 1};
  double const deviation = std::sqrt(1e9);
  for (double z : {-3.0, -1.0, 0.0, 0.5, 2.0}) {
    auto const y = static_cast<int64_t>(1e9 + z * deviation);
    EXPECT_NEAR(tails(poisson, y).low_mid(), normal_cdf(z), 2e-5) << z;
    EXPECT_NEAR(tails(poisson, y).high_mid(), normal_cdf(-z), 2e-5) << z;
  }
  EXPECT_NEAR((static_cast<double>(quantile(poisson, 0.99)) - 1e9) / deviation, 2.3263, 1e-3);
  // Size 10: quantiles of Gamma(10, 1) are 4.1302 and 18.7831.
  CountDistribution const scattered{1e9, 1e8 + 1};
  EXPECT_NEAR(static_cast<double>(quantile(scattered, 0.01)) / 1e8, 4.1302, 1e-3);
  EXPECT_NEAR(static_cast<double>(quantile(scattered, 0.99)) / 1e8, 18.7831, 1e-3);
  // Nearly every period has no event, and a few have very many.
  CountDistribution const rare{1e3, 1e6};
  EXPECT_EQ(quantile(rare, 0.5), 0);
  int64_t const q = quantile(rare, 0.999);
  EXPECT_GE(tails(rare, q).below + tails(rare, q).at, 0.999 - 1e-9);
  EXPECT_LT(tails(rare, q).below, 0.999 + 1e-9);
}

struct ReferenceTails {
  CountDistribution distribution;
  int64_t y;
  double below, at, above;
};

// R 4.2.2: pnbinom(y − 1), dnbinom(y) and pnbinom(y, lower.tail = FALSE) with size μ/(φ−1) and
// probability 1/φ, or ppois and dpois.
TEST(CountDistributionTest, HugeAndTinyTailsAgreeWithR) {
  for (const ReferenceTails& r : std::initializer_list<ReferenceTails>{
           {{1e9, 1}, 999'900'000, 7.8253113159e-04, 8.4993749006e-08, 9.9921738387e-01},
           {{1e9, 1}, 1'000'000'002, 5.0002102610e-01, 1.2615662571e-05, 4.9996635823e-01},
           {{2e6, 1}, 2'006'000, 9.9998883827e-01, 3.5074948675e-08, 1.1126653548e-05},
           {{1e6, 1.5}, 1'004'000, 9.9944871049e-01, 1.5833605472e-06, 5.4970614635e-04},
           {{1e6, 1.5}, 995'000, 2.1833766946e-05, 7.7113434380e-08, 9.9997808912e-01},
           {{1e9, 1.2}, 1'000'150'000, 9.9999254430e-01, 9.7725558976e-10, 7.4547256775e-06},
           {{2e9, 1.0001}, 1'999'910'000, 2.2089783048e-02, 1.1776372498e-06, 9.7790903931e-01},
           {{999'999, 1.3}, 1'002'000, 9.6029073300e-01, 7.5013318179e-05, 3.9634253686e-02},
           {{1'000'001, 1.3}, 1'002'002, 9.6029058286e-01, 7.5013474012e-05, 3.9634403669e-02},
           {{1e6, 2}, 1'000'000, 0.5, 2.8209475651e-04, 4.9971790524e-01},
           {{1e-10, 1e9}, 0, 0, 1, 2.0723265858e-18},
           {{1e-10, 1e9}, 5, 1, 1.9999999920e-20, 1.8439932527e-18},
           {{1e-10, 1e9}, 1'000'000'000, 1, 3.6787944136e-29, 2.1938393425e-20},
           {{1e-10, 1}, 1, 9.9999999990e-01, 9.9999999990e-11, 4.9999999997e-21},
           {{3, 1e8}, 1'000, 9.9999967191e-01, 2.9999690459e-11, 3.2805654671e-07},
           {{3, 1e8}, 49, 9.9999958114e-01, 6.1224434764e-10, 4.1824419432e-07},
           {{0.5, 3e5}, 1'000'000, 9.9999998571e-01, 5.9456699959e-14, 1.4290723112e-08},
       }) {
    SCOPED_TRACE(::testing::Message()
                 << r.distribution.mean << " " << r.distribution.dispersion << " " << r.y);
    Tails const t = tails(r.distribution, r.y);
    EXPECT_NEAR(t.below, r.below, 1e-14 + 1e-6 * r.below);
    EXPECT_NEAR(t.at, r.at, 1e-7 * r.at);
    EXPECT_NEAR(t.above, r.above, 1e-14 + 1e-6 * r.above);
    EXPECT_NEAR(t.low_mid() + t.high_mid(), 1, 1e-6);
  }
}

TEST(CountDistributionTest, NegativeBinomialGoesOverIntoPoisson) {
  Tails const a = tails({50, 1}, 42);
  Tails const b = tails({50, 1 + 1e-7}, 42);
  EXPECT_NEAR(a.below, b.below, 1e-5);
}

// Boost.Math as an independent reference.
struct Reference {
  double below, at, above;
};
Reference by_boost(const CountDistribution& d, int64_t y) {
  auto const n = static_cast<double>(y);
  auto const of = [&](const auto& distribution) {
    return Reference{y == 0 ? 0 : cdf(distribution, n - 1), pdf(distribution, n),
                     cdf(complement(distribution, n))};
  };
  if (d.dispersion == 1) return of(boost::math::poisson(d.mean));
  return of(boost::math::negative_binomial(d.mean / (d.dispersion - 1), 1 / d.dispersion));
}

double error_of(double ours, double reference) {
  constexpr double kSmallest = 1e-290;  // closer to the smallest double both lose digits
  return std::abs(ours - reference) / std::max(kSmallest, std::abs(reference));
}

// Means and dispersions for which the tails are summed or use a continued fraction, and counts from
// the middle to far out. 1/φ loses few digits here, because the reference takes 1/φ instead of φ.
template <class F>
void for_each_count(F f) {
  for (double mean : {1e-8, 1e-3, 0.05, 0.3, 1.0, 2.5, 7.0, 20.0, 49.0, 130.0, 1e3, 1e4}) {
    for (double dispersion : {1.0, 1.25, 1.5, 2.0, 4.0, 12.0, 100.0}) {
      CountDistribution const d{mean, dispersion};
      SCOPED_TRACE(::testing::Message() << "mean " << mean << ", dispersion " << dispersion);
      for (int64_t y : {0, 1, 2, 5, 47, 48, 49}) f(d, y);
      double const sd = std::sqrt(mean * dispersion);
      for (double z : {-8.0, -4.0, -2.0, -1.0, -0.3, 0.0, 0.4, 1.0, 2.2, 4.0, 8.0, 20.0}) {
        if (mean + z * sd >= 0) f(d, std::llround(mean + z * sd));
      }
    }
  }
}

// Relative errors: 1e-9 for a mass, 1e-7 for a mass of rare events; for a tail 1e-9, or its first
// 14 decimals.
TEST(CountDistributionTest, AgreesWithBoost) {
  for_each_count([](const CountDistribution& d, int64_t y) {
    Reference const r = by_boost(d, y);
    Tails const t = tails(d, y);
    EXPECT_LE(error_of(t.at, r.at), d.mean < 0.05 ? 1e-7 : 1e-9) << y;
    EXPECT_EQ(t.at, probability(d, y));
    for (auto [ours, theirs] : {std::pair(t.below, r.below), std::pair(t.above, r.above)}) {
      EXPECT_TRUE(std::abs(ours - theirs) <= 1e-14 || error_of(ours, theirs) <= 1e-9)
          << y << ": " << ours << " " << theirs;
    }
  });
}

TEST(CountDistributionTest, TheQuantileAgreesWithBoost) {
  constexpr double kSlack = 1e-10;
  for (double mean : {0.05, 1.0, 20.0, 1e3, 1e4}) {
    for (double dispersion : {1.0, 1.5, 12.0}) {
      CountDistribution const d{mean, dispersion};
      for (double p : {1e-6, 0.01, 0.5, 0.9, 0.99, 1 - 1e-6}) {
        int64_t const q = quantile(d, p);
        Reference const r = by_boost(d, q);
        EXPECT_GE(r.below + r.at, p * (1 - kSlack)) << mean << " " << dispersion << " " << p;
        EXPECT_LE(r.below, p * (1 + kSlack)) << mean << " " << dispersion << " " << p;
      }
    }
  }
}

TEST(IncompleteBetaTest, AgreesWithBoost) {
  for (double a : {0.5, 1.0, 5.0, 80.0, 3e3}) {
    for (double b : {0.5, 1.0, 7.0, 150.0, 4e3}) {
      for (double x : {0.001, 0.1, 0.4, 0.5, 0.9, 0.999}) {
        double const ours = incomplete_beta(a, b, x);
        double const theirs = boost::math::ibeta(a, b, x);
        EXPECT_TRUE(std::abs(ours - theirs) <= 1e-14 || error_of(ours, theirs) <= 1e-9)
            << a << " " << b << " " << x << ": " << ours << " " << theirs;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::stats
