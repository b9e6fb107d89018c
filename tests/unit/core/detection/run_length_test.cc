// Checks every number of tests/data/arl (R's spc 0.6.7, exact Markov chains, and published values)
// within 0.5 %.
#include "core/detection/run_length.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/stats/quadrature.h"
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

// Both sides run together and either one may signal, with equal head starts (Lucas & Crosier 1982,
// Technometrics 24, 199–205, equation A.4).
double two_sided_cusum_average_run_length(double reference, double threshold_h, double shift,
                                          double head_start = 0) {
  double const up = cusum_average_run_length(reference, threshold_h, shift);
  double const down = cusum_average_run_length(reference, threshold_h, -shift);
  double const up_ahead = cusum_average_run_length(reference, threshold_h, shift, head_start);
  double const down_ahead = cusum_average_run_length(reference, threshold_h, -shift, head_start);
  return (up_ahead * down + up * down_ahead - up * down) / (up + down);
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
    expect_run_length(two_sided_cusum_average_run_length(0.5, 4, shift), row[6]);  // published
                                                                                   // values
  }
}

TEST(RunLengthTest, CusumWithoutAReferenceValue) {
  for (const base::CsvRow& row :
       rows_of("cusum_vance_k0_h10.csv", {"mu", "arl", "pub_Vance1986"})) {
    expect_run_length(cusum_average_run_length(0, 10, std::stod(row[0])), row[1]);
  }
}

// Z ← λ x + (1 − λ) Z from 0 until |Z| > limit·√(λ/(2 − λ)), by the quadrature that the CUSUM uses:
// L(u) = 1 + (1/λ) ∫ L(x) φ((x − (1 − λ) u)/λ − shift) dx between the limits (Crowder 1987,
// Technometrics 29, 401–407, equation 2).
double ewma_average_run_length(double lambda, double limit, double shift) {
  constexpr int kNodes = 160;
  double const c = limit * std::sqrt(lambda / (2 - lambda));
  stats::Quadrature const q = stats::gauss_legendre(kNodes, -c, 2 * c);
  std::vector<double> start(q.nodes);
  start.push_back(0);
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(kNodes + 1, kNodes + 1);
  for (int i = 0; i <= kNodes; ++i) {
    for (int j = 0; j < kNodes; ++j) {
      double const x =
          (start[static_cast<size_t>(j)] - (1 - lambda) * start[static_cast<size_t>(i)]) / lambda -
          shift;
      double const density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
      a(i, j) -= q.weights[static_cast<size_t>(j)] / lambda * density;
    }
  }
  Eigen::VectorXd const lengths = a.partialPivLu().solve(Eigen::VectorXd::Ones(kNodes + 1));
  return lengths(kNodes);
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

}  // namespace
}  // namespace bellwether::detection
