// Wrong requests of clients, and many clients at once.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "adapters/rpc/server.h"
#include "core/base/text.h"
#include "core/domain/indicators.h"
#include "core/domain/measures.h"
#include "runtime/journal/journal_codec.h"
#include "support/calendars.h"
#include "support/cluster.h"
#include "support/must.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;

// All these tests share one daemon.
class GrpcTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    topics_ = make_topics(broker());
    Source source(broker(), topics_);
    for (int i = 0; i < 40; ++i) {
      source.registered("0000" + std::to_string(1000 + i), i % 2 == 0 ? "N1" : "S1", "10110",
                        day(2019, 1 + i % 10, 5));
    }
    source.heartbeat(midnight(day(2019, 12, 1)));
    daemon_ = std::make_unique<Daemon>(
        DaemonOptions{.broker = broker(), .topics = topics_, .more = "  watchers_max: 1000\n"});
    ASSERT_TRUE(daemon_->serves());
    ASSERT_TRUE(daemon_->through("2019-11"));
  }
  static void TearDownTestSuite() { daemon_.reset(); }
  static Topics topics_;
  static std::unique_ptr<Daemon> daemon_;

  std::unique_ptr<indicators::v1::IndicatorService::Stub> indicators_ =
      indicators::v1::IndicatorService::NewStub(daemon_->channel());
  std::unique_ptr<alerts::v1::AlertService::Stub> alerts_ =
      alerts::v1::AlertService::NewStub(daemon_->channel());

  static void expect_bad(const grpc::Status& status, const std::string& field) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(field));
    EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.BadRequest"));
    EXPECT_THAT(status.error_details(), HasSubstr(field));
  }
};
Topics GrpcTest::topics_;
std::unique_ptr<Daemon> GrpcTest::daemon_;

TEST_F(GrpcTest, EveryWrongFieldOfAnIndicatorRequestIsNamed) {
  {
    grpc::ClientContext c;
    indicators::v1::GetIndicatorRequest q;
    q.set_name("brths");
    q.mutable_node()->set_area("Z");
    q.mutable_node()->set_sector("Q");
    q.set_period("2019-13");
    indicators::v1::GetIndicatorResponse r;
    grpc::Status const status = indicators_->GetIndicator(&c, q, &r);
    for (const char* field : {"name", "node.area", "node.sector", "period"})
      expect_bad(status, field);
  }
  {
    grpc::ClientContext c;
    indicators::v1::QuerySeriesRequest q;
    indicators::v1::QuerySeriesResponse r;
    expect_bad(indicators_->QuerySeries(&c, q, &r), "names");
  }
  {
    grpc::ClientContext c;
    indicators::v1::QuerySeriesRequest q;
    for (int i = 0; i < 21; ++i) q.add_names("births");
    indicators::v1::QuerySeriesResponse r;
    expect_bad(indicators_->QuerySeries(&c, q, &r), "names");
  }
  {
    grpc::ClientContext c;
    indicators::v1::QuerySeriesRequest q;
    q.add_names("births");
    q.set_page_token("made up");
    indicators::v1::QuerySeriesResponse r;
    expect_bad(indicators_->QuerySeries(&c, q, &r), "page_token");
  }
  {
    grpc::ClientContext c;
    indicators::v1::CompareNodesRequest q;
    q.set_name("births");
    indicators::v1::CompareNodesResponse r;
    expect_bad(indicators_->CompareNodes(&c, q, &r), "nodes");
  }
}

TEST_F(GrpcTest, EveryWrongFieldOfAnAlertRequestIsNamed) {
  {
    grpc::ClientContext c;
    alerts::v1::ListAlertsRequest q;
    q.set_filter("colour = red");
    alerts::v1::ListAlertsResponse r;
    expect_bad(alerts_->ListAlerts(&c, q, &r), "filter");
  }
  {
    grpc::ClientContext c;
    alerts::v1::AcknowledgeAlertRequest q;
    q.set_name("alerts/none");
    alerts::v1::AcknowledgeAlertResponse r;
    expect_bad(alerts_->AcknowledgeAlert(&c, q, &r), "actor");
  }
  {
    grpc::ClientContext c;
    alerts::v1::AcknowledgeAlertRequest q;
    q.set_name("alerts/none");
    q.set_actor("ann");
    alerts::v1::AcknowledgeAlertResponse r;
    EXPECT_EQ(alerts_->AcknowledgeAlert(&c, q, &r).error_code(), grpc::StatusCode::NOT_FOUND);
  }
  {
    grpc::ClientContext c;
    alerts::v1::CreateSilenceRequest q;
    q.mutable_silence()->set_actor("ann");
    q.mutable_silence()->set_until_ms(1);
    alerts::v1::CreateSilenceResponse r;
    expect_bad(alerts_->CreateSilence(&c, q, &r), "until_ms");
  }
  for (const char* token : {"x", "1.2.3", "-7"}) {
    grpc::ClientContext c;
    alerts::v1::WatchAlertsRequest q;
    q.set_resume_token(token);
    auto const stream = alerts_->WatchAlerts(&c, q);
    alerts::v1::WatchAlertsResponse r;
    EXPECT_FALSE(stream->Read(&r));
    expect_bad(stream->Finish(), "resume_token");
  }
}

TEST_F(GrpcTest, LargeRequestsAreRefused) {
  grpc::ClientContext c;
  alerts::v1::ListAlertsRequest q;
  q.set_filter(std::string(300'000, 'x'));
  alerts::v1::ListAlertsResponse r;
  EXPECT_EQ(alerts_->ListAlerts(&c, q, &r).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcTest, PagesCoverEverythingOnce) {
  std::vector<std::string> names;
  indicators::v1::ListIndicatorsRequest q;
  q.set_page_size(7);
  do {
    grpc::ClientContext c;
    indicators::v1::ListIndicatorsResponse r;
    ASSERT_TRUE(indicators_->ListIndicators(&c, q, &r).ok());
    EXPECT_LE(r.indicators_size(), 7);
    for (const auto& i : r.indicators()) names.push_back(i.name());
    q.set_page_token(r.next_page_token());
  } while (!q.page_token().empty());
  std::set<std::string> const unique(names.begin(), names.end());
  EXPECT_EQ(unique.size(), names.size());
  EXPECT_EQ(names.size(), domain::kMeasureCount + domain::kIndicatorCount);

  indicators::v1::QuerySeriesRequest series;
  series.add_names("births");
  series.set_from_period("2019-01");
  series.set_to_period("2019-11");
  series.set_page_size(4);
  std::vector<std::string> periods;
  do {
    grpc::ClientContext c;
    indicators::v1::QuerySeriesResponse r;
    ASSERT_TRUE(indicators_->QuerySeries(&c, series, &r).ok());
    for (const auto& v : r.series(0).values()) periods.push_back(v.period());
    series.set_page_token(r.next_page_token());
  } while (!series.page_token().empty());
  ASSERT_EQ(periods.size(), 11u);
  EXPECT_EQ(periods.front(), "2019-01");
  EXPECT_EQ(periods.back(), "2019-11");
}

TEST_F(GrpcTest, NodesAreRankedAndCompared) {
  {
    grpc::ClientContext c;
    indicators::v1::RankNodesRequest q;
    q.set_name("births");
    q.set_area_level("district");
    q.set_period("2019-01");
    indicators::v1::RankNodesResponse r;
    grpc::Status const status = indicators_->RankNodes(&c, q, &r);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(r.values_size(), 4);
    EXPECT_EQ(r.values(0).node().area(), "N1");
    EXPECT_EQ(r.values(0).value().value(), 4);
    EXPECT_EQ(r.values(0).rank(), 1);
  }
  grpc::ClientContext c;
  indicators::v1::CompareNodesRequest q;
  q.set_name("births");
  q.add_nodes()->set_area("HUB");
  q.add_nodes()->set_area("S2");
  q.set_period("2019-02");
  indicators::v1::CompareNodesResponse r;
  ASSERT_TRUE(indicators_->CompareNodes(&c, q, &r).ok());
  EXPECT_EQ(r.values(0).value().value(), 4);
  EXPECT_EQ(r.values(1).value().value(), 0);
}

TEST_F(GrpcTest, AThousandWatchersAreServedAndTheNextIsRefused) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < 10; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("test.own_connection", i);  // not shared
    channels.push_back(grpc::CreateCustomChannel(daemon_->address(),
                                                 grpc::InsecureChannelCredentials(), arguments));
  }
  struct Watch {
    std::unique_ptr<alerts::v1::AlertService::Stub> stub;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<alerts::v1::WatchAlertsResponse>> stream;
  };
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 1000; ++i) {
    auto w = std::make_unique<Watch>();
    w->stub = alerts::v1::AlertService::NewStub(channels[static_cast<size_t>(i) % channels.size()]);
    w->stream = w->stub->WatchAlerts(&w->context, {});
    watches.push_back(std::move(w));
  }
  for (auto& w : watches) {
    alerts::v1::WatchAlertsResponse r;
    ASSERT_TRUE(w->stream->Read(&r));
    EXPECT_TRUE(r.has_caught_up());
  }
  EXPECT_EQ(daemon_->status().watchers(), 1000);
  {
    grpc::ClientContext c;
    auto const stream = alerts_->WatchAlerts(&c, {});
    alerts::v1::WatchAlertsResponse r;
    EXPECT_FALSE(stream->Read(&r));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  EXPECT_EQ(daemon_->total("births", "R", "all"), 40) << "other clients still get answers";
  for (auto& w : watches) w->context.TryCancel();
  for (auto& w : watches) (void)w->stream->Finish();
  EXPECT_TRUE(eventually([&] { return daemon_->status().watchers() == 0; }, 20));
}

// Writes acts on one alert, as another replica would journal them.
class Acts {
 public:
  Acts(const Topics& topics, Daemon& daemon) : topics_(topics), source_(broker(), topics) {
    base::Calendar const months(base::CalendarUnit::kMonth);
    alerts::TickEvaluated tick;
    tick.tick = must(months.parse("2019-12"));
    tick.tick_at = months.end_of(tick.tick);
    tick.book_offset = base::JournalOffset(daemon.status().journal_offset() - 1);
    alerts::AlertUpdate& u = tick.updates.emplace_back();
    u.key = {"R1", "N1", "10"};
    u.raised = u.onset = tick.tick;
    u.severity = u.severity_max = alerts::Severity::kAmber;
    u.transition = alerts::TransitionKind::kRaised;
    write(tick);
    source_.flush();
  }
  void acknowledge(int count) {
    for (int i = 0; i < count; ++i) {
      write(alerts::AlertAcknowledged{"R1.N1.10.2019-12", std::to_string(next_++),
                                      std::string(1024, 'c'), noon(day(2020, 1, 1))});
    }
    source_.flush();
  }

 private:
  void write(const alerts::JournalEntry& entry) {
    source_.raw(topics_.journal, "", runtime::encode(entry, "test", noon(day(2020, 1, 1))),
                noon(day(2020, 1, 1)), 0);
  }
  Topics topics_;
  Source source_;
  int next_ = 0;
};

TEST_F(GrpcTest, AWatcherThatNeverReadsIsToldToResumeAndDisturbsNobody) {
  constexpr int kAtOnce = 2000;  // the largest lag of a client that reads
  constexpr int kTimes = 9;
  static_assert(kAtOnce * (kTimes - 2) > static_cast<int>(rpc::kWatcherLagMax));
  Acts acts(topics_, *daemon_);
  grpc::ChannelArguments own;
  own.SetInt("test.own_connection", 77);  // not shared
  auto const stalled_stub = alerts::v1::AlertService::NewStub(
      grpc::CreateCustomChannel(daemon_->address(), grpc::InsecureChannelCredentials(), own));
  alerts::v1::WatchAlertsRequest from_the_first;
  from_the_first.set_resume_token("0");
  grpc::ClientContext stalled_call;
  auto stalled = stalled_stub->WatchAlerts(&stalled_call, from_the_first);
  grpc::ClientContext reading_call;
  auto const reading = alerts_->WatchAlerts(&reading_call, from_the_first);
  alerts::v1::WatchAlertsResponse event;
  // Both have read the past. From here on they may fall behind.
  for (auto* const stream : {stalled.get(), reading.get()}) {
    do {
      ASSERT_TRUE(stream->Read(&event));
    } while (!event.has_caught_up());
  }
  std::string token = event.resume_token();
  int seen = 0;
  auto const count = [&] {
    token = event.resume_token();
    if (event.transition().kind() != alerts::v1::TRANSITION_KIND_ACKNOWLEDGED) return;
    EXPECT_EQ(event.transition().alert().acknowledgement().actor(), std::to_string(seen));
    ++seen;
  };
  for (int i = 1; i <= kTimes; ++i) {
    acts.acknowledge(kAtOnce);
    while (seen < i * kAtOnce) {
      ASSERT_TRUE(reading->Read(&event)) << "a client that reads stays connected";
      count();
    }
    EXPECT_EQ(daemon_->total("births", "R", "all"), 40) << "other clients still get answers";
  }
  // The pass that reports "caught up" to the reading client finds the other client too far behind.
  do {
    ASSERT_TRUE(reading->Read(&event));
  } while (!event.has_caught_up());
  reading_call.TryCancel();
  (void)reading->Finish();

  seen = 0;
  while (stalled->Read(&event)) count();
  EXPECT_LT(seen, kAtOnce * kTimes);
  grpc::Status const told = stalled->Finish();
  EXPECT_EQ(told.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << told.error_message();
  EXPECT_THAT(told.error_message(), HasSubstr("resume_token"));
  alerts::v1::WatchAlertsRequest resume;
  resume.set_resume_token(token);
  grpc::ClientContext again;
  stalled = stalled_stub->WatchAlerts(&again, resume);
  while (seen < kAtOnce * kTimes) {
    ASSERT_TRUE(stalled->Read(&event));
    count();
  }
  again.TryCancel();
  (void)stalled->Finish();
}

// The standard health service has no generated client here; its messages are two bytes at most.
class Health {
 public:
  explicit Health(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}
  ~Health() {
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) {
    }
  }
  // grpc.health.v1.HealthCheckResponse of a service, as bytes.
  grpc::Status check(const std::string& service, std::string& response) {
    grpc::ClientContext context;
    auto const call =
        stub_.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request(service), &queue_);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    done();
    if (status.ok()) response = text(answer);
    return status;
  }
  // The first answer of a watch.
  std::string watch(const std::string& service) {
    grpc::ClientContext context;
    auto const call = stub_.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue_);
    call->StartCall(nullptr);
    EXPECT_TRUE(done());
    call->Write(request(service), nullptr);
    EXPECT_TRUE(done());
    call->WritesDone(nullptr);
    EXPECT_TRUE(done());
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    EXPECT_TRUE(done());
    std::string const first = text(answer);
    context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    done();
    return first;
  }

 private:
  static grpc::ByteBuffer request(const std::string& service) {
    std::string bytes;
    if (!service.empty()) bytes = std::string("\n") + static_cast<char>(service.size()) + service;
    grpc::Slice const slice(bytes);
    return grpc::ByteBuffer(&slice, 1);
  }
  static std::string text(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    std::string out;
    if (!buffer.Dump(&slices).ok()) return out;
    for (const grpc::Slice& s : slices)
      out.append(reinterpret_cast<const char*>(s.begin()), s.size());
    return out;
  }
  bool done() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

TEST_F(GrpcTest, TheStandardHealthServiceSaysThatItServes) {
  std::string const serving("\x08\x01", 2);
  Health health(daemon_->channel());
  for (const char* service :
       {"", "bellwether.alerts.v1.AlertService", "bellwether.indicators.v1.IndicatorService"}) {
    std::string response;
    grpc::Status const status = health.check(service, response);
    EXPECT_TRUE(status.ok()) << service << ": " << status.error_message();
    EXPECT_EQ(response, serving) << service;
    EXPECT_EQ(health.watch(service), serving) << service;
  }
  std::string response;
  EXPECT_EQ(health.check("nobody", response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcTest, MetricsAreWellFormedAndHealthIsReported) {
  int code = 0;
  std::string const metrics = daemon_->http("/metrics", &code);
  EXPECT_EQ(code, 200);
  TemporaryFolder folder;
  std::string const file = folder.write("metrics", metrics);
  EXPECT_EQ(std::system(("promtool check metrics < " + file + " > " + file + ".out 2>&1").c_str()),
            0)
      << metrics;
  for (const char* name :
       {"bellwether_events_total{", "bellwether_input_lag_events{", "bellwether_ledger_businesses{",
        "bellwether_alerts_open", "bellwether_build_info{", "process_resident_memory_bytes",
        "grpc_server_handling_seconds_bucket{", "grpc_server_handled_total{",
        "bellwether_journal_append_duration_seconds_count", "bellwether_tick_delay_seconds"}) {
    EXPECT_THAT(metrics, HasSubstr(name));
  }
  EXPECT_TRUE(eventually([&] {
    daemon_->http("/readyz", &code);
    return code == 200;
  }));
  daemon_->http("/nowhere", &code);
  EXPECT_EQ(code, 404);
}

}  // namespace
}  // namespace bellwether::testing
