#include "runtime/service/boot.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "runtime/service/wording.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kDescribeWait = absl::Seconds(5);
constexpr absl::Duration kMarksStallMax = absl::Seconds(30);
constexpr auto kRetry = std::chrono::seconds(1);

// A letter that timed out may still be in the topic, and sending it again would write it twice. So
// there is no timeout: librdkafka retries without limit and knows what the broker has received.
kafka::ProducerTuning letters_tuning() {
  kafka::ProducerTuning tuning;
  tuning.message_timeout_ms = 0;
  return tuning;
}

// The exit code if waiting cannot correct the error; nullopt if it can.
std::optional<Exit> as_final(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return Exit::kConfig;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
      return Exit::kTopics;
    default:
      return std::nullopt;
  }
}

}  // namespace

Boot::Boot(Foundation& foundation)
    : foundation_(foundation), posting_(foundation.board.post(part())) {}

Part Boot::part() {
  Part part;
  part.not_ready = [this](bool) { return foundation_.doing(); };
  part.warnings = [this] {
    std::vector<std::string> out = {wording::kJournalNotRead};
    std::lock_guard lock(mutex_);
    out.insert(out.end(), lacking_.begin(), lacking_.end());
    return out;
  };
  part.status = [this](status::v1::GetStatusResponse& out) {
    std::lock_guard lock(mutex_);
    out.set_broker_reachable(broker_seen_);
  };
  part.scrape = [this](Scrape& s) {
    std::lock_guard lock(mutex_);
    s.broker_reachable = broker_seen_;
  };
  return part;
}

std::unique_ptr<Running> Boot::run() {
  auto const cluster = wait_for_cluster();
  if (!cluster || !open_snapshots()) return nullptr;
  do {
    auto running = attempt(*cluster);
    if (running.ok()) {
      posting_.reset();  // the running parts report from now on
      return *std::move(running);
    }
    if (absl::IsCancelled(running.status())) return nullptr;
    foundation_.log(base::LogLevel::kWarning, "start",
                    wording::trying_again(base::from_absl(running.status().message())));
  } while (foundation_.stop.pause(kRetry));
  return nullptr;
}

std::optional<Boot::Cluster> Boot::wait_for_cluster() {
  std::string logged;
  foundation_.set_doing(NotReadyReason::kBrokerUnreachable,
                        wording::waiting_for_broker_at(foundation_.client.bootstrap_servers));
  do {
    auto cluster = check_cluster();
    if (cluster.ok()) {
      std::lock_guard lock(mutex_);
      broker_seen_ = true;
      return *std::move(cluster);
    }
    std::string const why(cluster.status().message());
    if (auto const exit = as_final(cluster.status())) {
      foundation_.log(base::LogLevel::kError, "start", why);
      foundation_.stop.request(*exit);
      return std::nullopt;
    }
    std::string waiting = wording::waiting_for_broker(why);
    if (waiting != logged) foundation_.log(base::LogLevel::kWarning, "start", waiting);
    logged = waiting;
    foundation_.set_doing(NotReadyReason::kBrokerUnreachable, std::move(waiting));
  } while (foundation_.stop.pause(kRetry));
  return std::nullopt;
}

// Errors: those of describe(), and FailedPrecondition for topics with the wrong number of
// partitions.
absl::StatusOr<Boot::Cluster> Boot::check_cluster() const {
  std::vector<std::string> wanted = foundation_.inputs.topics;
  wanted.push_back(foundation_.config.kafka.journal_topic);
  wanted.push_back(foundation_.config.kafka.dead_letters_topic);
  BELLWETHER_ASSIGN_OR_RETURN(
      kafka::ClusterInfo const cluster,
      kafka::describe(foundation_.client, wanted, kDescribeWait, foundation_.log));
  size_t const inputs = foundation_.inputs.topics.size();
  std::vector<kafka::TopicInfo> const input_topics(
      cluster.topics.begin(), cluster.topics.begin() + static_cast<int>(inputs));
  BELLWETHER_RETURN_IF_ERROR(kafka::check_aligned(input_topics));
  BELLWETHER_RETURN_IF_ERROR(kafka::check_timestamps(input_topics));
  BELLWETHER_RETURN_IF_ERROR(kafka::check_journal(cluster.topics[inputs]));
  for (const kafka::TopicInfo& topic : cluster.topics) {
    std::string const note = kafka::retention_note(topic);
    if (note.empty()) continue;
    foundation_.log(base::LogLevel::kWarning, "start", wording::about_topic(topic.name, note));
  }
  for (const kafka::TopicInfo& topic : input_topics) {
    std::string const note = kafka::acceptance_note(topic);
    if (note.empty()) continue;
    foundation_.log(base::LogLevel::kWarning, "start", wording::about_topic(topic.name, note));
  }
  return Cluster{cluster.cluster_id, cluster.topics.front().partitions,
                 cluster.topics.back().partitions};
}

// False if the configured folder cannot be used. This must fail at the start, because otherwise
// nobody notices it.
bool Boot::open_snapshots() {
  const config::SnapshotsConfig& config = foundation_.config.snapshots;
  if (config.folder.empty()) return true;
  store_.emplace(*foundation_.disk, config.folder);
  absl::Status const opened = store_->open();
  if (opened.ok()) return true;
  foundation_.log(base::LogLevel::kError, "start",
                  wording::bad_snapshots_folder(base::from_absl(opened.message())));
  foundation_.stop.request(Exit::kConfig);
  return false;
}

snapshot::Identity Boot::identity(const Cluster& cluster) const {
  return {cluster.id,
          std::string(base::name(foundation_.calendar.unit())),
          snapshot::reference_digest(*foundation_.reference),
          foundation_.config.time.history_periods,
          foundation_.inputs.topics,
          cluster.partitions,
          engine::kFiguresVersion,
          snapshot::codes_digest(*foundation_.reference),
          foundation_.reference->desks.digest()};
}

absl::StatusOr<std::unique_ptr<Running>> Boot::attempt(const Cluster& cluster) {
  BELLWETHER_ASSIGN_OR_RETURN(Start start, find_start(cluster));
  BELLWETHER_RETURN_IF_ERROR(open_outboxes());
  BELLWETHER_ASSIGN_OR_RETURN(Letters letters, open_letters(cluster));
  BELLWETHER_RETURN_IF_ERROR(open_journal(start));
  BELLWETHER_RETURN_IF_ERROR(join_replicas());
  Origin origin{std::move(start.from), {}, start.seconds, std::nullopt};
  std::optional<Evaluation::Restored> evaluation;
  std::vector<snapshot::RestoredPartition> partitions;
  if (start.restored) {
    origin.lacking = start.restored->manifest.lacking;
    const snapshot::Manifest& manifest = start.restored->manifest;
    origin.snapshot = {manifest.taken_at, snapshot::bytes_of_files(manifest)};
    evaluation =
        Evaluation::Restored{std::move(start.restored->evaluation), start.restored->manifest.cut};
    partitions = std::move(start.restored->partitions);
  }
  BELLWETHER_ASSIGN_OR_RETURN(std::unique_ptr<Ingest> ingest,
                              start_ingest(cluster, std::move(partitions), *letters.letters));
  auto snapshots = store_ ? std::optional(SnapshotPlace{*store_, identity(cluster)}) : std::nullopt;
  return std::make_unique<Running>(
      foundation_,
      Started{std::move(letters_outbox_), std::move(journal_outbox_), std::move(letters.letters),
              std::move(letters.reader), std::move(journal_), std::move(leadership_),
              std::move(ingest)},
      std::move(origin), std::move(snapshots), foundation_.reloadable.current().rules,
      std::move(evaluation));
}

// The newest snapshot, or the beginning of the log. May take as long as another replica needs to
// send a snapshot.
absl::StatusOr<Start> Boot::find_start(const Cluster& cluster) {
  Start start;
  if (!store_) return start;
  foundation_.set_doing(NotReadyReason::kReadingSnapshot, wording::kReadingSnapshot);
  BELLWETHER_ASSIGN_OR_RETURN(
      start,
      restore(*store_,
              {foundation_.client, foundation_.config.kafka.journal_topic, identity(cluster),
               foundation_.calendar, foundation_.threads},
              *foundation_.reference,
              foundation_.exchange ? &foundation_.exchange->transfer : nullptr, foundation_.log));
  if (start.restored) {
    std::lock_guard lock(mutex_);
    lacking_ = start.restored->manifest.lacking;
  }
  return start;
}

absl::Status Boot::open_outboxes() {
  if (letters_outbox_ == nullptr) {
    BELLWETHER_ASSIGN_OR_RETURN(
        letters_outbox_,
        Outbox::open(foundation_, KafkaClient::kLettersProducer, letters_tuning()));
  }
  if (journal_outbox_ == nullptr) {
    BELLWETHER_ASSIGN_OR_RETURN(
        journal_outbox_,
        Outbox::open(foundation_, KafkaClient::kJournalProducer, kafka::ProducerTuning()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Boot::Letters> Boot::open_letters(const Cluster& cluster) {
  const std::string& topic = foundation_.config.kafka.dead_letters_topic;
  foundation_.set_doing(NotReadyReason::kReadingDeadLetters, wording::kReadingDeadLetters);
  Letters out;
  BELLWETHER_ASSIGN_OR_RETURN(
      out.reader,
      kafka::DeadLetterReader::start(foundation_.client_for(KafkaClient::kLettersReader), topic,
                                     cluster.dead_letter_partitions, foundation_.log));
  BELLWETHER_ASSIGN_OR_RETURN(
      kafka::DeadLetterMarks marks,
      kafka::read_dead_letter_marks(
          *out.reader, kMarksStallMax, [this] { return foundation_.stop.requested(); },
          foundation_.log));
  out.letters = std::make_unique<kafka::DeadLetters>(letters_outbox_->producer(), topic,
                                                     std::move(marks), foundation_.log);
  // Before any input is read: another replica writes, until this replica is known to lead.
  out.letters->follow(*out.reader, false, absl::Now());
  return out;
}

absl::Status Boot::open_journal(Start& start) {
  if (journal_ != nullptr) return absl::OkStatus();
  foundation_.set_doing(NotReadyReason::kReadingJournal, wording::kReadingJournal);
  JournalStart from;
  if (start.restored && start.restored->book) {
    from = {start.restored->manifest.journal_next, start.restored->book->offset()};
    alerts::Book& book = *start.restored->book;
    auto past = PastBooks::restore(start.restored->past_book, book);
    if (!past.ok()) {
      foundation_.log(base::LogLevel::kWarning, "snapshot",
                      base::cat("no questions about the past of the alerts before now: ",
                                base::from_absl(past.status().message())));
      past = PastBooks();
    }
    foundation_.keeper.start_from(std::move(book), *std::move(past));
  }
  BELLWETHER_ASSIGN_OR_RETURN(journal_,
                              Journal::open(
                                  foundation_.client_for(KafkaClient::kJournalReader),
                                  foundation_.config.kafka.journal_topic, foundation_.writer, from,
                                  journal_outbox_->producer(), foundation_.keeper,
                                  [&foundation = foundation_] { foundation.news.ring(); },
                                  [&foundation = foundation_](const std::string& why) {
                                    foundation.log(base::LogLevel::kError, "journal", why);
                                    foundation.stop.request(Exit::kFailure);
                                  },
                                  foundation_.log));
  return absl::OkStatus();
}

absl::Status Boot::join_replicas() {
  if (leadership_ != nullptr) return absl::OkStatus();
  const config::KafkaConfig& config = foundation_.config.kafka;
  BELLWETHER_ASSIGN_OR_RETURN(
      leadership_, kafka::Leadership::join(
                       foundation_.client_for(KafkaClient::kLeadership),
                       {config.journal_topic, config.group, config.session_timeout_ms},
                       [&foundation = foundation_](bool leader) {
                         foundation.log(base::LogLevel::kInfo, "journal", wording::leads(leader));
                         foundation.news.ring();
                       },
                       foundation_.log));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Ingest>> Boot::start_ingest(
    const Cluster& cluster, std::vector<snapshot::RestoredPartition> restored,
    kafka::DeadLetters& letters) {
  const config::Config& config = foundation_.config;
  IngestOptions options;
  options.client = foundation_.client_for(KafkaClient::kInputs);
  options.tuning.queued_kbytes = config.kafka.queued_kbytes;
  options.topics = foundation_.inputs.topics;
  options.kinds = foundation_.inputs.kinds;
  options.partitions = cluster.partitions;
  options.workers = config.runtime.workers > 0 ? config.runtime.workers : foundation_.threads;
  options.engine.calendar = foundation_.calendar;
  options.engine.reference = foundation_.reference.get();
  options.engine.allowed_disorder_ms = config.time.allowed_disorder_ms;
  options.engine.future_tolerance_ms = config.time.future_tolerance_ms;
  options.engine.idle_after_ms = config.time.idle_after_ms;
  options.engine.idle = config.time.idle;
  return Ingest::start(
      std::move(options), std::move(restored), foundation_.decoder, letters,
      [&foundation = foundation_] { foundation.news.ring(); }, foundation_.log);
}

}  // namespace bellwether::runtime
