#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "adapters/rpc/asked.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/place.h"
#include "adapters/rpc/privacy.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/services.h"
#include "adapters/rpc/subjects.h"
#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "core/base/text.h"
#include "core/engine/judgement.h"
#include "core/engine/why_not.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using alerts::Rule;
using base::cat;
using engine::GateKind;
using engine::JudgedTick;
using engine::Judgement;
using indicators::Node;

// --- privacy -------------------------------------------------------------------------------------

// The figures that a rule on nodes judges. The first one is the observed value, unless the rule is
// a composite.
std::vector<Subject> subjects_of(const Rule& rule) {
  auto const indicator = [](domain::Indicator i) { return subject_at(static_cast<size_t>(i)); };
  auto const measure = [](domain::Measure m) {
    return subject_at(domain::kIndicatorCount + static_cast<size_t>(m));
  };
  std::vector<Subject> out;
  if (const auto* const count = std::get_if<alerts::CountRule>(&rule.detail)) {
    out.push_back(measure(count->measure));
    if (count->second) out.push_back(indicator(count->second->indicator));
  } else if (const auto* const share = std::get_if<alerts::ShareRule>(&rule.detail)) {
    out.push_back(indicator(share->indicator));
  } else if (const auto* const limit = std::get_if<alerts::LimitRule>(&rule.detail)) {
    out.push_back(indicator(limit->indicator));
  } else if (const auto* const composite = std::get_if<alerts::CompositeRule>(&rule.detail)) {
    for (const alerts::CompositePart& part : composite->parts) out.push_back(measure(part.measure));
    if (composite->second) out.push_back(indicator(composite->second->indicator));
  }
  return out;
}

bool is_about_people(domain::Topic topic) {
  return std::ranges::any_of(domain::volume_of(topic), [](domain::Measure m) {
    return domain::privacy(m) != domain::Privacy::kPublic;
  });
}
bool is_about_people(const Rule& rule, const engine::AskedAt& at) {
  if (const auto* const topic = std::get_if<domain::Topic>(&at)) return is_about_people(*topic);
  return std::ranges::any_of(
      subjects_of(rule), [](const Subject& s) { return s.privacy != domain::Privacy::kPublic; });
}

// What the indicator service tells of the figures that the rule judged.
struct Told {
  indicators::Value observed;  // no value for a score of several measures
  std::string withheld;        // why one of them is not told; empty if all are
};
Told told(const JudgedTick& tick, const engine::Asked& asked, const Rule& rule,
          const Judgement& judgement, common::v1::Basis& basis) {
  const alerts::Evidence& e = judgement.signal.evidence;
  Told out;
  if (std::holds_alternative<domain::Topic>(asked.at)) {
    out.observed.value = out.observed.numerator = e.observed;
    protect_cases(out.observed, basis);
    out.withheld = out.observed.not_available;
    return out;
  }
  auto const node = std::get<Node>(asked.at);
  bool const composite = rule.kind() == alerts::RuleKind::kComposite;
  bool first = true;
  for (const Subject& subject : subjects_of(rule)) {
    indicators::Value v = value_of(subject, *tick.view, node, e.period, basis);
    if (out.withheld.empty() && subject.privacy != domain::Privacy::kPublic)
      out.withheld = v.not_available;
    if (first && !composite) out.observed = std::move(v);
    first = false;
  }
  return out;
}

template <class Leave>
void leave_out(engine::Gates& gates, Leave leave) {
  gates.erase(std::remove_if(gates.begin(), gates.end(), leave), gates.end());
}

// See GetJudgementResponse. Everything that is left is the same for all counts that the indicator
// service tells alike, except for `hit` and the gates of a series whose figure it tells.
void protect(Judgement& judgement, const Told& told) {
  alerts::Signal& s = judgement.signal;
  alerts::Evidence shown;
  shown.period = s.evidence.period;
  shown.limit = s.evidence.limit;
  shown.cusum_threshold = s.evidence.cusum_threshold;
  shown.observed = told.observed.value;
  shown.window_periods = std::max(1, told.observed.window_periods);
  shown.reported = told.observed.reported;
  s.evidence = std::move(shown);
  if (told.withheld.empty()) {
    leave_out(judgement.gates, [](const auto& g) { return g.kind >= GateKind::kBeyond; });
    for (engine::Gate& g : judgement.gates) {
      if (g.kind == GateKind::kExpected) g.found = engine::kNoFigure;
    }
    return;
  }
  leave_out(judgement.gates, [](const auto& g) {
    return g.kind > GateKind::kSectorLevel && g.kind != GateKind::kHeard;
  });
  s.assessed = s.hit = false;
  if (judgement.closed() != nullptr) return;
  judgement.gates.push_back({GateKind::kShown, false});
  s.why_not = told.withheld;
}

// Hides which node was judged. Whether two nodes hold the same facts depends on all counts, also on
// those of people: it would tell that nobody asked for help in what the one has and the other not.
void hide_equality(const engine::View& view, const engine::AskedAt& at, Judgement& judgement) {
  const Node* const asked = std::get_if<Node>(&at);
  if (asked == nullptr) return;
  judgement.judged_as.reset();
  // The parts of the judged node would name it; the measures of a composite are at the node itself.
  auto& parts = judgement.signal.evidence.contributions;
  std::erase_if(parts, [](const auto& c) { return c.measure.empty(); });
  for (alerts::Contribution& c : parts) {
    c.area = view.reference->areas.at(asked->area).code;
    c.sector = view.reference->sectors.at(asked->sector).code;
  }
}

// --- the request ---------------------------------------------------------------------------------

// The topic of a rule on sources, which stands in the place of an area.
domain::Topic read_topic(const JudgedTick& tick, const common::v1::Node& node, BadRequest& bad) {
  if (!node.sector().empty() && node.sector() != "all")
    bad.add("node.sector", "a source has no sector; leave it empty");
  std::string known;
  for (domain::Topic topic : tick.topics) {
    if (domain::name(topic) == node.area()) return topic;
    base::append(known, known.empty() ? "" : ", ", domain::name(topic));
  }
  bad.add("node.area", cat("no source \"", base::excerpt(node.area()), "\"; there are ", known));
  return {};
}

engine::AskedAt read_at(const JudgedTick& tick, const Rule& rule, const common::v1::Node& node,
                        BadRequest& bad) {
  if (rule.kind() == alerts::RuleKind::kSourceSilent) return read_topic(tick, node, bad);
  return read_node(*tick.view, node, "node", bad);
}

// The open alert of the rule at the node that was judged.
alerts::AlertPtr open_alert(const engine::View& view, const engine::Asked& asked,
                            const Judgement& judgement) {
  alerts::AlertKey key;
  if (const auto* const topic = std::get_if<domain::Topic>(&asked.at)) {
    key = alerts::AlertKey::of_source(asked.rule, std::string(domain::name(*topic)));
  } else {
    Node const node = judgement.judged_as.value_or(std::get<Node>(asked.at));
    key = {asked.rule, view.reference->areas.at(node.area).code,
           view.reference->sectors.at(node.sector).code};
  }
  auto const found = view.book->open().find(key);
  return found == view.book->open().end() ? nullptr : found->second;
}

void fill(const engine::View& view, const engine::AskedAt& at, alerts_pb::NamedNode& out) {
  if (const auto* const node = std::get_if<Node>(&at)) return rpc::fill(view, *node, out);
  std::string const topic(domain::name(std::get<domain::Topic>(at)));
  out.mutable_node()->set_area(topic);
  out.mutable_node()->set_sector("all");
  out.set_display_name(topic);
}

// --- the service ---------------------------------------------------------------------------------

class JudgementService final : public alerts_pb::JudgementService::Service {
 public:
  explicit JudgementService(const Shared& shared) : shared_(shared) {}

  grpc::Status GetJudgement(grpc::ServerContext* context,
                            const alerts_pb::GetJudgementRequest* request,
                            alerts_pb::GetJudgementResponse* response) override {
    return observed(shared_, *context, "GetJudgement", [&] {
      BadRequest bad;
      auto const question = read_as_of(shared_.backend, request->as_of(), bad);
      if (!bad.empty()) return bad.status();
      auto const tick = shared_.backend.judged_tick(question);
      if (!tick.ok()) return to_grpc(tick.status());
      bool const judged = tick->view->data_through && tick->before != nullptr;
      const alerts::Book& book = judged ? *tick->before : *tick->view->book;
      const Rule* const rule = read_rule(book.rule_set().get(), request->rule(), "rule", bad);
      if (rule == nullptr) return bad.status();
      engine::Asked const asked{rule->id, read_at(*tick, *rule, request->node(), bad)};
      if (!bad.empty()) return bad.status();
      rpc::fill(*tick->view, silences_at(shared_.backend, request->as_of()),
                *response->mutable_basis());
      response->set_rule_title(rule->title);
      response->set_unit(std::string(engine::unit_of(*rule)));
      fill(*tick->view, asked.at, *response->mutable_node());
      if (!judged) {
        response->set_why("No alert: no period is complete yet.");
        return grpc::Status::OK;
      }
      auto judgement = judge(*tick, asked, *context);
      if (!judgement.ok()) return to_grpc(judgement.status());
      answer(*tick, asked, *rule, *std::move(judgement), *response);
      return grpc::Status::OK;
    });
  }

 private:
  static void answer(const JudgedTick& tick, const engine::Asked& asked, const Rule& rule,
                     Judgement judgement, alerts_pb::GetJudgementResponse& response) {
    bool figures = engine::has_figures(judgement.gates);
    if (is_about_people(rule, asked.at)) {
      Told const known = told(tick, asked, rule, judgement, *response.mutable_basis());
      protect(judgement, known);
      figures = figures && known.withheld.empty();
      response.mutable_basis()->set_suppressed(true);
    }
    const engine::View& view = *tick.view;
    alerts::AlertPtr const open = open_alert(view, asked, judgement);
    bool const people = std::ranges::any_of(
        tick.topics, [](domain::Topic topic) { return is_about_people(topic); });
    if (open == nullptr && people) hide_equality(view, asked.at, judgement);
    response.set_judged(judgement.signal.assessed);
    response.set_hit(judgement.signal.hit);
    response.set_why(engine::why(view, rule, judgement, open.get()));
    if (open != nullptr) response.set_open_alert(cat("alerts/", open->name));
    if (judgement.judged_as) rpc::fill(view, *judgement.judged_as, *response.mutable_judged_as());
    if (figures) rpc::fill(view, judgement.signal.evidence, *response.mutable_evidence());
    for (const engine::Gate& gate : judgement.gates) {
      alerts_pb::Gate& out = *response.add_gates();
      out.set_kind(static_cast<alerts_pb::GateKind>(static_cast<int>(gate.kind) + 1));
      out.set_passed(gate.passed);
      out.set_found(std::isnan(gate.found) ? 0 : gate.found);
      out.set_needed(std::isnan(gate.needed) ? 0 : gate.needed);
      out.set_text(engine::text_of(view, rule, judgement, gate));
    }
  }

  // Judges the tick again, one question after the other.
  absl::StatusOr<Judgement> judge(const JudgedTick& tick, const engine::Asked& asked,
                                  const grpc::ServerContext& context) {
    Place const place(waiting_);
    if (place.number() > kJudgementsMax) {
      return absl::ResourceExhaustedError(
          cat(kJudgementsMax, " questions are being answered; ask again in some seconds"));
    }
    std::lock_guard lock(mutex_);
    if (context.IsCancelled()) return absl::CancelledError("the caller no longer waits");
    if (again_ == nullptr || !is_same(again_->tick(), tick))
      again_ = std::make_unique<engine::TickAgain>(tick);
    return again_->judge(asked);
  }
  // True if both judge the same figures; a human act changes only the view's book.
  static bool is_same(const JudgedTick& a, const JudgedTick& b) {
    return a.view->panel == b.view->panel && a.view->reported == b.view->reported &&
           a.before == b.before && a.view->data_through == b.view->data_through;
  }

  const Shared& shared_;
  std::atomic<int> waiting_{0};
  std::mutex mutex_;
  std::unique_ptr<engine::TickAgain> again_;  // guarded by mutex_; of the last question
};
static_assert(alerts_pb::GateKind_MAX == static_cast<int>(engine::kGateKinds));

}  // namespace

std::unique_ptr<grpc::Service> make_judgement_service(const Shared& shared) {
  return std::make_unique<JudgementService>(shared);
}

}  // namespace bellwether::rpc
