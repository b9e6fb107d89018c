// Purpose: the list of all services over published views, and their shared state. Unary calls run
// on gRPC's own threads; watches are reactors (watch.h).
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/rpc/access.h"
#include "adapters/rpc/calls.h"
#include "adapters/rpc/export.h"
#include "adapters/rpc/server.h"
#include "adapters/rpc/transfers.h"
#include "adapters/rpc/watch.h"

namespace bellwether::rpc {

// Unary calls in flight, acts that wait for what they name, and whether new calls are refused.
struct Traffic {
  std::atomic<int> in_flight{0};
  std::atomic<int> waiting{0};
  std::atomic<bool> draining{false};
};

// State that the services share.
struct Shared {
  Backend backend;
  CallNoter observer;
  Access access = allow_everything();
  std::shared_ptr<Traffic> traffic = std::make_shared<Traffic>();
};

struct Service {
  std::unique_ptr<grpc::Service> impl;
  std::string name;  // "bellwether.status.v1.StatusService", as in health and reflection
};

// All services of a replica. The arguments must outlive them.
std::vector<Service> make_services(const Shared& shared, Watchers& watchers, Exports& exports,
                                   Transfers& transfers);

std::unique_ptr<grpc::Service> make_indicator_service(const Shared& shared, Exports& exports);
std::unique_ptr<grpc::Service> make_alert_service(const Shared& shared, Watchers& watchers);
std::unique_ptr<grpc::Service> make_regime_break_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_judgement_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_forecast_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_status_service(const Shared& shared, Watchers& watchers);
std::unique_ptr<grpc::Service> make_snapshot_service(const Shared& shared, Transfers& transfers);

// Runs one unary call if `access` allows it, and reports its latency.
template <class Answer>
grpc::Status observed(const Shared& shared, const grpc::ServerContext& context, const char* method,
                      Answer answer) {
  auto const begin = std::chrono::steady_clock::now();
  shared.traffic->in_flight.fetch_add(1);
  grpc::Status status = shared.access({method, context});
  if (status.ok()) {
    status = shared.traffic->draining.load() ? grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                                            "this replica is stopping; ask another")
                                             : answer();
  }
  shared.traffic->in_flight.fetch_sub(1);
  shared.observer(method, status.error_code(),
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return status;
}

}  // namespace bellwether::rpc
