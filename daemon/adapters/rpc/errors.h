// Purpose: errors in the form that clients expect: INVALID_ARGUMENT with google.rpc.BadRequest, one
// violation per wrong field, each with the correction.
// Thread safety: a BadRequest belongs to one call; the rest is pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace bellwether::rpc {

class BadRequest {
 public:
  // `field`: its path in the request message, as "node.area".
  void add(std::string_view field, std::string_view what);
  bool empty() const { return violations_.empty(); }
  // OK if there is no violation.
  grpc::Status status() const;

 private:
  struct Violation {
    std::string field;
    std::string description;
  };
  std::vector<Violation> violations_;
};

// Copies the code and the message.
grpc::Status to_grpc(const absl::Status& status);

}  // namespace bellwether::rpc
