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

ShareMeasures measures_of(const ShareRule& rule) {
  auto const measures = indicators::share_of(rule.indicator);
  BELLWETHER_CHECK(measures);  // parse() accepts only rules with two measures
  return *measures;
}

alerts::Evidence evidence_of(const ShareRule& rule, const detection::RatioAssessment& a,
                             double p_adjusted, PeriodIndex period) {
  alerts::Evidence e;
  e.period = period;
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

 private:
  struct Tested {
    Node node;
    detection::RatioAssessment assessment;
    bool gated = false;
  };
  // The nodes that can be assessed or have an open alert.
  std::vector<Tested> score(const TickContext& context, bool can_test) const;

  const ShareRule& share_;
  ShareMeasures measures_;
};

std::vector<ShareTest::Tested> ShareTest::score(const TickContext& context, bool can_test) const {
  std::vector<Tested> tested;
  for (size_t n = 0; n < context.panel.nodes(); ++n) {
    Node const node = context.panel.node(n);
    if (context.panel.series(node, measures_.denominator).counts.empty() ||
        !context.in_scope(share_.nodes, node)) {
      continue;
    }
    alerts::AlertUpdate const* const open = context.open(context.key(rule(), node));
    Tested t{node, {}, false};
    if (can_test) {
      t.assessment = assess_share(share_, measures_, context.panel, node, context.tick,
                                  exclusions(context.book, open));
      t.gated = t.assessment.not_assessed.empty() &&
                context.large_enough(share_.nodes, node, context.tick);
    }
    if (t.gated || open != nullptr) tested.push_back(t);
  }
  return tested;
}

void ShareTest::test(const TickContext& context, Verdict& verdict) {
  std::string const suspended_reason = verdict.source_silent(domain::topics(share_.indicator));
  std::vector<Tested> const tested = score(context, suspended_reason.empty());
  std::vector<double> p;
  for (const auto& t : tested) p.push_back(t.gated ? t.assessment.p : kNotTested);
  std::vector<double> const adjusted = verdict.adjusted(p);

  for (size_t i = 0; i < tested.size(); ++i) {
    const detection::RatioAssessment& a = tested[i].assessment;
    AlertKey const key = context.key(rule(), tested[i].node);
    Signal s;
    s.assessed = tested[i].gated;
    if (!s.assessed) {
      s.why_not = !suspended_reason.empty() ? suspended_reason
                  : !a.not_assessed.empty() ? std::string(a.not_assessed)
                                            : "base too small";
      verdict.decide(rule(), key, s);
      continue;
    }
    s.hit = s.established = a.cusum >= share_.cusum_threshold;
    if (!s.hit && context.open(key) == nullptr) continue;
    s.quiet = a.cusum < share_.cusum_threshold / 2 && a.p > kQuietP;
    s.onset = a.onset;
    s.evidence = evidence_of(share_, a, adjusted[i], context.tick);
    verdict.decide(rule(), key, s);
  }
}

}  // namespace

detection::RatioAssessment assess_share(const ShareRule& rule, const ShareMeasures& measures,
                                        const indicators::Panel& panel, Node node,
                                        PeriodIndex period,
                                        std::span<const detection::PeriodRange> excluded) {
  indicators::SeriesView const all = panel.series(node, measures.denominator);
  std::span<const int32_t> const some = panel.series(node, measures.numerator).counts;
  std::vector<int32_t> numerators(some.begin(), some.end());
  numerators.resize(all.counts.size());
  detection::CusumOptions cusum;
  cusum.threshold_h = rule.cusum_threshold;
  return detection::assess_share({panel.calendar(), all.first, numerators, all.counts}, period,
                                 excluded, rule.harm,
                                 detection::RatioOptions::for_calendar(panel.calendar()), cusum);
}

std::unique_ptr<RuleTest> make_share_test(const Rule& rule, const indicators::Panel&) {
  return std::make_unique<ShareTest>(rule);
}

std::vector<PathPoint> trace_share(const PathRequest& request) {
  const View& view = request.view;
  const ShareRule& rule = std::get<ShareRule>(request.rule.detail);
  ShareMeasures const measures = measures_of(rule);
  auto const excluded = exclusions(*view.book, request.open());
  std::vector<PathPoint> path;
  for (PeriodIndex t = request.first; t <= request.last; ++t.value) {
    detection::RatioAssessment const a =
        assess_share(rule, measures, *view.panel, request.node, t, excluded);
    indicators::Share const share = indicators::share_in(measures, *view.panel, request.node, t);
    PathPoint p;
    p.period = t;
    p.numerator = static_cast<double>(share.numerator);
    p.denominator = static_cast<double>(share.denominator);
    p.observed = 100 * a.observed;
    p.expected = 100 * a.expected;
    p.lower = 100 * a.lower;
    p.upper = 100 * a.upper;
    p.z = a.z;
    p.cusum = a.cusum;
    p.not_assessed = a.not_assessed;
    path.push_back(std::move(p));
  }
  return path;
}

Paragraphs explain_share(const View& view, const alerts::Alert& alert, const Rule& rule) {
  Paragraphs text;
  text.push_back(deviation_from_baseline(
      view, alert, indicators::info(std::get<ShareRule>(rule.detail).indicator).title, " %"));
  text.push_back(how_sure(view, alert.raised_evidence));
  append_left_out(view, alert, text);
  append_since_when(view, alert, text);
  return text;
}

}  // namespace bellwether::engine
