#include "core/forecast/smoothing_errors.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

struct Parameters {
  double alpha, beta, phi;
};

constexpr std::array<Parameters, kLanes> kSome = {{{1e-4, 1e-4, 1},
                                                   {0.02, 0.001, 0.98},
                                                   {0.1, 0.1, 0.8},
                                                   {0.3, 0.02, 1},
                                                   {0.5, 0.3, 0.9},
                                                   {0.7, 0.7, 1},
                                                   {0.98, 0.5, 0.95},
                                                   {0.9999, 0.9999, 0.98}}};

Candidates candidates(size_t rotated) {
  Candidates c;
  for (size_t i = 0; i < kLanes; ++i) {
    const Parameters& p = kSome[(i + rotated) % kLanes];
    c.alpha[i] = p.alpha;
    c.beta[i] = p.beta;
    c.phi[i] = p.phi;
  }
  return c;
}

std::vector<double> counts(int n) {
  testing::Random random(static_cast<uint64_t>(n));
  std::vector<double> y;
  for (int t = 0; t < n; ++t) y.push_back(100 + 0.3 * t + 40 * random.uniform());
  return y;
}

// The errors by the formula of exponential_smoothing.h, starting from the forecast f of the first
// value and the trend's part s of it.
std::vector<double> errors(Series y, double origin, const Parameters& p, bool trend, double f,
                           double s) {
  double level = f - s;
  double slope = trend ? s / p.phi : 0;
  double const phi = trend ? p.phi : 1;
  std::vector<double> out;
  for (double value : y) {
    double const e = value - origin - level - phi * slope;
    level += phi * slope + p.alpha * e;
    slope = trend ? phi * slope + p.beta * e : 0;
    out.push_back(e);
  }
  return out;
}

double sum_of_products(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

class SmoothingErrors : public ::testing::TestWithParam<int> {};

TEST_P(SmoothingErrors, SumsAgreeWithTheRecursion) {
  std::vector<double> const y = counts(GetParam());
  std::vector<double> const zeros(y.size(), 0);
  for (bool trend : {false, true}) {
    Sums const sums =
        trend ? trend_sums(y, y[0], candidates(0)) : level_sums(y, y[0], candidates(0));
    for (size_t i = 0; i < kLanes; ++i) {
      SCOPED_TRACE(::testing::Message() << "trend " << trend << ", lane " << i);
      std::vector<double> const e = errors(y, y[0], kSome[i], trend, 0, 0);
      // The effect of one unit of f and of s on the errors.
      std::vector<double> p = errors(zeros, 0, kSome[i], trend, 1, 0);
      std::vector<double> q = errors(zeros, 0, kSome[i], trend, 1, 1);
      for (size_t t = 0; t < y.size(); ++t) {
        q[t] = p[t] - q[t];
        p[t] = -p[t];
      }
      auto const expect = [](double sum, const std::vector<double>& a,
                             const std::vector<double>& b) {
        double const size = std::sqrt(sum_of_products(a, a) * sum_of_products(b, b));
        EXPECT_NEAR(sum, sum_of_products(a, b), 1e-11 * size);
      };
      expect(sums.ee[i], e, e);
      expect(sums.ep[i], e, p);
      expect(sums.pp[i], p, p);
      if (!trend) continue;
      expect(sums.eq[i], e, q);
      expect(sums.pq[i], p, q);
      expect(sums.qq[i], q, q);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lengths, SmoothingErrors, ::testing::Values(3, 4, 7, 64, 416, 1000));

TEST(SmoothingErrorsTest, ALaneIsBitIdenticalAtEveryPosition) {
  std::vector<double> const y = counts(200);
  Sums const sums = trend_sums(y, y[0], candidates(0));
  for (size_t rotated = 1; rotated < kLanes; ++rotated) {
    Sums const others = trend_sums(y, y[0], candidates(rotated));
    for (size_t i = 0; i < kLanes; ++i) {
      size_t const same = (i + rotated) % kLanes;
      EXPECT_EQ(std::bit_cast<uint64_t>(others.ee[i]), std::bit_cast<uint64_t>(sums.ee[same]));
      EXPECT_EQ(std::bit_cast<uint64_t>(others.qq[i]), std::bit_cast<uint64_t>(sums.qq[same]));
    }
  }
}

}  // namespace
}  // namespace bellwether::forecast
