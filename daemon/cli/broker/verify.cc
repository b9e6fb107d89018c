#include "runtime/verify/verify.h"

#include <google/protobuf/struct.pb.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>

#include "cli/broker/kafka_options.h"
#include "cli/context.h"
#include "cli/table.h"
#include "core/base/display.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "runtime/setup/load.h"

namespace bellwether::cli {
namespace {

using runtime::Finding;
using runtime::VerifiedTick;

struct Options {
  std::string config;
  std::vector<std::string> ticks;
  bool all = false;
};

google::protobuf::Value text(const std::string& t) {
  google::protobuf::Value out;
  out.set_string_value(t);
  return out;
}
google::protobuf::Value number(int64_t n) {
  google::protobuf::Value out;
  out.set_number_value(static_cast<double>(n));
  return out;
}

// Digests are hexadecimal text, because JSON numbers cannot hold 64 bits.
google::protobuf::Struct to_json(const VerifiedTick& v, base::Calendar calendar) {
  google::protobuf::Struct out;
  auto& fields = *out.mutable_fields();
  fields["tick"] = text(calendar.name(v.tick));
  fields["finding"] = text(std::string(runtime::kFindingNames[static_cast<size_t>(v.finding)]));
  fields["journal_offset"] = number(v.record.value);
  fields["writer"] = text(v.writer);
  fields["records"] = number(v.records);
  fields["note"] = text(v.note);
  auto& cut = *fields["cut"].mutable_list_value();
  for (const alerts::CutOffset& c : v.cut) {
    auto& place = *cut.add_values()->mutable_struct_value()->mutable_fields();
    place["topic"] = text(c.topic);
    place["partition"] = number(c.partition);
    place["offset"] = number(c.offset);
  }
  if (v.finding == Finding::kEqual || v.finding == Finding::kDiffers) {
    fields["cells_journaled"] = text(base::hex16(v.cells_journaled));
    fields["cells_computed"] = text(base::hex16(v.cells_computed));
    fields["verdict_journaled"] = text(base::hex16(v.verdict_journaled));
    fields["verdict_computed"] = text(base::hex16(v.verdict_computed));
  }
  auto& alerts = *fields["alerts"].mutable_list_value();
  for (const runtime::AlertDifference& d : v.alerts) {
    auto& alert = *alerts.add_values()->mutable_struct_value()->mutable_fields();
    alert["rule"] = text(d.key.rule);
    alert["area"] = text(d.key.area);
    alert["sector"] = text(d.key.sector);
    alert["journaled"] = text(d.journaled);
    alert["computed"] = text(d.computed);
  }
  return out;
}

std::string beside(const char* what, uint64_t journaled, uint64_t computed, bool equal) {
  if (equal) return base::cat(what, " equal (", base::hex16(journaled), ")");
  return paint(base::cat(what, " differ: journaled ", base::hex16(journaled), ", computed ",
                         base::hex16(computed)),
               Colour::kRed);
}

void print(const VerifiedTick& v, base::Calendar calendar) {
  std::string const name = calendar.name(v.tick);
  if (v.finding != Finding::kEqual && v.finding != Finding::kDiffers) {
    std::printf(
        "%s  %s\n", name.c_str(),
        paint(v.note, v.finding == Finding::kPassed ? Colour::kDim : Colour::kAmber).c_str());
    std::fflush(stdout);
    return;
  }
  std::printf("%s  cut after %s records  %s  %s  record %lld of %s\n", name.c_str(),
              base::grouped(v.records).c_str(),
              beside("cells", v.cells_journaled, v.cells_computed, v.cells_equal()).c_str(),
              beside("verdict", v.verdict_journaled, v.verdict_computed, v.verdict_equal()).c_str(),
              static_cast<long long>(v.record.value), v.writer.c_str());
  if (!v.note.empty()) std::printf("  %s\n", paint(v.note, Colour::kRed).c_str());
  for (const runtime::AlertDifference& d : v.alerts) {
    std::printf("  %s.%s.%s: journaled %s; computed %s\n", d.key.rule.c_str(), d.key.area.c_str(),
                d.key.sector.c_str(), d.journaled.empty() ? "nothing" : d.journaled.c_str(),
                d.computed.empty() ? "nothing" : d.computed.c_str());
  }
  std::fflush(stdout);
}

Exit exit_of_fold(const absl::Status& status) {
  Exit const exit = exit_of(status);
  return exit == Exit::kFailure ? Exit::kCannotVerify : exit;  // exit code 1 is for a difference
}

void verify(Context& context, const Options& options) {
  if (options.all != options.ticks.empty()) {
    return context.fail(Exit::kUsage, "give ticks (2019-05, 2019-W07) or --all");
  }
  if (options.config.empty()) {
    return context.fail(Exit::kUsage, "give --config FILE, the configuration file of bellwetherd");
  }
  auto const config = runtime::load_config(options.config);
  if (!config.ok()) return context.fail(Exit::kUsage, base::from_absl(config.status().message()));
  auto reference = runtime::load_reference(*config, options.config);
  if (!reference.ok())
    return context.fail(Exit::kUsage, base::from_absl(reference.status().message()));
  base::Calendar const calendar(config->time.calendar);
  runtime::VerifyRequest request;
  for (const std::string& name : options.ticks) {
    auto const tick = calendar.parse(name);
    if (!tick.ok()) return context.fail(Exit::kUsage, base::from_absl(tick.status().message()));
    if (!request.ticks) request.ticks.emplace();
    request.ticks->insert(*tick);
  }
  std::array<int64_t, runtime::kFindingNames.size()> counts{};
  absl::Status const status = runtime::verify(
      *config, std::make_shared<const reference::Reference>(*std::move(reference)), request,
      [&](const VerifiedTick& v) {
        ++counts[static_cast<size_t>(v.finding)];
        context.json() ? Context::print_json(to_json(v, calendar)) : print(v, calendar);
      },
      quiet_log());
  auto const count = [&](Finding f) { return counts[static_cast<size_t>(f)]; };
  if (!context.json()) {
    std::printf("%lld equal, %lld differ, %lld passed without judgement, %lld cannot be compared\n",
                static_cast<long long>(count(Finding::kEqual)),
                static_cast<long long>(count(Finding::kDiffers)),
                static_cast<long long>(count(Finding::kPassed)),
                static_cast<long long>(count(Finding::kBeyondLog) + count(Finding::kNotInJournal) +
                                       count(Finding::kOtherFigures)));
  }
  if (!status.ok()) context.fail(exit_of_fold(status), base::from_absl(status.message()));
  if (count(Finding::kNotInJournal) > 0) context.exit_code = static_cast<int>(Exit::kNotFound);
  if (count(Finding::kBeyondLog) + count(Finding::kOtherFigures) > 0)
    context.exit_code = static_cast<int>(Exit::kCannotVerify);
  if (count(Finding::kDiffers) > 0) {
    context.fail(Exit::kFailure,
                 "the log does not give the journal's verdicts: it was altered, or the ticks were "
                 "judged with other "
                 "reference files, another history_years, or another version of the program");
  }
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand("verify",
                                           "fold the log again to the cuts in the journal, and "
                                           "compare the results with the journal");
  sub->fallthrough();
  auto options = std::make_shared<Options>();
  sub->add_option("ticks", options->ticks, "periods: 2019-05, or 2019-W07");
  sub->add_flag("--all", options->all, "every tick in the journal");
  sub->add_option("--config", options->config, "the daemon's configuration file")
      ->envname("BELLWETHER_CONFIG");
  sub->footer(
      "Reads the input topics and the journal from their beginning; needs no daemon, writes "
      "nothing.\n"
      "As for the daemon, all input topics must have the same number of partitions.\n"
      "Exit codes: 0 all equal; 1 a difference; 2 wrong use or configuration; 3 no answer from the "
      "broker;\n"
      "4 the journal has no such tick; 5 the log no longer holds the records up to a cut, or a "
      "tick "
      "was\ncomputed with another version of the figures or other working hours of the desk.");
  sub->callback([&context, options] { verify(context, *options); });
}

}  // namespace bellwether::cli
