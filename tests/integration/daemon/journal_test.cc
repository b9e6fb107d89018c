// The journal on a real broker: entries larger than the broker's record limit, a recreated journal,
// and which rules are in force.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/time/clock.h"
#include "adapters/kafka/topics.h"
#include "runtime/journal/journal.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/must.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

// Only the journal part of a replica.
struct Replica {
  Replica(const std::string& topic, const std::string& writer)
      : producer(must(kafka::Producer::create(client_options(broker()), {}, no_log()))),
        journal(must(runtime::Journal::open(
            client_options(broker()), topic, writer, {}, *producer, keeper, [] {},
            [](const std::string&) {}, no_log()))) {}
  base::Calendar calendar{base::CalendarUnit::kMonth};
  runtime::BookKeeper keeper{calendar};
  std::unique_ptr<kafka::Producer> producer;
  std::unique_ptr<runtime::Journal> journal;
};

alerts::TickEvaluated downturn_everywhere(int tick, int alerts) {
  alerts::TickEvaluated t;
  t.tick = base::PeriodIndex(tick);
  for (int i = 0; i < alerts; ++i) {
    alerts::AlertUpdate u;
    u.key = {"R1", "A" + std::to_string(i), "C"};
    u.raised = t.tick;
    u.severity = u.severity_max = alerts::Severity::kRed;
    u.transition = alerts::TransitionKind::kRaised;
    u.evidence.period = t.tick;
    u.evidence.contributions.assign(5, {"an area's code", "and a sector's", 10, 20, 0.2});
    t.updates.push_back(std::move(u));
  }
  return t;
}

TEST(JournalTest, AnEvaluationLargerThanARecordIsStillOneEntry) {
  Topics const topics = make_topics(broker());
  Replica leader(topics.journal, "a");
  Replica follower(topics.journal, "b");
  constexpr int kAlerts = 20'000;  // some eight megabytes
  auto const first = must(
      leader.journal->append(downturn_everywhere(100, kAlerts), absl::Now() + absl::Seconds(30)));
  EXPECT_EQ(first.outcome, alerts::FoldOutcome::kApplied);
  EXPECT_GT(first.offset.value, 5) << "the evaluation takes several records";
  auto const second =
      must(leader.journal->append(downturn_everywhere(101, 1), absl::Now() + absl::Seconds(30)));
  EXPECT_EQ(second.outcome, alerts::FoldOutcome::kApplied);
  ASSERT_TRUE(eventually([&] { return follower.keeper.view()->offset() >= second.offset; }, 30));
  EXPECT_EQ(follower.keeper.view()->alerts().size(), static_cast<size_t>(kAlerts) + 1);
  EXPECT_EQ(follower.keeper.view()->digest(), leader.keeper.view()->digest());
  // A replica that starts later reads the same book.
  Replica later(topics.journal, "c");
  ASSERT_TRUE(eventually([&] { return later.keeper.view()->offset() >= second.offset; }, 30));
  EXPECT_EQ(later.keeper.view()->digest(), leader.keeper.view()->digest());
}

TEST(JournalTest, AWaitForARecordEndsWithTheProcess) {
  Topics const topics = make_topics(broker());
  Replica replica(topics.journal, "a");
  replica.producer->cancel_waits();
  absl::Time const begin = absl::Now();
  auto const appended =
      replica.journal->append(downturn_everywhere(100, 1), begin + absl::Minutes(1));
  EXPECT_TRUE(absl::IsCancelled(appended.status()) || appended.ok()) << appended.status();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
}

TEST(JournalTest, ADaemonEndsIfItsJournalIsRecreatedAndRestartsOnTheNewOne) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  DaemonOptions const options{.broker = broker(), .topics = topics};
  {
    Daemon daemon(options);
    ASSERT_TRUE(daemon.serves());
    ASSERT_TRUE(daemon.through("2019-02"));
    delete_topics(broker(), {topics.journal});
    ASSERT_TRUE(eventually([&] {
      return kafka::create_topics(client_options(broker()), {{topics.journal, 1, 1, -1}},
                                  absl::Seconds(30), no_log())
          .ok();
    }));
    source.heartbeat(midnight(day(2019, 4, 1)));
    EXPECT_EQ(daemon.child().wait(90), 1) << daemon.child().log();
    EXPECT_THAT(daemon.child().log(), HasSubstr("recreated"));
  }
  Daemon again(options);
  ASSERT_TRUE(again.serves());
  EXPECT_TRUE(again.through("2019-03")) << again.child().log();
}

TEST(RulesTest, TheLastReadRulesHoldAndAChangeOfLeaderKeepsThem) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  DaemonOptions const options{.broker = broker(), .topics = topics, .group = topics.journal};
  Daemon one(options);
  Daemon two(options);
  ASSERT_TRUE(one.serves() && two.serves());
  ASSERT_TRUE(one.through("2019-02") && two.through("2019-02"));
  Daemon& leader = one.status().role() == status::v1::ROLE_LEADER ? one : two;
  Daemon& follower = &leader == &one ? two : one;
  std::string const at_first = leader.status().basis().rule_set();
  // A follower that reads new rules activates them.
  follower.rewrite("rules:\n  R1:\n    clear_ticks: 6\n");
  follower.child().signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return leader.status().basis().rule_set() != at_first; }, 20))
      << follower.child().log();
  std::string const now = leader.status().basis().rule_set();
  // The next leader has the old file and keeps the new rules.
  leader.rewrite("rules:\n  R1:\n    clear_ticks: 7\n");
  leader.child().signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return follower.status().basis().rule_set() != now; }, 20))
      << leader.child().log();
  std::string const last = follower.status().basis().rule_set();
  leader.child().signal(SIGKILL);
  ASSERT_TRUE(eventually([&] { return follower.status().role() == status::v1::ROLE_LEADER; }, 40));
  source.heartbeat(midnight(day(2019, 4, 1)));
  ASSERT_TRUE(follower.through("2019-03"));
  EXPECT_EQ(follower.status().basis().rule_set(), last);
}

}  // namespace
}  // namespace bellwether::testing
