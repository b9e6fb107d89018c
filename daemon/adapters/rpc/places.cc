#include "adapters/rpc/places.h"

#include "core/base/text.h"

namespace bellwether::rpc {

std::string no_such_rule(const alerts::RuleSet* rules, std::string_view id) {
  std::string known;
  if (rules != nullptr) {
    for (const alerts::Rule& rule : rules->rules)
      base::append(known, known.empty() ? "" : ", ", rule.id);
  }
  return base::cat("no rule \"", base::excerpt(id), "\"; there are ",
                   known.empty() ? "none yet" : known);
}

absl::Status no_such_place(const FilterComparison& comparison, const std::string& value) {
  return absl::InvalidArgumentError(base::cat(
      comparison.descendants ? "descendants(): " : "", "no ", comparison.field, " \"",
      base::excerpt(value), "\"; ",
      comparison.field.starts_with("area") ? "ListAreas" : "ListSectors", " names them all"));
}

absl::StatusOr<uint16_t> read_above(const FilterComparison& comparison,
                                    const reference::Reference& reference) {
  const std::string& code = comparison.values.front();
  bool const is_area = comparison.field == "area";
  if (!is_area && comparison.field != "sector") {
    return absl::InvalidArgumentError(base::cat("descendants() cannot be used with ",
                                                comparison.field, "; only with area and sector"));
  }
  if (is_area) {
    if (auto const area = reference.areas.find(code); area.ok()) return area->value;
  } else if (auto const sector = reference.sectors.find(code); sector.ok()) {
    return sector->value;
  }
  return no_such_place(comparison, code);
}

}  // namespace bellwether::rpc
