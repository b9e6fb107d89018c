// Purpose: what readers see: one immutable picture of the panel and the alert book, and of the
// process around it. Published by swapping a shared pointer. Thread safety: immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/engine/forecaster.h"
#include "core/engine/partition_engine.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

// The panel and the book of one moment. The panel's numbers are those of the cut `data_through`.
struct View {
  std::shared_ptr<const reference::Reference> reference;
  base::Calendar calendar{base::CalendarUnit::kWeek};
  std::shared_ptr<const indicators::Panel> panel;  // never null
  std::shared_ptr<const alerts::Book> book;        // never null
  std::shared_ptr<const SharesByMeasure> reported =
      std::make_shared<SharesByMeasure>();  // never null
  std::shared_ptr<const ForecastTable>
      forecasts;                                  // null before the first; may be of an earlier cut
  std::optional<base::PeriodIndex> data_through;  // nullopt before the first tick
  std::vector<std::string> coverage_warnings;
};

// One input topic-partition, for operators.
struct InputReport {
  std::string topic;
  int32_t partition = 0;
  int64_t next_offset = -1;
  int64_t end_offset = -1;
  int64_t lag_events = 0;
  double lag_seconds = 0;
  base::UnixMillis watermark;
  bool held = false;
  bool idle = false;
  std::string error;
  std::string missing;  // what the log no longer held when it was first read
  std::string waiting;  // why ticks wait for it, as soon as it counts as quiet
};

struct PartitionReport {
  int32_t partition = 0;
  ledger::LedgerStats ledger;
  std::optional<base::PeriodIndex> tick;  // last one handed on
};

struct SourceReport {
  uint64_t source = 0;
  base::UnixMillis complete_to;
};

struct RefusalReport {
  std::string reason;
  int64_t count = 0;
};

// Of this replica's snapshots.
struct SnapshotsReport {
  bool enabled = false;
  base::UnixMillis taken_at;  // 0: there is none
  uint64_t bytes = 0;
  std::string error;         // of the last attempt
  std::string started_from;  // "the snapshot of TICK", with "of peer ADDRESS", or why from the log
};

// Of this replica's ticks with the journal's, since the start of the process.
struct ComparisonReport {
  int64_t equal = 0;
  int64_t cells_equal = 0;
  int64_t cells_differ = 0;
  int64_t verdicts_differ = 0;
  int64_t cut_differs = 0;
  int64_t not_compared = 0;
  bool diverged = false;         // the latest tick that could be compared differs
  std::string first_divergence;  // empty: none
};

// The state of the process, for GetStatus and the health checks.
struct StatusReport {
  std::string version;
  base::UnixMillis started_at;
  bool leader = false;
  bool ready = false;
  std::string not_ready;
  bool broker_reachable = false;
  std::vector<InputReport> inputs;
  std::vector<PartitionReport> partitions;
  std::vector<RefusalReport> refused;
  std::vector<SourceReport> sources;
  SnapshotsReport snapshots;
  ComparisonReport comparison;
  std::string config_digest;
};

}  // namespace bellwether::engine
