// Purpose: converts the reports of the process's parts to the message of GetStatus.
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "bellwether/status/v1/status.pb.h"
#include "core/base/calendar.h"
#include "runtime/ingest/lane_report.h"
#include "runtime/journal/divergence.h"
#include "runtime/replica/snapshotter.h"

namespace bellwether::runtime {

// Adds inputs, partitions, and refused records by reason. For each source it adds the earliest
// complete_to of all partitions.
void add_to_status(const std::vector<LaneReport>& lanes, base::Calendar calendar,
                   status::v1::GetStatusResponse& out);
status::v1::ComparisonStatus to_message(const DivergenceReport& report, base::Calendar calendar);
// `started_from`: as Start::from.
status::v1::SnapshotStatus to_message(const SnapshotReport& report,
                                      const std::string& started_from);

}  // namespace bellwether::runtime
