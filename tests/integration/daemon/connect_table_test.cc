// The connector of tables against a real broker: killed at any moment, it loses no fact and states
// each under one id; a daemon accepts all that it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <set>

#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "support/cluster.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMapping[] =
    "source: desk\n"
    "topic: support\n"
    "published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n"
    "incremental: {column: updated, time: \"%Y-%m-%d %H:%M\", overlap: 1d}\n"
    "lists: {topics: {values: {cash: cash_flow, grants: grant}}}\n"
    "fields:\n"
    "  effective_date: {column: updated, date: \"%Y-%m-%d %H:%M\"}\n"
    "  case_id: {column: case}\n"
    "  area_code: {column: area}\n"
    "events:\n"
    "  - kind: interaction\n"
    "    id: \"{case}\"\n"
    "    fields: {interaction: {topics: {column: topic, list: topics}}}\n";
constexpr int kRows = 60'000;
constexpr int kPartitions = 3;

std::string rows(int from, int to) {
  std::string out;
  for (int i = from; i < to; ++i) {
    base::append(out, i, ",", base::format_date(base::days_from_civil(2019, 1, 1 + i / 200)),
                 " 09:00,", i % 2 == 0 ? "N1" : "S1", ",", i % 3 == 0 ? "cash" : "grants", "\n");
  }
  return out;
}
constexpr char kHeader[] = "case,updated,area,topic\n";

class ConnectTableTest : public ::testing::Test {
 protected:
  ConnectTableTest() : topics_(make_topics(broker(), kPartitions)) {
    mapping_ = folder_.write("desk.yaml", kMapping);
  }

  std::vector<std::string> command(const std::string& file) const {
    return {program("bellwether"), "connect",         "table",
            "--brokers",           broker(),          "--registrations-topic",
            topics_.registrations, "--support-topic", topics_.support,
            "--journal-topic",     topics_.journal,   "--dead-letters-topic",
            topics_.dead_letters,  "--state",         (folder_.path() / "state").string(),
            "--mapping",           mapping_,          file};
  }
  std::string log() { return folder_.write(base::cat("log", ++logs_), "\n"); }

  // The values of each key in the topic, without heartbeats.
  std::map<std::string, std::set<std::string>> facts() const {
    std::map<std::string, std::set<std::string>> out;
    for (int p = 0; p < kPartitions; ++p) {
      for (const auto& record : read_all(broker(), topics_.support, p)) {
        if (!record.key.empty()) out[record.key].insert(record.value);
      }
    }
    return out;
  }
  int heartbeats() const {
    int count = 0;
    for (int p = 0; p < kPartitions; ++p) {
      auto const all = read_all(broker(), topics_.support, p);
      if (!all.empty() && all.back().key.empty()) ++count;
    }
    return count;
  }

  TemporaryFolder folder_;
  Topics topics_;
  std::string mapping_;
  int logs_ = 0;
};

TEST_F(ConnectTableTest, ARunThatIsKilledLosesNothingAndRepeatsOnlyTheSame) {
  std::string const file = folder_.write("desk.csv", kHeader + rows(0, kRows));
  uint64_t const seed = 20'260'701;
  Random random(seed);
  int killed = 0;
  for (int i = 0; i < 6; ++i) {
    Child child(command(file), {}, log());
    if (child.wait(0.05 * static_cast<double>(random.below(14)))) continue;
    child.signal(SIGKILL);
    child.wait(10);
    ++killed;
  }
  EXPECT_GT(killed, 0) << "no run was killed; the test shows nothing";
  Child last(command(file), {}, log());
  ASSERT_EQ(last.wait(120), 0) << last.log();
  auto const found = facts();
  EXPECT_EQ(found.size(), size_t{kRows});
  for (const auto& [key, values] : found) EXPECT_EQ(values.size(), 1u) << key;
  EXPECT_EQ(heartbeats(), kPartitions);
  // The same file has nothing new; a file that has grown has what it grew by.
  Child again(command(file), {}, log());
  ASSERT_EQ(again.wait(120), 0) << again.log();
  EXPECT_THAT(again.log(), Not(HasSubstr("interaction")));
  std::string const grown = folder_.write("desk.csv", kHeader + rows(0, kRows + 10));
  Child more(command(grown), {}, log());
  ASSERT_EQ(more.wait(120), 0) << more.log();
  EXPECT_THAT(more.log(), HasSubstr("          10  interaction"));
  EXPECT_EQ(facts().size(), size_t{kRows} + 10);
}

TEST_F(ConnectTableTest, ADryRunPublishesNothingAndTellsEverything) {
  std::string const file =
      folder_.write("desk.csv", kHeader + rows(0, 2) + "x,2019-13-01 09:00,N1,cash\n");
  auto dry = command(file);
  dry.push_back("--dry-run");
  Child child(dry, {}, log());
  ASSERT_EQ(child.wait(30), 0) << child.log();
  EXPECT_THAT(child.log(), HasSubstr("case:0"));
  EXPECT_THAT(child.log(), HasSubstr("SUPPORT_TOPIC_GRANT"));
  EXPECT_THAT(child.log(), HasSubstr(base::cat("refused  ", file, ":4: wrong date: ")));
  EXPECT_THAT(child.log(), HasSubstr("           2  interaction"));
  EXPECT_TRUE(facts().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "state"));
}

TEST_F(ConnectTableTest, AFileOfWhichNothingCanBeUsedIsAFailure) {
  std::string const file =
      folder_.write("desk.csv", base::cat(kHeader, "x,2019-13-01 09:00,N1,cash\n"));
  Child child(command(file), {}, log());
  EXPECT_EQ(child.wait(30), 2) << child.log();
  EXPECT_THAT(child.log(), HasSubstr("every row was refused, for the reasons above"));
}

// The shipped mapping of statistics, published twice: first estimates and then revised ones.
TEST_F(ConnectTableTest, OfficialStatisticsBecomeProductivityAndStayAskableAsTheyWere) {
  topics_.observations = topics_.registrations + ".statistics";
  ASSERT_TRUE(kafka::create_topics(client_options(broker()),
                                   {{topics_.observations, kPartitions, 1, -1}}, absl::Seconds(30),
                                   no_log())
                  .ok());
  Source source(broker(), topics_, kPartitions);
  for (int i = 0; i < 30; ++i)
    source.registered(base::cat(10'000'000 + i), "N1", "10110", base::days_from_civil(2019, 7, 1));
  source.heartbeat(base::start_of(base::days_from_civil(2020, 7, 1)));
  source.flush();
  std::string const file =
      folder_.write("statistics.csv",
                    "measure,geography_code,industry,period,value,flag,release_date\n"
                    "Output,N1,all,2018,\"28.5\",p,2019-12-10\n"
                    "Employment,N1,all,2018 Q4,\"1,000\",p,2019-12-10\n"
                    "Employment,N1,all,2018 Q4,950,r,2020-04-14\n"
                    "Employment,E08000025,all,2018 Q4,5,r,2020-04-14\n");
  mapping_ = in_source("deploy/mappings/official_statistics.yaml");
  auto publish = command(file);
  publish.insert(publish.end(), {"--observations-topic", topics_.observations});
  Child child(publish, {}, log());
  ASSERT_EQ(child.wait(60), 0) << child.log();
  Daemon daemon({.broker = broker(),
                 .topics = topics_,
                 .time = "  calendar: month\n  history_years: 30\n  idle: heartbeat\n"
                         "  idle_after: 1s\n"});
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  ASSERT_TRUE(daemon.through("2020-06", 90)) << daemon.child().log();
  auto const asked = [&](const std::string& as_of) {
    grpc::ClientContext context;
    indicators::v1::GetIndicatorRequest request;
    request.set_name("productivity");
    request.mutable_node()->set_area("N1");
    request.mutable_as_of()->set_period(as_of);
    indicators::v1::GetIndicatorResponse response;
    auto const status = indicators::v1::IndicatorService::NewStub(daemon.channel())
                            ->GetIndicator(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.value();
  };
  EXPECT_DOUBLE_EQ(asked("").value(), 28.5e6 / 950) << asked("").not_available();
  ASSERT_EQ(asked("").official_figures_size(), 2);
  EXPECT_EQ(asked("").official_figures(1),
            "employment of 2018 Q4: 950, revised, published 2020-04-14");
  EXPECT_DOUBLE_EQ(asked("2020-03").value(), 28.5e6 / 1000);
  Child verify({program("bellwether"), "verify", "--all", "--config", daemon.config()}, {}, log());
  EXPECT_EQ(verify.wait(60), 0) << verify.log();
}

struct BadFile {
  const char* name;
  const char* text;
  const char* error;
};

TEST_F(ConnectTableTest, ABadFileIsNamedWithWhatToDo) {
  const BadFile kFiles[] = {
      {"empty.csv", "", "empty.csv: the file is empty; is the export complete?"},
      {"columns.csv", "case,changed\n",
       "columns.csv: lacks \"updated\", \"area\", \"topic\"; it has "
       "case, changed; correct "},
      {"utf16.csv",
       "\xff\xfe"
       "c",
       "utf16.csv:1: the file is UTF-16, not UTF-8"},
  };
  for (const BadFile& bad : kFiles) {
    Child child(command(folder_.write(bad.name, bad.text)), {}, log());
    EXPECT_EQ(child.wait(30), 2) << bad.name;
    EXPECT_THAT(child.log(), HasSubstr(bad.error));
  }
  Child folder(command(folder_.path().string()), {}, log());
  EXPECT_EQ(folder.wait(30), 2);
  EXPECT_THAT(folder.log(), HasSubstr(": is a folder; name its files"));
  Child missing(command("/nowhere.csv"), {}, log());
  EXPECT_EQ(missing.wait(30), 4);
  EXPECT_THAT(missing.log(), HasSubstr("/nowhere.csv: cannot be read (No such file"));
}

}  // namespace
}  // namespace bellwether::testing
