#include "adapters/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <mutex>

#include "absl/time/clock.h"
#include "adapters/rpc/reflection.h"
#include "adapters/rpc/services.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"

namespace bellwether::rpc {
namespace {

constexpr absl::Duration kDrainPoll = absl::Milliseconds(5);
constexpr absl::Duration kLinger = absl::Milliseconds(250);  // for answers still being sent

CallNoter with_service(CallObserver observer) {
  return [observer = std::move(observer)](const char* name, int code, double seconds) {
    auto const method =
        std::ranges::lower_bound(methods(), std::string_view(name), {},
                                 [](const Method& m) -> std::string_view { return m.name; });
    BELLWETHER_CHECK(method != methods().end() && method->name == name);
    observer(*method, code, seconds);
  };
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Backend backend, CallObserver observer)
      : shared_{std::move(backend), with_service(std::move(observer)), options.access},
        watchers_(shared_.backend, shared_.observer, options.watchers_max),
        exports_(shared_.backend, shared_.observer, options.export_stall_max),
        transfers_(options.transfer_bytes_per_second),
        services_(make_services(shared_, watchers_, exports_, transfers_)) {}

  ~Impl() { stop(absl::Now()); }

  absl::Status start(const std::string& address, absl::Duration connection_age_max) {
    grpc::EnableDefaultHealthCheckService(true);
    static std::once_flag once;  // the plugin registers itself for the whole process
    std::call_once(once, [] { grpc::reflection::InitProtoReflectionServerBuilderPlugin(); });
    reflection_ = make_reflection_service(names());
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(kRequestBytesMax);
    if (connection_age_max < absl::InfiniteDuration()) {
      builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                                 static_cast<int>(absl::ToInt64Milliseconds(connection_age_max)));
    }
    for (const Service& service : services_) builder.RegisterService(service.impl.get());
    builder.RegisterService(reflection_.get());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(
          base::cat("cannot serve gRPC on ", address, "; is another process on that port?"));
    }
    set_serving(false);
    return absl::OkStatus();
  }

  void set_serving(bool serving) {
    auto* const health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    health->SetServingStatus(serving);
    // gRPC knows a service's name only after the service got its own status.
    for (const Service& service : services_) health->SetServingStatus(service.name, serving);
  }

  void stop(absl::Time deadline) {
    if (server_ == nullptr || stopped_) return;
    stopped_ = true;
    set_serving(false);
    watchers_.stop();
    exports_.stop();
    // Without this, Shutdown waits until clients close their idle connections. Some clients take
    // seconds.
    shared_.traffic->draining.store(true);
    while (shared_.traffic->in_flight.load() > 0 && absl::Now() < deadline)
      absl::SleepFor(kDrainPoll);
    server_->Shutdown(absl::ToChronoTime(std::min(deadline, absl::Now() + kLinger)));
  }

  // The services that reflection lists: ours, and those that gRPC and reflection add.
  std::vector<std::string> names() const {
    std::vector<std::string> out = {
        "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection",
        std::string(grpc::reflection::v1::ServerReflection::service_full_name())};
    for (const Service& service : services_) out.push_back(service.name);
    std::ranges::sort(out);
    return out;
  }

  Shared shared_;
  Watchers watchers_;
  Exports exports_;
  Transfers transfers_;
  std::vector<Service> const services_;
  std::unique_ptr<grpc::Service> reflection_;
  int port_ = 0;
  bool stopped_ = false;
  std::unique_ptr<grpc::Server> server_;
};

absl::StatusOr<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Backend backend,
                                                      CallObserver observer) {
  auto impl = std::make_unique<Impl>(options, std::move(backend), std::move(observer));
  if (absl::Status const started = impl->start(options.address, options.connection_age_max);
      !started.ok()) {
    return started;
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

int Server::port() const {
  return impl_->port_;
}
void Server::set_serving(bool serving) {
  impl_->set_serving(serving);
}
void Server::notify() {
  impl_->watchers_.notify();
}
WatcherCounts Server::watchers() const {
  return impl_->watchers_.counts();
}
TransferCounts Server::transfers() const {
  return impl_->transfers_.counts();
}
void Server::stop(absl::Time deadline) {
  impl_->stop(deadline);
}

}  // namespace bellwether::rpc
