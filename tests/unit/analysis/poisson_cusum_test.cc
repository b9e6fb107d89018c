#include "analysis/poisson_cusum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "support/data.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

TEST(PoissonCusumTest, ARiseAddsUpAndIsDatedToItsBeginning) {
  PoissonCusum up(1.25);
  PoissonCusum down(1 / 1.25);
  int t = 0;
  for (int y : {10, 10, 8, 15, 16}) {
    ++t;
    up.add(PeriodIndex(t), y, 10);
    down.add(PeriodIndex(t), y, 10);
  }
  double const k = 2.5 / std::log(1.25);
  EXPECT_DOUBLE_EQ(poisson_reference(10, 1.25), k);
  EXPECT_NEAR(up.value(), 31 - 2 * k, 1e-12);
  EXPECT_EQ(up.onset(), PeriodIndex(4));
  EXPECT_EQ(down.value(), 0);
}

TEST(PoissonCusumTest, TheReferenceFollowsTheExpectation) {
  PoissonCusum down(0.5);
  down.add(PeriodIndex(1), 3, 10);
  down.add(PeriodIndex(2), 30, 100);
  EXPECT_DOUBLE_EQ(down.value(), 110 * 0.5 / std::log(2) - 33);
}

// A Poisson number: the count of exponential steps whose sum stays below the mean.
int poisson(testing::Random& random, double mean) {
  int n = -1;
  double sum = 0;
  while (sum < mean) {
    sum -= std::log(1 - random.uniform());
    ++n;
  }
  return n;
}

struct Chart {
  double reference;    // a multiple of 1/20
  double threshold_h;  // a multiple of 1/20
  double rate_ratio;
};

// Simulates many runs until the alarm. Their average equals that of the Markov chain.
TEST(PoissonCusumTest, SimulatedRunLengthsAreTheExactOnes) {
  constexpr int kLattice = 20;
  constexpr int kRuns = 4000;
  testing::Random random(20261125);
  for (const Chart& c : {Chart{0.55, 5.15, 1.25}, Chart{4.5, 9.6, 1.25}, Chart{4.9, 6.8, 1.5},
                         Chart{3.6, 9.5, 1 / 1.25}, Chart{13.2, 7.7, 1 / 1.5}}) {
    SCOPED_TRACE(base::cat("k ", c.reference, " ratio ", c.rate_ratio));
    double const rate =
        c.reference * std::log(c.rate_ratio) / (c.rate_ratio - 1);  // the rate that has this k
    double sum = 0;
    double squares = 0;
    for (int run = 0; run < kRuns; ++run) {
      PoissonCusum cusum(c.rate_ratio);
      int length = 0;
      // Half a lattice step below h: the multiples of 1/20 are not exact in binary.
      while (cusum.value() < c.threshold_h - 0.5 / kLattice) {
        cusum.add(PeriodIndex(++length), poisson(random, rate), rate);
      }
      sum += length;
      squares += 1.0 * length * length;
    }
    double const mean = sum / kRuns;
    double const error = std::sqrt((squares / kRuns - mean * mean) / kRuns);
    double const exact = poisson_cusum_average_run_length(
        c.reference, c.threshold_h, rate, c.rate_ratio > 1 ? Side::kUpper : Side::kLower, kLattice);
    EXPECT_NEAR(mean, exact, 3 * error);
  }
}

// The charts of tests/data/arl: on its lattice, a threshold for a run length has that run length.
TEST(PoissonCusumTest, ThresholdsHaveTheWantedRunLength) {
  constexpr int kLattice = 20;
  for (const base::CsvRow& row : testing::must(base::parse_csv(
           testing::data_file("arl/poisson_cusum_exact_grid.csv"), "grid",
           {"lambda0", "ratio", "k_up", "h_up", "ARL0_up", "k_dn", "h_dn", "ARL0_dn"},
           {"ARL0", "ARL1_up", "ARL1_dn"}))) {
    double const ratio = std::stod(row[1]);
    SCOPED_TRACE(base::cat("rate ", row[0], " ratio ", ratio, " ARL0 ", row[4]));
    auto const expect = [&](double rate_ratio, size_t column) {
      double const k = std::stod(row[column]);
      double const rate = k * std::log(rate_ratio) / (rate_ratio - 1);  // the rate that has this k
      auto const run_length = [&](double h) {
        return poisson_cusum_average_run_length(k, std::round(h * kLattice) / kLattice, rate,
                                                rate_ratio > 1 ? Side::kUpper : Side::kLower,
                                                kLattice);
      };
      double const wanted = run_length(std::stod(row[column + 1]));
      double const h = poisson_cusum_threshold(rate, rate_ratio, wanted);
      // Run lengths rise with h in steps, and the two lattices have their steps at different
      // places.
      EXPECT_GE(run_length(h + 0.1), 0.98 * wanted) << h;
      EXPECT_LE(run_length(std::max(1.0 / kLattice, h - 0.1)), 1.02 * wanted) << h;
    };
    expect(ratio, 2);
    expect(1 / ratio, 5);
  }
}

TEST(PoissonCusumTest, ThresholdsOfLargeRatesMeetThoseOfNormalCounts) {
  for (double ratio : {1.05, 1 / 1.05, 1.1, 1 / 1.1, 1.25}) {
    double const below = poisson_cusum_threshold(999, ratio, 1000);
    double const from = poisson_cusum_threshold(1000, ratio, 1000);
    EXPECT_NEAR(below, from, 0.05 * from);
  }
}

TEST(PoissonCusumTest, ThresholdsExistForEveryRate) {
  for (double rate : {1e-9, 0.01, 0.3, 3.0, 800.0, 1e6, 1e9}) {
    for (double ratio : {1.25, 1 / 1.25, 1.01, 3.0}) {
      double const h = poisson_cusum_threshold(rate, ratio, 1000);
      EXPECT_TRUE(std::isfinite(h) && h > 0) << "rate " << rate << " ratio " << ratio;
    }
  }
}

// Counts transformed to be nearly normal, as in R's algo.cusum (surveillance 1.20.3), and
// accumulated above k = 0.5935935. Rossi, Lampugnani & Marchi (1999), Statistics in Medicine 18.
double rossi(double y, double m) {
  return (y - 3 * m + 2 * std::sqrt(m * y)) / (2 * std::sqrt(m));
}
double standard(double y, double m) {
  return (y - m) / std::sqrt(m);
}
double anscombe(double y, double m) {
  return 1.5 * (std::pow(y, 2.0 / 3) - std::pow(m, 2.0 / 3)) / std::pow(m, 1.0 / 6);
}

TEST(AccumulationTest, AgreesWithRsCusumsOfCounts) {
  constexpr double kReference = 0.5935935;
  struct Transformed {
    double (*transformed)(double observed, double expected);
    Accumulation sum;
  };
  for (const char* name : {"agona", "shadar", "campy"}) {
    Transformed charts[] = {{rossi, {}}, {standard, {}}, {anscombe, {}}};
    for (const base::CsvRow& row : testing::must(base::parse_csv(
             testing::data_file(base::cat("ears/", name, ".csv")), name,
             {"t", "observed", "mu0", "cusum_S_rossi", "cusum_S_standard", "cusum_S_anscombe"},
             {"ears_ub_C1", "ears_ub_C2", "ears_ub_C3"}))) {
      SCOPED_TRACE(base::cat(name, " t ", row[0]));
      PeriodIndex const t(std::stoi(row[0]));
      size_t column = 3;
      for (Transformed& chart : charts) {
        chart.sum.add(t, chart.transformed(std::stod(row[1]), std::stod(row[2])) - kReference);
        double const theirs = std::stod(row[column++]);
        EXPECT_NEAR(chart.sum.value(), theirs, 1e-6 * std::max(1.0, theirs));
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::analysis
