// Purpose: the one decision on who may call what. Every call of every service passes it before its
// request is looked at; gRPC's own health and reflection services do not.
// Thread safety: an Access is called from any thread, at the same time.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string_view>

namespace bellwether::rpc {

struct Call {
  std::string_view method;                 // "GetStatus"; unique over all services
  const grpc::ServerContextBase& context;  // peer, credentials and metadata of the caller
};

// OK, or the status that the call ends with, PERMISSION_DENIED or UNAUTHENTICATED.
using Access = std::function<grpc::Status(const Call&)>;

// For networks where whoever reaches the port may call everything.
inline Access allow_everything() {
  return [](const Call&) { return grpc::Status::OK; };
}

}  // namespace bellwether::rpc
