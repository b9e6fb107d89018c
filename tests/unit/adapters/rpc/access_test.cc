#include "adapters/rpc/access.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "adapters/rpc/services.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

// Calls any method with an empty request. A stream ends in the same way as a unary call.
grpc::Status call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  grpc::Slice const nothing;
  grpc::ByteBuffer const request(&nothing, 1);
  auto const answer = stub.PrepareUnaryCall(&context, method, request, &queue);
  answer->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  answer->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  return status;
}

// The path "/SERVICE/METHOD" and the name METHOD of every method of every listed service.
std::map<std::string, std::string> methods_of_all_services() {
  Shared shared;
  shared.backend.view = [] { return nullptr; };
  CallNoter const nobody = [](const char*, int, double) {};
  Watchers watchers(shared.backend, nobody, 1);
  Exports exports(shared.backend, nobody, absl::Seconds(1));
  Transfers transfers(1);
  std::map<std::string, std::string> out;
  for (const Service& service : make_services(shared, watchers, exports, transfers)) {
    const auto* const about =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service.name);
    BELLWETHER_CHECK(about != nullptr);
    for (int i = 0; i < about->method_count(); ++i) {
      out["/" + service.name + "/" + about->method(i)->name()] = about->method(i)->name();
    }
  }
  return out;
}

TEST(MethodsTest, AllMethodsOfAllServicesAreListed) {
  std::map<std::string, std::string> listed;
  for (const Method& method : methods())
    listed["/" + method.service + "/" + method.name] = method.name;
  EXPECT_EQ(listed, methods_of_all_services());
}

TEST(AccessTest, ARefusalEndsEveryMethodOfEveryService) {
  std::mutex mutex;
  std::set<std::string> asked;
  std::unique_ptr<Server> const server = testing::must(Server::start(
      {.address = "127.0.0.1:0",
       .access =
           [&](const Call& c) {
             std::lock_guard lock(mutex);
             asked.emplace(c.method);
             return grpc::Status(grpc::StatusCode::PERMISSION_DENIED,
                                 "not for " + c.context.peer());
           }},
      [] {
        Backend only_view;
        auto view = std::make_shared<engine::View>();
        view->reference = {std::shared_ptr<const void>(), &testing::world()};
        view->calendar = kServedMonths;
        view->book = std::make_shared<const bellwether::alerts::Book>(kServedMonths);
        only_view.view = [view] { return view; };
        return only_view;
      }(),
      [](const Method&, int, double) {}));
  auto const channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()),
                                           grpc::InsecureChannelCredentials());
  std::map<std::string, std::string> const methods = methods_of_all_services();
  EXPECT_GE(methods.size(), 20u);
  std::set<std::string> names;
  for (const auto& [path, name] : methods) {
    grpc::Status const status = call(channel, path);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << path;
    EXPECT_THAT(status.error_message(), ::testing::StartsWith("not for ipv4:127.0.0.1:")) << path;
    EXPECT_TRUE(names.insert(name).second) << name << " is a method of two services";
  }
  EXPECT_EQ(asked, names);
  server->stop(absl::InfinitePast());
}

TEST(AccessTest, ByDefaultEverybodyMayCall) {
  grpc::ServerContext context;
  EXPECT_TRUE(allow_everything()({"GetStatus", context}).ok());
}

}  // namespace
}  // namespace bellwether::rpc
