// Starting, stopping, reloading, and failures of the broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

constexpr double kDrainSeconds = 10;

base::PeriodIndex last_month() {
  base::Days const today =
      base::days_of(base::UnixMillis(std::chrono::duration_cast<std::chrono::milliseconds>(
                                         std::chrono::system_clock::now().time_since_epoch())
                                         .count()));
  return base::PeriodIndex(base::Calendar(base::CalendarUnit::kMonth).period_of(today).value - 1);
}

TEST(StartTest, MissingTopicsAreNamedWithTheCommandThatCreatesThem) {
  Topics topics = make_topics(broker());
  topics.support = "test.never-made";
  Daemon daemon({.broker = broker(), .topics = topics});
  EXPECT_EQ(daemon.child().wait(30), 4);
  EXPECT_THAT(daemon.child().log(), HasSubstr("test.never-made"));
  EXPECT_THAT(daemon.child().log(), HasSubstr("bellwether topics create"));
}

TEST(StartTest, UnequalPartitionCountsAreRefused) {
  Topics const topics = make_topics(broker(), 3, 2);
  Daemon daemon({.broker = broker(), .topics = topics});
  EXPECT_EQ(daemon.child().wait(30), 4);
  EXPECT_THAT(daemon.child().log(), HasSubstr("3"));
  EXPECT_THAT(daemon.child().log(), HasSubstr(topics.support));
}

TEST(StartTest, AJournalWithTwoPartitionsIsRefused) {
  Topics topics = make_topics(broker());
  std::swap(topics.journal, topics.support);
  Daemon daemon({.broker = broker(), .topics = topics});
  EXPECT_EQ(daemon.child().wait(30), 4);
}

TEST(StartTest, TwoDaemonsOnOnePortAreRefused) {
  Topics const topics = make_topics(broker());
  Daemon first({.broker = broker(), .topics = topics});
  ASSERT_TRUE(first.serves());
  Daemon second({.broker = broker(), .topics = topics, .grpc_address = first.address()});
  EXPECT_EQ(second.child().wait(20), 3);
  EXPECT_THAT(second.child().log(), HasSubstr(first.address()));
  EXPECT_TRUE(first.child().running());
}

TEST(StartTest, AWrongConfigurationEndsWithEveryError) {
  Topics const topics = make_topics(broker());
  Daemon daemon(
      {.broker = broker(), .topics = topics, .more = "surve: {}\nruntime:\n  workers: many\n"});
  EXPECT_EQ(daemon.child().wait(10), 2);
  EXPECT_THAT(daemon.child().log(), HasSubstr("surve"));
  EXPECT_THAT(daemon.child().log(), HasSubstr("runtime.workers"));
}

int run(const std::vector<std::string>& arguments, std::string* output = nullptr) {
  TemporaryFolder folder;
  std::vector<std::string> command = {testing::program("bellwetherd")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Child child(command, {}, (folder.path() / "log").string());
  int const status = child.wait(10).value_or(-1);
  if (output != nullptr) *output = child.log();
  return status;
}

TEST(StartTest, TheCommandLineExplainsItself) {
  std::string text;
  EXPECT_EQ(run({"--help"}, &text), 0);
  EXPECT_THAT(text, HasSubstr("Exit codes: 0"));
  EXPECT_EQ(run({"--version"}, &text), 0);
  EXPECT_EQ(run({"--example-config"}, &text), 0);
  EXPECT_THAT(text, HasSubstr("kafka:"));
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(run({"--confg", "x"}), 2);
  EXPECT_EQ(run({"--config", "/nonexistent.yaml"}, &text), 2);
  EXPECT_THAT(text, HasSubstr("/nonexistent.yaml"));
  EXPECT_EQ(run({"--check-config", "--config", testing::in_source("deploy/demo.yaml")}, &text), 0);
  EXPECT_EQ(
      run({"--check-config", "--config", testing::in_source("deploy/bellwetherd.yaml")}, &text), 0)
      << text;
}

// The last ticks close only after idle_after, long after every record was read again.
TEST(StartTest, ARestartedDaemonIsReadyOnlyWithTheFiguresOfBefore) {
  Topics const topics = make_topics(broker());
  Source(broker(), topics).registered("00000001", "N1", "10110", day(2019, 1, 5));
  DaemonOptions const options{
      .broker = broker(),
      .topics = topics,
      .time = "  calendar: month\n  history_years: 30\n  idle: wall_clock\n  idle_after: 3s\n"};
  std::string const through = base::Calendar(base::CalendarUnit::kMonth).name(last_month());
  {
    Daemon before(options);
    ASSERT_TRUE(before.serves());
    ASSERT_TRUE(before.through(through, 60)) << before.child().log();
    ASSERT_TRUE(eventually([&] { return before.status().tick() >= through; }, 30));
    before.child().signal(SIGTERM);
    EXPECT_EQ(before.child().wait(kDrainSeconds), 0);
  }
  Daemon after(options);
  ASSERT_TRUE(after.serves());
  ASSERT_TRUE(eventually([&] { return after.status().ready(); }, 60)) << after.child().log();
  EXPECT_GE(after.status().basis().data_through(), through);
}

TEST(StopTest, SigtermDrainsAndTellsWatchersToResume) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-02"));
  auto const stub = alerts::v1::AlertService::NewStub(daemon.channel());
  grpc::ClientContext context;
  auto const stream = stub->WatchAlerts(&context, {});
  alerts::v1::WatchAlertsResponse event;
  ASSERT_TRUE(stream->Read(&event));
  daemon.child().signal(SIGTERM);
  while (stream->Read(&event)) {
  }
  grpc::Status const status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("resume"));
  EXPECT_EQ(daemon.child().wait(kDrainSeconds), 0);
}

TEST(StopTest, WithADrainDelayCallsAreAnsweredAfterSigterm) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  Daemon daemon({.broker = broker(), .topics = topics, .more = "runtime:\n  drain_delay: 4s\n"});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-02"));
  ASSERT_TRUE(eventually([&] { return daemon.status().ready(); }));
  auto const stub = alerts::v1::AlertService::NewStub(daemon.channel());
  auto const started = std::chrono::steady_clock::now();
  auto const passed = [&] { return std::chrono::steady_clock::now() - started; };
  daemon.child().signal(SIGTERM);
  int code = 0;
  EXPECT_TRUE(eventually([&] {
    return daemon.http("/readyz", &code).find("draining") != std::string::npos && code == 503;
  }));
  int answered = 0;
  while (passed() < std::chrono::seconds(3)) {
    grpc::ClientContext call;
    alerts::v1::ListAlertsResponse response;
    grpc::Status const status = stub->ListAlerts(&call, {}, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ++answered;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GT(answered, 10);
  EXPECT_EQ(daemon.child().wait(kDrainSeconds), 0);
  EXPECT_GE(passed(), std::chrono::seconds(4));
}

// It never served, so nobody calls it.
TEST(StopTest, SigtermWhileWaitingForABrokerEndsToo) {
  Topics const topics = make_topics(broker());
  Daemon daemon(
      {.broker = "127.0.0.1:1", .topics = topics, .more = "runtime:\n  drain_delay: 300s\n"});
  ASSERT_TRUE(daemon.serves()) << "ports are bound before Kafka is contacted";
  int code = 0;
  EXPECT_TRUE(eventually(
      [&] { return daemon.http("/readyz", &code).find("broker") != std::string::npos; }, 10));
  EXPECT_EQ(code, 503);
  daemon.http("/healthz", &code);
  EXPECT_EQ(code, 200) << "liveness does not depend on Kafka";
  daemon.child().signal(SIGTERM);
  EXPECT_EQ(daemon.child().wait(kDrainSeconds), 0);
}

TEST(ReloadTest, SighupBringsRulesIntoForceThroughTheJournal) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  Daemon daemon({.broker = broker(), .topics = topics});
  Daemon replica({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves() && replica.serves());
  ASSERT_TRUE(daemon.through("2019-02") && replica.through("2019-02"));
  std::string const before = daemon.status().basis().rule_set();
  ASSERT_FALSE(before.empty());
  std::string const digest_before = daemon.status().config_digest();
  Daemon& leader = daemon.status().role() == status::v1::ROLE_LEADER ? daemon : replica;
  Daemon& follower = &leader == &daemon ? replica : daemon;
  leader.rewrite("rules:\n  R1:\n    clear_ticks: 0\n");
  leader.child().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] {
    return leader.child().log().find("the old rules stay in force") != std::string::npos;
  }));
  EXPECT_EQ(leader.status().basis().rule_set(), before);
  EXPECT_EQ(leader.status().config_digest(), digest_before);
  leader.rewrite("rules:\n  R1:\n    clear_ticks: 6\n");
  leader.child().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return follower.status().basis().rule_set() != before; }, 20))
      << leader.child().log();
  EXPECT_EQ(follower.status().basis().rule_set(), leader.status().basis().rule_set());
  EXPECT_NE(leader.status().config_digest(), digest_before) << "another file was read";
  EXPECT_EQ(follower.status().config_digest(), digest_before)
      << "the follower has read no file since";
}

// A table of holidays belongs to the rules: all replicas judge by the one in the journal.
TEST(ReloadTest, S3_SighupBringsChangedHolidaysIntoForceThroughTheJournal) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  TemporaryFolder const folder;
  std::string const table = folder.write("h.csv", "date,effect,name\n2019-08-26,holiday,\n");
  DaemonOptions options{.broker = broker(), .topics = topics};
  options.time += "  holidays: " + table + "\n  closures: 2019-06-12\n";
  Daemon daemon(options);
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-02")) << daemon.child().log();
  EXPECT_THAT(daemon.child().log(), HasSubstr("time.holidays: the last is 2019-08-26"));
  std::string const before = daemon.status().basis().rule_set();
  std::string const config = daemon.status().config_digest();
  folder.write("h.csv", "date,effect,name\n2019-08-26,holyday,\n");
  daemon.child().signal(SIGHUP);
  ASSERT_TRUE(eventually([&] {
    return daemon.child().log().find("h.csv:2: effect 'holyday' is not known") != std::string::npos;
  }));
  EXPECT_EQ(daemon.status().basis().rule_set(), before);
  folder.write("h.csv", "date,effect,name\n2019-08-27,holiday,\n");
  daemon.child().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return daemon.status().basis().rule_set() != before; }, 20))
      << daemon.child().log();
  EXPECT_EQ(daemon.status().config_digest(), config) << "of the configuration alone";
}

TEST(BrokerTest, ADaemonSurvivesItsBrokerAndContinues) {
  OwnBroker own;
  Topics const topics = make_topics(own.address());
  Daemon daemon({.broker = own.address(), .topics = topics});
  {
    Source source(own.address(), topics);
    source.registered("00000001", "N1", "10110", day(2019, 1, 5));
    source.heartbeat(midnight(day(2019, 3, 1)));
  }
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-02")) << daemon.child().log();
  own.run("kill");
  EXPECT_TRUE(eventually([&] { return !daemon.status().broker_reachable(); }, 30));
  EXPECT_EQ(daemon.total("births", "R", "all"), 1) << "the daemon still serves its figures";
  auto const status = daemon.status();
  ASSERT_GE(status.basis().coverage_warnings_size(), 1);
  EXPECT_THAT(status.basis().coverage_warnings(0), HasSubstr("out of reach"));
  own.run("start");
  EXPECT_TRUE(eventually([&] { return daemon.status().broker_reachable(); }, 30))
      << "reachable even before the first new record";
  {
    Source source(own.address(), topics);
    source.registered("00000002", "N1", "10110", day(2019, 3, 5));
    source.heartbeat(midnight(day(2019, 5, 1)));
  }
  EXPECT_TRUE(daemon.through("2019-04", 90)) << daemon.child().log();
  EXPECT_EQ(daemon.total("births", "R", "all"), 2);
  EXPECT_TRUE(eventually([&] { return daemon.status().tick() >= "2019-04"; }, 30));
  EXPECT_TRUE(eventually(
      [&] { return daemon.status().broker_reachable() && daemon.status().ready(); }, 30));
}

TEST(BrokerTest, ADaemonStartedBeforeItsBrokerWaits) {
  OwnBroker own;
  Topics const topics = make_topics(own.address());
  own.run("stop");
  Daemon daemon({.broker = own.address(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  EXPECT_FALSE(daemon.status().ready());
  own.run("start");
  Source source(own.address(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  EXPECT_TRUE(daemon.through("2019-02", 90)) << daemon.child().log();
}

TEST(BrokerTest, ATopicThatIsDeletedLeavesADaemonThatServesAndSaysSo) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.heartbeat(midnight(day(2019, 3, 1)));
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-02"));
  delete_topics(broker(), {topics.registrations});
  EXPECT_TRUE(eventually([&] { return !daemon.status().ready(); }, 60));
  // Each partition reports its own error.
  EXPECT_TRUE(eventually([&] {
    auto const s = daemon.status();
    return std::ranges::none_of(s.inputs(), [&](const auto& in) {
      return in.topic() == topics.registrations && in.error().empty();
    });
  }));
  EXPECT_TRUE(daemon.child().running());
  EXPECT_EQ(daemon.total("births", "R", "all"), 1);
  // Recreated with fewer records than were read: the position is beyond the end.
  ASSERT_TRUE(kafka::create_topics(client_options(broker()), {{topics.registrations, 3, 1, -1}},
                                   absl::Seconds(30), no_log())
                  .ok());
  EXPECT_TRUE(eventually(
      [&] {
        auto const s = daemon.status();
        for (const std::string& w : s.basis().coverage_warnings()) {
          if (w.find(topics.registrations) != std::string::npos) return true;
        }
        return false;
      },
      60))
      << daemon.child().log();
  EXPECT_EQ(daemon.total("births", "R", "all"), 1);
  // After the new log has grown beyond the position, it is still another log.
  Source anew(broker(), topics);
  for (int i = 100; i < 200; ++i)
    anew.registered(base::cat("00000", i), "N1", "10110", day(2019, 3, 5));
  anew.heartbeat(midnight(day(2019, 5, 1)));
  EXPECT_FALSE(eventually(
      [&] {
        auto const s = daemon.status();
        for (const auto& in : s.inputs()) {
          if (in.topic() == topics.registrations && in.error().empty()) return true;
        }
        return s.basis().data_through() > "2019-02";
      },
      8))
      << daemon.status().DebugString();
  EXPECT_THAT(daemon.child().log(), HasSubstr("restart to fold the new log"));
}

TEST(BrokerTest, RecordsPublishedAfterAnOutageCountInTheTickThatWaited) {
  OwnBroker own;
  Topics const topics = make_topics(own.address(), 1);
  base::Calendar const months(base::CalendarUnit::kMonth);
  base::PeriodIndex const last = last_month();
  {
    Source source(own.address(), topics, 1);
    source.registered("00000001", "N1", "10110", months.first_day(last));
    source.flush();
  }
  Daemon daemon(
      {.broker = own.address(),
       .topics = topics,
       .time = "  calendar: month\n  history_years: 30\n  idle: wall_clock\n  idle_after: 12s\n"});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(eventually([&] {
    auto const s = daemon.status();
    return std::ranges::any_of(s.inputs(), [](const auto& in) { return in.held(); });
  })) << "the record waits until the other input counts as idle";
  own.run("kill");
  EXPECT_FALSE(eventually([&] { return !daemon.status().basis().data_through().empty(); }, 18))
      << "an input that cannot be read is not a quiet one";
  Source source(own.address(), topics, 1);
  source.registered("00000002", "N1", "10110", months.first_day(last));
  own.run("start");
  source.flush();
  ASSERT_TRUE(daemon.through(months.name(last), 60)) << daemon.status().DebugString();
  EXPECT_EQ(daemon.total("births", "R", "all"), 2);
}

TEST(TimeTest, AnEmptyPartitionThatDelaysTicksIsNamed) {
  Topics const topics = make_topics(broker(), 1);
  Source source(broker(), topics, 1);
  source.registered("00000001", "N1", "10110", day(2019, 1, 5));
  source.flush();
  Daemon daemon(
      {.broker = broker(),
       .topics = topics,
       .time = "  calendar: month\n  history_years: 30\n  idle: never\n  idle_after: 1s\n"});
  ASSERT_TRUE(daemon.serves());
  std::string const warning =
      base::cat(topics.support, " 0: nothing read yet and no heartbeat; ticks wait for it");
  auto const warned = [&] {
    auto const s = daemon.status();
    return std::ranges::count(s.basis().coverage_warnings(), warning) == 1;
  };
  EXPECT_TRUE(eventually(warned, 30)) << daemon.status().DebugString();
  source.heartbeat(midnight(day(2019, 3, 1)));
  ASSERT_TRUE(daemon.through("2019-02")) << daemon.child().log();
  EXPECT_TRUE(eventually([&] { return !warned(); }, 10));
}

TEST(TimeTest, AReplicaWithAnIdleSupportTopicTicksByTheWallClock) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  base::Calendar const months(base::CalendarUnit::kMonth);
  base::PeriodIndex const last = last_month();
  // Events of the month before last and of last month; no support events, no heartbeats.
  source.registered("00000001", "N1", "10110", months.first_day(base::PeriodIndex(last.value - 1)));
  source.registered("00000002", "N1", "10110", months.first_day(last));
  source.flush();
  Daemon daemon(
      {.broker = broker(),
       .topics = topics,
       .time = "  calendar: month\n  history_years: 30\n  idle: wall_clock\n  idle_after: 1s\n"});
  ASSERT_TRUE(daemon.serves());
  EXPECT_TRUE(daemon.through(months.name(last), 40)) << daemon.status().DebugString();
  EXPECT_EQ(daemon.total("births", "R", "all"), 2);
}

}  // namespace
}  // namespace bellwether::testing
