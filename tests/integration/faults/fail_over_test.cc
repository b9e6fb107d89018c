// Leaders that are killed, that stop in order, and that are suspended and continue.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>

#include "support/audit.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"

namespace bellwether::testing {
namespace {

constexpr int kHistoryMonths = 72;
constexpr int kZombies = 2;
// Time for a joining replica, which may become the leader.
constexpr int kJoinMs = 2000;
// The daemon's default session timeout.
constexpr int kDefaultSessionMs = 8'000;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(FailOverTest, AnotherReplicaLeadsAfterALeaderWasKilledOrLeft) {
  Random random(printed_seed());
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  Fleet fleet({.broker = broker(),
               .topics = topics,
               .time = kHeartbeatsOnly,
               .session_timeout_ms = kDefaultSessionMs},
              2);
  for (int const signal : {SIGKILL, SIGTERM}) {
    pause_ms(kJoinMs);
    ASSERT_TRUE(fleet.wait_for_verdicts());
    size_t const leader = *fleet.wait_for_leader();
    Daemon& other = fleet[1 - leader];
    ASSERT_TRUE(other.through(economy.last_period()));
    economy.publish_month(source);  // judged by the next leader, or just before the signal
    auto const begin = std::chrono::steady_clock::now();
    fleet[leader].child().signal(signal);
    ASSERT_TRUE(eventually([&] { return other.status().role() == status::v1::ROLE_LEADER; }));
    double const leads = seconds_since(begin);
    ASSERT_TRUE(eventually([&] { return other.status().tick() >= economy.last_period(); }));
    double const judges = seconds_since(begin);
    EXPECT_EQ(fleet[leader].child().wait(20), signal == SIGKILL ? 128 + SIGKILL : 0);
    std::printf(
        "  %s: another leads after %.2f s, the month published meanwhile is judged after %.2f s\n",
        signal == SIGKILL ? "SIGKILL" : "SIGTERM", leads, judges);
    fleet.start(leader);
  }
  economy.publish_months(source, Economy::kMonths - economy.months());
  audit(fleet.all(), fleet.options(), economy);
}

TEST(FailOverTest, ASuspendedLeaderThatContinuesRepeatsNothing) {
  Random random(printed_seed());
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  Fleet fleet({.broker = broker(), .topics = topics, .time = kHeartbeatsOnly}, 2);
  ASSERT_TRUE(fleet.wait_for_verdicts());
  for (int zombie = 0; zombie < kZombies; ++zombie) {
    ASSERT_TRUE(fleet.wait_for_leader());
    size_t const leader = *fleet.leader();
    Daemon& other = fleet[1 - leader];
    // Suspended in the middle of its work, so that it has verdicts to write when it continues.
    Feeder feeder(economy, source, 0, economy.months() + 8);
    pause_ms(random.between(0, 300));
    fleet[leader].child().signal(SIGSTOP);
    feeder.finish();
    EXPECT_TRUE(eventually([&] {
      return other.status().role() == status::v1::ROLE_LEADER &&
             other.status().tick() >= economy.last_period();
    })) << other.child().log();
    fleet[leader].child().signal(SIGCONT);
    // The old leader learns that it no longer leads, and continues as a follower.
    EXPECT_TRUE(fleet.wait_for_leader());
  }
  economy.publish_months(source, Economy::kMonths - economy.months());
  audit(fleet.all(), fleet.options(), economy, {.letters_once = false});
}

}  // namespace
}  // namespace bellwether::testing
