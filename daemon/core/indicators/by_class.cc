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

// True if all that the formula counts is divided by the division.
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

bool is_divided(const Figure& figure, Division division) {
  if (const auto* const indicator = std::get_if<Indicator>(&figure))
    return is_divided(info(*indicator), division);
  return domain::divides(division, std::get<Measure>(figure));
}

std::string_view name_of(const Figure& figure) {
  if (const auto* const indicator = std::get_if<Indicator>(&figure)) return info(*indicator).name;
  return info(std::get<Measure>(figure)).name;
}

// "births is not divided by channel, only by size band and legal form".
std::string not_divided(const Figure& figure, Division division) {
  std::string others;
  for (const domain::DivisionInfo& other : domain::kDivisions) {
    if (is_divided(figure, other.id))
      base::append(others, others.empty() ? ", only by " : " and ", other.title);
  }
  return base::cat(name_of(figure), " is not divided by ", domain::info(division).title, others);
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
  add(reference::kOtherTeam, domain::kOtherClass.code, domain::kOtherClass.title);
  return out;
}

ByClass by_class(const Figure& figure, Division division, const Panel& panel, Node node,
                 PeriodIndex period, const LateReports& late) {
  ByClass out;
  if (!is_divided(figure, division)) {
    out.not_available = not_divided(figure, division);
    return out;
  }
  if (!panel.has_classes(node)) {
    out.not_at_node = true;
    out.not_available = base::cat("figures by ", domain::info(division).title,
                                  " are kept for all sectors and for sections, and for areas "
                                  "above the smallest ones");
    return out;
  }
  Reading const of_node(panel, node, late, Reading::Late::kAsReported);
  int const periods = value_of(figure, of_node, period).window_periods;
  for (const NamedClass& c : classes_of(division, panel.reference()))
    out.classes.push_back(value_of(figure, of_node.in({division, c.number}), period, periods));
  return out;
}

}  // namespace bellwether::indicators
