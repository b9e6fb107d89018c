// The time of a scrape with 5,000 open alerts, 12 partitions of 4 topics and all methods of the
// services: the collection and the text. The limit of series for alerts is kAlertSeriesMax.
#include <time.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "bench/figures.h"
#include "core/base/check.h"
#include "core/indicators/panel.h"
#include "prometheus/text_serializer.h"
#include "runtime/service/instruments.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

constexpr int kAlerts = 5'000;
constexpr int kPartitions = 12;
constexpr int kRounds = 50;

std::shared_ptr<const alerts::Book> book() {
  alerts::Book out(kMonths);
  out.fold(base::JournalOffset(0),
           alerts::RuleSetActivated{alerts::default_rules(kMonths), "bench", {}});
  alerts::TickEvaluated tick;
  tick.tick = base::PeriodIndex(600);
  tick.book_offset = base::JournalOffset(0);
  for (int i = 0; i < kAlerts; ++i) {
    alerts::AlertUpdate& u = tick.updates.emplace_back();
    u.key = {"R1", "E" + std::to_string(6'000'000 + i % 400), std::to_string(i / 400)};
    u.raised = tick.tick;
    u.severity = alerts::Severity::kAmber;
    u.transition = alerts::TransitionKind::kRaised;
  }
  out.fold(base::JournalOffset(1), tick);
  BELLWETHER_CHECK(out.open().size() == size_t{kAlerts});
  return std::make_shared<const alerts::Book>(std::move(out));
}

runtime::Scrape scrape_of(std::shared_ptr<const engine::View> view) {
  runtime::Scrape out;
  out.version = "bench";
  for (int p = 0; p < kPartitions; ++p) {
    runtime::LaneReport& lane = out.lanes.emplace_back();
    lane.partition.partition = p;
    for (const char* topic : {"registrations", "support", "procurement", "lending"}) {
      runtime::InputReport& in = lane.inputs.emplace_back();
      in.topic = topic;
      in.partition = p;
      in.delays.note(500);
    }
    lane.counts.applied.resize(lane.inputs.size());
    lane.counts.refused.resize(lane.inputs.size());
    lane.counts.heartbeats.resize(lane.inputs.size());
    lane.counts.not_counted.resize(lane.inputs.size());
    lane.counts.unknown_codes.resize(lane.inputs.size());
    lane.counts.retracted.resize(lane.inputs.size());
    for (auto& by_kind : lane.counts.applied) {
      for (auto& by_outcome : by_kind) by_outcome.fill(7);
    }
  }
  out.kafka.fill(kafka::ClientStatistics());
  out.snapshot.enabled = true;
  out.view = std::move(view);
  return out;
}

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void run() {
  auto view = std::make_shared<engine::View>();
  view->calendar = kMonths;
  view->panel = indicators::Panel(world(), kMonths, base::PeriodIndex(0)).publish();
  view->book = book();
  auto const collector = runtime::scrape_collector([&] { return scrape_of(view); });
  auto const registry = runtime::Instruments().registry();
  std::vector<double> ms;
  std::vector<double> cpu_ms;  // of this thread: what others do on the machine does not matter
  size_t bytes = 0;
  for (int i = 0; i < kRounds; ++i) {
    auto const begin = Clock::now();
    double const cpu_begin = cpu_seconds();
    std::vector<prometheus::MetricFamily> families = registry->Collect();
    for (prometheus::MetricFamily& family : collector->Collect())
      families.push_back(std::move(family));
    bytes = prometheus::TextSerializer().Serialize(families).size();
    ms.push_back(1e3 * seconds_since(begin));
    cpu_ms.push_back(1e3 * (cpu_seconds() - cpu_begin));
  }
  std::ranges::sort(ms);
  std::ranges::sort(cpu_ms);
  print("scrape_5000_alerts", ms[kRounds / 2], "ms");
  print("scrape_5000_alerts_cpu", cpu_ms[kRounds / 2], "ms");
  print("scrape_5000_alerts_slowest", ms.back(), "ms");
  print("scrape_5000_alerts_size", 1e-3 * static_cast<double>(bytes), "kB");
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  bellwether::testing::run();
  return 0;
}
