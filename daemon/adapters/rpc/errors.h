// Purpose: errors as clients expect them: INVALID_ARGUMENT with google.rpc.BadRequest, one
// violation a wrong field, each saying what to do. Thread safety: a BadRequest belongs to one call;
// the rest is pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace bellwether::rpc {

class BadRequest {
 public:
  // `field` as in the request message, "node.area".
  void add(std::string_view field, std::string_view what);
  bool empty() const { return violations_.empty(); }
  // OK when there is no violation.
  grpc::Status status() const;

 private:
  struct Violation {
    std::string field;
    std::string description;
  };
  std::vector<Violation> violations_;
};

// Code and message carried over.
grpc::Status to_grpc(const absl::Status& status);

}  // namespace bellwether::rpc
