// Purpose: the entries of the journal. fields.h describes these records.
// Thread safety: values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/alerts/alert.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

using base::JournalOffset;

struct CutOffset {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  friend auto operator<=>(const CutOffset&, const CutOffset&) = default;
};

struct TickEvaluated {
  PeriodIndex tick;
  UnixMillis tick_at;
  JournalOffset book_offset{-1};
  std::string rule_set;
  std::vector<CutOffset> cut;
  uint64_t cells_digest = 0;
  uint64_t verdict_digest = 0;
  bool historical = false;
  std::vector<AlertUpdate> updates;
  std::vector<std::string> silent_topics;
  int32_t series_assessed = 0;
  int32_t figures = 1;         // engine::kFiguresVersion of the build that computed the cells
  uint64_t working_hours = 0;  // reference::Desks::digest() of that replica
  std::string writer;          // the writer of its journal record; empty before it is journaled
  friend bool operator==(const TickEvaluated&, const TickEvaluated&) = default;
};
struct AlertAcknowledged {
  std::string alert;  // name of the alert
  std::string actor;
  std::string comment;
  UnixMillis at;
};
struct SilenceCreated {
  std::string rule, area, sector;  // empty = any
  UnixMillis until;
  std::string actor;
  std::string comment;
  UnixMillis at;
};
struct SilenceExpired {
  JournalOffset silence;
  std::string actor;
  UnixMillis at;
};
struct RuleSetActivated {
  RuleSet rule_set;
  std::string actor;
  UnixMillis at;
};
struct RegimeBreakDeclared {
  detection::PeriodRange periods;
  std::string reason;
  std::string actor;
  UnixMillis at;
};
struct RegimeBreakWithdrawn {
  JournalOffset regime_break;
  std::string actor;
  UnixMillis at;
};
using JournalEntry = std::variant<TickEvaluated, AlertAcknowledged, SilenceCreated, SilenceExpired,
                                  RuleSetActivated, RegimeBreakDeclared, RegimeBreakWithdrawn>;

}  // namespace bellwether::alerts
