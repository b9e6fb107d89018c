#include "adapters/rpc/messages.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "absl/strings/str_format.h"
#include "adapters/rpc/limits.h"
#include "core/alerts/fields.h"
#include "core/base/fields.h"
#include "core/base/text.h"
#include "core/engine/explain.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using alerts::Evidence;
using base::cat;

void fill(const engine::View& view, const alerts::Contribution& c, alerts_pb::Contribution& out) {
  // If Contribution gets another member, this line does not compile.
  const auto& [area, sector, observed, expected, share, measure, z] = c;
  out.mutable_node()->set_area(area);
  out.mutable_node()->set_sector(sector);
  out.set_display_name(measure.empty() ? engine::node_name(view, {"", area, sector})
                                       : engine::measure_title(measure));
  out.set_observed(observed);
  out.set_expected(expected);
  out.set_share(share);
  out.set_measure(measure);
  out.set_z(z);
}

}  // namespace

void fill(const engine::View& view, const Evidence& e, alerts_pb::Evidence& out) {
  base::each_field<Evidence>([&](const auto& field) {
    const auto& value = field.of(e);
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, base::PeriodIndex>) {
      field.set(out, view.calendar.name(value));
    } else if constexpr (std::is_same_v<Value, detection::BaselineKind>) {
      field.set(out, static_cast<alerts_pb::BaselineKind>(static_cast<int>(value) + 1));
    } else if constexpr (std::is_same_v<Value, detection::HitBy>) {
      field.set(out, static_cast<alerts_pb::HitBy>(static_cast<int>(value)));
    } else if constexpr (std::is_same_v<Value, std::vector<alerts::Contribution>>) {
      for (const alerts::Contribution& c : value) fill(view, c, *field.mutable_of(out).Add());
    } else {
      field.set(out, value);
    }
  });
  out.set_false_alarms_a_year(engine::false_alarms_a_year(view, e));
  if (e.baseline_first < e.baseline_last) return;
  out.clear_baseline_first();
  out.clear_baseline_last();
  out.clear_baseline_kind();
  out.clear_year_before();
}

void fill(const engine::View& view, base::UnixMillis now, common::v1::Basis& out) {
  if (view.data_through) {
    out.set_data_through(view.calendar.name(*view.data_through));
    out.set_data_through_ms(view.calendar.end_of(*view.data_through).value);
  }
  out.set_rule_set(view.book->rule_set_digest());
  for (const std::string& warning : view.coverage_warnings) out.add_coverage_warnings(warning);
  out.set_revision(view.book->offset().value);
  out.set_catching_up(view.data_through != view.book->last_tick());
  out.set_silences_at_ms(now.value);
}

namespace {

// "employment of 2024 Q4: 18400, provisional, published 2025-03-18".
std::string words(const indicators::UsedFigure& used) {
  std::string_view const status =
      domain::kFigureStatusNames[static_cast<size_t>(used.figure.status)];
  return cat(domain::name(used.statistic), " of ", indicators::name(used.period), ": ",
             absl::StrFormat("%.0f", used.figure.value), used.is_sum ? ", sum of the parts" : "",
             status.empty() ? "" : ", ", status, ", published ",
             base::format_date(used.figure.vintage));
}

}  // namespace

void fill(const indicators::Value& v, const std::string& period,
          bellwether::indicators::v1::Value& out) {
  out.set_period(period);
  out.set_value(v.ok() ? v.value : 0);
  out.set_not_available(v.not_available);
  out.set_numerator(v.numerator);
  out.set_denominator(v.denominator);
  out.set_window_periods(v.window_periods);
  out.set_reported(v.reported);
  for (const indicators::UsedFigure& used : v.figures) out.add_official_figures(words(used));
}

void fill(const engine::View& view, indicators::Node node, alerts_pb::NamedNode& out) {
  fill(view, node, *out.mutable_node());
  out.set_display_name(engine::node_name(view, node));
}

namespace {

void fill_place_in_happening(const engine::View& view, const alerts::Alert& alert,
                             alerts_pb::Alert& out) {
  const engine::Happening* const happening = view.happenings->of(alert.name);
  out.set_happening(cat("happenings/", view.happenings->name_of(alert)));
  out.set_headline(view.happenings->is_headline(alert));
  out.set_begins_happening(view.happenings->begins(alert));
  if (happening != nullptr) out.set_other_parts(static_cast<int32_t>(happening->parts.size()) - 1);
  out.set_happening_severity(static_cast<alerts_pb::Severity>(
      happening == nullptr ? alert.state.severity_max : happening->severity()));
  out.set_happening_onset_period(
      view.calendar.name(happening == nullptr ? alert.state.onset : happening->onset()));
  for (indicators::Node node : view.happenings->equals(alert.state.key))
    fill(view, node, *out.add_equal_nodes());
}

}  // namespace

void fill(const engine::View& view, const engine::Happening& happening, alerts_pb::Happening& out) {
  out.set_name(cat("happenings/", happening.name));
  out.set_total_size(static_cast<int32_t>(happening.parts.size()));
  size_t const told = std::min(happening.parts.size(), kHappeningPartsMax);
  for (size_t i = 0; i < told; ++i) {
    const alerts::Alert& part = *happening.parts[i];
    alerts_pb::HappeningPart& p = *out.add_parts();
    p.set_alert(cat("alerts/", part.name));
    p.mutable_node()->mutable_node()->set_area(part.state.key.area);
    p.mutable_node()->mutable_node()->set_sector(part.state.key.sector);
    p.mutable_node()->set_display_name(engine::node_name(view, part.state.key));
    p.set_severity_max(static_cast<alerts_pb::Severity>(part.state.severity_max));
    p.set_open(part.state.open);
    p.set_raised_period(view.calendar.name(part.state.raised));
    p.set_onset_period(view.calendar.name(part.state.onset));
    p.set_role(static_cast<alerts_pb::PartRole>(static_cast<int>(happening.role(part)) + 1));
    p.set_share(engine::share_of_headline(view, happening, part));
  }
}

void fill(const engine::View& view, const alerts::Alert& alert, base::UnixMillis now,
          alerts_pb::Alert& out) {
  const alerts::AlertUpdate& s = alert.state;
  auto const& rules = view.book->rule_set();
  const alerts::Rule* const rule =
      rules == nullptr ? nullptr : alerts::find_rule(*rules, s.key.rule);
  out.set_name(cat("alerts/", alert.name));
  out.set_rule(s.key.rule);
  if (rule != nullptr) {
    out.set_rule_title(rule->title);
    out.set_action(rule->action);
  }
  out.set_unit(std::string(engine::unit_of(view, alert)));
  out.mutable_node()->set_area(s.key.area);
  out.mutable_node()->set_sector(s.key.sector);
  out.set_area_name(engine::area_name(view, s.key.area));
  out.set_sector_name(engine::sector_name(view, s.key.sector));
  out.set_severity(static_cast<alerts_pb::Severity>(s.severity));
  out.set_severity_max(static_cast<alerts_pb::Severity>(s.severity_max));
  out.set_open(s.open);
  out.set_raised_period(view.calendar.name(s.raised));
  out.set_raised_at_ms(alert.raised_at.value);
  out.set_onset_period(view.calendar.name(s.onset));
  if (alert.cleared) {
    out.set_cleared_period(view.calendar.name(*alert.cleared));
    out.set_cleared_at_ms(alert.cleared_at.value);
    out.set_clear_reason(static_cast<alerts_pb::ClearReason>(static_cast<int>(s.clear_reason) + 1));
  }
  out.set_historical(s.historical);
  out.set_suspended(s.suspended);
  if (const alerts::Silence* const silence = engine::silence_of(view, s.key, now)) {
    out.set_silenced_by(cat("silences/", silence->id.value));
  }
  if (alert.acknowledgement) {
    out.mutable_acknowledgement()->set_actor(alert.acknowledgement->actor);
    out.mutable_acknowledgement()->set_comment(alert.acknowledgement->comment);
    out.mutable_acknowledgement()->set_at_ms(alert.acknowledgement->at.value);
  }
  fill(view, s.evidence, *out.mutable_evidence());
  fill(view, alert.raised_evidence, *out.mutable_raised_evidence());
  fill_place_in_happening(view, alert, out);
}

void fill(const engine::View& view, const alerts::Transition& transition, base::UnixMillis now,
          alerts_pb::Transition& out) {
  out.set_kind(static_cast<alerts_pb::TransitionKind>(transition.kind));
  fill(view, *transition.alert, now, *out.mutable_alert());
  out.set_at_ms(transition.at.value);
  out.set_historical(transition.historical);
  out.set_summary(engine::summary(view, transition));
}

void fill(const alerts::Silence& silence, base::UnixMillis now, alerts_pb::Silence& out) {
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

void fill(const engine::View& view, indicators::Node node, common::v1::Node& out) {
  out.set_area(view.reference->areas.at(node.area).code);
  out.set_sector(view.reference->sectors.at(node.sector).code);
}

}  // namespace bellwether::rpc
