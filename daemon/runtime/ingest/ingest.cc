#include "runtime/ingest/ingest.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <span>
#include <variant>

#include "absl/time/clock.h"
#include "adapters/kafka/log_marks.h"
#include "core/base/text.h"
#include "runtime/ingest/input_health.h"
#include "runtime/ingest/raw_record.h"

namespace bellwether::runtime {
namespace {

using engine::PartitionTick;
using engine::Taken;

// Records decoded before they are folded, so that ledger records are fetched from memory in the
// meantime.
constexpr size_t kAhead = 16;
constexpr auto kReportEvery = std::chrono::milliseconds(200);
constexpr int kWaitMs = 50;
// Limits of the interval at which the end of a quiet input's log is asked for again.
constexpr int64_t kConfirmEveryMsMin = 250;
constexpr int64_t kConfirmEveryMsMax = 10'000;
// Limit of ticks per partition that are handed over but not yet taken.
constexpr size_t kHandedMax = 8;

base::UnixMillis now() {
  return base::UnixMillis(absl::ToUnixMillis(absl::Now()));
}

// Several confirmations fit into the time after which a quiet input counts as idle.
int64_t confirm_every_ms(const engine::PartitionOptions& options) {
  return std::clamp(options.idle_after_ms / 4, kConfirmEveryMsMin, kConfirmEveryMsMax);
}

}  // namespace

// A request for images to all lanes at once.
struct Ingest::ImageRequest {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<snapshot::PartitionImage>> images;  // by partition
  size_t missing = 0;
  bool given_up = false;
};

// One partition number of all input topics.
class Ingest::Lane {
 public:
  Lane(Ingest& owner, int partition)
      : Lane(
            owner, partition,
            engine::PartitionEngine(base::PartitionId(partition), engine_options(owner.options_))) {
  }
  Lane(Ingest& owner, int partition, snapshot::RestoredPartition restored)
      : Lane(owner, partition,
             engine::PartitionEngine(base::PartitionId(partition), engine_options(owner.options_),
                                     std::move(restored.ledger), std::move(restored.state))) {
    for (size_t i = 0; i < inputs_.size(); ++i) inputs_[i].mark = restored.marks[i];
  }
  // The offset from which an input is read.
  int64_t begin(size_t input) const {
    int64_t const next = engine_.inputs()[input].next.value;
    return next < 0 ? RD_KAFKA_OFFSET_BEGINNING : next;
  }

  // Index of an input in the consumer's list.
  size_t consumer_input(size_t input) const {
    return static_cast<size_t>(partition_) * inputs_.size() + input;
  }

  // Reads, folds and hands over ticks as far as possible. False if there was nothing to do.
  bool serve() {
    bool busy = false;
    for (size_t i = 0; i < inputs_.size() && !owner_.stop_.load(std::memory_order_relaxed); ++i) {
      busy = serve_input(i) || busy;
    }
    busy = hand_on() || busy;
    serve_requests();
    auto const clock = std::chrono::steady_clock::now();
    if (clock - reported_ >= kReportEvery) {
      reported_ = clock;
      report(now());
    }
    return busy;
  }

  engine::Front front() const {
    std::lock_guard lock(mutex_);
    if (handed_.empty()) return {std::nullopt, floor_};
    return {handed_.front().tick, handed_.front().tick};
  }
  std::optional<PartitionTick> take() {
    std::lock_guard lock(mutex_);
    if (handed_.empty()) return std::nullopt;
    PartitionTick tick = std::move(handed_.front());
    handed_.pop_front();
    return tick;
  }
  size_t ticks_waiting() const {
    std::lock_guard lock(mutex_);
    return handed_.size();
  }
  LaneReport last_report() const {
    std::lock_guard lock(mutex_);
    return report_;
  }
  void ask_for_image(std::shared_ptr<ImageRequest> request) {
    std::lock_guard lock(mutex_);
    image_asked_for_ = std::move(request);
  }
  void thaw() {
    std::lock_guard lock(mutex_);
    thaw_ = true;
  }
  void ask(std::shared_ptr<Question> question) {
    std::lock_guard lock(mutex_);
    questions_.push_back(std::move(question));
  }
  // Called when nobody serves the lane any more.
  void stop_questions() {
    std::lock_guard lock(mutex_);
    for (const auto& question : questions_) question->stop();
    questions_.clear();
  }

 private:
  Lane(Ingest& owner, int partition, engine::PartitionEngine engine)
      : owner_(owner),
        partition_(partition),
        engine_(std::move(engine)),
        inputs_(owner.options_.topics.size()),
        contracts_(owner.options_.topics.size()),
        delays_(owner.options_.topics.size()),
        stands_(owner.options_.topics.size()) {
    for (const engine::InputState& in : engine_.inputs()) {
      past_.emplace_back(owner.options_.engine.calendar);
      health_.emplace_back(confirm_every_ms(owner.options_.engine),
                           engine::Offset(std::max<int64_t>(0, in.next.value)));
    }
    report(now());
  }

  struct Input {
    kafka::Batch batch;
    size_t next = 0;     // index of the next record of the batch to take
    size_t decoded = 0;  // number of records of the batch that are decoded
    base::LogMark mark;  // the last record taken from earlier batches
    std::array<std::variant<events::Event, events::Refusal>, kAhead> ahead;
  };

  static engine::PartitionOptions engine_options(const IngestOptions& options) {
    engine::PartitionOptions o = options.engine;
    engine::set_inputs(o, options.kinds);
    return o;
  }

  bool serve_input(size_t i) {
    if (health_[i].lost()) return false;
    Input& in = inputs_[i];
    base::UnixMillis const present = now();
    if (in.next == in.batch.records().size()) {
      in.mark = mark(in);
      owner_.consumer_->poll(consumer_input(i), in.batch);
      in.next = in.decoded = 0;
      note(i, present);
      if (in.batch.records().empty()) {
        serve_quiet(i, present);
        return false;
      }
    }
    size_t const before = in.next;
    while (in.next < in.batch.records().size()) {
      if (in.next == in.decoded) decode_ahead(i, in, present);
      if (!take(i, in, present)) break;
    }
    note_delays(i, in.batch.records().subspan(before, in.next - before));
    return in.next > before;
  }

  // `records` were taken just now.
  void note_delays(size_t i, std::span<const kafka::Record> records) {
    if (records.empty()) return;
    int64_t const applied_ms = now().value;
    for (const kafka::Record& record : records) {
      if (record.timestamp_ms >= 0) delays_[i].note(applied_ms - record.timestamp_ms);
    }
  }

  // An input without records is at the end of its log only up to the last confirmation by the
  // broker.
  void serve_quiet(size_t i, base::UnixMillis present) {
    if (const auto& end = health_[i].end()) {
      engine_.at_end(i, end->next, end->quiet_since, end->confirmed);
    }
    if (auto const offset = health_[i].ask_again(present)) {
      // Reading again from the end makes the broker report the end again. After an error
      // ask_again() will ask again.
      if (!owner_.consumer_->restart(consumer_input(i), offset->value).ok()) health_[i].not_asked();
    }
  }

  static base::LogMark mark(const Input& in) {
    return in.next == 0 ? in.mark : kafka::mark_of(in.batch.records()[in.next - 1]);
  }

  // Serves the requests of other threads, between two records.
  void serve_requests() {
    std::shared_ptr<ImageRequest> image_request;
    std::vector<std::shared_ptr<Question>> questions;
    {
      std::lock_guard lock(mutex_);
      image_request = image_asked_for_;
      questions.swap(questions_);
      if (std::exchange(thaw_, false)) engine_.thaw_ledger();
    }
    for (const auto& question : questions)
      question->answer(base::PartitionId(partition_), engine_.ledger());
    if (image_request != nullptr) serve_image(*image_request);
  }

  // Answers once the dead letters are acknowledged, so that no record read can be lost with the
  // image.
  void serve_image(ImageRequest& request) {
    if (!dead_letters_done()) return;
    {
      std::lock_guard lock(mutex_);
      image_asked_for_.reset();
    }
    std::lock_guard lock(request.mutex);
    if (request.given_up) return;
    request.images[static_cast<size_t>(partition_)] = image();
    --request.missing;
    request.changed.notify_all();
  }

  snapshot::PartitionImage image() {
    snapshot::PartitionImage out;
    out.state = engine_.state();
    std::vector<PartitionTick> closed;
    {
      std::lock_guard lock(mutex_);
      closed.assign(handed_.begin(), handed_.end());
    }
    if (pending_) closed.push_back(*pending_);
    out.state.ready.insert(out.state.ready.begin(), closed.begin(), closed.end());
    for (const Input& in : inputs_) out.marks.push_back(mark(in));
    out.ledger = engine_.freeze_ledger();
    return out;
  }

  bool dead_letters_done() const {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!owner_.dead_letters_.done_before(owner_.options_.topics[i], partition_,
                                            engine_.inputs()[i].next.value)) {
        return false;
      }
    }
    return true;
  }

  // Records the results of the poll other than its records.
  void note(size_t i, base::UnixMillis present) {
    Input& in = inputs_[i];
    Poll poll;
    poll.records = !in.batch.records().empty();
    if (poll.records) poll.first = engine::Offset(in.batch.records().front().offset);
    if (in.batch.at_end()) poll.end = engine::Offset(in.batch.end_offset());
    poll.error = in.batch.error();
    poll.reachable = owner_.consumer_->broker_reachable();
    poll.next = engine_.inputs()[i].next.value;
    poll.high_watermark = owner_.consumer_->high_watermark(consumer_input(i));
    std::string const before = health_[i].error();
    bool const whole = health_[i].missing().empty();
    health_[i].note(poll, present);
    if (const std::string& error = health_[i].error(); !error.empty() && error != before) {
      owner_.log_(base::LogLevel::kError, "input",
                  base::cat(owner_.options_.topics[i], " ", partition_, ": ", error));
    }
    if (whole && !health_[i].missing().empty()) {
      owner_.log_(
          base::LogLevel::kWarning, "input",
          base::cat(owner_.options_.topics[i], " ", partition_, ": ", health_[i].missing()));
    }
    if (health_[i].lost()) {
      in.batch.clear();
      in.next = in.decoded = 0;
    }
  }

  void decode_ahead(size_t i, Input& in, base::UnixMillis present) {
    auto const records = in.batch.records();
    size_t const end = std::min(records.size(), in.next + kAhead);
    base::UnixMillis const latest(present.value + owner_.options_.engine.future_tolerance_ms);
    for (size_t r = in.next; r < end; ++r) {
      auto& slot = in.ahead[r - in.next];
      slot = owner_.decoder_.decode(raw_record(records[r], owner_.options_.kinds[i], latest));
      const auto* event = std::get_if<events::Event>(&slot);
      if (event == nullptr) continue;
      engine_.prefetch(event->business);
      past_[i].note(*event, base::UnixMillis(records[r].timestamp_ms), latest);
      // Not when the record is taken: one with the broker's time may be held for long.
      if (event->kind != events::EventKind::kHeartbeat) {
        contracts_[i].note(records[r], partition_, owner_.options_.partitions);
      }
    }
    auto const each_event = [&](auto use) {
      for (size_t r = in.next; r < end; ++r) {
        if (const auto* event = std::get_if<events::Event>(&in.ahead[r - in.next]))
          use(event->business);
      }
    };
    each_event([&](base::BusinessKey b) { engine_.prefetch_record(b); });
    each_event([&](base::BusinessKey b) { engine_.prefetch_facts(b); });
    in.decoded = end;
  }

  bool take(size_t i, Input& in, base::UnixMillis present) {
    const kafka::Record& record = in.batch.records()[in.next];
    auto const& decoded = in.ahead[in.next % kAhead];  // groups begin at multiples of kAhead
    engine::Offset const offset(record.offset);
    base::UnixMillis const published(record.timestamp_ms);
    if (const auto* event = std::get_if<events::Event>(&decoded)) {
      if (engine_.offer(i, offset, published, present, *event) == Taken::kHeld) return false;
      if (auto const reason = engine_.not_kept()) dead_letter(i, record, *reason);
    } else {
      if (owner_.dead_letters_.full()) return false;
      events::Refusal const reason = std::get<events::Refusal>(decoded);
      if (engine_.offer_refused(i, offset, published, present, reason) == Taken::kHeld)
        return false;
      dead_letter(i, record, reason);
    }
    ++in.next;
    return true;
  }

  void dead_letter(size_t i, const kafka::Record& record, events::Refusal reason) {
    kafka::DeadLetter letter;
    letter.topic = owner_.options_.topics[i];
    letter.partition = partition_;
    letter.offset = record.offset;
    letter.timestamp_ms = record.timestamp_ms;
    letter.key = record.key;
    letter.value = record.value;
    letter.reason = events::name(reason);
    letter.message = events::kRefusalTexts[static_cast<size_t>(reason)].what;
    // Other lanes may have used the last free places since take() checked.
    while (!owner_.dead_letters_.write(letter) && !owner_.stop_.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  bool hand_on() {
    bool moved = false;
    while (true) {
      if (!pending_) pending_ = engine_.take_tick();
      if (!pending_ || !dead_letters_done(*pending_)) break;
      {
        std::lock_guard lock(mutex_);
        if (handed_.size() >= kHandedMax) break;
        last_tick_ = pending_->tick;
        sources_ = pending_->complete_to;
        handed_.push_back(*std::move(pending_));
      }
      pending_.reset();
      moved = true;
    }
    auto const floor = pending_ ? pending_->tick : engine_.open_tick();
    if (floor != floor_seen_) {
      floor_seen_ = floor;
      moved = true;
      std::lock_guard lock(mutex_);
      floor_ = floor;
    }
    if (moved) owner_.ticked_();
    return moved;
  }

  bool dead_letters_done(const PartitionTick& tick) const {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!owner_.dead_letters_.done_before(owner_.options_.topics[i], partition_,
                                            tick.cut[i].value)) {
        return false;
      }
    }
    return true;
  }

  // How long an input has stood at one offset.
  struct Stand {
    engine::Offset at{-1};
    base::UnixMillis since;
    // REQUIRES: calls in the order of time.
    int64_t for_ms(engine::Offset next, base::UnixMillis now) {
      if (next != at) *this = {next, now};
      return now.value - since.value;
    }
  };

  // A partition without any record stops all ticks, unless the wall clock may count it as idle.
  std::string waiting(size_t i) const {
    const auto& end = health_[i].end();
    if (!end || !engine_.waits_for(i)) return "";
    if (end->confirmed.value - end->quiet_since.value < owner_.options_.engine.idle_after_ms)
      return "";
    return "nothing read yet and no heartbeat; ticks wait for it";
  }

  void report(base::UnixMillis present) {
    LaneReport r;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const engine::InputState& state = engine_.inputs()[i];
      InputReport in;
      in.topic = owner_.options_.topics[i];
      in.partition = partition_;
      in.next_offset = std::max<int64_t>(0, state.next.value);
      if (owner_.consumer_ != nullptr) {
        in.end_offset = owner_.consumer_->high_watermark(consumer_input(i));
      }
      if (const auto& end = health_[i].end())
        in.end_offset = std::max(in.end_offset, end->next.value);
      in.lag_events = std::max<int64_t>(0, in.end_offset - in.next_offset);
      in.watermark = state.watermark;
      if (in.lag_events > 0 && state.newest.value != INT64_MIN) {
        in.lag_seconds =
            1e-3 * static_cast<double>(std::max<int64_t>(0, present.value - state.newest.value));
      }
      in.held = state.held;
      in.blocked = state.held &&
                   stands_[i].for_ms(state.next, present) >= owner_.options_.engine.idle_after_ms;
      in.idle = state.idle;
      in.error = health_[i].error();
      in.waiting = waiting(i);
      in.missing = health_[i].missing();
      in.breaches = contracts_[i].counts();
      in.past = past_[i].count();
      in.delays = delays_[i];
      r.inputs.push_back(std::move(in));
    }
    r.partition = {partition_, engine_.ledger().stats(), last_tick_, engine_.open_tick()};
    r.counts = engine_.counts();
    for (const auto& [source, complete_to] : sources_) r.sources.push_back({source, complete_to});
    std::lock_guard lock(mutex_);
    report_ = std::move(r);
  }

  Ingest& owner_;
  int const partition_;
  engine::PartitionEngine engine_;
  std::vector<Input> inputs_;
  std::vector<InputHealth> health_;       // by input
  std::vector<InputContract> contracts_;  // by input
  std::vector<PastLoad> past_;            // by input
  std::vector<RecordDelays> delays_;      // by input
  std::vector<Stand> stands_;             // by input
  std::optional<PartitionTick> pending_;
  std::optional<engine::PeriodIndex> floor_seen_;
  std::optional<engine::PeriodIndex> last_tick_;
  std::vector<std::pair<uint64_t, base::UnixMillis>> sources_;
  std::chrono::steady_clock::time_point reported_;
  mutable std::mutex mutex_;
  std::deque<PartitionTick> handed_;
  std::optional<engine::PeriodIndex> floor_;
  LaneReport report_;
  std::shared_ptr<ImageRequest> image_asked_for_;
  std::vector<std::shared_ptr<Question>> questions_;
  bool thaw_ = false;
};

class Ingest::Worker {
 public:
  Worker(Ingest& owner, std::vector<Lane*> lanes) : owner_(owner), lanes_(std::move(lanes)) {
    for (Lane* lane : lanes_) {
      for (size_t i = 0; i < owner.options_.topics.size(); ++i) {
        owner.consumer_->wake_on(lane->consumer_input(i), waiter_);
      }
    }
    thread_ = std::thread([this] { run(); });
  }
  void wake() { waiter_.wake(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (!owner_.stop_.load(std::memory_order_relaxed)) {
      bool busy = false;
      for (Lane* lane : lanes_) busy = lane->serve() || busy;
      if (!busy) waiter_.wait(kWaitMs);
    }
  }

  Ingest& owner_;
  std::vector<Lane*> lanes_;
  kafka::Waiter waiter_;
  std::thread thread_;
};

Ingest::Ingest(IngestOptions options, const events::Decoder& decoder,
               kafka::DeadLetters& dead_letters, std::function<void()> ticked, base::LogFn log)
    : options_(std::move(options)),
      decoder_(decoder),
      dead_letters_(dead_letters),
      ticked_(std::move(ticked)),
      log_(std::move(log)) {}

absl::StatusOr<std::unique_ptr<Ingest>> Ingest::start(
    IngestOptions options, std::vector<snapshot::RestoredPartition> restored,
    const events::Decoder& decoder, kafka::DeadLetters& dead_letters, std::function<void()> ticked,
    base::LogFn log) {
  std::unique_ptr<Ingest> ingest(
      new Ingest(std::move(options), decoder, dead_letters, std::move(ticked), std::move(log)));
  const IngestOptions& o = ingest->options_;
  std::vector<kafka::Assignment> assignments;
  for (int p = 0; p < o.partitions; ++p) {
    auto const n = static_cast<size_t>(p);
    ingest->lanes_.push_back(restored.empty()
                                 ? std::make_unique<Lane>(*ingest, p)
                                 : std::make_unique<Lane>(*ingest, p, std::move(restored[n])));
    for (size_t i = 0; i < o.topics.size(); ++i) {
      assignments.push_back({o.topics[i], p, ingest->lanes_[n]->begin(i)});
    }
  }
  auto consumer =
      kafka::InputConsumer::create(o.client, std::move(assignments), o.tuning, ingest->log_);
  if (!consumer.ok()) return consumer.status();
  ingest->consumer_ = *std::move(consumer);
  int const workers = std::clamp(o.workers, 1, o.partitions);
  for (int w = 0; w < workers; ++w) {
    std::vector<Lane*> mine;
    for (int p = w; p < o.partitions; p += workers)
      mine.push_back(ingest->lanes_[static_cast<size_t>(p)].get());
    ingest->workers_.push_back(std::make_unique<Worker>(*ingest, std::move(mine)));
  }
  return ingest;
}

Ingest::~Ingest() {
  stop();
  lanes_.clear();  // their batches are returned to the consumer first
  consumer_.reset();
  workers_.clear();  // the consumer wakes their waiters until it is destroyed
}

void Ingest::stop() {
  stop_.store(true);
  for (auto& worker : workers_) worker->wake();
  for (auto& worker : workers_) worker->join();
  for (auto& lane : lanes_) lane->stop_questions();
}

engine::Front Ingest::front(int partition) const {
  return lanes_[static_cast<size_t>(partition)]->front();
}
std::optional<PartitionTick> Ingest::take(int partition) {
  return lanes_[static_cast<size_t>(partition)]->take();
}
size_t Ingest::ticks_waiting() const {
  size_t most = 0;
  for (const auto& lane : lanes_) most = std::max(most, lane->ticks_waiting());
  return most;
}
std::optional<std::vector<snapshot::PartitionImage>> Ingest::images(absl::Time deadline) {
  auto const request = std::make_shared<ImageRequest>();
  request->images.resize(lanes_.size());
  request->missing = lanes_.size();
  for (const auto& lane : lanes_) lane->ask_for_image(request);
  for (const auto& worker : workers_) worker->wake();
  std::vector<snapshot::PartitionImage> out;
  {
    std::unique_lock lock(request->mutex);
    request->changed.wait_for(lock, absl::ToChronoMilliseconds(deadline - absl::Now()),
                              [&] { return request->missing == 0 || stop_.load(); });
    request->given_up = true;
    if (request->missing == 0) {
      for (auto& image : request->images) out.push_back(*std::move(image));
      return out;
    }
    request->images.clear();
  }
  for (const auto& lane : lanes_) lane->ask_for_image(nullptr);
  thaw();
  return std::nullopt;
}

absl::Status Ingest::ask(LedgerQuestion question, absl::Time deadline) {
  auto const asked = std::make_shared<Question>(std::move(question), lanes_.size());
  for (const auto& lane : lanes_) lane->ask(asked);
  // If stop_ is set, stop() may have stopped the questions before this one was added.
  if (stop_.load()) asked->stop();
  for (const auto& worker : workers_) worker->wake();
  return asked->wait(deadline);
}

void Ingest::thaw() {
  for (const auto& lane : lanes_) lane->thaw();
  for (const auto& worker : workers_) worker->wake();
}

std::vector<LaneReport> Ingest::reports() const {
  std::vector<LaneReport> out;
  for (const auto& lane : lanes_) out.push_back(lane->last_report());
  return out;
}

}  // namespace bellwether::runtime
