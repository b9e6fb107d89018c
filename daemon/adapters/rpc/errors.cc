#include "adapters/rpc/errors.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "adapters/rpc/limits.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

// Appends field `number` of a message, with the wire type "length-delimited".
void put(std::string& message, uint32_t number, std::string_view bytes) {
  StringOutputStream stream(&message);
  CodedOutputStream out(&stream);
  out.WriteTag(number << 3 | 2);
  out.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  out.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

void BadRequest::add(std::string_view field, std::string_view what) {
  size_t const room = kErrorBytesMax - std::min(kErrorBytesMax, bytes_ + field.size());
  if (!violations_.empty() && room < what.size()) {
    ++left_out_;
    return;
  }
  violations_.push_back({std::string(field), base::excerpt(what, room)});
  bytes_ += field.size() + violations_.back().description.size();
}

// Encoded by hand: no C++ package contains google/rpc/{status,error_details}.proto, only a Go
// package does. google.rpc.Status { code = 1, message = 2, details = 3 } with one
// google.protobuf.Any { type_url = 1, value = 2 } of google.rpc.BadRequest { field_violations = 1 {
// field = 1, description = 2 } }.
grpc::Status BadRequest::status() const {
  if (violations_.empty()) return grpc::Status::OK;
  std::string text;
  std::string bad_request;
  for (const Violation& v : violations_) {
    base::append(text, text.empty() ? "" : "; ", v.field, ": ", v.description);
    std::string violation;
    put(violation, 1, v.field);
    put(violation, 2, v.description);
    put(bad_request, 1, violation);
  }
  if (left_out_ > 0) base::append(text, "; and ", left_out_, " more");
  std::string any;
  put(any, 1, "type.googleapis.com/google.rpc.BadRequest");
  put(any, 2, bad_request);
  std::string status;
  {
    StringOutputStream stream(&status);
    CodedOutputStream out(&stream);
    out.WriteTag(1 << 3);
    out.WriteVarint32(static_cast<uint32_t>(grpc::StatusCode::INVALID_ARGUMENT));
  }
  put(status, 2, text);
  put(status, 3, any);
  return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, text, status);
}

grpc::Status to_grpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      base::excerpt(base::from_absl(status.message()), kErrorBytesMax));
}

}  // namespace bellwether::rpc
