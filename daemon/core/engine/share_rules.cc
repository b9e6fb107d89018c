#include "core/engine/evaluator_state.h"

#include <algorithm>

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Book;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Measure;
using indicators::Node;

detection::RatioAssessment assess_share(const Rule& rule, const indicators::Panel& panel, Node node,
                                        PeriodIndex period, const Book& book,
                                        const AlertUpdate* open) {
  indicators::Indicator const share = *indicators::find_indicator(rule.subject);
  indicators::SeriesView const all = panel.series(node, domain::denominator(share));
  std::span<const int32_t> const some = panel.series(node, domain::numerator(share)).counts;
  std::vector<int32_t> numerators(some.begin(), some.end());
  numerators.resize(all.counts.size());
  detection::CusumOptions cusum;
  cusum.threshold_h = rule.cusum_threshold;
  return detection::assess_share({panel.calendar(), all.first, numerators, all.counts}, period,
                                 exclusions(book, open), rule.harm,
                                 detection::RatioOptions::for_calendar(panel.calendar()), cusum);
}

void Evaluator::test_shares(const Rule& rule, const Book& book, PeriodIndex tick,
                            const std::vector<std::string>& silent, Verdict& verdict) {
  std::string const because = silent_because(rule, silent);
  Measure const denominator = domain::denominator(*indicators::find_indicator(rule.subject));
  for (size_t n = 0; n < panel_.nodes(); ++n) {
    Node const node = panel_.node(n);
    if (panel_.series(node, denominator).counts.empty() || !in_scope(rule, node, tick)) continue;
    AlertKey const k = key(rule, node);
    AlertUpdate const* const open = verdict.open(k);
    Signal s;
    detection::RatioAssessment a;
    if (because.empty()) {
      a = assess_share(rule, panel_, node, tick, book, open);
    } else {
      a.not_assessed = because;
    }
    s.assessed =
        a.not_assessed.empty() && static_cast<double>(panel_.stock(node, tick)) >= rule.stock_min;
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

}  // namespace bellwether::engine
