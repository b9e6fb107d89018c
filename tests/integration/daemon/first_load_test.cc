// The first load of the past, as the runbook describes it, and the mistake that it warns of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "core/base/text.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kYearsLoaded = 9;
constexpr int kFallMonths = 12;   // of the fall that is past
constexpr int kRecentMonths = 4;  // of the fall that lasts
constexpr int kLoadPartitions = 3;
// Sectors with the codes that `feed` needs.
constexpr char kLoadSectors[] =
    "scheme,version,code,parent,level,name,prefixes\n"
    "UKSIC,2007,all,,all,All sectors,\n"
    "UKSIC,2007,unclassified,all,section,Not classified,\n"
    "UKSIC,2007,C,all,section,Manufacturing,\n"
    "UKSIC,2007,10,C,division,Food products,10110\n"
    "UKSIC,2007,G,all,section,Trade,\n"
    "UKSIC,2007,47,G,division,Retail,47110\n";

base::UnixMillis present() {
  return base::UnixMillis(absl::ToUnixMillis(absl::Now()));
}
// The last month that is over, and earlier ones.
base::PeriodIndex months_ago(int n) {
  return base::PeriodIndex(kMonths.period_of(base::days_of(present())).value - 1 - n);
}

// Births of two sectors in each month. Those of sector 10 fall to a third in the fifth year and
// again in the last months.
std::string counts_of_nine_years() {
  Random random(14);
  std::string csv = "period,area,sector,births,deaths\n";
  for (int ago = 12 * kYearsLoaded - 1; ago >= 0; --ago) {
    bool const past = ago >= 4 * 12 && ago < 4 * 12 + kFallMonths;
    for (const char* sector : {"10", "47"}) {
      bool const fallen = std::string_view(sector) == "10" && (past || ago < kRecentMonths);
      base::append(csv, kMonths.name(months_ago(ago)), ",N1,", sector, ",",
                   (fallen ? 12 : 38) + random.between(0, 4), ",", 10 + random.between(0, 2), "\n");
    }
  }
  return csv;
}

std::string said_by_bellwether(std::vector<std::string> arguments, int expected_status) {
  TemporaryFolder const folder;
  arguments.insert(arguments.begin(), program("bellwether"));
  Child child(arguments, {}, folder.write("log", ""));
  EXPECT_EQ(child.wait(120), expected_status) << child.log();
  return child.log();
}

std::vector<alerts::v1::Alert> alerts_that(const Daemon& daemon, const std::string& filter) {
  grpc::ClientContext context;
  alerts::v1::ListAlertsRequest request;
  request.set_filter(filter);
  request.set_page_size(1000);
  alerts::v1::ListAlertsResponse response;
  EXPECT_TRUE(alerts::v1::AlertService::NewStub(daemon.channel())
                  ->ListAlerts(&context, request, &response)
                  .ok());
  return {response.alerts().begin(), response.alerts().end()};
}

TEST(FirstLoadTest, F14_TheRecipeJudgesThePastAndMarksItsAlertsHistorical) {
  Topics const topics = make_topics(broker(), kLoadPartitions);
  TemporaryFolder const folder;
  std::string const fed = said_by_bellwether(
      {"feed", folder.write("counts.csv", counts_of_nine_years()), "--sectors",
       folder.write("sectors.csv", kLoadSectors), "--jurisdiction", "GB", "--register",
       "companies-house", "--brokers", broker(), "--registrations-topic", topics.registrations,
       "--support-topic", topics.support},
      0);
  EXPECT_THAT(fed, HasSubstr("registrations"));
  Daemon daemon({.broker = broker(),
                 .topics = topics,
                 .time = "  calendar: month\n  history_years: 30\n  idle: heartbeat\n"
                         "  historical_after: 200d\n",
                 .sectors = kLoadSectors});
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  std::string const last = kMonths.name(months_ago(0));
  ASSERT_TRUE(daemon.through(last, 90)) << daemon.child().log();
  EXPECT_EQ(daemon.status().basis().coverage_warnings_size(), 0) << daemon.status().DebugString();

  auto const of_the_past = alerts_that(daemon, "historical = true");
  EXPECT_TRUE(std::ranges::any_of(of_the_past, [](const alerts::v1::Alert& a) {
    return a.rule() == "R1" && a.node().sector() == "10";
  })) << "the fall of the fifth year";
  for (const alerts::v1::Alert& a : of_the_past)
    EXPECT_LT(a.raised_period(), kMonths.name(months_ago(5))) << a.name();
  auto const of_now = alerts_that(daemon, "historical = false");
  EXPECT_TRUE(std::ranges::any_of(of_now, [](const alerts::v1::Alert& a) {
    return a.rule() == "R1" && a.node().sector() == "10" && a.open();
  })) << "the fall of the last months";
  for (const alerts::v1::Alert& a : of_now)
    EXPECT_GT(a.raised_period(), kMonths.name(months_ago(8))) << a.name();

  std::vector<std::string> const watch = {"--server", daemon.address(),   "alerts",
                                          "watch",    "--from-beginning", "--until-caught-up"};
  EXPECT_THAT(said_by_bellwether(watch, 0), HasSubstr("  historical\n"));
  std::vector<std::string> only_new = watch;
  only_new.emplace_back("--skip-historical");
  EXPECT_THAT(said_by_bellwether(only_new, 0),
              AllOf(HasSubstr("raised"), Not(HasSubstr("historical"))));
  EXPECT_THAT(said_by_bellwether({"--server", daemon.address(), "alerts", "list"}, 0),
              HasSubstr("historical"));
  EXPECT_THAT(
      said_by_bellwether({"--server", daemon.address(), "alerts", "review",
                          folder.write("downturns.csv", "name,start,end\nnone,1990-01,1990-02\n")},
                         0),
      HasSubstr("Food products, North One"));
  said_by_bellwether({"verify", "--all", "--config", daemon.config()}, 0);
}

// Without this the daemon would serve figures of nothing, or none, for up to a month, in silence.
TEST(FirstLoadTest, F14_ALoadStampedNowIsToldInsteadOfSilence) {
  Topics const topics = make_topics(broker(), kLoadPartitions);
  Source source(broker(), topics, kLoadPartitions);
  for (int i = 0; i < 600; ++i) {
    std::string const number = std::to_string(30'000'000 + i);
    auto registered = Source::about(number, number + "-registered", day(2014, 1 + i / 5, 5));
    registered.mutable_registered()->set_area_code("N1");
    source.send(registered, present());
  }
  source.flush();
  Daemon daemon({.broker = broker(),
                 .topics = topics,
                 .time = "  calendar: month\n  history_years: 30\n  idle: heartbeat\n"
                         "  idle_after: 1s\n"});
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  auto const warnings = [&] {
    std::string all;
    auto const status = daemon.status();
    for (const std::string& w : status.basis().coverage_warnings()) base::append(all, w, "\n");
    return all;
  };
  EXPECT_TRUE(eventually([&] {
    return warnings().find("are about days more than a year earlier") != std::string::npos;
  })) << daemon.status().DebugString();
  EXPECT_THAT(warnings(), HasSubstr(base::cat(topics.registrations, ": most records published in ",
                                              kMonths.name(months_ago(-1)))));
  source.heartbeat(present());
  EXPECT_TRUE(eventually([&] {
    return warnings().find("no figures yet: the first timestamps are in ") != std::string::npos;
  })) << daemon.status().DebugString();
  EXPECT_THAT(said_by_bellwether({"--server", daemon.address(), "status"}, 0),
              HasSubstr("The first load of the past"));
}

}  // namespace
}  // namespace bellwether::testing
