// Restarts that resume from a snapshot, and restarts that must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "adapters/kafka/topics.h"
#include "support/calendars.h"
#include "support/cluster.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

std::string company_number(int n) {
  return std::to_string(10'000'000 + n);
}

class SnapshotTest : public ::testing::Test {
 protected:
  std::unique_ptr<Daemon> daemon(bool snapshots = true) {
    DaemonOptions options{.broker = broker(), .topics = topics_};
    if (snapshots) options.more = "snapshots:\n  folder: " + folder() + "\n  every: 1s\n";
    auto started = std::make_unique<Daemon>(std::move(options));
    EXPECT_TRUE(started->serves());
    return started;
  }
  std::string folder() const { return (folder_.path() / "snapshots").string(); }
  // Births of a month, and the heartbeat that ends it.
  void tell(int month, int births) {
    for (int i = 0; i < births; ++i) {
      source_.registered(company_number(told_++), i % 2 == 0 ? "N1" : "S1", "10110",
                         day(2019, month, 1 + i % 28));
    }
    source_.heartbeat(midnight(day(2019, month + 1, 1)));
  }
  static double births(const Daemon& daemon) { return daemon.total("births", "R", "all"); }
  // Waits for a snapshot that holds everything read so far.
  static bool snapshot_taken(const Daemon& daemon) {
    auto const since = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
    return eventually([&] { return daemon.status().snapshots().taken_at_ms() >= since; }, 30);
  }
  void kill(Daemon& daemon) {
    daemon.child().signal(SIGKILL);
    ASSERT_TRUE(daemon.child().wait(10));
  }
  std::string newest() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
      names.push_back(entry.path().string());
    std::ranges::sort(names);
    return names.empty() ? "" : names.back();
  }

  Topics topics_ = make_topics(broker());
  Source source_{broker(), topics_};
  TemporaryFolder folder_;
  int told_ = 0;
};

TEST_F(SnapshotTest, AKilledDaemonResumesFromItsSnapshot) {
  tell(1, 300);
  auto first = daemon();
  ASSERT_TRUE(first->through("2019-01"));
  ASSERT_TRUE(snapshot_taken(*first));
  tell(2, 200);
  ASSERT_TRUE(first->through("2019-02"));
  auto const transitions = first->transitions();
  kill(*first);
  tell(3, 100);
  auto second = daemon();
  ASSERT_TRUE(second->through("2019-03"));
  EXPECT_EQ(births(*second), 600);
  EXPECT_THAT(second->child().log(), HasSubstr("resuming from the snapshot of"));
  EXPECT_THAT(second->status().snapshots().started_from(), HasSubstr("the snapshot of 2019-0"));
  EXPECT_EQ(second->transitions().size(), transitions.size());
  // The records before the snapshot are not read again.
  int64_t read = 0;
  std::string const metrics = second->http("/metrics");
  for (size_t at = metrics.find("bellwether_events_total{"); at != std::string::npos;
       at = metrics.find("bellwether_events_total{", at + 1)) {
    if (metrics.substr(at, metrics.find('\n', at) - at).find("registered") == std::string::npos)
      continue;
    read += std::stoll(metrics.substr(metrics.find("} ", at) + 2));
  }
  EXPECT_LE(read, 300) << "records of the snapshot were read again";
  EXPECT_GE(read, 100);
  // A daemon that reads everything again gets the same figures.
  auto third = daemon(false);
  ASSERT_TRUE(third->through("2019-03"));
  EXPECT_EQ(births(*third), 600);
}

TEST_F(SnapshotTest, ADamagedSnapshotIsRefusedAndNothingIsLost) {
  tell(1, 300);
  {
    auto first = daemon();
    ASSERT_TRUE(first->through("2019-01"));
    ASSERT_TRUE(snapshot_taken(*first));
    kill(*first);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    std::fstream file(entry.path() / "partition-1",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.put('~');
  }
  tell(2, 100);
  auto second = daemon();
  ASSERT_TRUE(second->through("2019-02"));
  EXPECT_EQ(births(*second), 400);
  EXPECT_THAT(second->child().log(), HasSubstr("is refused"));
  EXPECT_THAT(second->child().log(), HasSubstr("checksum differs"));
  EXPECT_THAT(second->status().snapshots().started_from(), HasSubstr("the log"));
}

TEST_F(SnapshotTest, ARecreatedTopicIsNoticed) {
  tell(1, 300);
  {
    auto first = daemon();
    ASSERT_TRUE(first->through("2019-01"));
    ASSERT_TRUE(snapshot_taken(*first));
    kill(*first);
  }
  kafka::ClientOptions client;
  client.bootstrap_servers = broker();
  delete_topics(broker(), {topics_.registrations});
  ASSERT_TRUE(eventually([&] {
    return kafka::create_topics(client, {{topics_.registrations, 3}}, absl::Seconds(30), no_log())
        .ok();
  }));
  // The new log is as long as the old one and has other records.
  Source again(broker(), topics_);
  for (int i = 0; i < 900; ++i)
    again.registered(company_number(5000 + i), "N2", "10110", day(2019, 1, 1 + i % 28));
  again.heartbeat(midnight(day(2019, 3, 1)));
  auto second = daemon();
  ASSERT_TRUE(second->through("2019-02"));
  EXPECT_THAT(second->child().log(), HasSubstr("is not the log of the snapshot"));
  EXPECT_EQ(second->total("births", "N2", "all"), 900);
  EXPECT_EQ(births(*second), 900);
}

TEST_F(SnapshotTest, AFolderThatCannotBeUsedStopsTheStart) {
  std::string const file = folder_.write("file", "not a folder");
  Daemon refused(
      {.broker = broker(), .topics = topics_, .more = "snapshots:\n  folder: " + file + "\n"});
  EXPECT_EQ(refused.child().wait(20), 2);
  EXPECT_THAT(refused.child().log(), HasSubstr("snapshots.folder"));
}

}  // namespace
}  // namespace bellwether::testing
