// R10 and R16: support and survival in deprived places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/engine/rules/limit.h"
#include "region.h"
#include "support/neighbourhoods.h"

namespace bellwether::engine {
namespace {

using ::testing::HasSubstr;

class InclusionRulesTest : public ::testing::Test {
 protected:
  Delta at(std::string_view leaf, Measure m, int32_t period, int64_t n,
           std::string_view sector = "10") const {
    return {DeltaKey({testing::must(reference_->areas.find(leaf)),
                      testing::must(reference_->sectors.find(sector)), base::SizeBand(0)},
                     m, PeriodIndex(period)),
            n};
  }
  // A business that is no more, in B and in another sector, so that no other node holds the same
  // facts as A.
  std::vector<Delta> others(int32_t t) const {
    std::vector<Delta> out;
    for (Measure m : {Measure::kBirths, Measure::kDeaths}) {
      out.push_back(at("B1d5", m, t, 1));
      out.push_back(at("A1d5", m, t, 1, "47"));
    }
    return out;
  }
  // Sixty months with 2,000 businesses in the deprived places of A1, of A2, and in the others.
  void begin() {
    std::vector<Delta> stock = others(t_);
    for (const char* leaf : {"A1d1", "A2d2", "A1d8"})
      stock.push_back(at(leaf, Measure::kBirths, t_ - 30, 2000));
    region_.add(t_++, stock);
    while (t_ < kBegin.value + 60) region_.add(t_++, quiet());
  }
  std::vector<Delta> quiet() const {
    std::vector<Delta> out;
    for (const char* leaf : {"A1d1", "A2d2", "A1d8"}) {
      out.push_back(at(leaf, Measure::kBirths, t_, 20));
      out.push_back(at(leaf, Measure::kDeaths, t_, 20));
      out.push_back(at(leaf, Measure::kInteractions, t_, 20));
    }
    return out;
  }
  // Changes the numbers of supported businesses in A1d1, A2d2 and A1d8.
  alerts::TickEvaluated support(int64_t one, int64_t two, int64_t others, int64_t unknown = 0) {
    std::vector<Delta> out = quiet();
    out.push_back(at("A1d1", Measure::kSupported, t_, one));
    out.push_back(at("A2d2", Measure::kSupported, t_, two));
    out.push_back(at("A1d8", Measure::kSupported, t_, others));
    out.push_back(at("A1x", Measure::kSupported, t_, unknown));
    return region_.tick(t_++, out);
  }
  const alerts::Alert* gap() const { return open_alert(region_.book, "R10", "A", "all"); }

  std::shared_ptr<const reference::Reference> reference_ =
      std::make_shared<const reference::Reference>(testing::neighbourhoods());
  Region region_{alerts::default_rules(kMonths), options(), reference_};
  int32_t t_ = kBegin.value;
};

TEST_F(InclusionRulesTest, R10DetectsSupportThatMissesDeprivedPlaces) {
  begin();
  support(200, 200, 200);  // as the stock
  EXPECT_EQ(gap(), nullptr);
  support(-60, -100, 60);
  const alerts::Alert* const alert = gap();
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(alert->state.severity, alerts::Severity::kAmber);
  EXPECT_NEAR(alert->raised_evidence.observed, 100 * (240. / 500 - 2. / 3), 1e-5);
  EXPECT_EQ(alert->raised_evidence.limit, -5);
  EXPECT_LT(alert->raised_evidence.lower, alert->raised_evidence.observed);
  EXPECT_EQ(open_alert(region_.book, "R10", "B", "all"), nullptr);
  Paragraphs const text = explain(region_.view(), *alert);
  EXPECT_THAT(text[0],
              HasSubstr("-18.7 percentage points against a limit of -5 percentage points"));
  EXPECT_THAT(base::cat(text[1], text[2]), HasSubstr("the whole 95 % interval is below 0"));
  EXPECT_THAT(text.back(), ::testing::Not(HasSubstr("Ward A1, ")));
  std::string all;
  for (const std::string& paragraph : text) all += paragraph;
  EXPECT_THAT(all, HasSubstr("Ward A2 (70), Ward A1 (30)"));
}

TEST_F(InclusionRulesTest, TheEvidenceTellsRoundedCountsOnly) {
  begin();
  support(141, 102, 260);  // 243 of 503
  ASSERT_NE(gap(), nullptr);
  EXPECT_NEAR(gap()->raised_evidence.observed, 100 * (245. / 505 - 2. / 3), 1e-5);
  EXPECT_LT(gap()->raised_evidence.upper, 0);
}

TEST_F(InclusionRulesTest, OfAFewCasesTheEvidenceTellsWholePoints) {
  begin();
  support(4, 5, 300);
  ASSERT_NE(gap(), nullptr);
  EXPECT_EQ(gap()->raised_evidence.observed, -64) << "9 of 309 less 2 of 3: -63.8";
  EXPECT_EQ(gap()->raised_evidence.lower, gap()->raised_evidence.upper);
}

TEST_F(InclusionRulesTest, R10ClearsAboveFourPointsForThreeMonths) {
  begin();
  support(140, 100, 260);
  ASSERT_NE(gap(), nullptr);
  support(66, 14, -80);  // 320 of 500 and 2 of 3: −2.7 points
  support(0, 0, 0);
  EXPECT_NE(gap(), nullptr) << "two months";
  support(-9, 0, 9);  // −4.5 points: no hit, and not quiet
  support(9, 0, -9);
  support(0, 0, 0);
  EXPECT_NE(gap(), nullptr);
  support(0, 0, 0);
  EXPECT_EQ(gap(), nullptr) << "three months in a row";
}

TEST_F(InclusionRulesTest, R10NeedsEnoughCasesAndAnIntervalBelowParity) {
  begin();
  support(70, 46, 84);  // −8.7 points of 200: the upper limit is about −1.7
  EXPECT_NE(gap(), nullptr);
  auto const verdict = support(-1, 0, 0);
  const alerts::AlertUpdate* const update = update_of(verdict, "R10", "A", "all");
  ASSERT_NE(update, nullptr);
  EXPECT_THAT(update->suspended, HasSubstr("below 200"));
}

TEST_F(InclusionRulesTest, R10DoesNotTakeChanceForAGap) {
  begin();
  support(70, 53, 77);  // −5.2 points of 200: the upper limit is above 0
  EXPECT_EQ(gap(), nullptr);
}

TEST_F(InclusionRulesTest, R10IsNotAssessedIfTooManyPlacesAreUnknown) {
  begin();
  support(140, 100, 260, 126);
  EXPECT_EQ(gap(), nullptr);
  support(0, 0, 0, -1);
  EXPECT_NE(gap(), nullptr) << "125 of 625";
}

TEST_F(InclusionRulesTest, R16DetectsAGapOfSurvivalThatGrows) {
  // Cohorts of four years: in deprived places worse by `worse` each year.
  auto const run = [&](int worse) {
    Region region(alerts::default_rules(kMonths), options(), reference_);
    int32_t t = kBegin.value;
    for (; t < kBegin.value + 84; ++t) {
      std::vector<Delta> out = others(t);
      for (const char* leaf : {"A1d1", "A2d9"}) {
        int const died = leaf[3] == '1' ? 10 + worse * ((t - kBegin.value) / 12) : 10;
        out.push_back(at(leaf, Measure::kBirths, t, 50));
        out.push_back(at(leaf, Measure::kDeathsAge1, t, died));
        out.push_back(at(leaf, Measure::kDeaths, t, 10));
      }
      if (t < kBegin.value + 83) {
        region.add(t, out);
      } else {
        region.tick(t, out);
      }
    }
    const alerts::Alert* const alert = open_alert(region.book, "R16", "A", "all");
    return alert == nullptr ? std::nullopt : std::optional(*alert);
  };
  auto const grown = run(3);
  ASSERT_TRUE(grown);
  EXPECT_EQ(grown->state.severity, alerts::Severity::kAmber);
  EXPECT_NEAR(grown->raised_evidence.observed, -18, 1e-6);
  EXPECT_FALSE(run(0));
}

// A deployment without deciles asks no node.
TEST(InclusionRulesWithoutDecilesTest, NothingIsAssessed) {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id != "R10" && r.id != "R16"; });
  Region region(rules);
  region.add(kBegin.value, {delta(Measure::kBirths, kBegin.value - 30, 5000)});
  EXPECT_EQ(
      region.tick(kBegin.value + 1, {delta(Measure::kBirths, kBegin.value + 1, 5)}).series_assessed,
      0);
}

}  // namespace
}  // namespace bellwether::engine
