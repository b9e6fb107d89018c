// From events on a real broker to indicators, dead letters and alerts over gRPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <set>

#include "absl/time/clock.h"
#include "core/base/text.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

std::string eight_digits(int i) {
  return std::string(8 - std::to_string(i).size(), '0') + std::to_string(i);
}

// Area S1, sector 46, on 3 March 2019.
events::v1::SupportEvent enquiry_of_no_business() {
  events::v1::SupportEvent enquiry;
  enquiry.set_event_id("case-x");
  enquiry.set_source("growth-hub");
  enquiry.set_case_id("X");
  enquiry.set_area_code("S1");
  enquiry.mutable_activity()->set_scheme("UKSIC");
  enquiry.mutable_activity()->set_version("2007");
  enquiry.mutable_activity()->set_code("46900");
  enquiry.mutable_effective_date()->set_year(2019);
  enquiry.mutable_effective_date()->set_month(3);
  enquiry.mutable_effective_date()->set_day(3);
  enquiry.mutable_interaction()->add_topics(events::v1::SUPPORT_TOPIC_START_UP);
  return enquiry;
}

TEST(PipelineTest, BothTopicsCountThroughTheLedgerInAnyOrderAndTwice) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  // 300 businesses: every tenth dies, and every third is helped, some before they are registered.
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = 0; i < 300; ++i) {
      base::Days const born = day(2019, 1 + i % 6, 1 + i % 28);
      std::string const area = i % 2 == 0 ? "N1" : "S2";
      if (i % 3 == 0)
        source.interaction(eight_digits(i), "case-" + eight_digits(i), base::Days(born.value + 2));
      source.registered(eight_digits(i), area, i % 4 == 0 ? "10110" : "47110", born);
      if (i % 10 == 0) source.ceased(eight_digits(i), base::Days(born.value + 40));
    }
  }
  // An enquirer without a registered business counts in the area and sector of the enquiry.
  source.send(enquiry_of_no_business(), "case:X", noon(day(2019, 3, 3)));
  source.interaction(eight_digits(0), "again-1", day(2019, 1, 20));
  source.interaction(eight_digits(0), "again-2", day(2019, 1, 21));
  source.heartbeat(midnight(day(2019, 10, 1)));

  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves()) << daemon.child().log();
  ASSERT_TRUE(daemon.through("2019-09")) << daemon.child().log();
  EXPECT_EQ(daemon.total("births", "R", "all"), 300);
  EXPECT_EQ(daemon.total("births", "N", "all"), 150);
  EXPECT_EQ(daemon.total("births", "HUB", "C"), 75);
  EXPECT_EQ(daemon.total("births", "R", "C"), 75);
  EXPECT_EQ(daemon.total("births", "R", "47"), 225);
  EXPECT_EQ(daemon.total("deaths", "R", "all"), 30);
  EXPECT_EQ(daemon.total("births", "N2", "all"), 0);
  auto const s = daemon.status();
  EXPECT_TRUE(s.refused().empty()) << s.DebugString();
  int64_t businesses = 0;
  int64_t waiting = 0;
  for (const auto& p : s.partitions()) {
    businesses += p.businesses();
    waiting += p.businesses_waiting();
  }
  EXPECT_EQ(businesses, 301);
  EXPECT_EQ(waiting, 0);

  // Support figures are rounded to 5, and those below 10 are not shown.
  auto const stub = indicators::v1::IndicatorService::NewStub(daemon.channel());
  auto const interactions = [&](const std::string& area, const std::string& sector) {
    grpc::ClientContext context;
    indicators::v1::QuerySeriesRequest request;
    request.add_names("interactions");
    request.mutable_node()->set_area(area);
    request.mutable_node()->set_sector(sector);
    request.set_from_period("2019-01");
    request.set_to_period("2019-01");
    indicators::v1::QuerySeriesResponse response;
    EXPECT_TRUE(stub->QuerySeries(&context, request, &response).ok());
    return response;
  };
  auto const all = interactions("R", "all");
  EXPECT_EQ(all.series(0).values(0).value(), 50);  // 52 in January
  EXPECT_TRUE(all.basis().rounded());
  auto const few = interactions("S1", "46");
  EXPECT_FALSE(few.series(0).values(0).not_available().empty());
}

events::v1::RegistrationEvent good_registration() {
  auto e = Source::about("00000001", "f-1", day(2019, 5, 3));
  e.mutable_registered()->set_area_code("N1");
  auto& a = *e.mutable_registered()->add_activities();
  a.set_scheme("UKSIC");
  a.set_version("2007");
  a.set_code("10110");
  return e;
}

using RefusedValue = std::pair<std::string, std::string>;  // reason, value

// Refused values. Their key and topic are right.
std::vector<RefusedValue> refused_values() {
  using E = events::v1::RegistrationEvent;
  std::vector<RefusedValue> bad;
  auto const add = [&](const std::string& reason, auto change) {
    E e = good_registration();
    change(e);
    bad.emplace_back(reason, e.SerializeAsString());
  };
  std::string const whole = good_registration().SerializeAsString();
  bad.emplace_back("malformed", whole.substr(0, whole.size() - 3));
  bad.emplace_back("malformed", std::string("\xff\xfe\xfd garbage \x07", 14));
  bad.emplace_back("bad_frame", std::string("\x00\x00\x00\x00\x07\x09\x09", 7) + whole);
  bad.emplace_back("record_too_large", std::string(950'000, 'x'));
  add("unknown_kind", [](E& e) { e.clear_registered(); });
  add("missing_event_id", [](E& e) { e.clear_event_id(); });
  add("missing_source", [](E& e) { e.clear_source(); });
  add("missing_business", [](E& e) { e.clear_business(); });
  add("id_too_long", [](E& e) { e.set_event_id(std::string(2000, 'x')); });
  add("missing_date", [](E& e) { e.clear_effective_date(); });
  add("date_out_of_range", [](E& e) { e.mutable_effective_date()->set_year(1600); });
  add("date_out_of_range", [](E& e) { e.mutable_effective_date()->set_year(2600); });
  add("effective_after_published", [](E& e) { e.mutable_effective_date()->set_month(6); });
  add("wrong_scheme",
      [](E& e) { e.mutable_registered()->mutable_activities(0)->set_code("1011"); });
  add("wrong_scheme",
      [](E& e) { e.mutable_registered()->mutable_activities(0)->set_version("2003"); });
  return bad;
}

TEST(PipelineTest, ARefusedRecordBecomesADeadLetterAndOtherRecordsStillCount) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  base::UnixMillis const at = noon(day(2019, 5, 3));
  std::string const key = Source::key("00000001");
  std::string const whole = good_registration().SerializeAsString();
  std::vector<RefusedValue> const bad = refused_values();
  for (const auto& [reason, value] : bad) source.raw(topics.registrations, key, value, at);
  source.tombstone(topics.registrations, key, at);
  source.raw(topics.support, key, whole, at);  // a record of the other topic's type
  source.raw(topics.registrations, "wrong-key", whole, at);
  source.raw(topics.registrations, key, whole, at);
  source.heartbeat(midnight(day(2019, 6, 1)));

  std::multiset<std::string> expected = {"empty_record", "wrong_topic", "key_mismatch"};
  for (const auto& [reason, value] : bad) expected.insert(reason);
  {
    Daemon daemon({.broker = broker(), .topics = topics});
    ASSERT_TRUE(daemon.serves());
    ASSERT_TRUE(daemon.through("2019-05")) << daemon.child().log();
    EXPECT_EQ(daemon.total("births", "R", "all"), 1);
    int64_t counted = 0;
    auto const s = daemon.status();
    for (const auto& r : s.refused()) counted += r.count();
    EXPECT_EQ(counted, static_cast<int64_t>(expected.size()));
    EXPECT_THAT(daemon.http("/metrics"), HasSubstr("bellwether_refused_records_total{"));
    daemon.child().signal(SIGTERM);
    EXPECT_EQ(daemon.child().wait(15), 0);
  }
  auto const letters = read_all(broker(), topics.dead_letters);
  std::multiset<std::string> reasons;
  std::multiset<std::string> bytes;
  for (const DeadLetterCopy& letter : letters) {
    reasons.insert(letter.headers.at("bellwether.reason"));
    bytes.insert(letter.value);
    EXPECT_FALSE(letter.headers.at("__connect.errors.exception.message").empty());
    EXPECT_TRUE(letter.headers.contains("__connect.errors.offset"));
    std::string const from = letter.headers.at("__connect.errors.topic");
    EXPECT_TRUE(from == topics.registrations || from == topics.support);
  }
  EXPECT_EQ(reasons, expected);
  for (const auto& [reason, value] : bad) {
    if (value.size() < 900'000) {
      EXPECT_TRUE(bytes.contains(value)) << reason;
    }
  }
  // A restart folds the log again and writes no dead letter twice.
  Daemon again({.broker = broker(), .topics = topics});
  ASSERT_TRUE(again.serves());
  ASSERT_TRUE(again.through("2019-05"));
  EXPECT_EQ(read_all(broker(), topics.dead_letters).size(), letters.size());
}

// The places of refused records, from the dead letters.
std::multiset<std::string> places_of_letters(const Topics& topics) {
  std::multiset<std::string> out;
  for (const DeadLetterCopy& letter : read_all(broker(), topics.dead_letters)) {
    out.insert(base::cat(letter.headers.at("__connect.errors.partition"), "/",
                         letter.headers.at("__connect.errors.offset")));
  }
  return out;
}

void publish_refused(Source& source, const Topics& topics, size_t records) {
  for (size_t i = 0; i < records; ++i) {
    source.raw(topics.registrations, base::cat("key", i), "no message", noon(day(2019, 5, 3)));
  }
  source.registered("00000001", "N1", "10110", day(2019, 5, 3));
  source.heartbeat(midnight(day(2019, 6, 1)));
}

int letters_written(const Daemon& daemon) {
  std::string const metrics = daemon.http("/metrics");
  size_t const at = metrics.find("\nbellwether_dead_letters_written_total ");
  return at == std::string::npos ? 0 : std::atoi(metrics.c_str() + metrics.find(' ', at));
}

TEST(PipelineTest, EveryRefusedRecordIsADeadLetterOnceAcrossKills) {
  constexpr size_t kRefused = 20'000;
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  publish_refused(source, topics, kRefused);
  for (int kill = 0; kill < 3; ++kill) {
    Daemon daemon({.broker = broker(), .topics = topics});
    ASSERT_TRUE(daemon.serves());
    ASSERT_TRUE(eventually([&] {
      return letters_written(daemon) > 0 || !daemon.status().basis().data_through().empty();
    }));
    daemon.child().signal(SIGKILL);
    ASSERT_EQ(daemon.child().wait(10), 128 + SIGKILL);
  }
  Daemon daemon({.broker = broker(), .topics = topics});
  ASSERT_TRUE(daemon.serves());
  ASSERT_TRUE(daemon.through("2019-05")) << daemon.child().log();
  std::multiset<std::string> const places = places_of_letters(topics);
  EXPECT_EQ(places.size(), kRefused);
  EXPECT_EQ(std::set<std::string>(places.begin(), places.end()).size(), kRefused);
}

TEST(PipelineTest, ReplicasWriteEachDeadLetterOnceAlsoWhenTheLeaderIsKilled) {
  constexpr size_t kRefused = 300'000;
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  publish_refused(source, topics, kRefused);
  std::vector<std::unique_ptr<Daemon>> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.push_back(std::make_unique<Daemon>(
        DaemonOptions{.broker = broker(), .topics = topics, .group = topics.journal}));
  }
  for (auto& replica : replicas) ASSERT_TRUE(replica->serves());
  auto const leader = [&] {
    return std::ranges::find_if(replicas, [](auto& r) { return letters_written(*r) > 0; });
  };
  ASSERT_TRUE(eventually([&] { return leader() != replicas.end(); }, 60));
  auto const leading = leader();
  (*leading)->child().signal(SIGKILL);
  ASSERT_EQ((*leading)->child().wait(10), 128 + SIGKILL);
  replicas.erase(leading);
  for (auto& replica : replicas) {
    ASSERT_TRUE(replica->through("2019-05", 120)) << replica->child().log();
  }
  EXPECT_NE(leader(), replicas.end());  // the killed leader had not written all letters
  std::multiset<std::string> const places = places_of_letters(topics);
  EXPECT_EQ(places.size(), kRefused);
  EXPECT_EQ(std::set<std::string>(places.begin(), places.end()).size(), kRefused);
}

// Births of two sectors over nine years. With `fall`, one of them halves at the end.
void publish_a_fall(Source& source, int from_year, int to_year, bool fall) {
  Random random(11);
  int n = 0;
  for (int y = from_year; y <= to_year; ++y) {
    for (int m = 1; m <= 12; ++m) {
      for (const char* sic : {"10110", "47110"}) {
        bool const fallen = fall && y == to_year && m >= 7 && std::string_view(sic) == "10110";
        int const births = (fallen ? 14 : 28) + random.between(0, 4);
        for (int i = 0; i < births; ++i) {
          source.registered(eight_digits(++n), i % 2 == 0 ? "N1" : "S1", sic,
                            day(y, m, 1 + i * 27 / births));
        }
      }
      source.heartbeat(midnight(day(m == 12 ? y + 1 : y, m % 12 + 1, 1)));
    }
  }
}

std::vector<std::string> told(const std::vector<alerts::v1::Transition>& transitions) {
  std::vector<std::string> out;
  for (const auto& t : transitions)
    out.push_back(base::cat(t.alert().name(), " ", static_cast<int>(t.kind())));
  return out;
}

TEST(AlertsTest, AFallIsRaisedOnceAndSurvivesKillsReplaysAndASecondReplica) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  publish_a_fall(source, 2011, 2018, true);
  std::vector<std::string> before;
  {
    Daemon daemon({.broker = broker(), .topics = topics});
    ASSERT_TRUE(daemon.serves());
    ASSERT_TRUE(daemon.through("2018-12")) << daemon.child().log();
    auto const transitions = daemon.transitions();
    before = told(transitions);
    bool found = false;
    for (const auto& t : transitions) {
      found |= t.alert().rule() == "R1" && t.alert().node().sector() == "10" &&
               t.alert().raised_period() >= "2018-07" &&
               t.kind() == alerts::v1::TRANSITION_KIND_RAISED;
      EXPECT_TRUE(t.historical()) << "these periods are years ago";
    }
    EXPECT_TRUE(found);
    daemon.child().signal(SIGKILL);
    EXPECT_EQ(daemon.child().wait(5), 128 + SIGKILL);
  }
  Daemon first({.broker = broker(), .topics = topics});
  Daemon second({.broker = broker(), .topics = topics});
  ASSERT_TRUE(first.serves() && second.serves());
  ASSERT_TRUE(first.through("2018-12", 90) && second.through("2018-12", 90)) << first.child().log();
  EXPECT_EQ(told(first.transitions()), before);
  EXPECT_EQ(told(second.transitions()), before);
  ASSERT_TRUE(eventually([&] {
    return (first.status().role() == status::v1::ROLE_LEADER) !=
           (second.status().role() == status::v1::ROLE_LEADER);
  }));
  // The leader is killed. The other replica takes over and judges the next tick.
  Daemon& leader = first.status().role() == status::v1::ROLE_LEADER ? first : second;
  Daemon& follower = &leader == &first ? second : first;
  leader.child().signal(SIGKILL);
  source.heartbeat(midnight(day(2019, 2, 1)));
  ASSERT_TRUE(eventually([&] {
    auto const s = follower.status();
    return s.role() == status::v1::ROLE_LEADER && s.tick() >= "2019-01";
  })) << follower.child().log();
  std::vector<std::string> const after = told(follower.transitions());
  ASSERT_GE(after.size(), before.size());
  EXPECT_EQ(
      std::vector<std::string>(after.begin(), after.begin() + static_cast<long>(before.size())),
      before);
}

using AlertStub = alerts::v1::AlertService::Stub;

alerts::v1::ListAlertsResponse listed_by(AlertStub& stub, const std::string& filter) {
  grpc::ClientContext context;
  alerts::v1::ListAlertsRequest request;
  request.set_filter(filter);
  alerts::v1::ListAlertsResponse response;
  EXPECT_TRUE(stub.ListAlerts(&context, request, &response).ok());
  return response;
}

// Reads the transitions after `token` until `enough` and adds a line for each to `seen`. Returns
// the token of the last one; empty if the stream ends before.
std::string watch_until(AlertStub& stub, const std::string& token, std::vector<std::string>& seen,
                        const std::function<bool(const alerts::v1::Transition&)>& enough) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  alerts::v1::WatchAlertsRequest request;
  request.set_resume_token(token);
  auto const stream = stub.WatchAlerts(&context, request);
  alerts::v1::WatchAlertsResponse event;
  std::string last;
  while (last.empty() && stream->Read(&event)) {
    EXPECT_TRUE(event.has_transition() || !seen.empty()) << "a replay begins with a transition";
    if (!event.has_transition()) continue;
    const alerts::v1::Transition& transition = event.transition();
    seen.push_back(base::cat(transition.alert().name(), " ", static_cast<int>(transition.kind())));
    if (enough(transition)) last = event.resume_token();
  }
  context.TryCancel();
  (void)stream->Finish();
  return last;
}

void acknowledge(AlertStub& stub, const std::string& name) {
  alerts::v1::AcknowledgeAlertRequest request;
  request.set_name(name);
  request.set_actor("ann");
  request.set_comment("calling the trade body");
  grpc::ClientContext context;
  alerts::v1::AcknowledgeAlertResponse response;
  grpc::Status const status = stub.AcknowledgeAlert(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.alert().acknowledgement().actor(), "ann");

  alerts::v1::GetAlertRequest get;
  get.set_name(name);
  grpc::ClientContext again;
  alerts::v1::GetAlertResponse got;
  ASSERT_TRUE(stub.GetAlert(&again, get, &got).ok());
  EXPECT_EQ(got.alert().acknowledgement().comment(), "calling the trade body");
}

void silence_rule(AlertStub& stub, const std::string& rule) {
  grpc::ClientContext context;
  alerts::v1::CreateSilenceRequest request;
  request.mutable_silence()->set_rule(rule);
  request.mutable_silence()->set_actor("ann");
  request.mutable_silence()->set_until_ms(absl::ToUnixMillis(absl::Now() + absl::Hours(1)));
  alerts::v1::CreateSilenceResponse response;
  ASSERT_TRUE(stub.CreateSilence(&context, request, &response).ok());
  EXPECT_THAT(response.silence().name(), HasSubstr("silences/"));
}

void expect_explanation(AlertStub& stub, const std::string& name) {
  grpc::ClientContext context;
  alerts::v1::ExplainAlertRequest request;
  request.set_name(name);
  alerts::v1::ExplainAlertResponse response;
  ASSERT_TRUE(stub.ExplainAlert(&context, request, &response).ok());
  EXPECT_GT(response.path_size(), 5);
  EXPECT_GT(response.text_size(), 2);
}

TEST(AlertsTest, HumanActsAreReadBackOnEveryReplicaAndAWatcherResumes) {
  Topics const topics = make_topics(broker());
  Source source(broker(), topics);
  publish_a_fall(source, 2012, 2018, true);
  Daemon one({.broker = broker(), .topics = topics});
  Daemon two({.broker = broker(), .topics = topics});
  ASSERT_TRUE(one.serves() && two.serves());
  ASSERT_TRUE(one.through("2018-12", 90) && two.through("2018-12", 90));
  auto const stub = alerts::v1::AlertService::NewStub(one.channel());
  std::string const filter = "rule = R1 AND sector = \"10\" AND open = true";
  alerts::v1::ListAlertsResponse const listed = listed_by(*stub, filter);
  ASSERT_GE(listed.alerts_size(), 1);
  EXPECT_EQ(listed.basis().data_through(), "2018-12");
  EXPECT_FALSE(listed.basis().rule_set().empty());
  std::string const name = listed.alerts(0).name();

  // A watcher of the other replica takes one transition, disconnects and resumes.
  auto const watcher = alerts::v1::AlertService::NewStub(two.channel());
  std::vector<std::string> seen;
  std::string const token = watch_until(*watcher, "0", seen, [](const auto&) { return true; });
  ASSERT_FALSE(token.empty());
  acknowledge(*stub, name);
  std::string const last = watch_until(*watcher, token, seen, [](const auto& transition) {
    return transition.kind() == alerts::v1::TRANSITION_KIND_ACKNOWLEDGED;
  });
  EXPECT_FALSE(last.empty());
  EXPECT_EQ(seen, told(two.transitions())) << "resumed without loss or repetition";

  silence_rule(*stub, "R1");
  EXPECT_FALSE(listed_by(*stub, filter).alerts(0).silenced_by().empty());
  expect_explanation(*stub, name);
}

}  // namespace
}  // namespace bellwether::testing
