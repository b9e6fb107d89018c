#include "core/indicators/figure.h"

#include "core/base/text.h"

namespace bellwether::indicators {

std::string why_undivided(const Figure& figure, std::string_view by) {
  if (const auto* const indicator = std::get_if<Indicator>(&figure)) {
    if (!domain::compares_nodes(info(*indicator).compute.method)) return "";
    return base::cat(info(*indicator).name, " compares places or sectors, so it has no figure by ",
                     by);
  }
  auto const measure = std::get<Measure>(figure);
  if (domain::adds_up(measure)) return "";
  return base::cat(domain::info(measure).name,
                   " do not add up over areas, so they have no figure by ", by);
}

Value value_of(const Figure& figure, const Reading& reading, PeriodIndex period) {
  if (const auto* const indicator = std::get_if<Indicator>(&figure))
    return compute(*indicator, reading, period);
  Value v;
  v.value = v.numerator = reading.sum(std::get<Measure>(figure), {period, period});
  v.window_periods = 1;
  return v;
}

}  // namespace bellwether::indicators
