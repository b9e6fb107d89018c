// Replicas that a test kills and restarts, and a source that publishes at the same time.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/cluster.h"
#include "support/economy.h"

namespace bellwether::testing {

// BELLWETHER_FAULT_SEED, or a seed from the clock. Printed, so that a run can be repeated. (On a
// real broker the timing repeats only roughly.)
uint64_t printed_seed();
void pause_ms(int milliseconds);

// A configuration section that takes a snapshot every second, in a folder below `folder`.
std::string snapshots_in(const std::filesystem::path& folder);

class Fleet {
 public:
  // A replica's own part of the configuration, given its folder. The folder survives restarts.
  using OwnYaml = std::function<std::string(const std::filesystem::path& folder)>;

  // Starts the replicas and waits until all of them serve.
  Fleet(DaemonOptions options, size_t replicas, OwnYaml own_yaml = {});

  size_t size() const { return replicas_.size(); }
  Daemon& operator[](size_t i) { return *replicas_[i]; }
  std::vector<Daemon*> all();
  const DaemonOptions& options() const { return options_; }

  // Sends `signal` to a replica and waits. Returns the exit status; 128 + signal if the signal
  // killed it.
  int end(size_t i, int signal);
  void start(size_t i);
  // Restarts the replicas that ended by themselves, as an orchestrator does. Returns their number.
  int revive();
  // The replica that reports that it leads; nullopt if none or several do.
  std::optional<size_t> leader();
  std::optional<size_t> wait_for_leader(double seconds = 60);
  // Waits until there is one leader that has read a verdict in the journal.
  bool wait_for_verdicts(double seconds = 60);

 private:
  DaemonOptions options_;
  OwnYaml own_yaml_;
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<Daemon>> replicas_;
};

// Publishes an economy month by month in a thread of its own. Keeps the last months back until
// finish(), so that every fault of the test happens in the middle of the stream.
class Feeder {
 public:
  Feeder(Economy& economy, Source& source, int pause_between_ms, int months_max = Economy::kMonths);
  ~Feeder();
  // Publishes the rest up to months_max without pauses. Returns when the broker has acknowledged
  // it.
  void finish();

 private:
  void run();
  static constexpr int kKeptBack = 3;
  Economy& economy_;
  Source& source_;
  int const pause_between_ms_;
  int const months_max_;
  std::atomic<bool> finish_{false};
  std::thread thread_;
};

}  // namespace bellwether::testing
