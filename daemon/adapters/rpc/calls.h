// Purpose: how the services note their finished calls; the server adds the service (Method).
// Thread safety: a CallNoter is called from several threads at the same time.
#pragma once

#include <functional>

namespace bellwether::rpc {

// `method`: "GetStatus"; `code`: a grpc::StatusCode; `seconds`: of a stream, its whole time.
using CallNoter = std::function<void(const char* method, int code, double seconds)>;

}  // namespace bellwether::rpc
