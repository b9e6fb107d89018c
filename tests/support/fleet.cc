#include "support/fleet.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::testing {
namespace {

constexpr double kEndSeconds = 20;

}  // namespace

uint64_t printed_seed() {
  const char* const given = std::getenv("BELLWETHER_FAULT_SEED");
  uint64_t const seed =
      given != nullptr
          ? std::strtoull(given, nullptr, 10)
          : static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count() /
                                  1'000'000);
  std::printf("  seed %llu (BELLWETHER_FAULT_SEED)\n", static_cast<unsigned long long>(seed));
  return seed;
}

void pause_ms(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::string snapshots_in(const std::filesystem::path& folder) {
  return base::cat("snapshots:\n  folder: ", (folder / "snapshots").string(), "\n  every: 1s\n");
}

Fleet::Fleet(DaemonOptions options, size_t replicas, OwnYaml own_yaml)
    : options_(std::move(options)), own_yaml_(std::move(own_yaml)), replicas_(replicas) {
  if (options_.group.empty()) options_.group = options_.topics.journal;
  for (size_t i = 0; i < replicas; ++i) start(i);
}

std::vector<Daemon*> Fleet::all() {
  std::vector<Daemon*> out;
  for (auto& replica : replicas_) out.push_back(replica.get());
  return out;
}

int Fleet::end(size_t i, int signal) {
  replicas_[i]->child().signal(signal);
  return replicas_[i]->child().wait(kEndSeconds).value_or(-1);
}

void Fleet::start(size_t i) {
  DaemonOptions options = options_;
  std::filesystem::path const folder = folder_.path() / std::to_string(i);
  std::filesystem::create_directories(folder);
  if (own_yaml_) options.more += own_yaml_(folder);
  replicas_[i].reset();
  replicas_[i] = std::make_unique<Daemon>(std::move(options));
  EXPECT_TRUE(replicas_[i]->serves()) << replicas_[i]->child().log();
}

int Fleet::revive() {
  int revived = 0;
  for (size_t i = 0; i < replicas_.size(); ++i) {
    if (replicas_[i]->child().running()) continue;
    std::printf("  replica %zu had ended by itself:\n%s", i, replicas_[i]->child().log().c_str());
    start(i);
    ++revived;
  }
  return revived;
}

std::optional<size_t> Fleet::leader() {
  std::optional<size_t> found;
  for (size_t i = 0; i < replicas_.size(); ++i) {
    if (!replicas_[i]->child().running() ||
        replicas_[i]->status().role() != status::v1::ROLE_LEADER)
      continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::optional<size_t> Fleet::wait_for_leader(double seconds) {
  std::optional<size_t> found;
  eventually([&] { return (found = leader()).has_value(); }, seconds);
  return found;
}

bool Fleet::wait_for_verdicts(double seconds) {
  return eventually(
      [&] {
        auto const leads = leader();
        return leads && !replicas_[*leads]->status().tick().empty();
      },
      seconds);
}

Feeder::Feeder(Economy& economy, Source& source, int pause_between_ms, int months_max)
    : economy_(economy),
      source_(source),
      pause_between_ms_(pause_between_ms),
      months_max_(months_max),
      thread_([this] { run(); }) {}

Feeder::~Feeder() {
  finish();
}

void Feeder::finish() {
  finish_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Feeder::run() {
  while (!finish_.load()) {
    if (economy_.months() < months_max_ - kKeptBack) economy_.publish_month(source_);
    int waited = 0;
    do {
      pause_ms(10);
      waited += 10;
    } while (waited < pause_between_ms_ && !finish_.load());
  }
  while (economy_.months() < months_max_) economy_.publish_month(source_);
}

}  // namespace bellwether::testing
