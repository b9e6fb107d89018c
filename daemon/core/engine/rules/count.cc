#include "core/engine/rules/count.h"

#include <algorithm>
#include <utility>

#include "core/alerts/count_signal.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/detection/judge.h"
#include "core/engine/rules/prose.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::CountRule;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;

namespace {

alerts::Evidence evidence_of(const detection::Assessment& a, const detection::Judged& judged,
                             const detection::SpeedOptions& speed, PeriodIndex period,
                             double log_variance) {
  alerts::Evidence e;
  e.period = period;
  e.observed = static_cast<double>(a.observed);
  e.expected = rounded(a.expected);
  detection::Interval const interval = detection::predictive_interval(a.baseline, kIntervalLevel);
  e.lower = rounded(interval.lower);
  e.upper = rounded(interval.upper);
  e.p = judged.p;
  e.p_adjusted = judged.p_adjusted;
  e.hit_by = judged.hit;
  bool const is_tested = judged.assessment != nullptr;
  if (is_tested && !a.young()) {
    size_t const strongest = judged.strongest();
    e.score = rounded(judged.score[strongest]);
    e.memory_periods = static_cast<int32_t>(std::lround(1 / speed.lambda[strongest]));
  }
  e.z = rounded(std::clamp(a.z, -detection::kZMax, detection::kZMax));
  e.cusum = rounded(a.cusum);
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

class CountTest final : public RuleTest {
 public:
  CountTest(const Rule& rule, const indicators::Panel& panel)
      : RuleTest(rule),
        count_(std::get<CountRule>(rule.detail)),
        detector_(panel, count_.measure, count_.harm) {}

  std::span<Detector> detectors() override { return {&detector_, 1}; }
  void test(const TickContext& context, Verdict& verdict) override;
  std::string suspended(const TickContext& context, const Verdict& verdict) const override;

 private:
  // The period that a tick tests, and the data for the test.
  struct Target {
    PeriodIndex period;
    int age = 0;  // age of the period, in periods
    detection::SharesReported reported;
    MeasureScorer scorer;
  };
  struct Tested {
    Candidate candidate;
    detection::Assessment assessment;
    Gates gates;
    bool gated = false;  // it can be assessed, and its expected count passes the gate
  };
  struct Together {
    std::vector<detection::Judged> series;
    detection::Levels levels;
  };
  // The nodes that can be assessed or are wanted.
  std::vector<Tested> score(const TickContext& context, const Target& target, bool can_test);
  // Judges all series together. A series that is not gated is not tested.
  static Together judge(const TickContext& context, std::span<const Tested> tested);
  // Without evidence, because most series do not need it. `i`: of the series. Notes the gates of
  // the hit.
  Signal signal_of(const TickContext& context, const Target& target, const Tested& tested,
                   const Together& judged, size_t i, Gates& gates) const;
  std::vector<alerts::Contribution> contributions(const TickContext& context, const Target& target,
                                                  Node node, const alerts::Evidence& evidence);

  const CountRule& count_;
  Detector detector_;
};

std::string CountTest::suspended(const TickContext& context, const Verdict& verdict) const {
  std::string reason = verdict.source_silent(domain::topics(count_.measure));
  if (reason.empty() && !context.reported.testable_age(count_.measure)) reason = kReportedLate;
  return reason;
}

void CountTest::test(const TickContext& context, Verdict& verdict) {
  std::string const suspended_reason = suspended(context, verdict);
  int const age = context.reported.testable_age(count_.measure).value_or(0);
  Target const target{PeriodIndex(context.tick.value - age), age,
                      context.reported.from(count_.measure, age),
                      detector_.scorer(context.panel, context.rules.business_calendar, context.tick,
                                       context.workspace)};
  std::vector<Tested> const tested = score(context, target, suspended_reason.empty());
  Together const judged = judge(context, tested);
  for (const Tested& t : tested) verdict.out.series_assessed += t.gated;
  auto const evidence = [&](size_t i) {
    return evidence_of(tested[i].assessment, judged.series[i], detector_.options().speed,
                       target.period, context.reported.log_variance_at(count_.measure, age));
  };

  for (size_t i = 0; i < tested.size(); ++i) {
    const Candidate& candidate = tested[i].candidate;
    AlertKey const key = context.key(rule(), candidate.node);
    Gates gates = tested[i].gates;
    Signal s = tested[i].gated ? signal_of(context, target, tested[i], judged, i, gates)
                               : alerts::untested_count(tested[i].assessment, suspended_reason);
    if (tested[i].gated && !s.hit && !candidate.wanted()) continue;
    s.evidence.period = target.period;
    if (has_figures(gates)) s.evidence = evidence(i);
    if (tested[i].gated)
      s.evidence.contributions = contributions(context, target, candidate.node, s.evidence);
    verdict.decide(rule(), key, s);
    if (candidate.asked) verdict.answer(candidate, std::move(s), std::move(gates));
  }
}

std::vector<CountTest::Tested> CountTest::score(const TickContext& context, const Target& target,
                                                bool can_test) {
  std::vector<Node> nodes;
  for (uint32_t n : detector_.active()) {
    Node const node = context.panel.node(n);
    if (context.in_scope(count_.nodes, node)) nodes.push_back(node);
  }
  std::ranges::sort(nodes);
  std::vector<Tested> tested;
  double const four_weeks = context.calendar().periods_in_four_weeks();
  for (const Candidate& candidate : context.judged_once(rule(), nodes)) {
    Node const node = candidate.node;
    Tested t{candidate, {}, {}, false};
    if (pass(t.gates, {GateKind::kHeard, can_test})) {
      t.assessment =
          target.scorer.assess(*detector_.at(context.panel.index(node)), node, target.period,
                               exclusions(context.book, candidate.open), target.reported);
      t.gated =
          pass(t.gates, {GateKind::kAssessed, t.assessment.why == detection::NotAssessed::kNone}) &&
          pass(t.gates, at_least(GateKind::kExpected, t.assessment.expected * four_weeks,
                                 count_.expected_min)) &&
          pass(t.gates, context.stock(count_.nodes, node, target.period));
    }
    if (t.gated || candidate.wanted()) tested.push_back(std::move(t));
  }
  return tested;
}

CountTest::Together CountTest::judge(const TickContext& context, std::span<const Tested> tested) {
  Together out;
  out.series.resize(tested.size());
  std::optional<size_t> parent;
  for (size_t i = 0; i < tested.size(); ++i) {
    if (!tested[i].gated) continue;
    out.series[i].assessment = &tested[i].assessment;
    if (tested[i].candidate.is_region) parent = i;
  }
  out.levels = detection::judge_together(out.series, parent, context.rules.stated_rate(),
                                         context.calendar());
  return out;
}

// The gates that judge_together() has asked.
void note_levels(const detection::Judged& judged, const detection::Levels& levels, Gates& gates) {
  using detection::HitBy;
  if (!pass(gates, {GateKind::kGoing, judged.going(), judged.recent(), detection::kStillGoing}))
    return;
  gates.push_back(
      {GateKind::kOwnLevel, judged.beyond(HitBy::kOwnLevel, levels), judged.p, levels.own});
  gates.push_back({GateKind::kTogether, judged.beyond(HitBy::kTogether, levels), judged.p_adjusted,
                   levels.together});
  gates.push_back({GateKind::kWithRegion, judged.beyond(HitBy::kParent, levels), judged.recent(),
                   detection::kFollows});
}

Signal CountTest::signal_of(const TickContext& context, const Target& target, const Tested& tested,
                            const Together& judged, size_t i, Gates& gates) const {
  Signal s = alerts::count_signal(count_, tested.assessment, judged.series[i], target.period,
                                  context.rules.stated_rate(), detector_.options().speed,
                                  context.calendar());
  if (tested.candidate.asked) note_levels(judged.series[i], judged.levels, gates);
  if (s.hit && !context.holds(count_.second, tested.candidate.node, target.period, gates))
    s.hit = s.established = false;
  return s;
}

std::vector<alerts::Contribution> CountTest::contributions(const TickContext& context,
                                                           const Target& target, Node node,
                                                           const alerts::Evidence& evidence) {
  double const gap = evidence.expected - evidence.observed;
  if (std::abs(gap) < 1e-9) return {};
  const reference::Reference& reference = context.reference;
  std::vector<alerts::Contribution> out;
  auto const add = [&](Node child, std::vector<alerts::Contribution>& parts) {
    detection::ScoredSeries* const scored = detector_.at(context.panel.index(child));
    if (scored == nullptr) return;
    // The rule may not test the child node, so its exclusions are set here too.
    detection::Assessment const a = target.scorer.assess(
        *scored, child, target.period,
        exclusions(context.book, context.open(context.key(rule(), child))), target.reported);
    if (a.why != detection::NotAssessed::kNone) return;
    double const share = (a.expected - static_cast<double>(a.observed)) / gap;
    parts.push_back({reference.areas.at(child.area).code, reference.sectors.at(child.sector).code,
                     static_cast<double>(a.observed), rounded(a.expected), rounded(share)});
  };
  std::vector<alerts::Contribution> by_sector;
  for (base::SectorId s : reference.sectors.children(node.sector)) {
    if (s != reference::kUnclassified) add({node.area, s}, by_sector);
  }
  std::vector<alerts::Contribution> by_area;
  for (base::AreaId a : reference.areas.children(node.area)) add({a, node.sector}, by_area);
  for (auto* parts : {&by_sector, &by_area}) {
    std::ranges::stable_sort(
        *parts, [](const auto& a, const auto& b) { return std::abs(a.share) > std::abs(b.share); });
    if (parts->size() > kContributionsMax) parts->resize(kContributionsMax);
    out.insert(out.end(), parts->begin(), parts->end());
  }
  return out;
}

PathPoint point_of(const detection::Assessment& a, PeriodIndex period, bool testable) {
  PathPoint p;
  p.period = period;
  p.observed = static_cast<double>(a.observed);
  p.reported = a.share;
  if (!testable) {
    p.not_assessed = kReportedLate;
  } else if (a.why != detection::NotAssessed::kNone) {
    p.not_assessed = std::string(detection::name(a.why));
  } else {
    p.expected = a.expected;
    detection::Interval const interval = detection::predictive_interval(a.baseline, kIntervalLevel);
    p.lower = interval.lower;
    p.upper = interval.upper;
    p.z = a.z;
    p.cusum = a.cusum;
  }
  return p;
}

}  // namespace

std::unique_ptr<RuleTest> make_count_test(const Rule& rule, const indicators::Panel& panel) {
  return std::make_unique<CountTest>(rule, panel);
}

std::vector<PathPoint> trace_count(const PathRequest& request) {
  const View& view = request.view;
  const CountRule& rule = std::get<CountRule>(request.rule.detail);
  auto const options = detection::DetectorOptions::for_calendar(view.calendar);
  detection::Workspace workspace;
  detection::CalendarTerms const effect = calendar_effect(
      *view.panel, rule.measure, business_calendar(request.book()), *view.data_through);
  MeasureScorer const scorer(*view.panel, rule.measure, rule.harm, options,
                             business_calendar(request.book()), effect, *view.data_through,
                             workspace);
  auto const excluded = exclusions(request.book(), request.open());
  auto const testable_age = view.reported->testable_age(rule.measure);
  detection::ScoredSeries scored;
  std::vector<PathPoint> path;
  PeriodIndex const first = std::max(request.first, view.panel->known_from(rule.measure));
  for (PeriodIndex t = first; t <= request.last; ++t.value) {
    int32_t const age = view.data_through->value - t.value;
    path.push_back(point_of(
        scorer.assess(scored, request.node, t, excluded, view.reported->from(rule.measure, age)), t,
        testable_age && age >= *testable_age));
  }
  return path;
}

Paragraphs explain_count(const View& view, const alerts::Alert& alert, const Rule& rule) {
  const alerts::Evidence& e = alert.raised_evidence;
  Paragraphs text;
  text.push_back(deviation_from_baseline(
      view, alert, indicators::info(std::get<CountRule>(rule.detail).measure).title, ""));
  if (e.baseline_kind != detection::BaselineKind::kSeasonal) text.push_back(how_young(view, e));
  if (e.reported < 1) text.push_back(how_complete(e));
  text.push_back(how_sure_of_counts(view, e));
  append_left_out(view, alert, text);
  append_since_when(view, alert, text);
  append_accounts(view, alert, text);
  return text;
}

std::string count_figures(const alerts::Evidence& e, std::string_view unit) {
  std::string_view const suffix = base::unit_suffix(unit);
  return base::cat(figure(e.observed), suffix, " observed, ", figure(e.expected), suffix,
                   " expected (", deviation(e), ")");
}

}  // namespace bellwether::engine
