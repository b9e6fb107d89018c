// The daemon's command line: reads the configuration, waits for signals, returns the exit code.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <thread>

#include "adapters/log/log.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "runtime/service/process.h"
#include "runtime/setup/load.h"

namespace {

using bellwether::runtime::Exit;

constexpr char kFooter[] =
    "Exit codes: 0 normal stop; 1 failure; 2 configuration; 3 an address is in use; 4 topics "
    "missing or unequal.\n"
    "Signals: SIGTERM and SIGINT finish the work in hand and stop; SIGHUP reloads the rules and "
    "the "
    "holidays.";

// librdkafka allocates and frees megabytes for every fetch. If this memory went back to the kernel
// each time, clearing fresh pages would take longer than reading the records.
void keep_freed_memory() {
  constexpr int kMmapFromBytes = 32 << 20;  // the largest value that the C library allows
  constexpr int kTrimFromBytes = 256 << 20;
  mallopt(M_MMAP_THRESHOLD, kMmapFromBytes);
  mallopt(M_TRIM_THRESHOLD, kTrimFromBytes);
}

int complain(const absl::Status& status) {
  std::string const text = bellwether::base::cat("bellwetherd: ", status.message(), "\n");
  std::fwrite(text.data(), 1, text.size(), stderr);  // a NUL byte does not end the message
  return static_cast<int>(Exit::kConfig);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  CLI::App app(
      "Early warning of downturns for small businesses: consumes business events from Kafka, "
      "serves indicators and alerts over gRPC.");
  app.footer(kFooter);
  std::string config_path;
  bool check = false;
  bool example = false;
  app.add_option("--config", config_path, "the configuration file (YAML)")
      ->envname("BELLWETHER_CONFIG");
  app.add_flag("--check-config", check,
               "report the errors of the configuration and of its reference files, and exit");
  app.add_flag("--example-config", example, "print a commented configuration and exit");
  app.set_version_flag("--version", std::string(bellwether::base::kVersion));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(Exit::kConfig);
  }
  if (example) {
    std::fputs(bellwether::config::example().c_str(), stdout);
    return 0;
  }
  if (config_path.empty()) {
    std::fputs("bellwetherd: give --config FILE; --example-config prints an example\n", stderr);
    return static_cast<int>(Exit::kConfig);
  }
  auto config = bellwether::runtime::load_config(config_path);
  if (!config.ok()) return complain(config.status());
  auto reference = bellwether::runtime::load_reference(*config, config_path);
  if (!reference.ok()) return complain(reference.status());
  absl::Status const levels = bellwether::runtime::check_levels(config->rules, *reference);
  if (!levels.ok()) return complain(levels);
  if (check) {
    auto const client = bellwether::kafka::check_client(bellwether::runtime::kafka_client(*config));
    if (!client.ok()) return complain(client);
    std::printf("%s: valid\n", config_path.c_str());
    return 0;
  }
  bellwether::log::configure(config->runtime.log_level, config->runtime.log_format);

  // Must come before any other thread: all threads inherit the mask, and one thread waits for the
  // signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (int s : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  bellwether::runtime::Process process(*std::move(config), config_path, *std::move(reference));
  std::thread waiter([&] {
    while (true) {
      int s = 0;
      sigwait(&signals, &s);
      if (s == SIGUSR2) return;  // the process has ended without a signal
      if (s == SIGHUP) {
        process.reload();
      } else {
        process.request_stop();
      }
    }
  });
  Exit const exit = process.run();
  pthread_kill(waiter.native_handle(), SIGUSR2);
  waiter.join();
  return static_cast<int>(exit);
}
