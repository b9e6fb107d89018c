#include "core/engine/why_not.h"

#include <cmath>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/detection/multi_speed.h"
#include "core/engine/explain.h"
#include "core/engine/rules/limit.h"
#include "core/engine/rules/prose.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

using alerts::Rule;
using alerts::RuleKind;
using base::cat;

namespace {

bool is_on_source(const Rule& rule) {
  return rule.kind() == RuleKind::kSourceSilent;
}

// A small p keeps its first digits: "0.31", "1e-06".
std::string p_text(double p) {
  return absl::StrFormat("%.2g", p);
}

std::string deviations(double x) {
  return absl::StrFormat("%.1f standard deviations", x);
}

std::string levels_text(const std::vector<std::string>& levels) {
  return absl::StrJoin(levels, ", ");
}

// Conditions on the node, which the rule asks before it looks at a series.
std::string scope_text(const View& view, const Rule& rule, const Judgement& judgement,
                       GateKind kind) {
  const alerts::NodeScope* const nodes = alerts::node_scope(rule);
  switch (kind) {
    case GateKind::kEnabled:
      return "the rule is disabled";
    case GateKind::kClassified:
      return "out of scope of the rule: businesses without a sector are not judged";
    case GateKind::kInForce:
      return cat("out of scope of the rule: the area does not exist in ",
                 view.calendar.name(judgement.signal.evidence.period));
    case GateKind::kAreaLevel:
      if (nodes->area_levels.empty()) {
        return "out of scope of the rule: parts with or without mass addresses are judged only "
               "by a rule that names their level";
      }
      return cat("out of scope of the rule: it judges only areas of the level ",
                 levels_text(nodes->area_levels));
    case GateKind::kSectorLevel:
      return cat("out of scope of the rule: it judges only sectors of the level ",
                 levels_text(nodes->sector_levels));
    case GateKind::kSeen:
      return "nothing of this series is kept: what the rule judges was never seen here";
    default:
      return "";
  }
}

std::string expected_text(const View& view, const Rule& rule, const Gate& g) {
  bool const source = is_on_source(rule);
  bool const months = view.calendar.unit() == base::CalendarUnit::kMonth;
  std::string const what = cat(source ? "expected volume" : "expected count",
                               std::isnan(g.found) ? "" : cat(" of ", figure(g.found)),
                               source   ? ""
                               : months ? " in a month"
                                        : " in four weeks");
  if (g.passed) return cat(what, ", at least ", figure(g.needed));
  return cat(what, " is below ", source ? "" : "the rule's gate of ", figure(g.needed),
             source ? ": too little to tell silence" : "");
}

std::string stock_text(const Gate& g) {
  std::string const what =
      cat("stock", std::isnan(g.found) ? "" : cat(" of ", figure(g.found), " businesses"));
  return cat(what, g.passed ? ", at least " : " is below the rule's gate of ", figure(g.needed));
}

// The gates of an indicator's limit.
std::string limit_text(const Rule& rule, const Gate& g) {
  const auto& limit = std::get<alerts::LimitRule>(rule.detail);
  std::string_view const suffix = base::unit_suffix(unit_of(rule));
  std::string_view const beyond = limit.harm == base::Harm::kLow ? "below" : "above";
  std::string const found = cat(figure(g.found), suffix);
  std::string const needed = cat(figure(g.needed), suffix);
  switch (g.kind) {
    case GateKind::kBeyond:
      return cat(found, g.passed ? " is " : " is not ", beyond, " the limit of ", needed);
    case GateKind::kInARow:
      if (g.passed) return cat(beyond, " the limit for at least ", g.needed, " periods in a row");
      return cat(beyond, " the limit for only ", g.found, g.found == 1 ? " period" : " periods",
                 " in a row; the rule asks for ", g.needed);
    default:
      break;
  }
  if (g.passed)
    return absl::StrFormat("all of the %.1f %% interval is %s the limit", 100 * kLimitLevel,
                           beyond);
  return absl::StrFormat(
      "it may be chance: the %.1f %% interval reaches to %s, which is not %s the limit of %s",
      100 * kLimitLevel, found, beyond, needed);
}

std::string own_level_text(const View& view, const Rule& rule, const Gate& g) {
  if (is_on_source(rule)) {
    return cat("p ", p_text(g.found), " of so low a volume by chance; the level is ",
               p_text(g.needed));
  }
  auto const how_often = [&](double p) {
    return base::how_often(detection::false_alarms_a_year(p, view.calendar));
  };
  return cat("p ", p_text(g.found), ": by chance an ordinary series goes this far ",
             how_often(g.found), "; the level is ", how_often(g.needed), " (p ", p_text(g.needed),
             ")");
}

std::string with_region_text(const Gate& g) {
  if (g.passed)
    return cat("the whole region deviates, and this part of it by ", deviations(g.found));
  if (g.found >= g.needed) return "the whole region does not deviate at its level";
  return cat("even if the whole region deviates, this part follows it too little: ",
             deviations(g.found), ", and a hit needs ", deviations(g.needed));
}

// REQUIRES: the rule has a second condition.
const alerts::SecondCondition& second_of(const Rule& rule) {
  if (const auto* const count = std::get_if<alerts::CountRule>(&rule.detail)) return *count->second;
  if (const auto* const limit = std::get_if<alerts::LimitRule>(&rule.detail)) return *limit->second;
  return *std::get<alerts::CompositeRule>(rule.detail).second;
}

std::string second_text(const Rule& rule, const Gate& g) {
  const alerts::SecondCondition& second = second_of(rule);
  const indicators::IndicatorInfo& indicator = indicators::info(second.indicator);
  std::string_view const suffix = base::unit_suffix(indicator.unit);
  if (std::isnan(g.found))
    return cat("the second condition cannot be assessed: ", indicator.title, " has no value");
  return cat("the second condition ", g.passed ? "holds: " : "does not hold: ", indicator.title,
             " ", figure(g.found), suffix, " is ", g.passed ? "" : "not ", "below ",
             figure(g.needed), suffix);
}

// "The rule hits: …", with the gate that decided for it.
std::string how_hit(const View& view, const Rule& rule, const Judgement& judgement) {
  std::string text;
  for (const Gate& g : judgement.gates) {
    if (g.passed && g.kind >= GateKind::kBeyond && g.kind != GateKind::kGoing)
      base::append(text, text.empty() ? "" : "; ", text_of(view, rule, judgement, g));
  }
  return cat("the rule hits", text.empty() ? "" : ": ", text);
}

}  // namespace

std::string_view unit_of(const Rule& rule) {
  return info(rule.kind()).unit(rule);
}

std::string text_of(const View& view, const Rule& rule, const Judgement& judgement, const Gate& g) {
  const std::string& reason = judgement.signal.why_not;
  switch (g.kind) {
    case GateKind::kHeard:
      return g.passed ? "its sources report" : cat("suspended: ", reason);
    case GateKind::kAssessed:
      return g.passed ? "it can be assessed" : cat("cannot be assessed: ", reason);
    case GateKind::kExpected:
      return expected_text(view, rule, g);
    case GateKind::kStock:
      return stock_text(g);
    case GateKind::kBeyond:
    case GateKind::kInARow:
    case GateKind::kSure:
      return limit_text(rule, g);
    case GateKind::kGoing:
      return g.passed ? cat("the latest periods deviate by ", deviations(g.found))
                      : cat("the latest periods do not deviate towards harm: ", deviations(g.found),
                            ", and a hit needs ", figure(g.needed));
    case GateKind::kOwnLevel:
      return own_level_text(view, rule, g);
    case GateKind::kTogether:
      return cat("among all series of the tick p counts as ", p_text(g.found), "; the level is ",
                 p_text(g.needed));
    case GateKind::kWithRegion:
      return with_region_text(g);
    case GateKind::kChange:
      return absl::StrFormat("the change statistic is %.1f; the rule's threshold is %.1f", g.found,
                             g.needed);
    case GateKind::kSecond:
      return second_text(rule, g);
    case GateKind::kVolume:
      return cat(figure(g.found), g.passed ? " events are at most " : " events are more than ",
                 figure(g.needed), ", at which the source counts as silent");
    case GateKind::kShown:
      return cat("not told: ", reason);
    default:
      return scope_text(view, rule, judgement, g.kind);
  }
}

std::string why(const View& view, const Rule& rule, const Judgement& judgement,
                const alerts::Alert* open) {
  std::string text;
  if (open != nullptr) {
    text = cat("The alert ", open->name, " is open since ", view.calendar.name(open->state.raised),
               ". ");
  }
  if (judgement.judged_as) {
    base::append(text, "Judged as the equal node ", node_name(view, *judgement.judged_as),
                 ", which holds the same facts. ");
  }
  const Gate* const closed = judgement.closed();
  std::string reason = closed != nullptr      ? text_of(view, rule, judgement, *closed)
                       : judgement.signal.hit ? how_hit(view, rule, judgement)
                                              : "the condition of the rule does not hold";
  return cat(text,
             open != nullptr        ? "At the last tick: "
             : judgement.signal.hit ? ""
                                    : "No alert: ",
             reason, ".");
}

}  // namespace bellwether::engine
