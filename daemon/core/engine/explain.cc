#include "core/engine/explain.h"

#include <algorithm>

#include "core/engine/composite.h"
#include "core/engine/evaluator.h"

namespace bellwether::engine {
namespace {

using base::PeriodIndex;

std::vector<PathPoint> trace_counts(const View& view, const alerts::Alert& alert,
                                    const alerts::Rule& rule, indicators::Node node,
                                    PeriodIndex first, PeriodIndex last) {
  auto const measure = indicators::find_measure(rule.subject);
  if (!measure) return {};
  detection::CountSeries const series =
      observed_counts(*view.panel, node, *measure, observed_from(*view.panel, *measure));
  detection::DetectorOptions const options = detector_options(rule, view.calendar);
  base::Harm const harm = rule.harm;
  detection::Workspace workspace;
  detection::ScoredSeries scored;
  scored.exclude(exclusions(*view.book, alert.state.open ? &alert.state : nullptr));
  std::vector<PathPoint> path;
  const SharesByMeasure& reported = *view.reported;
  for (int32_t t = first.value; t <= last.value; ++t) {
    int32_t const age = view.data_through->value - t;
    detection::Assessment const a = scored.assess(series, PeriodIndex(t), harm, options, workspace,
                                                  reported.from(*measure, age));
    PathPoint p;
    p.period = PeriodIndex(t);
    p.observed = static_cast<double>(a.observed);
    p.reported = a.share;
    auto const testable = reported.testable_age(*measure);
    if (!testable || age < *testable) {
      p.not_assessed = kReportedLate;
    } else if (a.why == detection::NotAssessed::kNone) {
      p.expected = a.expected;
      detection::Interval const interval =
          detection::predictive_interval(a.baseline, kIntervalLevel);
      p.lower = interval.lower;
      p.upper = interval.upper;
      p.z = a.z;
      p.cusum = a.cusum;
    } else {
      p.not_assessed = std::string(detection::name(a.why));
    }
    path.push_back(std::move(p));
  }
  return path;
}

// The score of the parts together; nothing is expected but 0.
std::vector<PathPoint> trace_composite(const View& view, const alerts::Alert& alert,
                                       const alerts::Rule& rule, indicators::Node node,
                                       PeriodIndex first, PeriodIndex last) {
  std::vector<alerts::CompositePart> parts;
  int testable_age = 0;
  for (const std::string& text : rule.parts) {
    auto const part = alerts::parse_part(text);
    auto const testable = part ? view.reported->testable_age(part->measure) : std::nullopt;
    if (!testable || view.panel->series(node, part->measure).counts.empty()) continue;
    testable_age = std::max(testable_age, *testable);
    parts.push_back(*part);
  }
  std::vector<detection::ScoredSeries> scored(parts.size());
  for (auto& s : scored)
    s.exclude(exclusions(*view.book, alert.state.open ? &alert.state : nullptr));
  detection::Workspace workspace;
  std::vector<PathPoint> path;
  for (int32_t t = first.value; t <= last.value; ++t) {
    int32_t const age = view.data_through->value - t;
    CompositeInputs inputs;
    for (size_t i = 0; i < parts.size(); ++i) {
      indicators::Measure const m = parts[i].measure;
      inputs.push_back({parts[i], &scored[i],
                        observed_counts(*view.panel, node, m, observed_from(*view.panel, m)),
                        view.reported->from(m, age)});
    }
    CompositeFinding const f =
        assess_composite(rule, inputs, PeriodIndex(t), view.calendar, workspace);
    PathPoint p;
    p.period = PeriodIndex(t);
    if (age < testable_age) {
      p.not_assessed = kReportedLate;
    } else if (!f.not_assessed.empty()) {
      p.not_assessed = f.not_assessed;
    } else {
      p.observed = p.z = f.z;
      p.upper = composite_bound();
      p.lower = -p.upper;
      p.cusum = f.cusum;
    }
    path.push_back(std::move(p));
  }
  return path;
}

// In percent, as the evidence of these rules.
std::vector<PathPoint> trace_shares(const View& view, const alerts::Alert& alert,
                                    const alerts::Rule& rule, indicators::Node node,
                                    PeriodIndex first, PeriodIndex last) {
  auto const indicator = indicators::find_indicator(rule.subject);
  if (!indicator) return {};
  std::vector<PathPoint> path;
  for (int32_t t = first.value; t <= last.value; ++t) {
    detection::RatioAssessment const a =
        assess_share(rule, *view.panel, node, PeriodIndex(t), *view.book,
                     alert.state.open ? &alert.state : nullptr);
    indicators::Share const share =
        indicators::share_in(*indicator, *view.panel, node, PeriodIndex(t));
    PathPoint p;
    p.period = PeriodIndex(t);
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

std::vector<PathPoint> trace_indicator(const View& view, const alerts::Rule& rule,
                                       indicators::Node node, PeriodIndex first, PeriodIndex last) {
  auto const indicator = indicators::find_indicator(rule.subject);
  if (!indicator) return {};
  std::vector<PathPoint> path;
  for (int32_t t = first.value; t <= last.value; ++t) {
    indicators::Value const v = indicators::compute(*indicator, *view.panel, node, PeriodIndex(t));
    PathPoint p;
    p.period = PeriodIndex(t);
    p.observed = v.value;
    p.expected = rule.limit;
    p.not_assessed = v.not_available;
    path.push_back(std::move(p));
  }
  return path;
}

// From half a year before the change to a quarter after the end. What is too long for `periods`
// loses its end when the alert is cleared, its beginning when it is still open.
std::pair<PeriodIndex, PeriodIndex> stretch(const View& view, const alerts::Alert& alert,
                                            int periods) {
  int32_t const half_year = view.calendar.periods_per_year() / 2;
  int32_t const begin = std::min(alert.state.onset.value, alert.state.raised.value) - half_year;
  int32_t first = std::max(view.panel->first_period().value, begin);
  int32_t last = view.data_through->value;
  if (alert.cleared) {
    last = std::min({last, alert.cleared->value + half_year / 2, first + periods - 1});
  } else {
    first = std::max(first, last - periods + 1);
  }
  return {PeriodIndex(first), PeriodIndex(last)};
}

}  // namespace

std::vector<PathPoint> trace(const View& view, const alerts::Alert& alert, int periods) {
  if (view.book->rule_set() == nullptr || !view.data_through || periods <= 0) return {};
  const alerts::Rule* const rule = alerts::find_rule(*view.book->rule_set(), alert.state.key.rule);
  if (rule == nullptr) return {};
  auto const area = view.reference->areas.find(alert.state.key.area);
  auto const sector = view.reference->sectors.find(alert.state.key.sector);
  if (!area.ok() || !sector.ok()) return {};
  auto const [first, last] = stretch(view, alert, periods);
  if (rule->kind == alerts::RuleKind::kCountDetector) {
    return trace_counts(view, alert, *rule, {*area, *sector}, first, last);
  }
  if (rule->kind == alerts::RuleKind::kRatioDetector) {
    return trace_shares(view, alert, *rule, {*area, *sector}, first, last);
  }
  if (rule->kind == alerts::RuleKind::kComposite) {
    return trace_composite(view, alert, *rule, {*area, *sector}, first, last);
  }
  if (rule->kind == alerts::RuleKind::kSourceSilent) return {};
  return trace_indicator(view, *rule, {*area, *sector}, first, last);
}

}  // namespace bellwether::engine
