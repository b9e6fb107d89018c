#include "adapters/rpc/subjects.h"

#include <algorithm>
#include <cmath>

#include "adapters/rpc/privacy.h"
#include "core/base/text.h"
#include "core/indicators/figure.h"
#include "core/indicators/reading.h"

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
  indicators::Value v =
      indicators::value_of(subject.id, indicators::Reading(*view.panel, node), period);
  int32_t const age = view.data_through->value - period.value;
  if (v.ok() && age >= 0) v.reported = view.reported->at(std::get<Measure>(subject.id), age);
  return v;
}

// Whether the formula divides by a count of people.
bool has_people_below(const Subject& subject) {
  const auto* const indicator = std::get_if<Indicator>(&subject.id);
  if (indicator == nullptr) return false;
  for (const domain::Term& term : indicators::info(*indicator).compute.denominator) {
    bool const counts =
        term.quantity == domain::Quantity::kSum || term.quantity == domain::Quantity::kTotal;
    if (term.coefficient != 0 && counts &&
        domain::privacy(term.measure) == domain::Privacy::kPeople) {
      return true;
    }
  }
  return false;
}

bool is_in_hours(const Subject& subject) {
  return subject.unit == "hours";
}

// True if the counts of the value are known, although it may have no value for being small.
bool has_counts(const indicators::Value& v) {
  return v.ok() || v.below_base;
}

double counted(const indicators::Value& v) {
  return v.cases.value_or(std::abs(v.numerator));
}

// Which classes must not be told so that no count of people among them becomes known: neither what
// the figures count nor what they divide by. Sets `any` to whether one of these has somebody in it.
std::vector<bool> withheld_of(
    const Subject& subject, std::span<indicators::Value* const> classes,
    absl::FunctionRef<std::vector<bool>(std::span<const double> cases)> withheld, bool& any) {
  std::vector<bool> out(classes.size());
  std::vector<double> cases(classes.size());
  auto const add = [&](auto count) {
    for (size_t i = 0; i < classes.size(); ++i)
      cases[i] = has_counts(*classes[i]) ? count(*classes[i]) : 0;
    std::vector<bool> const some = withheld(cases);
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = out[i] || some[i];
      any = any || (some[i] && cases[i] > 0);
    }
  };
  if (!is_in_hours(subject)) add(counted);
  if (is_in_hours(subject) || has_people_below(subject))
    add([](const indicators::Value& v) { return v.denominator; });
  return out;
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
  if (!has_counts(v)) return 0;
  if (is_in_hours(subject)) return v.denominator;
  return v.denominator > 0 ? std::min(v.denominator, counted(v)) : counted(v);
}

void protect(const Subject& subject, indicators::Value& v, common::v1::Basis& basis) {
  if (is_in_hours(subject)) {
    protect_hours(v, basis);
  } else {
    protect_cases(v, basis);
  }
}

ToldClasses protect_classes(
    const Subject& subject, std::span<indicators::Value* const> classes, size_t stated,
    absl::FunctionRef<std::vector<bool>(std::span<const double> cases)> withheld,
    common::v1::Basis& basis) {
  ToldClasses out{.stated = stated, .withheld = std::vector<bool>(classes.size())};
  bool has_sum = !is_in_hours(subject);
  for (const indicators::Value* const v : classes.first(stated)) {
    if (!v->ok()) continue;
    out.counted += v->numerator;
    has_sum &= v->numerator >= 0;
  }
  if (subject.privacy != domain::Privacy::kPublic) {
    // A share tells the sum of what has shares, and so what is withheld among it.
    bool any_withheld = false;
    out.withheld = withheld_of(subject, classes, withheld, any_withheld);
    has_sum &= !any_withheld;
    out.counted = indicators::rounded_cases(out.counted);
    for (size_t i = 0; i < classes.size(); ++i) {
      protect(subject, *classes[i], basis);
      if (out.withheld[i] && classes[i]->ok()) suppress(*classes[i], basis);
    }
  }
  if (!has_sum) out.counted = 0;
  return out;
}

}  // namespace bellwether::rpc
