// Purpose: who is reached, by deprivation of the place: the distribution of a figure over deciles,
// and the ladder of the inclusion gap. Both are protected here. Thread safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include "adapters/rpc/server.h"
#include "bellwether/indicators/v1/indicators.pb.h"

namespace bellwether::rpc {

// Errors: INVALID_ARGUMENT with the fields; FAILED_PRECONDITION without deciles; those of
// Backend::as_of.
grpc::Status get_distribution(const Backend& backend,
                              const indicators::v1::GetDistributionRequest& request,
                              indicators::v1::GetDistributionResponse& response);
grpc::Status get_inclusion_ladder(const Backend& backend,
                                  const indicators::v1::GetInclusionLadderRequest& request,
                                  indicators::v1::GetInclusionLadderResponse& response);

}  // namespace bellwether::rpc
