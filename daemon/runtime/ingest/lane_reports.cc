#include "runtime/ingest/lane_reports.h"

#include <algorithm>
#include <map>
#include <optional>

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

std::vector<std::string> loads_of_the_past(const std::vector<LaneReport>& lanes,
                                           base::Calendar calendar) {
  std::map<std::string, PastLoad::Count> by_topic;
  for (const LaneReport& lane : lanes) {
    for (const InputReport& in : lane.inputs) by_topic[in.topic].add(in.past);
  }
  std::vector<std::string> out;
  for (const auto& [topic, count] : by_topic) {
    if (!count.is_load()) continue;
    out.push_back(base::cat(
        topic, ": most records published in ", calendar.name(*count.period),
        " are about days more than a year earlier. From its end on they count in their own "
        "periods, but these periods are not judged, so no past alert is raised. Records of the "
        "past need the timestamps of their own days, in the order of time: see the runbook, The "
        "first load of the past"));
  }
  return out;
}

std::string why_no_figures(const std::vector<LaneReport>& lanes, base::Calendar calendar) {
  std::optional<base::PeriodIndex> first;
  for (const LaneReport& lane : lanes) {
    if (auto const open = lane.partition.open) first = std::min(first.value_or(*open), *open);
  }
  if (!first) return "";
  return base::cat("no figures yet: the first timestamps are in ", calendar.name(*first),
                   ", and figures come when every input has passed its end, ",
                   base::format_instant(calendar.end_of(*first)));
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
