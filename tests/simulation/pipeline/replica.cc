#include "simulation/pipeline/replica.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/journal_codec.h"
#include "support/world.h"

namespace bellwether::simulation {
namespace {

constexpr int64_t kAppendWaitMs = 10'000;
constexpr size_t kHandedMax = 8;
constexpr size_t kPreparedAtOnce = 4;
constexpr int64_t kHistoricalAfterMs = 172'800'000;
const std::vector<std::string> kTopics = {"registrations", "support"};

engine::EvaluatorOptions evaluator_options(base::Calendar calendar) {
  engine::EvaluatorOptions o;
  o.calendar = calendar;
  o.history_periods = 20 * calendar.periods_per_year();
  o.topics = kTopics;
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
      rules_(rules),
      cut_(kInputs * lanes_.size(), -1) {
  for (size_t p = 0; p < lanes_.size(); ++p) {
    lanes_[p].engine = std::make_unique<engine::PartitionEngine>(
        base::PartitionId(static_cast<int32_t>(p)), around.setup.partition);
  }
  around_.auditor.started(id);
}

void Replica::read(size_t input, size_t partition, int64_t records_max) {
  Lane& lane = lanes_[partition];
  const std::vector<Record>& log = around_.broker.log(input, partition);
  for (int64_t n = 0; around_.broker.up && n < records_max; ++n) {
    int64_t& next = lane.next[input];
    if (static_cast<size_t>(next) == log.size()) {
      if (!lane.quiet_since[input]) lane.quiet_since[input] = around_.now;
      lane.engine->at_end(input, engine::Offset(next), *lane.quiet_since[input], around_.now);
      break;
    }
    lane.quiet_since[input].reset();
    const Record& record = log[static_cast<size_t>(next)];
    if (!take(lane, {input, partition, next, record.published, around_.now, id_}, record)) break;
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

std::vector<engine::Front> Replica::fronts() const {
  std::vector<engine::Front> out;
  for (const Lane& lane : lanes_) {
    if (!lane.handed.empty()) {
      out.push_back({lane.handed.front().tick, lane.handed.front().tick});
    } else if (lane.pending) {
      out.push_back({std::nullopt, lane.pending->tick});
    } else {
      out.push_back({std::nullopt, lane.engine->open_tick()});
    }
  }
  return out;
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
  keeper_.publish(static_cast<size_t>(journal_next_) == journal.size());
  around_.auditor.viewed(id_, *keeper_.view());
  answer();
}

Replica::Pending Replica::send(const alerts::JournalEntry& entry) {
  std::string bytes = runtime::encode(entry, base::cat("replica-", id_), around_.now);
  return {around_.broker.send(entry, std::move(bytes)), around_.steady_ms + kAppendWaitMs};
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
  }
  activate_rules();
  if (append_) return;
  if (settling_) {
    if (leads_) judge();
    return;
  }
  auto const tick = around_.parts.aligned(fronts());
  if (tick && book->rule_set() != nullptr) {
    take_tick(*tick);
  } else if (last_ && leads_) {
    evaluator_.prepare(PeriodIndex(last_->value + 1), *book, kPreparedAtOnce);
  }
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
  std::vector<engine::PartitionTick> parts;
  for (size_t p = 0; p < lanes_.size(); ++p) {
    Lane& lane = lanes_[p];
    if (lane.handed.empty() || lane.handed.front().tick != tick) continue;
    parts.push_back(std::move(lane.handed.front()));
    lane.handed.pop_front();
    for (size_t i = 0; i < kInputs; ++i) cut_[i * lanes_.size() + p] = parts.back().cut[i].value;
    hand_on(lane);
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
    std::vector<alerts::CutOffset> cut;
    for (size_t l = 0; l < cut_.size(); ++l) {
      if (cut_[l] >= 0)
        cut.push_back(
            {kTopics[l / lanes_.size()], static_cast<int32_t>(l % lanes_.size()), cut_[l]});
    }
    bool const historical = calendar.end_of(*last_).value + kHistoricalAfterMs < around_.now.value;
    verdict = around_.parts.evaluate(evaluator_, *last_, *book, std::move(cut), historical);
  }
  append_ = send(std::move(verdict));
  activating_ = false;
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
