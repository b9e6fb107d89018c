#include "detection/cusum.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/csv.h"
#include "support/must.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;

TEST(CusumTest, AddsUpWhatExceedsTheReferenceAndForgetsBelowZero) {
  Cusum c({.reference = 0.5, .clip = 3, .threshold_h = 4});
  c.add(PeriodIndex(1), 0.2);
  EXPECT_EQ(c.value(), 0);
  c.add(PeriodIndex(2), 1.5);
  EXPECT_DOUBLE_EQ(c.value(), 1.0);
  EXPECT_EQ(c.onset(), PeriodIndex(2));
  c.add(PeriodIndex(3), 0.7);
  EXPECT_DOUBLE_EQ(c.value(), 1.2);
  c.add(PeriodIndex(4), -5);
  EXPECT_EQ(c.value(), 0);
  c.add(PeriodIndex(5), 9);  // clipped at 3
  EXPECT_DOUBLE_EQ(c.value(), 2.5);
  EXPECT_EQ(c.onset(), PeriodIndex(5));
}

// R's spc 0.6.7.
TEST(CusumTest, RunLengthsAgreeWithR) {
  std::ifstream file(std::string(BELLWETHER_SOURCE_DIR) + "/tests/data/arl/cusum_onesided_design.csv");
  std::ostringstream text;
  text << file.rdbuf();
  auto const rows = testing::must(base::parse_csv(
      text.str(), "cusum_onesided_design.csv",
      {"k", "L0", "h", "arl_shift_half", "arl_shift_one", "arl_shift_two"}));
  ASSERT_GE(rows.size(), 10u);
  for (const base::CsvRow& row : rows) {
    double const k = std::stod(row[0]);
    double const h = std::stod(row[2]);
    for (auto [shift, column] : {std::pair{0.0, 1}, {0.5, 3}, {1.0, 4}, {2.0, 5}}) {
      double const expected = std::stod(row[static_cast<size_t>(column)]);
      EXPECT_NEAR(cusum_average_run_length(k, h, shift), expected, 0.005 * expected)
          << "k " << k << " h " << h << " shift " << shift;
    }
  }
}

}  // namespace
}  // namespace bellwether::detection
