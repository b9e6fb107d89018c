#include "runtime/ingest/lane_reports.h"

#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

std::string of(const InputReport& in, const std::string& what) {
  return base::cat(in.topic, " ", in.partition, ": ", what);
}

}  // namespace

std::vector<std::string> lost_records(const std::vector<LaneReport>& lanes) {
  std::vector<std::string> out;
  for (const LaneReport& lane : lanes) {
    for (const InputReport& in : lane.inputs) {
      if (!in.missing.empty()) out.push_back(of(in, in.missing));
    }
  }
  return out;
}

std::vector<std::string> input_warnings(const std::vector<LaneReport>& lanes) {
  std::vector<std::string> out;
  for (const LaneReport& lane : lanes) {
    for (const InputReport& in : lane.inputs) {
      for (const std::string& what : {in.error, in.waiting}) {
        if (!what.empty()) out.push_back(of(in, what));
      }
    }
  }
  return out;
}

void ask_ledgers(Ingest& ingest, absl::Time deadline, std::vector<LaneReport>& lanes) {
  // A partition that does not answer stays stale in its report, so the error is not needed.
  (void)ingest.ask(
      [&lanes](base::PartitionId partition, const ledger::Ledger& ledger) {
        PartitionReport& report = lanes[static_cast<size_t>(partition.value)].partition;
        report.ledger = ledger.stats();
        report.stale = false;
      },
      deadline);
}

}  // namespace bellwether::runtime
