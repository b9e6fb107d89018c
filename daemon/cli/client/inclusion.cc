// bellwether inclusion: who is reached, by deprivation of the place, and where to go first.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/context.h"
#include "cli/table.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;

struct Options {
  std::string area;
  std::string sector;
  std::string period;
  int steps = 5;
};

constexpr char kReach[] = "reach_12m";
constexpr char kWithheld[] = "withheld";

std::string percent(double x) {
  return absl::StrFormat("%.1f %%", x);
}

// The figures of a class: businesses, supported ones, and the share of the latter in the former.
// `withheld`: the word for a figure that is suppressed.
std::vector<std::string> row(const std::string& name, const indicators_pb::DistributionClass& c,
                             double stock, const char* withheld = kWithheld) {
  const indicators_pb::Value& v = c.value();
  if (!v.not_available().empty()) return {name, "", "", c.suppressed() ? withheld : "–", "", ""};
  bool const known = c.decile() != 0;
  return {name,
          figure(v.denominator()),
          known && stock > 0 ? percent(100 * v.denominator() / stock) : "",
          figure(v.numerator()),
          known ? percent(c.share()) : "",
          percent(v.value())};
}

void print(const indicators_pb::GetDistributionResponse& response) {
  double stock = 0;
  // What is not known at all is not withheld because it is small. The gap below says why.
  const std::string& why = response.total().not_available();
  bool const is_known = why.empty() || why.starts_with("suppressed");
  const char* const withheld = is_known ? kWithheld : "not known";
  for (const indicators_pb::DistributionClass& c : response.classes())
    stock += c.value().denominator();
  Table table({"DECILE", ">BUSINESSES", ">SHARE", ">SUPPORTED", ">SHARE", ">REACH"});
  for (const indicators_pb::DistributionClass& c : response.classes()) {
    std::string const end = c.decile() == 1 ? " most deprived" : c.decile() == 10 ? " least" : "";
    table.add(row(base::cat(c.decile(), end), c, stock, withheld));
  }
  table.add(row("unknown", response.unknown(), stock, withheld));
  if (response.has_mass_addresses())
    table.add(row("  of these at mass addresses", response.mass_addresses(), stock, withheld));
  indicators_pb::DistributionClass all;
  *all.mutable_value() = response.total();
  table.add(row("all", all, stock, withheld));
  table.print();
}

void print(const indicators_pb::GetInclusionLadderResponse& response) {
  const indicators_pb::Value& gap = response.gap();
  if (!gap.not_available().empty()) {
    std::printf("\nno gap of support: %s\n", gap.not_available().c_str());
    return;
  }
  std::printf(
      "\nGap: %.1f points (95 %% interval %.1f to %.1f): deciles 1–3 have so much %s of the "
      "support "
      "than of\nthe businesses.\n",
      gap.value(), response.lower(), response.upper(), gap.value() < 0 ? "less" : "more");
  if (response.steps().empty()) {
    std::puts("The parts of this area are too small to tell where to go.");
    return;
  }
  std::puts(
      "\nWhere to go: so many more businesses of deciles 1–3 close what a place contributes.\n");
  Table table({"AREA", "NAME", ">MORE", ">POINTS", ">SUPPORTED", ">BUSINESSES"});
  for (const indicators_pb::LadderStep& s : response.steps()) {
    table.add({s.node().area(), s.display_name(),
               base::cat(s.suppressed() ? "at most " : "", figure(s.more())),
               absl::StrFormat("%.1f", s.contribution()),
               s.suppressed() ? kWithheld : figure(s.supported()), figure(s.stock())});
  }
  table.print();
  if (response.steps_total() > response.steps_size())
    std::printf("\n%d of %d places\n", response.steps_size(), response.steps_total());
}

void show(Context& context, const Options& options) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  auto const about = [&](auto& request) {
    request.mutable_node()->set_area(options.area);
    request.mutable_node()->set_sector(options.sector);
    request.set_period(options.period);
    set_as_of(context, *request.mutable_as_of());
  };
  indicators_pb::GetDistributionRequest by_decile;
  about(by_decile);
  by_decile.set_name(kReach);
  by_decile.set_by(indicators_pb::DIVISION_DECILE);
  indicators_pb::GetDistributionResponse distribution;
  grpc::ClientContext first;
  context.set_deadline(first);
  if (!context.ok(stub->GetDistribution(&first, by_decile, &distribution))) return;
  indicators_pb::GetInclusionLadderRequest where;
  about(where);
  where.set_steps_max(options.steps);
  indicators_pb::GetInclusionLadderResponse ladder;
  grpc::ClientContext second;
  context.set_deadline(second);
  if (!context.ok(stub->GetInclusionLadder(&second, where, &ladder))) return;
  if (context.json()) {
    Context::print_json(distribution);
    Context::print_json(ladder);
    return;
  }
  const std::string& index = ladder.deprivation_index();
  std::printf(
      "Support in the 12 months to %s, by deprivation of the place, not of the people%s\n\n",
      ladder.gap().period().c_str(), index.empty() ? "" : base::cat(" (", index, ")").c_str());
  print(distribution);
  print(ladder);
  common::v1::Basis basis = ladder.basis();
  basis.set_rounded(true);
  basis.set_suppressed(basis.suppressed() || distribution.basis().suppressed());
  print_basis(basis);
}

}  // namespace

void add_inclusion(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* const sub = app.add_subcommand(
      "inclusion", "who is supported, by deprivation of the place, and where to go first");
  sub->fallthrough();
  sub->add_option("--area", options->area,
                  "code of an area or area set; none = the whole geography");
  sub->add_option("--sector", options->sector, "code of a sector; none = all");
  sub->add_option("--period", options->period, "none = the last complete one");
  sub->add_option("--steps", options->steps, "the most places to list")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_as_of(*sub, context);
  sub->callback([&context, options] { show(context, *options); });
}

}  // namespace bellwether::cli
