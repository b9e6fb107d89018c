// Replicas compare their results with the journal and report every difference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/kafka/journal.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/journal_copy.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

base::Days day(int y, int m, int d) {
  return base::days_from_civil(y, m, d);
}
std::string number(int n) {
  return std::to_string(10'000'000 + n);
}

class DivergenceTest : public ::testing::Test {
 protected:
  // Births of a month, and the heartbeat that ends it.
  void tell(int month) {
    for (int i = 0; i < 60; ++i) {
      source_.registered(number(told_++), i % 2 == 0 ? "N1" : "S1", i % 3 == 0 ? "10110" : "11010",
                         day(2019, month, 1 + i % 28));
    }
    source_.heartbeat(base::start_of(day(2019, month + 1, 1)));
  }
  static bool follows(const Daemon& daemon) {
    return daemon.status().role() == status::v1::ROLE_FOLLOWER;
  }
  static std::vector<std::string> warnings(const Daemon& daemon) {
    auto const s = daemon.status();
    return {s.basis().coverage_warnings().begin(), s.basis().coverage_warnings().end()};
  }

  Topics topics_ = make_topics(broker());
  Source source_{broker(), topics_};
  int told_ = 0;
};

TEST_F(DivergenceTest, ReplicasOfOneLogAgreeLiveAndWhenTheyCatchUp) {
  tell(1);
  DaemonOptions const options{.broker = broker(), .topics = topics_};
  auto one = std::make_unique<Daemon>(options);
  auto two = std::make_unique<Daemon>(options);
  ASSERT_TRUE(one->serves() && two->serves());
  for (int month = 2; month <= 4; ++month) {
    ASSERT_TRUE(one->through("2019-0" + std::to_string(month - 1)));
    ASSERT_TRUE(two->through("2019-0" + std::to_string(month - 1)));
    tell(month);
  }
  ASSERT_TRUE(one->through("2019-04") && two->through("2019-04"));
  // Each of the last three ticks was written by one replica and compared by the other.
  auto const equal = [&] {
    return one->status().comparison().equal() + two->status().comparison().equal();
  };
  ASSERT_TRUE(eventually([&] { return equal() >= 3; }, 20))
      << one->status().comparison().DebugString() << two->status().comparison().DebugString();
  for (Daemon* replica : {one.get(), two.get()}) {
    auto const c = replica->status().comparison();
    EXPECT_EQ(c.cells_differ() + c.verdicts_differ(), 0) << c.DebugString();
    EXPECT_FALSE(c.diverged());
    EXPECT_THAT(replica->http("/metrics"),
                HasSubstr("bellwether_ticks_compared_total{result=\"equal\"} "));
    EXPECT_THAT(replica->http("/metrics"), HasSubstr("bellwether_diverged 0"));
    EXPECT_THAT(replica->child().log(), Not(HasSubstr("divergence")));
  }
  // A restarted replica finds every tick in the journal.
  one->child().signal(SIGKILL);
  ASSERT_TRUE(one->child().wait(10));
  one = std::make_unique<Daemon>(options);
  ASSERT_TRUE(one->serves() && one->through("2019-04"));
  auto const again = one->status().comparison();
  EXPECT_EQ(again.cells_equal(), 4) << again.DebugString();
  EXPECT_TRUE(again.first_divergence().empty());
}

TEST_F(DivergenceTest, OtherReferenceFilesDiverge) {
  tell(1);
  DaemonOptions options{.broker = broker(), .topics = topics_};
  Daemon leader(options);
  ASSERT_TRUE(leader.serves() && leader.through("2019-01"));
  options.sectors = std::string(kWorldSectors);
  std::string const food = "UKSIC,2007,10,C,division,Food products,\n";
  options.sectors.erase(options.sectors.find(food), food.size());
  options.sectors += food;
  Daemon other(options);
  ASSERT_TRUE(other.serves() && other.through("2019-01"));
  ASSERT_TRUE(eventually([&] { return other.status().comparison().diverged(); }, 20))
      << other.status().comparison().DebugString();
  EXPECT_FALSE(leader.status().comparison().diverged());
  tell(2);
  ASSERT_TRUE(leader.through("2019-02") && other.through("2019-02"));
  // Whichever replica leads now, the other one finds that it differs.
  auto const differ = [&] {
    return leader.status().comparison().cells_differ() + other.status().comparison().cells_differ();
  };
  EXPECT_TRUE(eventually([&] { return differ() == 2; }, 20))
      << leader.status().comparison().DebugString() << other.status().comparison().DebugString();
}

// The test leads this journal. It writes a sound replica's records, or altered ones.
TEST_F(DivergenceTest, ARecordThatTheLogDoesNotGiveIsReportedEverywhere) {
  for (int month = 1; month <= 4; ++month) tell(month);
  {
    Daemon sound({.broker = broker(), .topics = topics_});
    ASSERT_TRUE(sound.serves() && sound.through("2019-04"));
  }
  auto journal = read_journal(topics_.journal);
  std::vector<alerts::TickEvaluated*> ticks;
  for (auto& record : journal) {
    if (auto* tick = std::get_if<alerts::TickEvaluated>(&record.entry)) ticks.push_back(tick);
  }
  ASSERT_EQ(ticks.size(), 4u);
  ++ticks[1]->cells_digest;
  ++ticks[3]->verdict_digest;
  Topics other = topics_;
  other.journal = make_topics(broker()).journal;
  kafka::ClientOptions client;
  client.bootstrap_servers = broker();
  client.client_id =
      "a";  // sorts before the daemon's id: the group gives its partition to the first
  auto const leadership = must(kafka::Leadership::join(
      client, {other.journal, other.journal, 30'000}, [](bool) {}, no_log()));
  ASSERT_TRUE(eventually([&] { return leadership->is_leader(); }));
  size_t next = 0;
  auto const write_through = [&](const alerts::TickEvaluated* tick) {
    while (true) {
      write_journal(source_, other.journal, journal[next]);
      if (std::get_if<alerts::TickEvaluated>(&journal[next++].entry) == tick) return;
    }
  };
  write_through(ticks[0]);
  Daemon daemon({.broker = broker(), .topics = other});
  ASSERT_TRUE(daemon.serves());
  auto const comparison = [&] { return daemon.status().comparison(); };
  ASSERT_TRUE(eventually([&] { return comparison().cells_equal() == 1; })) << daemon.child().log();
  ASSERT_TRUE(eventually([&] {
    return daemon.http("/metrics").find("bellwether_ticks_total 2\n") != std::string::npos;
  })) << daemon.http("/metrics");
  EXPECT_EQ(daemon.status().basis().data_through(), "2019-01")
      << "figures are shown with their verdict";
  ASSERT_TRUE(leadership->is_leader() && follows(daemon));

  write_through(ticks[1]);
  ASSERT_TRUE(eventually([&] { return comparison().cells_differ() == 1; }))
      << comparison().DebugString();
  EXPECT_TRUE(comparison().diverged());
  EXPECT_THAT(comparison().first_divergence(),
              HasSubstr("tick 2019-02: the digest of the cells is"));
  EXPECT_THAT(daemon.child().log(), HasSubstr("tick 2019-02: the digest of the cells is"));
  EXPECT_THAT(daemon.child().log(), HasSubstr("`bellwether verify 2019-02` shows which"));
  EXPECT_THAT(daemon.http("/metrics"),
              HasSubstr("bellwether_ticks_compared_total{result=\"cells_differ\"} 1"));
  EXPECT_THAT(daemon.http("/metrics"), HasSubstr("bellwether_diverged 1"));
  EXPECT_THAT(daemon.http("/metrics"), HasSubstr("bellwether_first_divergence_timestamp_seconds"));
  ASSERT_TRUE(eventually([&] { return !warnings(daemon).empty(); }));
  EXPECT_THAT(warnings(daemon), Contains(HasSubstr("diverged from the journal: tick 2019-02")));

  write_through(ticks[2]);
  ASSERT_TRUE(eventually([&] { return comparison().equal() == 1; })) << comparison().DebugString();
  EXPECT_FALSE(comparison().diverged());
  EXPECT_THAT(daemon.child().log(),
              HasSubstr("tick 2019-03: this replica agrees with the journal again"));
  ASSERT_TRUE(eventually([&] { return warnings(daemon).empty(); }));

  write_through(ticks[3]);
  ASSERT_TRUE(eventually([&] { return comparison().verdicts_differ() == 1; }))
      << comparison().DebugString();
  EXPECT_THAT(daemon.child().log(), HasSubstr("tick 2019-04: the digest of the verdict is"));
  EXPECT_THAT(comparison().first_divergence(), HasSubstr("tick 2019-02"));
}

}  // namespace
}  // namespace bellwether::testing
