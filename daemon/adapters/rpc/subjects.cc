#include "adapters/rpc/subjects.h"

#include <algorithm>
#include <cmath>

#include "adapters/rpc/privacy.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

using indicators::Indicator;
using indicators::Measure;

Subject subject_of(Indicator indicator) {
  const indicators::IndicatorInfo& info = indicators::info(indicator);
  return {std::string(info.name), std::string(info.unit), domain::privacy(indicator),
          domain::is_in_working_hours(indicator), indicator};
}

Subject subject_of(Measure measure) {
  return {std::string(indicators::info(measure).name), "count", domain::privacy(measure),
          domain::is_in_working_hours(measure), measure};
}

void protect_by_decile(indicators::Value& v, Indicator indicator, const engine::View& view,
                       indicators::Node node, base::PeriodIndex period, common::v1::Basis& basis) {
  if (!v.ok()) {
    protect_cases(v, basis);
    return;
  }
  auto const told = indicators::disclosed(indicator, v, *view.panel, node, period,
                                          view.reported->late(*view.data_through));
  if (!told) return suppress(v, basis);
  v = told->value;
  basis.set_rounded(true);
}

// REQUIRES: the view has data_through.
indicators::Value compute(const Subject& subject, const engine::View& view, indicators::Node node,
                          base::PeriodIndex period) {
  if (const auto* const indicator = std::get_if<Indicator>(&subject.id)) {
    return indicators::compute(*indicator, *view.panel, node, period,
                               view.reported->late(*view.data_through));
  }
  auto const measure = std::get<Measure>(subject.id);
  indicators::Value v;
  v.value = v.numerator = static_cast<double>(view.panel->at(node, measure, period));
  // Facts that the register tells of an earlier time, such as the births of survivors, are counted.
  // That there were no others is not known.
  if (!view.panel->is_told(measure)) {
    v.not_available = std::string(indicators::kNotToldOfEnds);
    return v;
  }
  base::PeriodIndex const known = view.panel->known_from(measure);
  if (period < known && v.value == 0) {
    v.not_available = indicators::not_known_before(known, view.calendar, "the period");
    return v;
  }
  v.window_periods = 1;
  int32_t const age = view.data_through->value - period.value;
  if (age >= 0) v.reported = view.reported->at(measure, age);
  return v;
}

}  // namespace

Subject subject_at(size_t number) {
  if (number < domain::kIndicatorCount) return subject_of(domain::kIndicators[number].id);
  return subject_of(static_cast<Measure>(number - domain::kIndicatorCount));
}

Subject read_subject(std::string_view name, std::string_view field, BadRequest& bad) {
  constexpr std::string_view kPrefix = "indicators/";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (auto const indicator = indicators::find_indicator(name)) return subject_of(*indicator);
  if (auto const measure = indicators::find_measure(name)) return subject_of(*measure);
  bad.add(field,
          base::cat("no indicator \"", base::excerpt(name), "\"; ListIndicators names them all"));
  return {};
}

indicators::Value value_of(const Subject& subject, const engine::View& view, indicators::Node node,
                           base::PeriodIndex period, common::v1::Basis& basis) {
  if (subject.in_working_hours && basis.working_hours().empty())
    basis.set_working_hours(view.reference->desks.text());
  if (!view.data_through) {
    indicators::Value none;
    none.not_available = "no period is complete yet";
    return none;
  }
  indicators::Value v = compute(subject, view, node, period);
  if (subject.privacy == domain::Privacy::kPublic) return v;
  if (const auto* const i = std::get_if<Indicator>(&subject.id); i && domain::is_by_decile(*i)) {
    protect_by_decile(v, *i, view, node, period, basis);
    return v;
  }
  protect(subject, v, basis);
  return v;
}

double cases_of(const Subject& subject, const indicators::Value& v) {
  if (!v.ok()) return 0;
  if (subject.unit == "hours") return v.denominator;
  double const part = std::abs(v.numerator);
  return v.denominator > 0 ? std::min(v.denominator, part) : part;
}

void protect(const Subject& subject, indicators::Value& v, common::v1::Basis& basis) {
  if (subject.unit == "hours") {
    protect_hours(v, basis);
  } else {
    protect_cases(v, basis);
  }
}

ToldClasses protect_classes(
    const Subject& subject, std::span<indicators::Value* const> classes, size_t stated,
    absl::FunctionRef<std::vector<bool>(std::span<const double> cases)> withheld,
    common::v1::Basis& basis) {
  ToldClasses out{.stated = stated};
  std::vector<double> cases;
  bool has_sum = subject.unit != "hours";
  for (const indicators::Value* const v : classes) {
    bool const is_part = cases.size() < stated && v->ok();
    if (is_part) out.counted += v->numerator;
    has_sum &= !is_part || v->numerator >= 0;
    cases.push_back(cases_of(subject, *v));
  }
  if (!has_sum) out.counted = 0;
  out.withheld.resize(cases.size());
  if (subject.privacy == domain::Privacy::kPublic) return out;
  out.counted = indicators::rounded_cases(out.counted);
  out.withheld = withheld(cases);
  for (size_t i = 0; i < classes.size(); ++i) {
    protect(subject, *classes[i], basis);
    if (out.withheld[i] && classes[i]->ok()) suppress(*classes[i], basis);
  }
  return out;
}

}  // namespace bellwether::rpc
