// Input logs that lose records: by retention, before or after a read, and as recreated topics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "support/audit.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/fleet.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kHistoryMonths = 80;
constexpr int kNextMonths = 6;

void delete_inputs(const Topics& topics) {
  delete_records(broker(), topics.registrations);
  delete_records(broker(), topics.support);
}

bool warned(const Daemon& daemon, const std::string& topic, const std::string& words) {
  auto const s = daemon.status();
  return std::ranges::any_of(s.basis().coverage_warnings(), [&](const std::string& w) {
    return w.find(topic) != std::string::npos && w.find(words) != std::string::npos;
  });
}

// `now` begins with the same verdicts as `before`.
void expect_begins_with(const std::vector<std::string>& now,
                        const std::vector<std::string>& before) {
  ASSERT_GE(now.size(), before.size());
  EXPECT_TRUE(std::ranges::equal(before, std::span(now).first(before.size())));
}

class TruncationTest : public ::testing::Test {
 protected:
  // Starts a daemon that reads the history.
  void SetUp() override {
    economy.publish_months(source, kHistoryMonths);
    settle();
  }
  void settle() {
    std::string const through = economy.last_period();
    EXPECT_TRUE(fleet[0].through(through))
        << fleet[0].child().log() << fleet[0].status().DebugString();
    EXPECT_TRUE(eventually([&] { return fleet[0].status().tick() >= through; }))
        << fleet[0].child().log();
  }
  void restart() {
    EXPECT_EQ(fleet.end(0, SIGTERM), 0);
    fleet.start(0);
  }
  // The restarted daemon counts the records in the logs, warns of missing ones, and repeats no
  // transition.
  void expect_anew(const std::vector<std::string>& told_before) {
    settle();
    expect_totals(fleet[0], economy.oracle_anew(), economy.calendar());
    expect_begins_with(verdicts(fleet[0]), told_before);
    expect_journal(fleet[0], broker(), topics.journal, economy.calendar());
  }

  Topics const topics = make_topics(broker());
  Source source{broker(), topics};
  Economy economy{printed_seed()};
  Fleet fleet{{.broker = broker(), .topics = topics, .time = kHeartbeatsOnly}, 1};
};

TEST_F(TruncationTest, RecordsDeletedAfterTheyWereReadAreMissedOnlyByARestart) {
  delete_inputs(topics);
  economy.begin_anew();
  economy.publish_months(source, kNextMonths);
  settle();
  expect_totals(fleet[0], economy.oracle(), economy.calendar());
  EXPECT_EQ(fleet[0].status().basis().coverage_warnings_size(), 0)
      << fleet[0].status().DebugString();
  std::vector<std::string> const before = verdicts(fleet[0]);
  restart();
  expect_anew(before);
  EXPECT_TRUE(warned(fleet[0], topics.registrations, "the log begins at offset"))
      << fleet[0].status().DebugString();
  EXPECT_TRUE(warned(fleet[0], topics.support, "the log begins at offset"));
  EXPECT_THAT(fleet[0].child().log(), HasSubstr("figures lack the earlier records"));
  EXPECT_TRUE(eventually([&] { return fleet[0].status().ready(); }))
      << "the remaining figures are served";
}

TEST_F(TruncationTest, RecordsDeletedBeforeTheyWereReadStopTheInputAndAreNamed) {
  std::vector<std::string> const before = verdicts(fleet[0]);
  Oracle const read = economy.oracle();
  fleet[0].child().signal(SIGSTOP);
  pause_ms(500);  // time for a running fetch to end
  economy.publish_months(source, 1);
  delete_inputs(topics);
  economy.begin_anew();
  economy.publish_months(source, kNextMonths);
  fleet[0].child().signal(SIGCONT);
  EXPECT_TRUE(eventually([&] {
    return warned(fleet[0], topics.registrations, "restart to fold the new log");
  })) << fleet[0].status().DebugString();
  EXPECT_TRUE(eventually([&] { return !fleet[0].status().ready(); }));
  EXPECT_TRUE(fleet[0].child().running());
  expect_totals(fleet[0], read, economy.calendar());
  restart();
  expect_anew(before);
  EXPECT_TRUE(warned(fleet[0], topics.registrations, "the log begins at offset"));
}

// The book is in the snapshot, so the deleted part of the journal is not needed.
TEST_F(TruncationTest, AJournalTruncatedWithinTheSnapshotLosesNoAlert) {
  Fleet kept({.broker = broker(), .topics = topics, .time = kHeartbeatsOnly}, 1, snapshots_in);
  ASSERT_TRUE(kept[0].through(economy.last_period()));
  auto const stub = alerts::v1::AlertService::NewStub(kept[0].channel());
  auto const alert = [&] {
    grpc::ClientContext call;
    alerts::v1::ListAlertsRequest all;
    alerts::v1::ListAlertsResponse found;
    EXPECT_TRUE(
        alerts::v1::AlertService::NewStub(kept[0].channel())->ListAlerts(&call, all, &found).ok());
    EXPECT_GT(found.alerts_size(), 0);
    return found.alerts_size() > 0 ? found.alerts(0) : alerts::v1::Alert();
  };
  grpc::ClientContext call;
  alerts::v1::AcknowledgeAlertRequest act;
  act.set_name(alert().name());
  act.set_actor("ann");
  alerts::v1::AcknowledgeAlertResponse answer;
  ASSERT_TRUE(stub->AcknowledgeAlert(&call, act, &answer).ok());
  int64_t const since = absl::ToUnixMillis(absl::Now());
  ASSERT_TRUE(eventually([&] { return kept[0].status().snapshots().taken_at_ms() > since; }));
  std::vector<std::string> const before = verdicts(kept[0]);
  auto const transitions = kept[0].transitions();
  ASSERT_FALSE(before.empty());
  EXPECT_EQ(kept.end(0, SIGTERM), 0);
  EXPECT_EQ(fleet.end(0, SIGTERM), 0);
  delete_records(broker(), topics.journal, 1);
  kept.start(0);
  ASSERT_TRUE(kept[0].through(economy.last_period())) << kept[0].child().log();
  EXPECT_THAT(kept[0].status().snapshots().started_from(), HasSubstr("the snapshot of"));
  EXPECT_EQ(verdicts(kept[0]), before);
  EXPECT_EQ(kept[0].transitions().size(), transitions.size());
  EXPECT_EQ(alert().acknowledgement().actor(), "ann");
  // The daemon continues with new records.
  economy.publish_months(source, kNextMonths);
  ASSERT_TRUE(kept[0].through(economy.last_period())) << kept[0].child().log();
  EXPECT_TRUE(eventually([&] { return kept[0].status().tick() >= economy.last_period(); }));
  expect_begins_with(verdicts(kept[0]), before);
  expect_totals(kept[0], economy.oracle(), economy.calendar());
}

TEST_F(TruncationTest, RecreatedTopicsAreFoldedByARestartThatRepeatsNoTransition) {
  std::vector<std::string> const before = verdicts(fleet[0]);
  kafka::ClientOptions client;
  client.bootstrap_servers = broker();
  std::vector<std::string> const inputs = {topics.registrations, topics.support};
  delete_topics(broker(), inputs);
  ASSERT_TRUE(eventually([&] {
    return kafka::create_topics(client, {{inputs[0], 3, 1, -1}, {inputs[1], 3, 1, -1}},
                                absl::Seconds(30), no_log())
        .ok();
  }));
  EXPECT_TRUE(eventually([&] {
    return warned(fleet[0], topics.registrations, "restart to fold the new log");
  })) << fleet[0].status().DebugString();
  economy.begin_anew();
  Source anew(broker(), topics);
  economy.publish_months(anew, kNextMonths);
  restart();
  expect_anew(before);
  EXPECT_EQ(fleet[0].status().basis().coverage_warnings_size(), 0) << "the new log is complete";
}

TEST_F(TruncationTest, PartitionsAddedWhileATopicIsReadAreNamed) {
  add_partitions(broker(), topics.registrations, 5);
  EXPECT_TRUE(eventually([&] {
    return warned(fleet[0], topics.registrations, "has 5 partitions and 3 are read");
  })) << fleet[0].status().DebugString();
  EXPECT_FALSE(warned(fleet[0], topics.support, "are read"));
  EXPECT_THAT(fleet[0].child().log(), HasSubstr("records in the others are not counted"));
  EXPECT_THAT(fleet[0].http("/metrics"), HasSubstr("bellwether_input_partitions_unread{topic=\"" +
                                                   topics.registrations + "\"} 2"));
  EXPECT_EQ(fleet.end(0, SIGTERM), 0);
}

}  // namespace
}  // namespace bellwether::testing
