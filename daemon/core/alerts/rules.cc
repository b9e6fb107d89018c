#include "core/alerts/rules.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/alerts/rule_record.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::alerts {
namespace {

using indicators::Indicator;
using indicators::Measure;

// Thresholds of the one-sided CUSUM with k = 0.5, by in-control run length: 1000 periods for months
// (5200 months would be four centuries), 26,000 for weeks.
constexpr double kCusumMonthly = 5.071;
constexpr double kCusumWeekly = 8.315;
// An insolvency wave is local only if the rate is so many times that of the node above.
constexpr double kRateAgainstAbove = 1.25;
// A limit holds for what is beyond it. This one holds for 1 % and more.
constexpr double kOnePercent = 1 - 1e-9;

Rule rule(std::string id, std::string title, Severity severity, std::string action,
          RuleDetail detail) {
  Rule r;
  r.id = std::move(id);
  r.title = std::move(title);
  r.severity = severity;
  r.action = std::move(action);
  r.detail = std::move(detail);
  return r;
}

Rule count_rule(std::string id, std::string title, Measure measure, Harm harm, int clear_ticks,
                std::string action) {
  CountRule detail;
  detail.measure = measure;
  detail.harm = harm;
  Rule r = rule(std::move(id), std::move(title), Severity::kRed, std::move(action), detail);
  r.clear_ticks = clear_ticks;
  return r;
}

// A limit is tested separately in every period, so the alert clears in the first quiet one.
Rule limit_rule(std::string id, std::string title, Severity severity, std::string action,
                LimitRule detail) {
  Rule r = rule(std::move(id), std::move(title), severity, std::move(action), std::move(detail));
  r.clear_ticks = 1;
  return r;
}

Rule composite_rule(double threshold) {
  CompositeRule detail;
  detail.cusum_threshold = threshold;
  detail.parts = {{Measure::kBirths, Harm::kLow},
                  {Measure::kDeaths, Harm::kHigh},
                  {Measure::kStrikeOffCompulsory, Harm::kHigh},
                  {Measure::kInsolvencies, Harm::kHigh}};
  Rule r = rule("R13", "downturn on several counts", Severity::kRed,
                "headline: brief the task force, look at the counts that drive it", detail);
  r.enabled = false;
  // The key has no effect on a composite, because its parts have their own sides, but the digest of
  // the defaults includes it.
  RuleRecord read_from = record(r);
  read_from.harm = Harm::kHigh;
  r.read_from = std::make_shared<const RuleRecord>(std::move(read_from));
  return r;
}

// Nothing is assessed by them in a deployment without deciles of deprivation.
void add_inclusion_rules(RuleSet& set, int three_months) {
  set.rules.push_back(
      limit_rule("R10", "support misses deprived places", Severity::kAmber,
                 "outreach plan: begin where the explanation says",
                 {.indicator = Indicator::kInclusionGap, .harm = Harm::kLow, .limit = -5}));
  set.rules.back().clear_ticks = three_months;
  set.rules.push_back(
      limit_rule("R16", "survival gap", Severity::kAmber,
                 "mentoring in the second and third year of businesses in deprived places",
                 {.indicator = Indicator::kSurvivalGap,
                  .harm = Harm::kLow,
                  .limit = -5,
                  .second = SecondCondition{Indicator::kSurvivalGapChange, 0}}));
  set.rules.back().clear_ticks = three_months;
}

// The text of a key's value in the digest input.
std::string text_of(const std::string& v) {
  return v;
}
std::string text_of(double v) {
  return absl::StrFormat("%.17g", v);
}
std::string text_of(int32_t v) {
  return absl::StrFormat("%d", v);
}
std::string text_of(bool v) {
  return v ? "1" : "0";
}
std::string text_of(RuleKind v) {
  return std::string(kRuleKindNames[static_cast<size_t>(v)]);
}
std::string text_of(Harm v) {
  return std::string(base::kHarmNames[static_cast<size_t>(v)]);
}
std::string text_of(Severity v) {
  return std::string(kSeverityNames[static_cast<size_t>(v)]);
}
std::string text_of(const std::vector<std::string>& v) {
  return absl::StrJoin(v, ",");
}
std::string text_of(const std::vector<base::Days>& v) {
  std::string text;
  for (base::Days const day : v) base::append(text, text.empty() ? "" : ",", day.value);
  return text;
}

template <class Nodes, class Kind>
Nodes* nodes_of(Kind& kind) {
  if constexpr (requires { kind.nodes; }) {
    return &kind.nodes;
  } else {
    return nullptr;
  }
}

}  // namespace

bool operator==(const Rule& a, const Rule& b) {
  return record(a) == record(b);
}

const NodeScope* node_scope(const Rule& rule) {
  return std::visit([](auto& kind) { return nodes_of<const NodeScope>(kind); }, rule.detail);
}
NodeScope* node_scope(Rule& rule) {
  return std::visit([](auto& kind) { return nodes_of<NodeScope>(kind); }, rule.detail);
}

detection::StatedRate RuleSet::stated_rate() const {
  detection::StatedRate rate;
  rate.false_alarms_a_year = false_alarms_a_year.value_or(rate.false_alarms_a_year);
  rate.false_discovery_rate_max = false_discovery_rate;
  return rate;
}

const Rule* find_rule(const RuleSet& rules, std::string_view id) {
  auto const found = std::ranges::find(rules.rules, id, &Rule::id);
  return found == rules.rules.end() ? nullptr : &*found;
}

RuleSet default_rules(base::Calendar calendar) {
  bool const weekly = calendar.unit() == base::CalendarUnit::kWeek;
  double const h = weekly ? kCusumWeekly : kCusumMonthly;
  int const two_quarters = weekly ? 26 : 6;
  int const three_months = weekly ? 13 : 3;
  int const clear_ticks = weekly ? 4 : 2;
  RuleSet set;
  set.false_alarms_a_year = weekly ? detection::kFalseAlarmsWeekly : detection::kFalseAlarmsMonthly;
  set.rules.push_back(rule("R0", "source silent", Severity::kOps,
                           "check the connector; indicators that rest on it are not assessed",
                           SourceRule{.limit = 0.10}));
  set.rules.back().clear_ticks = 1;
  set.rules.push_back(count_rule("R1", "births falling", Measure::kBirths, Harm::kLow, clear_ticks,
                                 "sector outreach: ask the trade bodies, visit the incubators"));
  set.rules.push_back(limit_rule("R2", "shrinking", Severity::kAmber,
                                 "roundtable, start-up support",
                                 {.indicator = Indicator::kNetBirthRate,
                                  .harm = Harm::kLow,
                                  .limit = 0,
                                  .persistence = two_quarters}));
  set.rules.push_back(limit_rule(
      "R3", "insolvency wave", Severity::kRed, "rescue advisers, lender liaison",
      {.indicator = Indicator::kInsolvencyRise,
       .harm = Harm::kHigh,
       .limit = 1.5,
       .second = SecondCondition{Indicator::kInsolvencyAboveRatio, 1 / kRateAgainstAbove}}));
  set.rules.push_back(
      limit_rule("R4", "accounts late", Severity::kAmber, "compliance reminders",
                 {.indicator = Indicator::kAccountsOverdueRise, .harm = Harm::kHigh, .limit = 3}));
  set.rules.push_back(count_rule("R5", "strike-off wave", Measure::kStrikeOffCompulsory,
                                 Harm::kHigh, clear_ticks, "filing clinic"));
  set.rules.push_back(rule("R6", "distress at the desk", Severity::kAmber, "cash-flow clinics",
                           ShareRule{.indicator = Indicator::kDistressShare,
                                     .harm = Harm::kHigh,
                                     .cusum_threshold = h,
                                     .nodes = {.stock_min = 0}}));
  set.rules.push_back(limit_rule("R7", "broad downturn", Severity::kRed, "task force",
                                 {.indicator = Indicator::kDiffusion,
                                  .harm = Harm::kLow,
                                  .limit = 45,
                                  .persistence = three_months}));
  set.rules.push_back(limit_rule("R8", "redundancies", Severity::kRed, "rapid response",
                                 {.indicator = Indicator::kJobsAtRiskQuarter,
                                  .harm = Harm::kHigh,
                                  .limit = 49,
                                  .nodes = {.stock_min = 1}}));
  set.rules.push_back(limit_rule("R8b", "redundancies for a small place", Severity::kRed,
                                 "rapid response",
                                 {.indicator = Indicator::kJobsAtRiskShare,
                                  .harm = Harm::kHigh,
                                  .limit = kOnePercent,
                                  .nodes = {.stock_min = 1}}));
  set.rules.push_back(limit_rule("R9", "slow service", Severity::kOps, "staffing, triage",
                                 {.indicator = Indicator::kResponseP90,
                                  .harm = Harm::kHigh,
                                  .limit = 40,
                                  .nodes = {.stock_min = 0}}));
  set.rules.push_back(limit_rule("R9b", "referrals not completed", Severity::kOps,
                                 "staffing, triage: call the organisations",
                                 {.indicator = Indicator::kReferralCompletion,
                                  .harm = Harm::kLow,
                                  .limit = 50,
                                  .nodes = {.stock_min = 0}}));
  set.rules.push_back(count_rule("R12", "deaths rising", Measure::kDeaths, Harm::kHigh, clear_ticks,
                                 "rescue advice, creditor liaison"));
  add_inclusion_rules(set, three_months);
  set.rules.push_back(composite_rule(h));
  return set;
}

std::string digest(const RuleSet& rules) {
  std::string all = absl::StrFormat("fdr=%.17g", rules.false_discovery_rate);
  if (rules.false_alarms_a_year)
    absl::StrAppendFormat(&all, "|false_alarms=%.17g", *rules.false_alarms_a_year);
  for (const Rule& rule : rules.rules) {
    RuleRecord const r = record(rule);
    std::string_view separator = "\n";
    each_rule_key([&](const auto& key) {
      if (key.name == kParts.name) return;  // appended last, and only if the rule has parts
      base::append(all, separator, text_of(r.*key.field));
      separator = "|";
    });
    if (!r.parts.empty()) base::append(all, "|", text_of(r.parts));
  }
  if (const base::BusinessCalendar& c = rules.business_calendar; !c.empty()) {
    base::append(all, "\n|", text_of(c.days().holidays), "|", text_of(c.days().closures), "|",
                 text_of(c.days().feasts));
  }
  return absl::StrFormat("%016x", base::hash64(all));
}

absl::Status validate(const RuleSet& rules) {
  return parse(record(rules)).status();
}

}  // namespace bellwether::alerts
