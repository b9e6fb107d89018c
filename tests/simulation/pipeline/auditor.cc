#include "simulation/pipeline/auditor.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

#include "core/base/text.h"
#include "support/oracle.h"

namespace bellwether::simulation {
namespace {

// A digest of the counts and of the reporting delays.
uint64_t seen_by_readers(const indicators::Panel& panel, const engine::SharesByMeasure& reported) {
  base::SetDigest digest;
  digest.add(0, panel.digest(), static_cast<uint64_t>(panel.first_period().value));
  for (size_t m = 0; m < reported.table().size(); ++m) {
    const engine::SharesByMeasure::Shares& shares = reported.table()[m];
    digest.add(1, m, static_cast<uint64_t>(shares.testable.value_or(-1)));
    for (size_t age = 0; age < shares.open.size(); ++age) {
      digest.add(2 + m, age, std::bit_cast<uint64_t>(shares.open[age]));
      digest.add(1000 + m, age, std::bit_cast<uint64_t>(shares.log_variance[age]));
    }
  }
  digest.add(3, panel.figure_table()->digest(panel.figures_through()), 0);
  return digest.value();
}

std::string_view name_of(alerts::FoldOutcome outcome) {
  constexpr std::array<std::string_view, 5> kNames = {"applied", "stale_tick", "rules_changed",
                                                      "unknown_target", "too_many"};
  return kNames[static_cast<size_t>(outcome)];
}

constexpr auto version = testing::Oracle::version;

int64_t counted_records(const engine::PartitionCounts& counts, size_t input) {
  int64_t total = counts.heartbeats[input] + counts.not_counted[input];
  for (const auto& by_outcome : counts.applied[input]) {
    for (int64_t n : by_outcome) total += n;
  }
  for (size_t r = 0; r < events::kRefusals; ++r) {
    // What the ledger refuses is counted in `applied`, under its outcome.
    auto const reason = static_cast<events::Refusal>(r);
    if (reason != events::Refusal::kTooManyFacts && reason != events::Refusal::kTooLate)
      total += counts.refused[input][r];
  }
  return total;
}

}  // namespace

Auditor::Auditor(const Setup& setup, const Broker& broker)
    : setup_(setup),
      broker_(broker),
      processes_(static_cast<size_t>(setup.replicas)),
      custody_(broker, processes_.size()),
      plain_(setup.calendar),
      book_(setup.calendar) {}

void Auditor::published(size_t input, size_t partition) {
  for (auto& coverage : coverages_) coverage->published(input * broker_.partitions() + partition);
}

size_t Auditor::coverage_from(const Cut& from) {
  for (size_t c = 0; c < coverages_.size(); ++c) {
    if (coverages_[c]->stands() && coverages_[c]->from() == from) return c;
  }
  coverages_.push_back(std::make_unique<Coverage>(setup_, broker_, from));
  return coverages_.size() - 1;
}

void Auditor::started(int replica, const Cut& from) {
  processes_[static_cast<size_t>(replica)] = {coverage_from(from), from};
  note(static_cast<uint64_t>(replica), 0);
  tally_.starts_with_a_gap += !coverage(replica).whole();
  if (int64_t const due = custody_.due(replica); due > 0) {
    fail(base::cat("replica ", replica, " starts from the log although it has snapshot ", due));
  }
}

void Auditor::restored(const Settled& at, uint64_t fingerprint, const Cut& next,
                       const engine::Evaluator& evaluator) {
  note(static_cast<uint64_t>(at.replica), fingerprint);
  ++tally_.gone_on_from;
  const Custody::Snapshot* const snapshot = custody_.find(fingerprint);
  if (snapshot == nullptr) {
    return fail(base::cat("replica ", at.replica, " starts from a state that no replica ever had"));
  }
  if (!custody_.agrees_with_log(*snapshot)) {
    return fail(base::cat("replica ", at.replica, " starts from snapshot ", snapshot->serial,
                          ", which is from another log or a deleted one"));
  }
  if (int64_t const due = custody_.due(at.replica); snapshot->serial < due) {
    return fail(base::cat("replica ", at.replica, " starts from snapshot ", snapshot->serial,
                          " although it has snapshot ", due));
  }
  Coverage& of_old = *coverages_[snapshot->coverage];
  Process& process = processes_[static_cast<size_t>(at.replica)];
  process = {of_old.stands() ? snapshot->coverage : coverage_from(of_old.from()), next};
  if (setup_.cuts_by_log) expect(coverage(at.replica).check_cut(at));
  expect(coverage(at.replica).check_totals(at, evaluator));
}

void Auditor::refused(std::string_view name, std::string_view why) {
  note(base::hash64(name), base::hash64(why));
  ++tally_.refused;
}

void Auditor::damaged(int replica, std::string_view path) {
  std::string_view const folder = path.substr(0, path.rfind('/'));
  custody_.damaged(replica, folder.substr(folder.rfind('/') + 1));
}

void Auditor::settled(const Settled& at, const engine::Evaluator& evaluator) {
  note(static_cast<uint64_t>(at.tick.value), evaluator.cells_digest());
  Coverage& c = coverage(at.replica);
  if (setup_.cuts_by_log) expect(c.check_cut(at));
  if (!failed()) expect(c.check_totals(at, evaluator));
  expect(c.check_dead_letters(at));
  shown_[at.tick.value].insert(seen_by_readers(evaluator.panel(), *evaluator.reported()));
}

void Auditor::asked(int replica, PeriodIndex tick, const std::optional<engine::PastPanel>& answer) {
  if (!answer) {
    fail(base::cat("replica ", replica, " cannot answer as of tick ", tick.value));
  } else if (!shown_[tick.value].contains(seen_by_readers(*answer->panel, *answer->reported))) {
    fail(base::cat("replica ", replica, " shows other figures as of tick ", tick.value));
  }
}

void Auditor::asked(int replica, JournalOffset revision,
                    const absl::StatusOr<alerts::Book>& answer) {
  if (!answer.ok()) {
    fail(base::cat("replica ", replica, " cannot answer as of revision ", revision.value, ": ",
                   answer.status().message()));
  } else if (answer->offset() != revision ||
             (revision.value >= 0 &&
              answer->digest() != digests_[static_cast<size_t>(revision.value)])) {
    fail(base::cat("replica ", replica, " shows another book as of revision ", revision.value));
  }
}

// At the cut of an accepted verdict every replica must give the same verdict. Checks one in three.
void Auditor::judged(int replica, PeriodIndex tick, engine::Evaluator& evaluator) {
  auto const found = accepted_.find(tick.value);
  if ((tick.value + replica) % 3 != 0 || found == accepted_.end()) return;
  const alerts::TickEvaluated& verdict = found->second;
  if (verdict.cut.empty() || verdict.cells_digest != evaluator.cells_digest()) return;
  for (const alerts::Book& book : books_) {
    if (book.offset() != verdict.book_offset) continue;
    alerts::TickEvaluated own = evaluator.evaluate(tick, book, verdict.cut, verdict.historical);
    own.writer = verdict.writer;
    if (own != verdict) {
      fail(base::cat("replica ", replica, " judges tick ", tick.value,
                     " differently from the journal"));
    }
  }
}

void Auditor::counted(int replica, size_t partition, const engine::PartitionEngine& engine) {
  const Process& process = processes_[static_cast<size_t>(replica)];
  for (size_t i = 0; i < kInputs; ++i) {
    int64_t const begin = process.begin[i * broker_.partitions() + partition];
    int64_t const taken = std::max(begin, engine.inputs()[i].next.value) - begin;
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
    fail(base::cat("the book takes record ", offset.value, " as ", name_of(outcome)));
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
    fail("the book's number of transitions");
}

// An accepted evaluation must equal the cells that some replica settled at its cut. No counted
// record may be lost later.
void Auditor::check_accepted(const alerts::TickEvaluated& tick) {
  accepted_[tick.tick.value] = tick;
  if (tick.cut.empty()) {
    // A replica that started from a truncated log, or on another log, may have no cells for a tick.
    if (setup_.cuts_by_log && coverages_.size() == 1)
      fail(base::cat("tick ", tick.tick.value, " was passed without a verdict"));
    return;
  }
  Cut cut(broker_.lanes(), -1);
  for (const alerts::CutOffset& c : tick.cut) {
    cut[input_of(c.topic) * broker_.partitions() + static_cast<size_t>(c.partition)] = c.offset;
  }
  auto const found = std::ranges::find_if(
      coverages_, [&](const auto& coverage) { return coverage->knows(cut, tick.cells_digest); });
  if (found == coverages_.end()) {
    return fail(
        base::cat("the journal's cells at tick ", tick.tick.value, " are not those of its cut"));
  }
  // With a wall clock, replicas may cut the same tick at different offsets.
  const Coverage* const by = found->get();
  // The input of observations never waits, so replicas may cut it differently in any case.
  auto const steady = static_cast<ptrdiff_t>(kObservations * broker_.partitions());
  bool const back = last_cut_ && last_cut_->first == by &&
                    !std::equal(cut.begin(), cut.begin() + steady, last_cut_->second.begin(),
                                std::greater_equal<>());
  went_back_ += back ? 1 : 0;
  if (back && setup_.cuts_by_log)
    fail(base::cat("tick ", tick.tick.value, " counts fewer records than the tick before"));
  last_cut_ = {by, std::move(cut)};
}

void Auditor::folded(int replica, JournalOffset offset, const alerts::JournalEntry& entry,
                     alerts::FoldOutcome outcome) {
  auto const at = static_cast<size_t>(offset.value);
  if (outcome != outcomes_[at]) {
    fail(base::cat("replica ", replica, " folds record ", offset.value, " as ", name_of(outcome),
                   "; it is ", name_of(outcomes_[at])));
  }
  const auto* meant = std::get_if<alerts::TickEvaluated>(&entries_[at]);
  const auto* read = std::get_if<alerts::TickEvaluated>(&entry);
  if (entry.index() != entries_[at].index() || (meant != nullptr && *meant != *read)) {
    fail(base::cat("replica ", replica, " reads record ", offset.value,
                   " with another content than was written"));
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
        base::cat("replica ", replica, " answers act ", offset.value, " before its book shows it"));
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
  // With a wall clock, the first tick of all may be a later one. A leader that started from a
  // truncated log may have begun later, too.
  if (setup_.cuts_by_log && coverages_[processes_[0].coverage]->whole() && plain_.last_tick() &&
      *plain_.last_tick() != last.value) {
    fail(base::cat("at rest tick ", last.value, " is not judged"));
  }
}

void Auditor::heard_at_rest(int watcher, size_t position) {
  if (position != plain_.transitions().size()) {
    fail(base::cat("watcher ", watcher, " has received ", position, " of ",
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
    FigureOracle figures;
    size_t const lane = i * broker_.partitions() + partition;
    const std::vector<Record>& log = broker_.log(lane);
    for (int64_t offset = coverage(replica).from()[lane]; offset < broker_.high(lane); ++offset) {
      const Record& record = log[static_cast<size_t>(offset)];
      // Records before this offset are in the snapshot from which the process started.
      bool const counts = offset >= processes_[static_cast<size_t>(replica)].begin[lane];
      if (const auto* refusal = std::get_if<events::Refusal>(&record.content)) {
        expected.refused[i][static_cast<size_t>(*refusal)] += counts;
        continue;
      }
      const auto& e = std::get<events::Event>(record.content);
      if (e.kind == events::EventKind::kHeartbeat) {
        heartbeats += counts;
      } else if (e.kind == events::EventKind::kRegulatoryContact ||
                 (e.kind == events::EventKind::kObservation &&
                  e.statistic == domain::Statistic::kUnused)) {
        unused += counts;
        if (i == kObservations) figures.tell(e);
      } else if (i == kObservations) {
        ledger::Outcome const outcome = figures.tell(e);
        expected.applied[i][static_cast<size_t>(e.kind)][static_cast<size_t>(outcome)] += counts;
      } else {
        auto const [at, fresh] = known.try_emplace({e.business.value, e.fact.value}, e);
        auto const outcome = fresh || version(at->second) < version(e) ? ledger::Outcome::kApplied
                             : version(at->second) == version(e)       ? ledger::Outcome::kDuplicate
                                                                 : ledger::Outcome::kSuperseded;
        if (outcome == ledger::Outcome::kApplied) at->second = e;
        expected.applied[i][static_cast<size_t>(e.kind)][static_cast<size_t>(outcome)] += counts;
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

// A record that retention deleted before any replica read it needs no dead letter.
void Auditor::dead_letters_at_rest() {
  auto found = broker_.dead_letters.begin();
  for (size_t lane = 0; lane < broker_.lanes(); ++lane) {
    for (int64_t offset = 0; offset < broker_.high(lane); ++offset) {
      const Record& record = broker_.log(lane)[static_cast<size_t>(offset)];
      const auto* const refusal = std::get_if<events::Refusal>(&record.content);
      if (refusal == nullptr) continue;
      DeadLetterKey const key(lane / broker_.partitions(), lane % broker_.partitions(), offset);
      if (found != broker_.dead_letters.end() && found->first == key && found->second == *refusal) {
        ++found;
      } else if (offset >= broker_.low(lane)) {
        return fail(base::cat("at rest lane ", lane, " offset ", offset, " has no dead letter"));
      }
    }
  }
  if (found != broker_.dead_letters.end())
    fail("at rest there are dead letters for records that are not refused");
}

}  // namespace bellwether::simulation
