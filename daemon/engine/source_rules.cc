#include "engine/evaluator_state.h"

#include <algorithm>

#include "detection/farrington.h"

namespace bellwether::engine {

using alerts::Book;
using alerts::Rule;
using alerts::RuleKind;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Measure;

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

}  // namespace bellwether::engine
