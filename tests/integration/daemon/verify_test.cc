// `bellwether verify`: the journal equals the results of the log. A tick that differs is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "adapters/kafka/consumer.h"
#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/journal_copy.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPartitions = 3;

struct Ran {
  int status = -1;
  std::string said;
  std::string of(const std::string& tick) const {  // the line of the tick
    size_t const at = said.find("\n" + tick + " ");
    return at == std::string::npos ? "" : said.substr(at + 1, said.find('\n', at + 1) - at - 1);
  }
};
Ran bellwether(const std::vector<std::string>& arguments) {
  TemporaryFolder const folder;
  std::vector<std::string> command = {testing::program("bellwether")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::string const log = folder.write("log", "\n");
  Child child(command, {}, log);
  auto const status = child.wait(120);
  return {status.value_or(-1), child.log()};
}

int count(const std::string& text, const std::string& words) {
  int n = 0;
  for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++n;
  return n;
}

// The daemon's configuration with another journal topic.
std::string with_journal(const TemporaryFolder& folder, const Daemon& daemon, const Topics& topics,
                         const std::string& journal) {
  std::ifstream file(daemon.config());
  std::ostringstream text;
  text << file.rdbuf();
  std::string yaml = text.str();
  yaml.replace(yaml.find(topics.journal), topics.journal.size(), journal);
  std::filesystem::path const from = std::filesystem::path(daemon.config()).parent_path();
  for (const char* name : {"areas.csv", "sets.csv", "sectors.csv"}) {
    std::filesystem::copy_file(from / name, folder.path() / name);
  }
  return folder.write("bellwetherd.yaml", yaml);
}

// Eight years of a small economy, judged by daemons that were killed, with acts of people of every
// kind.
class VerifyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    topics_ = make_topics(broker(), kPartitions);
    source_ = std::make_unique<Source>(broker(), topics_, kPartitions);
    Economy economy(20'190'501);
    snapshots_ = std::make_unique<TemporaryFolder>();
    economy.publish_months(*source_, 40);
    start();
    ASSERT_TRUE(daemon_->through(economy.last_period(), 120)) << daemon_->child().log();
    kill();
    economy.publish_months(*source_, 37);
    economy.repeat(*source_, 200);
    start();
    ASSERT_TRUE(daemon_->through(economy.last_period(), 120)) << daemon_->child().log();
    // Acts that a verdict does not depend on, and acts that it depends on.
    auto const transitions = daemon_->transitions();
    ASSERT_FALSE(transitions.empty()) << "no alert was raised: the test proves little";
    std::string const server = daemon_->address();
    for (const auto& act : std::vector<std::vector<std::string>>{
             {"alerts", "acknowledge", transitions.back().alert().name().substr(7), "--actor",
              "ann"},
             {"regime-breaks", "declare", "2013-03", "2013-05", "--reason", "a flood", "--actor",
              "ann"},
             {"alerts", "silence", "--rule", "R1", "--hours", "1", "--actor", "ann"}}) {
      std::vector<std::string> command = {"--server", server};
      command.insert(command.end(), act.begin(), act.end());
      Ran const ran = bellwether(command);
      ASSERT_EQ(ran.status, 0) << ran.said;
    }
    economy.publish_months(*source_, 10);
    ASSERT_TRUE(daemon_->through(economy.last_period(), 120));
    std::string const rules = daemon_->status().basis().rule_set();
    daemon_->rewrite(more() + "rules:\n  R1:\n    clear_ticks: 6\n");
    daemon_->child().signal(SIGHUP);
    ASSERT_TRUE(eventually([] { return !daemon_->status().basis().rule_set().empty(); }));
    ASSERT_TRUE(eventually([&] { return daemon_->status().basis().rule_set() != rules; }, 20))
        << daemon_->child().log();
    economy.publish_months(*source_, Economy::kMonths - economy.months());
    ASSERT_TRUE(daemon_->through(economy.last_period(), 120)) << daemon_->child().log();
    ticks_ = Economy::kMonths;
  }
  static void TearDownTestSuite() {
    daemon_.reset();
    source_.reset();
    snapshots_.reset();
  }
  static std::string more() {
    return "snapshots:\n  folder: " + (snapshots_->path() / "s").string() + "\n  every: 1s\n";
  }
  static void start() {
    daemon_ = std::make_unique<Daemon>(
        DaemonOptions{.broker = broker(), .topics = topics_, .more = more()});
    ASSERT_TRUE(daemon_->serves());
  }
  static void kill() {
    daemon_->child().signal(SIGKILL);
    ASSERT_TRUE(daemon_->child().wait(10));
  }
  // Copies the journal, changes the copy by `change`, and returns a configuration that names it.
  template <class Change>
  std::string forged(Change change) {
    std::string const topic = make_topics(broker()).journal;
    auto records = read_journal(topics_.journal);
    change(records);
    for (const auto& record : records) write_journal(*source_, topic, record);
    return with_journal(folder_, *daemon_, topics_, topic);
  }
  static alerts::TickEvaluated* tick_of(std::vector<runtime::JournalRecord>& records,
                                        const std::string& name) {
    base::Calendar const calendar(base::CalendarUnit::kMonth);
    for (auto& record : records) {
      auto* const tick = std::get_if<alerts::TickEvaluated>(&record.entry);
      if (tick != nullptr && calendar.name(tick->tick) == name) return tick;
    }
    return nullptr;
  }

  static Topics topics_;
  static std::unique_ptr<Source> source_;
  static std::unique_ptr<TemporaryFolder> snapshots_;
  static std::unique_ptr<Daemon> daemon_;
  static int ticks_;
  TemporaryFolder folder_;
};
Topics VerifyTest::topics_;
std::unique_ptr<Source> VerifyTest::source_;
std::unique_ptr<TemporaryFolder> VerifyTest::snapshots_;
std::unique_ptr<Daemon> VerifyTest::daemon_;
int VerifyTest::ticks_ = 0;

TEST_F(VerifyTest, TheWholeJournalEqualsTheResultsOfTheLog) {
  Ran const all = bellwether({"verify", "--all", "--config", daemon_->config()});
  EXPECT_EQ(all.status, 0) << all.said;
  EXPECT_THAT(all.said,
              HasSubstr(base::cat(
                  ticks_, " equal, 0 differ, 0 passed without judgement, 0 cannot be compared")));
  EXPECT_THAT(all.of("2017-06"), HasSubstr("cells equal"));
  EXPECT_THAT(all.of("2017-06"), HasSubstr("verdict equal"));
  // Verifies two single ticks, each in one step from an empty state.
  Ran const some = bellwether(
      {"verify", "2017-06", "2018-12", "--config", daemon_->config(), "--output", "json"});
  EXPECT_EQ(some.status, 0) << some.said;
  EXPECT_EQ(count(some.said, "\"finding\":\"equal\""), 2) << some.said;
  EXPECT_THAT(some.said, HasSubstr("\"tick\":\"2017-06\""));
  EXPECT_THAT(some.said, HasSubstr("\"offset\":"));
}

TEST_F(VerifyTest, ARecordWithAnotherDigestIsNamed) {
  std::string const config = forged([&](auto& records) {
    ++tick_of(records, "2014-07")->cells_digest;
    ++tick_of(records, "2015-02")->verdict_digest;
  });
  Ran const all = bellwether({"verify", "--all", "--config", config});
  EXPECT_EQ(all.status, 1) << all.said;
  EXPECT_THAT(all.said, HasSubstr(base::cat(ticks_ - 2, " equal, 2 differ")));
  EXPECT_THAT(all.of("2014-07"), HasSubstr("cells differ: journaled"));
  EXPECT_THAT(all.of("2014-07"), HasSubstr("verdict equal"));
  EXPECT_THAT(all.of("2015-02"), HasSubstr("verdict differ"));
  EXPECT_THAT(all.said, HasSubstr("its digest does not match its alerts"));
  EXPECT_EQ(bellwether({"verify", "2014-06", "--config", config}).status, 0);
  EXPECT_EQ(bellwether({"verify", "2014-07", "--config", config}).status, 1);
}

TEST_F(VerifyTest, AnAlertThatTheLogDoesNotGiveIsNamed) {
  std::string const config = forged([&](auto& records) {
    auto& tick =
        *tick_of(records, Economy(1).calendar().name(base::PeriodIndex((2018 - 1970) * 12 + 11)));
    alerts::AlertUpdate made_up;
    made_up.key = {"R1", "S2", "46"};
    made_up.raised = tick.tick;
    made_up.severity = made_up.severity_max = alerts::Severity::kRed;
    made_up.transition = alerts::TransitionKind::kRaised;
    std::erase_if(tick.updates, [&](const auto& u) { return u.key == made_up.key; });
    tick.updates.push_back(made_up);
  });
  Ran const ran = bellwether({"verify", "2018-12", "--config", config});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.said, HasSubstr("R1.S2.46: journaled raised, red, open"));
}

TEST_F(VerifyTest, TicksThatWerePassedAreListedAsSuch) {
  std::string const config = forged([&](auto& records) {
    alerts::TickEvaluated passed;
    passed.tick = base::PeriodIndex((2019 - 1970) * 12);
    passed.book_offset = base::JournalOffset(static_cast<int64_t>(records.size()) - 1);
    records.push_back({passed, "bw", base::UnixMillis(absl::ToUnixMillis(absl::Now()))});
  });
  Ran const all = bellwether({"verify", "--all", "--config", config});
  EXPECT_EQ(all.status, 0) << all.said;
  EXPECT_THAT(all.of("2019-01"), HasSubstr("passed without judgement"));
  EXPECT_THAT(all.said,
              HasSubstr(base::cat(ticks_, " equal, 0 differ, 1 passed without judgement")));
}

TEST_F(VerifyTest, WrongUseAndADifferenceHaveDifferentExitCodes) {
  std::string const config = daemon_->config();
  EXPECT_EQ(bellwether({"verify", "--config", config}).status, 2);
  EXPECT_EQ(bellwether({"verify", "--all", "2019-01", "--config", config}).status, 2);
  EXPECT_EQ(bellwether({"verify", "2019-W01", "--config", config}).status, 2);
  EXPECT_EQ(bellwether({"verify", "--all"}).status, 2);
  EXPECT_EQ(bellwether({"verify", "--all", "--config", config + ".none"}).status, 2);
  Ran const unknown = bellwether({"verify", "2035-01", "2012-01", "--config", config});
  EXPECT_EQ(unknown.status, 4) << unknown.said;
  EXPECT_THAT(unknown.of("2035-01"), HasSubstr("the journal has no verdict on it"));
  EXPECT_THAT(unknown.of("2012-01"), HasSubstr("cells equal"));
}

struct Copy {
  int partition;
  std::string key;
  std::string value;
  int64_t timestamp_ms;
};
std::vector<Copy> copy_of(const std::string& topic) {
  std::vector<kafka::Assignment> assignments;
  for (int p = 0; p < kPartitions; ++p)
    assignments.push_back({topic, p, RD_KAFKA_OFFSET_BEGINNING});
  auto const consumer =
      must(kafka::InputConsumer::create(client_options(broker()), assignments, {}, no_log()));
  std::vector<Copy> out;
  for (int p = 0; p < kPartitions; ++p) {
    bool at_end = false;
    EXPECT_TRUE(eventually([&] {
      kafka::Batch batch;
      consumer->poll(static_cast<size_t>(p), batch);
      for (const kafka::Record& r : batch.records()) {
        out.push_back({p, std::string(r.key), std::string(r.value), r.timestamp_ms});
      }
      return at_end = batch.at_end();
    }));
  }
  return out;
}

// A log that differs from the one that was judged.
class AlteredLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int told = 0;
    for (int month = 1; month <= 4; ++month) {
      for (int i = 0; i < 30; ++i) {
        source_.registered(std::to_string(10'000'000 + told++), i % 2 == 0 ? "N1" : "S1", "10110",
                           base::days_from_civil(2019, month, 1 + i % 28));
      }
      source_.heartbeat(base::start_of(base::days_from_civil(2019, month + 1, 1)));
    }
    ASSERT_TRUE(daemon_.serves() && daemon_.through("2019-04"));
    ASSERT_TRUE(eventually([&] { return daemon_.status().tick() == "2019-04"; }));
    daemon_.child().signal(SIGTERM);
    ASSERT_TRUE(daemon_.child().wait(20));
  }
  Ran verify() const { return bellwether({"verify", "--all", "--config", daemon_.config()}); }
  // Recreates the registrations topic with the records that `change` leaves.
  template <class Change>
  void alter(Change change) {
    std::vector<Copy> records = copy_of(topics_.registrations);
    delete_topics(broker(), {topics_.registrations});
    ASSERT_TRUE(eventually([&] {
      return kafka::create_topics(client_options(broker()), {{topics_.registrations, kPartitions}},
                                  absl::Seconds(30), no_log())
          .ok();
    }));
    change(records);
    Source again(broker(), topics_, kPartitions);
    for (const Copy& r : records) {
      again.raw(topics_.registrations, r.key, r.value, base::UnixMillis(r.timestamp_ms),
                r.partition);
    }
    again.flush();
  }

  Topics topics_ = make_topics(broker(), kPartitions);
  Source source_{broker(), topics_, kPartitions};
  Daemon daemon_{DaemonOptions{.broker = broker(), .topics = topics_}};
};

TEST_F(AlteredLogTest, AChangedEventMakesItsTickAndLaterTicksDiffer) {
  EXPECT_EQ(verify().status, 0);
  alter([](std::vector<Copy>& records) {
    auto const in_march = std::ranges::find_if(records, [](const Copy& r) {
      return !r.key.empty() &&
             r.timestamp_ms > base::start_of(base::days_from_civil(2019, 3, 2)).value;
    });
    ASSERT_NE(in_march, records.end());
    events::v1::RegistrationEvent event;
    ASSERT_TRUE(event.ParseFromString(in_march->value));
    event.mutable_registered()->set_area_code("N2");
    in_march->value = event.SerializeAsString();
  });
  Ran const ran = verify();
  EXPECT_EQ(ran.status, 1) << ran.said;
  EXPECT_THAT(ran.of("2019-01"), HasSubstr("cells equal"));
  EXPECT_THAT(ran.of("2019-02"), HasSubstr("cells equal"));
  EXPECT_THAT(ran.of("2019-03"), HasSubstr("cells differ"));
  EXPECT_THAT(ran.of("2019-04"), HasSubstr("cells differ"));
}

TEST_F(AlteredLogTest, ALogThatWasCutOffIsNotVerifiedBeyondItsEnd) {
  alter([](std::vector<Copy>& records) {
    std::erase_if(records, [](const Copy& r) {
      return r.timestamp_ms > base::start_of(base::days_from_civil(2019, 3, 2)).value;
    });
  });
  Ran const ran = verify();
  EXPECT_EQ(ran.status, 5) << ran.said;
  EXPECT_THAT(ran.of("2019-02"), HasSubstr("cells equal"));
  EXPECT_THAT(ran.of("2019-03"), HasSubstr("it was recreated or truncated"));
}

TEST_F(AlteredLogTest, ALogWithoutItsBeginningCannotBeVerified) {
  delete_records(broker(), topics_.registrations, kPartitions);
  Ran const ran = verify();
  EXPECT_EQ(ran.status, 5) << ran.said;
  EXPECT_THAT(
      ran.said,
      HasSubstr("the log no longer reaches back to its beginning, so nothing can be verified"));
  EXPECT_THAT(ran.said, HasSubstr(topics_.registrations));
  EXPECT_THAT(ran.said, Not(HasSubstr("cells")));
}

}  // namespace
}  // namespace bellwether::testing
