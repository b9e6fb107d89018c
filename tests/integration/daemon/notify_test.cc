// `bellwether notify` between a daemon and two receivers, killed again and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "support/cluster.h"
#include "support/economy.h"
#include "support/eventually.h"
#include "support/http_stub.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kSecret[] = "a secret of the two of them";

// "alerts/R1.… raised" for each transition of an alert with which a happening began.
std::vector<std::string> begun(const Daemon& daemon) {
  std::vector<std::string> out;
  for (const alerts::v1::Transition& t : daemon.transitions()) {
    std::string kind = alerts::v1::TransitionKind_Name(t.kind()).substr(16);
    for (char& c : kind) c = static_cast<char>(std::tolower(c));
    if (t.alert().begins_happening()) out.push_back(t.alert().name() + " " + kind);
  }
  return out;
}

class Notified {
 public:
  explicit Notified(const Daemon& daemon) : daemon_(daemon) {
    secret_ = folder_.write("secret", std::string(kSecret) + "\n");
    start();
  }
  void start() {
    child_ = std::make_unique<Child>(
        std::vector<std::string>{program("bellwether"), "--server", daemon_.address(), "notify",
                                 "--webhook", hook_.url(), "--webhook-secret-file", secret_,
                                 "--alertmanager", manager_.url(), "--resend", "0.2",
                                 "--historical", "--state-dir", folder_.path() / "state"},
        std::map<std::string, std::string>{}, folder_.write("log", ""));
  }
  Child& child() { return *child_; }
  bool has_token() const { return std::filesystem::exists(folder_.path() / "state/webhook.json"); }

  // The events that the webhook took, without repetitions of the last one.
  std::vector<std::string> events() const {
    std::vector<std::string> out;
    std::string last;
    std::set<std::string> ids;
    for (const HttpStub::Got& got : hook_.got()) {
      auto const event = nlohmann::json::parse(got.body);
      std::string const id = event["id"];
      if (id == last) continue;
      last = id;
      EXPECT_TRUE(ids.insert(id).second) << id << " came again after another";
      out.push_back(base::cat(event["subject"].get<std::string>(), " ",
                              event["type"].get<std::string>().substr(17)));
    }
    return out;
  }
  // The alerts that Alertmanager was last told are open.
  std::set<std::string> open() const {
    std::set<std::string> out;
    auto const got = manager_.got();
    if (got.empty()) return out;
    std::string const now = base::format_instant(base::UnixMillis(absl::ToUnixMillis(absl::Now())));
    for (const auto& alert : nlohmann::json::parse(got.back().body)) {
      if (alert["endsAt"].get<std::string>() > now) {
        out.insert("alerts/" + alert["labels"]["alert"].get<std::string>());
      }
    }
    return out;
  }
  const HttpStub& hook() const { return hook_; }

 private:
  const Daemon& daemon_;
  TemporaryFolder folder_;
  std::string secret_;
  std::atomic<int> asked_{0};
  HttpStub hook_{[this](const auto&) { return HttpStub::answer(++asked_ % 3 == 0 ? 503 : 200); }};
  HttpStub manager_;
  std::unique_ptr<Child> child_;
};

std::set<std::string> headlines(const Daemon& daemon) {
  grpc::ClientContext context;
  alerts::v1::ListAlertsRequest request;
  request.set_filter("open = true AND headline = true");
  alerts::v1::ListAlertsResponse response;
  EXPECT_TRUE(alerts::v1::AlertService::NewStub(daemon.channel())
                  ->ListAlerts(&context, request, &response)
                  .ok());
  std::set<std::string> out;
  for (const alerts::v1::Alert& a : response.alerts()) out.insert(a.name());
  return out;
}

TEST(NotifyTest, BothReceiversAreToldEverythingThroughKills) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  Economy economy(5);
  economy.publish_months(source, Economy::kFallFirst);
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  ASSERT_TRUE(daemon.through(economy.last_period(), 90));
  Notified notified(daemon);
  ASSERT_TRUE(eventually([&] { return notified.has_token(); }, 30)) << notified.child().log();
  size_t const before = begun(daemon).size();
  size_t const at_first = notified.events().size();

  bool fell = false;
  while (economy.months() < Economy::kMonths) {
    economy.publish_month(source);
    ASSERT_TRUE(daemon.through(economy.last_period(), 60));
    fell |= !headlines(daemon).empty();
    if (economy.months() % 4 != 0) continue;
    notified.child().signal(SIGKILL);
    (void)notified.child().wait(10);
    notified.start();
  }
  ASSERT_TRUE(fell) << "no alert was raised";
  std::vector<std::string> const all = begun(daemon);
  std::vector<std::string> const expected(all.begin() + static_cast<ptrdiff_t>(before), all.end());
  ASSERT_FALSE(expected.empty());
  EXPECT_TRUE(
      eventually([&] { return notified.events().size() >= at_first + expected.size(); }, 60))
      << notified.child().log();
  std::vector<std::string> const events = notified.events();
  EXPECT_EQ(
      std::vector<std::string>(events.begin() + static_cast<ptrdiff_t>(at_first), events.end()),
      expected);
  EXPECT_THAT(notified.hook().got().back().head, HasSubstr("X-Bellwether-Signature: sha256="));
  EXPECT_TRUE(eventually([&] { return notified.open() == headlines(daemon); }, 30))
      << notified.child().log();
  // The last start may be a moment ago.
  EXPECT_TRUE(eventually([&] { return notified.child().log().find("follows") < SIZE_MAX; }, 30));
  notified.child().signal(SIGTERM);
  EXPECT_EQ(notified.child().wait(10), 0) << notified.child().log();
}

}  // namespace
}  // namespace bellwether::testing
