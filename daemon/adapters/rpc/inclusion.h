// Purpose: where to reach out first: the ladder of the inclusion gap. It is protected here. Thread
// safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include "adapters/rpc/server.h"
#include "bellwether/indicators/v1/indicators.pb.h"

namespace bellwether::rpc {

// Errors: INVALID_ARGUMENT with the fields; FAILED_PRECONDITION without deciles; those of
// Backend::as_of.
grpc::Status get_inclusion_ladder(const Backend& backend,
                                  const indicators::v1::GetInclusionLadderRequest& request,
                                  indicators::v1::GetInclusionLadderResponse& response);

}  // namespace bellwether::rpc
