#include "core/indicators/by_area.h"

#include <algorithm>
#include <span>

#include "core/base/text.h"
#include "core/indicators/reading.h"

namespace bellwether::indicators {
namespace {

// The parts do not overlap: a member of a set that lies in another member is left out.
std::vector<AreaId> parts_of(const reference::Areas& areas, AreaId area) {
  std::span<const AreaId> const all = areas.children(area);
  std::vector<AreaId> out(all.begin(), all.end());
  if (!areas.at(area).is_set) return out;
  std::ranges::sort(out, {}, &AreaId::value);
  std::vector<AreaId> const members = out;
  std::erase_if(out, [&](AreaId member) {
    return std::ranges::any_of(areas.covering(member), [&](AreaId above) {
      return std::ranges::find(members, above) != members.end();
    });
  });
  return out;
}

}  // namespace

AreaDistribution distribution_by_area(const Figure& figure, const Panel& panel, Node node,
                                      PeriodIndex period, const LateReports& late) {
  AreaDistribution out;
  out.not_available = why_undivided(figure, "area");
  if (!out.not_available.empty()) return out;
  const reference::Areas& areas = panel.reference().areas;
  std::vector<AreaId> const parts = parts_of(areas, node.area);
  if (parts.empty()) {
    out.node_is_leaf = true;
    out.not_available = base::cat(areas.at(node.area).code,
                                  " has no parts; choose an area above the smallest ones");
    return out;
  }
  Reading const reading(panel, node, late, Reading::Late::kAsReported);
  out.node = value_of(figure, reading, period);
  int const window = out.node.window_periods;
  for (AreaId part : parts)
    out.parts.push_back({part, value_of(figure, reading.at({part, node.sector}), period, window)});
  out.unknown = value_of(figure, reading.without(parts), period, window);
  return out;
}

Value unplaced_births(const Panel& panel, PeriodIndex period) {
  Node const whole{};
  Span const year{PeriodIndex(period.value - panel.calendar().periods_per_year() + 1), period};
  Reading const reading(panel, whole);
  Value v;
  v.window_periods = panel.calendar().periods_per_year();
  v.denominator = reading.sum(Measure::kBirths, year);
  std::vector<AreaId> const parts = parts_of(panel.reference().areas, whole.area);
  if (!parts.empty()) v.numerator = reading.without(parts).sum(Measure::kBirths, year);
  if (v.denominator > 0) v.value = v.numerator / v.denominator;
  return v;
}

bool is_much_unplaced(const Value& unplaced) {
  return unplaced.denominator >= kUnplacedBirthsMin && unplaced.value > kUnplacedShareMax;
}

}  // namespace bellwether::indicators
