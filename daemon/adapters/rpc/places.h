// Purpose: the areas and sectors that a filter compares with: CODE and descendants(CODE).
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/rpc/filter_expression.h"
#include "core/alerts/rules.h"
#include "core/reference/reference.h"

namespace bellwether::rpc {

// What is wrong with the id of a rule that the rule set does not have; lists those that it has.
// `rules`: null before the first rule set.
std::string no_such_rule(const alerts::RuleSet* rules, std::string_view id);

// The error of a code or level that the reference does not have: InvalidArgument; it says how to
// list those that there are. The field of the comparison begins with "area" or "sector".
absl::Status no_such_place(const FilterComparison& comparison, const std::string& value);

// The id of the code in descendants(CODE). Error: InvalidArgument if the field of the comparison is
// not "area" or "sector", or there is no such code.
absl::StatusOr<uint16_t> read_above(const FilterComparison& comparison,
                                    const reference::Reference& reference);

// True if `place` is `above` or below it. The members of a set are below it; a set is below no
// area.
inline bool is_at_or_below(const reference::Areas& areas, base::AreaId place, base::AreaId above) {
  return place == above || std::ranges::any_of(areas.ancestors(place), [&](const auto& ancestor) {
           return ancestor.area == above;
         });
}
inline bool is_at_or_below(const reference::Sectors& sectors, base::SectorId place,
                           base::SectorId above) {
  auto const ancestors = sectors.ancestors(place);
  return std::ranges::find(ancestors, above) != ancestors.end();
}

}  // namespace bellwether::rpc
