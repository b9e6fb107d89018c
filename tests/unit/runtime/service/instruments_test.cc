// The metrics of a scrape.
#include "runtime/service/instruments.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "prometheus/text_serializer.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

using alerts::AlertUpdate;
using testing::kMonths;

class ScrapeTest : public ::testing::Test {
 protected:
  ScrapeTest() {
    book_.fold(base::JournalOffset(0),
               alerts::RuleSetActivated{alerts::default_rules(kMonths), "test", {}});
    scrape_.config_digest = "0123";
  }
  void raise(int n, bool historical = false) {
    alerts::TickEvaluated tick;
    tick.tick = base::PeriodIndex(tick_++);
    tick.book_offset = base::JournalOffset(0);
    tick.historical = historical;
    for (int i = 0; i < n; ++i) {
      AlertUpdate u;
      u.key = {"R1", "A" + std::to_string(alerts_++), "all"};
      u.raised = tick.tick;
      u.severity = alerts::Severity::kAmber;
      u.transition = alerts::TransitionKind::kRaised;
      tick.updates.push_back(u);
    }
    book_.fold(base::JournalOffset(tick_), tick);
  }
  // The value of each series of the text format, by its name and labels.
  std::map<std::string, double> metrics() {
    auto view = std::make_shared<engine::View>();
    view->calendar = kMonths;
    view->panel = indicators::Panel(testing::world(), kMonths, base::PeriodIndex(0)).publish();
    view->book = std::make_shared<const alerts::Book>(book_);
    scrape_.view = view;
    std::istringstream text(prometheus::TextSerializer().Serialize(collector_->Collect()));
    std::map<std::string, double> out;
    for (std::string line; std::getline(text, line);) {
      if (line.empty() || line[0] == '#') continue;
      size_t const space = line.rfind(' ');
      out[line.substr(0, space)] = std::stod(line.substr(space + 1));
    }
    return out;
  }
  static double count(const std::map<std::string, double>& metrics, const std::string& name) {
    double n = 0;
    for (const auto& [series, value] : metrics) n += series.starts_with(name + "{");
    return n;
  }

  static engine::PartitionCounts counts_of_one_input() {
    engine::PartitionCounts counts;
    counts.applied.resize(1);
    counts.refused.resize(1);
    counts.heartbeats.resize(1);
    counts.not_counted.resize(1);
    counts.unknown_codes.resize(1);
    counts.retracted.resize(1);
    return counts;
  }

  Scrape scrape_;
  alerts::Book book_{kMonths};
  std::shared_ptr<prometheus::Collectable> collector_ =
      scrape_collector([this] { return scrape_; });
  int32_t tick_ = 600;
  int alerts_ = 0;
};

TEST_F(ScrapeTest, TransitionsAreCountedFromZeroAndEachOnce) {
  std::string const raised =
      "bellwether_alert_transitions_total{rule=\"R1\",kind=\"raised\",severity=\"amber\","
      "historical=\"";
  EXPECT_EQ(metrics().at(raised + "false\"}"), 0) << "a first increase could not be seen";
  raise(2);
  EXPECT_EQ(metrics().at(raised + "false\"}"), 2);
  EXPECT_EQ(metrics().at(raised + "false\"}"), 2);
  raise(3, true);
  auto const now = metrics();
  EXPECT_EQ(now.at(raised + "false\"}"), 2);
  EXPECT_EQ(now.at(raised + "true\"}"), 3);
}

TEST_F(ScrapeTest, OpenAlertsHaveSeriesUpToTheLimitAndTheRestAreCounted) {
  raise(1);
  auto const one = metrics();
  EXPECT_EQ(one.at("bellwether_alert{rule=\"R1\",area=\"A0\",sector=\"all\",severity=\"amber\","
                   "acknowledged=\"false\"}"),
            1);
  EXPECT_EQ(one.at("bellwether_alerts_without_series"), 0);
  raise(static_cast<int>(kAlertSeriesMax));
  auto const many = metrics();
  EXPECT_EQ(count(many, "bellwether_alert"), static_cast<double>(kAlertSeriesMax));
  EXPECT_EQ(many.at("bellwether_alerts_without_series"), 1);
  EXPECT_EQ(many.count("bellwether_alert{rule=\"R1\",area=\"A0\",sector=\"all\",severity=\"amber\","
                       "acknowledged=\"false\"}"),
            0u)
      << "the oldest has no room";
}

TEST(ScrapeOfViewTest, BirthsWithoutPlaceHaveAShareOnceAPeriodIsComplete) {
  Scrape scrape;
  auto view = std::make_shared<engine::View>();
  view->calendar = kMonths;
  indicators::Panel panel(testing::world(), kMonths, base::PeriodIndex(0));
  auto const births = [&](base::AreaId area, int64_t n) {
    indicators::Delta const d{
        indicators::DeltaKey(
            {area, testing::must(testing::world().sectors.find("10")), base::SizeBand(0)},
            domain::Measure::kBirths, base::PeriodIndex(3)),
        n};
    panel.add({&d, 1}, [](uint32_t, domain::Measure, base::PeriodIndex) {});
  };
  births(testing::must(testing::world().areas.find("N1")), 30);
  births(reference::kRootArea, 10);
  view->panel = panel.publish();
  alerts::Book const book(kMonths);
  view->book = std::make_shared<const alerts::Book>(book);
  scrape.view = view;
  auto const text = [&] {
    return prometheus::TextSerializer().Serialize(
        scrape_collector([&] { return scrape; })->Collect());
  };
  EXPECT_EQ(text().find("births_without_place_share"), std::string::npos);
  view->data_through = base::PeriodIndex(3);
  EXPECT_NE(text().find("\nbellwether_births_without_place_share 0.25\n"), std::string::npos);
}

TEST_F(ScrapeTest, AnAcknowledgedAlertSaysSo) {
  raise(1);
  book_.fold(base::JournalOffset(9'000),
             alerts::AlertAcknowledged{book_.alerts().begin()->first, "ann", "", {}});
  EXPECT_EQ(metrics().at("bellwether_alert{rule=\"R1\",area=\"A0\",sector=\"all\",severity="
                         "\"amber\",acknowledged=\"true\"}"),
            1);
}

TEST_F(ScrapeTest, TheNextTickIsDueAtTheEndOfItsPeriod) {
  EXPECT_EQ(metrics().count("bellwether_tick_due_timestamp_seconds"), 0u);
  raise(0);
  auto const now = metrics();
  EXPECT_EQ(now.at("bellwether_tick_due_timestamp_seconds"),
            1e-3 * static_cast<double>(kMonths.end_of(base::PeriodIndex(tick_)).value));
  EXPECT_LT(now.at("bellwether_tick_timestamp_seconds"),
            now.at("bellwether_tick_due_timestamp_seconds"));
}

TEST_F(ScrapeTest, ASnapshotThatIsMissingHasTheTimestampZero) {
  EXPECT_EQ(metrics().count("bellwether_snapshot_timestamp_seconds"), 0u) << "no folder";
  scrape_.snapshot.enabled = true;
  EXPECT_EQ(metrics().at("bellwether_snapshot_timestamp_seconds"), 0);
  scrape_.snapshot.taken_at = base::UnixMillis(5'000);
  EXPECT_EQ(metrics().at("bellwether_snapshot_timestamp_seconds"), 5);
}

TEST_F(ScrapeTest, EveryReasonNotToBeReadyHasASeries) {
  auto const reasons = [&] {
    std::map<std::string, double> out;
    for (const auto& [series, value] : metrics()) {
      if (series.starts_with("bellwether_not_ready{")) out[series] = value;
    }
    return out;
  };
  auto const sum = [&] {
    double out = 0;
    for (const auto& [series, value] : reasons()) out += value;
    return out;
  };
  EXPECT_EQ(metrics().at("bellwether_ready"), 1);
  EXPECT_EQ(reasons().size(), kNotReadyReasons) << "each name once";
  EXPECT_EQ(sum(), 0);
  scrape_.not_ready = NotReadyReason::kVerdictOverdue;
  EXPECT_EQ(metrics().at("bellwether_ready"), 0);
  EXPECT_EQ(sum(), 1);
  EXPECT_EQ(reasons().at("bellwether_not_ready{reason=\"verdict_overdue\"}"), 1);
  scrape_.not_ready = NotReadyReason::kDraining;
  EXPECT_EQ(reasons().at("bellwether_not_ready{reason=\"draining\"}"), 1);
}

TEST_F(ScrapeTest, DelaysAddUpByTopic) {
  for (int lane = 0; lane < 2; ++lane) {
    InputReport in{.topic = "registrations"};
    in.delays.note(80);
    in.delays.note(2'000);
    scrape_.lanes.emplace_back().inputs = {in};
    scrape_.lanes.back().counts = counts_of_one_input();
  }
  auto const now = metrics();
  std::string const name = "bellwether_record_delay_seconds";
  std::string const bucket = name + "_bucket{topic=\"registrations\",le=\"";
  EXPECT_EQ(now.at(bucket + "0.1\"}"), 2);
  EXPECT_EQ(now.at(bucket + "1\"}"), 2);
  EXPECT_EQ(now.at(bucket + "2.5\"}"), 4);
  EXPECT_EQ(now.at(bucket + "+Inf\"}"), 4);
  EXPECT_EQ(now.at(name + "_count{topic=\"registrations\"}"), 4);
  EXPECT_DOUBLE_EQ(now.at(name + "_sum{topic=\"registrations\"}"), 4.16);
}

TEST_F(ScrapeTest, EveryKafkaClientCountsFromZero) {
  auto const before = metrics();
  EXPECT_EQ(count(before, "bellwether_kafka_disconnects_total"), kKafkaClients);
  EXPECT_EQ(count(before, "bellwether_kafka_errors_total"), 3 * kKafkaClients);
  EXPECT_EQ(count(before, "bellwether_kafka_brokers_up"), 0) << "nothing is known yet";
  kafka::ClientStatistics statistics;
  statistics.brokers_up = 3;
  statistics.queue_messages = 7;
  statistics.request_timeouts = 2;
  KafkaClients clients;
  clients.watched({}, KafkaClient::kJournalProducer).statistics(statistics);
  scrape_.kafka = clients.latest();
  auto const now = metrics();
  std::string const client = "{client=\"journal_producer\"";
  EXPECT_EQ(now.at("bellwether_kafka_brokers_up" + client + "}"), 3);
  EXPECT_EQ(now.at("bellwether_kafka_queue_messages" + client + "}"), 7);
  EXPECT_EQ(now.at("bellwether_kafka_errors_total" + client + ",error=\"timeout\"}"), 2);
  EXPECT_EQ(count(now, "bellwether_kafka_round_trip_seconds"), 0) << "no broker answered";
  EXPECT_EQ(count(now, "bellwether_kafka_brokers_up"), 1);
}

TEST_F(ScrapeTest, LimitsOfTheControlGroup) {
  EXPECT_EQ(metrics().at("bellwether_cpu_limit"), 0) << "none";
  EXPECT_EQ(metrics().at("bellwether_memory_limit_bytes"), 0) << "none";
  scrape_.limits = {.cpus = 1.5, .memory_bytes = 1 << 30};
  EXPECT_EQ(metrics().at("bellwether_cpu_limit"), 1.5);
  EXPECT_EQ(metrics().at("bellwether_memory_limit_bytes"), 1 << 30);
}

TEST_F(ScrapeTest, TheLastHolidayOfEachCalendar) {
  std::string const name = "bellwether_holidays_last_timestamp_seconds{calendar=";
  EXPECT_EQ(metrics().at(name + "\"time\"}"), 0) << "none is configured";
  EXPECT_EQ(metrics().at(name + "\"desk\"}"), 0) << "none is configured";
  scrape_.last_holiday = base::Days(20'000);
  EXPECT_EQ(metrics().at(name + "\"time\"}"), 20'000 * 86'400.0);
  EXPECT_EQ(metrics().at(name + "\"desk\"}"), 0);
}

TEST_F(ScrapeTest, WatchersHaveTheirLimitBesideThem) {
  scrape_.watchers = {.open = 3, .limit = 10, .refused = 1, .too_slow = 2};
  auto const now = metrics();
  EXPECT_EQ(now.at("bellwether_watchers"), 3);
  EXPECT_EQ(now.at("bellwether_watchers_limit"), 10);
  EXPECT_EQ(now.at("bellwether_watchers_refused_total"), 1);
  EXPECT_EQ(now.at("bellwether_watchers_too_slow_total"), 2);
}

TEST_F(ScrapeTest, RefusalsOfEveryReasonBeginAtZero) {
  LaneReport lane;
  lane.inputs.push_back({.topic = "registrations"});
  lane.counts = counts_of_one_input();
  scrape_.lanes = {lane};
  EXPECT_EQ(count(metrics(), "bellwether_refused_records_total"), events::kRefusals);
}

TEST_F(ScrapeTest, TheConfigurationAndTheRulesInForceHaveTheirDigests) {
  EXPECT_EQ(metrics().at("bellwether_config_info{config_digest=\"0123\",rule_set=\"" +
                         book_.rule_set_digest() + "\"}"),
            1);
}

TEST(InstrumentsTest, EveryMethodAndCodeIsCountedFromZero) {
  Instruments instruments;
  auto const handled = [&](const rpc::Method& method, const std::string& code) {
    for (const prometheus::MetricFamily& family : instruments.registry()->Collect()) {
      if (family.name != "grpc_server_handled_total") continue;
      for (const prometheus::ClientMetric& metric : family.metric) {
        std::map<std::string, std::string> labels;
        for (const auto& label : metric.label) labels[label.name] = label.value;
        if (labels["grpc_method"] == method.name && labels["grpc_service"] == method.service &&
            labels["grpc_code"] == code)
          return metric.counter.value;
      }
    }
    return -1.0;
  };
  ASSERT_GT(rpc::methods().size(), 20u);
  for (const rpc::Method& method : rpc::methods()) {
    EXPECT_EQ(handled(method, "OK"), 0) << method.name;
    EXPECT_EQ(handled(method, "Unavailable"), 0) << method.name;
  }
  const rpc::Method& method = rpc::methods().front();
  instruments.call(method, grpc::StatusCode::OK, 0.1);
  instruments.call(method, grpc::StatusCode::OUT_OF_RANGE, 0.1);
  instruments.call(method, 99, 0.1);
  EXPECT_EQ(handled(method, "OK"), 1);
  EXPECT_EQ(handled(method, "OutOfRange"), 1);
  EXPECT_EQ(handled(method, "Unknown"), 1) << "a code that gRPC does not know";
}

}  // namespace
}  // namespace bellwether::runtime
