#include <algorithm>
#include <array>
#include <cmath>

#include "adapters/rpc/asked.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/services.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "core/base/text.h"
#include "core/engine/forecaster.h"
#include "core/forecast/accuracy.h"
#include "core/indicators/catalogue.h"

namespace bellwether::rpc {
namespace {

namespace forecasts_pb = bellwether::forecasts::v1;
using base::cat;
using base::PeriodIndex;
using indicators::Measure;
using indicators::Node;

constexpr double kLevelMin = 50;
constexpr double kLevelMax = 99.9;

// A checked request.
struct Wanted {
  Measure measure{};
  Node node;
  int horizon = 0;
  forecast::Options options;
  bool of_the_table = true;  // method, levels and horizon are those computed between ticks
};

Measure read_measure(std::string_view name, BadRequest& bad) {
  constexpr std::string_view kPrefix = "indicators/";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  auto const measure = indicators::find_measure(name);
  if (!measure) {
    bad.add("name",
            cat("no measure \"", base::excerpt(name),
                "\"; name a measure such as births; indicators are formulas and are not forecast"));
    return {};
  }
  if (domain::privacy(*measure) != domain::Privacy::kPublic) {
    bad.add("name", "counts of people who asked for help are rounded and are not forecast");
  }
  return *measure;
}

void read_levels(const forecasts_pb::GetForecastRequest& request, Wanted& wanted, BadRequest& bad) {
  if (request.levels().empty()) {
    wanted.options.intervals.clear();
    for (double c : engine::kForecastCoverages) wanted.options.intervals.emplace_back(c);
    return;
  }
  if (request.levels_size() > kForecastLevelsMax) {
    bad.add("levels", cat("name at most ", kForecastLevelsMax, " coverages"));
    return;
  }
  wanted.options.intervals.clear();
  double before = 0;
  for (int i = 0; i < request.levels_size(); ++i) {
    double const level = request.levels(i);
    if (!(level >= kLevelMin && level <= kLevelMax) || level <= before) {
      bad.add(cat("levels[", i, "]"),
              "give coverages in percent from 50 to 99.9, in increasing order");
      return;
    }
    before = level;
    // 99.9 / 100 is slightly larger than .999.
    wanted.options.intervals.emplace_back(std::min(level / 100, forecast::kCoverageMax));
  }
  wanted.of_the_table = std::ranges::equal(request.levels(), engine::kForecastCoverages,
                                           [](double level, double c) { return level == 100 * c; });
}

Wanted read(const engine::View& view, const forecasts_pb::GetForecastRequest& request,
            BadRequest& bad) {
  Wanted w;
  w.measure = read_measure(request.name(), bad);
  w.node = read_node(view, request.node(), "node", bad);
  int const most = engine::forecast_horizon_max(view.calendar);
  w.horizon = request.horizon() == 0 ? engine::forecast_horizon(view.calendar) : request.horizon();
  if (w.horizon < 1 || w.horizon > most)
    bad.add("horizon", cat("give 1 to ", most, " periods; 0 = a year"));
  w.options.method = engine::kForecastMethod;
  w.options.non_negative = true;
  if (!request.method().empty()) {
    auto const method = forecast::method_named(request.method());
    if (!method) {
      bad.add("method", cat("no method \"", base::excerpt(request.method()),
                            "\"; ListMethods names them all"));
    } else {
      w.options.method = *method;
    }
  }
  read_levels(request, w, bad);
  w.of_the_table = w.of_the_table && w.options.method == engine::kForecastMethod &&
                   w.horizon <= engine::forecast_horizon(view.calendar);
  return w;
}

void fill(const engine::View& view, const forecast::Forecast& f, int horizon,
          forecasts_pb::GetForecastResponse& out) {
  for (int h = 0; h < horizon; ++h) {
    auto const i = static_cast<size_t>(h);
    forecasts_pb::ForecastPoint& point = *out.add_points();
    point.set_period(view.calendar.name(PeriodIndex(view.data_through->value + h + 1)));
    point.set_mean(f.mean[i]);
    for (const forecast::IntervalPath& interval : f.intervals) {
      forecasts_pb::Interval& to = *point.add_intervals();
      to.set_level(100 * interval.coverage);
      to.set_lower(interval.lower[i]);
      to.set_upper(interval.upper[i]);
    }
  }
}

class ForecastService final : public forecasts_pb::ForecastService::Service {
 public:
  explicit ForecastService(const Shared& shared) : shared_(shared) {}

  grpc::Status GetForecast(grpc::ServerContext* context,
                           const forecasts_pb::GetForecastRequest* request,
                           forecasts_pb::GetForecastResponse* response) override {
    return observed(shared_, *context, "GetForecast", [&] {
      BadRequest bad;
      Wanted const wanted = read(*shared_.backend.view(), *request, bad);
      if (!bad.empty()) return bad.status();
      Asked asked;
      auto const measure = wanted.of_the_table ? std::optional(wanted.measure) : std::nullopt;
      if (auto refused = ask(shared_.backend, request->as_of(), asked, measure); !refused.ok())
        return refused;
      std::shared_ptr<const engine::View> const& view = asked.view;
      rpc::fill(*view, asked.now, *response->mutable_basis());
      response->set_method(std::string(forecast::name(wanted.options.method)));
      if (!view->data_through) {
        response->set_not_available("no period is complete yet");
        return grpc::Status::OK;
      }
      answer(*view, wanted, *response);
      return grpc::Status::OK;
    });
  }

  grpc::Status ListMethods(grpc::ServerContext* context, const forecasts_pb::ListMethodsRequest*,
                           forecasts_pb::ListMethodsResponse* response) override {
    return observed(shared_, *context, "ListMethods", [&] {
      for (forecast::Method m : forecast::kMethodsListed) {
        forecasts_pb::Method& out = *response->add_methods();
        out.set_name(std::string(forecast::name(m)));
        out.set_description(std::string(forecast::description(m)));
        out.set_is_default(m == engine::kForecastMethod);
      }
      return grpc::Status::OK;
    });
  }

 private:
  static void answer(const engine::View& view, const Wanted& wanted,
                     forecasts_pb::GetForecastResponse& response) {
    int const season = view.calendar.periods_per_year();
    engine::History const known = engine::history(*view.panel, *view.reported, wanted.node,
                                                  wanted.measure, *view.data_through);
    const forecast::Forecast* made = nullptr;
    if (wanted.of_the_table && view.forecasts != nullptr &&
        view.forecasts->through() == *view.data_through) {
      made = view.forecasts->find(wanted.node, wanted.measure);
      response.set_coherent(view.forecasts->is_coherent(wanted.node, wanted.measure));
    }
    forecast::Forecast own;
    if (made == nullptr) {
      own = engine::forecast_after(known, season, wanted.horizon, wanted.options);
      made = &own;
    }
    if (made->why != forecast::NotAssessed::kNone) {
      response.set_not_available(std::string(forecast::name(made->why)));
      return;
    }
    fill(view, *made, wanted.horizon, response);
    forecast::RollingAccuracy const a = forecast::rolling_accuracy(known.y, season, wanted.options);
    forecasts_pb::ForecastAccuracy& out = *response.mutable_accuracy();
    out.set_origins(a.origins);
    out.set_horizon(a.horizon);
    out.set_smape(a.smape);
    out.set_mase(a.mase);
    out.set_mase_seasonal_naive(a.mase_seasonal_naive);
    out.set_coverage(100 * a.coverage);
  }

  const Shared& shared_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_forecast_service(const Shared& shared) {
  return std::make_unique<ForecastService>(shared);
}

}  // namespace bellwether::rpc
