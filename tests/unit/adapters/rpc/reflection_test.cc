#include "adapters/rpc/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace reflection_pb = grpc::reflection::v1;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ReflectionRequest = reflection_pb::ServerReflectionRequest;
using ReflectionResponse = reflection_pb::ServerReflectionResponse;

class ReflectionTest : public ::testing::Test {
 protected:
  // Sends the requests over one stream.
  std::vector<ReflectionResponse> ask(const std::vector<ReflectionRequest>& requests) {
    auto const stub = reflection_pb::ServerReflection::NewStub(served_.channel());
    grpc::ClientContext call;
    auto const stream = stub->ServerReflectionInfo(&call);
    std::vector<ReflectionResponse> out(requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_TRUE(stream->Write(requests[i]));
      EXPECT_TRUE(stream->Read(&out[i]));
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return out;
  }
  static ReflectionRequest symbol(const std::string& name) {
    ReflectionRequest request;
    request.set_host("here");
    request.set_file_containing_symbol(name);
    return request;
  }
  Served served_;
};

TEST_F(ReflectionTest, EveryServiceIsListed) {
  ReflectionRequest request;
  request.set_list_services("");
  std::vector<std::string> names;
  ReflectionResponse const response = ask({request})[0];
  for (const auto& service : response.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_THAT(
      names,
      IsSupersetOf({"bellwether.alerts.v1.AlertService", "bellwether.alerts.v1.JudgementService",
                    "bellwether.alerts.v1.RegimeBreakService", "bellwether.status.v1.StatusService",
                    "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                    "grpc.reflection.v1alpha.ServerReflection"}));
}

// A client builds the service from the answer alone.
TEST_F(ReflectionTest, AnAnswerHoldsAllThatASymbolNeeds) {
  for (const char* name :
       {"bellwether.alerts.v1.AlertService", "bellwether.alerts.v1.AlertService.ListAlerts",
        "bellwether.alerts.v1.Alert", "bellwether.alerts.v1.Alert.name"}) {
    ReflectionResponse const response = ask({symbol(name)})[0];
    EXPECT_EQ(response.valid_host(), "here");
    EXPECT_EQ(response.original_request().file_containing_symbol(), name);
    google::protobuf::SimpleDescriptorDatabase files;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      EXPECT_TRUE(files.Add(file)) << file.name() << " is there twice";
    }
    google::protobuf::DescriptorPool pool(&files);
    const auto* const service = pool.FindServiceByName("bellwether.alerts.v1.AlertService");
    ASSERT_NE(service, nullptr) << name;
    EXPECT_NE(service->FindMethodByName("WatchAlerts"), nullptr);
  }
}

TEST_F(ReflectionTest, OneStreamAnswersManyRequests) {
  ReflectionRequest by_name;
  by_name.set_file_by_filename("bellwether/common/v1/common.proto");
  ReflectionRequest numbers;
  numbers.set_all_extension_numbers_of_type("bellwether.alerts.v1.Alert");
  auto const responses = ask({by_name, symbol("bellwether.common.v1.Node"), numbers});
  EXPECT_EQ(responses[0].file_descriptor_response().file_descriptor_proto_size(), 1);
  EXPECT_EQ(responses[0].file_descriptor_response().SerializeAsString(),
            responses[1].file_descriptor_response().SerializeAsString());
  EXPECT_EQ(responses[2].all_extension_numbers_response().base_type_name(),
            "bellwether.alerts.v1.Alert");
  EXPECT_EQ(responses[2].all_extension_numbers_response().extension_number_size(), 0);
}

TEST_F(ReflectionTest, WhatIsUnknownIsNotFoundAndTheStreamGoesOn) {
  ReflectionRequest file;
  file.set_file_by_filename("nowhere.proto");
  ReflectionRequest extension;
  extension.mutable_file_containing_extension()->set_containing_type("bellwether.alerts.v1.Alert");
  extension.mutable_file_containing_extension()->set_extension_number(7);
  ReflectionRequest numbers;
  numbers.set_all_extension_numbers_of_type("bellwether.No");
  auto const responses = ask({file, symbol(std::string(1000, 'x')), extension, numbers,
                              ReflectionRequest(), symbol("bellwether.alerts.v1.Alert")});
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(responses[i].error_response().error_code(), grpc::StatusCode::NOT_FOUND) << i;
    EXPECT_LT(responses[i].error_response().error_message().size(), 200u) << i;
  }
  EXPECT_THAT(responses[0].error_response().error_message(),
              HasSubstr("no file \"nowhere.proto\""));
  EXPECT_EQ(responses[4].error_response().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(responses[5].has_file_descriptor_response());
}

}  // namespace
}  // namespace bellwether::rpc
