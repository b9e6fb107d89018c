#include "engine/evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "detection/multiplicity.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Book;
using alerts::Rule;
using alerts::RuleKind;
using alerts::Signal;
using base::PeriodIndex;
using detection::Assessment;
using indicators::Measure;
using indicators::Node;

namespace {

constexpr double kQuietP = 0.2;

bool matches(const std::vector<std::string>& levels, const std::string& level) {
  return levels.empty() || std::find(levels.begin(), levels.end(), level) != levels.end();
}

double rounded(double x) { return std::round(x * 1e6) / 1e6; }

}  // namespace

detection::Harm to_harm(alerts::Tail tail) {
  return tail == alerts::Tail::kLow ? detection::Harm::kLow : detection::Harm::kHigh;
}

detection::DetectorOptions detector_options(const Rule& rule, base::Calendar calendar) {
  detection::DetectorOptions o;
  o.farrington = detection::FarringtonOptions::for_calendar(calendar);
  o.cusum.threshold_h = rule.cusum_threshold;
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

detection::RatioAssessment assess_share(const Rule& rule, const indicators::Panel& panel, Node node,
                                        PeriodIndex period, const Book& book,
                                        const AlertUpdate* open) {
  indicators::SeriesView const all = panel.series(node, Measure::kInteractions);
  std::span<const int32_t> const some = panel.series(node, Measure::kInteractionsDistress).counts;
  std::vector<int32_t> numerators(some.begin(), some.end());
  numerators.resize(all.counts.size());
  detection::CusumOptions cusum;
  cusum.threshold_h = rule.cusum_threshold;
  return detection::assess_share({panel.calendar(), all.first, numerators, all.counts}, period,
                                 exclusions(book, open), to_harm(rule.harm),
                                 detection::RatioOptions::for_calendar(panel.calendar()), cusum);
}

// One tested series and its cached path.
struct Evaluator::Series {
  detection::ScoredSeries scored;
};

// A count-detector rule with the paths of all its nodes.
struct Evaluator::DetectorState {
  const Rule* rule;
  Measure measure;
  detection::DetectorOptions options;
  std::vector<std::unique_ptr<Series>> series;  // by node; null until the measure is seen there
  std::vector<uint32_t> active;                 // nodes with a series, in order of first sight
  size_t prepared = 0;                          // of active, for prepared_for
  PeriodIndex prepared_for{INT32_MIN};

  Series& at(size_t node) {
    if (series[node] == nullptr) {
      series[node] = std::make_unique<Series>();
      active.push_back(static_cast<uint32_t>(node));
    }
    return *series[node];
  }
};

struct Evaluator::Verdict {
  const Book& book;
  PeriodIndex tick;
  bool historical;
  alerts::TickEvaluated out;

  const AlertUpdate* open(const AlertKey& key) const {
    auto const found = book.open().find(key);
    return found == book.open().end() ? nullptr : &found->second->state;
  }
  void decide(const Rule& rule, const AlertKey& key, const Signal& signal) {
    if (auto update = alerts::step(rule, key, open(key), signal, tick, historical, book.calendar())) {
      out.updates.push_back(*std::move(update));
    }
  }
};

Evaluator::Evaluator(std::shared_ptr<const reference::Reference> reference, EvaluatorOptions options)
    : reference_(std::move(reference)),
      options_(std::move(options)),
      panel_(*reference_, options_.calendar, PeriodIndex(0)) {}

Evaluator::~Evaluator() = default;

void Evaluator::apply(PeriodIndex tick, std::span<const PartitionTick> parts) {
  // The horizon moves a year at a time, always to the same places: a function of the tick alone.
  int32_t const year = options_.calendar.periods_per_year();
  int32_t const oldest = tick.value - options_.history_periods;
  PeriodIndex const horizon(oldest - ((oldest % year) + year) % year);
  if (!panel_started_) {
    panel_ = indicators::Panel(*reference_, options_.calendar, horizon);
    panel_started_ = true;
  }
  panel_.advance_horizon(horizon);
  for (const PartitionTick& part : parts) {
    for (const indicators::Delta& d : part.deltas) {
      cells_digest_ += static_cast<uint64_t>(d.amount) * base::mix64(d.key.bits());
    }
    panel_.add(part.deltas, [this](uint32_t node, Measure measure, PeriodIndex period) {
      for (auto& detector : detectors_) {
        if (detector->measure == measure) detector->at(node).scored.revise(period);
      }
    });
  }
}

void Evaluator::adopt_rules(const Book& book) {
  BELLWETHER_CHECK(book.rule_set() != nullptr);
  if (rules_ != nullptr && rules_digest_ == book.rule_set_digest()) return;
  rules_ = book.rule_set();
  rules_digest_ = book.rule_set_digest();
  detectors_.clear();
  for (const Rule& rule : rules_->rules) {
    if (!rule.enabled || rule.kind != RuleKind::kCountDetector) continue;
    auto state = std::make_unique<DetectorState>();
    state->rule = &rule;
    state->measure = *indicators::find_measure(rule.subject);
    state->options = detector_options(rule, options_.calendar);
    state->series.resize(panel_.nodes());
    for (size_t node = 0; node < panel_.nodes(); ++node) {
      if (!panel_.series(panel_.node(node), state->measure).counts.empty()) state->at(node);
    }
    detectors_.push_back(std::move(state));
  }
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

bool Evaluator::second_condition(const Rule& rule, Node node, PeriodIndex tick) const {
  if (rule.second_subject.empty()) return true;
  indicators::Value const v =
      indicators::compute(*indicators::find_indicator(rule.second_subject), panel_, node, tick);
  return v.ok() && v.value < rule.second_limit;
}

std::string Evaluator::silent_because(const Rule& rule, const std::vector<std::string>& silent) const {
  bool support = false;
  if (rule.kind == RuleKind::kCountDetector) {
    support = indicators::info(*indicators::find_measure(rule.subject)).support;
  } else {
    support = indicators::info(*indicators::find_indicator(rule.subject)).support;
  }
  std::string const topic = support ? "support" : "registrations";
  if (std::find(silent.begin(), silent.end(), topic) == silent.end()) return "";
  return base::cat("source silent: ", topic);
}

std::vector<std::string> Evaluator::test_sources(const Book& book, PeriodIndex tick,
                                                 Verdict& verdict) {
  constexpr Measure kRegistrations[] = {Measure::kBirths, Measure::kDeaths, Measure::kRestorations,
                                        Measure::kMovesIn};
  constexpr Measure kSupport[] = {Measure::kInteractions};
  std::vector<std::string> silent;
  for (const Rule& rule : rules_->rules) {
    if (!rule.enabled || rule.kind != RuleKind::kSourceSilent) continue;
    for (const std::string& topic : options_.topics) {
      bool const support = topic == "support";
      std::span<const Measure> const measures =
          support ? std::span<const Measure>(kSupport) : std::span<const Measure>(kRegistrations);
      int32_t const first = panel_.first_period().value;
      std::vector<int32_t> pooled(static_cast<size_t>(std::max(0, tick.value - first + 1)));
      for (Measure m : measures) {
        std::span<const int32_t> const c = panel_.series({}, m).counts;
        for (size_t i = 0; i < std::min(c.size(), pooled.size()); ++i) {
          int64_t const sum = int64_t{pooled[i]} + c[i];
          pooled[i] = static_cast<int32_t>(std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX));
        }
      }
      auto const unseen = static_cast<int32_t>(
          std::ranges::find_if(pooled, [](int32_t n) { return n != 0; }) - pooled.begin());
      detection::CountSeries const series{options_.calendar, PeriodIndex(first + unseen),
                                          std::span(pooled).subspan(static_cast<size_t>(unseen))};
      detection::Baseline const baseline =
          detection::fit(series, tick, book.regime_breaks(),
                         detection::FarringtonOptions::for_calendar(options_.calendar), workspace_);
      Signal signal;
      signal.onset = tick;
      if (baseline.why == detection::NotAssessed::kNone && !pooled.empty()) {
        int32_t const observed = pooled.back();
        detection::Score const score = detection::score(baseline, observed, detection::Harm::kLow);
        signal.assessed = true;
        signal.hit = baseline.expected >= kSilentExpectedMin && score.p_low < kSilentP &&
                     observed <= rule.limit * baseline.expected;
        signal.quiet = !signal.hit;
        signal.evidence.period = tick;
        signal.evidence.observed = observed;
        signal.evidence.expected = rounded(baseline.expected);
        signal.evidence.p = rounded(score.p_low);
        signal.evidence.ratio = rounded(observed / baseline.expected);
        signal.evidence.limit = rule.limit;
      }
      if (signal.hit) silent.push_back(topic);
      verdict.decide(rule, {rule.id, topic, "all"}, signal);
    }
  }
  return silent;
}

void Evaluator::test_counts(DetectorState& state, const Book& book, PeriodIndex tick,
                            const std::vector<std::string>& silent, Verdict& verdict) {
  const Rule& rule = *state.rule;
  std::string const because = silent_because(rule, silent);
  detection::Harm const harm = to_harm(rule.harm);
  std::vector<uint32_t> nodes = state.active;
  std::sort(nodes.begin(), nodes.end());
  std::vector<Tested> tested;
  PeriodIndex const from = observed_from(panel_, state.measure);
  double const four_weeks = options_.calendar.unit() == base::CalendarUnit::kWeek ? 4 : 1;
  for (uint32_t n : nodes) {
    Node const node = panel_.node(n);
    if (!in_scope(rule, node, tick)) continue;
    AlertUpdate const* const open = verdict.open(key(rule, node));
    Tested t{n, {}, 1, false};
    if (because.empty()) {
      Series& series = *state.series[n];
      series.scored.exclude(exclusions(book, open));
      t.assessment =
          series.scored.assess(observed_counts(panel_, node, state.measure, from), tick, harm, state.options, workspace_);
      t.gated = t.assessment.why == detection::NotAssessed::kNone &&
                t.assessment.expected * four_weeks >= rule.expected_min &&
                static_cast<double>(panel_.stock(node, tick)) >= rule.stock_min;
    }
    if (t.gated || open != nullptr) tested.push_back(t);
  }
  std::vector<double> p(tested.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<double> adjusted(tested.size());
  for (size_t i = 0; i < tested.size(); ++i) {
    if (!tested[i].gated) continue;
    p[i] = tested[i].assessment.p;
    ++verdict.out.series_assessed;
  }
  detection::benjamini_hochberg(p, adjusted);

  for (size_t i = 0; i < tested.size(); ++i) {
    const Assessment& a = tested[i].assessment;
    Node const node = panel_.node(tested[i].node);
    Signal s;
    s.assessed = tested[i].gated;
    if (!s.assessed) {
      s.why_not = !because.empty() ? because
                  : a.why != detection::NotAssessed::kNone
                      ? std::string(detection::name(a.why))
                      : "base too small";
      verdict.decide(rule, key(rule, node), s);
      continue;
    }
    s.established = a.cusum >= rule.cusum_threshold;
    bool const discovered = adjusted[i] <= rules_->false_discovery_rate;
    s.hit = (discovered || s.established) && second_condition(rule, node, tick);
    s.established = s.established && s.hit;
    s.large = std::abs(a.ratio - 1) >= rule.ratio_red;
    s.quiet = a.cusum < rule.cusum_threshold / 2 && a.p > kQuietP;
    AlertKey const k = key(rule, node);
    if (!s.hit && verdict.open(k) == nullptr) continue;
    s.onset = a.cusum > 0 ? a.onset : tick;
    alerts::Evidence& e = s.evidence;
    e.period = tick;
    e.observed = static_cast<double>(a.observed);
    e.expected = rounded(a.expected);
    detection::Interval const interval = detection::predictive_interval(a.baseline, kIntervalLevel);
    e.lower = rounded(interval.lower);
    e.upper = rounded(interval.upper);
    e.p = a.p;
    e.p_adjusted = adjusted[i];
    e.z = rounded(std::clamp(a.z, -detection::kZMax, detection::kZMax));
    e.cusum = rounded(a.cusum);
    e.cusum_threshold = rule.cusum_threshold;
    e.dispersion = rounded(a.dispersion);
    e.ratio = rounded(a.ratio);
    e.baseline_periods = a.baseline.points;
    e.baseline_first = a.baseline.oldest;
    e.baseline_last = a.baseline.newest;
    e.downweighted = a.baseline.downweighted;
    e.score_scale = rounded(a.scale);
    e.contributions = contributions(state, node, e, verdict);
    verdict.decide(rule, k, s);
  }
}

std::vector<alerts::Contribution> Evaluator::contributions(DetectorState& state, Node node,
                                                           const alerts::Evidence& evidence,
                                                           const Verdict& verdict) {
  double const gap = evidence.expected - evidence.observed;
  if (std::abs(gap) < 1e-9) return {};
  std::vector<alerts::Contribution> out;
  PeriodIndex const from = observed_from(panel_, state.measure);
  auto const consider = [&](Node child) {
    size_t const index = panel_.index(child);
    if (state.series[index] == nullptr) return;
    // The rule may not test the child itself, so nobody else has told it what its baseline leaves out.
    detection::ScoredSeries& scored = state.series[index]->scored;
    scored.exclude(exclusions(verdict.book, verdict.open(key(*state.rule, child))));
    Assessment const a =
        scored.assess(observed_counts(panel_, child, state.measure, from), verdict.tick,
                      to_harm(state.rule->harm), state.options, workspace_);
    if (a.why != detection::NotAssessed::kNone) return;
    double const share = (a.expected - static_cast<double>(a.observed)) / gap;
    if (share <= 0) return;
    out.push_back({reference_->areas.at(child.area).code, reference_->sectors.at(child.sector).code,
                   static_cast<double>(a.observed), rounded(a.expected), rounded(share)});
  };
  for (base::SectorId s : reference_->sectors.children(node.sector)) {
    if (s != reference::kUnclassified) consider({node.area, s});
  }
  for (base::AreaId a : reference_->areas.children(node.area)) consider({a, node.sector});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.share > b.share; });
  if (out.size() > kContributionsMax) out.resize(kContributionsMax);
  return out;
}

void Evaluator::test_shares(const Rule& rule, const Book& book, PeriodIndex tick,
                            const std::vector<std::string>& silent, Verdict& verdict) {
  std::string const because = silent_because(rule, silent);
  for (size_t n = 0; n < panel_.nodes(); ++n) {
    Node const node = panel_.node(n);
    if (panel_.series(node, Measure::kInteractions).counts.empty() || !in_scope(rule, node, tick)) continue;
    AlertKey const k = key(rule, node);
    AlertUpdate const* const open = verdict.open(k);
    Signal s;
    detection::RatioAssessment a;
    if (because.empty()) {
      a = assess_share(rule, panel_, node, tick, book, open);
    } else {
      a.not_assessed = because;
    }
    s.assessed = a.not_assessed.empty() &&
                 static_cast<double>(panel_.stock(node, tick)) >= rule.stock_min;
    s.why_not = a.not_assessed.empty() ? "base too small" : std::string(a.not_assessed);
    s.hit = s.established = s.assessed && a.cusum >= rule.cusum_threshold;
    s.quiet = a.cusum < rule.cusum_threshold / 2 && a.p > kQuietP;
    s.onset = a.onset;
    if (s.assessed) ++verdict.out.series_assessed;
    alerts::Evidence& e = s.evidence;
    e.period = tick;
    e.observed = rounded(100 * a.observed);
    e.expected = rounded(100 * a.expected);
    e.lower = rounded(100 * a.lower);
    e.upper = rounded(100 * a.upper);
    e.p = e.p_adjusted = a.p;
    e.z = rounded(std::clamp(a.z, -detection::kZMax, detection::kZMax));
    e.cusum = rounded(a.cusum);
    e.cusum_threshold = rule.cusum_threshold;
    e.dispersion = rounded(a.dispersion);
    e.ratio = a.expected > 0 ? rounded(a.observed / a.expected) : 1;
    e.baseline_periods = a.points;
    verdict.decide(rule, k, s);
  }
}

void Evaluator::test_limits(const Rule& rule, const Book&, PeriodIndex tick,
                            const std::vector<std::string>& silent, Verdict& verdict) {
  std::string const because = silent_because(rule, silent);
  indicators::Indicator const indicator = *indicators::find_indicator(rule.subject);
  bool const low = rule.harm == alerts::Tail::kLow;
  auto const beyond = [&](double value, double limit) { return low ? value < limit : value > limit; };
  // To clear, the value must come back past this: 80 % of a limit above, 125 % of one below.
  double const clear_at = low ? rule.limit / rule.clear_fraction : rule.limit * rule.clear_fraction;
  for (size_t n = 0; n < panel_.nodes(); ++n) {
    Node const node = panel_.node(n);
    if (!in_scope(rule, node, tick)) continue;
    AlertKey const k = key(rule, node);
    bool const open = verdict.open(k) != nullptr;
    Signal s;
    if (!because.empty()) {
      s.why_not = because;
      if (open) verdict.decide(rule, k, s);
      continue;
    }
    if (static_cast<double>(panel_.stock(node, tick)) < rule.stock_min && !open) continue;
    indicators::Value const v = indicators::compute(indicator, panel_, node, tick);
    s.assessed = v.ok();
    s.why_not = v.not_available;
    if (v.ok()) ++verdict.out.series_assessed;
    s.hit = v.ok() && beyond(v.value, rule.limit);
    for (int back = 1; s.hit && back < rule.persistence; ++back) {
      indicators::Value const earlier =
          indicators::compute(indicator, panel_, node, PeriodIndex(tick.value - back));
      s.hit = earlier.ok() && beyond(earlier.value, rule.limit);
    }
    if (!s.hit && !open) continue;
    s.established = s.hit;
    s.quiet = v.ok() && !beyond(v.value, clear_at);
    s.onset = PeriodIndex(tick.value - rule.persistence + 1);
    s.evidence.period = tick;
    s.evidence.observed = rounded(v.value);
    s.evidence.limit = rule.limit;
    verdict.decide(rule, k, s);
  }
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
      verdict.out.updates.push_back(alerts::close(alert->state, alerts::ClearReason::kRuleDisabled));
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
  for (auto& detector : detectors_) test_counts(*detector, book, tick, silent, verdict);
  settle_unvisited(book, tick, verdict);
  std::sort(out.updates.begin(), out.updates.end(),
            [](const AlertUpdate& a, const AlertUpdate& b) { return a.key < b.key; });
  base::SetDigest digest;
  for (const AlertUpdate& u : out.updates) {
    digest.add(base::hash64(base::cat(u.key.rule, "|", u.key.area, "|", u.key.sector)),
               static_cast<uint64_t>(u.transition) << 16 | static_cast<uint64_t>(u.severity) << 8 |
                   uint64_t{u.open},
               static_cast<uint64_t>(std::llround(u.evidence.cusum * 1e6)));
  }
  out.verdict_digest = digest.value();
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
    while (detector->prepared < detector->active.size() && series_max > 0) {
      uint32_t const n = detector->active[detector->prepared++];
      Node const node = panel_.node(n);
      if (!in_scope(*detector->rule, node, next)) continue;
      auto const open = book.open().find(key(*detector->rule, node));
      Series& series = *detector->series[n];
      series.scored.exclude(
          exclusions(book, open == book.open().end() ? nullptr : &open->second->state));
      series.scored.prepare(observed_counts(panel_, node, detector->measure, from), next, to_harm(detector->rule->harm),
                            detector->options, workspace_);
      --series_max;
    }
    left += detector->active.size() - detector->prepared;
  }
  return left;
}

}  // namespace bellwether::engine
