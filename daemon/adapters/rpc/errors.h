// Purpose: errors in the form that clients expect: INVALID_ARGUMENT with google.rpc.BadRequest, one
// violation per wrong field, each with the correction.
// Thread safety: a BadRequest belongs to one call; the rest is pure.
#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace bellwether::rpc {

class BadRequest {
 public:
  // `field`: its path in the request message, as "node.area". Fields and descriptions together
  // have at most kErrorBytesMax bytes: a longer description is cut, and violations that no longer
  // fit are only counted.
  void add(std::string_view field, std::string_view what);
  bool empty() const { return violations_.empty(); }
  // OK if there is no violation. All texts are valid UTF-8.
  grpc::Status status() const;

 private:
  struct Violation {
    std::string field;
    std::string description;
  };
  std::vector<Violation> violations_;
  size_t bytes_ = 0;     // of all fields and descriptions
  size_t left_out_ = 0;  // violations that are only counted
};

// Copies the code and the message. A message of more than kErrorBytesMax bytes is cut.
grpc::Status to_grpc(const absl::Status& status);

}  // namespace bellwether::rpc
