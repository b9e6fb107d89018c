#include "adapters/rpc/requests.h"

#include <algorithm>

#include "adapters/rpc/places.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::rpc {

using base::cat;

indicators::Node read_node(const engine::View& view, const common::v1::Node& node,
                           std::string_view field, BadRequest& bad) {
  indicators::Node out{reference::kRootArea, reference::kAllSectors};
  if (!node.area().empty()) {
    auto const area = view.reference->areas.find(node.area());
    if (area.ok()) {
      out.area = *area;
    } else {
      bad.add(cat(field, ".area"),
              cat("no area \"", base::excerpt(node.area()), "\"; ListAreas names them all"));
    }
  }
  if (!node.sector().empty()) {
    auto const sector = view.reference->sectors.find(node.sector());
    if (sector.ok()) {
      out.sector = *sector;
    } else {
      bad.add(cat(field, ".sector"),
              cat("no sector \"", base::excerpt(node.sector()), "\"; ListSectors names them all"));
    }
  }
  return out;
}

const alerts::Rule* read_rule(const alerts::RuleSet* rules, const std::string& id,
                              std::string_view field, BadRequest& bad) {
  const alerts::Rule* const rule = rules == nullptr ? nullptr : alerts::find_rule(*rules, id);
  if (rule == nullptr) bad.add(field, no_such_rule(rules, id));
  return rule;
}

base::PeriodIndex read_period(const engine::View& view, const std::string& text,
                              std::string_view field, base::PeriodIndex fallback, BadRequest& bad) {
  if (text.empty()) return fallback;
  auto const period = parse_period(view.calendar, text);
  if (!period.ok()) {
    bad.add(field, base::from_absl(period.status().message()));
    return fallback;
  }
  if (view.data_through && (*period > *view.data_through || *period < view.panel->first_period())) {
    bad.add(field,
            cat("there is data from ", view.calendar.name(view.panel->first_period()), " to ",
                view.calendar.name(*view.data_through), "; ask for a period in that range"));
    return fallback;
  }
  return *period;
}

base::PeriodIndex latest(const engine::View& view) {
  return view.data_through.value_or(view.panel->first_period());
}

PeriodRange read_period_range(const engine::View& view, const std::string& from,
                              const std::string& to, BadRequest& bad) {
  base::PeriodIndex const oldest = view.panel->first_period();
  base::PeriodIndex first = read_period(view, from, "from_period", oldest, bad);
  base::PeriodIndex const last =
      read_period(view, to, "to_period", std::max(first, view.data_through.value_or(oldest)), bad);
  if (from.empty()) first = std::min(first, last);
  if (bad.empty() && last < first) bad.add("to_period", "is before from_period; swap them");
  return {first, last};
}

}  // namespace bellwether::rpc
