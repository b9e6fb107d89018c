// Forecasts of 5,000 weekly series of eight years, one year ahead, with 80 % and 95 % intervals.
// Each figure is the best of several rounds, on one core.
#include <cmath>
#include <numbers>
#include <vector>

#include "bench/figures.h"
#include "bench/yardstick.h"
#include "core/base/check.h"
#include "core/forecast/forecast.h"
#include "core/forecast/reconcile.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

constexpr size_t kSeries = 5000;
constexpr int kYear = 52;
constexpr int kWeeks = 8 * kYear;

std::vector<std::vector<double>> weekly_counts() {
  Random random(4);
  std::vector<std::vector<double>> out(kSeries);
  for (auto& y : out) {
    double level = 5 + 200 * random.uniform() * random.uniform();
    double const swing = 0.4 * random.uniform();
    for (int t = 0; t < kWeeks; ++t) {
      level *= 1 + 0.04 * (random.uniform() - 0.5);
      double const season = 1 + swing * std::sin(2 * std::numbers::pi * t / kYear);
      y.push_back(std::round(level * season * (0.7 + 0.6 * random.uniform())));
    }
  }
  return out;
}

double forecasts(const std::vector<std::vector<double>>& all, forecast::Method method) {
  forecast::Options options;
  options.method = method;
  options.non_negative = true;
  double sum = 0;
  double const seconds = best_seconds(3, [&] {
    for (const auto& y : all) {
      sum += forecast::forecast(y, kYear, kYear, options).intervals[1].upper.back();
    }
  });
  BELLWETHER_CHECK(std::isfinite(sum));
  return seconds;
}

void methods() {
  auto const all = weekly_counts();
  double const theta = forecasts(all, forecast::Method::kTheta);
  double const comb = forecasts(all, forecast::Method::kComb);
  print("forecast_theta_5000_weekly_series", theta, "s");
  print("forecast_comb_5000_weekly_series", comb, "s");
  print("forecast_theta_and_comb_5000_weekly_series", theta + comb, "s");
  print("forecast_combination_5000_weekly_series", forecasts(all, forecast::Method::kCombination),
        "s");
  print_r_yardstick("r_forecast.R", all, 20);
  print_python_yardstick("statsforecast_forecast.py", "statsforecast", all, 20);
}

// 5,000 leaves in 100 groups of 50 under one total.
void reconciliation() {
  constexpr uint32_t kGroups = 100;
  constexpr auto kLeaves = static_cast<uint32_t>(kSeries);
  std::vector<forecast::SumOf> sums;
  forecast::SumOf total{kLeaves + kGroups, {}};
  for (uint32_t g = 0; g < kGroups; ++g) {
    forecast::SumOf group{kLeaves + g, {}};
    for (uint32_t i = g * (kLeaves / kGroups); i < (g + 1) * (kLeaves / kGroups); ++i) {
      group.children.push_back(i);
    }
    total.children.push_back(group.parent);
    sums.push_back(std::move(group));
  }
  sums.push_back(std::move(total));
  Random random(5);
  std::vector<double> base(kLeaves + kGroups + 1);
  std::vector<double> variance(base.size());
  for (size_t i = 0; i < base.size(); ++i) {
    base[i] = 100 * random.uniform();
    variance[i] = 1 + random.uniform();
  }
  double sum = 0;
  double const seconds = best_seconds(5, [&] {
    forecast::Reconciler const reconciler(base.size(), sums, variance);
    std::vector<double> values = base;
    reconciler.reconcile(values, true);
    sum += values.back();
  });
  BELLWETHER_CHECK(std::isfinite(sum));
  print("reconcile_5000_leaves_101_sums", 1e3 * seconds, "ms");
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  bellwether::testing::methods();
  bellwether::testing::reconciliation();
}
