// bellwether regime-breaks: unusual periods that all baselines leave out.
#include <cstdio>
#include <memory>
#include <string>

#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/context.h"
#include "cli/table.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

struct Options {
  std::string name;
  std::string first;
  std::string last;
  std::string reason;
  std::string actor;
};

void declare(Context& context, const Options& options) {
  alerts_pb::DeclareRegimeBreakRequest request;
  alerts_pb::RegimeBreak& b = *request.mutable_regime_break();
  b.set_first_period(options.first);
  b.set_last_period(options.last.empty() ? options.first : options.last);
  b.set_reason(options.reason);
  b.set_actor(options.actor);
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::DeclareRegimeBreakResponse response;
  auto const stub = alerts_pb::RegimeBreakService::NewStub(context.channel());
  if (!context.ok(stub->DeclareRegimeBreak(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  const alerts_pb::RegimeBreak& made = response.regime_break();
  std::printf("%s: from the next tick on no baseline uses %s to %s\n", made.name().c_str(),
              made.first_period().c_str(), made.last_period().c_str());
}

void withdraw(Context& context, const Options& options) {
  alerts_pb::WithdrawRegimeBreakRequest request;
  request.set_name(options.name);
  request.set_actor(options.actor);
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::WithdrawRegimeBreakResponse response;
  auto const stub = alerts_pb::RegimeBreakService::NewStub(context.channel());
  if (!context.ok(stub->WithdrawRegimeBreak(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  const alerts_pb::RegimeBreak& was = response.regime_break();
  std::printf("%s is withdrawn: %s to %s return to the baselines at the next tick\n",
              was.name().c_str(), was.first_period().c_str(), was.last_period().c_str());
}

void list(Context& context, const Options&) {
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::ListRegimeBreaksRequest request;
  set_as_of(context, *request.mutable_as_of());
  alerts_pb::ListRegimeBreaksResponse response;
  auto const stub = alerts_pb::RegimeBreakService::NewStub(context.channel());
  if (!context.ok(stub->ListRegimeBreaks(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  if (response.regime_breaks().empty()) {
    std::puts("no regime breaks");
    return;
  }
  Table table({"REGIME BREAK", "FROM", "TO", "DECLARED", "BY", "REASON"});
  for (const alerts_pb::RegimeBreak& b : response.regime_breaks()) {
    table.add({b.name(), b.first_period(), b.last_period(), instant(b.declared_at_ms()), b.actor(),
               b.reason()});
  }
  table.print();
}

}  // namespace

void add_regime_breaks(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* const breaks =
      app.add_subcommand("regime-breaks", "unusual periods (a pandemic, a change of law)");
  breaks->require_subcommand(1);
  breaks->fallthrough();
  auto const command = [&](const char* name, const char* what, auto run) {
    CLI::App* const sub = breaks->add_subcommand(name, what);
    sub->fallthrough();
    sub->callback([&context, options, run] { run(context, *options); });
    return sub;
  };
  add_as_of(*command("list", "all declared regime breaks", list), context);
  CLI::App* const declaring = command("declare", "keep periods out of all baselines", declare);
  declaring->add_option("first", options->first, "first period, for example 2020-03 or 2020-W12")
      ->required();
  declaring->add_option("last", options->last, "last period; default: the first");
  declaring->add_option("--reason", options->reason, "reason, for later readers")->required();
  declaring->add_option("--actor", options->actor, "name of the person who acts")->required();
  CLI::App* const withdrawing =
      command("withdraw", "let baselines use the periods again", withdraw);
  withdrawing->add_option("name", options->name, "for example regimeBreaks/17")->required();
  withdrawing->add_option("--actor", options->actor, "name of the person who acts")->required();
}

}  // namespace bellwether::cli
