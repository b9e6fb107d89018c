#include <pthread.h>
#include <signal.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/http/client.h"
#include "adapters/http/url.h"
#include "adapters/log/log.h"
#include "adapters/snapshot/disk.h"
#include "cli/client/notify/loops.h"
#include "cli/context.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr char kNotifyHelp[] =
    "Follows the alerts until SIGTERM or SIGINT and tells Alertmanager, a webhook, or both.\n"
    "Alertmanager (API v2): every --resend seconds all open alerts, one for each happening, with\n"
    "the labels alertname, alert, rule, area, sector, severity and bellwether; one that was told\n"
    "stays until it ends, also if another then stands for its happening; for 15 minutes after its\n"
    "end an alert is told as resolved.\n"
    "Webhook: each transition as a CloudEvent 1.0 (application/cloudevents+json), in order, at "
    "least\n"
    "once, of alerts with which a happening began. An event that the webhook refuses 5 times "
    "(400,\n"
    "413, 422 …), or does not take for 6 hours, is appended to dead_letters.jsonl. The id of an\n"
    "event is its place in the journal; receivers that remember the ids of a day see none twice.\n"
    "The first start tells the alerts that are open then (bellwether.alert.open).";

struct Wanted {
  NotifySettings settings;
  std::string state_dir;
  std::string metrics;  // host:port; empty: none
  std::string log_format = "text";
  double resend_seconds = static_cast<double>(notify::kResendMsDefault) / 1000;
};

// The first error of the options; OK if there is none.
absl::Status check(NotifySettings& settings) {
  if (settings.alertmanager.empty() && settings.webhook.empty())
    return absl::InvalidArgumentError("name --alertmanager URL, --webhook URL or both");
  if (settings.webhook.empty() && !settings.secret_file.empty())
    return absl::InvalidArgumentError("--webhook-secret-file needs --webhook");
  for (auto const& [option, url] : {std::pair("--alertmanager", settings.alertmanager),
                                    std::pair("--webhook", settings.webhook)}) {
    absl::Status const good = url.empty() ? absl::OkStatus() : http::parse_url(url).status();
    if (!good.ok()) return absl::InvalidArgumentError(base::cat(option, ": ", good.message()));
  }
  while (settings.alertmanager.ends_with('/')) settings.alertmanager.pop_back();
  if (settings.choice.instance.empty() || settings.choice.instance.size() > kInstanceBytesMax ||
      settings.choice.instance.find_first_of(" /?#%\"\\") != std::string::npos) {
    return absl::InvalidArgumentError(base::cat("--instance: a name of 1 to ", kInstanceBytesMax,
                                                " bytes without spaces and / ? # % \" \\"));
  }
  return settings.secret_file.empty() ? absl::OkStatus()
                                      : read_secret(settings.secret_file).status();
}

// Waits for a signal, or until all threads have ended by themselves.
void wait_for_end(const sigset_t& signals, const std::atomic<int>& running) {
  timespec const moment{0, 200'000'000};
  while (running > 0) {
    if (sigtimedwait(&signals, nullptr, &moment) > 0) return;
  }
}

struct Loop {
  const char* target;
  absl::Status (*run)(Surroundings);
};

absl::Status run_loop(const Loop& loop, Context& context, const NotifySettings& settings,
                      const StateFolder& state, Stop& stop, TargetMeters& meters) {
  BELLWETHER_ASSIGN_OR_RETURN(auto client, http::Client::create(settings.ca_file, stop.flag()));
  http::Send const send = [&client](const http::Request& request) { return client.post(request); };
  base::LogFn const log = log::line;
  return loop.run({context, settings, state, send, stop, log, meters});
}

// Before any thread begins, so that only wait_for_end() takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void run(Context& context, const NotifySettings& settings, const StateFolder& state,
         const std::string& metrics, const sigset_t& signals) {
  Stop stop;
  std::vector<Loop> loops;
  if (!settings.alertmanager.empty()) loops.push_back({"alertmanager", keep_alertmanager});
  if (!settings.webhook.empty()) loops.push_back({"webhook", deliver_to_webhook});
  std::vector<const char*> targets;
  for (const Loop& loop : loops) targets.push_back(loop.target);
  Meters meters(targets);
  if (!metrics.empty()) {
    if (absl::Status const served = meters.serve(metrics); !served.ok())
      return context.fail(Exit::kUsage, base::from_absl(served.message()));
  }
  std::vector<absl::Status> ends(loops.size());
  std::atomic<int> running(static_cast<int>(loops.size()));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < loops.size(); ++i) {
    threads.emplace_back([&, i] {
      ends[i] = run_loop(loops[i], context, settings, state, stop, meters.of(loops[i].target));
      if (!ends[i].ok()) stop.ask();
      --running;
    });
  }
  wait_for_end(signals, running);
  stop.ask();
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& end : ends) {
    if (!end.ok()) return context.fail(Exit::kUsage, base::from_absl(end.message()));
  }
  log::line(base::LogLevel::kInfo, "notify", "has ended");
}

void start(Context& context, Wanted& wanted) {
  NotifySettings& settings = wanted.settings;
  settings.resend_ms = static_cast<int64_t>(1000 * wanted.resend_seconds);
  if (absl::Status const good = check(settings); !good.ok())
    return context.fail(Exit::kUsage, base::from_absl(good.message()));
  if (auto const client = http::Client::create(settings.ca_file, Stop().flag()); !client.ok())
    return context.fail(Exit::kUsage, base::from_absl(client.status().message()));
  log::configure("info", wanted.log_format);
  auto const disk = snapshot::posix_disk();
  auto const state = StateFolder::open(*disk, wanted.state_dir);
  if (!state.ok()) return context.fail(Exit::kUsage, base::from_absl(state.status().message()));
  auto const lock = FolderLock::take(wanted.state_dir);
  if (!lock.ok()) return context.fail(Exit::kUsage, base::from_absl(lock.status().message()));
  sigset_t const signals = block_signals();
  auto const told = [](const std::string& url) { return url.empty() ? "-" : http::shown_url(url); };
  log::line(
      base::LogLevel::kInfo, "notify",
      base::cat("follows ", context.server, "; alertmanager ", told(settings.alertmanager),
                ", webhook ", told(settings.webhook),
                settings.secret_file.empty() ? "" : " (signed)", ", state in ", wanted.state_dir));
  run(context, settings, *state, wanted.metrics, signals);
}

}  // namespace

void add_notify(CLI::App& app, Context& context) {
  auto wanted = std::make_shared<Wanted>();
  NotifySettings& settings = wanted->settings;
  CLI::App* const sub =
      app.add_subcommand("notify", "tells Alertmanager and webhooks of alerts, until interrupted");
  sub->fallthrough();
  sub->footer(kNotifyHelp);
  sub->add_option("--alertmanager", settings.alertmanager,
                  "URL of an Alertmanager, for example http://alertmanager:9093")
      ->envname("BELLWETHER_NOTIFY_ALERTMANAGER");
  sub->add_option("--webhook", settings.webhook, "URL that takes CloudEvents by POST")
      ->envname("BELLWETHER_NOTIFY_WEBHOOK");
  sub->add_option("--webhook-secret-file", settings.secret_file,
                  "its first line signs each body: X-Bellwether-Signature: sha256=HMAC-SHA256 in "
                  "hexadecimal digits; read again for each request");
  sub->add_option("--ca-file", settings.ca_file,
                  "PEM certificates of the authorities of both URLs; none = the public ones");
  sub->add_option("--state-dir", wanted->state_dir,
                  "folder of the resume token, of what Alertmanager was told, and of dead letters")
      ->required();
  sub->add_option("--filter", settings.choice.filter, "as in alerts list");
  sub->add_flag("--parts", settings.choice.parts, "all alerts; without it, one for each happening");
  sub->add_flag("!--skip-historical,--historical", settings.choice.historical,
                "--historical also tells what is about past periods");
  sub->add_flag("--skip-silenced", settings.choice.skip_silenced, "leave out silenced alerts");
  sub->add_option("--instance", settings.choice.instance,
                  "name of the deployment, for the label and the source of events")
      ->default_val("bellwether");
  sub->add_option("--resend", wanted->resend_seconds, "seconds between two tellings")
      ->check(at_most(static_cast<double>(notify::kResendMsMax) / 1000))
      ->capture_default_str();
  sub->add_option("--metrics", wanted->metrics,
                  "host:port that serves /metrics, /healthz and /readyz; none = not served");
  sub->add_option("--log-format", wanted->log_format, "of standard error")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  sub->callback([&context, wanted] { start(context, *wanted); });
}

}  // namespace bellwether::cli
