#include "core/indicators/values.h"

#include <algorithm>

#include "core/base/text.h"

namespace bellwether::indicators {

using domain::Quantity;
using domain::Term;
using domain::Terms;

Value unavailable(std::string why) {
  Value v;
  v.not_available = std::move(why);
  return v;
}

Value ratio(double factor, double numerator, double denominator, const IndicatorInfo& info) {
  Value v;
  v.numerator = numerator;
  v.denominator = denominator;
  if (denominator < static_cast<double>(info.minimum_base) || denominator <= 0) {
    v.below_base = true;
    // A small count of people is itself confidential, so the text does not contain it.
    v.not_available =
        domain::privacy(info.id) == domain::Privacy::kPeople
            ? base::cat(info.denominator, " below ", info.minimum_base)
            : base::cat(info.denominator, " is ", denominator, ", below ", info.minimum_base);
    return v;
  }
  v.value = factor * numerator / denominator;
  return v;
}

PeriodIndex known_from(const IndicatorInfo& info, const Panel& panel) {
  PeriodIndex known = panel.first_period();
  for (const Terms* terms : {&info.compute.numerator, &info.compute.denominator}) {
    const Term& first = terms->front();  // what the formula counts; the others correct it
    if (first.coefficient == 0 || first.quantity == Quantity::kFigure) continue;
    bool const of_measure = first.quantity == Quantity::kSum || first.quantity == Quantity::kTotal;
    known = std::max(known, panel.known_from(of_measure ? first.measure : Measure::kBirths));
  }
  return known;
}

Value too_early(std::string_view what, PeriodIndex known, const Panel& panel) {
  return unavailable(known == panel.first_period()
                         ? base::cat(what, " begins before the kept periods")
                         : not_known_before(known, panel.calendar(), what));
}

}  // namespace bellwether::indicators
