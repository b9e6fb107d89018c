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

Value below_base(const IndicatorInfo& info, std::string_view of, std::string_view is, double base) {
  // A small count of people is itself confidential, so the text does not contain it.
  bool const people = domain::privacy(info.id) == domain::Privacy::kPeople;
  std::string const stated = people ? "" : base::cat(" ", is, " ", base, ",");
  Value v = unavailable(base::cat(of, stated, " below ", info.minimum_base));
  v.below_base = true;
  return v;
}

Value ratio(double factor, double numerator, double denominator, const IndicatorInfo& info) {
  bool const small = denominator < static_cast<double>(info.minimum_base) || denominator <= 0;
  Value v = small ? below_base(info, info.denominator, "is", denominator) : Value();
  v.numerator = numerator;
  v.denominator = denominator;
  if (!small) v.value = factor * numerator / denominator;
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
