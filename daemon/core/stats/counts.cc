#include "core/stats/counts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/stats/normal.h"

namespace bellwether::stats {
namespace {

constexpr double kTiny = 1e-300;
constexpr double kPrecision = 1e-15;
// The largest number of terms of a continued fraction or series. It needs a few times √max(a, b),
// so this suffices for counts of 10⁹ and more.
constexpr int kTermsMax = 1'000'000;
// From this mean and size on, tails use the saddlepoint approximation: six correct digits in
// constant time.
constexpr double kSaddlepointFrom = 1e6;
// Below this dispersion the distribution is treated as Poisson: the difference changes no digit
// that is shown, and μ/(φ−1) would lose all digits.
constexpr double kPoissonBelow = 1 + 1e-8;
// Up to this count the terms are summed one by one, which is faster than a continued fraction.
constexpr int64_t kSummedMax = 48;
// Above this value a tail may be computed as a difference from one without losing digits.
constexpr double kDigitsFrom = 1e-4;
// quantile() starts from the normal quantile and steps one count at a time, at most this many
// steps. If that does not suffice, it bisects.
constexpr int kWalkMax = 2000;
constexpr int64_t kQuantileMax = 1'000'000'000'000'000;

double log_gamma(double x) {
  int sign = 0;  // lgamma's global sign variable is not thread-safe
  return lgamma_r(x, &sign);
}

// The error of Stirling's formula for log Γ(x). From 16 on it is computed by a series whose error
// is below 1e-14.
double stirling_error(double x) {
  constexpr double kSeriesFrom = 16;
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  if (x < kSeriesFrom) return log_gamma(x) - ((x - 0.5) * std::log(x) - x + kHalfLogTwoPi);
  double const r = 1 / (x * x);
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - r / 1680) * r) * r) / x;
}

// x log(x/m) + m − x for x > 0 and m = x − excess > 0, without cancellation for a small excess
// (Loader 2000, Fast and Accurate Computation of Binomial Probabilities).
double deviance(double x, double excess) {
  double const sum_of_both = 2 * x - excess;
  if (std::abs(excess) >= 0.1 * sum_of_both) return x * std::log(x / (x - excess)) - excess;
  double const v = excess / sum_of_both;
  double sum = excess * v;
  double term = 2 * x * v;
  constexpr int kDivisorMax = 99;  // for v ≤ 0.1 the terms vanish long before this
  for (int divisor = 3; divisor <= kDivisorMax; divisor += 2) {
    term *= v * v;
    double const next = sum + term / divisor;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// log of x^a y^b/B(a, b) with x + y = 1. Differences of log Γ would lose all digits at 10⁹.
double log_beta_front(double a, double b, double x, double y) {
  double const n = a + b;
  double const excess = a * y - b * x;  // a − n x
  return stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, excess) -
         deviance(b, -excess) + 0.5 * std::log(a / n * b / (2 * std::numbers::pi));
}

// log of x^a e^−x/Γ(a).
double log_gamma_front(double a, double x) {
  return 0.5 * std::log(a / (2 * std::numbers::pi)) - stirling_error(a) - deviance(a, a - x);
}

double size_of(const CountDistribution& d) {
  return d.mean / (d.dispersion - 1);
}
// The success probability 1/φ; complement_of() is its complement without cancellation.
double chance_of(const CountDistribution& d) {
  return 1 / d.dispersion;
}
double complement_of(const CountDistribution& d) {
  return (d.dispersion - 1) / d.dispersion;
}

double log_probability_at(const CountDistribution& d, double y) {
  if (d.dispersion < kPoissonBelow) {
    return y == 0 ? -d.mean : log_gamma_front(y, d.mean) - std::log(y);
  }
  double const size = size_of(d);
  if (y == 0) return -size * std::log(d.dispersion);
  return log_beta_front(size, y, chance_of(d), complement_of(d)) - std::log(y);
}

// P(Y = y + 1)/P(Y = y).
double step_up(const CountDistribution& d, double y) {
  if (d.dispersion < kPoissonBelow) return d.mean / (y + 1);
  return (size_of(d) + y) / (y + 1) * complement_of(d);
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

double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  double const front = std::exp(log_beta_front(a, b, x, y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

// Q(a, x) = Γ(a, x)/Γ(a) for a > 0, x ≥ 0: DLMF 8.11.4 and 8.9.2.
double upper_gamma(double a, double x) {
  if (x <= 0) return 1;
  double const front = std::exp(log_gamma_front(a, x));
  if (x < a + 1) {  // the series of the lower incomplete gamma function
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

// P(Y < edge) and P(Y > edge) for an `edge` between two counts: Lugannani and Rice's saddlepoint
// approximation with the correction for a lattice (Butler 2007, Saddlepoint Approximations with
// Applications, section 1.2.5). The relative error is of the order of 1/mean or 1/size.
struct Sides {
  double below = 0;
  double above = 1;
};
Sides split_at(const CountDistribution& d, double edge) {
  if (edge <= 0) return {};
  bool const poisson = d.dispersion < kPoissonBelow;
  double const size = poisson ? 0 : size_of(d);
  // Compares the distribution of the same size whose mean is the edge with `d`.
  double const excess = poisson ? edge - d.mean : edge * chance_of(d) - size * complement_of(d);
  double const half_square = deviance(edge, excess) + (poisson ? 0 : deviance(size, -excess));
  double const w = std::copysign(std::sqrt(2 * half_square), excess);
  double const spread = poisson ? 1 : 1 + edge / size;
  double const deviation = std::sqrt(edge * spread);
  double const u = -2 * std::sinh(0.5 * std::log1p(-excess / edge)) * deviation;
  constexpr double kCentral = 1e-3;  // nearer to 0 the difference loses its digits; use its limit
  double const bend = std::abs(w) < kCentral ? (2 * spread - 1) / (6 * deviation) : 1 / w - 1 / u;
  double const density = std::exp(-half_square) / std::sqrt(2 * std::numbers::pi);
  return {std::max(0.0, normal_cdf(w) + density * bend),
          std::max(0.0, normal_cdf(-w) - density * bend)};
}

bool is_large(const CountDistribution& d) {
  return d.mean >= kSaddlepointFrom &&
         (d.dispersion < kPoissonBelow || size_of(d) >= kSaddlepointFrom);
}

}  // namespace

double incomplete_beta(double a, double b, double x) {
  return incomplete_beta(a, b, x, 1 - x);
}

double probability(const CountDistribution& d, int64_t y) {
  return std::exp(log_probability_at(d, static_cast<double>(y)));
}

Tails tails(const CountDistribution& d, int64_t y) {
  Tails t;
  auto const count = static_cast<double>(y);
  t.at = probability(d, y);
  if (y <= kSummedMax && count <= 2 * d.mean + 16) {
    double term = t.at;
    for (int64_t i = y; i > 0; --i) {
      term /= step_up(d, static_cast<double>(i - 1));
      t.below += term;
    }
    t.above = std::max(0.0, 1 - t.below - t.at);
    if (t.above > kDigitsFrom) return t;
  }
  if (is_large(d)) {
    t.below = split_at(d, count - 0.5).below;
    t.above = split_at(d, count + 0.5).above;
    return t;
  }
  if (d.dispersion < kPoissonBelow) {
    double const not_above = upper_gamma(count + 1, d.mean);
    t.above = count + 1 > d.mean ? 1 - not_above : std::max(0.0, 1 - not_above);
    t.below = y == 0 ? 0 : std::max(0.0, not_above - t.at);
    return t;
  }
  double const size = size_of(d);
  auto const above = [&] {
    return std::max(0.0, incomplete_beta(count + 1, size, complement_of(d), chance_of(d)));
  };
  auto const below = [&] {
    return y == 0 ? 0 : std::max(0.0, incomplete_beta(size, count, chance_of(d), complement_of(d)));
  };
  // The smaller side by its continued fraction, the other side as the remainder. If the remainder
  // is too small to keep its digits, it has its own continued fraction.
  if (count < d.mean) {
    t.below = below();
    t.above = 1 - t.below - t.at;
    if (t.above <= kDigitsFrom) t.above = above();
  } else {
    t.above = above();
    t.below = 1 - t.above - t.at;
    if (t.below <= kDigitsFrom) t.below = below();
  }
  return t;
}

namespace {

// The smallest y with P(Y ≤ y) ≥ p, by bisection of an interval that grows around `near`.
int64_t quantile_by_halves(const CountDistribution& d, double p, int64_t near) {
  auto const reached = [&](int64_t y) {
    Tails const t = tails(d, y);
    return p < 0.5 ? t.below + t.at >= p : t.above <= 1 - p;
  };
  int64_t width = kWalkMax;
  int64_t low = near;  // P(Y ≤ low) < p, or low = −1
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

}  // namespace bellwether::stats
