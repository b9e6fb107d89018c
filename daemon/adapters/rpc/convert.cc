#include "adapters/rpc/convert.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "core/alerts/state_machine.h"
#include "core/base/text.h"
#include "core/detection/cold_start.h"
#include "core/detection/composite.h"
#include "core/detection/cusum.h"
#include "core/detection/run_length.h"
#include "core/indicators/catalogue.h"

namespace bellwether::rpc {
namespace {

namespace api = bellwether::alerts::v1;
using alerts::Evidence;
using base::cat;

const alerts::Rule* find_rule(const engine::View& view, const std::string& id) {
  auto const& rules = view.book->rule_set();
  return rules == nullptr ? nullptr : alerts::find_rule(*rules, id);
}

std::string area_name(const engine::View& view, const std::string& code) {
  auto const id = view.reference->areas.find(code);
  return id.ok() ? view.reference->areas.at(*id).name : code;
}
std::string sector_name(const engine::View& view, const std::string& code) {
  auto const id = view.reference->sectors.find(code);
  return id.ok() ? view.reference->sectors.at(*id).name : code;
}

std::string measure_title(const std::string& name) {
  auto const m = indicators::find_measure(name);
  return m ? std::string(indicators::info(*m).title) : name;
}

void fill(const engine::View& view, const Evidence& e, api::Evidence& out) {
  out.set_period(view.calendar.name(e.period));
  out.set_observed(e.observed);
  out.set_expected(e.expected);
  out.set_lower(e.lower);
  out.set_upper(e.upper);
  out.set_p(e.p);
  out.set_p_adjusted(e.p_adjusted);
  out.set_z(e.z);
  out.set_cusum(e.cusum);
  out.set_cusum_threshold(e.cusum_threshold);
  out.set_dispersion(e.dispersion);
  out.set_ratio(e.ratio);
  out.set_baseline_periods(e.baseline_periods);
  if (e.baseline_first < e.baseline_last) {
    out.set_baseline_first(view.calendar.name(e.baseline_first));
    out.set_baseline_last(view.calendar.name(e.baseline_last));
    out.set_baseline_kind(static_cast<api::BaselineKind>(static_cast<int>(e.baseline_kind) + 1));
    out.set_year_before(e.year_before);
  }
  out.set_downweighted(e.downweighted);
  out.set_score_scale(e.score_scale);
  out.set_limit(e.limit);
  out.set_reported(e.reported);
  out.set_nowcast(e.nowcast);
  out.set_nowcast_lower(e.nowcast_lower);
  out.set_nowcast_upper(e.nowcast_upper);
  for (const alerts::Contribution& c : e.contributions) {
    api::Contribution& to = *out.add_contributions();
    to.mutable_node()->set_area(c.area);
    to.mutable_node()->set_sector(c.sector);
    to.set_display_name(c.measure.empty()
                            ? cat(sector_name(view, c.sector), ", ", area_name(view, c.area))
                            : measure_title(c.measure));
    to.set_observed(c.observed);
    to.set_expected(c.expected);
    to.set_share(c.share);
    to.set_measure(c.measure);
    to.set_z(c.z);
  }
}

std::string figure(double x) {
  return std::abs(x) >= 100 || x == std::round(x) ? absl::StrFormat("%.0f", x)
                                                  : absl::StrFormat("%.1f", x);
}

// "20 % below expectation".
std::string deviation(const Evidence& e) {
  double const percent = 100 * (e.ratio - 1);
  return absl::StrFormat("%.0f %% %s expectation", std::abs(percent),
                         percent < 0 ? "below" : "above");
}

bool is_detector(const alerts::Rule* rule) {
  return rule != nullptr && (rule->kind == alerts::RuleKind::kCountDetector ||
                             rule->kind == alerts::RuleKind::kRatioDetector);
}

bool is_composite(const alerts::Rule* rule) {
  return rule != nullptr && rule->kind == alerts::RuleKind::kComposite;
}

// What the rule looks at, for a person: "Births".
std::string subject_title(const alerts::Rule& rule) {
  if (auto const m = indicators::find_measure(rule.subject)) {
    return std::string(indicators::info(*m).title);
  }
  if (auto const i = indicators::find_indicator(rule.subject)) {
    return std::string(indicators::info(*i).title);
  }
  return rule.subject.empty() ? rule.title : rule.subject;
}

std::string figures(const alerts::Rule* rule, const Evidence& e) {
  if (is_detector(rule)) {
    return cat(figure(e.observed), " observed, ", figure(e.expected), " expected (", deviation(e),
               ")");
  }
  if (is_composite(rule)) {
    std::string text = absl::StrFormat("score %.1f", e.z);
    for (size_t i = 0; i < e.contributions.size(); ++i) {
      const alerts::Contribution& c = e.contributions[i];
      base::append(text, i == 0 ? " (" : "; ", c.measure, " ", figure(c.observed), " observed, ",
                   figure(c.expected), absl::StrFormat(" expected, %+.1f", c.z));
    }
    return text + (e.contributions.empty() ? "" : ")");
  }
  return cat(figure(e.observed), " against a limit of ", figure(e.limit));
}

// Why nothing tests the alert any more; empty when it was cleared by its figures.
std::string_view closed_because(alerts::ClearReason reason) {
  switch (reason) {
    case alerts::ClearReason::kQuiet:
      return "";
    case alerts::ClearReason::kOutOfScope:
      return "its node is no longer one that the rule tests";
    case alerts::ClearReason::kRuleRemoved:
      return "the rule set no longer has this rule";
    case alerts::ClearReason::kRuleDisabled:
      return "the rule is disabled";
  }
  return "";
}

std::string where(const engine::View& view, const alerts::AlertKey& key) {
  return cat(sector_name(view, key.sector), ", ", area_name(view, key.area));
}

}  // namespace

void fill(const engine::View& view, common::v1::Basis& out) {
  if (view.data_through) {
    out.set_data_through(view.calendar.name(*view.data_through));
    out.set_data_through_ms(view.calendar.end_of(*view.data_through).value);
  }
  out.set_rule_set(view.book->rule_set_digest());
  for (const std::string& warning : view.coverage_warnings) out.add_coverage_warnings(warning);
  out.set_revision(view.book->offset().value);
}

void fill(const engine::View& view, const alerts::Alert& alert, base::UnixMillis now,
          api::Alert& out) {
  const alerts::AlertUpdate& s = alert.state;
  const alerts::Rule* const rule = find_rule(view, s.key.rule);
  out.set_name(cat("alerts/", alert.name));
  out.set_rule(s.key.rule);
  if (rule != nullptr) {
    out.set_rule_title(rule->title);
    out.set_action(rule->action);
  }
  out.mutable_node()->set_area(s.key.area);
  out.mutable_node()->set_sector(s.key.sector);
  out.set_area_name(area_name(view, s.key.area));
  out.set_sector_name(sector_name(view, s.key.sector));
  out.set_severity(static_cast<api::Severity>(s.severity));
  out.set_severity_max(static_cast<api::Severity>(s.severity_max));
  out.set_open(s.open);
  out.set_raised_period(view.calendar.name(s.raised));
  out.set_raised_at_ms(alert.raised_at.value);
  out.set_onset_period(view.calendar.name(s.onset));
  if (alert.cleared) {
    out.set_cleared_period(view.calendar.name(*alert.cleared));
    out.set_cleared_at_ms(alert.cleared_at.value);
    out.set_clear_reason(static_cast<api::ClearReason>(static_cast<int>(s.clear_reason) + 1));
  }
  out.set_historical(s.historical);
  out.set_suspended(s.suspended);
  if (const alerts::Silence* const silence = view.book->silenced(s.key, now)) {
    out.set_silenced_by(cat("silences/", silence->id.value));
  }
  if (alert.acknowledgement) {
    out.mutable_acknowledgement()->set_actor(alert.acknowledgement->actor);
    out.mutable_acknowledgement()->set_comment(alert.acknowledgement->comment);
    out.mutable_acknowledgement()->set_at_ms(alert.acknowledgement->at.value);
  }
  fill(view, s.evidence, *out.mutable_evidence());
  fill(view, alert.raised_evidence, *out.mutable_raised_evidence());
}

void fill(const engine::View& view, const alerts::Transition& transition, base::UnixMillis now,
          api::Transition& out) {
  out.set_kind(static_cast<api::TransitionKind>(transition.kind));
  fill(view, *transition.alert, now, *out.mutable_alert());
  out.set_at_ms(transition.at.value);
  out.set_historical(transition.historical);
  out.set_summary(summary(view, transition));
}

void fill(const alerts::Silence& silence, base::UnixMillis now, api::Silence& out) {
  out.set_name(cat("silences/", silence.id.value));
  out.set_rule(silence.silence.rule);
  out.set_area(silence.silence.area);
  out.set_sector(silence.silence.sector);
  out.set_until_ms(silence.silence.until.value);
  out.set_actor(silence.silence.actor);
  out.set_comment(silence.silence.comment);
  out.set_created_at_ms(silence.silence.at.value);
  out.set_expired(silence.over(now));
}

std::string summary(const engine::View& view, const alerts::Transition& t) {
  const alerts::AlertUpdate& s = t.alert->state;
  const alerts::Rule* const rule = find_rule(view, s.key.rule);
  std::string_view const severity = alerts::kSeverityNames[static_cast<size_t>(s.severity)];
  std::string const what =
      cat(rule == nullptr ? s.key.rule : rule->title, " in ", where(view, s.key));
  switch (t.kind) {
    case alerts::TransitionKind::kRaised:
      return cat(what, ": raised ", severity, " for ", view.calendar.name(s.evidence.period), ": ",
                 figures(rule, s.evidence), ", since ", view.calendar.name(s.onset));
    case alerts::TransitionKind::kEscalated:
      return cat(what, ": now ", severity, ": ", figures(rule, s.evidence), ", since ",
                 view.calendar.name(s.onset));
    case alerts::TransitionKind::kEased:
      return cat(what, ": eased to ", severity);
    case alerts::TransitionKind::kCleared: {
      std::string_view const because = closed_because(s.clear_reason);
      return cat(what, ": cleared", because.empty() ? "" : ": ", because);
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

std::string how_sure(const engine::View& view, const Evidence& e) {
  std::string text = absl::StrFormat(
      "How sure: a value this extreme has probability %.2g (%.2g after correction for the number "
      "of series "
      "tested).",
      e.p, e.p_adjusted);
  base::append(text, absl::StrFormat(" The baseline rests on %d periods", e.baseline_periods));
  if (e.baseline_first < e.baseline_last) {
    base::append(text, " from ", view.calendar.name(e.baseline_first), " to ",
                 view.calendar.name(e.baseline_last));
  }
  if (e.downweighted > 0) {
    base::append(text, ", of which ", e.downweighted,
                 " count for less because they stand out themselves");
  }
  base::append(text, absl::StrFormat("; its dispersion is %.1f, where 1 would be pure chance.",
                                     e.dispersion));
  if (e.score_scale > 1) {
    base::append(text, absl::StrFormat(
                           " Scores of this series have been %.1f times as wide as theory has it, "
                           "which is allowed for.",
                           e.score_scale));
  }
  return text;
}

// Of a series too young for a baseline by season.
std::string how_young(const engine::View& view, const Evidence& e) {
  std::string_view const unit = base::name(view.calendar.unit());
  std::string text = absl::StrFormat(
      "How young: a baseline by season needs %d years, and this series has fewer. It is held "
      "against its latest %d "
      "%ss, which know no season; ",
      detection::FarringtonOptions().years_min, e.baseline_periods, unit);
  if (e.baseline_kind == detection::BaselineKind::kRecent) {
    base::append(
        text,
        absl::StrFormat("as there is no year to look back on, a season of %.0f %% is allowed for.",
                        100 * detection::ColdStartOptions().season_sd));
  } else {
    base::append(
        text,
        absl::StrFormat("a deviation counts only as far as it exceeds that of the same %s a year "
                        "before, which was %+.1f standard deviations.",
                        unit, e.year_before));
  }
  return text + " So the alert is amber at most, and no change-point statistic rests on it.";
}

std::string how_complete(const Evidence& e) {
  return absl::StrFormat(
      "How complete: by then %.0f %% of the period's events are usually reported, and the "
      "expectation is of that "
      "part. The whole count is estimated at %.0f (95 %%: %.0f to %.0f).",
      100 * e.reported, e.nowcast, e.nowcast_lower, e.nowcast_upper);
}

// What baselines leave out, and why.
std::string left_out(const engine::View& view, const alerts::AlertUpdate& s, const Evidence& e) {
  std::string breaks;
  for (const auto& [id, declared] : view.book->declared_breaks()) {
    const detection::PeriodRange& p = declared.periods;
    if (p.last < e.baseline_first || e.baseline_last < p.first) continue;
    base::append(breaks, breaks.empty() ? "" : ", ", view.calendar.name(p.first), " to ",
                 view.calendar.name(p.last), " (", declared.reason, ")");
  }
  std::string text =
      breaks.empty() ? "" : cat("As declared, the baseline leaves out ", breaks, ".");
  int32_t const most = alerts::frozen_ticks_max(view.calendar);
  if (!s.open || s.frozen_ticks == 0) return text;
  base::append(text, text.empty() ? "" : " ");
  if (s.frozen_ticks <= most) {
    base::append(text, "While it is red no baseline rests on the periods from ",
                 view.calendar.name(s.onset), " on, for ", most, " at most.");
  } else {
    base::append(
        text, "It has been red for more than ", most,
        " periods: the level since then is the new normal, and baselines rest on it again.");
  }
  return text;
}

// Several counts of a node as one score: which, how far off each, how sure.
std::string how_together(const Evidence& e) {
  std::string text = absl::StrFormat(
      "%d counts of this node are taken together, each by how far it is off its own baseline by "
      "season in the direction "
      "that harms, at most %.0f, and by how much they usually go together. The score is %.1f; if "
      "nothing happens, 95 %% "
      "lie between %.1f and %.1f. How sure: a score this high has probability %.2g (%.2g after "
      "correction for the number "
      "of nodes tested).",
      e.contributions.size(), detection::kCompositeClip, e.z, e.lower, e.upper, e.p, e.p_adjusted);
  for (const alerts::Contribution& c : e.contributions) {
    base::append(
        text, " ", measure_title(c.measure), ": ", figure(c.observed), " observed where ",
        figure(c.expected),
        absl::StrFormat(" were expected, score %+.1f, %.0f %% of the sum.", c.z, 100 * c.share));
  }
  return text;
}

// In control, without a change, on average.
double years_between_false_alarms(base::Calendar calendar, double threshold) {
  detection::CusumOptions const o;
  return detection::cusum_average_run_length(o.reference, threshold, 0) /
         calendar.periods_per_year();
}

std::vector<std::string> explanation(const engine::View& view, const alerts::Alert& alert) {
  const alerts::AlertUpdate& s = alert.state;
  const alerts::Rule* const rule = find_rule(view, s.key.rule);
  const Evidence& e = alert.raised_evidence;
  std::vector<std::string> text;
  std::string const period = view.calendar.name(e.period);
  if (rule == nullptr) {
    text.push_back(cat("Rule ", s.key.rule, " raised this alert in ", view.calendar.name(s.raised),
                       "; it is no longer in the rule set."));
    return text;
  }
  if (is_detector(rule)) {
    bool const share = rule->kind == alerts::RuleKind::kRatioDetector;
    std::string const unit = share ? " %" : "";
    text.push_back(cat(subject_title(*rule), " in ", where(view, s.key), ", ", period, ": ",
                       figure(e.observed), unit, " observed where ", figure(e.expected), unit,
                       " were expected; 95 % of ", base::name(view.calendar.unit()),
                       "s like this one lie between ", figure(e.lower), " and ", figure(e.upper),
                       ". That is ", deviation(e), "."));
    if (e.baseline_kind != detection::BaselineKind::kSeasonal) text.push_back(how_young(view, e));
    if (e.reported < 1) text.push_back(how_complete(e));
    text.push_back(how_sure(view, e));
    if (std::string out = left_out(view, s, e); !out.empty()) text.push_back(std::move(out));
  } else if (is_composite(rule)) {
    text.push_back(
        cat(rule->title, " in ", where(view, s.key), ", ", period, ". ", how_together(e)));
    if (std::string out = left_out(view, s, e); !out.empty()) text.push_back(std::move(out));
  } else {
    text.push_back(
        cat(subject_title(*rule), " in ", where(view, s.key), ", ", period, ": ", figures(rule, e),
            rule->persistence > 1 ? cat(", for ", rule->persistence, " periods in a row.")
                                  : std::string(".")));
  }
  if (is_detector(rule) || is_composite(rule)) {
    if (e.cusum > 0) {
      text.push_back(
          absl::StrFormat("Since when: deviations add up since %s; the change-point statistic "
                          "stands at %.1f (red from "
                          "%.1f, which chance alone reaches once in %.0f years).",
                          view.calendar.name(s.onset), e.cusum, e.cusum_threshold,
                          years_between_false_alarms(view.calendar, e.cusum_threshold)));
    }
  }
  if (!e.contributions.empty() && !is_composite(rule)) {
    std::string parts = "What accounts for it: ";
    for (size_t i = 0; i < e.contributions.size(); ++i) {
      const alerts::Contribution& c = e.contributions[i];
      bool const by_area = c.area != s.key.area;
      base::append(parts, i == 0 ? "" : ", ",
                   by_area ? area_name(view, c.area) : sector_name(view, c.sector),
                   absl::StrFormat(" %.0f %%", 100 * c.share));
    }
    text.push_back(cat(parts, " of the difference."));
  }
  if (alert.cleared) {
    std::string_view const because = closed_because(s.clear_reason);
    text.push_back(cat("It was cleared in ", view.calendar.name(*alert.cleared),
                       because.empty() ? "" : ": ", because, "."));
  } else if (!s.suspended.empty()) {
    text.push_back(cat("It is open but was not assessed at the last tick: ", s.suspended, "."));
  } else {
    text.push_back(cat("It is open; in ", view.calendar.name(s.evidence.period), " it stood at ",
                       figures(rule, s.evidence), "."));
  }
  if (!rule->action.empty()) text.push_back(cat("What to do: ", rule->action, "."));
  return text;
}

indicators::Node read_node(const engine::View& view, const common::v1::Node& node,
                           std::string_view field, BadRequest& bad) {
  indicators::Node out{reference::kRootArea, reference::kAllSectors};
  if (!node.area().empty()) {
    auto const area = view.reference->areas.find(node.area());
    if (area.ok()) {
      out.area = *area;
    } else {
      bad.add(cat(field, ".area"),
              cat("no area \"", node.area().substr(0, reference::kAreaCodeBytesMax),
                  "\"; ListAreas names them all"));
    }
  }
  if (!node.sector().empty()) {
    auto const sector = view.reference->sectors.find(node.sector());
    if (sector.ok()) {
      out.sector = *sector;
    } else {
      bad.add(cat(field, ".sector"),
              cat("no sector \"", node.sector().substr(0, 32), "\"; ListSectors names them all"));
    }
  }
  return out;
}

base::PeriodIndex read_period(const engine::View& view, const std::string& text,
                              std::string_view field, base::PeriodIndex fallback, BadRequest& bad) {
  if (text.empty()) return fallback;
  auto const period = view.calendar.parse(text);
  if (!period.ok()) {
    bad.add(field, base::from_absl(period.status().message()));
    return fallback;
  }
  if (view.data_through && (*period > *view.data_through || *period < view.panel->first_period())) {
    bad.add(field, cat("there is data from ", view.calendar.name(view.panel->first_period()),
                       " to ", view.calendar.name(*view.data_through), "; ask within it"));
    return fallback;
  }
  return *period;
}

void fill(const engine::View& view, indicators::Node node, common::v1::Node& out) {
  out.set_area(view.reference->areas.at(node.area).code);
  out.set_sector(view.reference->sectors.at(node.sector).code);
}

}  // namespace bellwether::rpc
