#include "core/engine/evaluator_state.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::Book;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;

void Evaluator::test_limits(const Rule& rule, const Book&, PeriodIndex tick,
                            const std::vector<std::string>& silent, Verdict& verdict) {
  std::string const because = silent_because(rule, silent);
  indicators::Indicator const indicator = *indicators::find_indicator(rule.subject);
  bool const low = rule.harm == base::Harm::kLow;
  auto const beyond = [&](double value, double limit) {
    return low ? value < limit : value > limit;
  };
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

}  // namespace bellwether::engine
