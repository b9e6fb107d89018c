// Purpose: the addresses of a host name: a headless service of Kubernetes has one for each replica.
// Thread safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace bellwether::runtime {

// "host:port" → each "address:port" of the host once, IPv6 in brackets. Errors: NotFound for an
// unknown name, DeadlineExceeded if the name server does not answer within `wait`.
absl::StatusOr<std::vector<std::string>> addresses(const std::string& peer, absl::Duration wait);

}  // namespace bellwether::runtime
