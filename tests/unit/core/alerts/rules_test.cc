#include "core/alerts/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/base/text.h"
#include "core/detection/run_length.h"

namespace bellwether::alerts {
namespace {

constexpr base::Calendar kMonths(base::CalendarUnit::kMonth);
constexpr base::Calendar kWeeks(base::CalendarUnit::kWeek);

std::string complaint(const RuleSet& rules) {
  return std::string(base::from_absl(validate(rules).message()));
}

TEST(RulesTest, TheDefaultsAreValidAndDifferByCalendar) {
  EXPECT_TRUE(validate(default_rules(kMonths)).ok());
  EXPECT_TRUE(validate(default_rules(kWeeks)).ok());
  EXPECT_NE(digest(default_rules(kMonths)), digest(default_rules(kWeeks)));
  EXPECT_EQ(digest(default_rules(kMonths)), digest(default_rules(kMonths)));
}

// The thresholds stand for run lengths: 1000 months, 26,000 weeks without a change.
TEST(RulesTest, TheThresholdsHaveTheRunLengthsThatTheyStandFor) {
  for (auto [calendar, run] : {std::pair{kMonths, 1000.0}, {kWeeks, 26'000.0}}) {
    for (const Rule& r : default_rules(calendar).rules) {
      if (r.kind != RuleKind::kCountDetector) continue;
      EXPECT_NEAR(detection::cusum_average_run_length(0.5, r.cusum_threshold, 0), run, 0.005 * run)
          << r.id;
    }
  }
}

TEST(RulesTest, EveryWrongFieldIsNamed) {
  RuleSet set = default_rules(kMonths);
  Rule& births = set.rules[1];
  births.subject = "brths";
  births.cusum_threshold = 0;
  births.clear_ticks = 0;
  set.rules[2].limit = std::nan("");
  set.rules[3].id = set.rules[2].id;
  set.false_discovery_rate = 1;
  std::string const text = complaint(set);
  for (const char* part :
       {"rules.R1.subject: 'brths'", "rules.R1.cusum_threshold", "rules.R1.clear_ticks",
        "rules.R2.limit", "rules.R2: stands twice", "rules.false_discovery_rate"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(part));
  }
}

TEST(RulesTest, TooManyRulesAndLongIdsAreRefused) {
  RuleSet set;
  Rule r = default_rules(kMonths).rules[1];
  for (size_t i = 0; i <= kRulesMax; ++i) {
    r.id = base::cat("R", i);
    set.rules.push_back(r);
  }
  EXPECT_THAT(complaint(set), ::testing::HasSubstr("at most 64"));
  set.rules.resize(1);
  set.rules[0].id = std::string(kRuleIdBytesMax, 'x');
  EXPECT_TRUE(validate(set).ok());
  set.rules[0].id += 'x';
  EXPECT_THAT(complaint(set), ::testing::HasSubstr("letters and digits"));
}

TEST(RulesTest, APartIsAMeasureASideAndAWeight) {
  auto const part = parse_part("deaths:high:0.5");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->measure, indicators::Measure::kDeaths);
  EXPECT_EQ(part->harm, Harm::kHigh);
  EXPECT_EQ(part->weight, 0.5);
  EXPECT_EQ(parse_part("births:low")->weight, 1);
  for (const char* bad : {"", "births", "brths:low", "births:down", "births:low:0", "births:low:-1",
                          "births:low:x", "births:low:nan", "births:low:101", "births:low:1:1"}) {
    EXPECT_FALSE(parse_part(bad)) << bad;
  }
}

TEST(RulesTest, ACompositeNamesItsPartsWell) {
  auto const said = [](std::vector<std::string> parts, RuleKind kind = RuleKind::kComposite) {
    RuleSet set = default_rules(kMonths);
    Rule& r = set.rules.back();
    EXPECT_EQ(r.kind, RuleKind::kComposite);
    EXPECT_FALSE(r.enabled) << "it has not been shown to be better than births alone";
    r.kind = kind;
    r.parts = std::move(parts);
    return complaint(set);
  };
  EXPECT_EQ(said({"births:low", "deaths:high"}), "");
  EXPECT_THAT(said({"births:low"}), ::testing::HasSubstr("rules.R13.parts: name 2 to 8 measures"));
  EXPECT_THAT(said(std::vector<std::string>(9, "births:low")),
              ::testing::HasSubstr("name 2 to 8 measures"));
  EXPECT_THAT(said({"births:low", "births:high"}), ::testing::HasSubstr("names a measure twice"));
  EXPECT_THAT(said({"births:low", "deths:high"}), ::testing::HasSubstr("'deths:high' is no part"));
  EXPECT_THAT(said({"births:low", "deaths:high"}, RuleKind::kCountDetector),
              ::testing::HasSubstr("only a composite has parts"));
}

TEST(RulesTest, EveryFieldIsInTheDigest) {
  RuleSet const set = default_rules(kMonths);
  auto const changed = [&](auto change) {
    RuleSet other = set;
    change(other.rules[1]);
    return digest(other) != digest(set);
  };
  EXPECT_TRUE(changed([](Rule& r) { r.title += "x"; }));
  EXPECT_TRUE(changed([](Rule& r) { r.stock_min += 1; }));
  EXPECT_TRUE(changed([](Rule& r) { r.parts = {"births:low"}; }));
  EXPECT_TRUE(changed([](Rule& r) { r.expected_min += 1; }));
  EXPECT_TRUE(changed([](Rule& r) { r.cusum_threshold += 1e-9; }));
  EXPECT_TRUE(changed([](Rule& r) { r.ratio_red += 1e-9; }));
  EXPECT_TRUE(changed([](Rule& r) { r.persistence += 1; }));
  EXPECT_TRUE(changed([](Rule& r) { r.clear_fraction /= 2; }));
  EXPECT_TRUE(changed([](Rule& r) { r.clear_ticks += 1; }));
  EXPECT_TRUE(changed([](Rule& r) { r.sector_levels = {"section"}; }));
  EXPECT_TRUE(changed([](Rule& r) { r.area_levels = {"region"}; }));
  EXPECT_TRUE(changed([](Rule& r) { r.second_subject = "birth_momentum_90d"; }));
  EXPECT_TRUE(changed([](Rule& r) { r.second_limit = 0.8; }));
  EXPECT_TRUE(changed([](Rule& r) { r.enabled = false; }));
  EXPECT_TRUE(changed([](Rule& r) { r.action += "x"; }));
  EXPECT_TRUE(changed([](Rule& r) { r.harm = Harm::kHigh; }));
}

}  // namespace
}  // namespace bellwether::alerts
