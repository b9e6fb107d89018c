#include "runtime/service/status_message.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/str_format.h"
#include "core/events/refusal.h"

namespace bellwether::runtime {
namespace {

namespace status_pb = bellwether::status::v1;

void fill(const InputReport& in, status_pb::InputStatus& out) {
  out.set_topic(in.topic);
  out.set_partition(in.partition);
  out.set_next_offset(in.next_offset);
  out.set_end_offset(in.end_offset);
  out.set_lag_events(in.lag_events);
  out.set_lag_seconds(in.lag_seconds);
  out.set_watermark_ms(std::max<int64_t>(0, in.watermark.value));
  out.set_held(in.held);
  out.set_idle(in.idle);
  out.set_error(in.error);
  out.set_misplaced_records(in.breaches[static_cast<size_t>(ContractBreach::kMisplaced)]);
  out.set_broker_timed_records(in.breaches[static_cast<size_t>(ContractBreach::kBrokerTimed)]);
}

void fill(const PartitionReport& p, base::Calendar calendar, status_pb::PartitionStatus& out) {
  out.set_partition(p.partition);
  out.set_businesses(p.ledger.businesses);
  out.set_facts(p.ledger.facts);
  out.set_businesses_waiting(p.ledger.waiting);
  out.set_ledger_bytes(p.ledger.bytes);
  out.set_stale(p.stale);
  if (p.tick) out.set_tick(calendar.name(*p.tick));
}

using SetCount = void (status_pb::ComparisonStatus::*)(int64_t);
// In the order of Compared.
constexpr std::array<SetCount, kComparedNames.size()> kCounts = {
    &status_pb::ComparisonStatus::set_equal,
    &status_pb::ComparisonStatus::set_cells_equal,
    &status_pb::ComparisonStatus::set_cells_differ,
    &status_pb::ComparisonStatus::set_verdicts_differ,
    &status_pb::ComparisonStatus::set_cut_differs,
    &status_pb::ComparisonStatus::set_not_compared};

}  // namespace

void add_to_status(const std::vector<LaneReport>& lanes, base::Calendar calendar,
                   status_pb::GetStatusResponse& out) {
  std::map<std::string, int64_t> refused;
  std::map<std::string, int64_t> unknown;
  std::map<uint64_t, base::UnixMillis> sources;
  for (const LaneReport& lane : lanes) {
    for (const InputReport& in : lane.inputs) fill(in, *out.add_inputs());
    fill(lane.partition, calendar, *out.add_partitions());
    for (const auto& by_reason : lane.counts.refused) {
      for (size_t r = 0; r < events::kRefusals; ++r) {
        if (by_reason[r] > 0)
          refused[std::string(events::name(static_cast<events::Refusal>(r)))] += by_reason[r];
      }
    }
    for (const auto& by_code : lane.counts.unknown_codes) {
      for (size_t c = 0; c < events::kUnknownCodes; ++c) {
        if (by_code[c] > 0) unknown[std::string(events::kUnknownCodeNames[c])] += by_code[c];
      }
    }
    for (const SourceReport& s : lane.sources) {
      auto const [at, is_new] = sources.try_emplace(s.source, s.complete_to);
      if (!is_new) at->second = std::min(at->second, s.complete_to);
    }
  }
  for (const auto& [reason, count] : refused) {
    status_pb::RefusalCount& to = *out.add_refused();
    to.set_reason(reason);
    to.set_count(count);
  }
  for (const auto& [reason, count] : unknown) {
    status_pb::UnknownCodeCount& to = *out.add_unknown_codes();
    to.set_reason(reason);
    to.set_count(count);
  }
  for (const auto& [source, complete_to] : sources) {
    status_pb::SourceStatus& to = *out.add_sources();
    to.set_source(absl::StrFormat("%016x", source));
    to.set_complete_to_ms(complete_to.value);
  }
}

status_pb::ComparisonStatus to_message(const DivergenceReport& report, base::Calendar calendar) {
  status_pb::ComparisonStatus out;
  for (size_t i = 0; i < kCounts.size(); ++i) (out.*kCounts[i])(report.ticks[i]);
  out.set_diverged(report.diverged);
  if (report.first) out.set_first_divergence(describe(*report.first, calendar));
  return out;
}

status_pb::SnapshotStatus to_message(const SnapshotReport& report,
                                     const std::string& started_from) {
  status_pb::SnapshotStatus out;
  out.set_enabled(report.enabled);
  out.set_taken_at_ms(report.taken_at.value);
  out.set_bytes(static_cast<int64_t>(report.bytes));
  out.set_error(report.error);
  out.set_started_from(started_from);
  return out;
}

}  // namespace bellwether::runtime
