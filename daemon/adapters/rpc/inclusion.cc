#include "adapters/rpc/inclusion.h"

#include <algorithm>
#include <utility>

#include "adapters/rpc/asked.h"
#include "adapters/rpc/distribution.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/privacy.h"
#include "adapters/rpc/requests.h"
#include "core/indicators/disclosure.h"
#include "core/indicators/ladder.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::bellwether::indicators::Indicator;
using ::bellwether::indicators::Node;
using ::bellwether::indicators::Value;

}  // namespace

grpc::Status get_inclusion_ladder(const Backend& backend,
                                  const indicators_pb::GetInclusionLadderRequest& request,
                                  indicators_pb::GetInclusionLadderResponse& response) {
  namespace figures = ::bellwether::indicators;
  Asked asked;
  if (auto refused = ask(backend, request.as_of(), asked); !refused.ok()) return refused;
  const engine::View& view = *asked.view;
  BadRequest bad;
  Node const node = read_node(view, request.node(), "node", bad);
  base::PeriodIndex const period = read_period(view, request.period(), "period", latest(view), bad);
  if (request.steps_max() < 0) bad.add("steps_max", "must be 0 for the default, or more");
  if (!bad.empty()) return bad.status();
  if (grpc::Status lacks = check_deciles(view); !lacks.ok()) return lacks;
  common::v1::Basis& basis = *response.mutable_basis();
  fill(view, asked.now, basis);
  figures::LateReports const late = view.reported->late(*view.data_through);
  figures::Ladder exact = figures::ladder(*view.panel, node, period, late);
  Value gap = exact.gap;
  if (!gap.ok()) {
    protect_cases(gap, basis);
  } else if (auto const told = figures::disclosed(Indicator::kInclusionGap, gap, *view.panel, node,
                                                  period, late)) {
    gap = told->value;
    response.set_lower(told->bounds.lower);
    response.set_upper(told->bounds.upper);
    basis.set_rounded(true);
  } else {
    suppress(gap, basis);
  }
  figures::Ladder const ladder = figures::disclosed(exact, std::move(gap));
  fill(ladder.gap, view.calendar.name(period), *response.mutable_gap());
  int const most = request.steps_max() == 0 ? kLadderStepsDefault
                                            : std::min(request.steps_max(), kLadderStepsMax);
  for (const figures::LadderStep& step : ladder.steps) {
    if (step.withheld) basis.set_suppressed(true);
    if (response.steps_size() == most) break;
    indicators_pb::LadderStep& out = *response.add_steps();
    fill(view, Node{step.area, node.sector}, *out.mutable_node());
    out.set_display_name(view.reference->areas.at(step.area).name);
    out.set_contribution(step.contribution);
    out.set_supported(step.supported);
    out.set_stock(step.stock);
    out.set_more(step.more);
    out.set_suppressed(step.withheld);
  }
  response.set_steps_total(static_cast<int32_t>(ladder.steps.size()));
  response.set_rest(ladder.rest);
  response.set_deprivation_index(view.reference->deprivation_index);
  return grpc::Status::OK;
}

}  // namespace bellwether::rpc
