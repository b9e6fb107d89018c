#include "runtime/service/process.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "adapters/kafka/topics.h"
#include "adapters/log/log.h"
#include "adapters/metrics/exposer.h"
#include "adapters/rpc/server.h"
#include "core/base/log.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/indicators/catalogue.h"
#include "runtime/evaluation/evaluation.h"
#include "runtime/evaluation/forecasting.h"
#include "runtime/evaluation/views.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/lane_reports.h"
#include "runtime/ingest/topic_watch.h"
#include "runtime/journal/journal.h"
#include "runtime/replica/peer_transfer.h"
#include "runtime/replica/restore.h"
#include "runtime/replica/snapshotter.h"
#include "runtime/service/instruments.h"
#include "runtime/service/readiness.h"
#include "runtime/setup/load.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kDescribeWait = absl::Seconds(5);
constexpr absl::Duration kMarksStallMax = absl::Seconds(30);
constexpr absl::Duration kHandOverWait = absl::Seconds(1);
constexpr auto kHousekeepingEvery = std::chrono::milliseconds(100);
constexpr auto kBootRetry = std::chrono::seconds(1);

base::UnixMillis now() {
  return base::UnixMillis(absl::ToUnixMillis(absl::Now()));
}

engine::Idle to_idle(config::IdleMode mode) {
  switch (mode) {
    case config::IdleMode::kWallClock:
      return engine::Idle::kWallClock;
    case config::IdleMode::kHeartbeat:
      return engine::Idle::kHeartbeat;
    case config::IdleMode::kNever:
      return engine::Idle::kNever;
  }
  return engine::Idle::kWallClock;
}

// A letter that timed out may stand in the topic all the same, and sending it again would write it
// twice: the library retries without an end, and knows what the broker has.
kafka::ProducerTuning letters_tuning() {
  kafka::ProducerTuning tuning;
  tuning.message_timeout_ms = 0;
  return tuning;
}

}  // namespace

class Process::Impl {
 public:
  Impl(config::Config config, std::string config_path, reference::Reference reference)
      : config_(std::move(config)),
        config_path_(std::move(config_path)),
        calendar_(config_.time.calendar),
        reference_(std::make_shared<const reference::Reference>(std::move(reference))),
        decoder_(*reference_),
        client_(kafka_client(config_)),
        keeper_(calendar_),
        views_(reference_, calendar_, keeper_),
        started_at_(now()) {
    Inputs inputs = inputs_of(config_);
    topics_ = std::move(inputs.topics);
    kinds_ = std::move(inputs.kinds);
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    writer_ =
        base::cat(config_.kafka.client_id, "@", static_cast<const char*>(host), ":", getpid());
    if (config_.snapshots.peers.empty()) return;
    shelf_.emplace(*disk_, config_.snapshots.folder);
    peers_.emplace(
        config_.snapshots.peers, *disk_,
        TransferPlace{[this] { return stopping(); },
                      [this](std::string what) { set_boot_state(std::move(what)); }, log_fn()},
        TransferTimeouts{.wait = absl::Milliseconds(config_.snapshots.peers_wait_ms)});
  }

  Exit run() {
    if (absl::Status const s = serve(); !s.ok()) {
      log::line(base::LogLevel::kError, "start", base::from_absl(s.message()));
      return Exit::kAddress;
    }
    boot_ = std::thread([this] { boot(); });
    while (!stopping()) {
      housekeep();
      std::unique_lock lock(mutex_);
      stop_changed_.wait_for(lock, kHousekeepingEvery, [this] { return stop_; });
    }
    drain();
    std::lock_guard lock(mutex_);
    return exit_;
  }

  void request_stop(Exit exit = Exit::kOk) {
    {
      std::lock_guard lock(mutex_);
      if (!stop_) exit_ = exit;
      stop_ = true;
    }
    stop_changed_.notify_all();
  }

  void reload() {
    auto const loaded = load_config(config_path_);
    if (!loaded.ok()) {
      log::line(
          base::LogLevel::kError, "reload",
          base::cat("the old rules stay in force:\n", base::from_absl(loaded.status().message())));
      return;
    }
    log::line(base::LogLevel::kInfo, "reload",
              "rules read; changes of anything else take effect at the next start");
    std::lock_guard lock(parts_mutex_);
    config_.rules = loaded->rules;
    if (evaluation_ != nullptr) evaluation_->set_rules(loaded->rules);
  }

 private:
  bool stopping() const {
    std::lock_guard lock(mutex_);
    return stop_;
  }
  // False when the process stops meanwhile.
  bool pause(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    return !stop_changed_.wait_for(lock, wait, [this] { return stop_; });
  }

  // Ports first: they tell early of a second daemon, and health is answered from the start.
  absl::Status serve() {
    auto exposer = metrics::Exposer::start(
        config_.serve.metrics_address,
        [] {
          return metrics::Health{true, "alive"};
        },
        [this] {
          auto const why = not_ready();
          return metrics::Health{why.empty(), why.empty() ? "ready" : why};
        });
    if (!exposer.ok()) return exposer.status();
    exposer_ = *std::move(exposer);
    rpc::Backend backend;
    backend.view = [this] { return views_.get(); };
    backend.status = [this] { return status(); };
    backend.append = [this](const alerts::JournalEntry& entry, absl::Time deadline) {
      return append(entry, deadline);
    };
    backend.now = now;
    if (shelf_) backend.snapshots = give_snapshots(*shelf_);
    auto server = rpc::Server::start({config_.serve.grpc_address, config_.serve.watchers_max,
                                      1e6 * config_.snapshots.transfer_mb_per_s},
                                     std::move(backend),
                                     [this](const char* method, int code, double seconds) {
                                       instruments_.call(method, code, seconds);
                                     });
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    collectors_ = {metrics::process_collector(), instruments_.registry(),
                   scrape_collector([this] { return scrape(); })};
    for (const auto& collector : collectors_) exposer_->add(collector);
    log::line(base::LogLevel::kInfo, "start",
              base::cat("gRPC on port ", server_->port(), ", metrics on port ", exposer_->port()));
    return absl::OkStatus();
  }

  void boot() {
    auto const topics = wait_for_topics();
    if (!topics) return;
    int const partitions = topics->front().partitions;
    if (!open_snapshots()) return;
    absl::Status status;
    do {
      status = open(partitions);
      if (status.ok() || absl::IsCancelled(status)) return;
      log::line(base::LogLevel::kWarning, "start",
                base::cat("trying again: ", base::from_absl(status.message())));
    } while (pause(kBootRetry));
  }

  // The input topics, once a broker answers; nullopt when the process stops.
  std::optional<std::vector<kafka::TopicInfo>> wait_for_topics() {
    std::vector<std::string> wanted = topics_;
    wanted.push_back(config_.kafka.journal_topic);
    wanted.push_back(config_.kafka.dead_letters_topic);
    std::string said;
    set_boot_state(base::cat("waiting for the broker at ", client_.bootstrap_servers));
    do {
      auto cluster = kafka::describe(client_, wanted, kDescribeWait, log_fn());
      absl::Status status = cluster.status();
      if (status.ok()) {
        std::vector<kafka::TopicInfo> inputs(
            cluster->topics.begin(), cluster->topics.begin() + static_cast<int>(topics_.size()));
        status = kafka::check_aligned(inputs);
        const kafka::TopicInfo& journal = cluster->topics[topics_.size()];
        if (status.ok() && journal.partitions != 1) {
          status = absl::FailedPreconditionError(base::cat("the journal topic ", journal.name,
                                                           " has ", journal.partitions,
                                                           " partitions; it must have 1"));
        }
        if (status.ok()) {
          for (const kafka::TopicInfo& topic : cluster->topics) warn_of_retention(topic);
          cluster_id_ = cluster->cluster_id;
          dead_letter_partitions_ = cluster->topics.back().partitions;
          broker_seen_ = true;
          return inputs;
        }
      }
      std::string const text(status.message());
      if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
          absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status)) {
        log::line(base::LogLevel::kError, "start", text);
        request_stop(absl::IsInvalidArgument(status) ? Exit::kConfig : Exit::kTopics);
        return std::nullopt;
      }
      if (text != said)
        log::line(base::LogLevel::kWarning, "start", base::cat("waiting for the broker: ", text));
      said = text;
      set_boot_state(base::cat("waiting for the broker: ", text));
    } while (pause(kBootRetry));
    return std::nullopt;
  }

  static void warn_of_retention(const kafka::TopicInfo& topic) {
    std::string const what = kafka::retention_note(topic);
    if (!what.empty())
      log::line(base::LogLevel::kWarning, "start", base::cat("topic ", topic.name, " ", what));
  }

  absl::Status open(int partitions) {
    BELLWETHER_ASSIGN_OR_RETURN(Start start, find_start(partitions));
    set_boot_state("reading the dead letters");
    auto reader = kafka::DeadLetterReader::start(client_, config_.kafka.dead_letters_topic,
                                                 dead_letter_partitions_, log_fn());
    if (!reader.ok()) return reader.status();
    auto marks = kafka::read_dead_letter_marks(
        **reader, kMarksStallMax, [this] { return stopping(); }, log_fn());
    if (!marks.ok()) return marks.status();
    std::lock_guard lock(parts_mutex_);
    if (producer_ == nullptr) {
      auto producer = kafka::Producer::create(client_, {}, log_fn(), fatal_fn());
      if (!producer.ok()) return producer.status();
      producer_ = *std::move(producer);
    }
    if (letters_producer_ == nullptr) {
      auto producer = kafka::Producer::create(client_, letters_tuning(), log_fn(), fatal_fn());
      if (!producer.ok()) return producer.status();
      letters_producer_ = *std::move(producer);
    }
    dead_letters_ = std::make_unique<kafka::DeadLetters>(
        *letters_producer_, config_.kafka.dead_letters_topic, *std::move(marks), log_fn());
    letters_reader_ = *std::move(reader);
    // Before any input is read: until this replica is known to lead, another writes.
    dead_letters_->follow(*letters_reader_, false, absl::Now());
    if (absl::Status const s = open_journal(start); !s.ok()) return s;
    if (absl::Status const s = join_replicas(); !s.ok()) return s;
    if (absl::Status const s = start_fold(partitions, std::move(start)); !s.ok()) return s;
    start_forecasting();
    watch_ = std::make_unique<TopicWatch>(*producer_, topics_, partitions, log_fn());
    open_.store(true);
    set_boot_state("");
    return absl::OkStatus();
  }

  // The newest snapshot, or the beginning of the log. Takes as long as another replica takes to
  // send one, so nothing is locked meanwhile.
  absl::StatusOr<Start> find_start(int partitions) {
    Start start;
    if (store_) {
      set_boot_state("reading the newest snapshot");
      BELLWETHER_ASSIGN_OR_RETURN(
          start,
          runtime::restore(*store_,
                           {client_, config_.kafka.journal_topic, identity(partitions), calendar_},
                           *reference_, peers_ ? &*peers_ : nullptr, log_fn()));
    }
    restore_seconds_ = start.seconds;
    std::lock_guard lock(state_mutex_);
    started_from_ = start.from;
    if (start.restored) lacking_ = start.restored->manifest.lacking;
    return start;
  }

  absl::Status start_fold(int partitions, Start start) {
    std::optional<Evaluation::Restored> evaluation;
    std::optional<base::UnixMillis> taken_at;
    std::vector<snapshot::RestoredPartition> lanes;
    if (start.restored) {
      evaluation =
          Evaluation::Restored{std::move(start.restored->evaluation), start.restored->manifest.cut};
      taken_at = start.restored->manifest.taken_at;
      lanes = std::move(start.restored->partitions);
    }
    if (absl::Status const s = start_ingest(partitions, std::move(lanes)); !s.ok()) return s;
    if (store_) {
      snapshotter_ = std::make_unique<Snapshotter>(
          *store_, identity(partitions), absl::Milliseconds(config_.snapshots.every_ms),
          LaneImages{[this](absl::Time deadline) { return ingest_->images(deadline); },
                     [this] { ingest_->thaw(); }},
          [this] { return lacking(); }, taken_at, log_fn());
    }
    start_evaluation(std::move(evaluation));
    return absl::OkStatus();
  }

  // False when the folder cannot be used: what is configured must work at the start, or nobody
  // notices.
  bool open_snapshots() {
    if (config_.snapshots.folder.empty()) return true;
    store_.emplace(*disk_, config_.snapshots.folder);
    absl::Status const opened = store_->open();
    if (opened.ok()) return true;
    log::line(base::LogLevel::kError, "start",
              base::cat("snapshots.folder: ", base::from_absl(opened.message())));
    request_stop(Exit::kConfig);
    return false;
  }

  snapshot::Identity identity(int partitions) const {
    return {cluster_id_,
            std::string(base::name(calendar_.unit())),
            snapshot::reference_digest(*reference_),
            config_.time.history_periods,
            topics_,
            partitions};
  }

  // What an attempt before has opened stays: the book is folded once.
  absl::Status open_journal(Start& start) {
    if (journal_ != nullptr) return absl::OkStatus();
    set_boot_state("reading the journal");
    JournalStart from;
    if (start.restored && start.restored->book) {
      from = {start.restored->manifest.journal_next, start.restored->book->offset()};
      keeper_.start_from(*std::move(start.restored->book));
    }
    auto journal = Journal::open(
        client_, config_.kafka.journal_topic, writer_, from, *producer_, keeper_,
        [this] { news(); },
        [this](std::string why) {
          log::line(base::LogLevel::kError, "journal", why);
          request_stop(Exit::kFailure);
        },
        log_fn());
    if (!journal.ok()) return journal.status();
    journal_ = *std::move(journal);
    return absl::OkStatus();
  }

  absl::Status join_replicas() {
    if (leadership_ != nullptr) return absl::OkStatus();
    auto leadership = kafka::Leadership::join(
        client_,
        {config_.kafka.journal_topic, config_.kafka.group, config_.kafka.session_timeout_ms},
        [this](bool leader) {
          log::line(base::LogLevel::kInfo, "journal",
                    leader ? "this replica leads" : "this replica follows");
          news();
        },
        log_fn());
    if (!leadership.ok()) return leadership.status();
    leadership_ = *std::move(leadership);
    return absl::OkStatus();
  }

  absl::Status start_ingest(int partitions, std::vector<snapshot::RestoredPartition> restored) {
    IngestOptions ingest;
    ingest.client = client_;
    ingest.tuning.queued_kbytes = config_.kafka.queued_kbytes;
    ingest.topics = topics_;
    ingest.kinds = kinds_;
    ingest.partitions = partitions;
    ingest.workers = config_.runtime.workers;
    ingest.engine.calendar = calendar_;
    ingest.engine.allowed_disorder_ms = config_.time.allowed_disorder_ms;
    ingest.engine.future_tolerance_ms = config_.time.future_tolerance_ms;
    ingest.engine.idle_after_ms = config_.time.idle_after_ms;
    ingest.engine.idle = to_idle(config_.time.idle);
    auto started = Ingest::start(
        std::move(ingest), std::move(restored), decoder_, *dead_letters_, [this] { news(); },
        log_fn());
    if (!started.ok()) return started.status();
    ingest_ = *std::move(started);
    return absl::OkStatus();
  }

  void start_forecasting() {
    ForecastingOptions options;
    for (const std::string& name : config_.forecasts.measures) {
      options.measures.push_back(*indicators::find_measure(name));
    }
    options.budget = absl::Milliseconds(config_.forecasts.budget_ms);
    forecasting_ = std::make_unique<Forecasting>(std::move(options), views_, log_fn());
  }

  void start_evaluation(std::optional<Evaluation::Restored> restored) {
    EvaluationOptions evaluation;
    evaluation.evaluator = evaluator_options(config_);
    evaluation.topics = topics_;
    evaluation.historical_after_ms = config_.time.historical_after_ms;
    evaluation_ = std::make_unique<Evaluation>(
        reference_, std::move(evaluation), config_.rules, std::move(restored),
        Evaluation::Collaborators{*ingest_, *journal_, keeper_, views_, snapshotter_.get(),
                                  [this] { return leadership_->is_leader(); },
                                  [this](double s) { instruments_.evaluation().Observe(s); },
                                  [this](double s) { instruments_.journal().Observe(s); },
                                  [this] { server_->notify(); }, log_fn()});
  }

  // A tick is ready, the book has news, or leadership moved. From any thread, also during open().
  void news() {
    if (!open_.load()) return;
    evaluation_->wake();
    server_->notify();
  }

  absl::StatusOr<base::JournalOffset> append(const alerts::JournalEntry& entry,
                                             absl::Time deadline) {
    if (!open_.load()) return absl::UnavailableError("still starting: the journal is not open yet");
    auto const appended = journal_->append(entry, deadline);
    if (!appended.ok()) return appended.status();
    if (absl::Status const taken = alerts::to_status(appended->outcome, entry); !taken.ok())
      return taken;
    return appended->offset;
  }

  void housekeep() {
    std::vector<std::string> warnings;
    if (!open_.load() || !keeper_.caught_up()) {
      warnings.push_back("starting: the journal is not read to its end yet, alerts are missing");
    }
    for (std::string& what : open_.load() ? lacking() : inherited())
      warnings.push_back(std::move(what));
    if (open_.load()) {
      ingest_->serve_callbacks();
      producer_->poll(0);
      dead_letters_->follow(*letters_reader_, leadership_->is_leader(), absl::Now());
      dead_letters_->retry();
      if (!ingest_->broker_reachable()) {
        warnings.push_back("the broker is out of reach: figures may be out of date");
      }
      for (std::string& what : troubles(ingest_->reports())) warnings.push_back(std::move(what));
      for (std::string& what : watch_->warnings()) warnings.push_back(std::move(what));
      if (DivergenceReport const d = evaluation_->report().divergence; d.diverged) {
        warnings.push_back(base::cat("this replica has diverged from the journal: ",
                                     describe(*d.first, calendar_)));
      }
      if (std::string const trouble = dead_letters_->trouble(); !trouble.empty()) {
        warnings.push_back(
            base::cat("dead letters are not taken and ticks wait for them: ", trouble));
      }
    }
    views_.set_warnings(std::move(warnings));
    if (shelf_) shelf_->tidy(absl::Now());
    update_readiness();
  }

  // Of the snapshot that this process went on from.
  std::vector<std::string> inherited() const {
    std::lock_guard lock(state_mutex_);
    return lacking_;
  }

  // What the figures lack for good: records that the log no longer held for this process, or for
  // those before it whose snapshots it goes on from. Once the fold is started.
  std::vector<std::string> lacking() const {
    std::vector<std::string> out = inherited();
    for (std::string& what : missing(ingest_->reports())) {
      if (std::ranges::find(out, what) == out.end()) out.push_back(std::move(what));
    }
    return out;
  }

  void update_readiness() {
    std::string why;
    if (!open_.load()) {
      std::lock_guard lock(state_mutex_);
      why = boot_state_;
    } else {
      why = why_behind({keeper_.caught_up(), ingest_->reports(), ingest_->ticks_waiting(),
                        evaluation_->report().waiting_seconds},
                       config_.runtime.ready_lag_events_max, ready_.load());
    }
    bool const was = ready_.exchange(why.empty());
    {
      std::lock_guard lock(state_mutex_);
      not_ready_ = why;
    }
    if (was != why.empty()) {
      server_->set_serving(why.empty());
      log::line(base::LogLevel::kInfo, "ready",
                why.empty() ? "serving" : base::cat("not ready: ", why));
    }
  }

  std::string not_ready() const {
    std::lock_guard lock(state_mutex_);
    return ready_.load() ? "" : not_ready_.empty() ? "starting" : not_ready_;
  }
  void set_boot_state(std::string text) {
    std::lock_guard lock(state_mutex_);
    boot_state_ = std::move(text);
  }

  engine::StatusReport status() const {
    engine::StatusReport out;
    out.version = kVersion;
    out.started_at = started_at_;
    out.ready = ready_.load();
    out.not_ready = not_ready();
    out.config_digest = config_.digest;
    if (!open_.load()) {
      out.broker_reachable = broker_seen_.load();
      return out;
    }
    out.leader = leadership_->is_leader();
    if (snapshotter_ != nullptr) {
      SnapshotReport const report = snapshotter_->report();
      std::lock_guard lock(state_mutex_);
      out.snapshots = {true, report.taken_at, report.bytes, report.error, started_from_};
    }
    out.comparison = to_report(evaluation_->report().divergence, calendar_);
    out.broker_reachable = ingest_->broker_reachable();
    add(ingest_->reports(), out);
    return out;
  }

  Scrape scrape() {
    Scrape s;
    s.version = kVersion;
    s.view = views_.get();
    s.ready = ready_.load();
    s.watchers = server_->watchers();
    s.transfers = server_->transfers();
    if (peers_) s.peer_transfers = peers_->counts();
    s.now = now();
    s.broker_reachable = broker_seen_.load();
    if (!open_.load()) return s;
    s.lanes = ingest_->reports();
    s.partitions_unread = watch_->unread();
    s.evaluation = evaluation_->report();
    s.forecasting = forecasting_->report();
    if (snapshotter_ != nullptr) s.snapshot = snapshotter_->report();
    s.restore_seconds = restore_seconds_;
    s.leader = leadership_->is_leader();
    s.leadership_changes = leadership_->changes();
    s.broker_reachable = ingest_->broker_reachable();
    s.dead_letters_written = dead_letters_->written();
    s.dead_letters_failed = dead_letters_->failed_attempts();
    s.dead_letters_in_flight = dead_letters_->in_flight();
    s.journal_unreadable = journal_->unreadable();
    return s;
  }

  // Another replica need not wait for what this one has still to end. Letters that it began to
  // write are in the topic before, so that the next leader sees them.
  void hand_over(absl::Time deadline) {
    if (!open_.load() || !leadership_->is_leader()) return;
    dead_letters_->follow(*letters_reader_, false, absl::Now());
    (void)letters_producer_->flush(std::min(kHandOverWait, deadline - absl::Now()));
    leadership_->leave();
  }

  // Health first, then the lead, then watchers, then the writers; the producer is flushed last.
  void drain() {
    absl::Time const deadline = absl::Now() + absl::Milliseconds(config_.runtime.drain_timeout_ms);
    log::line(base::LogLevel::kInfo, "stop", "draining");
    ready_.store(false);
    set_boot_state("draining");
    server_->set_serving(false);
    hand_over(deadline);
    server_->stop(absl::Now() + (deadline - absl::Now()) / 2);
    exposer_.reset();
    if (boot_.joinable()) boot_.join();
    keeper_.stop();
    std::lock_guard lock(parts_mutex_);
    watch_.reset();
    if (producer_ != nullptr) producer_->cancel_waits();  // acts were answered above
    if (evaluation_ != nullptr) evaluation_->stop();
    if (snapshotter_ != nullptr) snapshotter_->stop();
    if (forecasting_ != nullptr) forecasting_->stop();
    if (ingest_ != nullptr) ingest_->stop();
    leadership_.reset();
    if (journal_ != nullptr) journal_->stop();
    for (kafka::Producer* producer : {producer_.get(), letters_producer_.get()}) {
      if (producer == nullptr) continue;
      if (absl::Status const s =
              producer->flush(std::max(absl::ZeroDuration(), deadline - absl::Now()));
          !s.ok()) {
        log::line(base::LogLevel::kWarning, "stop",
                  base::cat("not everything was written: ", base::from_absl(s.message()),
                            "; a restart reads it again"));
      }
    }
    log::line(base::LogLevel::kInfo, "stop", "stopped");
  }

  std::function<void(std::string_view)> fatal_fn() {
    return [this](std::string_view why) {
      log::line(base::LogLevel::kError, "producer",
                base::cat(why,
                          "; nothing can be written any more: stopping, a restart recovers "
                          "what a lost broker state caused"));
      request_stop(Exit::kFailure);
    };
  }

  base::LogFn log_fn() const {
    return [](base::LogLevel level, std::string_view part, std::string_view message) {
      log::line(level, part, message);
    };
  }

  config::Config config_;
  std::string const config_path_;
  base::Calendar const calendar_;
  std::shared_ptr<const reference::Reference> reference_;
  events::Decoder decoder_;
  std::vector<std::string> topics_;
  std::vector<events::Topic> kinds_;
  int dead_letter_partitions_ = 1;  // boot thread only
  std::string cluster_id_;          // as well
  std::unique_ptr<snapshot::Disk> const disk_ = snapshot::posix_disk();
  std::optional<snapshot::Store> store_;  // boot's, then the snapshotter has its own copy
  std::optional<snapshot::Shelf> shelf_;  // both where there are peers
  std::optional<PeerTransfer> peers_;
  std::atomic<double> restore_seconds_{0};
  kafka::ClientOptions client_;
  std::string writer_;
  BookKeeper keeper_;
  Views views_;
  base::UnixMillis const started_at_;
  Instruments instruments_;

  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  Exit exit_ = Exit::kOk;

  mutable std::mutex state_mutex_;
  std::string boot_state_ = "starting";
  std::string not_ready_ = "starting";
  std::string started_from_;
  std::vector<std::string> lacking_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> open_{false};  // everything below stands and stays
  std::atomic<bool> broker_seen_{false};

  std::mutex parts_mutex_;
  std::vector<std::shared_ptr<prometheus::Collectable>> collectors_;
  std::unique_ptr<kafka::Producer> producer_;  // of the journal
  std::unique_ptr<kafka::Producer> letters_producer_;
  std::unique_ptr<kafka::DeadLetters> dead_letters_;
  std::unique_ptr<kafka::DeadLetterReader> letters_reader_;  // boot's, then housekeeping's
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<kafka::Leadership> leadership_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<TopicWatch> watch_;
  std::unique_ptr<Snapshotter> snapshotter_;
  std::unique_ptr<Evaluation> evaluation_;
  std::unique_ptr<Forecasting> forecasting_;
  std::unique_ptr<metrics::Exposer> exposer_;
  std::unique_ptr<rpc::Server> server_;
  std::thread boot_;
};

Process::Process(config::Config config, std::string config_path, reference::Reference reference)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(config_path),
                                   std::move(reference))) {}
Process::~Process() = default;

Exit Process::run() {
  return impl_->run();
}
void Process::request_stop() {
  impl_->request_stop();
}
void Process::reload() {
  impl_->reload();
}

}  // namespace bellwether::runtime
