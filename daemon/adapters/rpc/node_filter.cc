#include "adapters/rpc/node_filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/rpc/places.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

// In the order of NodeFilter::Field.
constexpr std::array<std::string_view, 4> kNodeFields = {"area", "sector", "area_level",
                                                         "sector_level"};

// Whether there is an area or sector with that code or level.
bool exists(std::string_view field, const std::string& value,
            const reference::Reference& reference) {
  auto const is_level = [&](const auto& place) { return place.level == value; };
  if (field == "area") return reference.areas.find(value).ok();
  if (field == "sector") return reference.sectors.find(value).ok();
  if (field == "area_level") return std::ranges::any_of(reference.areas.all(), is_level);
  return std::ranges::any_of(reference.sectors.all(), is_level);
}

}  // namespace

absl::StatusOr<NodeFilter::Test> NodeFilter::read(const FilterComparison& c,
                                                  const reference::Reference& reference) {
  auto const field = std::ranges::find(kNodeFields, std::string_view(c.field));
  if (field == kNodeFields.end()) {
    return no_such_field(c, "area, sector, area_level, sector_level");
  }
  Test test;
  test.field = static_cast<Field>(field - kNodeFields.begin());
  test.negated = c.op == FilterOp::kNotEqual;
  BELLWETHER_RETURN_IF_ERROR(check_equality(c));
  if (c.descendants) {
    test.descendants = true;
    BELLWETHER_ASSIGN_OR_RETURN(test.above, read_above(c, reference));
    return test;
  }
  for (const std::string& value : c.values) {
    if (!exists(*field, value, reference)) return no_such_place(c, value);
  }
  test.texts = c.values;
  std::ranges::sort(test.texts);
  return test;
}

absl::StatusOr<NodeFilter> NodeFilter::parse(
    std::string_view text, const std::shared_ptr<const reference::Reference>& reference) {
  NodeFilter filter;
  BELLWETHER_ASSIGN_OR_RETURN(filter.expression_, FilterExpression::parse(text));
  for (const FilterComparison& c : filter.expression_.comparisons()) {
    BELLWETHER_ASSIGN_OR_RETURN(Test test, read(c, *reference));
    filter.tests_.push_back(std::move(test));
  }
  filter.reference_ = reference;
  return filter;
}

bool NodeFilter::holds(const Test& test, indicators::Node node) const {
  const reference::Areas& areas = reference_->areas;
  const reference::Sectors& sectors = reference_->sectors;
  auto const text = [&](const std::string& value) {
    return std::ranges::binary_search(test.texts, value) != test.negated;
  };
  switch (test.field) {
    case Field::kArea:
      return test.descendants ? is_at_or_below(areas, node.area, base::AreaId(test.above))
                              : text(areas.at(node.area).code);
    case Field::kSector:
      return test.descendants ? is_at_or_below(sectors, node.sector, base::SectorId(test.above))
                              : text(sectors.at(node.sector).code);
    case Field::kAreaLevel:
      return text(areas.at(node.area).level);
    case Field::kSectorLevel:
      return text(sectors.at(node.sector).level);
  }
  return false;
}

bool NodeFilter::matches(indicators::Node node) const {
  return expression_.evaluate([&](size_t i) { return holds(tests_[i], node); });
}

}  // namespace bellwether::rpc
