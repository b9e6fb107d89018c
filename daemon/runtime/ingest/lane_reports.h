// Purpose: what the lanes report, put together for those who ask the process.
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "core/engine/view.h"
#include "runtime/ingest/ingest.h"

namespace bellwether::runtime {

// "TOPIC PARTITION: " and what an input's log no longer held when it was first read.
std::vector<std::string> missing(const std::vector<LaneReport>& lanes);
// As well: the error of an input, and why ticks wait for it.
std::vector<std::string> troubles(const std::vector<LaneReport>& lanes);
// Inputs, partitions, refused records by reason, and of each source the least that it is complete
// to anywhere.
void add(std::vector<LaneReport> lanes, engine::StatusReport& out);

}  // namespace bellwether::runtime
