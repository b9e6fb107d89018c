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
                   " does not add up over areas, so it has no figure by ", by);
}

Value value_of(const Figure& figure, const Reading& reading, PeriodIndex period, int periods) {
  if (const auto* const indicator = std::get_if<Indicator>(&figure))
    return compute(*indicator, reading, period, periods);
  auto const measure = std::get<Measure>(figure);
  const Panel& panel = reading.panel();
  Value v;
  v.value = v.numerator = reading.sum(measure, {period, period});
  if (auto const acts = domain::counted_by(measure)) v.cases = reading.sum(*acts, {period, period});
  // Facts that the register tells of an earlier time, such as the births of survivors, are counted.
  // That there were no others is not known.
  if (!panel.is_told(measure)) {
    v.not_available = std::string(kNotToldOfEnds);
    return v;
  }
  PeriodIndex const known = panel.known_from(measure);
  if (period < known && v.value == 0) {
    v.not_available = not_known_before(known, panel.calendar(), "the period");
    return v;
  }
  v.window_periods = 1;
  return v;
}

}  // namespace bellwether::indicators
