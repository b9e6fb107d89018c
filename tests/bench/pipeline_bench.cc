// The whole path on a real broker, compared with a bare consumer of the same topic in the same run:
//   8 M registration events of 2 M businesses over 4 partitions and 24 months
//     (BELLWETHER_BENCH=short: a tenth), about 130 bytes per record with its key.
// CPU is user and system time of the process, without start-up. There are fewer months than a
// baseline needs: ticks are closed, summed, judged and journaled, but no model is fitted.
// core_bench has the figures for models.
// Needs BELLWETHER_TEST_BROKER; tests/run bench starts a broker.
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/time/time.h"
#include "adapters/kafka/consumer.h"
#include "bench/figures.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "support/cluster.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

constexpr int kPartitions = 4;
constexpr int kEventsPerBusiness = 4;
constexpr int kMonths = 24;
constexpr double kCatchUpSeconds = 300;

double own_cpu_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto const s = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return s(u.ru_utime) + s(u.ru_stime);
}

// User and system time of another process, in seconds.
double cpu_seconds(pid_t pid) {
  std::ifstream file(base::cat("/proc/", pid, "/stat"));
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}
double peak_memory_mib(pid_t pid) {
  std::ifstream file(base::cat("/proc/", pid, "/status"));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

std::string business_number(int64_t b) {
  std::string const digits = std::to_string(b);
  return std::string(8 - digits.size(), '0') + digits;
}

int64_t publish(const Topics& topics, int64_t businesses) {
  Source source(broker(), topics, kPartitions);
  static constexpr const char* kAreas[] = {"N1", "N2", "S1", "S2"};
  static constexpr const char* kActivities[] = {"10110", "11010", "46900", "47110"};
  Random random(1);
  int64_t sent = 0;
  base::Calendar const months(base::CalendarUnit::kMonth);
  base::PeriodIndex const first = months.period_of(base::days_from_civil(2017, 1, 1));
  int64_t const a_month = businesses / kMonths;
  for (int m = 0; m < kMonths; ++m) {
    base::PeriodIndex const period(first.value + m);
    int const days = months.first_day(base::PeriodIndex(period.value + 1)).value -
                     months.first_day(period).value;
    for (int64_t i = 0; i < a_month; ++i) {
      base::Days const day(months.first_day(period).value +
                           static_cast<int32_t>(i * days / a_month));
      std::string const newborn = business_number(m * a_month + i);
      source.registered(newborn, kAreas[random.below(4)], kActivities[random.below(4)], day);
      ++sent;
      // Three facts about businesses born so far, each with a different id.
      for (int k = 1; k < kEventsPerBusiness; ++k) {
        std::string const who = business_number(
            static_cast<int64_t>(random.below(static_cast<uint64_t>(m * a_month + i + 1))));
        auto e = Source::about(who, base::cat(who, "/", sent), day);
        switch (k) {
          case 1:
            e.mutable_changed()->set_area_code(kAreas[random.below(4)]);
            break;
          case 2:
            e.mutable_status_changed()->set_status(random.chance(0.8)
                                                       ? events::v1::REGISTER_STATUS_DISSOLVED
                                                       : events::v1::REGISTER_STATUS_ACTIVE);
            break;
          default:
            e.mutable_strike_off_notice()->set_kind(events::v1::STRIKE_OFF_KIND_COMPULSORY);
            e.mutable_strike_off_notice()->set_action(events::v1::STRIKE_OFF_ACTION_PROPOSED);
        }
        source.send(e, noon(day));
        ++sent;
      }
    }
    source.heartbeat(months.end_of(period));
  }
  source.flush();
  return sent;
}

// Runs as a separate process: reads all records and ignores them. Prints their number and its CPU
// seconds.
int consume_only(const std::string& topic) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // as in bellwetherd
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  kafka::ClientOptions options;
  options.bootstrap_servers = broker();
  std::vector<kafka::Assignment> inputs;
  for (int p = 0; p < kPartitions; ++p) inputs.push_back({topic, p});
  double const begin = own_cpu_seconds();
  kafka::Waiter waiter;  // must outlive the consumer that wakes it
  auto const consumer = must(kafka::InputConsumer::create(options, inputs, {}, no_log()));
  for (size_t i = 0; i < inputs.size(); ++i) consumer->wake_on(i, waiter);
  std::vector<bool> ended(inputs.size(), false);
  int64_t records = 0;
  kafka::Batch batch;
  while (std::ranges::count(ended, false) > 0) {
    size_t got = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      consumer->poll(i, batch);
      got += batch.records().size();
      if (batch.at_end()) ended[i] = true;
    }
    records += static_cast<int64_t>(got);
    if (got == 0) waiter.wait(50);
  }
  std::printf("%lld %.6f\n", static_cast<long long>(records), own_cpu_seconds() - begin);
  return 0;
}

double raw_consume_ns(const std::string& self, const Topics& topics) {
  TemporaryFolder folder;
  Child child({self, "--consume", topics.registrations}, {}, (folder.path() / "log").string());
  BELLWETHER_CHECK(child.wait(kCatchUpSeconds) == 0);
  std::istringstream text(child.log());
  double records = 0;
  double cpu = 0;
  text >> records >> cpu;
  return 1e9 * cpu / records;
}

struct Latency {
  double p50_ms = 0;
  double p99_ms = 0;
};

// Makes point queries one after the other until `enough`.
Latency query(const Daemon& daemon, const std::function<bool(size_t)>& enough) {
  auto const stub = indicators::v1::IndicatorService::NewStub(daemon.channel());
  indicators::v1::GetIndicatorRequest request;
  request.set_name("birth_rate_12m");
  request.mutable_node()->set_area("N");
  request.mutable_node()->set_sector("C");
  std::vector<double> ms;
  while (!enough(ms.size())) {
    grpc::ClientContext context;
    indicators::v1::GetIndicatorResponse response;
    auto const begin = Clock::now();
    (void)stub->GetIndicator(&context, request, &response);
    ms.push_back(1e3 * seconds_since(begin));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (ms.empty()) return {};
  std::ranges::sort(ms);
  return {ms[ms.size() / 2], ms[ms.size() * 99 / 100]};
}

void print_latency(const std::string& when, const Latency& l) {
  print(base::cat("grpc_point_query_", when, "_p50"), l.p50_ms, "ms");
  print(base::cat("grpc_point_query_", when, "_p99"), l.p99_ms, "ms");
}

DaemonOptions options(const Topics& topics) {
  // Each daemon gets a new journal, because the journal of an earlier daemon would save it the
  // verdicts.
  Topics fresh = make_topics(broker(), kPartitions);
  fresh.registrations = topics.registrations;
  fresh.support = topics.support;
  return {.broker = broker(), .topics = fresh};
}

std::string last_month(int after = 0) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  return months.name(base::PeriodIndex(months.period_of(base::days_from_civil(2017, 1, 1)).value +
                                       kMonths - 1 + after));
}

// Queries while records arrive at `rate` a second, or as fast as one thread can publish them.
void half_load(Daemon& daemon, const Topics& topics, int64_t businesses, double rate) {
  std::atomic<bool> stop{false};
  std::atomic<int64_t> sent{0};
  std::thread live([&] {
    Source source(broker(), topics, kPartitions);
    base::Days const day = base::days_from_civil(2019, 1, 10);
    auto const start = Clock::now();
    while (!stop.load()) {
      for (int i = 0; i < 512; ++i) {
        std::string const who = business_number(static_cast<int64_t>(sent % businesses));
        auto e = Source::about(who, base::cat("live/", sent.load()), day);
        e.mutable_strike_off_notice()->set_kind(events::v1::STRIKE_OFF_KIND_COMPULSORY);
        e.mutable_strike_off_notice()->set_action(events::v1::STRIKE_OFF_ACTION_PROPOSED);
        source.send(e, noon(day));
        ++sent;
      }
      double const due = static_cast<double>(sent.load()) / rate;
      if (double const ahead = due - seconds_since(start); ahead > 0) {
        std::this_thread::sleep_for(std::chrono::duration<double>(ahead));
      }
    }
    source.flush();
  });
  auto const start = Clock::now();
  Latency const latency = query(daemon, [&](size_t) { return seconds_since(start) > 5; });
  print("pipeline_half_rate", static_cast<double>(sent.load()) / seconds_since(start), "events/s");
  stop = true;
  live.join();
  print_latency("half", latency);
}

// Queries while a daemon catches up from the beginning at full speed.
void full_load(const Topics& topics) {
  Daemon daemon(options(topics));
  BELLWETHER_CHECK(daemon.serves());
  BELLWETHER_CHECK(eventually([&] { return !daemon.status().basis().data_through().empty(); }));
  print_latency("full", query(daemon, [&, checked = Clock::now(), done = false](size_t n) mutable {
                  if (seconds_since(checked) > 0.25) {
                    checked = Clock::now();
                    done = daemon.status().basis().data_through() >= last_month();
                  }
                  return done || n == 20'000;
                }));
}

int run(const std::string& self) {
  const char* const mode = std::getenv("BELLWETHER_BENCH");
  bool const brief = mode != nullptr && std::strcmp(mode, "short") == 0;
  int64_t const businesses = brief ? 200'000 : 2'000'000;
  Topics const topics = make_topics(broker(), kPartitions);
  auto const published = Clock::now();
  int64_t const events = publish(topics, businesses);
  print("pipeline_events", static_cast<double>(events), "events");
  print("publish_rate", static_cast<double>(events) / seconds_since(published), "events/s");

  // Both kinds in turn, twice, so that each finds the broker's cache warm.
  double raw = raw_consume_ns(self, topics);
  double whole = 1e18;
  double rate = 0;
  for (int round = 0; round < 2; ++round) {
    raw = std::min(raw, raw_consume_ns(self, topics));
    Daemon daemon(options(topics));
    BELLWETHER_CHECK(daemon.serves());
    double const before = cpu_seconds(daemon.child().pid());
    auto const begin = Clock::now();
    BELLWETHER_CHECK(daemon.through(last_month(), kCatchUpSeconds));
    double const took = seconds_since(begin);
    whole = std::min(
        whole, 1e9 * (cpu_seconds(daemon.child().pid()) - before) / static_cast<double>(events));
    rate = std::max(rate, static_cast<double>(events) / took);
    if (round == 0) continue;
    auto const status = daemon.status();
    double bytes = 0;
    double known = 0;
    for (const auto& p : status.partitions()) {
      bytes += static_cast<double>(p.ledger_bytes());
      known += static_cast<double>(p.businesses());
    }
    print("pipeline_bytes_per_business", bytes / known, "bytes");
    print("pipeline_peak_memory", peak_memory_mib(daemon.child().pid()), "MiB");
    print_latency("idle", query(daemon, [](size_t n) { return n == 2000; }));
    half_load(daemon, topics, businesses, rate / 2);
  }
  print("raw_consume_cpu", raw, "ns/event");
  print("pipeline_cpu", whole, "ns/event");
  print("pipeline_cpu_ratio", whole / raw, "x");
  print("pipeline_rate", rate, "events/s");
  full_load(topics);
  return 0;
}

}  // namespace
}  // namespace bellwether::testing

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--consume") == 0)
    return bellwether::testing::consume_only(argv[2]);
  return bellwether::testing::run(argv[0]);
}
