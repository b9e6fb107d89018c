// New replicas whose log has lost its beginning take the snapshot of another replica, also if one
// of the two is killed during the transfer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

#include "absl/time/clock.h"
#include "core/base/text.h"
#include "support/audit.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"
#include "support/silent_port.h"

namespace bellwether::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

constexpr int kHistoryMonths = 80;
constexpr int kNextMonths = 2;
constexpr double kFast = 1000;
// At this rate the snapshot of the history takes some seconds.
constexpr double kSlow = 0.1;

double metric(const Daemon& daemon, const std::string& name) {
  std::string const text = daemon.http("/metrics");
  size_t const at = text.find("\nbellwether_" + name + " ");
  return at == std::string::npos
             ? 0
             : std::atof(text.c_str() + at + name.size() + sizeof "\nbellwether_");
}

class PeerTransferTest : public ::testing::Test {
 protected:
  void SetUp() override { economy.publish_months(source, kHistoryMonths); }

  std::string folder(const std::string& name) const { return (folder_.path() / name).string(); }
  std::unique_ptr<Daemon> start(const std::string& name, const std::string& peers,
                                double mb_per_s = kFast) {
    DaemonOptions o = options;
    o.more = base::cat("snapshots:\n  folder: ", folder(name),
                       "\n  every: 1s\n  transfer_mb_per_s: ", mb_per_s, "\n  peers_wait: 2s\n");
    if (!peers.empty()) base::append(o.more, "  peers: [", peers, "]\n");
    auto daemon = std::make_unique<Daemon>(std::move(o));
    EXPECT_TRUE(daemon->serves()) << daemon->child().log();
    return daemon;
  }
  // Waits until the daemon has read and judged everything.
  ::testing::AssertionResult settled(Daemon& daemon) {
    std::string const through = economy.last_period();
    if (daemon.through(through) && eventually([&] { return daemon.status().tick() >= through; })) {
      return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << daemon.child().log() << daemon.status().DebugString();
  }
  // Waits for a snapshot that holds everything read so far.
  static bool snapshot_taken(const Daemon& daemon) {
    auto const since = absl::ToUnixMillis(absl::Now());
    return eventually([&] { return daemon.status().snapshots().taken_at_ms() >= since; });
  }
  // Starts a replica that reads the history and has a snapshot of it.
  std::unique_ptr<Daemon> one_that_knows(const std::string& name, double mb_per_s) {
    auto daemon = start(name, closed_port(), mb_per_s);
    EXPECT_TRUE(settled(*daemon));
    EXPECT_TRUE(snapshot_taken(*daemon));
    return daemon;
  }
  void shorten() {
    delete_records(broker(), topics.registrations);
    delete_records(broker(), topics.support);
    economy.begin_anew();
    economy.publish_months(source, kNextMonths);
  }
  size_t size_of_newest(const std::string& name) const {
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(folder(name))) names.push_back(entry.path());
    size_t sum = 0;
    for (const auto& entry : fs::directory_iterator(*std::ranges::max_element(names)))
      sum += entry.file_size();
    return sum;
  }
  void kill(Daemon& daemon) {
    daemon.child().signal(SIGKILL);
    ASSERT_TRUE(daemon.child().wait(10));
  }
  // The daemon's figures are those of a replica that has read everything, without warnings.
  void expect_as_if_it_had_read_all(Daemon& daemon, const std::string& peer) {
    ASSERT_TRUE(settled(daemon));
    expect_totals(daemon, economy.oracle(), economy.calendar());
    auto const status = daemon.status();
    EXPECT_EQ(status.basis().coverage_warnings_size(), 0) << status.DebugString();
    EXPECT_THAT(status.snapshots().started_from(), HasSubstr("of peer " + peer));
    EXPECT_THAT(daemon.child().log(), HasSubstr("of peer " + peer));
    expect_journal(daemon, broker(), topics.journal, economy.calendar());
  }

  TemporaryFolder folder_;
  Topics const topics = make_topics(broker());
  Source source{broker(), topics};
  Economy economy{printed_seed()};
  DaemonOptions options{.broker = broker(), .topics = topics, .time = kHeartbeatsOnly};
};

TEST_F(PeerTransferTest, ANewReplicaGetsDeletedRecordsFromAPeer) {
  auto const a = one_that_knows("a", kFast);
  shorten();
  auto const b = start("b", a->address());
  expect_as_if_it_had_read_all(*b, a->address());
  EXPECT_EQ(verdicts(*b), verdicts(*a));
  EXPECT_EQ(metric(*b, "transfers_taken_total"), 1);
  EXPECT_EQ(metric(*b, "transfer_received_bytes_total"), metric(*a, "transfer_sent_bytes_total"));
  // A replica without peers starts from the remaining log.
  auto const c = start("c", "");
  ASSERT_TRUE(settled(*c));
  expect_totals(*c, economy.oracle_anew(), economy.calendar());
  auto const status = c->status();
  EXPECT_GT(status.basis().coverage_warnings_size(), 0);
  EXPECT_THAT(status.snapshots().started_from(), HasSubstr("the log: there is no snapshot"));
  // A replica passes on a snapshot that it took from a peer.
  auto const d = start("d", base::cat(closed_port(), ", ", b->address()));
  expect_as_if_it_had_read_all(*d, b->address());
}

TEST_F(PeerTransferTest, APeersWarningsArePassedOnWithItsSnapshot) {
  shorten();
  auto const a = one_that_knows("a", kFast);
  ASSERT_GT(a->status().basis().coverage_warnings_size(), 0) << "the peer has not read the history";
  auto const b = start("b", a->address());
  ASSERT_TRUE(settled(*b));
  expect_totals(*b, economy.oracle_anew(), economy.calendar());
  auto const as_set = [](const Daemon& daemon) {
    auto const warnings = daemon.status().basis().coverage_warnings();
    return std::set<std::string>(warnings.begin(), warnings.end());
  };
  std::set<std::string> const said = as_set(*b);
  EXPECT_EQ(said, as_set(*a));
  EXPECT_THAT(b->status().snapshots().started_from(), HasSubstr("of peer"));
  // Both keep the warnings when they resume from their own snapshots.
  for (const auto& [name, before] : {std::pair{"a", &*a}, std::pair{"b", &*b}}) {
    kill(*before);
    auto const after = start(name, "");
    ASSERT_TRUE(settled(*after));
    EXPECT_THAT(after->status().snapshots().started_from(), HasSubstr("the snapshot of"));
    EXPECT_TRUE(eventually([&] { return as_set(*after) == said; }))
        << name << after->status().DebugString();
  }
}

TEST_F(PeerTransferTest, ASnapshotOlderThanTheLogIsReplacedByAPeers) {
  auto const a = one_that_knows("a", kFast);
  {
    auto const b = one_that_knows("b", kFast);
    kill(*b);
  }
  economy.publish_months(source, 1);  // b does not read these
  ASSERT_TRUE(settled(*a));
  ASSERT_TRUE(snapshot_taken(*a));
  shorten();
  auto const b = start("b", a->address());
  expect_as_if_it_had_read_all(*b, a->address());
  EXPECT_THAT(b->child().log(), HasSubstr("are gone"));
}

TEST_F(PeerTransferTest, AReplicaKilledDuringATransferResumesIt) {
  auto const a = one_that_knows("a", kSlow);
  shorten();
  ASSERT_TRUE(settled(*a));
  ASSERT_TRUE(snapshot_taken(*a));
  auto const size = static_cast<double>(size_of_newest("a"));
  std::printf("  %.0f bytes at %.0f a second\n", size, 1e6 * kSlow);
  {
    auto const b = start("b", a->address());
    ASSERT_TRUE(eventually([&] { return metric(*a, "transfer_sent_bytes_total") > 0.5 * size; }))
        << b->child().log();
    EXPECT_THAT(b->status().not_ready(), HasSubstr("taking the snapshot of"))
        << b->status().DebugString();
    kill(*b);
  }
  auto const b = start("b", a->address());
  expect_as_if_it_had_read_all(*b, a->address());
  EXPECT_LT(metric(*a, "transfer_sent_bytes_total"), 1.3 * size)
      << "received bytes were sent again";
  EXPECT_LT(metric(*b, "transfer_received_bytes_total"), 0.7 * size);
}

TEST_F(PeerTransferTest, AnotherPeerServesIfThePeerIsKilledDuringATransfer) {
  auto a = one_that_knows("a", kSlow);
  auto c = one_that_knows("c", kSlow);
  shorten();
  for (auto* daemon : {&a, &c}) {
    ASSERT_TRUE(settled(**daemon));
    ASSERT_TRUE(snapshot_taken(**daemon));
  }
  auto const size = static_cast<double>(size_of_newest("a"));
  auto const b = start("b", base::cat(a->address(), ", ", c->address()));
  auto const half = [&](const Daemon& daemon) {
    return metric(daemon, "transfer_sent_bytes_total") > 0.5 * size;
  };
  ASSERT_TRUE(eventually([&] { return half(*a) || half(*c); })) << b->child().log();
  bool const from_a = half(*a);
  kill(from_a ? *a : *c);
  expect_as_if_it_had_read_all(*b, from_a ? c->address() : a->address());
  EXPECT_EQ(metric(*b, "transfer_failures_total"), 1) << b->child().log();
  EXPECT_THAT(b->child().log(), HasSubstr("the transfer broke off"));
}

TEST_F(PeerTransferTest, ReplicasThatStartTogetherDoNotWaitForEachOther) {
  SilentPort const silent;
  auto const a = start("a", base::cat(closed_port(), ", ", silent.address()));
  auto const b = start("b", base::cat(silent.address(), ", ", a->address()));
  for (auto* daemon : {a.get(), b.get()}) {
    ASSERT_TRUE(settled(*daemon));
    EXPECT_THAT(daemon->status().snapshots().started_from(),
                HasSubstr("no replica gave a snapshot"));
    EXPECT_EQ(daemon->status().basis().coverage_warnings_size(), 0);
  }
}

}  // namespace
}  // namespace bellwether::testing
