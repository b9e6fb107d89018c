// Thresholds and run lengths from tests/data/arl (R's spc 0.6.7 and exact Markov chains).
#include <gtest/gtest.h>

#include "analysis/cusum_threshold.h"
#include "analysis/poisson_cusum.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/detection/run_length.h"
#include "support/data.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

constexpr double kTolerance = 0.005;

std::vector<base::CsvRow> rows_of(const std::string& name, const std::vector<std::string>& columns,
                                  const std::vector<std::string>& others = {}) {
  auto rows =
      testing::must(base::parse_csv(testing::data_file("arl/" + name), name, columns, others));
  EXPECT_FALSE(rows.empty());
  return rows;
}
void expect_run_length(double ours, const std::string& theirs) {
  double const reference = std::stod(theirs);
  EXPECT_NEAR(ours, reference, kTolerance * reference);
}

TEST(CusumThresholdTest, ThresholdsForARunLength) {
  for (const base::CsvRow& row :
       rows_of("cusum_h_for_370.csv", {"k", "h_for_ARL0_370_two"}, {"pub_memory"})) {
    // Two equal sides: the run length of each side is twice that of both.
    EXPECT_NEAR(cusum_threshold(std::stod(row[0]), 740), std::stod(row[1]), 2e-3);
  }
}

// With a large reference value even the smallest threshold has a run length that is long enough.
TEST(CusumThresholdTest, ThresholdsNeedNotBeLarge) {
  EXPECT_NEAR(cusum_threshold(3.9, 1000), 0, 1e-6);
  double const h = cusum_threshold(3, 1000);
  EXPECT_NEAR(detection::cusum_average_run_length(3, h, 0), 1000, 1);
}

TEST(PoissonRunLengthTest, PoissonCusumOnBothSides) {
  constexpr int kLattice = 20;  // k and h are multiples of 0.05
  for (const base::CsvRow& row : rows_of("poisson_cusum_exact_grid.csv",
                                         {"lambda0", "ratio", "ARL0", "k_up", "h_up", "ARL0_up",
                                          "ARL1_up", "k_dn", "h_dn", "ARL0_dn", "ARL1_dn"})) {
    double const rate = std::stod(row[0]);
    double const ratio = std::stod(row[1]);
    SCOPED_TRACE(base::cat("rate ", rate, " ratio ", ratio, " ARL0 ", row[2]));
    auto const up = [&](double r) {
      return poisson_cusum_average_run_length(std::stod(row[3]), std::stod(row[4]), r, Side::kUpper,
                                              kLattice);
    };
    auto const down = [&](double r) {
      return poisson_cusum_average_run_length(std::stod(row[7]), std::stod(row[8]), r, Side::kLower,
                                              kLattice);
    };
    expect_run_length(up(rate), row[5]);
    expect_run_length(up(rate * ratio), row[6]);
    expect_run_length(down(rate), row[9]);
    expect_run_length(down(rate / ratio), row[10]);
  }
}

}  // namespace
}  // namespace bellwether::analysis
