// Purpose: what the reports of all lanes come to, for people.
// Thread safety: pure, but for ask_ledgers(), which waits for the lanes.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/lane_report.h"

namespace bellwether::runtime {

// "TOPIC PARTITION: " and which records the log no longer held when it was first read.
std::vector<std::string> lost_records(const std::vector<LaneReport>& lanes);
// "TOPIC PARTITION: " and the error of an input, or why ticks wait for it.
std::vector<std::string> input_warnings(const std::vector<LaneReport>& lanes);
// Puts the present figures of the ledgers in place of those of the reports. A partition that has
// not answered at the deadline keeps its report's and stays stale.
void ask_ledgers(Ingest& ingest, absl::Time deadline, std::vector<LaneReport>& lanes);

}  // namespace bellwether::runtime
