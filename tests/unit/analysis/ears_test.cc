#include "analysis/ears.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "support/data.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

// A series of consecutive weeks; the first is period 1.
detection::CountSeries weeks(const std::vector<int32_t>& counts) {
  return {base::Calendar(base::CalendarUnit::kWeek), PeriodIndex(1), counts};
}

class EarsAgainstR : public ::testing::TestWithParam<const char*> {};

TEST_P(EarsAgainstR, BoundsAgree) {
  std::string const name = GetParam();
  std::vector<int32_t> counts;
  for (const base::CsvRow& row : testing::must(base::parse_csv(
           testing::data_file("farrington/" + name + "_input.csv"), name, {"t", "observed"}))) {
    counts.push_back(std::stoi(row[1]));
  }
  auto const rows = testing::must(base::parse_csv(
      testing::data_file("ears/" + name + ".csv"), name,
      {"t", "ears_ub_C1", "ears_ub_C2", "ears_ub_C3"},
      {"observed", "mu0", "cusum_S_rossi", "cusum_S_standard", "cusum_S_anscombe"}));
  ASSERT_GT(rows.size(), 80u);
  for (size_t i = 0; i < rows.size(); ++i) {
    PeriodIndex const t(std::stoi(rows[i][0]));
    SCOPED_TRACE(t.value);
    EXPECT_NEAR(assess_ears(weeks(counts), t, {EarsMethod::kC1}).upper, std::stod(rows[i][1]),
                1e-8);
    EXPECT_NEAR(assess_ears(weeks(counts), t, {EarsMethod::kC2}).upper, std::stod(rows[i][2]),
                1e-8);
    if (i < kEarsLag) continue;  // R accumulates only from the first requested period on
    EXPECT_NEAR(assess_ears(weeks(counts), t, {EarsMethod::kC3, 7, 0.025}).upper,
                std::stod(rows[i][3]), 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Surveillance, EarsAgainstR, ::testing::Values("agona", "shadar", "campy"));

TEST(EarsTest, AYoungSeriesIsNotAssessed) {
  std::vector<int32_t> const counts = {5, 6, 5, 7, 5, 6, 5, 7, 6, 5};
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(7), {EarsMethod::kC1}).why,
            detection::NotAssessed::kShortHistory);
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(8), {EarsMethod::kC1}).why,
            detection::NotAssessed::kNone);
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(9), {EarsMethod::kC2}).why,
            detection::NotAssessed::kShortHistory);
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(10), {EarsMethod::kC2}).why,
            detection::NotAssessed::kNone);
}

TEST(EarsTest, AConstantSeriesHasAFiniteScore) {
  std::vector<int32_t> counts(20, 4);
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(20), {EarsMethod::kC3}).score, 0);
  counts.back() = 5;
  EXPECT_EQ(assess_ears(weeks(counts), PeriodIndex(20), {EarsMethod::kC1}).score, detection::kZMax);
}

}  // namespace
}  // namespace bellwether::analysis
