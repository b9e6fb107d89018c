#include "core/engine/evaluator_state.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/detection/farrington.h"

namespace bellwether::engine {

using alerts::Book;
using alerts::Rule;
using alerts::RuleKind;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Measure;

namespace {

// Of several measures together, by age: the share of their events that should have been reported,
// as far as it is not final; weighted by what the last year had of each.
std::vector<double> reported_together(const SharesByMeasure& reported,
                                      const indicators::Panel& panel,
                                      std::span<const Measure> measures, PeriodIndex tick) {
  PeriodIndex const from(
      std::max(panel.first_period().value, tick.value - panel.calendar().periods_per_year() + 1));
  std::vector<double> out;
  while (true) {
    auto const age = static_cast<int>(out.size());
    double told = 0;
    double all = 0;
    bool open = false;
    for (Measure m : measures) {
      auto const n = static_cast<double>(std::max<int64_t>(0, panel.sum({}, m, from, tick)));
      all += n;
      told += n * reported.at(m, age);
      open = open || !reported.from(m, age).empty();
    }
    if (!open || all <= 0) return out;
    out.push_back(told / all);
  }
}

}  // namespace

std::vector<std::string> Evaluator::test_sources(const Book& book, PeriodIndex tick,
                                                 Verdict& verdict) {
  std::vector<std::string> silent;
  for (const Rule& rule : rules_->rules) {
    if (!rule.enabled || rule.kind != RuleKind::kSourceSilent) continue;
    for (const std::string& topic : options_.topics) {
      auto const id = domain::find_topic(topic);
      BELLWETHER_CHECK(id.has_value());
      std::span<const Measure> const measures = domain::volume_of(*id);
      int32_t const first = panel_.first_period().value;
      std::vector<int32_t> pooled(static_cast<size_t>(std::max(0, tick.value - first + 1)));
      for (Measure m : measures) {
        std::span<const int32_t> const c = panel_.series({}, m).counts;
        for (size_t i = 0; i < std::min(c.size(), pooled.size()); ++i) {
          int64_t const sum = int64_t{pooled[i]} + c[i];
          pooled[i] = static_cast<int32_t>(std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX));
        }
      }
      auto const reported = reported_together(*reported_, panel_, measures, tick);
      auto const testable = std::ranges::find_if(
          reported, [](double share) { return share >= detection::DelayOptions{}.testable; });
      auto const age = static_cast<int32_t>(testable - reported.begin());
      PeriodIndex const target(tick.value - age);
      pooled.resize(pooled.size() - std::min(pooled.size(), static_cast<size_t>(age)));
      auto const unseen = static_cast<int32_t>(
          std::ranges::find_if(pooled, [](int32_t n) { return n != 0; }) - pooled.begin());
      detection::CountSeries const series{options_.calendar, PeriodIndex(first + unseen),
                                          std::span(pooled).subspan(static_cast<size_t>(unseen))};
      detection::Baseline const whole =
          detection::fit(series, target, book.regime_breaks(),
                         detection::FarringtonOptions::for_calendar(options_.calendar), workspace_);
      detection::Baseline const baseline =
          whole.why == detection::NotAssessed::kNone && testable != reported.end()
              ? detection::thinned(whole, *testable)
              : whole;
      Signal signal;
      signal.onset = target;
      if (baseline.why == detection::NotAssessed::kNone && !pooled.empty()) {
        int32_t const observed = pooled.back();
        detection::Score const score = detection::score(baseline, observed, detection::Harm::kLow);
        signal.assessed = true;
        signal.hit = baseline.expected >= kSilentExpectedMin && score.p_low < kSilentP &&
                     observed <= rule.limit * baseline.expected;
        signal.quiet = !signal.hit;
        signal.evidence.period = target;
        signal.evidence.observed = observed;
        signal.evidence.expected = rounded(baseline.expected);
        signal.evidence.p = rounded(score.p_low);
        signal.evidence.ratio = rounded(observed / baseline.expected);
        signal.evidence.limit = rule.limit;
        if (testable != reported.end()) signal.evidence.reported = rounded(*testable);
      }
      if (signal.hit) silent.push_back(topic);
      verdict.decide(rule, {rule.id, topic, "all"}, signal);
    }
  }
  return silent;
}

}  // namespace bellwether::engine
