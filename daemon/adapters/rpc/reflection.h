// Purpose: gRPC server reflection, version v1. The plugin of gRPC 1.51 serves v1alpha only, for
// which newer clients no longer ask. Answers come from the descriptors compiled into the program.
// Thread safety: the service may be called from any thread; reflect() is pure.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "grpc/reflection/v1/reflection.pb.h"

namespace bellwether::rpc {

// `services`: the full names of the server's services.
std::unique_ptr<grpc::Service> make_reflection_service(std::vector<std::string> services);

// The answer to one request. An unknown name gives an ErrorResponse with NOT_FOUND, a request
// without a question one with INVALID_ARGUMENT.
grpc::reflection::v1::ServerReflectionResponse reflect(
    const grpc::reflection::v1::ServerReflectionRequest& request,
    const std::vector<std::string>& services, const google::protobuf::DescriptorPool& pool);

}  // namespace bellwether::rpc
