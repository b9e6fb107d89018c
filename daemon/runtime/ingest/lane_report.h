// Purpose: the periodic report of a partition's worker.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.h"
#include "core/engine/partition_engine.h"
#include "core/ledger/ledger.h"
#include "runtime/ingest/input_contract.h"
#include "runtime/ingest/past_load.h"
#include "runtime/ingest/record_delays.h"

namespace bellwether::runtime {

// One partition of an input topic.
struct InputReport {
  std::string topic;
  int32_t partition = 0;
  int64_t next_offset = -1;
  int64_t end_offset = -1;  // −1: not known
  int64_t lag_events = 0;
  double lag_seconds = 0;
  base::UnixMillis watermark;
  bool held = false;
  bool blocked = false;  // held, and no record was taken for as long as makes an input idle
  bool idle = false;
  std::string error;
  std::string missing;  // the records that the log no longer held when it was first read
  std::array<int64_t, kContractBreaches> breaches{};  // records of this process, by ContractBreach
  PastLoad::Count past;
  RecordDelays delays;  // of the records of this process
  std::string waiting;  // why ticks wait for this input; set once the input counts as quiet
};

struct PartitionReport {
  int32_t partition = 0;
  ledger::LedgerStats ledger;
  std::optional<base::PeriodIndex> tick;  // the last tick handed over
  std::optional<base::PeriodIndex> open;  // the tick that its records count for now
  bool stale = true;  // the ledger's figures are those of this (perhaps old) report
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
