#include "adapters/metrics/exposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"
#include "support/http_ask.h"
#include "support/must.h"
#include "support/silent_port.h"

namespace bellwether::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string get(int port, const std::string& path) {
  return testing::http_ask("GET", port, path);
}

class OneGauge : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    prometheus::MetricFamily family;
    family.name = "bellwether_answer";
    family.help = "The answer.";
    family.type = prometheus::MetricType::Gauge;
    family.metric.emplace_back().gauge.value = 42;
    return {family};
  }
};

class ExposerTest : public ::testing::Test {
 protected:
  std::atomic<bool> ready_{false};
  std::shared_ptr<OneGauge> const gauge_ = std::make_shared<OneGauge>();
  std::unique_ptr<Exposer> exposer_ = testing::must(Exposer::start("127.0.0.1:0", [this] {
    return ready_ ? Health{true, "ready"} : Health{false, "reading the journal"};
  }));
};

TEST_F(ExposerTest, HealthAndReadinessAreSeparate) {
  EXPECT_THAT(get(exposer_->port(), "/healthz"), StartsWith("HTTP/1.1 200 OK"));
  std::string const waiting = get(exposer_->port(), "/readyz");
  EXPECT_THAT(waiting, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(waiting, HasSubstr("reading the journal"));
  ready_ = true;
  EXPECT_THAT(get(exposer_->port(), "/readyz"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ExposerTest, OnlyExistingCollectablesAreScraped) {
  auto const gauge = std::make_shared<OneGauge>();
  auto process = process_collector();
  exposer_->add(gauge);
  exposer_->add(process);
  std::string const both = get(exposer_->port(), "/metrics");
  EXPECT_THAT(both, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(both, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(both, HasSubstr("bellwether_answer 42"));
  EXPECT_THAT(both, HasSubstr("\nprocess_resident_memory_bytes "));
  process.reset();
  EXPECT_THAT(get(exposer_->port(), "/metrics"), Not(HasSubstr("process_")));
}

TEST_F(ExposerTest, HeadIsAnsweredAsGetWithoutItsBody) {
  exposer_->add(gauge_);
  for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
    std::string const whole = get(exposer_->port(), path);
    size_t const body = whole.find("\r\n\r\n") + 4;
    EXPECT_GT(whole.size(), body) << path;
    EXPECT_EQ(testing::http_ask("HEAD", exposer_->port(), path), whole.substr(0, body)) << path;
  }
}

TEST_F(ExposerTest, AnotherPathIsNotFound) {
  EXPECT_THAT(testing::http_ask("HEAD", exposer_->port(), "/other"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(get(exposer_->port(), "/other"), StartsWith("HTTP/1.1 404 "));
}

TEST(ExposerAddressTest, AnAddressInUseIsNamed) {
  testing::SilentPort const taken;
  auto const health = [] { return Health{true, ""}; };
  auto const exposer = Exposer::start(taken.address(), health);
  ASSERT_TRUE(absl::IsUnavailable(exposer.status()));
  EXPECT_THAT(std::string(exposer.status().message()), HasSubstr(taken.address()));
}

TEST(ProcessCollectorTest, FiguresArePositive) {
  for (const prometheus::MetricFamily& family : process_collector()->Collect()) {
    ASSERT_EQ(family.metric.size(), 1u) << family.name;
    double const value = family.type == prometheus::MetricType::Counter
                             ? family.metric[0].counter.value
                             : family.metric[0].gauge.value;
    EXPECT_GE(value, 0) << family.name;
    if (family.name == "process_cpu_seconds_total") continue;  // may be too small to measure
    EXPECT_GT(value, 0) << family.name;
  }
}

}  // namespace
}  // namespace bellwether::metrics
