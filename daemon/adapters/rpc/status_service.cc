#include "absl/strings/str_format.h"
#include "adapters/rpc/convert.h"
#include "adapters/rpc/services.h"

namespace bellwether::rpc {
namespace {

namespace api = bellwether::status::v1;

class StatusService final : public api::StatusService::Service {
 public:
  StatusService(const Shared& shared, Watchers& watchers) : shared_(shared), watchers_(watchers) {}

  grpc::Status GetStatus(grpc::ServerContext*, const api::GetStatusRequest*,
                         api::GetStatusResponse* response) override {
    return observed(shared_, "GetStatus", [&] {
      auto const view = shared_.backend.view();
      engine::StatusReport const report = shared_.backend.status();
      fill(*view, *response->mutable_basis());
      response->set_version(report.version);
      response->set_started_at_ms(report.started_at.value);
      response->set_role(report.leader ? api::ROLE_LEADER : api::ROLE_FOLLOWER);
      response->set_ready(report.ready);
      response->set_not_ready(report.not_ready);
      response->set_broker_reachable(report.broker_reachable);
      for (const engine::InputReport& in : report.inputs) {
        api::InputStatus& out = *response->add_inputs();
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
      }
      for (const engine::PartitionReport& p : report.partitions) {
        api::PartitionStatus& out = *response->add_partitions();
        out.set_partition(p.partition);
        out.set_businesses(p.ledger.businesses);
        out.set_facts(p.ledger.facts);
        out.set_businesses_waiting(p.ledger.waiting);
        out.set_ledger_bytes(p.ledger.bytes);
        if (p.tick) out.set_tick(view->calendar.name(*p.tick));
      }
      for (const engine::RefusalReport& r : report.refused) {
        api::RefusalCount& out = *response->add_refused();
        out.set_reason(r.reason);
        out.set_count(r.count);
      }
      for (const engine::SourceReport& s : report.sources) {
        api::SourceStatus& out = *response->add_sources();
        out.set_source(absl::StrFormat("%016x", s.source));
        out.set_complete_to_ms(s.complete_to.value);
      }
      if (auto const tick = view->book->last_tick()) response->set_tick(view->calendar.name(*tick));
      response->set_journal_offset(view->book->offset().value + 1);
      response->set_leader(view->book->lead().writer);
      response->set_leader_epoch(view->book->lead().epoch.value);
      response->set_watchers(watchers_.count());
      response->set_alerts_open(static_cast<int32_t>(view->book->open().size()));
      response->set_config_digest(report.config_digest);
      api::SnapshotStatus& snapshots = *response->mutable_snapshots();
      snapshots.set_enabled(report.snapshots.enabled);
      snapshots.set_taken_at_ms(report.snapshots.taken_at.value);
      snapshots.set_bytes(static_cast<int64_t>(report.snapshots.bytes));
      snapshots.set_error(report.snapshots.error);
      snapshots.set_started_from(report.snapshots.started_from);
      api::ComparisonStatus& comparison = *response->mutable_comparison();
      comparison.set_equal(report.comparison.equal);
      comparison.set_cells_equal(report.comparison.cells_equal);
      comparison.set_cells_differ(report.comparison.cells_differ);
      comparison.set_verdicts_differ(report.comparison.verdicts_differ);
      comparison.set_cut_differs(report.comparison.cut_differs);
      comparison.set_not_compared(report.comparison.not_compared);
      comparison.set_diverged(report.comparison.diverged);
      comparison.set_first_divergence(report.comparison.first_divergence);
      for (const std::string& topic : view->book->silent_topics())
        response->add_silent_inputs(topic);
      return grpc::Status::OK;
    });
  }

 private:
  const Shared& shared_;
  Watchers& watchers_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_status_service(const Shared& shared, Watchers& watchers) {
  return std::make_unique<StatusService>(shared, watchers);
}

}  // namespace bellwether::rpc
