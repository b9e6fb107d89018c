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
#include "core/alerts/book.h"
#include "core/engine/happenings.h"
#include "core/reference/reference.h"

namespace bellwether::rpc {

// Whether the areas, sectors and rules of a filter must be known.
enum class FilterNames : uint8_t {
  kKnown,
  kAny,  // while the journal is not read: its alerts may have names that only it knows
};

class AlertFilter {
 public:
  AlertFilter() = default;  // matches all alerts
  // Example: `open = true AND severity >= AMBER AND area IN descendants("UKC")`. Fields: open,
  // rule, severity, area, sector, historical, acknowledged, raised_period, cleared_period,
  // headline, happening, begins_happening. All accept =, != and IN; severity and the periods also
  // <, <=, > and >=; area and sector also IN descendants(CODE), which means the area or sector CODE
  // and everything below it; for an area set it means the set and its members with everything below
  // them. An alert that was not cleared has no cleared_period: of the comparisons with it, only !=
  // holds. An empty text matches all alerts. Error: InvalidArgument, with the correction; also
  // for an area or sector that is not in the reference files, and for a rule that is not in the
  // rule set. Alerts keep the codes of their time and those on sources have topics as areas, so the
  // names of topics and of the book's alerts are no errors.
  static absl::StatusOr<AlertFilter> parse(
      std::string_view text, const alerts::Book& book,
      const std::shared_ptr<const reference::Reference>& reference,
      FilterNames names = FilterNames::kKnown);

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
  static absl::StatusOr<Test> read(const FilterComparison& comparison, const alerts::Book& book,
                                   const reference::Reference& reference, FilterNames names);
  static absl::Status check_known(const FilterComparison& comparison, Field field,
                                  const alerts::Book& book, const reference::Reference& reference);
  static absl::StatusOr<int64_t> read_number(Field field, std::string_view name,
                                             const std::string& value, base::Calendar calendar);
  bool holds(const Test& test, Subject& subject) const;

  FilterExpression expression_;
  std::vector<Test> tests_;  // of its comparisons
  std::shared_ptr<const reference::Reference> reference_;
};

}  // namespace bellwether::rpc
