#include <algorithm>
#include <cstdio>
#include <memory>

#include "absl/strings/str_format.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/client/distribution.h"
#include "cli/client/pages.h"
#include "cli/context.h"
#include "cli/table.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;

struct Options {
  std::vector<std::string> names;
  std::string name;
  std::string area;
  std::string sector;
  std::string period;
  std::string from;
  std::string to;
  std::string area_level;
  std::string sector_level;
  std::string level;
  std::string parent;
  std::vector<std::string> nodes;
  bool ascending = false;
  int limit = 20;
};

constexpr size_t kTitleColumns = 60;

std::string shown(const indicators_pb::Value& v) {
  if (!v.not_available().empty()) return v.not_available();
  constexpr double kNearlyAll = 0.995;
  bool const all = v.reported() == 0 || v.reported() >= kNearlyAll;  // 0: not told
  return all ? figure(v.value())
             : absl::StrFormat("%s (%.0f %% reported)", figure(v.value()), 100 * v.reported());
}

// The reasons why there is no value, each with a number that stands in the cells of a table.
class Reasons {
 public:
  std::string cell(const indicators_pb::Value& v) {
    if (v.not_available().empty()) return shown(v);
    auto const found = std::ranges::find(all_, v.not_available());
    auto const number = found - all_.begin() + 1;
    if (found == all_.end()) all_.push_back(v.not_available());
    return base::cat("– (", number, ")");
  }
  void print() const {
    for (size_t i = 0; i < all_.size(); ++i)
      std::printf("– (%zu): no value: %s\n", i + 1, all_[i].c_str());
  }

 private:
  std::vector<std::string> all_;
};

// The number of periods that the value covers; empty if there is no value.
std::string window(const indicators_pb::Value& v) {
  return v.window_periods() > 0 ? figure(v.window_periods()) : "";
}

// Reads all pages. Prints each if the output is JSON.
template <class Response, class Request, class Call, class Page>
void shown_pages(Context& context, const Request& request, Call call, Page page) {
  pages<Response>(context, request, call, [&](const Response& r) {
    if (context.json()) Context::print_json(r);
    page(r);
  });
}

void list(Context& context, const Options&) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  Table table({"NAME", ">NO", "TITLE", "UNIT", "HARM", ">MIN BASE", "DETECTOR"});
  std::string working_hours;
  shown_pages<indicators_pb::ListIndicatorsResponse>(
      context, indicators_pb::ListIndicatorsRequest(),
      [&](auto* c, const auto& q, auto* r) { return stub->ListIndicators(c, q, r); },
      [&](const auto& r) {
        for (const indicators_pb::Indicator& i : r.indicators()) {
          if (!i.working_hours().empty()) working_hours = i.working_hours();
          table.add({i.name().substr(i.name().find('/') + 1),
                     i.number() > 0 ? figure(i.number()) : "",
                     base::shorten(i.title(), kTitleColumns), i.unit(),
                     i.harm() == indicators_pb::HARM_DIRECTION_LOW    ? "low"
                     : i.harm() == indicators_pb::HARM_DIRECTION_HIGH ? "high"
                                                                      : "",
                     i.minimum_base() > 0 ? figure(static_cast<double>(i.minimum_base())) : "",
                     i.detector()});
        }
      });
  if (context.json() || table.empty()) return;
  table.print();
  if (!working_hours.empty()) std::printf("\nworking hours: %s\n", working_hours.c_str());
}

using Values = std::vector<indicators_pb::Value>;

// True if the values have windows of different lengths.
bool grows(const Values& values) {
  int32_t length = 0;
  return std::ranges::any_of(values, [&](const indicators_pb::Value& v) {
    if (v.window_periods() == 0) return false;
    if (length == 0) length = v.window_periods();
    return v.window_periods() != length;
  });
}

// `series`: the values by name, all of the same periods.
void print_series(const std::vector<std::string>& names, const std::vector<Values>& series) {
  std::vector<std::string> columns = {"PERIOD"};
  for (size_t s = 0; s < names.size(); ++s) {
    columns.push_back(">" + names[s]);
    if (grows(series[s])) columns.emplace_back(">WINDOW");
  }
  Table table(columns);
  Reasons reasons;
  for (size_t p = 0; p < series[0].size(); ++p) {
    std::vector<std::string> row = {series[0][p].period()};
    for (const Values& values : series) {
      row.push_back(reasons.cell(values[p]));
      if (grows(values)) row.push_back(window(values[p]));
    }
    table.add(std::move(row));
  }
  table.print();
  reasons.print();
  std::puts("");
  for (size_t s = 0; s < names.size(); ++s) {
    std::vector<double> line;
    for (const indicators_pb::Value& v : series[s]) {
      if (v.not_available().empty()) line.push_back(v.value());
    }
    std::printf("%s  %s\n", names[s].c_str(), sparkline(line).c_str());
  }
}

void get_series(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::QuerySeriesRequest request;
  for (const std::string& name : options.names) request.add_names(name);
  request.mutable_node()->set_area(options.area);
  request.mutable_node()->set_sector(options.sector);
  request.set_from_period(options.period.empty() ? options.from : options.period);
  request.set_to_period(options.period.empty() ? options.to : options.period);
  request.set_page_size(kPageSize);
  set_as_of(context, *request.mutable_as_of());
  std::vector<Values> series(options.names.size());
  common::v1::Basis basis;
  shown_pages<indicators_pb::QuerySeriesResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->QuerySeries(c, q, r); },
      [&](const auto& r) {
        basis = r.basis();
        for (int s = 0; s < r.series_size(); ++s) {
          const auto& values = r.series(s).values();
          Values& all = series[static_cast<size_t>(s)];
          all.insert(all.end(), values.begin(), values.end());
        }
      });
  if (context.json() || series[0].empty()) return;
  print_series(options.names, series);
  print_basis(basis);
}

void get(Context& context, const Options& options) {
  if (!options.from.empty() || !options.to.empty() || options.names.size() != 1)
    return get_series(context, options);
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::GetIndicatorRequest request;
  request.set_name(options.names[0]);
  request.mutable_node()->set_area(options.area);
  request.mutable_node()->set_sector(options.sector);
  request.set_period(options.period);
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  indicators_pb::GetIndicatorResponse response;
  if (!context.ok(stub->GetIndicator(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  Table table({"PERIOD", ">WINDOW", ">VALUE", "UNIT", ">NUMERATOR", ">DENOMINATOR"});
  const indicators_pb::Value& v = response.value();
  table.add({v.period(), window(v), shown(v), response.unit(),
             v.numerator() != 0 ? figure(v.numerator()) : "",
             v.denominator() != 0 ? figure(v.denominator()) : ""});
  table.print();
  for (const std::string& used : v.official_figures()) std::printf("%s\n", used.c_str());
  print_basis(response.basis());
}

void print_nodes(const google::protobuf::RepeatedPtrField<indicators_pb::NodeValue>& values,
                 int limit) {
  Table table({">RANK", "AREA", "SECTOR", ">WINDOW", ">VALUE", ">NUMERATOR", ">DENOMINATOR"});
  int n = 0;
  for (const indicators_pb::NodeValue& v : values) {
    if (limit > 0 && n++ == limit) break;
    table.add({v.rank() > 0 ? figure(v.rank()) : "", v.node().area(), v.node().sector(),
               window(v.value()), shown(v.value()), figure(v.value().numerator()),
               figure(v.value().denominator())});
  }
  table.print();
}

// What the figures of a table of nodes are: "births in 2005-03, unit count".
void print_subject(const std::string& name, const std::string& unit,
                   const google::protobuf::RepeatedPtrField<indicators_pb::NodeValue>& values) {
  if (values.empty()) return;
  std::printf("\n%s in %s, unit %s\n", name.c_str(), values[0].value().period().c_str(),
              unit.c_str());
}

void rank(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::RankNodesRequest request;
  request.set_name(options.name);
  request.mutable_node()->set_area(options.area);
  request.mutable_node()->set_sector(options.sector);
  request.set_area_level(options.area_level);
  request.set_sector_level(options.sector_level);
  request.set_period(options.period);
  request.set_ascending(options.ascending);
  request.set_page_size(options.limit);
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  indicators_pb::RankNodesResponse response;
  if (!context.ok(stub->RankNodes(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print_nodes(response.values(), options.limit);
  print_subject(options.name, response.unit(), response.values());
  if (response.not_available() > 0) std::printf("\n%d without a value\n", response.not_available());
  print_basis(response.basis());
}

void compare(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::CompareNodesRequest request;
  set_as_of(context, *request.mutable_as_of());
  request.set_name(options.name);
  request.set_period(options.period);
  for (const std::string& text : options.nodes) {
    size_t const slash = text.find('/');
    common::v1::Node& node = *request.add_nodes();
    node.set_area(text.substr(0, slash));
    if (slash != std::string::npos) node.set_sector(text.substr(slash + 1));
  }
  grpc::ClientContext call;
  context.set_deadline(call);
  indicators_pb::CompareNodesResponse response;
  if (!context.ok(stub->CompareNodes(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print_nodes(response.values(), 0);
  print_subject(options.name, response.unit(), response.values());
  print_basis(response.basis());
}

void areas(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  Table table({"CODE", "NAME", "LEVEL", "PARENT", "FROM", "UNTIL"});
  indicators_pb::ListAreasRequest request;
  request.set_level(options.level);
  request.set_parent(options.parent);
  request.set_page_size(kPageSize);
  shown_pages<indicators_pb::ListAreasResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->ListAreas(c, q, r); },
      [&](const auto& r) {
        for (const indicators_pb::Area& a : r.areas()) {
          table.add({a.code(), base::shorten(a.display_name(), kTitleColumns), a.level(),
                     a.parent(), a.valid_from(), a.valid_until()});
        }
      });
  if (!context.json() && !table.empty()) table.print();
}

void sectors(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  Table table({"CODE", "NAME", "LEVEL", "PARENT"});
  indicators_pb::ListSectorsRequest request;
  request.set_level(options.level);
  request.set_parent(options.parent);
  request.set_page_size(kPageSize);
  shown_pages<indicators_pb::ListSectorsResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->ListSectors(c, q, r); },
      [&](const auto& r) {
        for (const indicators_pb::Sector& s : r.sectors()) {
          table.add(
              {s.code(), base::shorten(s.display_name(), kTitleColumns), s.level(), s.parent()});
        }
      });
  if (!context.json() && !table.empty()) table.print();
}

}  // namespace

void add_indicators(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  auto const group = [&](const char* name, const char* what) {
    CLI::App* const sub = app.add_subcommand(name, what);
    sub->require_subcommand(1);
    sub->fallthrough();
    return sub;
  };
  auto const command = [&](CLI::App* parent, const char* name, const char* what, auto run) {
    CLI::App* const sub = parent->add_subcommand(name, what);
    sub->fallthrough();
    sub->callback([&context, options, run] { run(context, *options); });
    return sub;
  };
  auto const node = [&](CLI::App* sub) {
    sub->add_option("--area", options->area,
                    "code of an area or area set; none = the whole geography");
    sub->add_option("--sector", options->sector, "code of a sector; none = all");
    return sub;
  };
  CLI::App* const indicators = group("indicators", "figures of areas and sectors");
  command(indicators, "list", "all indicators", list);
  CLI::App* const getting = node(command(
      indicators, "get",
      "values of one period or of a series; WINDOW is the number of periods that a value covers",
      get));
  getting->add_option("names", options->names, "for example births birth_rate_12m")->required();
  add_as_of(*getting, context);
  CLI::Option* const from =
      getting->add_option("--from", options->from, "first period of a series; none = of the data");
  CLI::Option* const to =
      getting->add_option("--to", options->to, "last period of a series; none = of the data");
  getting
      ->add_option(
          "--period", options->period,
          "only this period, for example 1998-03; without it and --from and --to: the last "
          "complete period of one name, the series of several")
      ->excludes(from, to);
  CLI::App* const ranking =
      node(command(indicators, "rank", "areas or sectors in order of value", rank));
  ranking->add_option("name", options->name, "for example births")->required();
  add_as_of(*ranking, context);
  ranking->add_option("--areas", options->area_level, "rank the areas of this level");
  ranking->add_option("--sectors", options->sector_level, "rank the sectors of this level");
  ranking->add_option("--period", options->period, "none = the last complete one");
  ranking->add_flag("--ascending", options->ascending, "lowest first");
  ranking->add_option("--limit", options->limit, "at most this many")->capture_default_str();
  CLI::App* const comparing = command(indicators, "compare", "nodes side by side", compare);
  add_as_of(*comparing, context);
  comparing->add_option("name", options->name, "for example births")->required();
  comparing->add_option("nodes", options->nodes, "AREA/SECTOR …")->required();
  comparing->add_option("--period", options->period, "none = the last complete one");
  add_distribution(*indicators, context);
  auto const with_place = [&](CLI::App* sub) {
    sub->add_option("--level", options->level, "only this level");
    sub->add_option("--parent", options->parent, "only below this area or sector");
  };
  with_place(command(group("areas", "areas and area sets"), "list", "areas and area sets", areas));
  with_place(
      command(group("sectors", "the classification"), "list", "the classification", sectors));
}

}  // namespace bellwether::cli
