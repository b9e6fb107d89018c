// The 359 weekly series of the M4 competition, compared with the numbers published for its
// benchmarks. The data have no licence, so they are not in the repository. To run: put
// Weekly-train.csv and Weekly-test.csv of github.com/Mcompetitions/M4-methods (Dataset/, unpacked)
// into a folder, then
//   BELLWETHER_M4=folder unit_forecast_test --gtest_filter='M4Weekly*'
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/forecast/forecast.h"

namespace bellwether::forecast {
namespace {

constexpr size_t kSeries = 359;
constexpr int kHorizon = 13;
constexpr int kPublishedPeriod = 1;  // the competition treated weekly series as not seasonal
constexpr int kYear = 52;
constexpr size_t kValidationWindows = 4;  // of 13 weeks, at the end of the training part

// One row for each series, of different lengths: "V1","V2",… then "W1","1089.2","1078.91",…
std::vector<std::vector<double>> read(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<double>> out;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::erase_if(line, [](char c) { return c == '"' || c == '\r'; });
    std::istringstream fields(line);
    std::string field;
    std::getline(fields, field, ',');
    out.emplace_back();
    while (std::getline(fields, field, ',') && !field.empty() && field != "NA") {
      out.back().push_back(std::stod(field));
    }
  }
  return out;
}

struct Accuracy {
  double smape = 0;       // in %, by the competition's definition
  double mase = 0;        // scaled by the one-step naive error of the known values
  double coverage80 = 0;  // share of values inside the intervals
  double coverage95 = 0;
};

double naive_error(Series y) {
  double sum = 0;
  for (size_t t = 1; t < y.size(); ++t) sum += std::abs(y[t] - y[t - 1]);
  return sum / static_cast<double>(y.size() - 1);
}

using States = std::vector<AdaptiveConformal>;

class M4Weekly : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("BELLWETHER_M4");
    if (folder == nullptr) GTEST_SKIP() << "BELLWETHER_M4 is not set to a folder";
    train_ = read(std::string(folder) + "/Weekly-train.csv");
    test_ = read(std::string(folder) + "/Weekly-test.csv");
    ASSERT_EQ(train_.size(), kSeries);
    ASSERT_EQ(test_.size(), kSeries);
  }

  // The data known `windows` × 13 weeks before the end of the training part, and the 13 weeks
  // after.
  Series known(size_t s, size_t windows) const {
    return Series(train_[s]).first(train_[s].size() - windows * kHorizon);
  }
  Series future(size_t s, size_t windows) const {
    if (windows == 0) return test_[s];
    return Series(train_[s]).subspan(train_[s].size() - windows * kHorizon, kHorizon);
  }

  // Forecasts the window of each series. `states` has one entry for each series: the levels of its
  // intervals, which are read and updated.
  Accuracy accuracy(Method method, int period, size_t windows, std::vector<States>& states) const {
    Accuracy a;
    Options options;
    options.method = method;
    for (size_t s = 0; s < kSeries; ++s) {
      options.intervals = states[s];
      Series const actual = future(s, windows);
      Forecast const f = forecast(known(s, windows), period, kHorizon, options);
      EXPECT_EQ(f.why, NotAssessed::kNone) << s;
      double const scale = naive_error(known(s, windows));
      for (size_t h = 0; h < kHorizon; ++h) {
        double const miss = std::abs(actual[h] - f.mean[h]);
        auto const outside = [&](size_t level) {
          const IntervalPath& i = f.intervals[level];
          bool const out = actual[h] < i.lower[h] || actual[h] > i.upper[h];
          states[s][level].update(out);
          return int{out};
        };
        a.smape += 200 * miss / (std::abs(actual[h]) + std::abs(f.mean[h]));
        a.mase += miss / scale;
        a.coverage80 += 1 - outside(0);
        a.coverage95 += 1 - outside(1);
      }
    }
    for (double* sum : {&a.smape, &a.mase, &a.coverage80, &a.coverage95}) {
      *sum /= static_cast<double>(kSeries * kHorizon);
    }
    std::printf("%-12s period %2d, ", std::string(name(method)).c_str(), period);
    std::printf(windows == 0 ? "test        " : "validation %zu", windows);
    std::printf(": sMAPE %.3f MASE %.3f coverage %.4f of .80, %.4f of .95\n", a.smape, a.mase,
                a.coverage80, a.coverage95);
    return a;
  }
  Accuracy accuracy(Method method, int period, size_t windows) const {
    std::vector<States> states(kSeries, Options{}.intervals);
    return accuracy(method, period, windows, states);
  }

  void expect_published(Method method, double smape, double mase) const {
    Accuracy const a = accuracy(method, kPublishedPeriod, 0);
    EXPECT_NEAR(a.smape, smape, 0.01 * smape) << name(method);
    EXPECT_NEAR(a.mase, mase, 0.01 * mase) << name(method);
  }

  std::vector<std::vector<double>> train_;
  std::vector<std::vector<double>> test_;
};

// Makridakis, Spiliotis & Assimakopoulos 2020, tables of the competition's repository.
TEST_F(M4Weekly, BenchmarksAreWithinOnePercentOfThePublishedOnes) {
  expect_published(Method::kNaive2, 9.161, 2.777);
  expect_published(Method::kSes, 9.012, 2.685);
  expect_published(Method::kDamped, 8.866, 2.404);
  expect_published(Method::kTheta, 9.093, 2.637);
  expect_published(Method::kComb, 8.944, 2.432);
}

TEST_F(M4Weekly, CombinationIsBetterThanThetaAndComb) {
  Accuracy const a = accuracy(Method::kCombination, kYear, 0);
  EXPECT_LT(a.smape, 8.944);
  EXPECT_LT(a.mase, 2.432);
}

TEST_F(M4Weekly, CombinationIsBetterOnTheWindowsItWasChosenOn) {
  for (size_t windows = kValidationWindows; windows > 0; --windows) {
    Accuracy const ours = accuracy(Method::kCombination, kYear, windows);
    for (Method other : {Method::kTheta, Method::kComb}) {
      Accuracy const theirs = accuracy(other, kPublishedPeriod, windows);
      EXPECT_LT(ours.smape, theirs.smape);
      EXPECT_LT(ours.mase, theirs.mase);
    }
  }
}

// As in the daemon: the levels have followed the four windows before.
TEST_F(M4Weekly, IntervalsHaveTheStatedCoverage) {
  std::vector<States> states(kSeries, Options{}.intervals);
  double mean = 0;
  for (size_t windows = kValidationWindows; windows > 0; --windows) {
    mean += accuracy(Method::kCombination, kYear, windows, states).coverage95 / kValidationWindows;
  }
  EXPECT_NEAR(mean, 0.95, 0.01);
  accuracy(Method::kCombination, kYear, 0, states);
}

}  // namespace
}  // namespace bellwether::forecast
