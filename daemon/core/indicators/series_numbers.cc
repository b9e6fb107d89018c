#include "core/indicators/series_numbers.h"

#include <algorithm>
#include <span>

namespace bellwether::indicators {

SeriesNumbers::SeriesNumbers(const reference::Reference& reference) {
  auto const is_leaf = [](const reference::Area& a) { return a.is_leaf && !a.is_set; };
  bool const leaves = std::ranges::count_if(reference.areas.all(), is_leaf) <=
                      static_cast<ptrdiff_t>(kClassLeavesMax);
  for (const reference::Area& a : reference.areas.all())
    divided_areas_.push_back(leaves || !is_leaf(a));
  for (size_t s = 0; s < reference.sectors.size(); ++s) {
    std::span<const SectorId> const above =
        reference.sectors.ancestors(SectorId(static_cast<uint16_t>(s)));
    sections_.push_back(above[above.size() < 2 ? 0 : above.size() - 2]);
  }
}

size_t SeriesNumbers::of(Node node, Measure measure, std::optional<Class> in) const {
  if (!in) return index(node);
  bool const is_own = in->division == info(measure).division;
  return (1 + in->number + (is_own ? 0 : domain::kClassesMax)) * nodes() + index(node);
}

bool SeriesNumbers::exists(Measure measure, size_t number) const {
  if (number < nodes()) return info(measure).adding != domain::Adding::kByClassAlone;
  Division const own = info(measure).division;
  size_t const slots = own == Division::kNone        ? 1
                       : own == Division::kLegalForm ? kSlots
                                                     : 1 + domain::kClassesMax;
  return number < slots * nodes() && has_classes(node(number % nodes()));
}

}  // namespace bellwether::indicators
