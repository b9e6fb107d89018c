#include "runtime/ingest/lane_reports.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

std::string of(const engine::InputReport& in, const std::string& what) {
  return base::cat(in.topic, " ", in.partition, ": ", what);
}

}  // namespace

std::vector<std::string> missing(const std::vector<LaneReport>& lanes) {
  std::vector<std::string> out;
  for (const LaneReport& lane : lanes) {
    for (const engine::InputReport& in : lane.inputs) {
      if (!in.missing.empty()) out.push_back(of(in, in.missing));
    }
  }
  return out;
}

std::vector<std::string> troubles(const std::vector<LaneReport>& lanes) {
  std::vector<std::string> out;
  for (const LaneReport& lane : lanes) {
    for (const engine::InputReport& in : lane.inputs) {
      for (const std::string& what : {in.error, in.waiting}) {
        if (!what.empty()) out.push_back(of(in, what));
      }
    }
  }
  return out;
}

void add(std::vector<LaneReport> lanes, engine::StatusReport& out) {
  std::map<std::string, int64_t> refused;
  std::map<uint64_t, base::UnixMillis> sources;
  for (LaneReport& lane : lanes) {
    for (engine::InputReport& in : lane.inputs) out.inputs.push_back(std::move(in));
    out.partitions.push_back(lane.partition);
    for (const auto& by_reason : lane.counts.refused) {
      for (size_t r = 0; r < events::kRefusals; ++r) {
        if (by_reason[r] > 0)
          refused[std::string(events::name(static_cast<events::Refusal>(r)))] += by_reason[r];
      }
    }
    for (const engine::SourceReport& s : lane.sources) {
      auto const [at, is_new] = sources.try_emplace(s.source, s.complete_to);
      if (!is_new) at->second = std::min(at->second, s.complete_to);
    }
  }
  for (const auto& [reason, count] : refused) out.refused.push_back({reason, count});
  for (const auto& [source, complete_to] : sources) out.sources.push_back({source, complete_to});
}

}  // namespace bellwether::runtime
