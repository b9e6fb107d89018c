#include "simulation/pipeline/replica.h"

#include <algorithm>

#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"
#include "support/world.h"

namespace bellwether::simulation {
namespace {

constexpr int64_t kAppendWaitMs = 10'000;
constexpr size_t kHandedMax = 8;
constexpr size_t kPreparedAtOnce = 4;
constexpr int64_t kHistoricalAfterMs = 172'800'000;

engine::EvaluatorOptions evaluator_options(base::Calendar calendar) {
  engine::EvaluatorOptions o;
  o.calendar = calendar;
  o.history_periods = history_periods(calendar);
  o.topics.assign(kInputTopics.begin(), kInputTopics.end());
  return o;
}

std::shared_ptr<const reference::Reference> shared_world() {
  return {std::shared_ptr<const void>(), &testing::world()};
}

}  // namespace

Replica::Replica(int id, int rules, Surroundings around)
    : id_(id),
      around_(around),
      lanes_(static_cast<size_t>(around.setup.partitions)),
      written_before_(around.broker.dead_letters),
      keeper_(around.setup.calendar),
      evaluator_(shared_world(), evaluator_options(around.setup.calendar)),
      snapshots_(id, around),
      rules_(rules),
      cut_(around.broker.lanes(), -1) {
  if (auto restored = snapshots_.newest()) {
    go_on_from(*std::move(restored));
  } else {
    for (size_t p = 0; p < lanes_.size(); ++p) begin(p);
    around_.auditor.started(id, around_.broker.lows());
  }
}

// Starts a partition from the records that the log still has.
void Replica::begin(size_t partition) {
  Lane& lane = lanes_[partition];
  lane.engine = std::make_unique<engine::PartitionEngine>(
      base::PartitionId(static_cast<int32_t>(partition)), around_.setup.partition);
  for (size_t i = 0; i < kInputs; ++i) {
    lane.next[i] = around_.broker.low(i * lanes_.size() + partition);
  }
}

void Replica::begin(size_t partition, snapshot::RestoredPartition restored) {
  Lane& lane = lanes_[partition];
  lane.engine = std::make_unique<engine::PartitionEngine>(
      base::PartitionId(static_cast<int32_t>(partition)), around_.setup.partition,
      std::move(restored.ledger), std::move(restored.state));
  for (size_t i = 0; i < kInputs; ++i) {
    int64_t const next = lane.engine->inputs()[i].next.value;
    lane.next[i] = next < 0 ? around_.broker.low(i * lanes_.size() + partition) : next;
    lane.marks[i] = restored.marks[i];
  }
}

void Replica::go_on_from(snapshot::Restored restored) {
  for (size_t p = 0; p < lanes_.size(); ++p) begin(p, std::move(restored.partitions[p]));
  last_ = restored.evaluation.tick;
  if (restored.book) {
    auto past = runtime::PastBooks::restore(restored.past_book, *restored.book);
    if (!past.ok()) around_.auditor.fail(base::cat("replica ", id_, ": ", past.status().message()));
    keeper_.start_from(*std::move(restored.book),
                       past.ok() ? *std::move(past) : runtime::PastBooks());
    journal_next_ = restored.manifest.journal_next;
  }
  for (const alerts::CutOffset& c : restored.manifest.cut) {
    cut_[input_of(c.topic) * lanes_.size() + static_cast<size_t>(c.partition)] = c.offset;
  }
  evaluator_.restore(restored.evaluation.tick, std::move(restored.evaluation.panel),
                     restored.evaluation.reports, restored.evaluation.cells_digest,
                     std::move(restored.evaluation.changes));
  if (evaluator_.changes().empty())
    around_.auditor.fail(base::cat("replica ", id_, " starts from a snapshot without the past"));
  snapshot::Image again = *image();
  again.manifest = restored.manifest;
  uint64_t const same = fingerprint(again);
  for (Lane& lane : lanes_) {
    lane.engine->thaw_ledger();
    hand_on(lane);
  }
  around_.auditor.restored({id_, *last_, cut_}, same, next(), evaluator_);
}

std::optional<snapshot::Image> Replica::image() {
  auto const evaluation = evaluator_.state();
  if (!evaluation) return std::nullopt;
  snapshot::Image out;
  out.manifest.identity = snapshots_.identity();
  out.manifest.taken_at = around_.now;
  out.manifest.tick = evaluation->tick;
  runtime::BookKeeper::Published const journal = keeper_.published();
  out.book = journal.book;
  out.past_book = journal.past->image();
  out.manifest.journal = journal.book->offset();
  out.manifest.journal_mark = journal.place.mark;
  out.manifest.journal_next = journal.place.next;
  out.manifest.cut = cut();
  out.evaluation = *evaluation;
  for (Lane& lane : lanes_) out.partitions.push_back(image(lane));
  return out;
}

snapshot::PartitionImage Replica::image(Lane& lane) {
  snapshot::PartitionImage out;
  out.state = lane.engine->state();
  std::vector<engine::PartitionTick> closed(lane.handed.begin(), lane.handed.end());
  if (lane.pending) closed.push_back(*lane.pending);
  out.state.ready.insert(out.state.ready.begin(), closed.begin(), closed.end());
  out.marks.assign(lane.marks.begin(), lane.marks.end());
  out.ledger = lane.engine->freeze_ledger();
  return out;
}

void Replica::capture() {
  if (!capture_is_due_ || snapshots_.busy() || settling_ || !keeper_.caught_up()) return;
  for (const Lane& lane : lanes_) {
    if (!around_.parts.captures(lane.letters.empty())) return;
  }
  auto taken = image();
  if (!taken) return;
  capture_is_due_ = false;
  snapshots_.capture(*std::move(taken));
  Cut read = next();
  for (size_t l = 0; l < read.size(); ++l) {
    // A lane that was not read yet may later be read from the beginning of a recreated log.
    if (lanes_[l % lanes_.size()].engine->inputs()[l / lanes_.size()].next.value < 0) read[l] = 0;
  }
  around_.auditor.captured(id_, snapshots_.captured(), std::move(read));
}

void Replica::save() {
  if (!snapshots_.save()) return;
  for (Lane& lane : lanes_) lane.engine->thaw_ledger();
}

void Replica::save_foreign() {
  if (snapshots_.busy() || settling_) return;
  if (auto taken = image()) snapshots_.save_foreign(*std::move(taken));
  for (Lane& lane : lanes_) lane.engine->thaw_ledger();
}

bool Replica::lost() const {
  for (size_t p = 0; p < lanes_.size(); ++p) {
    for (size_t i = 0; i < kInputs; ++i) {
      if (lanes_[p].next[i] < around_.broker.low(i * lanes_.size() + p)) return true;
    }
  }
  return false;
}

void Replica::read(size_t input, size_t partition, int64_t records_max) {
  Lane& lane = lanes_[partition];
  const std::vector<Record>& log = around_.broker.log(input, partition);
  for (int64_t n = 0; around_.broker.up && n < records_max; ++n) {
    int64_t& next = lane.next[input];
    if (next < around_.broker.low(input * lanes_.size() + partition)) break;  // lost
    if (static_cast<size_t>(next) == log.size()) {
      if (!lane.quiet_since[input]) lane.quiet_since[input] = around_.now;
      lane.engine->at_end(input, engine::Offset(next), *lane.quiet_since[input], around_.now);
      break;
    }
    lane.quiet_since[input].reset();
    const Record& record = log[static_cast<size_t>(next)];
    if (!take(lane, {input, partition, next, record.published, around_.now, id_}, record)) break;
    lane.marks[input] = mark_of(record, next);
    ++next;
  }
  hand_on(lane);
  around_.auditor.counted(id_, partition, *lane.engine);
}

bool Replica::take(Lane& lane, const Delivery& d, const Record& record) {
  if (const auto* event = std::get_if<events::Event>(&record.content)) {
    return around_.parts.offer(*lane.engine, d, *event) == engine::Taken::kTaken;
  }
  auto const reason = std::get<events::Refusal>(record.content);
  if (around_.parts.offer_refused(*lane.engine, d, reason) == engine::Taken::kHeld) return false;
  DeadLetterKey const letter(d.input, d.partition, d.offset);
  if (!around_.parts.is_written(letter, written_before_)) lane.letters.push_back(letter);
  return true;
}

void Replica::hand_on(Lane& lane) {
  while (lane.handed.size() < kHandedMax) {
    if (!lane.pending) lane.pending = around_.parts.take_tick(*lane.engine);
    if (!lane.pending || !around_.parts.hands_on(dead_letters_done(lane, *lane.pending))) return;
    lane.handed.push_back(*std::move(lane.pending));
    lane.pending.reset();
  }
}

bool Replica::dead_letters_done(const Lane& lane, const engine::PartitionTick& tick) const {
  return std::ranges::none_of(lane.letters, [&](const DeadLetterKey& letter) {
    return std::get<2>(letter) < tick.cut[std::get<0>(letter)].value;
  });
}

void Replica::deliver_dead_letters(int64_t letters_max, bool newest_first) {
  if (!around_.broker.up) return;
  for (Lane& lane : lanes_) {
    for (; letters_max > 0 && !lane.letters.empty(); --letters_max) {
      auto const letter = newest_first ? std::prev(lane.letters.end()) : lane.letters.begin();
      auto const& [input, partition, offset] = *letter;
      const Record& record = around_.broker.log(input, partition)[static_cast<size_t>(offset)];
      around_.broker.dead_letters[*letter] = std::get<events::Refusal>(record.content);
      lane.letters.erase(letter);
    }
    hand_on(lane);
  }
}

engine::Front Replica::front(int partition) const {
  const Lane& lane = lanes_[static_cast<size_t>(partition)];
  if (!lane.handed.empty()) return {lane.handed.front().tick, lane.handed.front().tick};
  if (lane.pending) return {std::nullopt, lane.pending->tick};
  return {std::nullopt, lane.engine->open_tick()};
}

std::optional<engine::PartitionTick> Replica::take(int partition) {
  Lane& lane = lanes_[static_cast<size_t>(partition)];
  if (lane.handed.empty()) return std::nullopt;
  engine::PartitionTick tick = std::move(lane.handed.front());
  lane.handed.pop_front();
  hand_on(lane);
  return tick;
}

void Replica::fold(int64_t records_max) {
  if (!around_.broker.up) return;
  const std::vector<std::string>& journal = around_.broker.journal();
  for (int64_t n = 0; n < records_max && static_cast<size_t>(journal_next_) < journal.size(); ++n) {
    JournalOffset const offset(journal_next_);
    auto const entry = around_.parts.decode(journal[static_cast<size_t>(journal_next_)]);
    if (!entry.ok()) {
      around_.auditor.fail(base::cat("record ", journal_next_, " cannot be read"));
      return;
    }
    around_.auditor.folded(id_, offset, *entry, around_.parts.fold(keeper_, id_, offset, *entry));
    ++journal_next_;
  }
  base::LogMark mark;
  if (int64_t const last = journal_next_ - 1; last >= 0)
    mark = mark_of(journal[static_cast<size_t>(last)], last);
  keeper_.publish(static_cast<size_t>(journal_next_) == journal.size(), {mark, journal_next_});
  around_.auditor.viewed(id_, *keeper_.view());
  answer();
}

Replica::Pending Replica::send(alerts::JournalEntry entry) {
  std::string const writer = base::cat("replica-", id_);
  if (auto* const tick = std::get_if<alerts::TickEvaluated>(&entry)) tick->writer = writer;
  std::string bytes = runtime::encode(entry, writer, around_.now);
  return {around_.broker.send(std::move(entry), std::move(bytes)),
          around_.steady_ms + kAppendWaitMs};
}

Replica::Waited Replica::wait_for(const Pending& pending,
                                  std::optional<alerts::FoldOutcome>& outcome,
                                  JournalOffset& offset) {
  if (auto const at = around_.broker.acknowledged(pending.id)) {
    offset = *at;
    outcome = around_.parts.read_back(keeper_, *at);
    if (outcome) return Waited::kDone;
  }
  return around_.steady_ms > pending.deadline_ms ? Waited::kFailed : Waited::kStillWaiting;
}

void Replica::act(alerts::JournalEntry entry) {
  acts_.push_back(send(entry));
}

void Replica::answer() {
  std::erase_if(acts_, [this](const Pending& act) {
    std::optional<alerts::FoldOutcome> outcome;
    JournalOffset offset;
    Waited const waited = wait_for(act, outcome, offset);
    if (waited == Waited::kDone) around_.auditor.answered(id_, offset, *outcome, *keeper_.view());
    return waited != Waited::kStillWaiting;
  });
}

void Replica::evaluate() {
  answer();
  if (!keeper_.caught_up()) return;
  if (append_) {
    std::optional<alerts::FoldOutcome> outcome;
    JournalOffset offset;
    Waited const waited = wait_for(*append_, outcome, offset);
    if (waited == Waited::kStillWaiting) return;
    if (waited == Waited::kFailed && activating_) was_leader_ = false;  // try again
    append_.reset();
  }
  auto const book = keeper_.view();
  if (settling_ && book->last_tick() && *book->last_tick() >= *last_) {
    settling_ = false;
    around_.auditor.judged(id_, *last_, evaluator_);
    ask_about_the_past();
  }
  activate_rules();
  if (append_) return;
  if (settling_) {
    if (leads_) judge();
    return;
  }
  capture();
  auto const tick = around_.parts.aligned(engine::fronts(*this));
  if (tick && book->rule_set() != nullptr) {
    take_tick(*tick);
  } else if (last_ && leads_) {
    evaluator_.prepare(PeriodIndex(last_->value + 1), *book, kPreparedAtOnce);
  }
}

// Asks about one kept tick and one kept revision. Every replica asks about others.
void Replica::ask_about_the_past() {
  uint64_t const chosen =
      base::mix64(static_cast<uint64_t>(last_->value) * 7 + static_cast<uint64_t>(id_) + 1);
  const engine::PanelChanges& changes = evaluator_.changes();
  runtime::BookKeeper::Published const journal = keeper_.published();
  snapshot::PastBook const past = journal.past->image();
  if (changes.empty() || past.before == nullptr)
    return around_.auditor.fail(base::cat("replica ", id_, " has forgotten the past"));
  PeriodIndex const tick = changes[chosen % changes.size()]->tick;
  around_.auditor.asked(id_, tick, around_.parts.past_panel(*evaluator_.publish(), changes, tick));
  int64_t const first = past.before->offset().value;
  auto const kept = static_cast<uint64_t>(journal.book->offset().value - first + 1);
  JournalOffset const revision(first + static_cast<int64_t>((chosen >> 20) % kept));
  around_.auditor.asked(id_, revision, around_.parts.past_book(*journal.past, revision));
}

void Replica::activate_rules() {
  bool const became = leads_ && !was_leader_;
  was_leader_ = leads_;
  bool const reloaded = new_rules_.has_value();
  if (reloaded) rules_ = *std::exchange(new_rules_, std::nullopt);
  if (!leads_ || !(became || reloaded)) return;
  const alerts::RuleSet& rules = rule_set(around_.setup.calendar, rules_);
  auto const book = keeper_.view();
  if (book->rule_set() != nullptr && book->rule_set_digest() == alerts::digest(rules)) return;
  append_ = send(alerts::RuleSetActivated{rules, "configuration", around_.now});
  activating_ = true;
}

void Replica::take_tick(PeriodIndex tick) {
  std::vector<engine::PartitionTick> const parts = engine::take_all(*this, tick);
  for (const engine::PartitionTick& part : parts) {
    auto const p = static_cast<size_t>(part.partition.value);
    for (size_t i = 0; i < kInputs; ++i) cut_[i * lanes_.size() + p] = part.cut[i].value;
  }
  auto const book = keeper_.view();
  around_.parts.apply(evaluator_, tick, parts, *book);
  last_ = tick;
  settling_ = true;
  around_.auditor.settled({id_, tick, cut_}, evaluator_);
}

void Replica::judge() {
  auto const book = keeper_.view();
  if (book->rule_set() == nullptr) return;
  base::Calendar const calendar = around_.setup.calendar;
  PeriodIndex const due = book->last_tick() ? PeriodIndex(book->last_tick()->value + 1) : *last_;
  alerts::TickEvaluated verdict;
  if (due < *last_) {
    verdict.tick = due;
    verdict.tick_at = calendar.end_of(due);
    verdict.book_offset = book->offset();
    verdict.rule_set = book->rule_set_digest();
    verdict.historical = true;
  } else {
    bool const historical = calendar.end_of(*last_).value + kHistoricalAfterMs < around_.now.value;
    verdict = around_.parts.evaluate(evaluator_, *last_, *book, cut(), historical);
  }
  append_ = send(std::move(verdict));
  activating_ = false;
}

std::vector<alerts::CutOffset> Replica::cut() const {
  std::vector<alerts::CutOffset> out;
  for (size_t l = 0; l < cut_.size(); ++l) {
    if (cut_[l] < 0) continue;
    out.push_back({kTopics[l / lanes_.size()], static_cast<int32_t>(l % lanes_.size()), cut_[l]});
  }
  return out;
}

Cut Replica::next() const {
  Cut out(cut_.size());
  for (size_t l = 0; l < out.size(); ++l)
    out[l] = lanes_[l % lanes_.size()].next[l / lanes_.size()];
  return out;
}

bool Replica::at_rest(PeriodIndex through) const {
  if (append_ || !acts_.empty() || new_rules_ || !keeper_.caught_up()) return false;
  if (settling_ && *last_ <= through) return false;
  if (static_cast<size_t>(journal_next_) != around_.broker.journal().size()) return false;
  for (size_t p = 0; p < lanes_.size(); ++p) {
    const Lane& lane = lanes_[p];
    if (!lane.letters.empty() || lane.pending) return false;
    if (!lane.handed.empty() && lane.handed.front().tick <= through) return false;
    auto const open = lane.engine->open_tick();
    if (!open || *open <= through) return false;
    for (size_t i = 0; i < kInputs; ++i) {
      if (static_cast<size_t>(lane.next[i]) != around_.broker.log(i, p).size()) return false;
    }
  }
  return true;
}

}  // namespace bellwether::simulation
