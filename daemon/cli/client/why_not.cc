#include "cli/client/why_not.h"
#include "cli/client/as_of.h"

#include <cstdio>
#include <memory>

#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "cli/client/evidence.h"
#include "cli/table.h"
#include "core/base/display.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

struct Options {
  std::string rule;
  std::string node;  // AREA/SECTOR
  std::string area;
  std::string sector;
};

void print_gates(const google::protobuf::RepeatedPtrField<alerts_pb::Gate>& gates) {
  if (gates.empty()) return;
  std::puts("\nWhat the rule asked:");
  Table table({"", "CONDITION"});
  for (const alerts_pb::Gate& g : gates)
    table.add({g.passed() ? "yes" : "no", g.text()}, g.passed() ? Colour::kPlain : Colour::kAmber);
  table.print();
}

// Of a figure about people only the rounded value is known.
void print_observed(const alerts_pb::Evidence& e, const std::string& unit) {
  if (unit == base::kStandardDeviations) return;
  std::string const suffix(base::unit_suffix(unit));
  bool const source = unit == "count";  // its limit is a share of the expected value
  std::string const limit =
      e.limit() == 0 || source ? "" : " against a limit of " + figure(e.limit()) + suffix;
  std::printf("\nWhat the rule saw:\n  %s: %s%s%s\n", e.period().c_str(),
              figure(e.observed()).c_str(), suffix.c_str(), limit.c_str());
}

void why_not(Context& context, const Options& options) {
  alerts_pb::GetJudgementRequest request;
  request.set_rule(options.rule);
  size_t const slash = options.node.find('/');
  request.mutable_node()->set_area(options.node.empty() ? options.area
                                                        : options.node.substr(0, slash));
  request.mutable_node()->set_sector(slash == std::string::npos ? options.sector
                                                                : options.node.substr(slash + 1));
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::GetJudgementResponse response;
  auto const stub = alerts_pb::JudgementService::NewStub(context.channel());
  if (!context.ok(stub->GetJudgement(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  std::printf("%s\n", paint(options.rule + " " + response.rule_title() + " in " +
                                response.node().display_name(),
                            Colour::kBold)
                          .c_str());
  std::printf("\n%s\n", response.why().c_str());
  const common::v1::Basis& basis = response.basis();
  if (response.has_evidence() && basis.suppressed()) {
    print_observed(response.evidence(), response.unit());
  } else if (response.has_evidence()) {
    std::puts("\nWhat the rule saw:");
    print_evidence(response.evidence(), response.unit());
  }
  print_gates(response.gates());
  std::printf("\n%s, rules %s%s%s\n", data_through(basis).c_str(), basis.rule_set().c_str(),
              basis.rounded() ? ", counts of cases rounded to 5" : "",
              basis.suppressed() ? ", figures about people withheld" : "");
  if (!basis.working_hours().empty())
    std::printf("working hours: %s\n", basis.working_hours().c_str());
  for (const std::string& warning : basis.coverage_warnings())
    std::printf("warning: %s\n", warning.c_str());
}

}  // namespace

void add_why_not(CLI::App& alerts, Context& context) {
  auto const options = std::make_shared<Options>();
  CLI::App* const sub = alerts.add_subcommand(
      "why-not", "what a rule saw at a node at the last tick, and why there is no alert");
  sub->fallthrough();
  sub->add_option("rule", options->rule, "for example R1")->required();
  CLI::Option* const node = sub->add_option("node", options->node,
                                            "AREA/SECTOR, for example SG/C; none = the whole "
                                            "geography, all sectors; for a rule on silent "
                                            "sources the source, for example support");
  sub->add_option("--area", options->area,
                  "code of an area or area set; none = the whole geography")
      ->excludes(node);
  sub->add_option("--sector", options->sector, "code of a sector; none = all")->excludes(node);
  add_as_of(*sub, context);
  sub->callback([&context, options] { why_not(context, *options); });
}

}  // namespace bellwether::cli
