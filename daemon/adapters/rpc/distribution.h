// Purpose: answers how a figure is distributed: over places, or over classes of what is counted
// (divide.h). Thread safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include "adapters/rpc/server.h"
#include "bellwether/indicators/v1/indicators.pb.h"

namespace bellwether::rpc {

// Errors: INVALID_ARGUMENT with the fields; FAILED_PRECONDITION without deciles, or before the
// first period; those of Backend::as_of.
grpc::Status get_distribution(const Backend& backend,
                              const indicators::v1::GetDistributionRequest& request,
                              indicators::v1::GetDistributionResponse& response);

// OK if a period is complete and the deployment has deciles.
grpc::Status check_deciles(const engine::View& view);

}  // namespace bellwether::rpc
