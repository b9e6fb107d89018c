// Response times count the hours of the desk: its time zone, hours and holidays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "core/base/text.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSingapore[] =
    "desk:\n"
    "  time_zone: Asia/Singapore\n"
    "  closures: 2020-03-13\n"
    "  sources:\n"
    "    london-desk: {time_zone: Europe/London, closures: []}\n";

std::string bellwether(const Daemon& daemon, const std::vector<std::string>& arguments,
                       int exit_code = 0) {
  TemporaryFolder const folder;
  std::vector<std::string> command = {testing::program("bellwether"), "--server", daemon.address()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Child child(command, {}, folder.write("log", "\n"));
  EXPECT_EQ(child.wait(120), exit_code) << child.log();
  return child.log();
}

base::UnixMillis utc(base::Days day, int hour, int minute = 0) {
  return base::UnixMillis(midnight(day).value + (hour * 60 + minute) * int64_t{60'000});
}

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    for (int i = 0; i < kBusinesses; ++i)
      source_.registered(std::to_string(10'000'000 + i), "N1", "10110", day(2019, 12, 5));
  }
  // Every business asks and is answered at these instants.
  void enquiries(const std::string& desk, base::UnixMillis received, base::UnixMillis response) {
    base::Days const on = base::days_of(received);
    for (int i = 0; i < kBusinesses; ++i) {
      std::string const business = std::to_string(10'000'000 + i);
      events::v1::SupportEvent e;
      e.set_event_id(base::cat(base::format_instant(received), "/", i));
      e.set_source(desk);
      *e.mutable_business() = Source::about(business, "", on).business();
      base::CivilDate const date = base::civil_date(on);
      e.mutable_effective_date()->set_year(date.year);
      e.mutable_effective_date()->set_month(date.month);
      e.mutable_effective_date()->set_day(date.day);
      e.mutable_interaction()->set_received_at(received.value);
      e.mutable_interaction()->set_first_response_at(response.value);
      source_.send(e, Source::key(business), response);
    }
  }
  std::unique_ptr<Daemon> daemon(const std::string& desk) {
    auto started = std::make_unique<Daemon>(DaemonOptions{
        .broker = broker(),
        .topics = topics_,
        .more = base::cat("snapshots:\n  folder: ", (folder_.path() / "snapshots").string(),
                          "\n  every: 1s\n", desk)});
    EXPECT_TRUE(started->serves()) << started->child().log();
    return started;
  }
  static indicators::v1::GetIndicatorResponse median(const Daemon& daemon,
                                                     const std::string& period) {
    auto const stub = indicators::v1::IndicatorService::NewStub(daemon.channel());
    grpc::ClientContext context;
    indicators::v1::GetIndicatorRequest request;
    request.set_name("first_response_median_28d");
    request.set_period(period);
    indicators::v1::GetIndicatorResponse response;
    EXPECT_TRUE(stub->GetIndicator(&context, request, &response).ok());
    return response;
  }

  static constexpr int kBusinesses = 40;
  Topics topics_ = make_topics(broker());
  Source source_{broker(), topics_};
  TemporaryFolder folder_;
};

// The values are medians within their buckets of hours: (6, 8], (0.5, 1], (1, 2].
TEST_F(DeskTest, F7_ResponseTimesCountItsClockAndItsHolidays) {
  // Singapore, UTC+8: Tuesday 09:00 to 16:00, Thursday 16:30 to Friday 09:30, and Thursday 16:00 to
  // Monday 10:00 with the Friday off.
  enquiries("growth-hub", utc(day(2020, 1, 7), 1), utc(day(2020, 1, 7), 8));
  source_.heartbeat(midnight(day(2020, 2, 1)));
  enquiries("growth-hub", utc(day(2020, 2, 6), 8, 30), utc(day(2020, 2, 7), 1, 30));
  source_.heartbeat(midnight(day(2020, 3, 1)));
  enquiries("growth-hub", utc(day(2020, 3, 12), 8), utc(day(2020, 3, 16), 2));
  source_.heartbeat(midnight(day(2020, 4, 1)));
  // London in summer: 09:00 to 10:00.
  enquiries("london-desk", utc(day(2020, 6, 9), 8), utc(day(2020, 6, 9), 9));
  source_.heartbeat(midnight(day(2020, 7, 1)));

  auto first = daemon(kSingapore);
  ASSERT_TRUE(first->through("2020-06")) << first->child().log();
  EXPECT_DOUBLE_EQ(median(*first, "2020-01").value().value(), 7);
  EXPECT_DOUBLE_EQ(median(*first, "2020-02").value().value(), 0.75);
  EXPECT_DOUBLE_EQ(median(*first, "2020-03").value().value(), 1.5);
  EXPECT_DOUBLE_EQ(median(*first, "2020-06").value().value(), 0.75);
  constexpr char kHours[] =
      "Monday to Friday 09:00–17:00, time zone Asia/Singapore, except 2020-03-13. Source "
      "london-desk: Monday to Friday 09:00–17:00, time zone Europe/London; holidays count as "
      "working days";
  EXPECT_EQ(median(*first, "2020-01").basis().working_hours(), kHours);
  EXPECT_EQ(first->status().working_hours(), kHours);
  std::string const line = base::cat("working hours: ", kHours);
  EXPECT_THAT(first->child().log(), HasSubstr("start: " + line));
  EXPECT_THAT(bellwether(*first, {"indicators", "list"}), HasSubstr(line));
  EXPECT_THAT(bellwether(*first, {"indicators", "get", "first_response_median_28d"}),
              HasSubstr(line));
  EXPECT_THAT(bellwether(*first, {"indicators", "get", "births"}), Not(HasSubstr("working hours")));
  EXPECT_THAT(bellwether(*first, {"status"}), HasSubstr(line));
}

TEST_F(DeskTest, F7_OtherHoursNeedAStartAndTheWholeLog) {
  enquiries("growth-hub", utc(day(2020, 1, 7), 1), utc(day(2020, 1, 7), 8));
  source_.heartbeat(midnight(day(2020, 2, 1)));
  auto first = daemon(kSingapore);
  ASSERT_TRUE(first->through("2020-01")) << first->child().log();
  ASSERT_TRUE(eventually([&] { return first->status().snapshots().taken_at_ms() > 0; }, 30));
  first->rewrite("desk: {time_zone: UTC}\n");
  first->child().signal(SIGHUP);
  ASSERT_TRUE(eventually(
      [&] { return first->child().log().find("rules and holidays read") != std::string::npos; },
      10));
  EXPECT_THAT(first->child().log(), HasSubstr("these changes take effect at the next start: "));
  EXPECT_THAT(first->child().log(), HasSubstr("desk.time_zone"));
  EXPECT_DOUBLE_EQ(median(*first, "2020-01").value().value(), 7) << "nothing is counted again";
  first->child().signal(SIGTERM);
  ASSERT_EQ(first->child().wait(20), 0);

  auto second = daemon("");
  ASSERT_TRUE(second->through("2020-01")) << second->child().log();
  EXPECT_THAT(second->child().log(),
              HasSubstr("made with the working hours or teams of the desks"));
  EXPECT_THAT(second->status().snapshots().started_from(), HasSubstr("the log: "));
  EXPECT_DOUBLE_EQ(median(*second, "2020-01").value().value(), 0.25);
  auto const warnings = [&] {
    auto const basis = second->status().basis();
    return std::vector<std::string>(basis.coverage_warnings().begin(),
                                    basis.coverage_warnings().end());
  };
  auto const told = Contains(HasSubstr("judged with other working hours of the desk"));
  EXPECT_TRUE(eventually([&] { return ::testing::Matches(told)(warnings()); }, 20));
  EXPECT_EQ(second->status().comparison().cells_differ(), 0);
  source_.heartbeat(midnight(day(2020, 3, 1)));
  ASSERT_TRUE(second->through("2020-02"));
  EXPECT_TRUE(eventually([&] { return !::testing::Matches(told)(warnings()); }, 20))
      << "this tick was judged with its own hours";

  constexpr int kCannotVerify = 5;
  std::string const verified =
      bellwether(*second, {"verify", "--all", "--config", second->config()}, kCannotVerify);
  EXPECT_THAT(verified, HasSubstr("computed with other working hours of the desk"));
}

TEST_F(DeskTest, F7_AnUnknownTimeZoneIsAStartError) {
  Daemon wrong({.broker = broker(),
                .topics = topics_,
                .more = "desk:\n  hours: {monday: 09:00-17:00}\n  time_zone: Europe/Lundon\n"});
  ASSERT_EQ(wrong.child().wait(20), 2);
  EXPECT_THAT(wrong.child().log(),
              ::testing::ContainsRegex("bellwetherd.yaml:[0-9]+: desk.time_zone: "
                                       "\"Europe/Lundon\" is not in the time zone database"));
}

}  // namespace
}  // namespace bellwether::testing
