#include "core/indicators/by_class.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"
#include "core/indicators/reading.h"
#include "core/indicators/values.h"

namespace bellwether::indicators {
namespace {

using domain::Quantity;
using domain::Term;

bool is_divided_term(const Term& term, Division division) {
  switch (term.quantity) {
    case Quantity::kSum:
    case Quantity::kTotal:
      return domain::divides(division, term.measure);
    case Quantity::kStock:
    case Quantity::kStockBefore:
      return domain::divides(division, Measure::kBirths);
    case Quantity::kResidents:
    case Quantity::kFigure:
      return false;
  }
  return false;
}

// `figure(reading)`: the figure of what the reading is of.
template <class Figure>
ByClass figures(std::string_view name, bool divided, Division division, const Reading& node,
                Figure figure) {
  ByClass out;
  if (!divided) {
    out.not_available = base::cat(name, " is not divided by ", domain::info(division).title);
  } else if (!node.panel().has_classes(node.node())) {
    out.not_available = base::cat("figures by ", domain::info(division).title,
                                  " are kept for all sectors and for sections, and for areas "
                                  "above the smallest ones");
  }
  if (!out.not_available.empty()) return out;
  for (const NamedClass& c : classes_of(division, node.panel().reference()))
    out.classes.push_back(figure(node.in({division, c.number})));
  out.node = figure(node);
  return out;
}

}  // namespace

std::vector<NamedClass> classes_of(Division division, const reference::Reference& reference) {
  std::vector<NamedClass> out;
  auto const add = [&](size_t number, std::string_view code, std::string_view title) {
    out.push_back({static_cast<uint8_t>(number), std::string(code), std::string(title)});
  };
  if (division != Division::kTeam) {
    for (const domain::ClassInfo& c : domain::info(division).classes)
      add(out.size(), c.code, c.title);
    return out;
  }
  add(0, domain::kNotStated.code, domain::kNotStated.title);
  for (const std::string& team : reference.desks.teams()) add(out.size(), team, team);
  add(reference::kOtherTeam, "other", "Other");
  return out;
}

bool is_divided(const IndicatorInfo& info, Division division) {
  if (domain::compares_nodes(info.compute.method)) return false;
  for (const domain::Terms* terms : {&info.compute.numerator, &info.compute.denominator}) {
    for (const Term& term : *terms) {
      if (term.coefficient == 0) break;
      if (!is_divided_term(term, division)) return false;
    }
  }
  return true;
}

ByClass by_class(Indicator indicator, Division division, const Panel& panel, Node node,
                 PeriodIndex period, const LateReports& late) {
  const IndicatorInfo& about = info(indicator);
  return figures(about.name, is_divided(about, division), division,
                 Reading(panel, node, late, Reading::Late::kAsReported),
                 [&](const Reading& of) { return compute(indicator, of, period); });
}

ByClass by_class(Measure measure, Division division, const Panel& panel, Node node,
                 PeriodIndex period) {
  return figures(info(measure).name, domain::divides(division, measure), division,
                 Reading(panel, node), [&](const Reading& of) {
                   Value v;
                   v.value = v.numerator = of.sum(measure, {period, period});
                   v.window_periods = 1;
                   return v;
                 });
}

}  // namespace bellwether::indicators
