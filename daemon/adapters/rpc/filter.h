// Purpose: the filters of ListAlerts and WatchAlerts: comparisons joined by AND, a subset of
// AIP-160.
// Thread safety: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/alerts/alert.h"

namespace bellwether::rpc {

class AlertFilter {
 public:
  // Example: `open = true AND severity >= AMBER AND area = "SG"`. Fields: open, rule, severity,
  // area, sector, historical, acknowledged, raised_period. All accept =; severity and raised_period
  // also accept >= and <=. An empty text matches all alerts. Error: InvalidArgument, with the
  // correction.
  static absl::StatusOr<AlertFilter> parse(std::string_view text, base::Calendar calendar);

  bool matches(const alerts::Alert& alert) const;

 private:
  enum class Field { kOpen, kRule, kSeverity, kArea, kSector, kHistorical, kAcknowledged, kRaised };
  enum class Op { kEqual, kAtLeast, kAtMost };
  struct Comparison {
    Field field{};
    Op op{};
    std::string text;
    int64_t number = 0;
  };
  static absl::StatusOr<Op> read_op(std::string_view field, bool ordered, std::string_view text,
                                    bool is_operator);
  static absl::Status read_value(std::string_view field, base::Calendar calendar, Comparison& c);

  std::vector<Comparison> all_;
};

}  // namespace bellwether::rpc
