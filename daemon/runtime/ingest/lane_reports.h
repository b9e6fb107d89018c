// Purpose: texts and figures from the reports of all lanes, for people.
// Thread safety: pure, except ask_ledgers(), which waits for the lanes.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/base/calendar.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/lane_report.h"

namespace bellwether::runtime {

// "TOPIC PARTITION: " and the records that the log no longer held when it was first read.
std::vector<std::string> lost_records(const std::vector<LaneReport>& lanes);
// "TOPIC: " and the breach of the contract on keys and timestamps, once for each topic and breach.
// The text has no counts, so that it stays the same.
std::vector<std::string> broken_contracts(const std::vector<LaneReport>& lanes);
// "TOPIC PARTITION: " and the error of an input, or the reason why ticks wait for it.
std::vector<std::string> input_warnings(const std::vector<LaneReport>& lanes);
// "TOPIC: " and what a load of the past lacks that is not in the order of time.
std::vector<std::string> loads_of_the_past(const std::vector<LaneReport>& lanes,
                                           base::Calendar calendar);
// Why there is no figure before the first tick. Empty if no record has shown the first period yet.
std::string why_no_figures(const std::vector<LaneReport>& lanes, base::Calendar calendar);
// Replaces the ledger figures of the reports by the present ones. A partition that has not answered
// at the deadline keeps the figures of its report and stays stale.
void ask_ledgers(Ingest& ingest, absl::Time deadline, std::vector<LaneReport>& lanes);

}  // namespace bellwether::runtime
