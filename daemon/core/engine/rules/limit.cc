#include "core/engine/rules/limit.h"

#include "core/base/display.h"
#include "core/base/text.h"
#include "core/engine/rules/prose.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::LimitRule;
using alerts::Rule;
using alerts::Signal;
using base::Harm;
using base::PeriodIndex;
using indicators::Node;

namespace {

class LimitTest final : public RuleTest {
 public:
  explicit LimitTest(const Rule& rule) : RuleTest(rule), limit_(std::get<LimitRule>(rule.detail)) {}
  void test(const TickContext& context, Verdict& verdict) override;

 private:
  bool beyond(double value, double limit) const {
    return limit_.harm == Harm::kLow ? value < limit : value > limit;
  }
  // An open alert clears when the value passes this: 80 % of a high limit, 125 % of a low one, with
  // the default clear_fraction.
  double clear_at() const {
    return limit_.harm == Harm::kLow ? limit_.limit / limit_.clear_fraction
                                     : limit_.limit * limit_.clear_fraction;
  }
  // True if the periods before the tick are also beyond the limit, for the persistence of the rule.
  bool persists(const TickContext& context, Node node) const;
  Signal signal_of(const TickContext& context, Node node) const;

  const LimitRule& limit_;
};

bool LimitTest::persists(const TickContext& context, Node node) const {
  for (int back = 1; back < limit_.persistence; ++back) {
    indicators::Value const earlier = indicators::compute(limit_.indicator, context.panel, node,
                                                          PeriodIndex(context.tick.value - back));
    if (!earlier.ok() || !beyond(earlier.value, limit_.limit)) return false;
  }
  return true;
}

Signal LimitTest::signal_of(const TickContext& context, Node node) const {
  indicators::Value const v =
      indicators::compute(limit_.indicator, context.panel, node, context.tick);
  Signal s;
  s.assessed = v.ok();
  s.why_not = v.not_available;
  s.hit = v.ok() && beyond(v.value, limit_.limit) && persists(context, node);
  s.established = s.hit;
  s.quiet = v.ok() && !beyond(v.value, clear_at());
  s.onset = PeriodIndex(context.tick.value - limit_.persistence + 1);
  s.evidence.period = context.tick;
  s.evidence.observed = rounded(v.value);
  s.evidence.limit = limit_.limit;
  return s;
}

void LimitTest::test(const TickContext& context, Verdict& verdict) {
  std::string const suspended_reason = verdict.source_silent(domain::topics(limit_.indicator));
  for (size_t n = 0; n < context.panel.nodes(); ++n) {
    Node const node = context.panel.node(n);
    if (!context.in_scope(limit_.nodes, node)) continue;
    AlertKey const key = context.key(rule(), node);
    bool const open = context.open(key) != nullptr;
    Signal s;
    if (!suspended_reason.empty()) {
      s.why_not = suspended_reason;
      if (open) verdict.decide(rule(), key, s);
      continue;
    }
    if (!open && !context.large_enough(limit_.nodes, node, context.tick)) continue;
    s = signal_of(context, node);
    if (s.assessed) ++verdict.out.series_assessed;
    if (s.hit || open) verdict.decide(rule(), key, s);
  }
}

}  // namespace

std::unique_ptr<RuleTest> make_limit_test(const Rule& rule, const indicators::Panel&) {
  return std::make_unique<LimitTest>(rule);
}

std::vector<PathPoint> trace_limit(const PathRequest& request) {
  const LimitRule& rule = std::get<LimitRule>(request.rule.detail);
  std::vector<PathPoint> path;
  for (PeriodIndex t = request.first; t <= request.last; ++t.value) {
    indicators::Value const v =
        indicators::compute(rule.indicator, *request.view.panel, request.node, t);
    PathPoint p;
    p.period = t;
    p.observed = v.value;
    p.expected = rule.limit;
    p.not_assessed = v.not_available;
    path.push_back(std::move(p));
  }
  return path;
}

Paragraphs explain_limit(const View& view, const alerts::Alert& alert, const Rule& rule) {
  const LimitRule& limit = std::get<LimitRule>(rule.detail);
  std::string const how_long =
      limit.persistence > 1 ? base::cat(", for ", limit.persistence, " periods in a row.") : ".";
  return {base::cat(headline(view, alert, indicators::info(limit.indicator).title), ": ",
                    limit_figures(alert.raised_evidence, indicators::info(limit.indicator).unit),
                    how_long)};
}

std::string limit_figures(const alerts::Evidence& e, std::string_view unit) {
  std::string_view const suffix = base::unit_suffix(unit);
  return base::cat(figure(e.observed), suffix, " against a limit of ", figure(e.limit), suffix);
}

}  // namespace bellwether::engine
