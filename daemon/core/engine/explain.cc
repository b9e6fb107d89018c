#include "core/engine/explain.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/detection/multi_speed.h"
#include "core/engine/rules/prose.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

using base::cat;
using base::PeriodIndex;

namespace {

const alerts::Rule* rule_of(const View& view, const alerts::Alert& alert) {
  auto const& rules = view.book->rule_set();
  return rules == nullptr ? nullptr : alerts::find_rule(*rules, alert.state.key.rule);
}

// From half a year before the change to a quarter after the end. If that is longer than `periods`,
// the end is cut off for a cleared alert, and the beginning for an open one.
std::pair<PeriodIndex, PeriodIndex> stretch(const View& view, const alerts::Alert& alert,
                                            int periods) {
  int32_t const half_year = view.calendar.periods_per_year() / 2;
  int32_t const begin = std::min(alert.state.onset.value, alert.state.raised.value) - half_year;
  int32_t first = std::max(view.panel->first_period().value, begin);
  int32_t last = view.data_through->value;
  if (alert.cleared) {
    last = std::min({last, alert.cleared->value + half_year / 2, first + periods - 1});
  } else {
    first = std::max(first, last - periods + 1);
  }
  return {PeriodIndex(first), PeriodIndex(last)};
}

// The reason why the alert was closed without quiet periods; empty if it cleared normally.
std::string_view closing_reason(alerts::ClearReason reason) {
  switch (reason) {
    case alerts::ClearReason::kQuiet:
      return "";
    case alerts::ClearReason::kOutOfScope:
      return "the rule no longer tests its node";
    case alerts::ClearReason::kRuleRemoved:
      return "the rule set no longer has this rule";
    case alerts::ClearReason::kRuleDisabled:
      return "the rule is disabled";
    case alerts::ClearReason::kNotAssessable:
      return "it could not be assessed for a quarter of a year";
    case alerts::ClearReason::kNewNormal:
      return "the level has stayed changed for so long that it is the normal one now";
  }
  return "";
}

constexpr size_t kPartsNamed = 5;  // of each role

// ". Before it: Textiles, Singapore (1997-03), …, and 3 more".
void append_parts(const View& view, const Happening& happening, PartRole role,
                  std::string_view when, std::string& text) {
  size_t n = 0;
  for (const alerts::AlertPtr& part : happening.parts) {
    if (happening.role(*part) != role || ++n > kPartsNamed) continue;
    base::append(text, n == 1 ? cat(" ", when, ": ") : "; ", node_name(view, part->state.key), " (",
                 view.calendar.name(part->state.onset), ")");
  }
  if (n > kPartsNamed) base::append(text, "; and ", n - kPartsNamed, " more");
  if (n > 0) base::append(text, ".");
}

// The other names of the alert's node, and the other parts of its happening.
void append_happening(const View& view, const alerts::Alert& alert, Paragraphs& text) {
  std::string names;
  for (indicators::Node node : view.happenings->equals(alert.state.key)) {
    base::append(names, names.empty() ? "" : "; ", node_name(view, node));
  }
  if (!names.empty()) text.push_back(cat("The same businesses stand under: ", names, "."));
  const Happening* const happening = view.happenings->of(alert.name);
  if (happening == nullptr || happening->parts.size() == 1) return;
  const alerts::Alert& headline = happening->headline();
  std::string parts =
      headline.name == alert.name
          ? cat("It is the headline of ", happening->parts.size(), " alerts that belong together.")
          : cat("It is one of ", happening->parts.size(),
                " alerts that belong together; their headline is ",
                node_name(view, headline.state.key), " (", headline.name, ").");
  append_parts(view, *happening, PartRole::kLeads, "Before the headline began", parts);
  append_parts(view, *happening, PartRole::kTogether, "In the same period", parts);
  append_parts(view, *happening, PartRole::kFollows, "After it", parts);
  text.push_back(std::move(parts));
}

// The numbers of an alert. Its rule may no longer exist.
std::string figures(const alerts::Rule* rule, const alerts::Evidence& e) {
  if (rule == nullptr) return info(alerts::RuleKind::kIndicatorLimit).figures(e, "");
  const RuleKindInfo& kind = info(rule->kind());
  return kind.figures(e, kind.unit(*rule));
}

}  // namespace

std::string_view unit_of(const View& view, const alerts::Alert& alert) {
  const alerts::Rule* const rule = rule_of(view, alert);
  return rule == nullptr ? "" : info(rule->kind()).unit(*rule);
}

double false_alarms_a_year(const View& view, const alerts::Evidence& e) {
  bool const of_counts = e.hit_by != detection::HitBy::kNothing || e.memory_periods > 0;
  return of_counts ? detection::false_alarms_a_year(e.p, view.calendar) : 0;
}

const alerts::Silence* silence_of(const View& view, const alerts::AlertKey& key,
                                  base::UnixMillis now) {
  const alerts::Silence* found = view.book->silenced(key, now);
  for (indicators::Node node : view.happenings->equals(key)) {
    if (found != nullptr) break;
    found = view.book->silenced({key.rule, view.reference->areas.at(node.area).code,
                                 view.reference->sectors.at(node.sector).code},
                                now);
  }
  return found;
}

std::string area_name(const View& view, std::string_view code) {
  auto const id = view.reference->areas.find(code);
  return id.ok() ? view.reference->areas.at(*id).name : std::string(code);
}

std::string sector_name(const View& view, std::string_view code) {
  auto const id = view.reference->sectors.find(code);
  return id.ok() ? view.reference->sectors.at(*id).name : std::string(code);
}

std::string node_name(const View& view, const alerts::AlertKey& key) {
  return cat(sector_name(view, key.sector), ", ", area_name(view, key.area));
}

std::string node_name(const View& view, indicators::Node node) {
  return cat(view.reference->sectors.at(node.sector).name, ", ",
             view.reference->areas.at(node.area).name);
}

std::string measure_title(std::string_view name) {
  auto const m = indicators::find_measure(name);
  return std::string(m ? indicators::info(*m).title : name);
}

std::vector<PathPoint> trace(const View& view, const alerts::Alert& alert, int periods,
                             const alerts::Book* before) {
  if (!view.data_through || periods <= 0) return {};
  const alerts::Rule* const rule = rule_of(view, alert);
  if (rule == nullptr) return {};
  auto const node = node_of(*view.reference, alert.state.key);
  if (!node) return {};
  auto const [first, last] = stretch(view, alert, periods);
  return info(rule->kind()).trace({view, alert, *rule, *node, first, last, before});
}

Paragraphs explain(const View& view, const alerts::Alert& alert) {
  const alerts::AlertUpdate& s = alert.state;
  const alerts::Rule* const rule = rule_of(view, alert);
  if (rule == nullptr) {
    return {cat("Rule ", s.key.rule, " raised this alert in ", view.calendar.name(s.raised),
                "; it is no longer in the rule set.")};
  }
  Paragraphs text = info(rule->kind()).explain(view, alert, *rule);
  append_happening(view, alert, text);
  if (alert.cleared) {
    std::string_view const reason = closing_reason(s.clear_reason);
    text.push_back(cat("It was cleared in ", view.calendar.name(*alert.cleared),
                       reason.empty() ? "" : ": ", reason, "."));
  } else if (!s.suspended.empty()) {
    text.push_back(cat("It is open but was not assessed at the last tick: ", s.suspended, "."));
  } else {
    text.push_back(cat("It is open; in ", window_name(view.calendar, s.evidence), " it stood at ",
                       figures(rule, s.evidence), "."));
  }
  if (!rule->action.empty()) text.push_back(cat("What to do: ", rule->action, "."));
  return text;
}

double share_of_headline(const View& view, const Happening& happening, const alerts::Alert& part) {
  const alerts::Alert& headline = happening.headline();
  const alerts::Rule* const rule = rule_of(view, part);
  const alerts::Evidence& whole = headline.state.evidence;
  const alerts::Evidence& own = part.state.evidence;
  double const gap = whole.expected - whole.observed;
  bool const within = whole.lower <= whole.observed && whole.observed <= whole.upper;
  if (rule == nullptr || rule->kind() != alerts::RuleKind::kCountDetector || !headline.state.open ||
      !part.state.open || whole.period != own.period || within) {
    return 0;
  }
  auto const wide = node_of(*view.reference, headline.state.key);
  auto const narrow = node_of(*view.reference, part.state.key);
  if (!wide || !narrow || !contains(*view.reference, *wide, *narrow)) return 0;
  return (own.expected - own.observed) / gap;
}

std::string summary(const View& view, const alerts::Transition& t) {
  const alerts::AlertUpdate& s = t.alert->state;
  const alerts::Rule* const rule = rule_of(view, *t.alert);
  std::string_view const severity = alerts::kSeverityNames[static_cast<size_t>(s.severity)];
  std::string const what =
      cat(rule == nullptr ? s.key.rule : rule->title, " in ", node_name(view, s.key));
  switch (t.kind) {
    case alerts::TransitionKind::kRaised:
      return cat(what, ": raised ", severity, " for ", window_name(view.calendar, s.evidence), ": ",
                 figures(rule, s.evidence), ", since ", view.calendar.name(s.onset));
    case alerts::TransitionKind::kEscalated:
      return cat(what, ": now ", severity, ": ", figures(rule, s.evidence), ", since ",
                 view.calendar.name(s.onset));
    case alerts::TransitionKind::kCleared: {
      std::string_view const reason = closing_reason(s.clear_reason);
      return cat(what, ": cleared", reason.empty() ? "" : ": ", reason);
    }
    case alerts::TransitionKind::kAcknowledged:
      return cat(
          what, ": acknowledged by ",
          t.alert->acknowledgement ? t.alert->acknowledgement->actor : std::string("nobody"));
    case alerts::TransitionKind::kSuspended:
      return cat(what, ": not assessed: ", s.suspended);
    case alerts::TransitionKind::kResumed:
      return cat(what, ": assessed again");
    case alerts::TransitionKind::kNone:
      break;
  }
  return what;
}

}  // namespace bellwether::engine
