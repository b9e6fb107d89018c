#include "core/engine/rules/limit.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/engine/rules/prose.h"
#include "core/indicators/disclosure.h"
#include "core/indicators/interval.h"
#include "core/indicators/ladder.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::LimitRule;
using alerts::Rule;
using alerts::Signal;
using base::Harm;
using base::PeriodIndex;
using indicators::Node;

namespace {

bool is_beyond(const LimitRule& rule, double value, double limit) {
  return rule.harm == Harm::kLow ? value < limit : value > limit;
}

// True if the whole interval is beyond the limit. A value without an interval is no sample.
bool is_sure(const LimitRule& rule, const std::optional<indicators::Interval>& interval,
             double limit) {
  if (!interval) return true;
  return is_beyond(rule, rule.harm == Harm::kLow ? interval->upper : interval->lower, limit);
}

bool is_judged_against_parity(const LimitRule& rule) {
  return domain::is_gap(indicators::info(rule.indicator).compute.method);
}

class LimitTest final : public RuleTest {
 public:
  explicit LimitTest(const Rule& rule) : RuleTest(rule), limit_(std::get<LimitRule>(rule.detail)) {}
  void test(const TickContext& context, Verdict& verdict) override;
  std::string suspended(const TickContext&, const Verdict& verdict) const override {
    return verdict.source_silent(domain::topics(limit_.indicator));
  }

 private:
  // An open alert clears when the value passes this, on the harmless side of the limit: 80 % of a
  // high limit, 125 % of a low one, with the default clear_fraction; of a limit below 0 the other
  // way round.
  double clear_at() const {
    bool const away_from_zero = (limit_.harm == Harm::kLow) == (limit_.limit > 0);
    return away_from_zero ? limit_.limit / limit_.clear_fraction
                          : limit_.limit * limit_.clear_fraction;
  }
  bool is_gap() const { return is_judged_against_parity(limit_); }
  Gate sureness(const indicators::Value& v,
                const std::optional<indicators::Interval>& interval) const;
  // The number of periods in a row, up to the target, that are beyond the limit; at most the
  // persistence of the rule. REQUIRES: the target is.
  int in_a_row(const TickContext& context, Node node, PeriodIndex target) const;
  // Without a hit, the rest of the signal is filled only if it is wanted.
  Signal signal_of(const TickContext& context, const Candidate& candidate, PeriodIndex target,
                   Gates& gates) const;
  alerts::Evidence evidence_of(const indicators::Value& v,
                               const std::optional<indicators::Interval>& sure,
                               PeriodIndex target) const;
  // False if the rule compares with an official figure that the node does not have. So of nodes
  // with the same facts, one that has the figure is judged.
  bool has_base(const TickContext& context, Node node, PeriodIndex target) const;
  // Leaves in the evidence what may be told of people who asked for help; at least whole points.
  void protect(const TickContext& context, Node node, const indicators::Value& v,
               alerts::Evidence& e) const;

  const LimitRule& limit_;
};

Gate LimitTest::sureness(const indicators::Value& v,
                         const std::optional<indicators::Interval>& interval) const {
  double const against = is_gap() ? 0 : limit_.limit;
  double const nearer_end = !interval                   ? v.value
                            : limit_.harm == Harm::kLow ? interval->upper
                                                        : interval->lower;
  return {GateKind::kSure, is_sure(limit_, interval, against), nearer_end, against};
}

int LimitTest::in_a_row(const TickContext& context, Node node, PeriodIndex target) const {
  int n = 1;
  for (; n < limit_.persistence; ++n) {
    indicators::Value const earlier = indicators::compute_complete(
        limit_.indicator, context.panel, node, PeriodIndex(target.value - n), context.late);
    if (!earlier.ok() || !is_beyond(limit_, earlier.value, limit_.limit)) break;
  }
  return n;
}

alerts::Evidence LimitTest::evidence_of(const indicators::Value& v,
                                        const std::optional<indicators::Interval>& sure,
                                        PeriodIndex target) const {
  alerts::Evidence e;
  e.period = target;
  e.reported = rounded(v.reported);
  e.window_periods = v.window_periods;
  e.observed = rounded(v.value);
  e.limit = limit_.limit;
  if (sure) {
    e.lower = rounded(sure->lower);
    e.upper = rounded(sure->upper);
    e.dispersion = rounded(sure->dispersion);
  }
  return e;
}

bool LimitTest::has_base(const TickContext& context, Node node, PeriodIndex target) const {
  if (!domain::has_public_base(limit_.indicator)) return true;
  domain::Statistic const base =
      indicators::info(limit_.indicator).compute.denominator[0].statistic;
  base::Days const end = context.calendar().first_day(PeriodIndex(target.value + 1));
  return context.panel.figures().latest(base, node.area, node.sector, end).has_value();
}

void LimitTest::protect(const TickContext& context, Node node, const indicators::Value& v,
                        alerts::Evidence& e) const {
  auto const told = indicators::disclosed(limit_.indicator, v, context.panel, node, e.period,
                                          context.late, kLimitLevel);
  e.observed = told ? rounded(told->value.value) : std::round(v.value);
  e.lower = told ? rounded(told->bounds.lower) : 0;
  e.upper = told ? rounded(told->bounds.upper) : 0;
}

Signal LimitTest::signal_of(const TickContext& context, const Candidate& candidate,
                            PeriodIndex target, Gates& gates) const {
  Node const node = candidate.node;
  indicators::Value const v =
      indicators::compute_complete(limit_.indicator, context.panel, node, target, context.late);
  auto const interval = [&](double level) {
    return indicators::interval(limit_.indicator, v, context.panel, node, target, level,
                                context.late);
  };
  if (!pass(gates, {GateKind::kAssessed, v.ok()})) return alerts::untested("", v.not_available);
  Signal s;
  // Only a node that a person asks about, or that has an open alert, is here if it is too small.
  s.assessed = !candidate.asked || candidate.open != nullptr ||
               pass(gates, context.stock(limit_.nodes, node, target));
  if (!s.assessed) s.why_not = alerts::untested("", "").why_not;
  // Everybody knows an official figure, so the value would tell the cases. Few may not be told.
  bool const public_base = domain::has_public_base(limit_.indicator);
  bool const few = public_base && v.numerator < indicators::kSupportCellMin;
  bool const beyond =
      s.assessed &&
      pass(gates,
           {GateKind::kBeyond, is_beyond(limit_, v.value, limit_.limit), v.value, limit_.limit}) &&
      (limit_.persistence == 1 ||
       pass(gates,
            at_least(GateKind::kInARow, in_a_row(context, node, target), limit_.persistence))) &&
      (!public_base || pass(gates, {GateKind::kShown, !few}));
  if (!beyond && !candidate.wanted()) return s;
  auto const sure = interval(kLimitLevel);
  s.hit = beyond && pass(gates, sureness(v, is_gap() ? interval(kGapLevel) : sure));
  s.hit = s.hit && context.holds(limit_.second, node, target, gates);
  s.established = s.hit;
  s.quiet = few || !is_beyond(limit_, v.value, clear_at()) ||
            (!is_gap() && !is_sure(limit_, interval(kLimitEndLevel), clear_at()));
  s.onset = PeriodIndex(target.value - limit_.persistence + 1);
  s.evidence = evidence_of(v, sure, target);
  if (public_base) {
    double const told = few ? 0 : indicators::rounded_cases(v.numerator);
    double const factor = indicators::info(limit_.indicator).compute.factor;
    s.evidence.observed = rounded(factor * told / v.denominator);
  }
  if (domain::is_by_decile(limit_.indicator) &&
      domain::privacy(limit_.indicator) == domain::Privacy::kPeople) {
    protect(context, node, v, s.evidence);
  }
  return s;
}

void LimitTest::test(const TickContext& context, Verdict& verdict) {
  std::string const suspended_reason = suspended(context, verdict);
  int const age = testable_age(context.reported, context.panel, limit_.indicator, context.tick);
  PeriodIndex const target(context.tick.value - age);
  // Without deciles, no node is asked.
  bool const idle = domain::is_by_decile(limit_.indicator) && context.reference.deprivation.empty();
  std::vector<Node> nodes;
  for (size_t n = 0; n < context.panel.nodes(); ++n) {
    Node const node = context.panel.node(n);
    if (context.in_scope(limit_.nodes, node) &&
        ((!idle && context.stock(limit_.nodes, node, target).passed &&
          has_base(context, node, target)) ||
         context.asks(rule(), node) || context.open(context.key(rule(), node)) != nullptr)) {
      nodes.push_back(node);
    }
  }
  for (const Candidate& candidate : context.judged_once(rule(), nodes)) {
    Gates gates;
    Signal s;
    if (pass(gates, {GateKind::kHeard, suspended_reason.empty()})) {
      s = signal_of(context, candidate, target, gates);
      if (s.assessed) ++verdict.out.series_assessed;
    } else {
      s.why_not = suspended_reason;
    }
    s.evidence.period = target;
    if (s.hit || candidate.open != nullptr)
      verdict.decide(rule(), context.key(rule(), candidate.node), s);
    if (candidate.asked) verdict.answer(candidate, std::move(s), std::move(gates));
  }
}

}  // namespace

std::unique_ptr<RuleTest> make_limit_test(const Rule& rule, const indicators::Panel&) {
  return std::make_unique<LimitTest>(rule);
}

std::vector<PathPoint> trace_limit(const PathRequest& request) {
  const LimitRule& rule = std::get<LimitRule>(request.rule.detail);
  std::vector<PathPoint> path;
  const View& view = request.view;
  const indicators::Panel& panel = *view.panel;
  indicators::LateReports const late = view.reported->late(*view.data_through);
  int32_t const testable = view.data_through->value -
                           testable_age(*view.reported, panel, rule.indicator, *view.data_through);
  for (PeriodIndex t = request.first; t <= request.last; ++t.value) {
    indicators::Value const v =
        indicators::compute_complete(rule.indicator, panel, request.node, t, late);
    PathPoint p;
    p.period = t;
    p.observed = v.value;
    p.expected = rule.limit;
    if (auto const sure =
            indicators::interval(rule.indicator, v, panel, request.node, t, kLimitLevel, late)) {
      p.lower = sure->lower;
      p.upper = sure->upper;
    }
    p.window_periods = std::max(1, v.window_periods);
    p.reported = v.reported;
    p.not_assessed = t.value > testable ? std::string(kReportedLate) : v.not_available;
    path.push_back(std::move(p));
  }
  return path;
}

namespace {

// "38.5 %".
std::string with_unit(double value, const LimitRule& rule) {
  return base::cat(figure(value), base::unit_suffix(indicators::info(rule.indicator).unit));
}

// Where the outreach plan begins, as the ladder of the alert's node tells it now.
void add_ladder(const View& view, const alerts::Alert& alert, Paragraphs& text) {
  constexpr size_t kStepsMax = 5;
  auto const area = view.reference->areas.find(alert.state.key.area);
  auto const sector = view.reference->sectors.find(alert.state.key.sector);
  if (!area.ok() || !sector.ok() || !view.data_through) return;
  Node const node{*area, *sector};
  indicators::LateReports const late = view.reported->late(*view.data_through);
  indicators::Ladder const exact = indicators::ladder(*view.panel, node, *view.data_through, late);
  if (!exact.gap.ok()) return;
  auto const gap = indicators::disclosed(indicators::Indicator::kInclusionGap, exact.gap,
                                         *view.panel, node, *view.data_through, late);
  if (!gap) return;
  indicators::Ladder const ladder = indicators::disclosed(exact, gap->value);
  std::vector<std::string> places;
  for (const indicators::LadderStep& step : ladder.steps) {
    if (step.more <= 0 || places.size() == kStepsMax) break;
    places.push_back(base::cat(view.reference->areas.at(step.area).name, " (",
                               step.withheld ? "at most " : "", figure(step.more), ")"));
  }
  if (places.empty()) return;
  text.push_back(base::cat(
      "Where to go: so many more businesses of deprived places would have to be supported to close "
      "what each of these contributes to the gap in ",
      view.calendar.name(*view.data_through), ": ", absl::StrJoin(places, ", "), "."));
}

}  // namespace

Paragraphs explain_limit(const View& view, const alerts::Alert& alert, const Rule& rule) {
  const LimitRule& limit = std::get<LimitRule>(rule.detail);
  const alerts::Evidence& e = alert.raised_evidence;
  std::string const how_long =
      limit.persistence > 1 ? base::cat(", for ", limit.persistence, " periods in a row.") : ".";
  Paragraphs text = {base::cat(headline(view, alert, indicators::info(limit.indicator).title), ": ",
                               with_unit(e.observed, limit), " against a limit of ",
                               with_unit(e.limit, limit), how_long)};
  if (domain::is_in_working_hours(limit.indicator)) {
    text.push_back(base::cat(
        "Working hours of the desk, as configured now: ", view.reference->desks.text(), "."));
  }
  bool const gap = is_judged_against_parity(limit);
  if (e.lower < e.upper && gap) {
    text.push_back(absl::StrFormat(
        "How sure: the cases vary by chance, with a dispersion of %.1f, where 1 would be pure "
        "chance. Allowing for that, the gap is between %s and %s (%.1f %% interval), and the whole "
        "%.0f %% interval is %s 0, which would be parity.",
        e.dispersion, figure(e.lower), figure(e.upper), 100 * kLimitLevel, 100 * kGapLevel,
        limit.harm == Harm::kLow ? "below" : "above"));
  } else if (e.lower < e.upper) {
    text.push_back(absl::StrFormat(
        "How sure: the counts vary by chance, with a dispersion of %.1f, where 1 would be pure "
        "chance. Allowing for that, the rate is between %s and %s (%.1f %% interval), and all of "
        "this is %s the limit.",
        e.dispersion, figure(e.lower), figure(e.upper), 100 * kLimitLevel,
        limit.harm == Harm::kLow ? "below" : "above"));
  }
  if (e.reported < 1) {
    text.push_back(
        absl::StrFormat("How complete: by then %.0f %% of the events are usually reported. The "
                        "value is an estimate "
                        "for all of them.",
                        100 * e.reported));
  }
  if (limit.indicator == indicators::Indicator::kInclusionGap) add_ladder(view, alert, text);
  return text;
}

std::string limit_figures(const alerts::Evidence& e, std::string_view unit) {
  std::string_view const suffix = base::unit_suffix(unit);
  std::string const interval =
      e.lower < e.upper ? absl::StrFormat(" (%.1f %% interval %s to %s)", 100 * kLimitLevel,
                                          figure(e.lower), figure(e.upper))
                        : std::string();
  return base::cat(figure(e.observed), suffix, interval, " against a limit of ", figure(e.limit),
                   suffix);
}

}  // namespace bellwether::engine
