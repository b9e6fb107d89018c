// Purpose: what the worker of a partition reports on it now and then.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.h"
#include "core/engine/partition_engine.h"
#include "core/ledger/ledger.h"

namespace bellwether::runtime {

// One input topic-partition.
struct InputReport {
  std::string topic;
  int32_t partition = 0;
  int64_t next_offset = -1;
  int64_t end_offset = -1;  // −1: not known
  int64_t lag_events = 0;
  double lag_seconds = 0;
  base::UnixMillis watermark;
  bool held = false;
  bool idle = false;
  std::string error;
  std::string missing;  // which records the log no longer held when it was first read
  std::string waiting;  // why ticks wait for it, as soon as it counts as quiet
};

struct PartitionReport {
  int32_t partition = 0;
  ledger::LedgerStats ledger;
  std::optional<base::PeriodIndex> tick;  // last one handed on
  bool stale = true;  // the ledger's figures are of this report, which may be some time old
};

struct SourceReport {
  uint64_t source = 0;
  base::UnixMillis complete_to;
};

struct LaneReport {
  std::vector<InputReport> inputs;
  PartitionReport partition;
  engine::PartitionCounts counts;
  std::vector<SourceReport> sources;
};

}  // namespace bellwether::runtime
