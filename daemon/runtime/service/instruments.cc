#include "runtime/service/instruments.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <utility>

#include "core/events/event.h"
#include "core/events/refusal.h"
#include "core/indicators/by_area.h"
#include "core/ledger/ledger.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"

namespace bellwether::runtime {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, ledger::kOutcomes> kOutcomeNames = {
    "applied", "duplicate", "superseded", "refused", "too_late"};
// The names of google.rpc.Code, by number.
// The codes of gRPC by number, named as other servers' metrics name them.
constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

prometheus::Histogram::BucketBoundaries const& latency_buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
  return buckets;
}

class Families {
 public:
  MetricFamily& add(std::string name, std::string help, MetricType type) {
    MetricFamily& family = out_.emplace_back();
    family.name = "bellwether_" + std::move(name);
    family.help = std::move(help);
    family.type = type;
    return family;
  }
  void gauge(std::string name, std::string help, double value, const Labels& labels = {}) {
    put(add(std::move(name), std::move(help), MetricType::Gauge), value, labels);
  }
  void counter(std::string name, std::string help, double value) {
    put(add(std::move(name), std::move(help), MetricType::Counter), value, {});
  }
  static void put(MetricFamily& family, double value, const Labels& labels) {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : labels) metric.label.push_back({name, text});
    if (family.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    family.metric.push_back(std::move(metric));
  }
  std::vector<MetricFamily> take() {
    std::erase_if(out_, [](const MetricFamily& f) { return f.metric.empty(); });
    return std::move(out_);
  }

 private:
  std::vector<MetricFamily> out_;
};

using Cells = std::map<std::vector<std::string>, double>;

void put_all(MetricFamily& family, const std::vector<std::string>& names, const Cells& cells) {
  for (const auto& [values, sum] : cells) {
    Labels labels;
    for (size_t i = 0; i < names.size(); ++i) labels.emplace_back(names[i], values[i]);
    Families::put(family, sum, labels);
  }
}

void add_events(const Scrape& s, Families& out) {
  Cells events;
  Cells refused;
  Cells unknown;
  Cells retracted;
  double clamped = 0;
  double untimed = 0;
  for (const LaneReport& lane : s.lanes) {
    for (size_t i = 0; i < lane.inputs.size(); ++i) {
      const std::string& topic = lane.inputs[i].topic;
      for (size_t kind = 0; kind < domain::kKindCount; ++kind) {
        for (size_t o = 0; o < ledger::kOutcomes; ++o) {
          int64_t const n = lane.counts.applied[i][kind][o];
          if (n == 0) continue;
          events[{topic, std::string(domain::kKinds[kind].name), std::string(kOutcomeNames[o])}] +=
              static_cast<double>(n);
        }
      }
      if (int64_t const n = lane.counts.heartbeats[i]; n > 0) {
        events[{topic, "heartbeat", "applied"}] += static_cast<double>(n);
      }
      if (int64_t const n = lane.counts.not_counted[i]; n > 0) {
        events[{topic, "other", "not_counted"}] += static_cast<double>(n);
      }
      for (size_t c = 0; c < events::kUnknownCodes; ++c) {
        unknown[{topic, std::string(events::kUnknownCodeNames[c])}] +=
            static_cast<double>(lane.counts.unknown_codes[i][c]);
      }
      for (size_t r = 0; r < domain::kRetractionReasons; ++r) {
        retracted[{topic, std::string(domain::kRetractionReasonNames[r])}] +=
            static_cast<double>(lane.counts.retracted[i][r]);
      }
      for (size_t r = 0; r < events::kRefusals; ++r) {
        refused[{topic, std::string(events::name(static_cast<events::Refusal>(r)))}] +=
            static_cast<double>(lane.counts.refused[i][r]);
      }
    }
    clamped += static_cast<double>(lane.counts.clamped);
    untimed += static_cast<double>(lane.counts.untimed);
  }
  put_all(out.add("events_total", "Events taken, by outcome in the ledger.", MetricType::Counter),
          {"topic", "kind", "outcome"}, events);
  put_all(out.add("refused_records_total", "Records refused and dead-lettered, by reason.",
                  MetricType::Counter),
          {"topic", "reason"}, refused);
  put_all(out.add("unknown_codes_total",
                  "Records counted without area or sector, because the code that they state is not "
                  "in the reference files.",
                  MetricType::Counter),
          {"topic", "reason"}, unknown);
  put_all(out.add("retracted_facts_total", "Facts that their source retracted, by its reason.",
                  MetricType::Counter),
          {"topic", "reason"}, retracted);
  out.counter("clamped_timestamps_total", "Records whose timestamp was too far in the future.",
              clamped);
  out.counter("untimed_records_total", "Records without a timestamp.", untimed);
}

void add_breaches(const Scrape& s, Families& out) {
  Cells cells;
  for (const LaneReport& lane : s.lanes) {
    for (const InputReport& in : lane.inputs) {
      for (size_t b = 0; b < kContractBreaches; ++b) {
        cells[{in.topic, std::string(kContractBreachNames[b])}] +=
            static_cast<double>(in.breaches[b]);
      }
    }
  }
  put_all(out.add("contract_breaches_total",
                  "Counted records in a wrong partition (misplaced) or with the broker's timestamp "
                  "(broker_timed).",
                  MetricType::Counter),
          {"topic", "breach"}, cells);
}

void add_inputs(const Scrape& s, Families& out) {
  Cells lag;
  Cells lag_seconds;
  Cells watermark;
  Cells held;
  Cells error;
  Cells businesses;
  Cells facts;
  Cells waiting;
  Cells bytes;
  for (const LaneReport& lane : s.lanes) {
    for (const InputReport& in : lane.inputs) {
      std::vector<std::string> const key = {in.topic, std::to_string(in.partition)};
      lag[key] = static_cast<double>(in.lag_events);
      lag_seconds[key] = in.lag_seconds;
      if (in.watermark.value != INT64_MIN)
        watermark[key] = 1e-3 * static_cast<double>(in.watermark.value);
      held[key] = in.held;
      error[key] = !in.error.empty();
    }
    std::vector<std::string> const key = {std::to_string(lane.partition.partition)};
    businesses[key] = static_cast<double>(lane.partition.ledger.businesses);
    facts[key] = static_cast<double>(lane.partition.ledger.facts);
    waiting[key] = static_cast<double>(lane.partition.ledger.waiting);
    bytes[key] = static_cast<double>(lane.partition.ledger.bytes);
  }
  auto const gauge = [&](const char* name, const char* help, const std::vector<std::string>& labels,
                         const Cells& cells) {
    put_all(out.add(name, help, MetricType::Gauge), labels, cells);
  };
  std::vector<std::string> const input = {"topic", "partition"};
  gauge("input_lag_events", "Records in the log that are not read yet.", input, lag);
  gauge("input_lag_seconds", "Age of the newest record read while records are waiting.", input,
        lag_seconds);
  gauge("input_watermark_timestamp_seconds",
        "Everything published before this instant has been read.", input, watermark);
  gauge("input_held", "1 while the input waits for the others of its partition.", input, held);
  gauge("input_error", "1 while the broker reports an error about the input.", input, error);
  Cells unread;
  for (const auto& [topic, partitions] : s.partitions_unread) unread[{topic}] = partitions;
  gauge("input_partitions_unread",
        "Partitions added to the topic after the start. They are not read.", {"topic"}, unread);
  std::vector<std::string> const partition = {"partition"};
  gauge("ledger_businesses", "Businesses known, including enquirers without a registration.",
        partition, businesses);
  gauge("ledger_facts", "Facts kept.", partition, facts);
  gauge("ledger_waiting_businesses",
        "Businesses known only from other records, without a registration.", partition, waiting);
  gauge("ledger_bytes", "Memory of the ledger.", partition, bytes);
}

std::string severity_name(alerts::Severity severity) {
  return std::string(alerts::kSeverityNames[static_cast<size_t>(severity)]);
}

// Calls use(rule, severity) for each severity that an alert of each rule can have.
template <class Use>
void each_severity(const alerts::Book& book, Use use) {
  if (book.rule_set() == nullptr) return;
  for (const alerts::Rule& rule : book.rule_set()->rules) {
    for (auto severity :
         {alerts::Severity::kOps, alerts::Severity::kAmber, alerts::Severity::kRed}) {
      if (severity == alerts::Severity::kOps ? rule.severity == severity
                                             : rule.severity >= severity) {
        use(rule.id, severity_name(severity));
      }
    }
  }
}

// One series for each open alert, the newest first.
void add_each_alert(const alerts::Book& book, Families& out) {
  std::vector<const alerts::Alert*> open;
  for (const auto& [key, alert] : book.open()) open.push_back(alert.get());
  size_t const told = std::min(open.size(), kAlertSeriesMax);
  std::ranges::partial_sort(open, open.begin() + static_cast<ptrdiff_t>(told), {},
                            [](const alerts::Alert* a) {
                              return std::pair(-a->state.raised.value, std::string_view(a->name));
                            });
  MetricFamily& family =
      out.add("alert", "1 for each open alert; the newest if there are many.", MetricType::Gauge);
  for (size_t i = 0; i < told; ++i) {
    const alerts::AlertUpdate& state = open[i]->state;
    Families::put(family, 1,
                  {{"rule", state.key.rule},
                   {"area", state.key.area},
                   {"sector", state.key.sector},
                   {"severity", severity_name(state.severity)},
                   {"acknowledged", open[i]->acknowledgement ? "true" : "false"}});
  }
  out.gauge("alerts_without_series", "Open alerts beyond those in bellwether_alert.",
            static_cast<double>(open.size() - told));
}

void add_alerts(const Scrape& s, Families& out) {
  Cells open;
  const alerts::Book& book = *s.view->book;
  each_severity(book, [&](const std::string& rule, const std::string& severity) {
    open[{rule, severity}] = 0;
  });
  for (const auto& [key, alert] : book.open()) {
    ++open[{key.rule, severity_name(alert->state.severity)}];
  }
  put_all(out.add("alerts_open", "Open alerts.", MetricType::Gauge), {"rule", "severity"}, open);
  out.gauge("journal_offset", "Journal offset folded last.",
            static_cast<double>(book.offset().value));
  if (book.last_tick()) {
    out.gauge("leader_epoch",
              "Journal offset at which the present leader's unbroken run of evaluations begins.",
              static_cast<double>(book.lead().epoch.value));
    double const at = 1e-3 * static_cast<double>(book.last_tick_at().value);
    out.gauge("tick_timestamp_seconds", "Instant of the last tick in the journal.", at);
    out.gauge("tick_delay_seconds", "Age of the last tick in the journal.",
              1e-3 * static_cast<double>(s.now.value) - at);
    base::PeriodIndex const next(book.last_tick()->value + 1);
    out.gauge("tick_due_timestamp_seconds",
              "End of the period that the next tick judges; the tick is late some time after it.",
              1e-3 * static_cast<double>(book.calendar().end_of(next).value));
  }
}

void add_comparisons(const Scrape& s, Families& out) {
  const DivergenceReport& d = s.evaluation.divergence;
  Cells ticks;
  for (size_t i = 0; i < d.ticks.size(); ++i) {
    ticks[{std::string(kComparedNames[i])}] = static_cast<double>(d.ticks[i]);
  }
  put_all(out.add("ticks_compared_total",
                  "Ticks compared with those journaled by others, by result.", MetricType::Counter),
          {"result"}, ticks);
  out.gauge("diverged",
            "1 while the latest tick that could be compared differs from the journal's.",
            d.diverged);
  if (d.first) {
    out.gauge("first_divergence_timestamp_seconds", "Instant of the first tick that differed.",
              1e-3 * static_cast<double>(s.view->calendar.end_of(d.first->tick).value));
  }
}

void add_snapshots(const Scrape& s, Families& out) {
  if (!s.snapshot.enabled) return;
  out.gauge("snapshot_timestamp_seconds",
            "Instant of the state in the newest snapshot; 0 = there is none.",
            1e-3 * static_cast<double>(std::max<int64_t>(0, s.snapshot.taken_at.value)));
  if (s.snapshot.taken_at.value > 0) {
    out.gauge("snapshot_age_seconds", "Age of the state in the newest snapshot.",
              1e-3 * static_cast<double>(s.now.value - s.snapshot.taken_at.value));
  }
  out.gauge("snapshot_bytes", "Size of the snapshot written last.",
            static_cast<double>(s.snapshot.bytes));
  out.gauge("snapshot_duration_seconds", "Time to write the last snapshot.", s.snapshot.seconds);
  out.gauge("snapshot_pause_seconds", "Time that ticks waited for the last snapshot.",
            s.snapshot.pause_seconds);
  out.gauge("restore_duration_seconds",
            "Time to read the snapshot at the start; 0 = none was read.", s.restore_seconds);
  out.counter("snapshots_total", "Snapshots written.", static_cast<double>(s.snapshot.taken));
  out.counter("snapshot_failures_total", "Snapshots that could not be written.",
              static_cast<double>(s.snapshot.failed));
}

// A histogram of the delays, for each topic.
void add_delays(const Scrape& s, Families& out) {
  std::map<std::string, RecordDelays> by_topic;
  for (const LaneReport& lane : s.lanes) {
    for (const InputReport& in : lane.inputs) by_topic[in.topic].add(in.delays);
  }
  MetricFamily& family =
      out.add("record_delay_seconds",
              "Time from the timestamp of a record until it was applied. Records older than a day, "
              "as in a first load, are not counted.",
              MetricType::Histogram);
  for (const auto& [topic, delays] : by_topic) {
    prometheus::ClientMetric metric;
    metric.label.push_back({"topic", topic});
    uint64_t sum = 0;
    for (size_t b = 0; b < kRecordDelaysMs.size(); ++b) {
      sum += static_cast<uint64_t>(delays.counts()[b]);
      metric.histogram.bucket.push_back({sum, 1e-3 * static_cast<double>(kRecordDelaysMs[b])});
    }
    metric.histogram.bucket.push_back({sum, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = sum;
    metric.histogram.sample_sum = 1e-3 * static_cast<double>(delays.sum_ms());
    family.metric.push_back(std::move(metric));
  }
}

// What librdkafka tells every ten seconds. The counters begin at 0; the gauges come with the first
// statistics of a client.
void add_kafka(const Scrape& s, Families& out) {
  Cells brokers_up;
  Cells round_trip;
  Cells queue;
  Cells retries;
  Cells errors;
  Cells disconnects;
  for (size_t c = 0; c < kKafkaClients; ++c) {
    std::vector<std::string> const client = {std::string(kKafkaClientNames[c])};
    kafka::ClientStatistics const known = s.kafka[c].value_or(kafka::ClientStatistics());
    if (s.kafka[c]) {
      brokers_up[client] = known.brokers_up;
      queue[client] = static_cast<double>(known.queue_messages);
    }
    if (known.round_trip_seconds) round_trip[client] = *known.round_trip_seconds;
    retries[client] = static_cast<double>(known.request_retries);
    disconnects[client] = static_cast<double>(known.disconnects);
    errors[{client[0], "request"}] = static_cast<double>(known.request_errors);
    errors[{client[0], "response"}] = static_cast<double>(known.response_errors);
    errors[{client[0], "timeout"}] = static_cast<double>(known.request_timeouts);
  }
  std::vector<std::string> const by_client = {"client"};
  put_all(
      out.add("kafka_brokers_up", "Brokers to which the client is connected.", MetricType::Gauge),
      by_client, brokers_up);
  put_all(out.add("kafka_round_trip_seconds",
                  "Average time between request and answer of the slowest broker, which includes "
                  "the broker's waiting for records.",
                  MetricType::Gauge),
          by_client, round_trip);
  put_all(out.add("kafka_queue_messages",
                  "Records that a producer has not delivered, or a consumer has fetched and not "
                  "taken.",
                  MetricType::Gauge),
          by_client, queue);
  put_all(out.add("kafka_request_retries_total", "Requests sent again.", MetricType::Counter),
          by_client, retries);
  put_all(out.add("kafka_errors_total",
                  "Requests that could not be sent (request), answers that could not be read "
                  "(response), requests without an answer in time (timeout).",
                  MetricType::Counter),
          {"client", "error"}, errors);
  put_all(out.add("kafka_disconnects_total", "Connections lost or closed by a broker.",
                  MetricType::Counter),
          by_client, disconnects);
}

void add_holidays(const Scrape& s, Families& out) {
  auto const seconds = [](const std::optional<base::Days>& day) {
    return day ? 1e-3 * static_cast<double>(base::start_of(*day).value) : 0;
  };
  put_all(out.add("holidays_last_timestamp_seconds",
                  "The last day in the tables of time.holidays and desk.holidays; 0 = none is "
                  "configured.",
                  MetricType::Gauge),
          {"calendar"},
          {{{"time"}, seconds(s.last_holiday)}, {{"desk"}, seconds(s.last_desk_holiday)}});
}

void add_births_without_place(const Scrape& s, Families& out) {
  if (!s.view->data_through) return;
  out.gauge("births_without_place_share",
            "Share of the births of the last year that no part of the geography holds.",
            indicators::unplaced_births(*s.view->panel, *s.view->data_through).value);
}

void add_watchers(const Scrape& s, Families& out) {
  out.gauge("watchers", "Open WatchAlerts streams.", s.watchers.open);
  out.gauge("watchers_limit", "WatchAlerts streams allowed (serve.watchers_max).",
            s.watchers.limit);
  out.counter("watchers_refused_total", "WatchAlerts streams refused because of the limit.",
              static_cast<double>(s.watchers.refused));
  out.counter("watchers_too_slow_total",
              "WatchAlerts streams ended because the client read too slowly.",
              static_cast<double>(s.watchers.too_slow));
}

void add_transfers(const Scrape& s, Families& out) {
  if (!s.peer_transfers) return;
  auto const counter = [&](const char* name, const char* help, auto value) {
    out.counter(name, help, static_cast<double>(value));
  };
  out.gauge("transfers_open", "Files of snapshots that other replicas are fetching from here.",
            s.transfers.open);
  counter("transfer_files_sent_total", "Files of snapshots sent completely.", s.transfers.files);
  counter("transfer_sent_bytes_total", "Bytes of snapshots sent to other replicas.",
          s.transfers.bytes);
  counter("transfers_refused_total", "Fetches refused because others were being served.",
          s.transfers.refused);
  counter("transfers_broken_total", "Fetches that ended before the end of the file.",
          s.transfers.broken);
  counter("transfers_taken_total", "Snapshots taken from another replica.",
          s.peer_transfers->taken);
  counter("transfer_received_bytes_total", "Bytes of snapshots that other replicas sent.",
          s.peer_transfers->bytes);
  counter("transfer_failures_total", "Failed attempts to take a snapshot from another replica.",
          s.peer_transfers->failed);
  out.gauge("transfer_duration_seconds",
            "Time to take the last snapshot from another replica; 0 = none.",
            s.peer_transfers->seconds);
}

void add_not_ready(const Scrape& s, Families& out) {
  Cells cells;
  for (size_t i = 0; i < kNotReadyReasons; ++i) {
    cells[{std::string(kNotReadyReasonNames[i])}] =
        s.not_ready && static_cast<size_t>(*s.not_ready) == i;
  }
  put_all(out.add("not_ready", "1 for the first reason why the replica is not ready; else 0.",
                  MetricType::Gauge),
          {"reason"}, cells);
}

// Counts the transitions of the book since the process began to read it.
class TransitionCounts {
 public:
  void add(const alerts::Book& book, Families& out) {
    std::lock_guard lock(mutex_);
    each_severity(book, [&](const std::string& rule, const std::string& severity) {
      for (std::string_view kind : alerts::kTransitionNames) {
        if (kind.empty() || kind == "none") continue;
        for (const char* historical : {"false", "true"})
          counts_.try_emplace({rule, std::string(kind), severity, historical}, 0);
      }
    });
    size_t const first = book.transitions_end() - book.state().transitions.size();
    for (size_t i = std::max(next_, first); i < book.transitions_end(); ++i) {
      const alerts::Transition& t = book.transition(i);
      const alerts::AlertUpdate& state = t.alert->state;
      ++counts_[{state.key.rule, std::string(alerts::kTransitionNames[static_cast<size_t>(t.kind)]),
                 severity_name(state.severity), t.historical ? "true" : "false"}];
    }
    next_ = std::max(next_, book.transitions_end());
    put_all(out.add("alert_transitions_total",
                    "Transitions of alerts that this process knows, by rule, kind and severity.",
                    MetricType::Counter),
            {"rule", "kind", "severity", "historical"}, counts_);
  }

 private:
  std::mutex mutex_;
  size_t next_ = 0;  // position in the book of the first transition that is not counted
  Cells counts_;
};

class ScrapeCollector : public prometheus::Collectable {
 public:
  explicit ScrapeCollector(std::function<Scrape()> scrape) : scrape_(std::move(scrape)) {}
  std::vector<MetricFamily> Collect() const override {
    Scrape const s = scrape_();
    Families out;
    out.gauge("build_info", "Always 1.", 1, {{"version", s.version}});
    out.gauge("config_info", "Always 1: digests of the configuration and of the rules in force.", 1,
              {{"config_digest", s.config_digest}, {"rule_set", s.view->book->rule_set_digest()}});
    out.gauge("ready", "1 when caught up and serving.", !s.not_ready);
    add_not_ready(s, out);
    out.gauge("cpu_limit", "CPUs that the control group allows; 0 = no limit.", s.limits.cpus);
    out.gauge("memory_limit_bytes", "Memory that the control group allows; 0 = no limit.",
              static_cast<double>(s.limits.memory_bytes));
    out.gauge("leader", "1 on the replica that appends evaluations.", s.leader);
    out.gauge("broker_reachable", "0 after all brokers were lost.", s.broker_reachable);
    add_watchers(s, out);
    add_holidays(s, out);
    out.counter("leadership_changes_total", "Times that leadership was gained or lost.",
                static_cast<double>(s.leadership_changes));
    out.counter("dead_letters_written_total", "Dead letters that the broker acknowledged.",
                static_cast<double>(s.dead_letters_written));
    out.counter("dead_letter_failures_total", "Attempts to write a dead letter that failed.",
                static_cast<double>(s.dead_letters_failed));
    out.gauge("dead_letters_in_flight", "Dead letters not yet acknowledged.",
              static_cast<double>(s.dead_letters_in_flight));
    out.counter("journal_unreadable_records_total", "Journal records skipped as unreadable.",
                static_cast<double>(s.journal_unreadable));
    out.counter("ticks_total", "Ticks added to the panel.",
                static_cast<double>(s.evaluation.ticks));
    out.gauge("series_assessed", "Series that the last evaluation here tested.",
              s.evaluation.series_assessed);
    out.gauge("panel_bytes", "Memory of the panel.", static_cast<double>(s.evaluation.panel_bytes));
    out.counter("forecast_tables_total", "Cuts whose measures were forecast.",
                static_cast<double>(s.forecasting.tables));
    out.counter("forecast_tables_over_budget_total",
                "Cuts whose forecasts exceeded the time budget.",
                static_cast<double>(s.forecasting.over_budget));
    out.gauge("forecast_series", "Series in the last table of forecasts.",
              static_cast<double>(s.forecasting.series));
    out.gauge("forecast_duration_seconds", "Time that the last table of forecasts took.",
              s.forecasting.seconds);
    add_births_without_place(s, out);
    add_events(s, out);
    add_inputs(s, out);
    add_kafka(s, out);
    add_delays(s, out);
    add_breaches(s, out);
    add_alerts(s, out);
    add_each_alert(*s.view->book, out);
    transitions_.add(*s.view->book, out);
    add_comparisons(s, out);
    add_snapshots(s, out);
    add_transfers(s, out);
    return out.take();
  }

 private:
  std::function<Scrape()> scrape_;
  mutable TransitionCounts transitions_;
};

}  // namespace

Instruments::Instruments() : registry_(std::make_shared<prometheus::Registry>()) {
  auto const histogram = [&](const char* name, const char* help) {
    return &prometheus::BuildHistogram()
                .Name(name)
                .Help(help)
                .Register(*registry_)
                .Add({}, latency_buckets());
  };
  evaluation_ = histogram("bellwether_evaluation_duration_seconds", "Time to judge a tick.");
  journal_ = histogram("bellwether_journal_append_duration_seconds",
                       "Time until a verdict was journaled and read back.");
  transition_delay_ = histogram(
      "bellwether_transition_delay_seconds",
      "Time from the timestamp of a transition's journal record until it was written to a watcher "
      "that waited for it.");
  auto& handled = prometheus::BuildCounter()
                      .Name("grpc_server_handled_total")
                      .Help("Finished calls by code. A stream counts when it ends.")
                      .Register(*registry_);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("grpc_server_handling_seconds")
                      .Help("Time to answer a call; of a stream, its whole time.")
                      .Register(*registry_);
  for (const rpc::Method& method : rpc::methods()) {
    prometheus::Labels labels = {{"grpc_type", method.streams ? "server_stream" : "unary"},
                                 {"grpc_service", method.service},
                                 {"grpc_method", method.name}};
    Calls& calls = calls_[method.name];
    calls.seconds = &seconds.Add(labels, latency_buckets());
    for (std::string_view code : kCodeNames) {
      labels["grpc_code"] = std::string(code);
      calls.handled.push_back(&handled.Add(labels));
    }
  }
}

void Instruments::call(const rpc::Method& method, int code, double seconds) {
  const Calls& calls = calls_.at(method.name);
  auto const known = code >= 0 && static_cast<size_t>(code) < calls.handled.size();
  calls.handled[static_cast<size_t>(known ? code : int{grpc::StatusCode::UNKNOWN})]->Increment();
  calls.seconds->Observe(seconds);
}

std::shared_ptr<prometheus::Collectable> scrape_collector(std::function<Scrape()> scrape) {
  return std::make_shared<ScrapeCollector>(std::move(scrape));
}

}  // namespace bellwether::runtime
