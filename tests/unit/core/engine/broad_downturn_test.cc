// R7: a downturn of most divisions, told by the diffusion index.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "region.h"

namespace bellwether::engine {
namespace {

// With fewer than 14, Wilson's interval at the level of the rule reaches above 45 even if all fall.
constexpr int kDivisions = 16;

std::string division(int i) {
  return base::cat(i + 10);
}

// The small world's areas with all divisions in one section.
std::shared_ptr<const reference::Reference> one_section() {
  std::string sectors =
      "scheme,version,code,parent,level,name,prefixes\n"
      "UKSIC,2007,all,,all,All sectors,\n"
      "UKSIC,2007,unclassified,all,section,Not classified,\n"
      "UKSIC,2007,C,all,section,Manufacturing,\n";
  for (int i = 0; i < kDivisions; ++i)
    base::append(sectors, "UKSIC,2007,", division(i), ",C,division,Division ", division(i), ",\n");
  return std::make_shared<const reference::Reference>(reference::Reference{
      testing::must(reference::Areas::parse(testing::kWorldAreas, "areas.csv", "", "")),
      testing::must(reference::Sectors::parse(sectors, "sectors.csv")), reference::Postcodes()});
}

class BroadDownturnTest : public ::testing::Test {
 protected:
  BroadDownturnTest() {
    // Some business outside the section and the two areas: otherwise other nodes hold the same
    // facts.
    std::vector<Delta> stock = {at(Measure::kBirths, "N2", "unclassified", 1, t_ - 200)};
    for (int i = 0; i < kDivisions; ++i) {
      stock.push_back(in_division(Measure::kBirths, i, 2000, t_ - 200));
    }
    region_.add(t_, stock);
    while (++t_ < kBegin.value + 60) region_.add(t_, month(0));
  }
  Delta at(Measure measure, std::string_view area, std::string_view sector, int64_t n,
           int32_t t) const {
    return {DeltaKey({testing::must(reference_->areas.find(area)),
                      testing::must(reference_->sectors.find(sector)), base::SizeBand(0)},
                     measure, PeriodIndex(t)),
            n};
  }
  Delta in_division(Measure measure, int i, int64_t n, int32_t t) const {
    return at(measure, i % 2 == 0 ? "N1" : "S1", division(i), n, t);
  }
  // Forty births in each division, and thirty in the first `falling` of them. There are deaths,
  // too: births count as known from when on a register tells of ends.
  std::vector<Delta> month(int falling) const {
    std::vector<Delta> out;
    for (int i = 0; i < kDivisions; ++i) {
      out.push_back(in_division(Measure::kBirths, i, i < falling ? 30 : 40, t_));
      out.push_back(in_division(Measure::kDeaths, i, 30, t_));
    }
    return out;
  }
  const alerts::Alert* tick(int falling) {
    region_.tick(t_, month(falling));
    ++t_;
    return open_alert(region_.book, "R7", "R", "all");
  }

  std::shared_ptr<const reference::Reference> reference_ = one_section();
  Region region_{alerts::default_rules(kMonths), options(), reference_};
  int32_t t_ = kBegin.value;
};

TEST_F(BroadDownturnTest, R7WaitsForThreeMonthsInARow) {
  int months = 0;
  while (tick(kDivisions) == nullptr) ASSERT_LE(++months, 12);
  EXPECT_EQ(months, 2);
  const alerts::Alert* const alert = open_alert(region_.book, "R7", "R", "all");
  EXPECT_EQ(alert->state.severity, alerts::Severity::kRed);
  EXPECT_EQ(alert->raised_evidence.observed, 0);
  EXPECT_EQ(alert->raised_evidence.limit, 45);
  EXPECT_LT(alert->raised_evidence.upper, 45);
}

TEST_F(BroadDownturnTest, R7EndsWhenTheDivisionsRecover) {
  for (int i = 0; i < 4; ++i) tick(kDivisions);
  ASSERT_NE(open_alert(region_.book, "R7", "R", "all"), nullptr);
  int months = 0;
  while (tick(0) != nullptr) ASSERT_LE(++months, 12);
  EXPECT_GE(months, 1);
}

// Half of the divisions fall and the others are flat: 25, whose interval reaches above 45.
TEST_F(BroadDownturnTest, AFallOfHalfOfTheDivisionsIsNoBroadDownturn) {
  for (int i = 0; i < 12; ++i) EXPECT_EQ(tick(kDivisions / 2), nullptr) << i;
}

}  // namespace
}  // namespace bellwether::engine
