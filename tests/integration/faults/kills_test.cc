// Daemons and brokers that are killed while events arrive.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "core/base/text.h"
#include "support/audit.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"

namespace bellwether::testing {
namespace {

constexpr int kDaemonKills = 6;
constexpr int kBrokerKills = 2;
// Months published before the daemons start: the fall of the economy comes during the kills.
constexpr int kHistoryMonths = 72;

// The names of acknowledged alerts, each as often as the watch reports it.
std::vector<std::string> acknowledged(const Daemon& daemon) {
  std::vector<std::string> out;
  for (const auto& t : daemon.transitions()) {
    if (t.kind() == alerts::v1::TRANSITION_KIND_ACKNOWLEDGED) out.push_back(t.alert().name());
  }
  return out;
}

// Acknowledges an open alert that has no acknowledgement. Returns its name if the daemon confirmed
// the act; empty if there is no such alert or no confirmation.
std::string acknowledge_one(const Daemon& daemon) {
  auto const stub = alerts::v1::AlertService::NewStub(daemon.channel());
  alerts::v1::ListAlertsRequest list;
  list.set_filter("open = true");
  alerts::v1::ListAlertsResponse listed;
  grpc::ClientContext list_context;
  if (!stub->ListAlerts(&list_context, list, &listed).ok()) return "";
  for (const auto& alert : listed.alerts()) {
    if (alert.has_acknowledgement()) continue;
    alerts::v1::AcknowledgeAlertRequest request;
    request.set_name(alert.name());
    request.set_actor("ann");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    alerts::v1::AcknowledgeAlertResponse response;
    return stub->AcknowledgeAlert(&context, request, &response).ok() ? alert.name() : "";
  }
  return "";
}

TEST(KillTest, DaemonsKilledAgainAndAgainDuringIngestLoseAndRepeatNothing) {
  Random random(printed_seed());
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  Fleet fleet({.broker = broker(), .topics = topics, .time = kHeartbeatsOnly}, 2, snapshots_in);
  Feeder feeder(economy, source, 1000);
  std::vector<std::string> acts;
  int from_snapshot = 0;
  for (int kill = 0; kill < kDaemonKills; ++kill) {
    // Half of the kills at any moment, the others after new verdicts.
    if (kill % 2 == 0) fleet.wait_for_verdicts(30);
    pause_ms(random.between(50, 1500));
    size_t const victim = random.below(fleet.size());
    if (std::string const act = acknowledge_one(fleet[victim]); !act.empty()) acts.push_back(act);
    auto const status = fleet[victim].status();
    from_snapshot += status.snapshots().started_from().starts_with("the snapshot") ? 1 : 0;
    std::printf("  kill %d: replica %zu, %s, tick %s, data through %s\n", kill + 1, victim,
                status.role() == status::v1::ROLE_LEADER ? "leading" : "not leading",
                status.tick().c_str(), status.basis().data_through().c_str());
    EXPECT_EQ(fleet.end(victim, SIGKILL), 128 + SIGKILL) << fleet[victim].child().log();
    fleet.start(victim);
  }
  feeder.finish();
  audit(fleet.all(), fleet.options(), economy);
  std::ranges::sort(acts);
  for (Daemon* replica : fleet.all()) {
    std::vector<std::string> stand = acknowledged(*replica);
    std::ranges::sort(stand);
    EXPECT_TRUE(std::ranges::includes(stand, acts)) << "an act that was answered is lost";
    EXPECT_EQ(std::ranges::adjacent_find(stand), stand.end()) << "an act is in the book twice";
  }
  for (Daemon* replica : fleet.all()) {
    from_snapshot +=
        replica->status().snapshots().started_from().starts_with("the snapshot") ? 1 : 0;
  }
  std::printf("  %d kills, %d starts from a snapshot, %zu acts of people are kept\n", kDaemonKills,
              from_snapshot, acts.size());
}

TEST(KillTest, ABrokerKilledDuringIngestLosesNothing) {
  Random random(printed_seed());
  OwnBroker own;
  Topics const topics = make_topics(own.address());
  Source source(own.address(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  Fleet fleet({.broker = own.address(), .topics = topics, .time = kHeartbeatsOnly}, 2);
  ASSERT_TRUE(fleet.wait_for_verdicts());
  Feeder feeder(economy, source, 300);
  for (int kill = 0; kill < kBrokerKills; ++kill) {
    pause_ms(random.between(50, 2000));
    own.run("kill");
    std::printf("  kill %d: %d months published, tick %s\n", kill + 1, economy.months(),
                fleet[0].status().tick().c_str());
    pause_ms(random.between(0, 2000));
    own.run("start");
    fleet.revive();
  }
  feeder.finish();
  audit(fleet.all(), fleet.options(), economy);
}

// Waits until a snapshot is being written in `folder`. False after `seconds`.
bool writes_snapshot(const std::filesystem::path& folder, double seconds) {
  auto const until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < until) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder / "snapshots", error), end; at != end;
         at.increment(error)) {
      if (at->path().filename().string().starts_with(".writing-")) return true;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return false;
}

// Kills broker and daemon together while a snapshot is being written, then only the broker, then
// only the daemon.
TEST(KillTest, AKillDuringASnapshotLosesNothing) {
  enum class Victim { kBoth, kBroker, kDaemon };
  Random random(printed_seed());
  OwnBroker own;
  Topics const topics = make_topics(own.address());
  Source source(own.address(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  std::vector<std::filesystem::path> folders;
  Fleet fleet({.broker = own.address(), .topics = topics, .time = kHeartbeatsOnly}, 2,
              [&](const std::filesystem::path& folder) {
                folders.push_back(folder);
                return snapshots_in(folder);
              });
  ASSERT_TRUE(fleet.wait_for_verdicts());
  Feeder feeder(economy, source, 300);
  int caught = 0;
  int from_snapshot = 0;
  for (Victim const victim : {Victim::kBoth, Victim::kBroker, Victim::kDaemon, Victim::kBoth}) {
    size_t const replica = random.below(fleet.size());
    // Only a replica that has finished a snapshot can resume from one.
    ASSERT_TRUE(eventually([&] { return fleet[replica].status().snapshots().taken_at_ms() > 0; }))
        << "replica " << replica << " has finished no snapshot";
    bool const writing = writes_snapshot(folders[replica], 10);
    caught += writing ? 1 : 0;
    std::printf("  killed: %s, replica %zu %s\n",
                victim == Victim::kBroker   ? "the broker"
                : victim == Victim::kDaemon ? "the replica"
                                            : "both",
                replica, writing ? "while it wrote a snapshot" : "at some moment");
    if (victim != Victim::kBroker) {
      EXPECT_EQ(fleet.end(replica, SIGKILL), 128 + SIGKILL);
    }
    if (victim != Victim::kDaemon) {
      own.run("kill");
      pause_ms(random.between(0, 1000));
      own.run("start");
    }
    if (victim != Victim::kBroker) {
      fleet.start(replica);
      EXPECT_TRUE(
          eventually([&] { return !fleet[replica].status().snapshots().started_from().empty(); }));
      std::string const started_from = fleet[replica].status().snapshots().started_from();
      std::printf("  started from %s\n", started_from.c_str());
      from_snapshot += started_from.starts_with("the snapshot") ? 1 : 0;
    }
    fleet.revive();
  }
  feeder.finish();
  audit(fleet.all(), fleet.options(), economy);
  EXPECT_GT(caught, 0) << "no kill came while a snapshot was written";
  EXPECT_GT(from_snapshot, 0) << "no replica resumed from a snapshot";
}

}  // namespace
}  // namespace bellwether::testing
