// bellwether forecasts: the daemon's forecasts of a measure of a node.
#include <cstdio>
#include <memory>

#include "absl/strings/str_format.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/context.h"
#include "cli/table.h"

namespace bellwether::cli {
namespace {

namespace forecasts_pb = bellwether::forecasts::v1;

struct Options {
  std::string name;
  std::string area;
  std::string sector;
  std::string method;
  int horizon = 0;
  std::vector<double> levels;
};

void print_accuracy(const forecasts_pb::ForecastAccuracy& a) {
  if (a.origins() == 0) {
    std::puts("\nHow good: the series is too short for a test on its own past.");
    return;
  }
  std::printf(
      "\nHow good: from %d earlier periods, %d ahead each, the same method was off by %.1f %% "
      "(sMAPE), %.2f times\n"
      "one step of the naive method (MASE; the seasonal naive method %.2f), and %.0f %% of the "
      "values lay within\n"
      "the widest interval.\n",
      a.origins(), a.horizon(), a.smape(), a.mase(), a.mase_seasonal_naive(), a.coverage());
}

void get(Context& context, const Options& options) {
  forecasts_pb::GetForecastRequest request;
  request.set_name(options.name);
  request.mutable_node()->set_area(options.area);
  request.mutable_node()->set_sector(options.sector);
  request.set_horizon(options.horizon);
  request.set_method(options.method);
  for (double level : options.levels) request.add_levels(level);
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  forecasts_pb::GetForecastResponse response;
  auto const stub = forecasts_pb::ForecastService::NewStub(context.channel());
  if (!context.ok(stub->GetForecast(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  if (!response.not_available().empty()) {
    std::printf("no forecast: %s\n", response.not_available().c_str());
    return;
  }
  std::vector<std::string> columns = {"PERIOD", ">EXPECTED"};
  for (const forecasts_pb::Interval& i : response.points(0).intervals()) {
    columns.push_back(absl::StrFormat(">%g %% FROM", i.level()));
    columns.emplace_back(">TO");
  }
  Table table(columns);
  std::vector<double> line;
  for (const forecasts_pb::ForecastPoint& p : response.points()) {
    std::vector<std::string> row = {p.period(), absl::StrFormat("%.1f", p.mean())};
    for (const forecasts_pb::Interval& i : p.intervals()) {
      row.push_back(absl::StrFormat("%.0f", i.lower()));
      row.push_back(absl::StrFormat("%.0f", i.upper()));
    }
    line.push_back(p.mean());
    table.add(std::move(row));
  }
  table.print();
  std::printf("\n%s  %s\n", options.name.c_str(), sparkline(line).c_str());
  print_accuracy(response.accuracy());
  std::printf("\nmethod %s%s, %s\n", response.method().c_str(),
              response.coherent() ? ", adds up with children and parents" : "",
              data_through(response.basis()).c_str());
}

void methods(Context& context, const Options&) {
  grpc::ClientContext call;
  context.set_deadline(call);
  forecasts_pb::ListMethodsResponse response;
  auto const stub = forecasts_pb::ForecastService::NewStub(context.channel());
  if (!context.ok(stub->ListMethods(&call, {}, &response))) return;
  if (context.json()) return Context::print_json(response);
  Table table({"METHOD", "", "WHAT IT DOES"});
  for (const forecasts_pb::Method& m : response.methods())
    table.add({m.name(), m.is_default() ? "default" : "", m.description()});
  table.print();
}

}  // namespace

void add_forecasts(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* const forecasts =
      app.add_subcommand("forecasts", "forecasts of births, deaths and other measures");
  forecasts->require_subcommand(1);
  forecasts->fallthrough();
  CLI::App* const getting =
      forecasts->add_subcommand("get", "forecast of one measure of one node, with intervals");
  getting->fallthrough();
  getting->add_option("name", options->name, "a measure, for example births")->required();
  getting->add_option("--area", options->area,
                      "code of an area or area set; none = the whole geography");
  getting->add_option("--sector", options->sector, "code of a sector; none = all");
  getting->add_option("--horizon", options->horizon, "periods ahead; 0 = a year")
      ->capture_default_str();
  getting->add_option("--method", options->method,
                      "a name from 'forecasts methods'; none = the default");
  getting->add_option("--level", options->levels, "coverages in percent, increasing; none = 80,95")
      ->delimiter(',');
  add_as_of(*getting, context);
  getting->callback([&context, options] { get(context, *options); });
  CLI::App* const listing = forecasts->add_subcommand("methods", "the methods, with their sources");
  listing->fallthrough();
  listing->callback([&context, options] { methods(context, *options); });
}

}  // namespace bellwether::cli
