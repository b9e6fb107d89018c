// Purpose: the filter of an export on nodes, in the language of filter_expression.h.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rpc/filter_expression.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::rpc {

class NodeFilter {
 public:
  // Example: `area IN descendants("UKC") AND sector_level = section`. Fields: area, sector,
  // area_level, sector_level; all compare with =, != and IN; area and sector also with IN
  // descendants(CODE), as in AlertFilter. An empty text matches all nodes. Error:
  // InvalidArgument, with the correction; also for a code or level that does not exist.
  static absl::StatusOr<NodeFilter> parse(
      std::string_view text, const std::shared_ptr<const reference::Reference>& reference);

  bool matches(indicators::Node node) const;

 private:
  enum class Field : uint8_t { kArea, kSector, kAreaLevel, kSectorLevel };
  struct Test {
    Field field{};
    bool negated = false;
    bool descendants = false;
    uint16_t above = 0;              // with descendants(): the area or sector
    std::vector<std::string> texts;  // otherwise; ascending
  };
  static absl::StatusOr<Test> read(const FilterComparison& comparison,
                                   const reference::Reference& reference);
  bool holds(const Test& test, indicators::Node node) const;

  FilterExpression expression_;
  std::vector<Test> tests_;  // of its comparisons
  std::shared_ptr<const reference::Reference> reference_;
};

}  // namespace bellwether::rpc
