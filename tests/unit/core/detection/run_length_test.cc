// Every figure of tests/data/arl (R's spc 0.6.7 and exact Markov chains, with the published ones
// beside them), within 0.5 %.
#include "core/detection/run_length.h"

#include <gtest/gtest.h>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "support/data.h"
#include "support/must.h"

namespace bellwether::detection {
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

TEST(RunLengthTest, OneSidedCusumByThresholdAndShift) {
  for (const base::CsvRow& row :
       rows_of("cusum_onesided_design.csv",
               {"k", "L0", "h_one", "ARL_0.5", "ARL_1", "ARL_1.5", "ARL_2", "ARL_3"})) {
    double const k = std::stod(row[0]);
    double const h = std::stod(row[2]);
    SCOPED_TRACE(base::cat("k ", k, " h ", h));
    expect_run_length(cusum_average_run_length(k, h, 0), row[1]);
    size_t column = 3;
    for (double shift : {0.5, 1.0, 1.5, 2.0, 3.0}) {
      expect_run_length(cusum_average_run_length(k, h, shift), row[column++]);
    }
  }
}

TEST(RunLengthTest, TwoSidedCusumWithAndWithoutAHeadStart) {
  for (const base::CsvRow& row : rows_of("cusum_normal_k05.csv",
                                         {"mu", "two_k.5_h4", "two_k.5_h4_FIR", "two_k.5_h5",
                                          "one_k.5_h4", "one_k.5_h5", "pub_h4", "pub_h4_fir"},
                                         {"pub_h5_memory"})) {
    double const shift = std::stod(row[0]);
    SCOPED_TRACE(shift);
    expect_run_length(two_sided_cusum_average_run_length(0.5, 4, shift), row[1]);
    expect_run_length(two_sided_cusum_average_run_length(0.5, 4, shift, 2), row[2]);
    expect_run_length(two_sided_cusum_average_run_length(0.5, 5, shift), row[3]);
    expect_run_length(cusum_average_run_length(0.5, 4, shift), row[4]);
    expect_run_length(cusum_average_run_length(0.5, 5, shift), row[5]);
    expect_run_length(two_sided_cusum_average_run_length(0.5, 4, shift), row[6]);  // as published
  }
}

TEST(RunLengthTest, CusumWithoutAReferenceValue) {
  for (const base::CsvRow& row :
       rows_of("cusum_vance_k0_h10.csv", {"mu", "arl", "pub_Vance1986"})) {
    expect_run_length(cusum_average_run_length(0, 10, std::stod(row[0])), row[1]);
  }
}

TEST(RunLengthTest, ThresholdsForARunLength) {
  for (const base::CsvRow& row :
       rows_of("cusum_h_for_370.csv", {"k", "h_for_ARL0_370_two"}, {"pub_memory"})) {
    // Two equal sides: each runs twice as long.
    EXPECT_NEAR(cusum_threshold(std::stod(row[0]), 740), std::stod(row[1]), 2e-3);
  }
}

// With a large reference value the smallest threshold runs long enough.
TEST(RunLengthTest, ThresholdsNeedNotBeLarge) {
  EXPECT_NEAR(cusum_threshold(3.9, 1000), 0, 1e-6);
  double const h = cusum_threshold(3, 1000);
  EXPECT_NEAR(cusum_average_run_length(3, h, 0), 1000, 1);
}

TEST(RunLengthTest, Ewma) {
  struct Chart {
    double lambda, limit;
    const char* column;
  };
  constexpr Chart kCharts[] = {{0.5, 3.071, "l0.5_L3.071"},   {0.03, 2.437, "l0.03_L2.437"},
                               {0.40, 3.054, "l0.40_L3.054"}, {0.25, 2.998, "l0.25_L2.998"},
                               {0.20, 2.962, "l0.20_L2.962"}, {0.10, 2.814, "l0.10_L2.814"},
                               {0.05, 2.615, "l0.05_L2.615"}};
  std::vector<std::string> columns = {"mu"};
  for (const Chart& c : kCharts) columns.emplace_back(c.column);
  for (const base::CsvRow& row : rows_of("ewma_normal.csv", columns, {"pub_LS", "pub_LS03"})) {
    double const shift = std::stod(row[0]);
    for (size_t i = 0; i < std::size(kCharts); ++i) {
      SCOPED_TRACE(base::cat(kCharts[i].column, " shift ", shift));
      expect_run_length(ewma_average_run_length(kCharts[i].lambda, kCharts[i].limit, shift),
                        row[i + 1]);
    }
  }
}

TEST(RunLengthTest, PoissonCusumOnBothSides) {
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
}  // namespace bellwether::detection
