#include "adapters/rpc/services.h"

#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "bellwether/snapshots/v1/snapshots.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"

namespace bellwether::rpc {
namespace {

template <class Contract>
Service as(std::unique_ptr<grpc::Service> impl) {
  return {std::move(impl), Contract::service_full_name()};
}

}  // namespace

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
