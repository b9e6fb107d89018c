// Replicas that are killed again and again under a steady load. At the end, figures and transitions
// equal those of a run without kills, and the replica that was never killed uses no more memory or
// descriptors than before. tests/soak runs it for an hour. BELLWETHER_SOAK_MINUTES (default 2) sets
// the duration, BELLWETHER_SOAK_RATE (default 500) the records a second.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>

#include "support/audit.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"

namespace bellwether::testing {
namespace {

constexpr int kReplicas = 3;
constexpr size_t kLeftAlone = 0;
constexpr int kHistoryMonths = 60;
constexpr int kStepMs = 250;
constexpr int kKillSecondsMin = 4;
constexpr int kKillSecondsMax = 20;
constexpr int kRateDefault = 500;
constexpr int kRateMax = 100'000;
constexpr int kMinutesDefault = 2;
constexpr int kMinutesMax = 24 * 60;
// The first part of the run fills caches and pools.
constexpr double kWarmUp = 1.0 / 3;
// Allowed growth: memory for businesses born during the run, and memory that the allocator keeps.
constexpr double kMemoryGrowth = 0.10;
constexpr double kMemoryGrowthMib = 8;
// Clients and the broker open and close connections at any time.
constexpr double kDescriptorGrowth = 8;

using Clock = std::chrono::steady_clock;

int setting(const char* name, int otherwise, int most) {
  const char* const text = std::getenv(name);
  int const value = text == nullptr ? otherwise : std::atoi(text);
  EXPECT_TRUE(value >= 1 && value <= most) << name << " must be a number from 1 to " << most;
  return std::clamp(value, 1, most);
}

double resident_mib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

int descriptors(pid_t pid) {
  std::error_code error;
  int open = 0;
  std::filesystem::directory_iterator const end;
  for (std::filesystem::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", error);
       at != end; at.increment(error)) {
    ++open;
  }
  return open;
}

// The maximum of the first quarter after warming up, and of the last quarter.
std::pair<double, double> first_and_last(std::span<const double> samples) {
  auto const warm =
      samples.subspan(static_cast<size_t>(kWarmUp * static_cast<double>(samples.size())));
  size_t const quarter = std::max<size_t>(1, warm.size() / 4);
  return {std::ranges::max(warm.first(quarter)), std::ranges::max(warm.last(quarter))};
}

class Soak {
 public:
  Soak(Economy& economy, Source& source, Fleet& fleet, Random& random, int minutes, int rate)
      : economy_(economy),
        source_(source),
        fleet_(fleet),
        random_(random),
        length_(minutes * 60),
        rate_(rate) {}

  void run() {
    begin_ = Clock::now();
    double next_kill = random_.between(kKillSecondsMin, kKillSecondsMax);
    int minute = 0;
    while (seconds() < length_) {
      load();
      sample();
      if (seconds() >= next_kill) {
        kill_one();
        next_kill = seconds() + random_.between(kKillSecondsMin, kKillSecondsMax);
      }
      fleet_.revive();
      if (seconds() >= 60 * (minute + 1)) say(++minute);
      pause_ms(kStepMs);
    }
    while (economy_.months() < Economy::kMonths) economy_.publish_month(source_);
    source_.flush();
  }

  int kills() const { return kills_; }
  std::span<const double> memory_mib() const { return memory_mib_; }
  std::span<const double> descriptors_open() const { return descriptors_; }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  // Months are spread over the whole run; repeated events make up the rate.
  void load() {
    double const share = seconds() / length_;
    int const months =
        kHistoryMonths + static_cast<int>(share * (Economy::kMonths - kHistoryMonths));
    while (economy_.months() < std::min(months, Economy::kMonths)) economy_.publish_month(source_);
    int64_t const due = static_cast<int64_t>(seconds() * rate_) - repeated_;
    economy_.repeat(source_, static_cast<int>(due));
    repeated_ += due;
  }

  void sample() {
    pid_t const pid = fleet_[kLeftAlone].child().pid();
    memory_mib_.push_back(resident_mib(pid));
    descriptors_.push_back(descriptors(pid));
  }

  void kill_one() {
    size_t const victim = 1 + random_.below(kReplicas - 1);
    bool const in_order = random_.chance(0.2);
    EXPECT_EQ(fleet_.end(victim, in_order ? SIGTERM : SIGKILL), in_order ? 0 : 128 + SIGKILL);
    pause_ms(random_.between(0, 1000));
    fleet_.start(victim);
    ++kills_;
  }

  void say(int minute) {
    std::printf("  minute %d: %d months, %lld repetitions, %d kills, tick %s", minute,
                economy_.months(), static_cast<long long>(repeated_), kills_,
                fleet_[kLeftAlone].status().tick().c_str());
    for (size_t i = 0; i < fleet_.size(); ++i) {
      pid_t const pid = fleet_[i].child().pid();
      std::printf("; replica %zu %.1f MiB %d descriptors", i, resident_mib(pid), descriptors(pid));
    }
    std::printf("\n");
    std::fflush(stdout);
  }

  Economy& economy_;
  Source& source_;
  Fleet& fleet_;
  Random& random_;
  int length_;  // seconds
  int rate_;
  Clock::time_point begin_;
  int64_t repeated_ = 0;
  int kills_ = 0;
  std::vector<double> memory_mib_;
  std::vector<double> descriptors_;
};

TEST(SoakTest, ReplicasKilledUnderASteadyLoadStayCorrectAndDoNotGrow) {
  int const minutes = setting("BELLWETHER_SOAK_MINUTES", kMinutesDefault, kMinutesMax);
  int const rate = setting("BELLWETHER_SOAK_RATE", kRateDefault, kRateMax);
  Random random(printed_seed());
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  Fleet fleet({.broker = broker(), .topics = topics, .time = kHeartbeatsOnly}, kReplicas,
              snapshots_in);
  ASSERT_TRUE(fleet.wait_for_verdicts());
  pid_t const left_alone = fleet[kLeftAlone].child().pid();
  Soak soak(economy, source, fleet, random, minutes, rate);
  soak.run();
  EXPECT_EQ(fleet[kLeftAlone].child().pid(), left_alone)
      << "the replica that was never killed ended";
  audit(fleet.all(), fleet.options(), economy);
  auto const [memory, memory_last] = first_and_last(soak.memory_mib());
  auto const [open, open_last] = first_and_last(soak.descriptors_open());
  EXPECT_LE(memory_last, memory * (1 + kMemoryGrowth) + kMemoryGrowthMib) << "MiB: memory grows";
  EXPECT_LE(open_last, open + kDescriptorGrowth) << "descriptors leak";
  std::printf(
      "  %d minutes, %d kills; replica 0 after warming up and at the end: %.1f and %.1f MiB, "
      "%.0f and %.0f descriptors\n",
      minutes, soak.kills(), memory, memory_last, open, open_last);
}

}  // namespace
}  // namespace bellwether::testing
