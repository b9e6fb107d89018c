#include "cli/client/distribution.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/table.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;

struct Options {
  std::string name;
  std::string by = "area";
  std::string area;
  std::string sector;
  std::string period;
};

struct DivisionName {
  std::string_view name;
  indicators_pb::Division division;
};
constexpr std::array<DivisionName, 7> kDivisions = {{
    {"area", indicators_pb::DIVISION_AREA},
    {"decile", indicators_pb::DIVISION_DECILE},
    {"size", indicators_pb::DIVISION_SIZE_BAND},
    {"legal-form", indicators_pb::DIVISION_LEGAL_FORM},
    {"channel", indicators_pb::DIVISION_CHANNEL},
    {"team", indicators_pb::DIVISION_TEAM},
    {"intensity", indicators_pb::DIVISION_INTENSITY},
}};

constexpr size_t kNameColumns = 60;

// A reason would make the table too wide: it goes into `notes`.
std::vector<std::string> row(const std::string& code, const std::string& name,
                             const indicators_pb::DistributionClass& c,
                             std::vector<std::string>& notes) {
  const indicators_pb::Value& v = c.value();
  if (c.suppressed()) return {code, name, "withheld", ""};
  if (!v.not_available().empty()) {
    notes.push_back(base::cat("none of ", code.empty() ? name : code, ": ", v.not_available()));
    return {code, name, "none", ""};
  }
  return {code, name, figure(v.value()),
          c.share() > 0 ? absl::StrFormat("%.1f %%", c.share()) : ""};
}

void print(const Options& options, const indicators_pb::GetDistributionResponse& response) {
  Table table({"CLASS", "NAME", ">VALUE", ">SHARE"});
  std::vector<std::string> notes;
  bool has_shares = false;
  for (const indicators_pb::DistributionClass& c : response.classes()) {
    table.add(row(c.decile() > 0 ? base::cat(c.decile()) : c.code(),
                  base::shorten(c.display_name(), kNameColumns), c, notes));
    has_shares |= c.share() > 0;
  }
  const indicators_pb::DistributionClass& unknown = response.unknown();
  if (unknown.code().empty()) {
    table.add(row("unknown", "in none of these", unknown, notes));
  } else {
    table.add(row(unknown.code(), unknown.display_name(), unknown, notes));
  }
  if (response.has_mass_addresses())
    table.add(row("", "of these at mass addresses", response.mass_addresses(), notes));
  indicators_pb::DistributionClass all;
  *all.mutable_value() = response.total();
  table.add(row("all", "", all, notes));
  table.print();
  std::printf("\n%s in %s, unit %s; %s\n", options.name.c_str(), response.total().period().c_str(),
              response.unit().c_str(),
              has_shares ? "shares are those of the known classes"
                         : "no shares: the classes have no common sum that may be told");
  for (const std::string& note : notes) std::printf("%s\n", note.c_str());
  if (!response.deprivation_index().empty())
    std::printf("deciles of %s\n", response.deprivation_index().c_str());
  print_basis(response.basis());
}

void show(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::GetDistributionRequest request;
  request.set_name(options.name);
  request.mutable_node()->set_area(options.area);
  request.mutable_node()->set_sector(options.sector);
  request.set_period(options.period);
  for (const DivisionName& d : kDivisions) {
    if (options.by == d.name) request.set_by(d.division);
  }
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  indicators_pb::GetDistributionResponse response;
  if (!context.ok(stub->GetDistribution(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print(options, response);
}

}  // namespace

void add_distribution(CLI::App& indicators, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* const sub = indicators.add_subcommand(
      "distribution", "a figure by class, and what is in none, such as unknown places");
  sub->fallthrough();
  sub->add_option("name", options->name, "for example births")->required();
  std::vector<std::string> names;
  for (const DivisionName& d : kDivisions) names.emplace_back(d.name);
  sub->add_option("--by", options->by,
                  "of places: area, decile; of businesses: size, legal-form; of help: channel, "
                  "team, intensity")
      ->check(CLI::IsMember(std::move(names)))
      ->capture_default_str();
  sub->add_option("--area", options->area,
                  "code of an area or area set; none = the whole geography");
  sub->add_option("--sector", options->sector, "code of a sector; none = all");
  sub->add_option("--period", options->period, "none = the last complete one");
  add_as_of(*sub, context);
  sub->callback([&context, options] { show(context, *options); });
}

}  // namespace bellwether::cli
