// Purpose: the three services over published views. Unary calls run on gRPC's own threads; watches are
// reactors (watch.h).
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <memory>

#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "rpc/server.h"
#include "rpc/watch.h"

namespace bellwether::rpc {

// What the services share.
struct Shared {
  Backend backend;
  CallObserver observer;
};

std::unique_ptr<grpc::Service> make_indicator_service(const Shared& shared);
std::unique_ptr<grpc::Service> make_alert_service(const Shared& shared, Watchers& watchers);
std::unique_ptr<grpc::Service> make_status_service(const Shared& shared, Watchers& watchers);

// Runs one unary call and reports its latency.
template <class Call>
grpc::Status observed(const Shared& shared, const char* method, Call call) {
  auto const begin = std::chrono::steady_clock::now();
  grpc::Status const status = call();
  shared.observer(method, status.error_code(),
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return status;
}

}  // namespace bellwether::rpc
