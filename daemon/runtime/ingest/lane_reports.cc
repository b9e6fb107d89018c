#include "runtime/ingest/lane_reports.h"

#include <algorithm>

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

std::vector<std::string> broken_contracts(const std::vector<LaneReport>& lanes) {
  std::vector<std::string> out;
  for (const LaneReport& lane : lanes) {
    for (const InputReport& in : lane.inputs) {
      for (size_t b = 0; b < kContractBreaches; ++b) {
        if (in.breaches[b] == 0) continue;
        std::string text = base::cat(in.topic, ": ", kContractBreachTexts[b]);
        if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
      }
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
