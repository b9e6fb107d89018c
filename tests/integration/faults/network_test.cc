// A bad network between the daemons and the broker while events arrive.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "support/audit.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"
#include "support/toxic_network.h"

namespace bellwether::testing {
namespace {

constexpr int kHistoryMonths = 72;
constexpr int kTroubles = 6;

TEST(NetworkTest, SlowCutResetAndSilentConnectionsLoseAndRepeatNothing) {
  Random random(printed_seed());
  ToxicNetwork network;
  OwnBroker own(network.port());
  network.connect(own.behind_proxy());
  Topics const topics = make_topics(own.address());
  Source source(own.address(), topics);  // uses the good network, so all events are published
  Economy economy(random.next());
  economy.publish_months(source, kHistoryMonths);
  std::vector<std::pair<std::string, std::function<void()>>> troubles = {
      {"slow", [&] { network.latency(random.between(50, 400), 50); }},
      {"narrow", [&] { network.bandwidth(random.between(20, 200)); }},
      {"resets", [&] { network.resets(random.between(0, 500)); }},
      {"black hole", [&] { network.black_hole(); }},
      {"cut", [&] { network.cut(); }},
      {"slow and narrow", [&] {
         network.latency(random.between(50, 400), 50);
         network.bandwidth(random.between(20, 200));
       }}};
  random.shuffle(troubles);
  network.latency(100, 50);  // the daemons read the history over a slow network
  Fleet fleet({.broker = network.address(), .topics = topics, .time = kHeartbeatsOnly}, 2);
  ASSERT_TRUE(fleet.wait_for_verdicts());
  Feeder feeder(economy, source, 500);
  for (int i = 0; i < kTroubles; ++i) {
    const auto& [name, begin] = troubles[static_cast<size_t>(i)];
    network.heal();
    pause_ms(random.between(0, 500));
    begin();
    int const lasts = random.between(500, 3000);
    std::printf("  %s for %d ms: %d months published, tick %s\n", name.c_str(), lasts,
                economy.months(), fleet[0].status().tick().c_str());
    pause_ms(lasts);
    fleet.revive();
  }
  network.heal();
  feeder.finish();
  // The replica that judges for comparison uses the good network.
  DaemonOptions options = fleet.options();
  options.broker = own.address();
  audit(fleet.all(), options, economy);
}

// With an idle_after of 1 s the end of a quiet input is asked for every 0.25 s. An answer takes
// longer here.
TEST(NetworkTest, H3_AQuietInputIsReadAgainOverASlowNetwork) {
  constexpr int kLateBusinesses = 100;
  ToxicNetwork network;
  OwnBroker own(network.port());
  network.connect(own.behind_proxy());
  Topics const topics = make_topics(own.address());
  Source source(own.address(), topics);
  source.registered("10000000", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 2, 1)));
  Daemon daemon({.broker = network.address(),
                 .topics = topics,
                 .time = base::cat(kHeartbeatsOnly, "  idle_after: 1s\n")});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-01"));
  network.latency(300, 0);
  pause_ms(3000);
  for (int i = 1; i <= kLateBusinesses; ++i)
    source.registered(std::to_string(10'000'000 + i), "N1", "10110", day(2019, 2, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  source.flush();
  EXPECT_TRUE(daemon.through("2019-02", 30)) << daemon.status().DebugString();
  EXPECT_EQ(daemon.total("births", "R", "all"), 1 + kLateBusinesses);
}

}  // namespace
}  // namespace bellwether::testing
