#include <cstdio>

#include "absl/strings/str_format.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/context.h"
#include "cli/table.h"

namespace bellwether::cli {
namespace {

namespace status_pb = bellwether::status::v1;

void print_inputs(const status_pb::GetStatusResponse& r) {
  Table inputs({"TOPIC", ">PARTITION", ">NEXT", ">END", ">LAG", ">SECONDS", "WATERMARK", "STATE"});
  for (const status_pb::InputStatus& in : r.inputs()) {
    inputs.add(
        {in.topic(), figure(in.partition()), figure(static_cast<double>(in.next_offset())),
         figure(static_cast<double>(in.end_offset())), figure(static_cast<double>(in.lag_events())),
         absl::StrFormat("%.0f", in.lag_seconds()),
         in.watermark_ms() > 0 ? instant(in.watermark_ms()) : "-",
         !in.error().empty() ? in.error()
         : in.held()         ? "held"
         : in.idle()         ? "idle"
                             : ""},
        in.error().empty() ? Colour::kPlain : Colour::kRed);
  }
  if (!inputs.empty()) inputs.print();
}

void print_partitions(const status_pb::GetStatusResponse& r) {
  Table partitions({">PARTITION", ">BUSINESSES", ">FACTS", ">WAITING", ">MIB", "TICK"});
  for (const status_pb::PartitionStatus& p : r.partitions()) {
    auto const of_ledger = [&](int64_t n) {
      return (p.stale() ? "~" : "") + figure(static_cast<double>(n));
    };
    partitions.add({figure(p.partition()), of_ledger(p.businesses()), of_ledger(p.facts()),
                    of_ledger(p.businesses_waiting()),
                    absl::StrFormat("%.1f", static_cast<double>(p.ledger_bytes()) / (1 << 20)),
                    p.tick()});
  }
  if (!partitions.empty()) {
    std::puts("");
    partitions.print();
  }
}

// Prints counts by reason.
template <class Counts>
void print_counts(const char* title, const Counts& counts) {
  Table table({title, ">RECORDS"});
  for (const auto& c : counts) table.add({c.reason(), figure(static_cast<double>(c.count()))});
  if (table.empty()) return;
  std::puts("");
  table.print();
}

void status(Context& context) {
  auto const stub = status_pb::StatusService::NewStub(context.channel());
  grpc::ClientContext call;
  context.set_deadline(call);
  status_pb::GetStatusResponse r;
  if (!context.ok(stub->GetStatus(&call, {}, &r))) return;
  if (context.json()) return Context::print_json(r);
  std::printf("bellwetherd %s, %s, %s, broker %s\n", r.version().c_str(),
              r.role() == status_pb::ROLE_LEADER ? "leader" : "follower",
              r.ready() ? paint("ready", Colour::kGreen).c_str()
                        : paint("not ready: " + r.not_ready(), Colour::kAmber).c_str(),
              r.broker_reachable() ? "reachable" : paint("out of reach", Colour::kRed).c_str());
  std::printf(
      "data through %s, rules %s, %d alerts open, %d watchers, journal offset %lld\n",
      r.basis().data_through().empty() ? "(no period yet)" : r.basis().data_through().c_str(),
      r.basis().rule_set().c_str(), r.alerts_open(), r.watchers(),
      static_cast<long long>(r.journal_offset()));
  if (!r.working_hours().empty())  // a replica of an older version does not tell them
    std::printf("working hours: %s\n", r.working_hours().c_str());
  if (!r.leader().empty()) {
    std::printf("evaluations since journal offset %lld are by %s\n\n",
                static_cast<long long>(r.leader_epoch()), r.leader().c_str());
  }
  print_inputs(r);
  print_partitions(r);
  print_counts("REFUSED", r.refused());
  print_counts("PLACE UNKNOWN", r.unknown_codes());
  if (const status_pb::SnapshotStatus& s = r.snapshots(); s.enabled()) {
    std::printf("\nsnapshot of %s, %.1f MiB; started from %s\n",
                s.taken_at_ms() > 0 ? instant(s.taken_at_ms()).c_str() : "(none yet)",
                static_cast<double>(s.bytes()) / (1 << 20), s.started_from().c_str());
    if (!s.error().empty())
      std::printf("%s\n", paint("no snapshot: " + s.error(), Colour::kAmber).c_str());
  }
  if (const status_pb::ComparisonStatus& c = r.comparison(); !c.first_divergence().empty()) {
    std::printf("\n%s\n", paint("diverged from the journal: " + c.first_divergence() +
                                    (c.diverged() ? "" : "; later ticks agree"),
                                Colour::kRed)
                              .c_str());
  }
  for (const std::string& topic : r.silent_inputs())
    std::printf("source silent: %s\n", topic.c_str());
  for (const std::string& w : r.basis().coverage_warnings())
    std::printf("warning: %s\n", w.c_str());
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand("status", "state, lag and refused records");
  sub->fallthrough();
  sub->callback([&context] { status(context); });
}

}  // namespace bellwether::cli
