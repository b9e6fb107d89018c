#include "core/engine/rules/source.h"

#include <algorithm>

#include "core/base/display.h"
#include "core/base/text.h"
#include "core/detection/closed_periods.h"
#include "core/detection/farrington.h"
#include "core/engine/rules/detector.h"
#include "core/engine/rules/limit.h"
#include "core/engine/rules/prose.h"
#include "core/indicators/known_from.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::Rule;
using alerts::Signal;
using alerts::SourceRule;
using base::PeriodIndex;
using indicators::Measure;

namespace {

// The sums of several measures over the whole region, by period from the panel's first to `tick`.
std::vector<int32_t> pooled_counts(const indicators::Panel& panel,
                                   std::span<const Measure> measures, PeriodIndex tick) {
  int32_t const periods = tick.value - panel.first_period().value + 1;
  std::vector<int32_t> pooled(static_cast<size_t>(std::max(0, periods)));
  for (Measure m : measures) {
    std::span<const int32_t> const c = panel.series({}, m).counts;
    for (size_t i = 0; i < std::min(c.size(), pooled.size()); ++i) {
      int64_t const sum = int64_t{pooled[i]} + c[i];
      pooled[i] = static_cast<int32_t>(std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX));
    }
  }
  return pooled;
}

// The index of the first count that is known and not zero; the size if there is none.
size_t first_seen(const indicators::Panel& panel, std::span<const Measure> measures,
                  std::span<const int32_t> pooled) {
  PeriodIndex known = panel.known_from(measures.front());
  for (Measure m : measures) known = std::min(known, panel.known_from(m));
  auto const year = static_cast<size_t>(panel.calendar().periods_per_year());
  size_t i = std::max(indicators::first_known(pooled, year),
                      static_cast<size_t>(known.value - panel.first_period().value));
  while (i < pooled.size() && pooled[i] == 0) ++i;
  return std::min(i, pooled.size());
}

// Official statistics come a few times a year, so nothing can be said of their silence.
bool is_judged(domain::Topic topic) {
  return domain::info(topic).pace == domain::Pace::kSteady;
}

class SourceTest final : public RuleTest {
 public:
  explicit SourceTest(const Rule& rule)
      : RuleTest(rule), source_(std::get<SourceRule>(rule.detail)) {}

  void test(const TickContext& context, Verdict& verdict) override {
    for (domain::Topic topic : context.topics) {
      if (!is_judged(topic)) continue;
      std::string const name(domain::name(topic));
      Found found = find(context, domain::volume_of(topic));
      if (found.signal.hit) verdict.out.silent_topics.push_back(name);
      verdict.decide(rule(), AlertKey::of_source(rule().id, name), found.signal);
      if (!context.asks(rule(), topic)) continue;
      verdict.answer({}, std::move(found.signal), std::move(found.gates));
    }
  }
  std::string suspended(const TickContext&, const Verdict&) const override { return ""; }
  bool in_scope(const TickContext& context, const AlertKey& key) const override {
    auto const topic = domain::find_topic(key.source());
    return topic && is_judged(*topic) &&
           std::ranges::find(context.topics, *topic) != context.topics.end();
  }

 private:
  struct Found {
    Signal signal;
    Gates gates;
  };
  Found find(const TickContext& context, std::span<const Measure> measures) const;
  const SourceRule& source_;
};

SourceTest::Found SourceTest::find(const TickContext& context,
                                   std::span<const Measure> measures) const {
  Found found;
  auto& [signal, gates] = found;
  if (measures.empty()) {
    gates.push_back({GateKind::kAssessed, false});
    signal.why_not = "no measure rests on this topic";
    return found;
  }
  std::vector<int32_t> pooled = pooled_counts(context.panel, measures, context.tick);
  auto const reported = pooled_reported(context.reported, context.panel, measures, context.tick);
  auto const testable = std::ranges::find_if(
      reported, [](double share) { return share >= detection::DelayOptions{}.testable; });
  auto const age = static_cast<int32_t>(testable - reported.begin());
  PeriodIndex const target(context.tick.value - age);
  pooled.resize(pooled.size() - std::min(pooled.size(), static_cast<size_t>(age)));
  auto const unseen = static_cast<int32_t>(first_seen(context.panel, measures, pooled));
  std::vector<detection::PeriodRange> const closed =
      detection::closed_periods(business_calendar(context.book), context.calendar());
  detection::CountSeries const series{context.calendar(),
                                      PeriodIndex(context.panel.first_period().value + unseen),
                                      std::span(pooled).subspan(static_cast<size_t>(unseen)),
                                      {},
                                      closed};
  detection::Baseline const whole = detection::fit(
      series, target, context.book.regime_breaks(),
      detection::FarringtonOptions::for_calendar(context.calendar()), context.workspace);
  detection::Baseline const baseline =
      whole.why == detection::NotAssessed::kNone && testable != reported.end()
          ? detection::thinned(whole, *testable)
          : whole;
  signal.onset = target;
  signal.evidence.period = target;
  if (!pass(gates, {GateKind::kAssessed,
                    baseline.why == detection::NotAssessed::kNone && !pooled.empty()})) {
    signal.why_not = baseline.why != detection::NotAssessed::kNone ? detection::name(baseline.why)
                                                                   : kReportedLate;
    return found;
  }
  int32_t const observed = pooled.back();
  detection::Score const score = detection::score(baseline, observed, base::Harm::kLow);
  signal.assessed = true;
  signal.hit = pass(gates, at_least(GateKind::kExpected, baseline.expected, kSilentExpectedMin)) &&
               pass(gates, {GateKind::kOwnLevel, score.p_low < kSilentP, score.p_low, kSilentP}) &&
               pass(gates, at_most(GateKind::kVolume, observed, source_.limit * baseline.expected));
  signal.quiet = !signal.hit;
  signal.evidence.observed = observed;
  signal.evidence.expected = rounded(baseline.expected);
  signal.evidence.p = rounded(score.p_low);
  signal.evidence.ratio = rounded(observed / baseline.expected);
  signal.evidence.limit = source_.limit;
  if (testable != reported.end()) signal.evidence.reported = rounded(*testable);
  return found;
}

}  // namespace

std::unique_ptr<RuleTest> make_source_test(const Rule& rule, const indicators::Panel&) {
  return std::make_unique<SourceTest>(rule);
}

std::vector<PathPoint> trace_source(const PathRequest&) {
  return {};
}

Paragraphs explain_source(const View& view, const alerts::Alert& alert, const Rule& rule) {
  return {base::cat(headline(view, alert, rule.title), ": ",
                    source_figures(alert.raised_evidence, "count"), ".")};
}

std::string source_figures(const alerts::Evidence& e, std::string_view unit) {
  std::string_view const suffix = base::unit_suffix(unit);
  return base::cat(figure(e.observed), suffix, " observed, ", figure(e.expected), suffix,
                   " expected; silent at ", figure(100 * e.limit), " % of that or less");
}

}  // namespace bellwether::engine
