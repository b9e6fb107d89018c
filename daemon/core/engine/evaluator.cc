#include "core/engine/evaluator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/engine/figures.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Book;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Measure;

uint64_t verdict_digest(std::span<const AlertUpdate> updates) {
  base::SetDigest digest;
  for (const AlertUpdate& u : updates) {
    digest.add(base::hash64(base::cat(u.key.rule, "|", u.key.area, "|", u.key.sector)),
               static_cast<uint64_t>(u.transition) << 16 | static_cast<uint64_t>(u.severity) << 8 |
                   uint64_t{u.open},
               static_cast<uint64_t>(std::llround(u.evidence.cusum * 1e6)));
  }
  return digest.value();
}

struct Evaluator::Adopted {
  Adopted(const Book& book, const indicators::Panel& panel)
      : digest(book.rule_set_digest()), rules(book.rule_set()) {
    for (const Rule& rule : rules->rules) {
      if (!rule.enabled) continue;
      tests.push_back(info(rule.kind()).make_test(rule, panel));
      for (Detector& detector : tests.back()->detectors()) {
        detectors[static_cast<size_t>(detector.measure())].push_back(&detector);
      }
    }
  }
  // The test of an enabled rule; null if no enabled rule has that id.
  const RuleTest* find(std::string_view rule) const {
    auto const found = std::ranges::find(
        tests, rule, [](const auto& test) { return std::string_view(test->rule().id); });
    return found == tests.end() ? nullptr : found->get();
  }

  std::string digest;
  std::shared_ptr<const alerts::RuleSet> rules;
  std::vector<std::unique_ptr<RuleTest>> tests;                         // in the order of the rules
  std::array<std::vector<Detector*>, domain::kMeasureCount> detectors;  // [measure]: detectors of
                                                                        // the tests
};

Evaluator::Evaluator(std::shared_ptr<const reference::Reference> reference,
                     EvaluatorOptions options)
    : reference_(std::move(reference)),
      options_(std::move(options)),
      panel_(*reference_, options_.calendar, PeriodIndex(0)),
      reporting_(options_.calendar) {}

Evaluator::~Evaluator() = default;

void Evaluator::apply(PeriodIndex tick, std::span<const PartitionTick> parts) {
  // The horizon moves a year at a time, to positions that depend on the tick only.
  int32_t const year = options_.calendar.periods_per_year();
  int32_t const oldest = tick.value - options_.history_periods;
  PeriodIndex const horizon(oldest - ((oldest % year) + year) % year);
  if (!applied_) panel_ = indicators::Panel(*reference_, options_.calendar, horizon);
  applied_ = tick;
  auto change = std::make_shared<PanelChange>();
  change->tick = tick;
  change->first_period = panel_.first_period();
  LeftCounts left;
  panel_.advance_horizon(
      horizon, [&](Measure measure, size_t node, auto counts) { left.add(measure, node, counts); });
  change->left = left.take();
  change->deltas = pack_deltas(parts);
  reporting_.begin(tick);
  for (const PartitionTick& part : parts) {
    reporting_.add(part.reports);
    for (const indicators::Report& r : part.reports) {
      cells_digest_ += static_cast<uint64_t>(r.amount) * base::mix64(~r.key.bits());
    }
    for (const indicators::Delta& d : part.deltas) {
      cells_digest_ += static_cast<uint64_t>(d.amount) * base::mix64(d.key.bits());
    }
    panel_.add(part.deltas, [this](uint32_t node, Measure measure, PeriodIndex period) {
      if (adopted_ == nullptr) return;
      for (Detector* detector : adopted_->detectors[static_cast<size_t>(measure)]) {
        detector->revise(node, period);
      }
    });
  }
  add_figures(tick, parts);
  panel_.set_load(reporting_.load());
  reported_ = std::make_shared<const SharesByMeasure>(reporting_.shares());
  change->reported = reported_;
  change->load = reporting_.load();
  remember(changes_, std::move(change));
}

// The table is copied only at a tick that brings figures, a few times a year.
void Evaluator::add_figures(PeriodIndex tick, std::span<const PartitionTick> parts) {
  std::shared_ptr<const indicators::FigureTable> table = panel_.figure_table();
  if (std::ranges::any_of(parts, [](const PartitionTick& p) { return !p.figures.empty(); })) {
    auto with = std::make_shared<indicators::FigureTable>(*table);
    for (const PartitionTick& part : parts) cells_digest_ += with->add(tick, part.figures);
    table = std::move(with);
  }
  panel_.set_figures(std::move(table), tick);
}

std::optional<EvaluatorState> Evaluator::state() {
  if (!applied_) return std::nullopt;
  return EvaluatorState{*applied_, panel_.publish(), reporting_.reports(), cells_digest_, changes_};
}

void Evaluator::restore(PeriodIndex tick, indicators::Panel panel,
                        std::span<const indicators::Report> reports, uint64_t cells_digest,
                        PanelChanges changes) {
  applied_ = tick;
  panel_ = std::move(panel);
  panel_.set_figures(panel_.figure_table(), tick);
  reporting_ = Reporting(options_.calendar);
  reporting_.begin(tick);
  reporting_.add(reports);
  panel_.set_load(reporting_.load());
  reported_ = std::make_shared<const SharesByMeasure>(reporting_.shares());
  cells_digest_ = cells_digest;
  changes_ = std::move(changes);
  adopted_.reset();
}

void Evaluator::adopt_rules(const Book& book) {
  BELLWETHER_CHECK(book.rule_set() != nullptr);
  if (adopted_ == nullptr || adopted_->digest != book.rule_set_digest()) {
    adopted_ = std::make_unique<Adopted>(book, panel_);
  }
}

TickContext Evaluator::context(PeriodIndex tick, const Book& book) {
  return {*reference_, panel_, *reported_, options_.topics,      *adopted_->rules,
          book,        tick,   workspace_, reported_->late(tick)};
}

void Evaluator::settle_unvisited(Verdict& verdict) {
  using alerts::ClearReason;
  std::set<AlertKey> visited;
  for (const AlertUpdate& u : verdict.out.updates) visited.insert(u.key);
  for (const auto& [key, alert] : verdict.context.book.open()) {
    if (visited.contains(key)) continue;
    auto const close = [&, &alert = alert](ClearReason reason) {
      verdict.out.updates.push_back(alerts::close(alert->state, reason));
    };
    const RuleTest* const test = adopted_->find(key.rule);
    if (test != nullptr && test->in_scope(verdict.context, key)) {
      Signal unseen;
      unseen.why_not = "nothing of this series is kept";
      verdict.decide(test->rule(), key, unseen);
    } else if (test != nullptr) {
      close(ClearReason::kOutOfScope);
    } else {
      bool const disabled = alerts::find_rule(*adopted_->rules, key.rule) != nullptr;
      close(disabled ? ClearReason::kRuleDisabled : ClearReason::kRuleRemoved);
    }
  }
}

alerts::TickEvaluated Evaluator::evaluate(PeriodIndex tick, const Book& book,
                                          std::vector<alerts::CutOffset> cut, bool historical) {
  adopt_rules(book);
  TickContext const context = this->context(tick, book);
  Verdict verdict{context, {}};
  alerts::TickEvaluated& out = verdict.out;
  out.tick = tick;
  out.tick_at = options_.calendar.end_of(tick);
  out.book_offset = book.offset();
  out.rule_set = book.rule_set_digest();
  out.cut = std::move(cut);
  std::sort(out.cut.begin(), out.cut.end());
  out.cells_digest = cells_digest_;
  out.figures = kFiguresVersion;
  out.working_hours = reference_->desks.digest();
  out.historical = historical;
  // Source rules run first, because all other rules look up the silent sources.
  auto const on_source = [](const auto& test) {
    return test->rule().kind() == alerts::RuleKind::kSourceSilent;
  };
  for (const auto& test : adopted_->tests) {
    if (on_source(test)) test->test(context, verdict);
  }
  for (const auto& test : adopted_->tests) {
    if (!on_source(test)) test->test(context, verdict);
  }
  settle_unvisited(verdict);
  std::sort(out.updates.begin(), out.updates.end(),
            [](const AlertUpdate& a, const AlertUpdate& b) { return a.key < b.key; });
  out.verdict_digest = verdict_digest(out.updates);
  return std::move(verdict.out);
}

size_t Evaluator::prepare(PeriodIndex next, const Book& book, size_t series_max) {
  if (book.rule_set() == nullptr) return 0;
  adopt_rules(book);
  TickContext const context = this->context(next, book);
  size_t left = 0;
  for (const auto& test : adopted_->tests) left += test->prepare(context, series_max);
  return left;
}

}  // namespace bellwether::engine
