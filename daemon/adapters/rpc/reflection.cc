#include "adapters/rpc/reflection.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/grpcpp.h>

#include <set>
#include <utility>

#include "core/base/text.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"

namespace bellwether::rpc {
namespace {

namespace reflection_pb = grpc::reflection::v1;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using reflection_pb::ServerReflectionRequest;
using reflection_pb::ServerReflectionResponse;

void set_error(grpc::StatusCode code, std::string text, ServerReflectionResponse& out) {
  out.mutable_error_response()->set_error_code(code);
  out.mutable_error_response()->set_error_message(std::move(text));
}

void set_not_found(std::string_view what, std::string_view name, ServerReflectionResponse& out) {
  set_error(
      grpc::StatusCode::NOT_FOUND,
      base::cat("no ", what, " \"", base::excerpt(name), "\"; list_services names the services"),
      out);
}

// Adds a file and the files that it imports.
void add_file(const FileDescriptor& file, std::set<const FileDescriptor*>& added,
              reflection_pb::FileDescriptorResponse& out) {
  if (!added.insert(&file).second) return;
  google::protobuf::FileDescriptorProto message;
  file.CopyTo(&message);
  message.SerializeToString(out.add_file_descriptor_proto());
  for (int i = 0; i < file.dependency_count(); ++i) add_file(*file.dependency(i), added, out);
}

// `file`: null if there is none.
void set_file(const FileDescriptor* file, std::string_view what, std::string_view name,
              ServerReflectionResponse& out) {
  if (file == nullptr) return set_not_found(what, name, out);
  std::set<const FileDescriptor*> added;
  add_file(*file, added, *out.mutable_file_descriptor_response());
}

void set_extension(const reflection_pb::ExtensionRequest& request, const DescriptorPool& pool,
                   ServerReflectionResponse& out) {
  const Descriptor* const type = pool.FindMessageTypeByName(request.containing_type());
  const FieldDescriptor* const field =
      type == nullptr ? nullptr : pool.FindExtensionByNumber(type, request.extension_number());
  set_file(field == nullptr ? nullptr : field->file(), "extension of",
           base::cat(request.containing_type(), " ", request.extension_number()), out);
}

void set_extension_numbers(const std::string& name, const DescriptorPool& pool,
                           ServerReflectionResponse& out) {
  const Descriptor* const type = pool.FindMessageTypeByName(name);
  if (type == nullptr) return set_not_found("message type", name, out);
  std::vector<const FieldDescriptor*> extensions;
  pool.FindAllExtensions(type, &extensions);
  out.mutable_all_extension_numbers_response()->set_base_type_name(name);
  for (const FieldDescriptor* field : extensions) {
    out.mutable_all_extension_numbers_response()->add_extension_number(field->number());
  }
}

// One stream: an answer to each request, in their order. At any time one operation is pending.
class Reflector final
    : public grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse> {
 public:
  explicit Reflector(const std::vector<std::string>& services) : services_(services) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_ = reflect(request_, services_, *DescriptorPool::generated_pool());
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  const std::vector<std::string>& services_;
  ServerReflectionRequest request_;
  ServerReflectionResponse response_;
};

class ReflectionService final : public reflection_pb::ServerReflection::CallbackService {
 public:
  explicit ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse>* ServerReflectionInfo(
      grpc::CallbackServerContext*) override {
    return new Reflector(services_);
  }

 private:
  std::vector<std::string> const services_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_reflection_service(std::vector<std::string> services) {
  return std::make_unique<ReflectionService>(std::move(services));
}

ServerReflectionResponse reflect(const ServerReflectionRequest& request,
                                 const std::vector<std::string>& services,
                                 const DescriptorPool& pool) {
  ServerReflectionResponse out;
  out.set_valid_host(request.host());
  *out.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      set_file(pool.FindFileByName(request.file_by_filename()), "file", request.file_by_filename(),
               out);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      set_file(pool.FindFileContainingSymbol(request.file_containing_symbol()), "symbol",
               request.file_containing_symbol(), out);
      break;
    case ServerReflectionRequest::kFileContainingExtension:
      set_extension(request.file_containing_extension(), pool, out);
      break;
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      set_extension_numbers(request.all_extension_numbers_of_type(), pool, out);
      break;
    case ServerReflectionRequest::kListServices:
      for (const std::string& name : services) {
        out.mutable_list_services_response()->add_service()->set_name(name);
      }
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      set_error(grpc::StatusCode::INVALID_ARGUMENT, "the request has no question; set one field",
                out);
      break;
  }
  return out;
}

}  // namespace bellwether::rpc
