#include "core/engine/rules/composite.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_format.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/engine/rules/prose.h"
#include "core/stats/normal.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::CompositePart;
using alerts::CompositeRule;
using alerts::Rule;
using alerts::Signal;
using base::PeriodIndex;
using indicators::Node;

namespace {

// The scores of the parts used at the target, period by period.
class Paths {
 public:
  explicit Paths(std::span<const CompositeInput> inputs) : inputs_(inputs) {}
  void count(size_t part, double scale) { counted_.push_back({part, scale}); }
  size_t size() const { return counted_.size(); }
  std::span<const double> at(int32_t period) {
    z_.clear();
    for (const auto& [part, scale] : counted_) {
      auto const z = inputs_[part].scored->path_score(period);
      z_.push_back(z ? *z / scale : detection::kNotScored);
    }
    return z_;
  }

 private:
  std::span<const CompositeInput> inputs_;
  absl::InlinedVector<std::pair<size_t, double>, 4> counted_;
  absl::InlinedVector<double, 4> z_;
};

alerts::Evidence evidence_of(const CompositeRule& rule, const CompositeFinding& f,
                             double p_adjusted, PeriodIndex period, const AlertKey& key) {
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
        {key.area, key.sector, static_cast<double>(p.assessment.observed),
         rounded(p.assessment.expected), sum > 0 ? rounded(share(p) / sum) : 0,
         std::string(indicators::info(p.part.measure).name),
         rounded(std::clamp(p.assessment.z, -detection::kZMax, detection::kZMax))});
  }
  std::stable_sort(e.contributions.begin(), e.contributions.end(),
                   [](const auto& a, const auto& b) { return a.z > b.z; });
  return e;
}

class CompositeTest final : public RuleTest {
 public:
  CompositeTest(const Rule& rule, const indicators::Panel& panel)
      : RuleTest(rule), composite_(std::get<CompositeRule>(rule.detail)) {
    for (const CompositePart& part : composite_.parts) {
      detectors_.emplace_back(panel, part.measure, part.harm, composite_.cusum_threshold);
    }
  }
  std::span<Detector> detectors() override { return detectors_; }
  void test(const TickContext& context, Verdict& verdict) override;
  std::string suspended(const TickContext& context, const Verdict& verdict) const override {
    return usable_parts(context, verdict).suspended_reason;
  }

 private:
  // The parts that a tick can test together, and the age of the latest period that can be tested
  // for all of them.
  struct Usable {
    std::vector<size_t> parts;
    int age = 0;                   // age of that period
    std::string suspended_reason;  // if there are too few parts; else empty
  };
  struct Found {
    Candidate candidate;
    CompositeFinding finding;
    Gates gates;
    bool gated = false;
  };
  Usable usable_parts(const TickContext& context, const Verdict& verdict) const;
  // Assesses the nodes at which a part was seen. Returns those that can be assessed or are
  // wanted.
  std::vector<Found> assess(const TickContext& context, const Usable& usable);
  // Without evidence. Notes the gates of the hit.
  Signal signal_of(const TickContext& context, const Found& found, PeriodIndex target,
                   double p_adjusted, Gates& gates) const;

  const CompositeRule& composite_;
  std::vector<Detector> detectors_;  // one for each part
};

CompositeTest::Usable CompositeTest::usable_parts(const TickContext& context,
                                                  const Verdict& verdict) const {
  Usable out;
  for (size_t i = 0; i < composite_.parts.size(); ++i) {
    indicators::Measure const measure = composite_.parts[i].measure;
    std::string const silent = verdict.source_silent(domain::topics(measure));
    auto const testable = context.reported.testable_age(measure);
    if (!silent.empty()) {
      out.suspended_reason = silent;
    } else if (!testable) {
      if (out.suspended_reason.empty()) out.suspended_reason = kReportedLate;
    } else {
      out.age = std::max(out.age, *testable);
      out.parts.push_back(i);
    }
  }
  if (out.parts.size() >= detection::kCompositePartsMin) out.suspended_reason.clear();
  return out;
}

std::vector<CompositeTest::Found> CompositeTest::assess(const TickContext& context,
                                                        const Usable& usable) {
  std::set<uint32_t> active;
  for (const Detector& d : detectors_) active.insert(d.active().begin(), d.active().end());
  std::vector<Node> nodes;
  for (uint32_t n : active) {
    Node const node = context.panel.node(n);
    if (context.in_scope(composite_.nodes, node)) nodes.push_back(node);
  }
  std::vector<MeasureScorer> scorers;
  for (Detector& d : detectors_) {
    scorers.push_back(
        d.scorer(context.panel, context.rules.business_calendar, context.tick, context.workspace));
  }
  PeriodIndex const target(context.tick.value - usable.age);
  std::vector<Found> found;
  for (const Candidate& candidate : context.judged_once(rule(), nodes)) {
    Node const node = candidate.node;
    Found f{candidate, {}, {}, false};
    if (pass(f.gates, {GateKind::kHeard, usable.suspended_reason.empty()})) {
      CompositeInputs inputs;
      for (size_t i : usable.parts) {
        detection::ScoredSeries* const scored = detectors_[i].at(context.panel.index(node));
        if (scored == nullptr) continue;
        scored->exclude(exclusions(context.book, candidate.open));
        inputs.push_back({composite_.parts[i], scored, scorers[i].series(node),
                          context.reported.from(composite_.parts[i].measure, usable.age)});
      }
      f.finding =
          assess_composite(composite_, inputs, target, context.calendar(), context.workspace);
      f.gated = pass(f.gates, {GateKind::kAssessed, f.finding.not_assessed.empty()}) &&
                pass(f.gates, context.stock(composite_.nodes, node, target));
    }
    if (f.gated || candidate.wanted()) found.push_back(std::move(f));
  }
  return found;
}

Signal CompositeTest::signal_of(const TickContext& context, const Found& found, PeriodIndex target,
                                double p_adjusted, Gates& gates) const {
  const CompositeFinding& f = found.finding;
  Signal s;
  s.assessed = true;
  bool const at_threshold =
      pass(gates, at_least(GateKind::kChange, f.cusum, composite_.cusum_threshold));
  bool const discovered =
      pass(gates, at_most(GateKind::kTogether, p_adjusted, context.rules.false_discovery_rate));
  s.hit = (discovered || at_threshold) &&
          context.holds(composite_.second, found.candidate.node, target, gates);
  s.established = at_threshold && s.hit;
  s.quiet = f.cusum < composite_.cusum_threshold / 2 && f.p > kQuietP;
  s.onset = f.onset;
  return s;
}

void CompositeTest::test(const TickContext& context, Verdict& verdict) {
  Usable const usable = usable_parts(context, verdict);
  PeriodIndex const target(context.tick.value - usable.age);
  std::vector<Found> const found = assess(context, usable);
  std::vector<double> p;
  for (const auto& t : found) p.push_back(t.gated ? t.finding.p : kNotTested);
  std::vector<double> const adjusted = verdict.adjusted(p);

  for (size_t i = 0; i < found.size(); ++i) {
    const auto& [candidate, f, gates_of_series, gated] = found[i];
    AlertKey const key = context.key(rule(), candidate.node);
    Gates gates = gates_of_series;
    Signal s = gated ? signal_of(context, found[i], target, adjusted[i], gates)
                     : alerts::untested(usable.suspended_reason, f.not_assessed, f.closed);
    if (gated && !s.hit && !candidate.wanted()) continue;
    s.evidence.period = target;
    if (has_figures(gates)) s.evidence = evidence_of(composite_, f, adjusted[i], target, key);
    verdict.decide(rule(), key, s);
    if (candidate.asked) verdict.answer(candidate, std::move(s), std::move(gates));
  }
}

// A part of an alert's node, for the trace.
struct TracedPart {
  CompositePart part;
  MeasureScorer scorer;
};

std::string how_together(const alerts::Evidence& e) {
  std::string text = absl::StrFormat(
      "%d counts of this node are combined. The score of each is its deviation from its own "
      "seasonal baseline in the harmful direction, in standard deviations, at most %.0f. The "
      "combination allows for how much the counts usually vary together. The combined score is "
      "%.1f standard deviations; if nothing happens, 95 %% of scores lie between %.1f and %.1f.",
      e.contributions.size(), detection::kCompositeClip, e.z, e.lower, e.upper);
  for (const alerts::Contribution& c : e.contributions) {
    base::append(
        text, " ", measure_title(c.measure), ": ", figure(c.observed), " observed where ",
        figure(c.expected),
        absl::StrFormat(" were expected, score %+.1f, %.0f %% of the sum.", c.z, 100 * c.share));
  }
  return text;
}

}  // namespace

CompositeFinding assess_composite(const CompositeRule& rule, std::span<const CompositeInput> inputs,
                                  PeriodIndex target, base::Calendar calendar,
                                  detection::Workspace& workspace) {
  detection::DetectorOptions const options = detector_options(rule.cusum_threshold, calendar);
  double const four_weeks = calendar.periods_in_four_weeks();
  CompositeFinding f;
  f.onset = target;
  Paths paths(inputs);
  absl::InlinedVector<double, 4> weights;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const CompositeInput& in = inputs[i];
    detection::Assessment const a =
        in.scored->assess(in.series, target, in.part.harm, options, workspace, in.reported);
    f.closed = a.why == detection::NotAssessed::kClosed;  // for all parts alike
    if (a.why != detection::NotAssessed::kNone || a.young()) continue;
    if (a.expected * four_weeks < rule.expected_min) continue;
    paths.count(i, a.scale);
    weights.push_back(in.part.weight);
    f.parts.push_back({in.part, a});
  }
  if (paths.size() < detection::kCompositePartsMin) {
    f.not_assessed = f.closed ? detection::name(detection::NotAssessed::kClosed)
                              : "fewer than two of its counts can be assessed by season";
    return f;
  }
  int32_t const first = options.path_begin(target.value);
  int32_t const settled_end = options.settled_end(target.value);
  detection::ScoreCorrelation correlation;
  for (int32_t t = first; t < settled_end; ++t) correlation.add(paths.at(t));
  detection::Cusum cusum(options.cusum);
  for (int32_t t = first; t <= target.value; ++t) {
    auto const z = detection::composite_score(paths.at(t), weights, correlation);
    if (!z) continue;
    cusum.add(PeriodIndex(t), *z);
    f.z = *z;  // the last value is that of the target, where all parts are scored
  }
  f.p = stats::normal_cdf(-f.z);
  f.cusum = cusum.value();
  if (f.cusum > 0) f.onset = cusum.onset();
  return f;
}

double composite_bound() {
  return -stats::normal_quantile((1 - kIntervalLevel) / 2);
}

std::unique_ptr<RuleTest> make_composite_test(const Rule& rule, const indicators::Panel& panel) {
  return std::make_unique<CompositeTest>(rule, panel);
}

std::vector<PathPoint> trace_composite(const PathRequest& request) {
  const View& view = request.view;
  const CompositeRule& rule = std::get<CompositeRule>(request.rule.detail);
  detection::DetectorOptions const options = detector_options(rule.cusum_threshold, view.calendar);
  detection::Workspace workspace;
  std::vector<TracedPart> parts;
  int testable_age = 0;
  for (const CompositePart& part : rule.parts) {
    auto const testable = view.reported->testable_age(part.measure);
    if (!testable || view.panel->series(request.node, part.measure).counts.empty()) continue;
    testable_age = std::max(testable_age, *testable);
    const base::BusinessCalendar& days = business_calendar(request.book());
    parts.push_back({part,
                     {*view.panel, part.measure, part.harm, options, days,
                      calendar_effect(*view.panel, part.measure, days, *view.data_through),
                      *view.data_through, workspace}});
  }
  std::vector<detection::ScoredSeries> scored(parts.size());
  for (auto& s : scored) s.exclude(exclusions(request.book(), request.open()));
  std::vector<PathPoint> path;
  for (PeriodIndex t = request.first; t <= request.last; ++t.value) {
    int32_t const age = view.data_through->value - t.value;
    CompositeInputs inputs;
    for (size_t i = 0; i < parts.size(); ++i) {
      inputs.push_back({parts[i].part, &scored[i], parts[i].scorer.series(request.node),
                        view.reported->from(parts[i].part.measure, age)});
    }
    CompositeFinding const f = assess_composite(rule, inputs, t, view.calendar, workspace);
    PathPoint p;
    p.period = t;
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

Paragraphs explain_composite(const View& view, const alerts::Alert& alert, const Rule& rule) {
  Paragraphs text;
  text.push_back(
      base::cat(headline(view, alert, rule.title), ". ", how_together(alert.raised_evidence)));
  text.push_back(how_sure_of_change(view, alert.raised_evidence));
  append_left_out(view, alert, text);
  append_since_when(view, alert, text);
  return text;
}

std::string composite_figures(const alerts::Evidence& e, std::string_view unit) {
  std::string text = base::cat(absl::StrFormat("score %.1f", e.z), base::unit_suffix(unit));
  for (size_t i = 0; i < e.contributions.size(); ++i) {
    const alerts::Contribution& c = e.contributions[i];
    base::append(text, i == 0 ? " (" : "; ", c.measure, " ", figure(c.observed), " observed, ",
                 figure(c.expected), absl::StrFormat(" expected, %+.1f", c.z));
  }
  return text + (e.contributions.empty() ? "" : ")");
}

}  // namespace bellwether::engine
