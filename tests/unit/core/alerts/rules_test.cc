#include "core/alerts/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "core/alerts/rule_record.h"
#include "core/base/text.h"
#include "core/detection/run_length.h"
#include "support/calendars.h"
#include "support/must.h"

namespace bellwether::alerts {
namespace {

using testing::kMonths;
using testing::kWeeks;

std::string complaint(const RuleSetRecord& rules) {
  return std::string(base::from_absl(parse(rules).status().message()));
}
std::string complaint(const RuleSet& rules) {
  return std::string(base::from_absl(validate(rules).message()));
}
RuleRecord& record_of(RuleSetRecord& set, std::string_view id) {
  return *std::ranges::find(set.rules, id, &RuleRecord::id);
}
CountRule& count_of(Rule& rule) {
  return std::get<CountRule>(rule.detail);
}

TEST(RulesTest, TheDefaultsAreValidAndDifferByCalendar) {
  EXPECT_TRUE(validate(default_rules(kMonths)).ok());
  EXPECT_TRUE(validate(default_rules(kWeeks)).ok());
  EXPECT_NE(digest(default_rules(kMonths)), digest(default_rules(kWeeks)));
  EXPECT_EQ(digest(default_rules(kMonths)), digest(default_rules(kMonths)));
}

TEST(RulesTest, TheDefaultsHaveTheLimitsOfTheirIndicators) {
  for (auto const& [calendar, three_months] : {std::pair{kMonths, 3}, {kWeeks, 13}}) {
    RuleSet const set = default_rules(calendar);
    auto const limit = [&](const char* id) {
      return std::get<LimitRule>(find_rule(set, id)->detail);
    };
    EXPECT_EQ(limit("R3").limit, 1.5);
    EXPECT_EQ(limit("R3").second->indicator, indicators::Indicator::kInsolvencyAboveRatio);
    EXPECT_EQ(limit("R3").second->below, 0.8) << "1.25 times the rate of the area above";
    EXPECT_EQ(limit("R4").limit, 3);
    EXPECT_EQ(limit("R4").indicator, indicators::Indicator::kAccountsOverdueRise);
    EXPECT_EQ(limit("R7").limit, 45);
    EXPECT_EQ(limit("R7").harm, Harm::kLow);
    EXPECT_EQ(limit("R7").persistence, three_months);
    EXPECT_EQ(limit("R8").limit, 49) << "at least 50 jobs";
    EXPECT_NEAR(limit("R8b").limit, 1, 1e-5) << "at least 1 % of the jobs";
    EXPECT_EQ(limit("R8b").indicator, indicators::Indicator::kJobsAtRiskShare);
    EXPECT_EQ(limit("R9b").limit, 50);
    EXPECT_EQ(limit("R10").indicator, indicators::Indicator::kInclusionGap);
    EXPECT_EQ(limit("R16").second->indicator, indicators::Indicator::kSurvivalGapChange);
    for (const char* id : {"R10", "R16"}) {
      EXPECT_EQ(limit(id).limit, -5) << id;
      EXPECT_EQ(find_rule(set, id)->severity, Severity::kAmber) << id;
      EXPECT_EQ(find_rule(set, id)->clear_ticks, three_months) << id;
    }
    for (const char* id : {"R3", "R7", "R8", "R8b"})
      EXPECT_EQ(find_rule(set, id)->severity, Severity::kRed) << id;
    EXPECT_EQ(find_rule(set, "R4")->severity, Severity::kAmber);
    EXPECT_EQ(find_rule(set, "R9b")->severity, Severity::kOps);
  }
}

// The thresholds have these run lengths without a change: 1000 months, 26,000 weeks.
TEST(RulesTest, TheThresholdsHaveTheirStatedRunLengths) {
  for (auto [calendar, run] : {std::pair{kMonths, 1000.0}, {kWeeks, 26'000.0}}) {
    int shares = 0;
    for (const Rule& r : default_rules(calendar).rules) {
      const ShareRule* const share = std::get_if<ShareRule>(&r.detail);
      if (share == nullptr) continue;
      ++shares;
      EXPECT_NEAR(detection::cusum_average_run_length(0.5, share->cusum_threshold, 0), run,
                  0.005 * run)
          << r.id;
    }
    EXPECT_GT(shares, 0);
  }
}

TEST(RulesTest, TheFalseAlarmsAreStatedAndInTheDigest) {
  RuleSet set = default_rules(kWeeks);
  EXPECT_EQ(set.stated_rate().false_alarms_a_year, 0.05);
  EXPECT_EQ(default_rules(kMonths).stated_rate().false_alarms_a_year, 0.1);
  std::string const before = digest(set);
  set.false_alarms_a_year = 0.02;
  EXPECT_EQ(set.stated_rate().false_alarms_a_year, 0.02);
  EXPECT_NE(digest(set), before);
  EXPECT_EQ(complaint(set), "");
  // A rule set of an older journal states none and gets the default.
  set.false_alarms_a_year.reset();
  EXPECT_EQ(set.stated_rate().false_alarms_a_year, detection::StatedRate().false_alarms_a_year);
  EXPECT_EQ(record(set).false_alarms_a_year, kFalseAlarmsNotStated);
  EXPECT_EQ(testing::must(parse(record(set))), set);
  for (double bad : {kFalseAlarmsMin / 2, kFalseAlarmsMax * 1.01, -1.0, std::nan("")}) {
    set.false_alarms_a_year = bad;
    EXPECT_THAT(complaint(set), ::testing::HasSubstr("rules.false_alarms_a_year")) << bad;
  }
}

TEST(RulesTest, EveryWrongFieldIsNamed) {
  RuleSetRecord set = record(default_rules(kMonths));
  RuleRecord& births = set.rules[1];
  births.subject = "brths";
  record_of(set, "R6").cusum_threshold = 0;
  births.clear_ticks = 0;
  record_of(set, "R2").limit = std::nan("");
  record_of(set, "R5").id = "R2";
  set.false_discovery_rate = 1;
  std::string const text = complaint(set);
  for (const char* part :
       {"rules.R1.subject: 'brths'", "rules.R6.cusum_threshold", "rules.R1.clear_ticks",
        "rules.R2.limit", "rules.R2: is defined twice", "rules.false_discovery_rate"}) {
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

TEST(RulesTest, WrongCompositePartsAreRefused) {
  auto const said = [](std::vector<std::string> parts, RuleKind kind = RuleKind::kComposite) {
    RuleSetRecord set = record(default_rules(kMonths));
    RuleRecord& r = set.rules.back();
    EXPECT_EQ(r.kind, RuleKind::kComposite);
    EXPECT_FALSE(r.enabled) << "no backtest shows that it is better than births alone";
    r.kind = kind;
    r.parts = std::move(parts);
    return complaint(set);
  };
  EXPECT_EQ(said({"births:low", "deaths:high"}), "");
  EXPECT_THAT(said({"births:low"}), ::testing::HasSubstr("rules.R13.parts: name 2 to 8 measures"));
  EXPECT_THAT(said(std::vector<std::string>(9, "births:low")),
              ::testing::HasSubstr("name 2 to 8 measures"));
  EXPECT_THAT(said({"births:low", "births:high"}), ::testing::HasSubstr("names a measure twice"));
  EXPECT_THAT(said({"births:low", "deths:high"}),
              ::testing::HasSubstr("'deths:high' is not a part"));
  EXPECT_THAT(said({"births:low", "deaths:high"}, RuleKind::kCountDetector),
              ::testing::HasSubstr("only a composite has parts"));
}

// Uses the record, because old rule sets have keys without effect, which are part of their digests.
TEST(RulesTest, EveryFieldIsInTheDigest) {
  RuleSetRecord const set = record(default_rules(kMonths));
  std::string const before = digest(testing::must(parse(set)));
  auto const changed = [&](auto change) {
    RuleSetRecord other = set;
    change(other.rules[1]);
    return digest(testing::must(parse(other))) != before;
  };
  EXPECT_TRUE(changed([](RuleRecord& r) { r.title += "x"; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.stock_min += 1; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.expected_min += 1; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.cusum_threshold += 1e-9; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.ratio_red += 1e-9; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.limit += 1; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.persistence += 1; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.clear_fraction /= 2; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.clear_ticks += 1; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.sector_levels = {"section"}; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.area_levels = {"region"}; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.second_subject = "birth_momentum_90d"; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.second_limit = 0.8; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.enabled = false; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.action += "x"; }));
  EXPECT_TRUE(changed([](RuleRecord& r) { r.harm = Harm::kHigh; }));
  RuleSetRecord other = set;
  other.rules.back().parts.pop_back();
  EXPECT_NE(digest(testing::must(parse(other))), before);
  EXPECT_TRUE(changed([](RuleRecord& r) {
    r.kind = RuleKind::kComposite;
    r.cusum_threshold = 5;
    r.parts = {"births:low", "deaths:high"};
  }));
}

// Journaled rule sets have these digests. A replica with a different digest would ignore every
// evaluation of its peers.
TEST(RulesTest, TheDefaultsKeepTheirDigests) {
  EXPECT_EQ(digest(default_rules(kMonths)), "c5b6da833b3e1bfc");
  EXPECT_EQ(digest(default_rules(kWeeks)), "9b12b5c09ce3a16a");
}

// Those of earlier builds, which had fewer rules.
TEST(RulesTest, TheDefaultsOfEarlierBuildsKeepTheirDigests) {
  auto const without = [](base::Calendar calendar, const std::set<std::string>& later) {
    RuleSet set = default_rules(calendar);
    std::erase_if(set.rules, [&](const Rule& r) { return later.contains(r.id); });
    return digest(set);
  };
  EXPECT_EQ(without(kMonths, {"R8b"}), "91013cf3d157b3d1");
  EXPECT_EQ(without(kWeeks, {"R8b"}), "7fdbb98a03da9b27");
  EXPECT_EQ(without(kMonths, {"R8b", "R10", "R16"}), "46bdf66868bae6ed");
  EXPECT_EQ(without(kWeeks, {"R8b", "R10", "R16"}), "f18651ac48fd49b2");
  std::set<std::string> const limits = {"R3", "R4", "R7", "R8", "R8b", "R9b", "R10", "R16"};
  EXPECT_EQ(without(kMonths, limits), "3f9af0f9a7f8aac1");
  EXPECT_EQ(without(kWeeks, limits), "a0932c35084b2bbf");
}

TEST(RulesTest, SpecialDaysAreInTheDigestIfThereAreAny) {
  auto const with = [](base::SpecialDays days) {
    RuleSetRecord set = record(default_rules(kMonths));
    set.special_days = std::move(days);
    RuleSet const rules = testing::must(parse(set));
    EXPECT_EQ(record(rules).special_days, set.special_days);
    return digest(rules);
  };
  EXPECT_EQ(with({}), digest(default_rules(kMonths)));
  std::set<std::string> digests;
  base::Days const a(1), b(2), c(12);
  std::vector<base::SpecialDays> const all = {{},
                                              {{a}, {}, {}},
                                              {{}, {a}, {}},
                                              {{}, {}, {a}},
                                              {{a, b}, {}, {}},
                                              {{c}, {}, {}},
                                              {{a}, {b}, {}},
                                              {{a, b}, {b}, {c}}};
  for (const base::SpecialDays& days : all) digests.insert(with(days));
  EXPECT_EQ(digests.size(), all.size());
}

TEST(RulesTest, SpecialDaysOutOfOrderAreRefused) {
  RuleSetRecord set = record(default_rules(kMonths));
  set.special_days.closures = {base::Days(2), base::Days(1)};
  EXPECT_EQ(complaint(set), "special days: closures: the days are not in ascending order");
}

TEST(RulesTest, AKindUsesItsOwnKeys) {
  for (RuleKind const kind :
       {RuleKind::kSourceSilent, RuleKind::kCountDetector, RuleKind::kRatioDetector,
        RuleKind::kIndicatorLimit, RuleKind::kComposite}) {
    EXPECT_TRUE(has_effect(kind, "severity"));
    EXPECT_EQ(has_effect(kind, "stock_min"), kind != RuleKind::kSourceSilent);
    EXPECT_EQ(has_effect(kind, "parts"), kind == RuleKind::kComposite);
    EXPECT_EQ(has_effect(kind, "persistence"), kind == RuleKind::kIndicatorLimit);
    EXPECT_EQ(has_effect(kind, "second_limit"),
              kind != RuleKind::kSourceSilent && kind != RuleKind::kRatioDetector);
    EXPECT_FALSE(has_effect(kind, "colour"));
  }
  EXPECT_FALSE(has_effect(RuleKind::kComposite, "harm")) << "its parts have their own";
  EXPECT_FALSE(has_effect(RuleKind::kSourceSilent, "subject")) << "it tests every topic";
}

TEST(RulesTest, ARuleKeepsTheKeysWithoutEffectInItsRecord) {
  RuleSetRecord set = record(default_rules(kMonths));
  RuleRecord& slow = record_of(set, "R9");
  slow.cusum_threshold = 7;
  slow.expected_min = 9;
  RuleRecord& composite = set.rules.back();
  composite.parts = {"births:low:1.0", "deaths:high:0.50"};
  RuleSet const rules = testing::must(parse(set));
  EXPECT_EQ(record(rules).rules, set.rules);
  EXPECT_EQ(std::get<LimitRule>(find_rule(rules, "R9")->detail).limit, 40);
  EXPECT_EQ(std::get<CompositeRule>(rules.rules.back().detail).parts[1].weight, 0.5);
}

TEST(RulesTest, AChangedFieldIsInTheRecordWithTheKeysWithoutEffect) {
  RuleSetRecord set = record(default_rules(kMonths));
  set.rules[1].limit = 3;  // no effect on counts
  RuleSet rules = testing::must(parse(set));
  count_of(rules.rules[1]).expected_min = 4.25;
  count_of(rules.rules[1]).second = SecondCondition{indicators::Indicator::kChurn, 1.5};
  RuleRecord const r = record(rules.rules[1]);
  EXPECT_EQ(r.limit, 3);
  EXPECT_EQ(r.expected_min, 4.25);
  EXPECT_EQ(r.second_subject, "churn_12m");
  EXPECT_EQ(r.second_limit, 1.5);
  EXPECT_EQ(testing::must(parse({{r}})).rules[0], rules.rules[1]);
}

TEST(RulesTest, ARatioRuleNeedsAShareOfTwoCounts) {
  RuleSetRecord set = record(default_rules(kMonths));
  record_of(set, "R6").subject = "churn_12m";
  EXPECT_THAT(
      complaint(set),
      ::testing::HasSubstr("rules.R6.subject: 'churn_12m' is not a share that a ratio detector"));
}

}  // namespace
}  // namespace bellwether::alerts
