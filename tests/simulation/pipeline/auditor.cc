#include "simulation/pipeline/auditor.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.h"

namespace bellwether::simulation {
namespace {

constexpr std::array<std::string_view, kInputs> kTopics = {"registrations", "support"};

// A timestamp that no sane clock shows yet is not in the scripts whose cuts depend on the log
// alone.
std::optional<UnixMillis> reach_of(const Record& record, int64_t allowed_disorder_ms) {
  if (const auto* e = std::get_if<events::Event>(&record.content);
      e != nullptr && e->kind == events::EventKind::kHeartbeat) {
    return e->complete_to;
  }
  if (record.published.value < 0) return std::nullopt;
  return UnixMillis(record.published.value - allowed_disorder_ms);
}

auto version(const events::Event& e) {
  auto const unstated_last = [](int value, int unstated) {
    return value == unstated ? 1 << 20 : value;
  };
  return std::tuple(e.sequence.value, e.kind, e.effective.value, e.area.value,
                    unstated_last(e.sector.value, events::kNoSector.value),
                    unstated_last(e.size.value, events::kNoSize.value), e.code, e.minutes,
                    e.response_bucket);
}

int64_t counted_records(const engine::PartitionCounts& counts, size_t input) {
  int64_t total = counts.heartbeats[input] + counts.not_counted[input];
  for (const auto& by_outcome : counts.applied[input]) {
    for (int64_t n : by_outcome) total += n;
  }
  for (size_t r = 0; r < events::kRefusals; ++r) {
    // A record of too many facts has its outcome among the applied.
    if (static_cast<events::Refusal>(r) != events::Refusal::kTooManyFacts)
      total += counts.refused[input][r];
  }
  return total;
}

}  // namespace

Auditor::Auditor(const Setup& setup, const Broker& broker)
    : setup_(setup),
      broker_(broker),
      base_tick_(setup.calendar.period_of(base::days_of(setup.begin)).value - 2),
      lanes_(kInputs * broker.partitions()),
      oracles_(static_cast<size_t>(setup.replicas)),
      plain_(setup.calendar),
      book_(setup.calendar) {}

void Auditor::published(size_t input, size_t partition) {
  const std::vector<Record>& log = broker_.log(input, partition);
  auto const offset = static_cast<int64_t>(log.size()) - 1;
  Lane& l = lane(input, partition);
  if (std::holds_alternative<events::Refusal>(log.back().content)) l.refused.push_back(offset);
  auto const reach = reach_of(log.back(), setup_.partition.allowed_disorder_ms);
  if (!reach) return;
  if (!l.begins) l.begins = reach;
  auto const next_end = [&] {
    return setup_.calendar.end_of(
        PeriodIndex(base_tick_.value + static_cast<int32_t>(l.crossing.size())));
  };
  while (setup_.cuts_by_log && *reach >= next_end()) l.crossing.push_back(offset);
}

void Auditor::started(int replica) {
  oracles_[static_cast<size_t>(replica)].reset();
}

CellOracle& Auditor::oracle(int replica) {
  // Where all cuts are the same, one oracle serves all.
  auto& slot = oracles_[setup_.cuts_by_log ? 0 : static_cast<size_t>(replica)];
  if (slot == nullptr) slot = std::make_unique<CellOracle>(broker_, setup_.calendar);
  return *slot;
}

std::optional<PeriodIndex> Auditor::first_tick(size_t partition) const {
  std::optional<UnixMillis> first;
  for (size_t i = 0; i < kInputs; ++i) {
    auto const begins = lanes_[i * broker_.partitions() + partition].begins;
    if (!begins) return std::nullopt;
    first = first ? std::min(*first, *begins) : *begins;
  }
  return setup_.calendar.period_of(base::days_of(*first));
}

void Auditor::settled(const Settled& at, const engine::Evaluator& evaluator) {
  note(static_cast<uint64_t>(at.tick.value), evaluator.cells_digest());
  if (setup_.cuts_by_log) check_cut(at);
  check_totals(at, evaluator);
  check_dead_letters(at);
}

void Auditor::check_cut(const Settled& at) {
  for (size_t l = 0; l < at.cut.size(); ++l) {
    auto const first = first_tick(l % broker_.partitions());
    int64_t expected = -1;
    if (first && *first <= at.tick) {
      auto const back = static_cast<size_t>(at.tick.value - base_tick_.value);
      if (back >= lanes_[l].crossing.size()) {
        fail(base::cat("replica ", at.replica, " closed tick ", at.tick.value, " that lane ", l,
                       " has not reached"));
        return;
      }
      expected = lanes_[l].crossing[back];
    }
    if (at.cut[l] != expected) {
      fail(base::cat("replica ", at.replica, " cut lane ", l, " at ", at.cut[l], " for tick ",
                     at.tick.value, "; by its log it must be ", expected));
      return;
    }
  }
}

void Auditor::check_totals(const Settled& at, const engine::Evaluator& evaluator) {
  if (failed()) return;
  auto const [expected, fresh] = totals_.try_emplace(at.cut, 0);
  if (fresh) {
    CellOracle& o = oracle(at.replica);
    o.advance(at.cut);
    expected->second = o.digest();
  }
  if (panel_digest(evaluator.panel()) != expected->second) {
    fail(base::cat("replica ", at.replica, " has other totals than the oracle at tick ",
                   at.tick.value));
  }
  if (cells_.try_emplace(at.cut, evaluator.cells_digest()).first->second !=
      evaluator.cells_digest()) {
    fail(base::cat("replica ", at.replica, " has another digest at the same cut, tick ",
                   at.tick.value));
  }
}

void Auditor::check_dead_letters(const Settled& at) {
  for (size_t l = 0; l < at.cut.size(); ++l) {
    for (int64_t offset : lanes_[l].refused) {
      if (offset >= at.cut[l]) break;
      if (!broker_.dead_letters.contains(
              {l / broker_.partitions(), l % broker_.partitions(), offset})) {
        fail(base::cat("tick ", at.tick.value, " was handed on before the dead letter of lane ", l,
                       " offset ", offset));
        return;
      }
    }
  }
}

// At the cut of an accepted verdict every replica would have given the same. Every third is asked.
void Auditor::judged(int replica, PeriodIndex tick, engine::Evaluator& evaluator) {
  auto const found = accepted_.find(tick.value);
  if ((tick.value + replica) % 3 != 0 || found == accepted_.end()) return;
  const alerts::TickEvaluated& verdict = found->second;
  if (verdict.cut.empty() || verdict.cells_digest != evaluator.cells_digest()) return;
  for (const alerts::Book& book : books_) {
    if (book.offset() != verdict.book_offset) continue;
    if (evaluator.evaluate(tick, book, verdict.cut, verdict.historical) != verdict) {
      fail(base::cat("replica ", replica, " judges tick ", tick.value,
                     " otherwise than the journal"));
    }
  }
}

void Auditor::counted(int replica, size_t partition, const engine::PartitionEngine& engine) {
  for (size_t i = 0; i < kInputs; ++i) {
    int64_t const taken = std::max<int64_t>(0, engine.inputs()[i].next.value);
    if (counted_records(engine.counts(), i) != taken) {
      fail(base::cat("replica ", replica, " took ", taken, " records of input ", i, " partition ",
                     partition, " and counted ", counted_records(engine.counts(), i)));
    }
  }
}

void Auditor::appended(JournalOffset offset, const Append& append) {
  note(static_cast<uint64_t>(offset.value), base::hash64(append.bytes));
  alerts::FoldOutcome const expected = plain_.tell(offset.value, append.entry);
  alerts::FoldOutcome const outcome = book_.fold(offset, append.entry);
  if (outcome != expected) {
    fail(base::cat("the book takes record ", offset.value, " as ",
                   alerts::kFoldOutcomeNames[static_cast<size_t>(outcome)]));
  }
  outcomes_.push_back(expected);
  entries_.push_back(append.entry);
  digests_.push_back(book_.digest());
  books_.push_back(book_);
  if (books_.size() > kBooksKept) books_.pop_front();
  check_transitions();
  if (offset.value % 8 == 0) {
    if (std::string const what = plain_.difference(book_); !what.empty()) {
      fail(base::cat("the book differs at record ", offset.value, ": ", what));
    }
  }
  const auto* tick = std::get_if<alerts::TickEvaluated>(&append.entry);
  if (tick != nullptr && expected == alerts::FoldOutcome::kApplied) check_accepted(*tick);
}

void Auditor::check_transitions() {
  size_t const end = std::min(book_.transitions_end(), plain_.transitions().size());
  for (; transitions_checked_ < end; ++transitions_checked_) {
    const alerts::Transition& t = book_.transition(transitions_checked_);
    PlainTransition const is{t.token.offset.value, t.token.index, t.alert->name, t.kind,
                             t.at.value,           t.historical};
    if (is != plain_.transitions()[transitions_checked_])
      fail(base::cat("transition ", transitions_checked_));
  }
  if (book_.transitions_end() != plain_.transitions().size())
    fail("how many transitions the book has");
}

// What was evaluated must have been settled somewhere, and nothing that it counted may vanish
// again.
void Auditor::check_accepted(const alerts::TickEvaluated& tick) {
  accepted_[tick.tick.value] = tick;
  if (tick.cut.empty()) {
    if (setup_.cuts_by_log)
      fail(base::cat("tick ", tick.tick.value, " was passed without a verdict"));
    return;
  }
  Cut cut(lanes_.size(), -1);
  for (const alerts::CutOffset& c : tick.cut) {
    size_t const input = c.topic == kTopics[0] ? 0 : 1;
    cut[input * broker_.partitions() + static_cast<size_t>(c.partition)] = c.offset;
  }
  auto const found = cells_.find(cut);
  if (found == cells_.end() || found->second != tick.cells_digest) {
    fail(base::cat("the journal's cells at tick ", tick.tick.value, " are not those of its cut"));
  }
  // Where a wall clock plays a part, replicas may cut the same tick at different places.
  bool const back = last_cut_ && !std::ranges::equal(*last_cut_, cut, std::less_equal<>());
  went_back_ += back ? 1 : 0;
  if (back && setup_.cuts_by_log) fail(base::cat("tick ", tick.tick.value, " counts less"));
  last_cut_ = std::move(cut);
}

void Auditor::folded(int replica, JournalOffset offset, const alerts::JournalEntry& entry,
                     alerts::FoldOutcome outcome) {
  auto const at = static_cast<size_t>(offset.value);
  if (outcome != outcomes_[at]) {
    fail(base::cat("replica ", replica, " folds record ", offset.value, " as ",
                   alerts::kFoldOutcomeNames[static_cast<size_t>(outcome)], "; it is ",
                   alerts::kFoldOutcomeNames[static_cast<size_t>(outcomes_[at])]));
  }
  const auto* meant = std::get_if<alerts::TickEvaluated>(&entries_[at]);
  const auto* read = std::get_if<alerts::TickEvaluated>(&entry);
  if (entry.index() != entries_[at].index() || (meant != nullptr && *meant != *read)) {
    fail(base::cat("replica ", replica, " reads record ", offset.value,
                   " otherwise than it was written"));
  }
}

void Auditor::viewed(int replica, const alerts::Book& book) {
  uint64_t const digest = book.digest();
  note(static_cast<uint64_t>(replica), digest);
  if (book.offset().value >= 0 && digest != digests_[static_cast<size_t>(book.offset().value)]) {
    fail(base::cat("replica ", replica, " holds another book at record ", book.offset().value));
  }
}

void Auditor::answered(int replica, JournalOffset offset, alerts::FoldOutcome outcome,
                       const alerts::Book& view) {
  note(static_cast<uint64_t>(offset.value), static_cast<uint64_t>(outcome));
  if (view.offset() < offset) {
    fail(
        base::cat("replica ", replica, " answers act ", offset.value, " and does not show it yet"));
  }
  if (static_cast<size_t>(offset.value) >= outcomes_.size() ||
      outcome != outcomes_[static_cast<size_t>(offset.value)]) {
    fail(base::cat("replica ", replica, " gives a wrong answer to act ", offset.value));
  }
}

void Auditor::heard(int watcher, size_t position, const alerts::Transition& t) {
  PlainTransition const is{t.token.offset.value, t.token.index, t.alert->name, t.kind,
                           t.at.value,           t.historical};
  note(static_cast<uint64_t>(watcher), base::hash64(is.alert) + is.index);
  if (position >= plain_.transitions().size() || is != plain_.transitions()[position]) {
    fail(base::cat("watcher ", watcher, " hears ", is.alert, " of record ", is.offset,
                   " where transition ", position, " is due"));
  }
}

size_t Auditor::passed_over() const {
  return static_cast<size_t>(std::ranges::count_if(outcomes_, [](alerts::FoldOutcome outcome) {
    return outcome == alerts::FoldOutcome::kStaleTick ||
           outcome == alerts::FoldOutcome::kRulesChanged;
  }));
}

size_t Auditor::position_of(alerts::ResumeToken token) const {
  size_t position = 0;
  for (const PlainTransition& t : plain_.transitions()) {
    position += alerts::ResumeToken{JournalOffset(t.offset), t.index} <= token ? 1 : 0;
  }
  return position;
}

void Auditor::at_rest(int replica, PeriodIndex last, const alerts::Book& book) {
  if (std::string const what = plain_.difference(book); !what.empty()) {
    fail(base::cat("at rest the book of replica ", replica, " differs: ", what));
  }
  // Where a wall clock plays a part, the first tick of all may be a later one.
  if (setup_.cuts_by_log && plain_.last_tick() && *plain_.last_tick() != last.value) {
    fail(base::cat("at rest tick ", last.value, " is not judged"));
  }
}

void Auditor::heard_at_rest(int watcher, size_t position) {
  if (position != plain_.transitions().size()) {
    fail(base::cat("watcher ", watcher, " has heard ", position, " of ",
                   plain_.transitions().size()));
  }
}

void Auditor::counts_at_rest(int replica, size_t partition, const engine::PartitionEngine& engine) {
  for (size_t i = 0; i < kInputs; ++i) {
    engine::PartitionCounts expected;
    expected.applied.resize(kInputs);
    expected.refused.resize(kInputs);
    int64_t heartbeats = 0;
    int64_t unused = 0;
    std::map<std::pair<uint64_t, uint64_t>, events::Event> known;
    for (const Record& record : broker_.log(i, partition)) {
      if (const auto* refusal = std::get_if<events::Refusal>(&record.content)) {
        ++expected.refused[i][static_cast<size_t>(*refusal)];
        continue;
      }
      const auto& e = std::get<events::Event>(record.content);
      if (e.kind == events::EventKind::kHeartbeat) {
        ++heartbeats;
      } else if (e.kind == events::EventKind::kFilingRecorded) {
        ++unused;
      } else {
        auto const [at, fresh] = known.try_emplace({e.business.value, e.fact.value}, e);
        auto const outcome = fresh || version(at->second) < version(e) ? ledger::Outcome::kApplied
                             : version(at->second) == version(e)       ? ledger::Outcome::kDuplicate
                                                                 : ledger::Outcome::kSuperseded;
        if (outcome == ledger::Outcome::kApplied) at->second = e;
        ++expected.applied[i][static_cast<size_t>(e.kind)][static_cast<size_t>(outcome)];
      }
    }
    const engine::PartitionCounts& counts = engine.counts();
    if (counts.applied[i] != expected.applied[i] || counts.refused[i] != expected.refused[i] ||
        counts.heartbeats[i] != heartbeats || counts.not_counted[i] != unused) {
      fail(base::cat("at rest replica ", replica, " has other counts of input ", i, " partition ",
                     partition));
    }
  }
}

void Auditor::dead_letters_at_rest() {
  std::map<DeadLetterKey, events::Refusal> expected;
  for (size_t input = 0; input < kInputs; ++input) {
    for (size_t p = 0; p < broker_.partitions(); ++p) {
      const std::vector<Record>& log = broker_.log(input, p);
      for (size_t o = 0; o < log.size(); ++o) {
        if (const auto* refusal = std::get_if<events::Refusal>(&log[o].content)) {
          expected[{input, p, static_cast<int64_t>(o)}] = *refusal;
        }
      }
    }
  }
  if (broker_.dead_letters != expected)
    fail("at rest the dead letters are not the refused records");
}

}  // namespace bellwether::simulation
