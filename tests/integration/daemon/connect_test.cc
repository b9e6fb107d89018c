// `bellwether connect companies-house` on a real broker, killed again and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bellwether/events/v1/registration.pb.h"
#include "core/base/text.h"
#include "support/cluster.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kConnectPartitions = 3;
constexpr int kCompanies = 20'000;
constexpr int kKillsAMonth = 8;
constexpr double kRunSeconds = 60;

// A month of the made-up register.
std::string register_file(const TemporaryFolder& folder, const std::string& month, int companies) {
  std::string const name = base::cat("BasicCompanyDataAsOneFile-", month, "-01.csv");
  std::string const path = folder.path() / name;
  Child maker({"/bin/sh", "-c",
               base::cat("exec '", in_source("tests/support/companies_house.py"), "' --companies ",
                         companies, " --date ", month, "-01 >'", path, "'")},
              {}, folder.path() / "maker.log");
  EXPECT_EQ(maker.wait(kRunSeconds), 0) << maker.log();
  return path;
}

class Connector {
 public:
  Connector() : topics_(make_topics(broker(), kConnectPartitions)) {}

  Child start(const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {program("bellwether"),
                                        "connect",
                                        "companies-house",
                                        "--bulk",
                                        file,
                                        "--state",
                                        folder_.path() / "state",
                                        "--brokers",
                                        broker(),
                                        "--registrations-topic",
                                        topics_.registrations,
                                        "--support-topic",
                                        topics_.support};
    command.insert(command.end(), more.begin(), more.end());
    return Child(command, {}, folder_.path() / "log");
  }
  std::string load(const std::string& file, std::vector<std::string> more = {}) const {
    Child child = start(file, std::move(more));
    EXPECT_EQ(child.wait(kRunSeconds), 0) << child.log();
    return child.log();
  }

  // By key and fact: the last version, as the fold keeps it. A heartbeat is no fact.
  std::map<std::pair<std::string, std::string>, std::string> facts() const {
    std::map<std::pair<std::string, std::string>, std::pair<uint64_t, std::string>> latest;
    records_ = 0;
    heartbeats_ = 0;
    for (int p = 0; p < kConnectPartitions; ++p) {
      for (const DeadLetterCopy& record : read_all(broker(), topics_.registrations, p)) {
        events::v1::RegistrationEvent event;
        EXPECT_TRUE(event.ParseFromString(record.value));
        ++records_;
        if (event.has_heartbeat()) {
          ++heartbeats_;
          continue;
        }
        std::string const id =
            event.has_retracted() ? event.retracted().event_id() : event.event_id();
        auto& known = latest[{record.key, id}];
        if (event.source_sequence() == known.first) {
          EXPECT_EQ(record.value, known.second) << id;
        }
        if (event.source_sequence() > known.first) known = {event.source_sequence(), record.value};
      }
    }
    std::map<std::pair<std::string, std::string>, std::string> out;
    for (const auto& [fact, version] : latest) out[fact] = version.second;
    return out;
  }
  int records() const { return records_; }        // of the last facts()
  int heartbeats() const { return heartbeats_; }  // of the last facts()
  const Topics& topics() const { return topics_; }

 private:
  Topics topics_;
  TemporaryFolder folder_;
  mutable int records_ = 0;
  mutable int heartbeats_ = 0;
};

TEST(ConnectTest, KilledRunsLoseNothingAndStateNothingElse) {
  TemporaryFolder const files;
  std::vector<std::string> months;
  for (const char* month : {"2024-11", "2024-12", "2025-01"}) {
    months.push_back(register_file(files, month, kCompanies));
  }
  Connector const whole;
  std::vector<std::chrono::microseconds> times;  // of an undisturbed run
  for (const std::string& month : months) {
    auto const begin = std::chrono::steady_clock::now();
    whole.load(month);
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin));
  }
  auto const expected = whole.facts();
  int const records = whole.records();
  EXPECT_GT(expected.size(), size_t{2 * kCompanies});
  EXPECT_EQ(whole.heartbeats(), kConnectPartitions * 3);

  Connector const killed;
  Random random(5);
  int kills = 0;
  for (size_t m = 0; m < months.size(); ++m) {
    bool running = true;
    for (int i = 1; i <= kKillsAMonth && running; ++i) {
      Child child = killed.start(months[m]);
      // Later and later, so that every part of a run is hit.
      double const share = (i - random.uniform()) / kKillsAMonth;
      usleep(static_cast<useconds_t>(share * static_cast<double>(times[m].count())));
      child.signal(SIGKILL);
      running = child.wait(kRunSeconds) == 128 + SIGKILL;
      if (running) ++kills;
    }
    killed.load(months[m]);
  }
  EXPECT_GE(kills, kKillsAMonth) << "most runs must be killed while they work";
  auto const found = killed.facts();
  EXPECT_EQ(found.size(), expected.size());
  EXPECT_TRUE(found == expected);
  EXPECT_GT(killed.records(), records) << "no run was killed after it had published";
}

TEST(ConnectTest, TheDaemonCountsTheRegister) {
  TemporaryFolder const files;
  std::string const first = register_file(files, "2024-11", 2000);
  std::string const second = register_file(files, "2024-12", 2000);
  Connector const connector;
  EXPECT_THAT(connector.load(first), HasSubstr("This was the first load"));
  EXPECT_THAT(connector.load(first), HasSubstr("was loaded before"));
  EXPECT_THAT(connector.load(second), HasSubstr("cessations"));
  int deaths = 0;
  for (const auto& [fact, value] : connector.facts()) {
    events::v1::RegistrationEvent event;
    ASSERT_TRUE(event.ParseFromString(value));
    deaths += event.status_changed().status() == events::v1::REGISTER_STATUS_REMOVED ? 1 : 0;
  }
  EXPECT_GT(deaths, 5);

  DaemonOptions options;
  options.broker = broker();
  options.topics = connector.topics();
  Daemon daemon(options);
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  // The support desk has nothing to tell.
  Source(broker(), connector.topics(), kConnectPartitions)
      .heartbeat(base::start_of(base::days_from_civil(2024, 12, 1)));
  ASSERT_TRUE(daemon.through("2024-11"));
  EXPECT_EQ(daemon.status().refused_size(), 0);
  EXPECT_EQ(daemon.series("deaths", "R", "all"),
            (std::map<std::string, double>{{"2024-11", deaths}}));
}

TEST(ConnectTest, AWrongNumberOfPartitionsAndAMissingTopicAreTold) {
  TemporaryFolder const files;
  TemporaryFolder const folder;
  std::string const file = register_file(files, "2024-11", 10);
  Topics const uneven = make_topics(broker(), 3, 2);
  for (const auto& [topic, words] :
       std::map<std::string, std::string>{{uneven.registrations, "must have the same number"},
                                          {"no.such.topic", "no.such.topic"}}) {
    Child child({program("bellwether"), "connect", "companies-house", "--bulk", file, "--state",
                 folder.path() / "state", "--brokers", broker(), "--registrations-topic", topic,
                 "--support-topic", uneven.support},
                {}, folder.path() / "log");
    EXPECT_NE(child.wait(kRunSeconds), 0);
    EXPECT_THAT(child.log(), HasSubstr(words));
  }
}

}  // namespace
}  // namespace bellwether::testing
