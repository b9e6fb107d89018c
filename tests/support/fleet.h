// Replicas that a test kills and starts again, and a source that goes on telling meanwhile.
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

// A seed of this moment, or BELLWETHER_FAULT_SEED: printed, so that a run can be tried again.
// (Moments on a real broker repeat only roughly.)
uint64_t printed_seed();
void pause_ms(int milliseconds);

// A replica's own configuration that keeps snapshots of every second in its folder.
std::string snapshots_in(const std::filesystem::path& folder);

class Fleet {
 public:
  // A replica's own part of the configuration, given its folder, which outlives its restarts.
  using OwnYaml = std::function<std::string(const std::filesystem::path& folder)>;

  // Starts them and waits until all answer.
  Fleet(DaemonOptions options, size_t replicas, OwnYaml own_yaml = {});

  size_t size() const { return replicas_.size(); }
  Daemon& operator[](size_t i) { return *replicas_[i]; }
  std::vector<Daemon*> all();
  const DaemonOptions& options() const { return options_; }

  // Ends it by `signal` and waits. The exit status; 128 + signal when the signal killed it.
  int end(size_t i, int signal);
  void start(size_t i);
  // What an orchestrator does: starts those again that ended by themselves. How many these were.
  int revive();
  // The one that says it leads; nullopt while none does, or two do.
  std::optional<size_t> leader();
  std::optional<size_t> wait_for_leader(double seconds = 60);
  // Until there is one, and a verdict in the journal that it has read.
  bool wait_for_verdicts(double seconds = 60);

 private:
  DaemonOptions options_;
  OwnYaml own_yaml_;
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<Daemon>> replicas_;
};

// Publishes an economy month by month from a thread of its own. The last months are kept back until
// finish(), so that whatever happens before happens in the middle.
class Feeder {
 public:
  Feeder(Economy& economy, Source& source, int pause_between_ms, int months_max = Economy::kMonths);
  ~Feeder();
  // Tells the rest up to months_max without pausing; returns when the broker has it.
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
