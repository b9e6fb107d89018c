#include "core/engine/evaluator.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/engine/evaluator_state.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Book;
using alerts::Rule;
using alerts::RuleKind;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Measure;
using indicators::Node;

namespace {

bool matches(const std::vector<std::string>& levels, const std::string& level) {
  return levels.empty() || std::find(levels.begin(), levels.end(), level) != levels.end();
}

}  // namespace

detection::DetectorOptions detector_options(const Rule& rule, base::Calendar calendar) {
  detection::DetectorOptions o;
  o.farrington = detection::FarringtonOptions::for_calendar(calendar);
  o.cusum.threshold_h = rule.cusum_threshold;
  o.cold_start = detection::ColdStartOptions::for_calendar(calendar);
  return o;
}

std::vector<detection::PeriodRange> exclusions(const Book& book, const AlertUpdate* open) {
  std::vector<detection::PeriodRange> out = book.regime_breaks();
  if (open == nullptr || open->severity != alerts::Severity::kRed) return out;
  int32_t const most = alerts::frozen_ticks_max(book.calendar());
  if (open->frozen_ticks > most) return out;
  out.push_back({open->onset, PeriodIndex(open->onset.value + most)});
  return out;
}

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

PeriodIndex observed_from(const indicators::Panel& panel, Measure measure) {
  std::span<const int32_t> const pooled = panel.series({}, measure).counts;
  auto const seen = std::ranges::find_if(pooled, [](int32_t n) { return n != 0; });
  if (seen == pooled.end()) return panel.first_period();
  return PeriodIndex(panel.first_period().value + static_cast<int32_t>(seen - pooled.begin()));
}

detection::CountSeries observed_counts(const indicators::Panel& panel, Node node, Measure measure,
                                       PeriodIndex from) {
  std::span<const int32_t> counts = panel.series(node, measure).counts;
  auto const skipped = static_cast<size_t>(from.value - panel.first_period().value);
  counts = counts.subspan(std::min(counts.size(), skipped));
  return {panel.calendar(), from, counts};
}

std::string silent_because(domain::TopicSet rests_on, const std::vector<std::string>& silent) {
  std::string because;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (!rests_on.contains(topic.id)) continue;
    if (std::ranges::find(silent, topic.name) == silent.end()) continue;
    base::append(because, because.empty() ? "source silent: " : ", ", topic.name);
  }
  return because;
}

Evaluator::Evaluator(std::shared_ptr<const reference::Reference> reference,
                     EvaluatorOptions options)
    : reference_(std::move(reference)),
      options_(std::move(options)),
      panel_(*reference_, options_.calendar, PeriodIndex(0)),
      reporting_(options_.calendar) {}

Evaluator::~Evaluator() = default;

void Evaluator::apply(PeriodIndex tick, std::span<const PartitionTick> parts) {
  // The horizon moves a year at a time, always to the same places: a function of the tick alone.
  int32_t const year = options_.calendar.periods_per_year();
  int32_t const oldest = tick.value - options_.history_periods;
  PeriodIndex const horizon(oldest - ((oldest % year) + year) % year);
  if (!applied_) panel_ = indicators::Panel(*reference_, options_.calendar, horizon);
  applied_ = tick;
  panel_.advance_horizon(horizon);
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
      for (auto& detector : detectors_) {
        if (detector->measure == measure) detector->at(node).scored.revise(period);
      }
    });
  }
  reported_ = std::make_shared<const SharesByMeasure>(reporting_.shares());
}

std::optional<EvaluatorState> Evaluator::state() {
  if (!applied_) return std::nullopt;
  return EvaluatorState{*applied_, panel_.publish(), reporting_.reports(), cells_digest_};
}

void Evaluator::restore(PeriodIndex tick, indicators::Panel panel,
                        std::span<const indicators::Report> reports, uint64_t cells_digest) {
  applied_ = tick;
  panel_ = std::move(panel);
  reporting_ = Reporting(options_.calendar);
  reporting_.begin(tick);
  reporting_.add(reports);
  reported_ = std::make_shared<const SharesByMeasure>(reporting_.shares());
  cells_digest_ = cells_digest;
  rules_digest_.clear();
  rules_.reset();
  detectors_.clear();
}

void Evaluator::adopt_rules(const Book& book) {
  BELLWETHER_CHECK(book.rule_set() != nullptr);
  if (rules_ != nullptr && rules_digest_ == book.rule_set_digest()) return;
  rules_ = book.rule_set();
  rules_digest_ = book.rule_set_digest();
  composites_.clear();
  detectors_.clear();
  for (const Rule& rule : rules_->rules) {
    if (!rule.enabled) continue;
    if (rule.kind == RuleKind::kCountDetector) {
      add_detector(rule, *indicators::find_measure(rule.subject), rule.harm);
    }
    if (rule.kind != RuleKind::kComposite) continue;
    CompositeState& composite = composites_.emplace_back();
    composite.rule = &rule;
    for (const std::string& text : rule.parts) {
      alerts::CompositePart const part = *alerts::parse_part(text);
      composite.parts.push_back(part);
      composite.detectors.push_back(&add_detector(rule, part.measure, part.harm));
    }
  }
}

Evaluator::DetectorState& Evaluator::add_detector(const Rule& rule, Measure measure,
                                                  base::Harm harm) {
  auto state = std::make_unique<DetectorState>();
  state->rule = &rule;
  state->measure = measure;
  state->harm = harm;
  state->part = rule.kind == RuleKind::kComposite;
  state->options = detector_options(rule, options_.calendar);
  state->series.resize(panel_.nodes());
  for (size_t node = 0; node < panel_.nodes(); ++node) {
    if (!panel_.series(panel_.node(node), measure).counts.empty()) state->at(node);
  }
  return *detectors_.emplace_back(std::move(state));
}

AlertKey Evaluator::key(const Rule& rule, Node node) const {
  return {rule.id, reference_->areas.at(node.area).code, reference_->sectors.at(node.sector).code};
}

bool Evaluator::in_scope(const Rule& rule, Node node, PeriodIndex tick) const {
  if (node.sector == reference::kUnclassified) return false;
  const reference::Area& area = reference_->areas.at(node.area);
  return area.validity.contains(options_.calendar.first_day(tick)) &&
         matches(rule.area_levels, area.level) &&
         matches(rule.sector_levels, reference_->sectors.at(node.sector).level);
}

bool Evaluator::in_scope(const Rule& rule, const AlertKey& key, PeriodIndex tick) const {
  if (rule.kind == RuleKind::kSourceSilent) {
    return std::ranges::find(options_.topics, key.area) != options_.topics.end();
  }
  auto const area = reference_->areas.find(key.area);
  auto const sector = reference_->sectors.find(key.sector);
  return area.ok() && sector.ok() && in_scope(rule, {*area, *sector}, tick);
}

bool Evaluator::second_condition(const Rule& rule, Node node, PeriodIndex period) const {
  if (rule.second_subject.empty()) return true;
  indicators::Value const v =
      indicators::compute(*indicators::find_indicator(rule.second_subject), panel_, node, period);
  return v.ok() && v.value < rule.second_limit;
}

std::string Evaluator::silent_because(const Rule& rule,
                                      const std::vector<std::string>& silent) const {
  return engine::silent_because(rule.kind == RuleKind::kCountDetector
                                    ? domain::topics(*indicators::find_measure(rule.subject))
                                    : domain::topics(*indicators::find_indicator(rule.subject)),
                                silent);
}

void Evaluator::settle_unvisited(const Book& book, PeriodIndex tick, Verdict& verdict) {
  std::set<AlertKey> visited;
  for (const AlertUpdate& u : verdict.out.updates) visited.insert(u.key);
  for (const auto& [key, alert] : book.open()) {
    if (visited.contains(key)) continue;
    const Rule* const rule = alerts::find_rule(*rules_, key.rule);
    if (rule == nullptr) {
      verdict.out.updates.push_back(alerts::close(alert->state, alerts::ClearReason::kRuleRemoved));
    } else if (!rule->enabled) {
      verdict.out.updates.push_back(
          alerts::close(alert->state, alerts::ClearReason::kRuleDisabled));
    } else if (!in_scope(*rule, key, tick)) {
      verdict.out.updates.push_back(alerts::close(alert->state, alerts::ClearReason::kOutOfScope));
    } else {
      Signal unseen;
      unseen.why_not = "nothing of this series is kept";
      verdict.decide(*rule, key, unseen);
    }
  }
}

alerts::TickEvaluated Evaluator::evaluate(PeriodIndex tick, const Book& book,
                                          std::vector<alerts::CutOffset> cut, bool historical) {
  adopt_rules(book);
  Verdict verdict{book, tick, historical, {}};
  alerts::TickEvaluated& out = verdict.out;
  out.tick = tick;
  out.tick_at = options_.calendar.end_of(tick);
  out.book_offset = book.offset();
  out.rule_set = book.rule_set_digest();
  out.cut = std::move(cut);
  std::sort(out.cut.begin(), out.cut.end());
  out.cells_digest = cells_digest_;
  out.historical = historical;
  std::vector<std::string> const silent = test_sources(book, tick, verdict);
  out.silent_topics = silent;
  for (const Rule& rule : rules_->rules) {
    if (!rule.enabled) continue;
    if (rule.kind == RuleKind::kRatioDetector) test_shares(rule, book, tick, silent, verdict);
    if (rule.kind == RuleKind::kIndicatorLimit) test_limits(rule, book, tick, silent, verdict);
  }
  for (auto& detector : detectors_) {
    if (!detector->part) test_counts(*detector, silent, verdict);
  }
  for (const CompositeState& composite : composites_) test_composite(composite, silent, verdict);
  settle_unvisited(book, tick, verdict);
  std::sort(out.updates.begin(), out.updates.end(),
            [](const AlertUpdate& a, const AlertUpdate& b) { return a.key < b.key; });
  out.verdict_digest = verdict_digest(out.updates);
  return std::move(verdict.out);
}

size_t Evaluator::prepare(PeriodIndex next, const Book& book, size_t series_max) {
  if (book.rule_set() == nullptr) return 0;
  adopt_rules(book);
  size_t left = 0;
  for (auto& detector : detectors_) {
    if (detector->prepared_for != next) {
      detector->prepared_for = next;
      detector->prepared = 0;
    }
    PeriodIndex const from = observed_from(panel_, detector->measure);
    auto const age = reported_->testable_age(detector->measure);
    if (!age) continue;
    PeriodIndex const target(next.value - *age);
    while (detector->prepared < detector->active.size() && series_max > 0) {
      uint32_t const n = detector->active[detector->prepared++];
      Node const node = panel_.node(n);
      if (!in_scope(*detector->rule, node, next)) continue;
      auto const open = book.open().find(key(*detector->rule, node));
      Series& series = *detector->series[n];
      series.scored.exclude(
          exclusions(book, open == book.open().end() ? nullptr : &open->second->state));
      series.scored.prepare(observed_counts(panel_, node, detector->measure, from), target,
                            detector->harm, detector->options, workspace_,
                            reported_->from(detector->measure, *age));
      --series_max;
    }
    left += detector->active.size() - detector->prepared;
  }
  return left;
}

}  // namespace bellwether::engine
