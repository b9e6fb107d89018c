// Purpose: the services over published views. Unary calls run on gRPC's own threads; watches are
// reactors (watch.h).
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "adapters/rpc/server.h"
#include "adapters/rpc/transfers.h"
#include "adapters/rpc/watch.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "bellwether/snapshots/v1/snapshots.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"

namespace bellwether::rpc {

// Unary calls in flight, and whether more are taken.
struct Traffic {
  std::atomic<int> in_flight{0};
  std::atomic<bool> draining{false};
};

// What the services share.
struct Shared {
  Backend backend;
  CallObserver observer;
  std::shared_ptr<Traffic> traffic = std::make_shared<Traffic>();
};

std::unique_ptr<grpc::Service> make_indicator_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_alert_service(const Shared& shared, Watchers& watchers);
std::unique_ptr<grpc::Service> make_regime_break_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_forecast_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_status_service(const Shared& shared, Watchers& watchers);
std::unique_ptr<grpc::Service> make_snapshot_service(const Shared& shared, Transfers& transfers);

// Runs one unary call and reports its latency.
template <class Call>
grpc::Status observed(const Shared& shared, const char* method, Call call) {
  auto const begin = std::chrono::steady_clock::now();
  shared.traffic->in_flight.fetch_add(1);
  grpc::Status const status =
      shared.traffic->draining.load()
          ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "this replica stops; ask another")
          : call();
  shared.traffic->in_flight.fetch_sub(1);
  shared.observer(method, status.error_code(),
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return status;
}

}  // namespace bellwether::rpc
