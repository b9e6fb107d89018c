#include "runtime/verify/verify.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/clock.h"
#include "adapters/kafka/consumer.h"
#include "adapters/kafka/journal.h"
#include "adapters/kafka/log_marks.h"
#include "adapters/kafka/topics.h"
#include "core/base/log_place.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/engine/evaluator.h"
#include "core/engine/figures.h"
#include "core/events/decoder.h"
#include "runtime/ingest/raw_record.h"
#include "runtime/journal/divergence.h"
#include "runtime/journal/journal_codec.h"
#include "runtime/journal/journal_parts.h"
#include "runtime/setup/load.h"

namespace bellwether::runtime {
namespace {

using base::Offset;
using base::PeriodIndex;

constexpr absl::Duration kDescribeWait = absl::Seconds(30);
// If neither a record nor the end of the log comes for this long, the broker does not answer.
constexpr absl::Duration kStallMax = absl::Seconds(30);
constexpr int kPollMs = 100;

// The input topics, folded to one cut after the other.
class LogFold {
 public:
  LogFold(const config::Config& config, const reference::Reference& reference, int partitions)
      : inputs_(inputs_of(config)),
        tolerance_ms_(config.time.future_tolerance_ms),
        decoder_(reference),
        readers_(static_cast<size_t>(partitions) * inputs_.topics.size()) {
    engine::PartitionOptions options;
    options.calendar = base::Calendar(config.time.calendar);
    options.reference = &reference;
    engine::set_inputs(options, inputs_.kinds);
    for (int p = 0; p < partitions; ++p) engines_.emplace_back(base::PartitionId(p), options);
  }

  absl::Status open(const kafka::ClientOptions& client, const kafka::ConsumerTuning& tuning,
                    const base::LogFn& log) {
    std::vector<kafka::Assignment> assignments;
    for (size_t p = 0; p < engines_.size(); ++p) {
      for (const std::string& topic : inputs_.topics) {
        assignments.push_back({topic, static_cast<int32_t>(p), RD_KAFKA_OFFSET_BEGINNING});
      }
    }
    BELLWETHER_ASSIGN_OR_RETURN(consumer_,
                                kafka::InputConsumer::create(client, assignments, tuning, log));
    for (size_t i = 0; i < readers_.size(); ++i) consumer_->wake_on(i, waiter_);
    return absl::OkStatus();
  }

  const CutMap& reached() const { return reached_; }

  // REQUIRES: the fold can continue from the cut it has reached to `cut`. `journaled_at`: when the
  // tick's record was written.
  absl::StatusOr<std::vector<engine::PartitionTick>> to(PeriodIndex tick, const CutMap& cut,
                                                        base::UnixMillis journaled_at) {
    base::UnixMillis const latest(journaled_at.value + tolerance_ms_);
    std::vector<engine::PartitionTick> parts;
    for (size_t p = 0; p < engines_.size(); ++p) {
      std::vector<Offset> ends;
      for (size_t i = 0; i < inputs_.topics.size(); ++i) {
        auto const end = cut.find({inputs_.topics[i], static_cast<int32_t>(p)});
        ends.emplace_back(end == cut.end() ? 0 : end->second);
        BELLWETHER_RETURN_IF_ERROR(fold(p, i, ends.back().value, latest));
      }
      parts.push_back(engines_[p].close_at(tick, std::move(ends)));
    }
    reached_ = cut;
    return parts;
  }

 private:
  struct Reader {
    std::unique_ptr<kafka::Batch> batch = std::make_unique<kafka::Batch>();
    size_t next = 0;  // index of the next record of the batch
  };

  absl::Status fold(size_t partition, size_t input, int64_t end, base::UnixMillis latest) {
    size_t const n = partition * inputs_.topics.size() + input;
    Reader& reader = readers_[n];
    absl::Time quiet_since = absl::Now();
    while (true) {
      auto const records = reader.batch->records();
      for (; reader.next < records.size(); ++reader.next) {
        if (records[reader.next].offset >= end) return absl::OkStatus();
        take(partition, input, records[reader.next], latest);
      }
      // The offsets after the last record before the cut may hold no record, but a transaction's
      // marker.
      if (engines_[partition].inputs()[input].next.value >= end) return absl::OkStatus();
      if (reader.batch->at_end() && reader.batch->end_offset() >= end) return absl::OkStatus();
      if (!records.empty()) quiet_since = absl::Now();
      consumer_->poll(n, *reader.batch);
      reader.next = 0;
      std::string const where = base::cat(inputs_.topics[input], " ", partition);
      if (const absl::Status& error = reader.batch->error();
          absl::IsOutOfRange(error) || absl::IsNotFound(error)) {
        return absl::DataLossError(base::cat(
            where, " was shortened while it was read: ", base::from_absl(error.message())));
      }
      if (!reader.batch->records().empty()) continue;
      if (absl::Now() - quiet_since > kStallMax) {
        return absl::DeadlineExceededError(base::cat(where, ": the broker gave nothing for ",
                                                     absl::FormatDuration(kStallMax),
                                                     " before offset ", end));
      }
      waiter_.wait(kPollMs);
      consumer_->serve_callbacks();
    }
  }

  void take(size_t partition, size_t input, const kafka::Record& record, base::UnixMillis latest) {
    events::RawRecord const raw = raw_record(record, inputs_.kinds[input], latest);
    auto const decoded = decoder_.decode(raw);
    if (const auto* event = std::get_if<events::Event>(&decoded)) {
      engines_[partition].fold(input, Offset(record.offset), raw.published, *event);
    }
  }

  Inputs const inputs_;
  int64_t const tolerance_ms_;
  events::Decoder decoder_;
  std::vector<engine::PartitionEngine> engines_;
  kafka::Waiter waiter_;  // outlives the consumer
  std::unique_ptr<kafka::InputConsumer> consumer_;
  std::vector<Reader> readers_;  // destroyed first, because their batches belong to the consumer
  CutMap reached_;
};

// Reads the journal record by record, up to its end when the verification began.
class JournalWalk {
 public:
  static absl::StatusOr<std::unique_ptr<JournalWalk>> open(const kafka::ClientOptions& client,
                                                           const std::string& topic, int64_t end,
                                                           const base::LogFn& log) {
    std::unique_ptr<JournalWalk> walk(new JournalWalk(end));
    BELLWETHER_ASSIGN_OR_RETURN(
        walk->reader_, kafka::JournalReader::create(client, topic, RD_KAFKA_OFFSET_BEGINNING, log));
    return walk;
  }

  struct Step {
    base::JournalOffset offset;
    std::optional<JournalRecord> record;  // nullopt: the record does not affect the book
  };
  // nullopt at the end.
  absl::StatusOr<std::optional<Step>> next() {
    absl::Time const begin = absl::Now();
    while (next_ == batch_.records().size()) {
      if (last_ + 1 >= end_ || batch_.at_end()) return std::nullopt;
      if (absl::Now() - begin > kStallMax)
        return absl::DeadlineExceededError("the journal: no answer from the broker");
      reader_->poll(kPollMs, batch_);
      next_ = 0;
      if (absl::IsOutOfRange(batch_.error()) || absl::IsNotFound(batch_.error())) {
        return absl::DataLossError(
            base::cat("the journal: ", base::from_absl(batch_.error().message())));
      }
    }
    const kafka::Record& record = batch_.records()[next_++];
    last_ = record.offset;
    if (record.offset >= end_) return std::nullopt;
    Step step{base::JournalOffset(record.offset), std::nullopt};
    auto const whole = parts_.add(record.offset, record.value);
    if (!whole.ok() || !*whole) return step;
    auto read = decode_record(**whole);
    if (absl::IsUnimplemented(read.status())) return read.status();
    if (read.ok()) step.record = *std::move(read);  // every replica skips unreadable records
    return step;
  }

 private:
  explicit JournalWalk(int64_t end) : end_(end) {}
  int64_t const end_;
  int64_t last_ = -1;
  std::unique_ptr<kafka::JournalReader> reader_;
  kafka::Batch batch_;
  size_t next_ = 0;
  JournalParts parts_;
};

class Verification {
 public:
  Verification(const config::Config& config, std::shared_ptr<const reference::Reference> reference,
               const VerifyRequest& request, const std::function<void(const VerifiedTick&)>& found,
               const base::LogFn& log)
      : config_(config),
        client_(kafka_client(config)),
        reference_(std::move(reference)),
        found_(found),
        log_(log),
        wanted_(request.ticks) {}

  absl::Status run() {
    BELLWETHER_RETURN_IF_ERROR(look());
    bool again = true;
    while (again) {
      BELLWETHER_ASSIGN_OR_RETURN(again, pass());
    }
    if (!wanted_) return absl::OkStatus();
    for (PeriodIndex const tick : *wanted_) {
      VerifiedTick none;
      none.tick = tick;
      none.finding = Finding::kNotInJournal;
      none.note = "the journal has no verdict on it";
      found_(none);
    }
    return absl::OkStatus();
  }

 private:
  // Finds the present begin and end of the logs.
  absl::Status look() {
    std::vector<std::string> topics = inputs_of(config_).topics;
    size_t const inputs = topics.size();
    topics.push_back(config_.kafka.journal_topic);
    BELLWETHER_ASSIGN_OR_RETURN(kafka::ClusterInfo const cluster,
                                kafka::describe(client_, topics, kDescribeWait, log_));
    BELLWETHER_RETURN_IF_ERROR(kafka::check_aligned(
        {cluster.topics.begin(), cluster.topics.begin() + static_cast<ptrdiff_t>(inputs)}));
    partitions_ = cluster.topics.front().partitions;
    std::vector<base::LogPlace> places;
    for (const kafka::TopicInfo& topic : cluster.topics) {
      for (int32_t p = 0; p < topic.partitions; ++p) places.push_back({topic.name, p, -1});
    }
    BELLWETHER_ASSIGN_OR_RETURN(std::vector<base::LogState> const states,
                                kafka::inspect_log(client_, places, kDescribeWait, log_));
    for (size_t i = 0; i < places.size(); ++i) {
      if (states[i].low > 0) {
        return absl::FailedPreconditionError(base::cat(
            places[i].topic, " ", places[i].partition, " begins at offset ", states[i].low,
            ": the log no longer reaches back to its beginning, so nothing can be verified"));
      }
      ends_[{places[i].topic, places[i].partition}] = states[i].high;
    }
    journal_end_ = ends_.at({config_.kafka.journal_topic, 0});
    return absl::OkStatus();
  }

  // One pass over both logs. True if ticks are left for another pass.
  absl::StatusOr<bool> pass() {
    LogFold fold(config_, *reference_, partitions_);
    kafka::ConsumerTuning tuning;
    tuning.queued_kbytes = config_.kafka.queued_kbytes;
    BELLWETHER_RETURN_IF_ERROR(fold.open(client_, tuning, log_));
    BELLWETHER_ASSIGN_OR_RETURN(
        auto const journal,
        JournalWalk::open(client_, config_.kafka.journal_topic, journal_end_, log_));
    engine::Evaluator evaluator(reference_, evaluator_options(config_));
    alerts::Book book{base::Calendar(config_.time.calendar)};
    base::JournalOffset last_tick_at(-1);
    std::set<PeriodIndex> later;
    while (!wanted_ || !wanted_->empty()) {
      BELLWETHER_ASSIGN_OR_RETURN(std::optional<JournalWalk::Step> const step, journal->next());
      if (!step) break;
      if (!step->record) {
        book.skip(step->offset);
        continue;
      }
      const auto* const tick = std::get_if<alerts::TickEvaluated>(&step->record->entry);
      bool const asked = tick != nullptr && (!wanted_ || wanted_->contains(tick->tick));
      std::optional<alerts::Book> before;
      if (asked) before = book;
      bool const counts =
          book.fold(step->offset, step->record->entry) == alerts::FoldOutcome::kApplied;
      if (tick == nullptr || !counts) continue;
      bool const knew_last = tick->book_offset >= last_tick_at;
      last_tick_at = step->offset;
      if (!asked) continue;
      CutMap const cut = to_map(tick->cut);
      if (!beyond(cut, ends_) && !reaches(fold.reached(), cut) && !tick->cut.empty()) {
        later.insert(tick->tick);
        continue;
      }
      BELLWETHER_ASSIGN_OR_RETURN(VerifiedTick verified,
                                  check(*step, *tick, cut, *before, fold, evaluator));
      if (!knew_last && verified.finding != Finding::kPassed) {
        verified.finding = Finding::kDiffers;
        verified.note = "the record says that it was computed before the previous tick was judged";
      }
      found_(verified);
      if (wanted_) wanted_->erase(tick->tick);
    }
    if (!wanted_) wanted_ = later;  // ticks that were requested by name are still in wanted_
    return !later.empty();
  }

  absl::StatusOr<VerifiedTick> check(const JournalWalk::Step& step,
                                     const alerts::TickEvaluated& tick, const CutMap& cut,
                                     const alerts::Book& before, LogFold& fold,
                                     engine::Evaluator& evaluator) {
    VerifiedTick out;
    out.tick = tick.tick;
    out.record = step.offset;
    out.writer = base::excerpt(step.record->writer, kWriterBytesKept);
    out.cut = tick.cut;
    for (const auto& [place, offset] : cut) out.records += offset;
    if (tick.cut.empty()) {
      out.finding = Finding::kPassed;
      out.note = "passed without judgement";
      return out;
    }
    if (auto const place = beyond(cut, ends_)) {
      out.finding = Finding::kBeyondLog;
      auto const end = ends_.find(*place);
      out.note = end == ends_.end() ? base::cat("the configuration does not read ", place->first,
                                                " ", place->second)
                                    : base::cat(place->first, " ", place->second, " ends at ",
                                                end->second, ", before the cut at ", cut.at(*place),
                                                ": it was recreated or truncated");
      return out;
    }
    if (tick.figures != engine::kFiguresVersion) {
      out.finding = Finding::kOtherFigures;
      out.note = base::cat("computed with version ", tick.figures,
                           " of the figures; this build has version ", engine::kFiguresVersion,
                           ", so it cannot compare");
      return out;
    }
    if (tick.working_hours != reference_->desks.digest()) {
      out.finding = Finding::kOtherFigures;
      out.note = base::cat("computed with other working hours of the desk (",
                           base::hex16(tick.working_hours), ") than `desk` of the configuration (",
                           base::hex16(reference_->desks.digest()), "), so it cannot be compared");
      return out;
    }
    BELLWETHER_ASSIGN_OR_RETURN(auto const parts, fold.to(tick.tick, cut, step.record->written_at));
    evaluator.apply(tick.tick, parts);
    out.cells_journaled = tick.cells_digest;
    out.cells_computed = evaluator.cells_digest();
    out.verdict_journaled = tick.verdict_digest;
    if (before.rule_set() == nullptr || before.rule_set_digest() != tick.rule_set) {
      out.note = "the rules that it names were not in force";
    } else {
      alerts::TickEvaluated const computed =
          evaluator.evaluate(tick.tick, before, tick.cut, tick.historical);
      out.verdict_computed = computed.verdict_digest;
      out.alerts = differences(tick.updates, computed.updates);
      if (engine::verdict_digest(tick.updates) != tick.verdict_digest) {
        out.note = "its digest does not match its alerts";
      }
    }
    out.finding = out.note.empty() && out.cells_equal() && out.verdict_equal() ? Finding::kEqual
                                                                               : Finding::kDiffers;
    return out;
  }

  const config::Config& config_;
  kafka::ClientOptions const client_;
  std::shared_ptr<const reference::Reference> reference_;
  const std::function<void(const VerifiedTick&)>& found_;
  const base::LogFn& log_;
  std::optional<std::set<PeriodIndex>> wanted_;  // ticks still to verify; nullopt: all
  int partitions_ = 0;
  CutMap ends_;
  int64_t journal_end_ = 0;
};

}  // namespace

absl::Status verify(const config::Config& config,
                    std::shared_ptr<const reference::Reference> reference,
                    const VerifyRequest& request,
                    const std::function<void(const VerifiedTick&)>& found, const base::LogFn& log) {
  return Verification(config, std::move(reference), request, found, log).run();
}

}  // namespace bellwether::runtime
