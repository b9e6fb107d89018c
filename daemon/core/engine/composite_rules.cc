#include <algorithm>
#include <limits>
#include <set>

#include "core/base/text.h"
#include "core/detection/multiplicity.h"
#include "core/engine/composite.h"
#include "core/engine/evaluator_state.h"

namespace bellwether::engine {

using alerts::AlertUpdate;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;

namespace {

alerts::Evidence evidence_of(const Rule& rule, const CompositeFinding& f, double p_adjusted,
                             PeriodIndex period, const std::string& area,
                             const std::string& sector) {
  alerts::Evidence e;
  e.period = period;
  e.observed = e.z = rounded(f.z);
  e.upper = rounded(composite_bound());
  e.lower = -e.upper;
  e.p = f.p;
  e.p_adjusted = p_adjusted;
  e.cusum = rounded(f.cusum);
  e.cusum_threshold = rule.cusum_threshold;
  e.baseline_first = f.parts.front().assessment.baseline.oldest;
  e.baseline_last = f.parts.front().assessment.baseline.newest;
  for (const CompositeFinding::Part& p : f.parts) {
    e.baseline_first = std::min(e.baseline_first, p.assessment.baseline.oldest);
    e.baseline_last = std::max(e.baseline_last, p.assessment.baseline.newest);
  }
  double sum = 0;
  auto const share = [](const CompositeFinding::Part& p) {
    return p.part.weight *
           std::clamp(p.assessment.z, -detection::kCompositeClip, detection::kCompositeClip);
  };
  for (const CompositeFinding::Part& p : f.parts) sum += share(p);
  for (const CompositeFinding::Part& p : f.parts) {
    e.contributions.push_back(
        {area, sector, static_cast<double>(p.assessment.observed), rounded(p.assessment.expected),
         sum > 0 ? rounded(share(p) / sum) : 0, std::string(indicators::info(p.part.measure).name),
         rounded(std::clamp(p.assessment.z, -detection::kZMax, detection::kZMax))});
  }
  std::stable_sort(e.contributions.begin(), e.contributions.end(),
                   [](const auto& a, const auto& b) { return a.z > b.z; });
  return e;
}

}  // namespace

void Evaluator::test_composite(const CompositeState& state, const std::vector<std::string>& silent,
                               Verdict& verdict) {
  const Rule& rule = *state.rule;
  // Parts whose source is silent, or is told of too late, do not count; the others are looked at
  // together, as of the latest period that all of them can be tested for.
  std::vector<size_t> usable;
  std::string because;
  int age = 0;
  std::set<uint32_t> nodes;
  for (size_t i = 0; i < state.parts.size(); ++i) {
    std::string const source_silent =
        silent_because(domain::topics(state.parts[i].measure), silent);
    auto const testable = reported_->testable_age(state.parts[i].measure);
    nodes.insert(state.detectors[i]->active.begin(), state.detectors[i]->active.end());
    if (!source_silent.empty()) {
      because = source_silent;
    } else if (!testable) {
      if (because.empty()) because = kReportedLate;
    } else {
      age = std::max(age, *testable);
      usable.push_back(i);
    }
  }
  if (usable.size() >= detection::kCompositePartsMin) because.clear();
  PeriodIndex const target(verdict.tick.value - age);

  struct Found {
    Node node;
    CompositeFinding finding;
    bool gated = false;
  };
  std::vector<Found> found;
  for (uint32_t n : nodes) {
    Node const node = panel_.node(n);
    if (!in_scope(rule, node, verdict.tick)) continue;
    const AlertUpdate* const open = verdict.open(key(rule, node));
    Found f{node, {}, false};
    if (because.empty()) {
      CompositeInputs inputs;
      for (size_t i : usable) {
        DetectorState& detector = *state.detectors[i];
        if (detector.series[n] == nullptr) continue;
        detection::ScoredSeries& scored = detector.series[n]->scored;
        scored.exclude(exclusions(verdict.book, open));
        inputs.push_back({state.parts[i], &scored,
                          observed_counts(panel_, node, detector.measure,
                                          observed_from(panel_, detector.measure)),
                          reported_->from(detector.measure, age)});
      }
      f.finding = assess_composite(rule, inputs, target, options_.calendar, workspace_);
      f.gated = f.finding.not_assessed.empty() &&
                static_cast<double>(panel_.stock(node, target)) >= rule.stock_min;
    }
    if (f.gated || open != nullptr) found.push_back(std::move(f));
  }

  std::vector<double> p(found.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<double> adjusted(found.size());
  for (size_t i = 0; i < found.size(); ++i) {
    if (!found[i].gated) continue;
    p[i] = found[i].finding.p;
    ++verdict.out.series_assessed;
  }
  detection::benjamini_hochberg(p, adjusted);
  for (size_t i = 0; i < found.size(); ++i) {
    const CompositeFinding& f = found[i].finding;
    alerts::AlertKey const k = key(rule, found[i].node);
    Signal s;
    s.assessed = found[i].gated;
    if (!s.assessed) {
      s.why_not = !because.empty()          ? because
                  : !f.not_assessed.empty() ? std::string(f.not_assessed)
                                            : "base too small";
      verdict.decide(rule, k, s);
      continue;
    }
    bool const at_threshold = f.cusum >= rule.cusum_threshold;
    bool const discovered = adjusted[i] <= rules_->false_discovery_rate;
    s.hit = (discovered || at_threshold) && second_condition(rule, found[i].node, target);
    s.established = at_threshold && s.hit;
    s.quiet = f.cusum < rule.cusum_threshold / 2 && f.p > kQuietP;
    if (!s.hit && verdict.open(k) == nullptr) continue;
    s.onset = f.onset;
    s.evidence = evidence_of(rule, f, adjusted[i], target, k.area, k.sector);
    verdict.decide(rule, k, s);
  }
}

}  // namespace bellwether::engine
