// Purpose: the addresses behind a name: a headless service of Kubernetes has one for each replica.
// Thread safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace bellwether::runtime {

// "host:port" → each "address:port" of it once, v6 in brackets. Errors: NotFound for an unknown
// name, DeadlineExceeded when the name server has not answered within `wait`.
absl::StatusOr<std::vector<std::string>> addresses(const std::string& peer, absl::Duration wait);

}  // namespace bellwether::runtime
