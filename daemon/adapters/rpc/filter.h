// Purpose: the filters of ListAlerts and WatchAlerts, in the language of filter_expression.h.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rpc/filter_expression.h"
#include "core/alerts/alert.h"
#include "core/engine/happenings.h"
#include "core/reference/reference.h"

namespace bellwether::rpc {

class AlertFilter {
 public:
  AlertFilter() = default;  // matches all alerts
  // Example: `open = true AND severity >= AMBER AND area IN descendants("UKC")`. Fields: open,
  // rule, severity, area, sector, historical, acknowledged, raised_period, cleared_period,
  // headline, happening, begins_happening. All accept =, != and IN; severity and the periods also
  // <, <=, > and >=; area and sector also IN descendants(CODE), which means the area or sector CODE
  // and everything below it; for an area set it means the set and its members with everything below
  // them. An alert that was not cleared has no cleared_period: of the comparisons with it, only !=
  // holds. An empty text matches all alerts. Error: InvalidArgument, with the correction.
  static absl::StatusOr<AlertFilter> parse(
      std::string_view text, base::Calendar calendar,
      const std::shared_ptr<const reference::Reference>& reference);

  // An alert matches if it does under any node that holds the same facts.
  bool matches(const alerts::Alert& alert,
               const engine::Happenings& happenings = engine::Happenings()) const;

 private:
  enum class Field : uint8_t {
    kOpen,
    kRule,
    kSeverity,
    kArea,
    kSector,
    kHistorical,
    kAcknowledged,
    kRaised,
    kCleared,
    kHeadline,
    kHappening,
    kBeginsHappening,
  };
  // A comparison of the expression, with its values read.
  struct Test {
    Field field{};
    FilterOp op{};
    std::vector<int64_t> numbers;    // of a field with numbers; ascending
    std::vector<std::string> texts;  // of a field with texts; ascending
    uint16_t above = 0;              // with descendants(): the area or sector
    bool descendants = false;
  };
  struct Subject;
  static absl::StatusOr<Test> read(const FilterComparison& comparison, base::Calendar calendar,
                                   const reference::Reference& reference);
  static absl::StatusOr<int64_t> read_number(Field field, std::string_view name,
                                             const std::string& value, base::Calendar calendar);
  bool holds(const Test& test, Subject& subject) const;

  FilterExpression expression_;
  std::vector<Test> tests_;  // of its comparisons
  std::shared_ptr<const reference::Reference> reference_;
};

}  // namespace bellwether::rpc
