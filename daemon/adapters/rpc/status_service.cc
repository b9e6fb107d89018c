#include "adapters/rpc/messages.h"
#include "adapters/rpc/services.h"
#include "bellwether/status/v1/status.grpc.pb.h"

namespace bellwether::rpc {
namespace {

namespace status_pb = bellwether::status::v1;

class StatusService final : public status_pb::StatusService::Service {
 public:
  StatusService(const Shared& shared, Watchers& watchers) : shared_(shared), watchers_(watchers) {}

  grpc::Status GetStatus(grpc::ServerContext* context, const status_pb::GetStatusRequest*,
                         status_pb::GetStatusResponse* response) override {
    return observed(shared_, *context, "GetStatus", [&] {
      auto const view = shared_.backend.view();
      shared_.backend.status(*response);
      rpc::fill(*view, shared_.backend.now(), *response->mutable_basis());
      response->set_working_hours(view->reference->desks.text());
      if (auto const tick = view->book->last_tick()) response->set_tick(view->calendar.name(*tick));
      response->set_journal_offset(view->book->offset().value + 1);
      response->set_leader(view->book->lead().writer);
      response->set_leader_epoch(view->book->lead().epoch.value);
      response->set_watchers(watchers_.counts().open);
      response->set_alerts_open(static_cast<int32_t>(view->book->open().size()));
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
