// `bellwether notify` against a daemon, a webhook and an Alertmanager that the test plays.
#include "cli/client/notify/loops.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "cli/text_file.h"
#include "core/base/text.h"
#include "support/eventually.h"
#include "support/http_ask.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
namespace status_pb = bellwether::status::v1;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

alerts_pb::Alert alert(const std::string& name, bool open = true) {
  alerts_pb::Alert a;
  a.set_name("alerts/" + name);
  a.set_rule("R1");
  a.set_rule_title("births falling");
  a.mutable_node()->set_area("SG");
  a.mutable_node()->set_sector("C");
  a.set_area_name("Singapore");
  a.set_sector_name("Manufacturing");
  a.set_severity(alerts_pb::SEVERITY_AMBER);
  a.set_happening_severity(alerts_pb::SEVERITY_RED);
  a.set_open(open);
  a.set_raised_period("1997-06");
  a.set_raised_at_ms(867'715'200'000);
  a.set_onset_period("1997-04");
  a.set_happening_onset_period("1997-03");
  a.set_other_parts(2);
  if (!open) a.set_cleared_at_ms(870'393'600'000);
  return a;
}

// A daemon whose journal has a transition at each offset from `first` to `end` − 1.
class Desk final : public alerts_pb::AlertService::Service,
                   public status_pb::StatusService::Service {
 public:
  grpc::Status ListAlerts(grpc::ServerContext*, const alerts_pb::ListAlertsRequest* request,
                          alerts_pb::ListAlertsResponse* response) override {
    std::lock_guard const lock(mutex);
    filters.push_back(request->filter());
    if (request->filter().starts_with("(bad)"))
      return {grpc::StatusCode::INVALID_ARGUMENT, "filter: bad is no field"};
    bool const headlines = request->filter().find("headline = true") != std::string::npos;
    for (const auto& a : open) {
      if (!headlines || !parts.contains(a.name())) *response->add_alerts() = a;
    }
    response->mutable_basis()->set_revision(end - 1);
    return grpc::Status::OK;
  }
  grpc::Status GetAlert(grpc::ServerContext*, const alerts_pb::GetAlertRequest* request,
                        alerts_pb::GetAlertResponse* response) override {
    *response->mutable_alert() = alert(request->name(), false);
    return grpc::Status::OK;
  }
  grpc::Status GetStatus(grpc::ServerContext*, const status_pb::GetStatusRequest*,
                         status_pb::GetStatusResponse* response) override {
    std::lock_guard const lock(mutex);
    response->set_ready(ready);
    return grpc::Status::OK;
  }
  grpc::Status WatchAlerts(grpc::ServerContext* context,
                           const alerts_pb::WatchAlertsRequest* request,
                           grpc::ServerWriter<alerts_pb::WatchAlertsResponse>* stream) override {
    int next = std::atoi(request->resume_token().c_str()) + 1;
    {
      std::lock_guard const lock(mutex);
      tokens.push_back(request->resume_token());
      watched = *request;
      if (next < first || next > end) return {grpc::StatusCode::OUT_OF_RANGE, "not kept"};
    }
    while (!context->IsCancelled()) {
      std::unique_lock lock(mutex);
      if (next == end) {
        lock.unlock();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      if (next == breaks_at) {
        breaks_at = -1;
        return {grpc::StatusCode::UNAVAILABLE, "stopping"};
      }
      lock.unlock();
      alerts_pb::WatchAlertsResponse response;
      *response.mutable_transition()->mutable_alert() = alert(base::cat("R1.", next));
      response.mutable_transition()->set_kind(alerts_pb::TRANSITION_KIND_RAISED);
      response.set_resume_token(base::cat(next, ".0"));
      if (!stream->Write(response)) break;
      ++next;
    }
    return grpc::Status::CANCELLED;
  }

  std::mutex mutex;
  std::vector<alerts_pb::Alert> open;
  std::set<std::string> parts;  // of open: those for which another stands
  std::vector<std::string> filters;
  std::vector<std::string> tokens;  // with which a watch began
  alerts_pb::WatchAlertsRequest watched;
  bool ready = true;
  int first = 1;
  int end = 1;
  int breaks_at = -1;
};

class LoopsTest : public ::testing::Test {
 protected:
  LoopsTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(static_cast<alerts_pb::AlertService::Service*>(&desk_));
    builder.RegisterService(static_cast<status_pb::StatusService::Service*>(&desk_));
    server_ = builder.BuildAndStart();
    context_.server = base::cat("127.0.0.1:", port);
    settings_.choice.instance = "test";
    settings_.webhook = "http://hook/";
    settings_.alertmanager = "http://manager";
    settings_.resend_ms = 20;
  }
  ~LoopsTest() override {
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  }

  using Loop = decltype(deliver_to_webhook)*;
  // Runs `loop` until `done`, or until it ends by itself. Returns how it ended.
  absl::Status run(Loop loop, const std::function<bool()>& done) {
    Stop stop;
    absl::Status end;
    std::atomic<bool> ended{false};
    std::thread thread([&] {
      http::Send const send = [this](const http::Request& request) { return take(request); };
      base::LogFn const log = [this](base::LogLevel, std::string_view, std::string_view text) {
        std::lock_guard const lock(mutex_);
        base::append(log_, text, "\n");
      };
      end = loop({context_, settings_, testing::must(StateFolder::open(disk_, "state")), send, stop,
                  log, meters()});
      ended = true;
    });
    EXPECT_TRUE(testing::eventually([&] { return ended || done(); }, 20)) << log();
    stop.ask();
    thread.join();
    return end;
  }
  TargetMeters& meters() { return meters_.of("target"); }
  http::Answer take(const http::Request& request) {
    std::lock_guard const lock(mutex_);
    got_.push_back(request);
    return answer_(request);
  }
  std::string log() {
    std::lock_guard const lock(mutex_);
    return log_;
  }
  // The ids of all events sent so far.
  std::vector<std::string> ids() {
    std::lock_guard const lock(mutex_);
    std::vector<std::string> out;
    for (const http::Request& r : got_) out.push_back(nlohmann::json::parse(r.body)["id"]);
    return out;
  }
  // The alerts of the last request.
  nlohmann::json last() {
    std::lock_guard const lock(mutex_);
    return got_.empty() ? nlohmann::json::array() : nlohmann::json::parse(got_.back().body);
  }
  std::string file(const std::string& name) {
    std::string* const bytes = disk_.bytes("state/" + name);
    return bytes == nullptr ? "" : *bytes;
  }

  Desk desk_;
  std::unique_ptr<grpc::Server> server_;
  Context context_;
  NotifySettings settings_;
  Meters meters_{{"target"}};
  testing::MemoryDisk disk_;
  std::mutex mutex_;
  std::string log_;
  std::vector<http::Request> got_;
  std::function<http::Answer(const http::Request&)> answer_ = [](const auto&) {
    return http::Answer{.status = 200};
  };
};

TEST_F(LoopsTest, TheFirstStartTellsWhatIsOpenAndThenWhatChanges) {
  desk_.open = {alert("R1.SG.C.1997-06")};
  desk_.end = 4;
  EXPECT_TRUE(run(deliver_to_webhook, [&] {
                std::lock_guard const lock(desk_.mutex);
                desk_.end = std::max(desk_.end, desk_.tokens.empty() ? 4 : 6);
                return got_.size() >= 3;
              }).ok());
  EXPECT_THAT(ids(), ElementsAre("3/R1.SG.C.1997-06", "4.0", "5.0"));
  EXPECT_EQ(file("webhook.json"), "{\"resume_token\":\"5.0\"}\n");
  EXPECT_EQ(desk_.filters.front(),
            "open = true AND historical = false AND begins_happening = true");
  EXPECT_EQ(desk_.watched.filter(), "begins_happening = true");
  EXPECT_TRUE(desk_.watched.skip_historical());
  auto const first = nlohmann::json::parse(got_[0].body);
  EXPECT_EQ(first["type"], "bellwether.alert.open");
  EXPECT_EQ(first["source"], "/bellwether/test");
  EXPECT_EQ(first["data"]["alert"]["name"], "alerts/R1.SG.C.1997-06");
  EXPECT_EQ(nlohmann::json::parse(got_[1].body)["type"], "bellwether.alert.raised");
}

TEST_F(LoopsTest, ARestartAndALostStreamResumeAfterWhatWasDelivered) {
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save_token("2.0").ok());
  desk_.end = 7;
  desk_.breaks_at = 5;
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return ids().size() >= 4; }).ok());
  EXPECT_THAT(ids(), ElementsAre("3.0", "4.0", "5.0", "6.0"));
  EXPECT_THAT(desk_.tokens, ElementsAre("2.0", "4.0"));
}

TEST_F(LoopsTest, NothingIsPassedOverWhileTheWebhookFails) {
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save_token("1.0").ok());
  desk_.end = 4;
  answer_ = [&](const auto&) { return http::Answer{.status = got_.size() < 3 ? 503 : 200}; };
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return ids().size() >= 4; }).ok());
  EXPECT_THAT(ids(), ElementsAre("2.0", "2.0", "2.0", "3.0"));
  EXPECT_THAT(log(), AllOf(HasSubstr("http://hook answered 503"),
                           HasSubstr("the webhook takes events again")));
}

TEST_F(LoopsTest, MetricsAndReadinessTellWhatFails) {
  ASSERT_TRUE(meters_.serve("127.0.0.1:0").ok());
  auto const got = [this](const char* path) {
    return testing::http_ask("GET", meters_.port(), path);
  };
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save_token("1.0").ok());
  desk_.end = 3;
  EXPECT_THAT(got("/readyz"), HasSubstr("200 OK"));
  answer_ = [](const auto&) { return http::Answer{.status = 503}; };
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return meters().failed.Value() > 0; }).ok());
  EXPECT_THAT(got("/readyz"), AllOf(HasSubstr("503"), HasSubstr("it does not take what it is")));
  EXPECT_THAT(got("/healthz"), HasSubstr("200 OK"));
  EXPECT_THAT(got("/metrics"),
              AllOf(HasSubstr("bellwether_notify_failing_since_timestamp_seconds{step=\"send\","
                              "target=\"target\"} 1"),
                    HasSubstr("outcome=\"failed\",target=\"target\"} 1"),
                    HasSubstr("process_resident_memory_bytes")));
  answer_ = [](const auto&) { return http::Answer{.status = 200}; };
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return meters().delivered.Value() > 0; }).ok());
  EXPECT_THAT(got("/readyz"), HasSubstr("200 OK"));
  EXPECT_NEAR(meters().delivered_at.Value(), absl::ToUnixSeconds(absl::Now()), 60);
}

TEST_F(LoopsTest, WhatTheWebhookRefusesIsADeadLetter) {
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save_token("1.0").ok());
  desk_.end = 4;
  answer_ = [&](const http::Request& r) {
    return http::Answer{.status = r.body.find("\"2.0\"") != std::string::npos ? 400 : 200};
  };
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return ids().size() > notify::kRefusalsMax; }).ok());
  EXPECT_EQ(ids().back(), "3.0");
  auto const letter = nlohmann::json::parse(file("dead_letters.jsonl"));
  EXPECT_EQ(letter["event"]["id"], "2.0");
  EXPECT_EQ(letter["reason"], "answered 400");
  EXPECT_EQ(meters().dead_letters.Value(), 1);
  EXPECT_EQ(meters().failed.Value(), notify::kRefusalsMax);
  EXPECT_EQ(meters().delivered.Value(), 1);
  EXPECT_EQ(meters().failing(), "");  // the next event was taken
}

TEST_F(LoopsTest, AfterATokenOfAnotherJournalWhatIsOpenIsTold) {
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save_token("900.0").ok());
  desk_.open = {alert("R1.SG.C.1997-06")};
  desk_.end = 4;
  ASSERT_TRUE(
      run(deliver_to_webhook, [&] { return file("webhook.json").find("\"3\"") < 99; }).ok());
  EXPECT_THAT(ids(), ElementsAre("3/R1.SG.C.1997-06"));
  EXPECT_THAT(log(), HasSubstr("cannot resume after the saved token 900.0 (not kept)"));
}

TEST_F(LoopsTest, ADamagedTokenIsToldAndWhatIsOpen) {
  ASSERT_TRUE(StateFolder::open(disk_, "state")->save(kTokenFile, "?").ok());
  desk_.open = {alert("R1.SG.C.1997-06")};
  ASSERT_TRUE(run(deliver_to_webhook, [&] { return ids().size() == 1; }).ok());
  EXPECT_THAT(log(), HasSubstr("state/webhook.json: is not what notify writes"));
}

TEST_F(LoopsTest, AFilterThatTheDaemonRefusesEndsNotify) {
  settings_.choice.filter = "bad";
  for (Loop const loop : {deliver_to_webhook, keep_alertmanager})
    EXPECT_THAT(run(loop, [] { return false; }).message(), HasSubstr("bad is no field"));
}

TEST_F(LoopsTest, AlertmanagerIsToldOfOpenAlertsAgainAndAgainAndOfTheirEnd) {
  desk_.open = {alert("R1.SG.C.1997-06")};
  ASSERT_TRUE(run(keep_alertmanager, [&] {
                std::lock_guard const lock(mutex_);
                return got_.size() >= 3;
              }).ok());
  EXPECT_EQ(desk_.filters.front(), "open = true AND historical = false AND headline = true");
  nlohmann::json const told = last().at(0);
  EXPECT_EQ(told["labels"], (nlohmann::json{{"alertname", "births falling"},
                                            {"alert", "R1.SG.C.1997-06"},
                                            {"rule", "R1"},
                                            {"area", "SG"},
                                            {"sector", "C"},
                                            {"severity", "red"},
                                            {"bellwether", "test"}}));
  EXPECT_EQ(told["annotations"]["summary"], "births falling in Manufacturing, Singapore");
  EXPECT_EQ(told["annotations"]["since"], "1997-04");
  std::string const description = told["annotations"]["description"];
  EXPECT_THAT(description, HasSubstr(" when raised (1997-06), since 1997-04. With 2 more alerts it "
                                     "is part of a happening that began in 1997-03."));
  EXPECT_EQ(told["annotations"]["explain"], "bellwether alerts explain R1.SG.C.1997-06");
  EXPECT_EQ(told["startsAt"], "1997-07-01T00:00:00Z");
  EXPECT_GT(told["endsAt"], "2020");
  // A restart after the alert was cleared: the board of the file knows what Alertmanager holds.
  desk_.open.clear();
  got_.clear();
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  EXPECT_EQ(last().at(0)["labels"]["alert"], "R1.SG.C.1997-06");
  EXPECT_EQ(last().at(0)["endsAt"], "1997-08-01T00:00:00Z");
}

// Otherwise people would read that it is over while it goes on.
TEST_F(LoopsTest, AnAlertIsNotResolvedWhenAnotherOneStandsForItsHappening) {
  desk_.open = {alert("R1.SG.C.1997-06")};
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  desk_.open = {alert("R1.SG.C.1997-06"), alert("R1.SG.1997-07")};
  desk_.parts = {"alerts/R1.SG.C.1997-06"};
  got_.clear();
  ASSERT_TRUE(run(keep_alertmanager, [&] { return last().size() == 2; }).ok());
  for (const auto& told : last()) EXPECT_GT(told["endsAt"], "2020") << told;
  // The part ends by itself.
  desk_.open = {alert("R1.SG.1997-07")};
  ASSERT_TRUE(run(keep_alertmanager, [&] {
                auto const told = last();
                return std::ranges::any_of(
                    told, [](const auto& one) { return one["endsAt"] == "1997-08-01T00:00:00Z"; });
              }).ok());
}

TEST_F(LoopsTest, AReplicaThatIsNotReadyEndsNoAlert) {
  desk_.open = {alert("R1.SG.C.1997-06")};
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  desk_.open.clear();
  desk_.ready = false;
  got_.clear();
  ASSERT_TRUE(run(keep_alertmanager, [&] {
                std::lock_guard const lock(mutex_);
                return got_.size() >= 3;
              }).ok());
  EXPECT_GT(last().at(0)["endsAt"], "2020");
  EXPECT_THAT(log(), HasSubstr("the replica is not ready"));
  EXPECT_EQ(meters().alerts.Value(), 1);
  EXPECT_EQ(meters().failing(), "target: the daemon does not answer");
  EXPECT_NEAR(meters().asking.Value(), absl::ToUnixSeconds(absl::Now()), 60);
}

TEST_F(LoopsTest, WhileTheDaemonIsAwayTheKnownAlertsStayOpen) {
  desk_.open = {alert("R1.SG.C.1997-06")};
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  server_->Shutdown();
  got_.clear();
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  EXPECT_GT(last().at(0)["endsAt"], "2020");
  EXPECT_THAT(log(), HasSubstr("goes on telling the 1 known ones"));
}

TEST_F(LoopsTest, SilencedAlertsAreLeftOutIfAsked) {
  settings_.choice.skip_silenced = true;
  desk_.open = {alert("R1.A"), alert("R1.B")};
  desk_.open[0].set_silenced_by("silences/1");
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  ASSERT_EQ(last().size(), 1);
  EXPECT_EQ(last().at(0)["labels"]["alert"], "R1.B");
}

TEST_F(LoopsTest, WithPartsEveryAlertIsToldWithItsOwnSeverity) {
  settings_.choice.parts = true;
  settings_.choice.historical = true;
  settings_.choice.filter = "rule = R1";
  desk_.open = {alert("R1.A")};
  ASSERT_TRUE(run(keep_alertmanager, [&] { return !last().empty(); }).ok());
  EXPECT_EQ(desk_.filters.front(), "(rule = R1) AND open = true");
  EXPECT_EQ(last().at(0)["labels"]["severity"], "amber");
}

TEST(SecretTest, ItIsTheFirstLineAndLongEnough) {
  std::string const path = ::testing::TempDir() + "/notify_secret";
  ASSERT_TRUE(write_text_file(path, "0123456789abcdef\nmore\n").ok());
  EXPECT_EQ(testing::must(read_secret(path)), "0123456789abcdef");
  ASSERT_TRUE(write_text_file(path, "short\n").ok());
  EXPECT_THAT(read_secret(path).status().message(), HasSubstr("must have 16 to 4096 bytes"));
  ASSERT_TRUE(write_text_file(path, std::string(kSecretBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(read_secret(path).ok());
  EXPECT_THAT(read_secret("/nowhere/secret").status().message(), HasSubstr("/nowhere/secret"));
}

class NotifyOptionsTest : public ::testing::Test {
 protected:
  // The exit code and the message.
  std::pair<int, std::string> run(std::vector<std::string> words) {
    words.insert(words.begin(), {"notify", "--state-dir", "/proc/none"});
    std::ranges::reverse(words);
    Context context;
    CLI::App app("", "bellwether");
    add_notify(app, context);
    ::testing::internal::CaptureStderr();
    app.parse(words);
    return {context.exit_code, ::testing::internal::GetCapturedStderr()};
  }
};

TEST_F(NotifyOptionsTest, EachWrongOptionIsNamed) {
  for (auto const& [words, said] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{}, "name --alertmanager URL, --webhook URL or both"},
           {{"--webhook", "a"}, "--webhook: is no URL"},
           {{"--alertmanager", "http://u:p@a"}, "--alertmanager: is no URL"},
           {{"--alertmanager", "http://a", "--webhook-secret-file", "/a"}, "needs --webhook"},
           {{"--webhook", "http://a", "--webhook-secret-file", "/nowhere"}, "/nowhere: cannot"},
           {{"--webhook", "http://a", "--ca-file", "/nowhere"}, "/nowhere: cannot be used"},
           {{"--webhook", "http://a", "--instance", "a b"}, "--instance: a name"},
           {{"--webhook", "http://a"}, "/proc/none: notify cannot keep its state there"}}) {
    auto const [code, message] = run(words);
    EXPECT_EQ(code, 2) << said;
    EXPECT_THAT(message, HasSubstr(said));
  }
}

}  // namespace
}  // namespace bellwether::cli
