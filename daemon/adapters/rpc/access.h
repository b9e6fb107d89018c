// Purpose: the one place that decides who may call which method. Every call of every service passes
// it before its request is read. gRPC's own health and reflection services do not pass it.
// Thread safety: an Access is called from several threads at the same time.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string_view>

namespace bellwether::rpc {

struct Call {
  std::string_view method;                 // "GetStatus"; unique over all services
  const grpc::ServerContextBase& context;  // peer, credentials and metadata of the caller
};

// OK, or the status that ends the call: PERMISSION_DENIED or UNAUTHENTICATED.
using Access = std::function<grpc::Status(const Call&)>;

// For networks where every client that reaches the port may call every method.
inline Access allow_everything() {
  return [](const Call&) { return grpc::Status::OK; };
}

}  // namespace bellwether::rpc
