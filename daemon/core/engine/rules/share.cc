#include "core/engine/rules/share.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/engine/rules/prose.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::Rule;
using alerts::ShareRule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;
using indicators::ShareMeasures;

namespace {

// The lengths in periods to which the periods of a share can be pooled: one period, and the lengths
// of a growing window up to a quarter. Longer ones would leave too few values to compare.
std::vector<int> pool_lengths(const ShareRule& rule, base::Calendar calendar) {
  std::vector<int> out = {1};
  const indicators::IndicatorInfo& indicator = indicators::info(rule.indicator);
  if (indicator.window != indicators::Window::kGrowing) return out;
  int const most = indicators::periods_in(indicators::Window::kQuarter, calendar);
  for (int length : domain::window_lengths(indicator.window, calendar)) {
    if (length > 1 && length <= most) out.push_back(length);
  }
  return out;
}

// The shortest length for which the latest pool has the minimum base of the indicator, otherwise
// the longest.
int pool_length(const ShareRule& rule, const ShareMeasures& measures,
                const indicators::Panel& panel, Node node, PeriodIndex period) {
  int64_t const base = indicators::info(rule.indicator).minimum_base;
  std::vector<int> const lengths = pool_lengths(rule, panel.calendar());
  for (int length : lengths) {
    if (indicators::share_in(measures, panel, node, period, length).denominator >= base)
      return length;
  }
  return lengths.back();
}

// The counts of pools of `length` periods, each at the last period of its pool. The last pool ends
// at `period`. The other periods have no cases, so they are not scored.
struct Pools {
  std::vector<int32_t> numerators;
  std::vector<int32_t> denominators;
};
Pools pooled(const ShareMeasures& measures, const indicators::Panel& panel, Node node,
             PeriodIndex first, PeriodIndex period, int length) {
  auto const size = static_cast<size_t>(std::max(0, period.value - first.value + 1));
  Pools out{std::vector<int32_t>(size), std::vector<int32_t>(size)};
  auto const told = [](int64_t n) {
    return static_cast<int32_t>(std::clamp<int64_t>(n, INT32_MIN, INT32_MAX));
  };
  for (int32_t last = period.value; last - length + 1 >= first.value; last -= length) {
    indicators::Share const share =
        indicators::share_in(measures, panel, node, PeriodIndex(last), length);
    out.numerators[static_cast<size_t>(last - first.value)] = told(share.numerator);
    out.denominators[static_cast<size_t>(last - first.value)] = told(share.denominator);
  }
  return out;
}

// The last periods of the pools that touch the ranges.
std::vector<detection::PeriodRange> touched(std::span<const detection::PeriodRange> ranges,
                                            int length) {
  std::vector<detection::PeriodRange> out(ranges.begin(), ranges.end());
  for (detection::PeriodRange& range : out) range.last.value += length - 1;
  return out;
}

ShareMeasures measures_of(const ShareRule& rule) {
  auto const measures = indicators::share_of(rule.indicator);
  BELLWETHER_CHECK(measures);  // parse() accepts only rules with two measures
  return *measures;
}

alerts::Evidence evidence_of(const ShareRule& rule, const ShareFinding& found, double p_adjusted,
                             PeriodIndex period) {
  const detection::RatioAssessment& a = found.assessment;
  alerts::Evidence e;
  e.period = period;
  e.window_periods = found.window_periods;
  e.observed = rounded(100 * a.observed);
  e.expected = rounded(100 * a.expected);
  e.lower = rounded(100 * a.lower);
  e.upper = rounded(100 * a.upper);
  e.p = a.p;
  e.p_adjusted = p_adjusted;
  e.z = rounded(std::clamp(a.z, -detection::kZMax, detection::kZMax));
  e.cusum = rounded(a.cusum);
  e.cusum_threshold = rule.cusum_threshold;
  e.dispersion = rounded(a.dispersion);
  e.ratio = a.expected > 0 ? rounded(a.observed / a.expected) : 1;
  e.baseline_periods = a.points;
  return e;
}

class ShareTest final : public RuleTest {
 public:
  explicit ShareTest(const Rule& rule)
      : RuleTest(rule), share_(std::get<ShareRule>(rule.detail)), measures_(measures_of(share_)) {}
  void test(const TickContext& context, Verdict& verdict) override;
  std::string suspended(const TickContext& context, const Verdict& verdict) const override;

 private:
  struct Tested {
    Candidate candidate;
    ShareFinding found;
    Gates gates;
    bool gated = false;
  };
  // The nodes that can be assessed or are wanted.
  std::vector<Tested> score(const TickContext& context, PeriodIndex target, bool can_test) const;
  // Without evidence. Notes the gate of the hit.
  Signal signal_of(const detection::RatioAssessment& assessment, Gates& gates) const;

  const ShareRule& share_;
  ShareMeasures measures_;
};

std::vector<ShareTest::Tested> ShareTest::score(const TickContext& context, PeriodIndex target,
                                                bool can_test) const {
  std::vector<Node> nodes;
  for (size_t n = 0; n < context.panel.nodes(); ++n) {
    Node const node = context.panel.node(n);
    if (!context.panel.series(node, measures_.denominator).counts.empty() &&
        context.in_scope(share_.nodes, node)) {
      nodes.push_back(node);
    }
  }
  std::vector<Tested> tested;
  for (const Candidate& candidate : context.judged_once(rule(), nodes)) {
    Tested t{candidate, {}, {}, false};
    if (pass(t.gates, {GateKind::kHeard, can_test})) {
      t.found = assess_share(share_, measures_, context.panel, candidate.node, target,
                             exclusions(context.book, candidate.open));
      t.gated = pass(t.gates, {GateKind::kAssessed, t.found.assessment.not_assessed.empty()}) &&
                pass(t.gates, context.stock(share_.nodes, candidate.node, target));
    }
    if (t.gated || candidate.wanted()) tested.push_back(std::move(t));
  }
  return tested;
}

Signal ShareTest::signal_of(const detection::RatioAssessment& a, Gates& gates) const {
  Signal s;
  s.assessed = true;
  s.hit = s.established = pass(gates, at_least(GateKind::kChange, a.cusum, share_.cusum_threshold));
  s.quiet = a.cusum < share_.cusum_threshold / 2 && a.p > kQuietP;
  s.onset = a.onset;
  return s;
}

std::string ShareTest::suspended(const TickContext& context, const Verdict& verdict) const {
  std::string reason = verdict.source_silent(domain::topics(share_.indicator));
  if (reason.empty() && !context.reported.testable_age(measures_.denominator))
    reason = kReportedLate;
  return reason;
}

void ShareTest::test(const TickContext& context, Verdict& verdict) {
  std::string const suspended_reason = suspended(context, verdict);
  // Both measures count the same events, so that the share itself needs no completion.
  int const age = context.reported.testable_age(measures_.denominator).value_or(0);
  PeriodIndex const target(context.tick.value - age);
  std::vector<Tested> tested = score(context, target, suspended_reason.empty());
  std::vector<double> p;
  for (const auto& t : tested) p.push_back(t.gated ? t.found.assessment.p : kNotTested);
  std::vector<double> const adjusted = verdict.adjusted(p);
  auto const evidence = [&](size_t i) {
    alerts::Evidence e = evidence_of(share_, tested[i].found, adjusted[i], target);
    e.reported = rounded(context.reported.at(measures_.denominator, age));
    return e;
  };

  for (size_t i = 0; i < tested.size(); ++i) {
    auto& [candidate, found, gates, gated] = tested[i];
    Signal s = gated ? signal_of(found.assessment, gates)
                     : alerts::untested(suspended_reason, found.assessment.not_assessed);
    if (gated && !s.hit && !candidate.wanted()) continue;
    s.evidence.period = target;
    if (has_figures(gates)) s.evidence = evidence(i);
    verdict.decide(rule(), context.key(rule(), candidate.node), s);
    if (candidate.asked) verdict.answer(candidate, std::move(s), std::move(gates));
  }
}

}  // namespace

ShareFinding assess_share(const ShareRule& rule, const ShareMeasures& measures,
                          const indicators::Panel& panel, Node node, PeriodIndex period,
                          std::span<const detection::PeriodRange> excluded) {
  int const length = pool_length(rule, measures, panel, node, period);
  PeriodIndex const first = panel.series(node, measures.denominator).first;
  Pools const pools = pooled(measures, panel, node, first, period, length);
  auto options = detection::RatioOptions::for_calendar(panel.calendar());
  options.periods_min = std::max(2, (options.periods_min + length - 1) / length);
  detection::CusumOptions cusum;
  cusum.threshold_h = rule.cusum_threshold;
  ShareFinding out;
  out.pool = indicators::share_in(measures, panel, node, period, length);
  out.assessment =
      detection::assess_share({panel.calendar(), first, pools.numerators, pools.denominators},
                              period, touched(excluded, length), rule.harm, options, cusum);
  out.window_periods = length;
  out.assessment.onset.value -= length - 1;  // the first period of its pool
  return out;
}

std::unique_ptr<RuleTest> make_share_test(const Rule& rule, const indicators::Panel&) {
  return std::make_unique<ShareTest>(rule);
}

std::vector<PathPoint> trace_share(const PathRequest& request) {
  const View& view = request.view;
  const ShareRule& rule = std::get<ShareRule>(request.rule.detail);
  ShareMeasures const measures = measures_of(rule);
  auto const excluded = exclusions(request.book(), request.open());
  auto const testable = view.reported->testable_age(measures.denominator);
  std::vector<PathPoint> path;
  for (PeriodIndex t = request.first; t <= request.last; ++t.value) {
    ShareFinding const found = assess_share(rule, measures, *view.panel, request.node, t, excluded);
    const detection::RatioAssessment& a = found.assessment;
    PathPoint p;
    p.period = t;
    p.window_periods = found.window_periods;
    p.numerator = static_cast<double>(found.pool.numerator);
    p.denominator = static_cast<double>(found.pool.denominator);
    p.observed = 100 * a.observed;
    p.expected = 100 * a.expected;
    p.lower = 100 * a.lower;
    p.upper = 100 * a.upper;
    p.z = a.z;
    p.cusum = a.cusum;
    int32_t const age = view.data_through->value - t.value;
    p.reported = view.reported->at(measures.denominator, age);
    p.not_assessed = testable && age >= *testable ? a.not_assessed : kReportedLate;
    path.push_back(std::move(p));
  }
  return path;
}

Paragraphs explain_share(const View& view, const alerts::Alert& alert, const Rule& rule) {
  Paragraphs text;
  text.push_back(deviation_from_baseline(
      view, alert, indicators::info(std::get<ShareRule>(rule.detail).indicator).title, " %"));
  if (alert.raised_evidence.reported < 1) text.push_back(how_complete(alert.raised_evidence));
  text.push_back(how_sure_of_change(view, alert.raised_evidence));
  append_left_out(view, alert, text);
  append_since_when(view, alert, text);
  return text;
}

}  // namespace bellwether::engine
