#include "runtime/evaluation/evaluation.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

// The shortest interval between views during catch-up. Each published view makes the panel copy
// what changes after it.
constexpr absl::Duration kPublishEvery = absl::Milliseconds(250);
constexpr absl::Duration kAppendWait = absl::Seconds(10);
constexpr auto kIdleWait = std::chrono::milliseconds(100);
constexpr auto kRetryWait = std::chrono::milliseconds(500);
// Number of series fitted in advance before the next check for ticks.
constexpr size_t kPrepareAtOnce = 64;
constexpr absl::Duration kFollowWait = absl::Milliseconds(200);

double seconds_since(absl::Time begin) {
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace

Evaluation::Evaluation(std::shared_ptr<const reference::Reference> reference,
                       EvaluationOptions options, alerts::RuleSet rules,
                       std::optional<Restored> restored, Collaborators with)
    : reference_(reference),
      options_(std::move(options)),
      with_(std::move(with)),
      evaluator_(std::move(reference), options_.evaluator),
      new_rules_(std::move(rules)) {
  if (restored) {
    last_ = report_.tick = restored->evaluation.tick;
    unpublished_ = true;
    unprepared_ = 1;
    for (const alerts::CutOffset& c : restored->cut) {
      auto const topic = std::ranges::find(options_.topics, c.topic);
      if (topic == options_.topics.end()) continue;
      cut_[{static_cast<size_t>(topic - options_.topics.begin()), c.partition}] =
          base::Offset(c.offset);
    }
    evaluator_.restore(restored->evaluation.tick, std::move(restored->evaluation.panel),
                       restored->evaluation.reports, restored->evaluation.cells_digest,
                       std::move(restored->evaluation.changes));
  }
  thread_ = std::thread([this] { run(); });
}

Evaluation::~Evaluation() {
  stop();
}

void Evaluation::stop() {
  stop_.store(true);
  wake();
  if (thread_.joinable()) thread_.join();
}

void Evaluation::wake() {
  {
    std::lock_guard lock(mutex_);
    news_ = true;
  }
  changed_.notify_one();
}

void Evaluation::set_rules(alerts::RuleSet rules) {
  {
    std::lock_guard lock(mutex_);
    new_rules_ = std::move(rules);
  }
  wake();
}

EvaluationReport Evaluation::report() const {
  std::lock_guard lock(mutex_);
  EvaluationReport report = report_;
  report.waiting_seconds = std::max(0.0, seconds_since(waiting_since_));
  return report;
}

void Evaluation::run() {
  while (!stop_.load()) {
    if (step()) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kIdleWait, [this] { return news_ || stop_.load(); });
    news_ = false;
  }
}

bool Evaluation::step() {
  if (!with_.keeper.caught_up()) return false;  // unread records may hold verdicts on these ticks
  activate_rules();
  auto const tick = engine::aligned_tick(engine::fronts(with_.ticks));
  take_snapshot();
  if (!tick) {
    publish(true);
    prepare();
    return unprepared_ > 0 && !stop_.load();
  }
  if (with_.keeper.view()->rule_set() == nullptr) return false;  // the journal has no rule set yet
  settle(*tick);
  return true;
}

void Evaluation::settle(base::PeriodIndex tick) {
  std::vector<engine::PartitionTick> const parts = engine::take_all(with_.ticks, tick);
  for (const engine::PartitionTick& part : parts) {
    for (size_t i = 0; i < part.cut.size(); ++i) cut_[{i, part.partition.value}] = part.cut[i];
  }
  evaluator_.apply(tick, parts);
  last_ = tick;
  own_counts_ = false;
  unpublished_ = true;
  unprepared_ = 1;
  {
    std::lock_guard lock(mutex_);
    report_.tick = tick;
    ++report_.ticks;
    waiting_since_ = absl::Now();
  }
  while (!stop_.load()) {
    std::shared_ptr<const alerts::Book> const book = with_.keeper.view();
    if (book->last_tick() && *book->last_tick() >= tick) break;
    if (with_.is_leader()) {
      activate_rules();
      if (!judge(tick)) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kRetryWait, [this] { return stop_.load(); });
      }
    } else {
      with_.keeper.wait_for_news(book->offset(), kFollowWait);
    }
  }
  {
    std::lock_guard lock(mutex_);
    waiting_since_ = absl::InfiniteFuture();
  }
  publish(false);
  if (!stop_.load()) hold_against_journal(tick);
}

// A follower computes its verdict only here, from the same book as the journaled verdict. The
// values that evaluate() keeps are a cache, so a replica that becomes leader finds the cache
// filled.
void Evaluation::hold_against_journal(base::PeriodIndex tick) {
  if (own_counts_) {
    comparisons_.note_own();
    std::lock_guard lock(mutex_);
    report_.divergence = comparisons_.report();
    return;
  }
  std::optional<JournaledTick> const journaled = with_.keeper.journaled(tick);
  const JournaledTick* const theirs = journaled ? &*journaled : nullptr;
  OwnTick own{tick, reference_->desks.digest(), cut_digest(cut()), evaluator_.cells_digest(),
              std::nullopt};
  Compared result = compare(own, theirs);
  if (result == Compared::kCellsEqual && theirs->before != nullptr &&
      theirs->before->rule_set() != nullptr) {
    own.verdict_digest =
        evaluator_.evaluate(tick, *theirs->before, cut(), theirs->historical).verdict_digest;
    result = compare(own, theirs);
  }
  Comparisons::News const news = comparisons_.note(result, own, theirs);
  base::Calendar const calendar = options_.evaluator.calendar;
  std::string const name = calendar.name(tick);
  if (news == Comparisons::News::kDiverged) {
    with_.log(base::LogLevel::kError, "divergence",
              base::cat(describe(comparisons_.latest(), calendar), "; `bellwether verify ", name,
                        "` shows which one the log gives"));
  } else if (news == Comparisons::News::kAgreesAgain) {
    with_.log(base::LogLevel::kInfo, "divergence",
              base::cat("tick ", name, ": this replica agrees with the journal again"));
  }
  std::lock_guard lock(mutex_);
  report_.divergence = comparisons_.report();
}

bool Evaluation::judge(base::PeriodIndex tick) {
  std::shared_ptr<const alerts::Book> const book = with_.keeper.view();
  if (book->rule_set() == nullptr) return false;
  // Ticks that nobody judged, because their data is no longer in the log, are passed without a
  // verdict, so that the book's ticks have no gaps.
  base::PeriodIndex const due =
      book->last_tick() ? base::PeriodIndex(book->last_tick()->value + 1) : tick;
  absl::Time const begin = absl::Now();
  alerts::TickEvaluated verdict;
  base::Calendar const calendar = options_.evaluator.calendar;
  bool const historical =
      calendar.end_of(tick).value + options_.historical_after_ms < absl::ToUnixMillis(begin);
  if (due < tick) {
    verdict.tick = due;
    verdict.tick_at = calendar.end_of(due);
    verdict.book_offset = book->offset();
    verdict.rule_set = book->rule_set_digest();
    verdict.historical = true;
  } else {
    verdict = evaluator_.evaluate(tick, *book, cut(), historical);
    double const seconds = seconds_since(begin);
    with_.evaluated(seconds);
    std::lock_guard lock(mutex_);
    report_.evaluate_seconds = seconds;
    report_.series_assessed = verdict.series_assessed;
  }
  absl::Time const written = absl::Now();
  auto const appended = with_.journal.append(verdict, written + kAppendWait);
  if (!appended.ok()) {
    with_.log(base::LogLevel::kWarning, "evaluation",
              base::cat("tick ", calendar.name(tick), " not journaled, trying again: ",
                        base::from_absl(appended.status().message())));
    return false;
  }
  with_.appended(seconds_since(written));
  own_counts_ = verdict.tick == tick && appended->outcome == alerts::FoldOutcome::kApplied;
  // If another verdict for the tick, or new rules, came first, the book has changed and determines
  // the next step.
  return appended->outcome == alerts::FoldOutcome::kApplied ||
         with_.keeper.view()->offset() > book->offset();
}

std::vector<alerts::CutOffset> Evaluation::cut() const {
  std::vector<alerts::CutOffset> cut;
  for (const auto& [input, offset] : cut_) {
    cut.push_back({options_.topics[input.first], input.second, offset.value});
  }
  return cut;
}

// Called between two ticks. At this point the ticks that the lanes have closed are the only data
// not in the panel.
void Evaluation::take_snapshot() {
  if (with_.snapshotter == nullptr || !with_.snapshotter->due()) return;
  if (auto const state = evaluator_.state()) {
    with_.snapshotter->take(*state, cut(), with_.keeper.published());
  }
}

// Runs at the start and after a reload of the configuration.
void Evaluation::activate_rules() {
  std::optional<alerts::RuleSet> rules;
  {
    std::lock_guard lock(mutex_);
    rules = new_rules_;
  }
  if (!rules) return;
  std::string const digest = alerts::digest(*rules);
  if (with_.keeper.view()->rule_set_digest() != digest) {
    base::UnixMillis const at(absl::ToUnixMillis(absl::Now()));
    auto const appended = with_.journal.append(
        alerts::RuleSetActivated{*rules, "configuration", at}, absl::Now() + kAppendWait);
    if (!appended.ok()) {
      with_.log(base::LogLevel::kWarning, "evaluation",
                base::cat("the rule set was not journaled, trying again: ",
                          base::from_absl(appended.status().message())));
      return;
    }
    with_.log(base::LogLevel::kInfo, "evaluation", base::cat("rule set ", digest, " is in force"));
  }
  std::lock_guard lock(mutex_);
  if (new_rules_ == rules) new_rules_.reset();  // unless newer rules were read in the meantime
}

void Evaluation::publish(bool at_once) {
  if (!unpublished_ || !last_) return;
  absl::Time const now = absl::Now();
  if (!at_once && now - published_at_ < kPublishEvery) return;
  published_at_ = now;
  unpublished_ = false;
  with_.views.set_panel({*last_, evaluator_.publish(), evaluator_.reported(),
                         std::make_shared<const engine::PanelChanges>(evaluator_.changes())});
  {
    size_t const bytes = evaluator_.panel().bytes();
    std::lock_guard lock(mutex_);
    report_.panel_bytes = bytes;
  }
  with_.published();
}

void Evaluation::prepare() {
  if (!last_ || unprepared_ == 0) return;
  unprepared_ =
      evaluator_.prepare(base::PeriodIndex(last_->value + 1), *with_.keeper.view(), kPrepareAtOnce);
}

}  // namespace bellwether::runtime
