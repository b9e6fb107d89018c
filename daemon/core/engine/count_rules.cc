#include "core/engine/evaluator_state.h"

#include <algorithm>

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;

namespace {

alerts::Evidence evidence_of(const Rule& rule, const detection::Assessment& a, double p,
                             double p_adjusted, PeriodIndex period, double log_variance) {
  alerts::Evidence e;
  e.period = period;
  e.observed = static_cast<double>(a.observed);
  e.expected = rounded(a.expected);
  detection::Interval const interval = detection::predictive_interval(a.baseline, kIntervalLevel);
  e.lower = rounded(interval.lower);
  e.upper = rounded(interval.upper);
  e.p = p;
  e.p_adjusted = p_adjusted;
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
  e.baseline_kind = a.baseline.kind;
  e.year_before = rounded(a.baseline.year_before);
  if (a.share < 1) {
    detection::Nowcast const whole =
        detection::nowcast(std::max<int64_t>(0, a.observed), a.share, log_variance, kIntervalLevel);
    e.reported = rounded(a.share);
    e.nowcast = rounded(whole.expected);
    e.nowcast_lower = rounded(whole.lower);
    e.nowcast_upper = rounded(whole.upper);
  }
  return e;
}

}  // namespace

std::vector<Evaluator::Tested> Evaluator::score_counts(DetectorState& state, bool can_test,
                                                       const Verdict& verdict) {
  const Rule& rule = *state.rule;
  std::vector<uint32_t> nodes = state.active;
  std::sort(nodes.begin(), nodes.end());
  std::vector<Tested> tested;
  PeriodIndex const from = observed_from(panel_, state.measure);
  double const four_weeks = options_.calendar.periods_in_four_weeks();
  for (uint32_t n : nodes) {
    Node const node = panel_.node(n);
    if (!in_scope(rule, node, verdict.tick)) continue;
    AlertUpdate const* const open = verdict.open(key(rule, node));
    Tested t{n, {}, false};
    if (can_test) {
      detection::ScoredSeries& scored = state.series[n]->scored;
      scored.exclude(exclusions(verdict.book, open));
      t.assessment = scored.assess(observed_counts(panel_, node, state.measure, from), state.target,
                                   state.harm, state.options, workspace_, state.reported);
      t.gated = t.assessment.why == detection::NotAssessed::kNone &&
                t.assessment.expected * four_weeks >= rule.expected_min &&
                static_cast<double>(panel_.stock(node, state.target)) >= rule.stock_min;
    }
    if (t.gated || open != nullptr) tested.push_back(t);
  }
  return tested;
}

std::vector<detection::Judged> Evaluator::judge(const DetectorState& state,
                                                std::span<const Tested> tested) {
  std::vector<detection::Judged> judged(tested.size());
  for (size_t i = 0; i < tested.size(); ++i) {
    if (!tested[i].gated) continue;
    judged[i].assessment = &tested[i].assessment;
    judged[i].settled_tail = state.series[tested[i].node]->scored.settled_tail();
  }
  detection::judge_together(judged, recalibration_);
  return judged;
}

void Evaluator::test_counts(DetectorState& state, const std::vector<std::string>& silent,
                            Verdict& verdict) {
  const Rule& rule = *state.rule;
  std::string because = silent_because(rule, silent);
  auto const age = reported_->testable_age(state.measure);
  if (because.empty() && !age) because = kReportedLate;
  PeriodIndex const target(verdict.tick.value - age.value_or(0));
  state.target = target;
  state.reported = reported_->from(state.measure, age.value_or(0));
  std::vector<Tested> const tested = score_counts(state, because.empty(), verdict);
  std::vector<detection::Judged> const judged = judge(state, tested);
  for (const Tested& t : tested) verdict.out.series_assessed += t.gated;

  for (size_t i = 0; i < tested.size(); ++i) {
    const detection::Assessment& a = tested[i].assessment;
    Node const node = panel_.node(tested[i].node);
    Signal s;
    s.assessed = tested[i].gated;
    if (!s.assessed) {
      s.why_not = !because.empty()                         ? because
                  : a.why != detection::NotAssessed::kNone ? std::string(detection::name(a.why))
                                                           : "base too small";
      verdict.decide(rule, key(rule, node), s);
      continue;
    }
    s.established = a.cusum >= rule.cusum_threshold;
    bool const discovered = judged[i].p_adjusted <= rules_->false_discovery_rate;
    s.hit = (discovered || s.established) && second_condition(rule, node, target);
    s.established = s.established && s.hit;
    s.provisional = a.young();
    s.large = std::abs(a.ratio - 1) >= rule.ratio_red;
    s.quiet = a.cusum < rule.cusum_threshold / 2 && judged[i].p > kQuietP;
    AlertKey const k = key(rule, node);
    if (!s.hit && verdict.open(k) == nullptr) continue;
    s.onset = a.cusum > 0 ? a.onset : target;
    s.evidence = evidence_of(rule, a, judged[i].p, judged[i].p_adjusted, target,
                             reported_->log_variance_at(state.measure, *age));
    s.evidence.contributions = contributions(state, node, s.evidence, verdict);
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
    // The rule may not test the child itself, so nobody else has told it what its baseline leaves
    // out.
    detection::ScoredSeries& scored = state.series[index]->scored;
    scored.exclude(exclusions(verdict.book, verdict.open(key(*state.rule, child))));
    detection::Assessment const a =
        scored.assess(observed_counts(panel_, child, state.measure, from), state.target, state.harm,
                      state.options, workspace_, state.reported);
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
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  if (out.size() > kContributionsMax) out.resize(kContributionsMax);
  return out;
}

}  // namespace bellwether::engine
