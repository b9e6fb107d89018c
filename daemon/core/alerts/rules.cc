#include "core/alerts/rules.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/detection/composite.h"
#include "core/indicators/catalogue.h"

namespace bellwether::alerts {
namespace {

// Thresholds of the one-sided CUSUM with k = 0.5, by in-control run length: 1000 periods for months
// (where 5200 periods would be four centuries), 26,000 for weeks.
constexpr double kCusumMonthly = 5.071;
constexpr double kCusumWeekly = 8.315;

Rule detector_rule(std::string id, std::string title, std::string measure, Harm harm, double h,
                   std::string action) {
  Rule r;
  r.id = std::move(id);
  r.title = std::move(title);
  r.kind = RuleKind::kCountDetector;
  r.subject = std::move(measure);
  r.harm = harm;
  r.severity = Severity::kRed;
  r.cusum_threshold = h;
  r.action = std::move(action);
  return r;
}

Rule limit_rule(std::string id, std::string title, std::string indicator, Harm harm, double limit,
                int persistence, Severity severity, std::string action) {
  Rule r;
  r.id = std::move(id);
  r.title = std::move(title);
  r.kind = RuleKind::kIndicatorLimit;
  r.subject = std::move(indicator);
  r.harm = harm;
  r.severity = severity;
  r.limit = limit;
  r.persistence = persistence;
  r.clear_ticks = 1;
  r.action = std::move(action);
  return r;
}

void check_parts(const Rule& r, std::vector<std::string>& errors) {
  auto const complain = [&](const std::string& what) {
    errors.push_back(base::cat("rules.", r.id, ".parts: ", what));
  };
  if (r.parts.size() < detection::kCompositePartsMin ||
      r.parts.size() > detection::kCompositePartsMax) {
    complain(base::cat("name ", detection::kCompositePartsMin, " to ",
                       detection::kCompositePartsMax, " measures"));
  }
  std::vector<indicators::Measure> seen;
  for (const std::string& text : r.parts) {
    auto const part = parse_part(text);
    if (!part) {
      complain(
          base::cat("'", text,
                    "' is no part; write measure:low or measure:high, or with a weight of at most ",
                    kPartWeightMax, " as in deaths:high:0.5"));
    } else if (std::ranges::find(seen, part->measure) != seen.end()) {
      complain(base::cat("'", text, "' names a measure twice; name it once"));
    } else {
      seen.push_back(part->measure);
    }
  }
}

void check_rule(const Rule& r, std::vector<std::string>& errors) {
  auto const complain = [&](std::string_view field, std::string_view what) {
    errors.push_back(base::cat("rules.", r.id, ".", field, ": ", what));
  };
  bool id_ok = !r.id.empty() && r.id.size() <= kRuleIdBytesMax;
  for (char c : r.id) id_ok = id_ok && absl::ascii_isalnum(static_cast<unsigned char>(c));
  if (!id_ok) complain("id", "use 1 to 16 letters and digits");
  if (r.severity == Severity::kNone) complain("severity", "say ops, amber or red");
  switch (r.kind) {
    case RuleKind::kCountDetector:
      if (!indicators::find_measure(r.subject)) {
        complain("subject", base::cat("'", r.subject, "' is no measure; see ListIndicators"));
      }
      if (!(r.cusum_threshold > 0)) complain("cusum_threshold", "must be above 0");
      break;
    case RuleKind::kRatioDetector: {
      auto const indicator = indicators::find_indicator(r.subject);
      if (!indicator || indicators::info(*indicator).detector != "ratio") {
        complain("subject", base::cat("'", r.subject, "' is no share that a ratio detector knows"));
      }
      if (!(r.cusum_threshold > 0)) complain("cusum_threshold", "must be above 0");
      break;
    }
    case RuleKind::kIndicatorLimit:
      if (!indicators::find_indicator(r.subject)) {
        complain("subject", base::cat("'", r.subject, "' is no indicator; see ListIndicators"));
      }
      if (!std::isfinite(r.limit)) complain("limit", "must be a number");
      if (r.persistence < 1 || r.persistence > 104) complain("persistence", "must be 1 to 104");
      break;
    case RuleKind::kSourceSilent:
      if (!(r.limit > 0 && r.limit < 1)) complain("limit", "must be between 0 and 1");
      break;
    case RuleKind::kComposite:
      check_parts(r, errors);
      if (!(r.cusum_threshold > 0)) complain("cusum_threshold", "must be above 0");
      break;
  }
  if (r.kind != RuleKind::kComposite && !r.parts.empty())
    complain("parts", "only a composite has parts");
  if (!r.second_subject.empty() && !indicators::find_indicator(r.second_subject)) {
    complain("second_subject", base::cat("'", r.second_subject, "' is no indicator"));
  }
  if (!(r.stock_min >= 0)) complain("stock_min", "must be 0 or more");
  if (!(r.expected_min >= 0)) complain("expected_min", "must be 0 or more");
  if (!(r.ratio_red >= 0)) complain("ratio_red", "must be 0 or more");
  if (!(r.clear_fraction > 0 && r.clear_fraction <= 1)) {
    complain("clear_fraction", "must be above 0 and at most 1");
  }
  if (r.clear_ticks < 1 || r.clear_ticks > 104) complain("clear_ticks", "must be 1 to 104");
}

}  // namespace

std::optional<CompositePart> parse_part(std::string_view text) {
  std::vector<std::string> const fields =
      absl::StrSplit(absl::string_view(text.data(), text.size()), ':');
  if (fields.size() < 2 || fields.size() > 3) return std::nullopt;
  auto const measure = indicators::find_measure(fields[0]);
  auto const side = std::ranges::find(base::kHarmNames, fields[1]);
  if (!measure || side == base::kHarmNames.end()) return std::nullopt;
  CompositePart part{*measure, static_cast<Harm>(side - base::kHarmNames.begin())};
  if (fields.size() == 2) return part;
  if (!absl::SimpleAtod(fields[2], &part.weight)) return std::nullopt;
  if (!(part.weight > 0 && part.weight <= kPartWeightMax)) return std::nullopt;
  return part;
}

const Rule* find_rule(const RuleSet& rules, std::string_view id) {
  auto const found = std::ranges::find(rules.rules, id, &Rule::id);
  return found == rules.rules.end() ? nullptr : &*found;
}

RuleSet default_rules(base::Calendar calendar) {
  bool const weekly = calendar.unit() == base::CalendarUnit::kWeek;
  double const h = weekly ? kCusumWeekly : kCusumMonthly;
  int const two_quarters = weekly ? 26 : 6;
  RuleSet set;
  Rule silent;
  silent.id = "R0";
  silent.title = "source silent";
  silent.kind = RuleKind::kSourceSilent;
  silent.severity = Severity::kOps;
  silent.limit = 0.10;
  silent.clear_ticks = 1;
  silent.action = "check the connector; indicators that rest on it are not assessed";
  set.rules.push_back(silent);
  set.rules.push_back(detector_rule("R1", "births falling", "births", Harm::kLow, h,
                                    "sector outreach: ask the trade bodies, visit the incubators"));
  set.rules.push_back(limit_rule("R2", "shrinking", "net_birth_rate_12m", Harm::kLow, 0,
                                 two_quarters, Severity::kAmber, "roundtable, start-up support"));
  set.rules.push_back(detector_rule("R5", "strike-off wave", "strike_off_compulsory", Harm::kHigh,
                                    h, "filing clinic"));
  Rule distress = detector_rule("R6", "distress at the desk", "distress_share_28d", Harm::kHigh, h,
                                "cash-flow clinics");
  distress.kind = RuleKind::kRatioDetector;
  distress.severity = Severity::kAmber;
  distress.stock_min = 0;
  set.rules.push_back(distress);
  Rule slow = limit_rule("R9", "slow service", "first_response_p90_28d", Harm::kHigh, 40, 1,
                         Severity::kOps, "staffing, triage");
  slow.stock_min = 0;
  set.rules.push_back(slow);
  set.rules.push_back(detector_rule("R12", "deaths rising", "deaths", Harm::kHigh, h,
                                    "rescue advice, creditor liaison"));
  Rule composite =
      detector_rule("R13", "downturn on several counts", "", Harm::kHigh, h,
                    "headline: brief the task force, look at the counts that drive it");
  composite.kind = RuleKind::kComposite;
  composite.parts = {"births:low", "deaths:high", "strike_off_compulsory:high",
                     "insolvencies:high"};
  composite.enabled = false;
  set.rules.push_back(composite);
  return set;
}

std::string digest(const RuleSet& rules) {
  std::string all = absl::StrFormat("fdr=%.17g", rules.false_discovery_rate);
  for (const Rule& r : rules.rules) {
    base::append(all, "\n", r.id, "|", r.title, "|", kRuleKindNames[static_cast<size_t>(r.kind)],
                 "|", r.subject, "|", base::kHarmNames[static_cast<size_t>(r.harm)], "|",
                 kSeverityNames[static_cast<size_t>(r.severity)], "|", r.action, "|",
                 absl::StrFormat("%.17g|%.17g|%.17g|%.17g|%.17g|%d|%.17g|%d", r.stock_min,
                                 r.expected_min, r.cusum_threshold, r.ratio_red, r.limit,
                                 r.persistence, r.clear_fraction, r.clear_ticks),
                 "|", absl::StrJoin(r.sector_levels, ","), "|", absl::StrJoin(r.area_levels, ","),
                 "|", r.second_subject, "|",
                 absl::StrFormat("%.17g|%d", r.second_limit, r.enabled ? 1 : 0));
    if (!r.parts.empty()) base::append(all, "|", absl::StrJoin(r.parts, ","));
  }
  return absl::StrFormat("%016x", base::hash64(all));
}

absl::Status validate(const RuleSet& rules) {
  std::vector<std::string> errors;
  if (rules.rules.size() > kRulesMax) {
    errors.push_back(base::cat("rules: ", rules.rules.size(), " rules; at most ", kRulesMax));
  }
  if (!(rules.false_discovery_rate > 0 && rules.false_discovery_rate < 1)) {
    errors.push_back("rules.false_discovery_rate: must be between 0 and 1");
  }
  for (size_t i = 0; i < rules.rules.size(); ++i) {
    check_rule(rules.rules[i], errors);
    for (size_t j = 0; j < i; ++j) {
      if (rules.rules[i].id == rules.rules[j].id) {
        errors.push_back(base::cat("rules.", rules.rules[i].id, ": stands twice; name it once"));
      }
    }
  }
  if (errors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
}

}  // namespace bellwether::alerts
