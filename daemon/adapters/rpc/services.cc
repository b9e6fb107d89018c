#include "adapters/rpc/services.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "bellwether/snapshots/v1/snapshots.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "core/base/check.h"

namespace bellwether::rpc {
namespace {

template <class Contract>
Service as(std::unique_ptr<grpc::Service> impl) {
  return {std::move(impl), Contract::service_full_name()};
}

}  // namespace

const std::vector<Method>& methods() {
  static const std::vector<Method> all = [] {
    std::vector<Method> out;
    for (const char* name : {indicators::v1::IndicatorService::service_full_name(),
                             alerts::v1::AlertService::service_full_name(),
                             alerts::v1::RegimeBreakService::service_full_name(),
                             alerts::v1::JudgementService::service_full_name(),
                             forecasts::v1::ForecastService::service_full_name(),
                             status::v1::StatusService::service_full_name(),
                             snapshots::v1::SnapshotService::service_full_name()}) {
      const auto* const service =
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
      BELLWETHER_CHECK(service != nullptr);
      for (int i = 0; i < service->method_count(); ++i) {
        const auto& method = *service->method(i);
        out.push_back({name, method.name(), method.server_streaming()});
      }
    }
    std::ranges::sort(out, {}, &Method::name);
    return out;
  }();
  return all;
}

std::vector<Service> make_services(const Shared& shared, Watchers& watchers, Exports& exports,
                                   Transfers& transfers) {
  std::vector<Service> out;
  out.push_back(as<indicators::v1::IndicatorService>(make_indicator_service(shared, exports)));
  out.push_back(as<alerts::v1::AlertService>(make_alert_service(shared, watchers)));
  out.push_back(as<alerts::v1::RegimeBreakService>(make_regime_break_service(shared)));
  out.push_back(as<alerts::v1::JudgementService>(make_judgement_service(shared)));
  out.push_back(as<forecasts::v1::ForecastService>(make_forecast_service(shared)));
  out.push_back(as<status::v1::StatusService>(make_status_service(shared, watchers)));
  out.push_back(as<snapshots::v1::SnapshotService>(make_snapshot_service(shared, transfers)));
  return out;
}

}  // namespace bellwether::rpc
