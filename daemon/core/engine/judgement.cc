#include "core/engine/judgement.h"

#include <algorithm>
#include <utility>

#include "core/alerts/rules.h"
#include "core/base/check.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

namespace {

// One of several such gates in a row suffices.
bool is_alternative(GateKind kind) {
  return kind == GateKind::kOwnLevel || kind == GateKind::kTogether ||
         kind == GateKind::kWithRegion || kind == GateKind::kChange;
}

// The judgement of a node or source that the rule's test does not visit.
Judgement unvisited(const TickContext& context, const Verdict& verdict, const RuleTest& test) {
  Judgement out;
  out.signal.evidence.period = context.tick;
  if (const auto* const node = std::get_if<indicators::Node>(&context.asked->at)) {
    if (auto const out_of = context.out_of_scope(*alerts::node_scope(test.rule()), *node)) {
      out.gates.push_back({*out_of, false});
      return out;
    }
  }
  out.signal.why_not = test.suspended(context, verdict);
  if (pass(out.gates, {GateKind::kHeard, out.signal.why_not.empty()}))
    out.gates.push_back({GateKind::kSeen, false});
  return out;
}

}  // namespace

bool has_figures(const Gates& gates) {
  return std::ranges::any_of(
      gates, [](const Gate& g) { return g.kind == GateKind::kAssessed && g.passed; });
}

const Gate* Judgement::closed() const {
  for (size_t i = 0; i < gates.size(); ++i) {
    if (!is_alternative(gates[i].kind)) {
      if (!gates[i].passed) return &gates[i];
      continue;
    }
    size_t const first = i;
    bool passed = false;
    for (; i < gates.size() && is_alternative(gates[i].kind); ++i) passed |= gates[i].passed;
    if (!passed) return &gates[first];
    --i;
  }
  return nullptr;
}

TickAgain::TickAgain(JudgedTick tick) : tick_(std::move(tick)) {
  BELLWETHER_CHECK(tick_.view->data_through && tick_.before->rule_set() != nullptr);
}

TickAgain::~TickAgain() = default;

TickContext TickAgain::context(const Asked* asked) {
  const View& view = *tick_.view;
  base::PeriodIndex const tick = *view.data_through;
  return {*view.reference,           *view.panel,   *view.reported, tick_.topics,
          *tick_.before->rule_set(), *tick_.before, tick,           workspace_,
          view.reported->late(tick), asked};
}

void TickAgain::hear_sources() {
  if (silent_topics_) return;
  TickContext const context = this->context(nullptr);
  Verdict verdict{context, {}};
  for (const alerts::Rule& rule : context.rules.rules) {
    if (!rule.enabled || rule.kind() != alerts::RuleKind::kSourceSilent) continue;
    info(rule.kind()).make_test(rule, context.panel)->test(context, verdict);
  }
  silent_topics_ = std::move(verdict.out.silent_topics);
}

Judgement TickAgain::judge(const Asked& asked) {
  TickContext const context = this->context(&asked);
  const alerts::Rule* const rule = alerts::find_rule(context.rules, asked.rule);
  BELLWETHER_CHECK(rule != nullptr);
  if (!rule->enabled) {
    Judgement out;
    out.signal.evidence.period = context.tick;
    out.gates.push_back({GateKind::kEnabled, false});
    return out;
  }
  hear_sources();
  if (test_ == nullptr || test_->rule().id != rule->id)
    test_ = info(rule->kind()).make_test(*rule, context.panel);
  Verdict verdict{context, {}};
  verdict.out.silent_topics = *silent_topics_;
  test_->test(context, verdict);
  return verdict.judgement ? *std::move(verdict.judgement) : unvisited(context, verdict, *test_);
}

}  // namespace bellwether::engine
