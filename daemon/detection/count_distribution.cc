#include "detection/count_distribution.h"

#include <algorithm>
#include <cmath>

#include "detection/normal.h"

namespace bellwether::detection {
namespace {

constexpr double kTiny = 1e-300;
constexpr double kPrecision = 1e-15;
// Of a continued fraction or series, which needs a few times √max(a, b): counts to 10⁹ and beyond.
constexpr int kTermsMax = 1'000'000;
// Nearer to one, the dispersion changes no digit that is shown, and μ/(φ−1) loses them all.
constexpr double kPoissonBelow = 1 + 1e-8;
// Up to this count the terms are added up one by one: faster than a continued fraction.
constexpr int64_t kSummedMax = 48;
// A quantile is walked to from the normal one, a term a step; if it lies farther off, by halves.
constexpr int kWalkMax = 2000;
constexpr int64_t kQuantileMax = 1'000'000'000'000'000;

double log_gamma(double x) {
  int sign = 0;  // lgamma's global is not for several threads
  return lgamma_r(x, &sign);
}

double log_probability_at(const CountDistribution& d, double y) {
  if (d.dispersion < kPoissonBelow) return y * std::log(d.mean) - d.mean - log_gamma(y + 1);
  double const size = d.mean / (d.dispersion - 1);
  return log_gamma(size + y) - log_gamma(size) - log_gamma(y + 1) - size * std::log(d.dispersion) +
         y * std::log1p(-1 / d.dispersion);
}

// P(Y = y + 1)/P(Y = y).
double step_up(const CountDistribution& d, double y) {
  if (d.dispersion < kPoissonBelow) return d.mean / (y + 1);
  double const size = d.mean / (d.dispersion - 1);
  return (size + y) / (y + 1) * (1 - 1 / d.dispersion);
}

// The continued fraction of I_x(a, b), which converges fast for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double f = d;
  for (int m = 1; m <= kTermsMax; ++m) {
    auto const advance = [&](double numerator) {
      d = 1 + numerator * d;
      d = 1 / (std::abs(d) < kTiny ? kTiny : d);
      c = 1 + numerator / c;
      if (std::abs(c) < kTiny) c = kTiny;
      f *= d * c;
      return d * c;
    };
    advance(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
    double const change = advance(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
    if (std::abs(change - 1) < kPrecision) break;
  }
  return f;
}

}  // namespace

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  double const log_front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                           b * std::log1p(-x);
  if (x < (a + 1) / (a + b + 2)) return std::exp(log_front) * beta_fraction(a, b, x) / a;
  return 1 - std::exp(log_front) * beta_fraction(b, a, 1 - x) / b;
}

double upper_gamma(double a, double x) {
  if (x <= 0) return 1;
  double const front = std::exp(a * std::log(x) - x - log_gamma(a));
  if (x < a + 1) {  // the series of the lower function
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n <= kTermsMax && term > sum * kPrecision; ++n) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double f = d;
  for (int n = 1; n <= kTermsMax; ++n) {
    double const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    c = b + numerator / c;
    if (std::abs(c) < kTiny) c = kTiny;
    f *= d * c;
    if (std::abs(d * c - 1) < kPrecision) break;
  }
  return front * f;
}

Tails tails(const CountDistribution& d, int64_t y) {
  Tails t;
  auto const count = static_cast<double>(y);
  t.at = std::exp(log_probability_at(d, count));
  if (y <= kSummedMax && count <= 2 * d.mean + 16) {
    double term = t.at;
    for (int64_t i = y; i > 0; --i) {
      term /= step_up(d, static_cast<double>(i - 1));
      t.below += term;
    }
    t.above = std::max(0.0, 1 - t.below - t.at);
    if (t.above > 1e-4) return t;  // else the difference has lost its digits
  }
  if (d.dispersion < kPoissonBelow) {
    double const not_above = upper_gamma(count + 1, d.mean);
    t.above = count + 1 > d.mean ? 1 - not_above : std::max(0.0, 1 - not_above);
    t.below = y == 0 ? 0 : std::max(0.0, not_above - t.at);
    return t;
  }
  double const size = d.mean / (d.dispersion - 1);
  t.above = incomplete_beta(count + 1, size, 1 - 1 / d.dispersion);
  t.below = y == 0 ? 0 : incomplete_beta(size, count, 1 / d.dispersion);
  return t;
}

namespace {

// The smallest y with P(Y ≤ y) ≥ p, by halves from an interval that grows around `near`.
int64_t quantile_by_halves(const CountDistribution& d, double p, int64_t near) {
  auto const reached = [&](int64_t y) {
    Tails const t = tails(d, y);
    return p < 0.5 ? t.below + t.at >= p : t.above <= 1 - p;
  };
  int64_t width = kWalkMax;
  int64_t low = near;  // not reached, or −1
  while (low >= 0 && reached(low)) {
    low = std::max<int64_t>(-1, low - width);
    width *= 2;
  }
  int64_t high = low < near ? near : low + width;
  while (high < kQuantileMax && !reached(high)) {
    low = high;
    width *= 2;
    high += width;
  }
  while (high - low > 1) {
    int64_t const middle = low + (high - low) / 2;
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

int64_t quantile(const CountDistribution& d, double p) {
  double const guess = std::clamp(d.mean + normal_quantile(p) * std::sqrt(d.mean * d.dispersion),
                                  0.0, static_cast<double>(kQuantileMax));
  auto const near = static_cast<int64_t>(guess);
  int64_t y = near;
  Tails t = tails(d, y);
  double cumulative = t.below + t.at;  // P(Y ≤ y)
  double at = t.at;
  while (cumulative < p) {
    if (y - near > kWalkMax || at <= 0) return quantile_by_halves(d, p, near);
    at *= step_up(d, static_cast<double>(y));
    cumulative += at;
    ++y;
  }
  while (y > 0 && cumulative - at >= p) {
    if (near - y > kWalkMax) return quantile_by_halves(d, p, near);
    cumulative -= at;
    at /= step_up(d, static_cast<double>(y - 1));
    --y;
  }
  return y;
}

}  // namespace bellwether::detection
