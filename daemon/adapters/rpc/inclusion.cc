#include "adapters/rpc/inclusion.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "adapters/rpc/asked.h"
#include "adapters/rpc/by_area.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/privacy.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/subjects.h"
#include "core/base/text.h"
#include "core/indicators/by_decile.h"
#include "core/indicators/disclosure.h"
#include "core/indicators/ladder.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::bellwether::indicators::Distribution;
using ::bellwether::indicators::Indicator;
using ::bellwether::indicators::Measure;
using ::bellwether::indicators::Node;
using ::bellwether::indicators::Value;
using reference::kDeciles;

constexpr char kNoDeciles[] =
    "the deployment has no deciles of deprivation; reference.deprivation in the configuration "
    "names their file";

Distribution distribution_of(const Subject& subject, const engine::View& view, Node node,
                             base::PeriodIndex period) {
  if (const auto* const indicator = std::get_if<Indicator>(&subject.id)) {
    return ::bellwether::indicators::distribution(*indicator, *view.panel, node, period,
                                                  view.reported->late(*view.data_through));
  }
  return ::bellwether::indicators::distribution(std::get<Measure>(subject.id), *view.panel, node,
                                                period);
}

struct Shown {
  Distribution distribution;
  std::array<bool, kDeciles> withheld{};
  bool unknown_withheld = false;
  bool mass_withheld = false;
  double counted = 0;  // numerators of all known deciles; 0 if the figures have no common sum
};

// REQUIRES: the distribution is available.
Shown shown(const Subject& subject, Distribution exact, common::v1::Basis& basis) {
  Shown out{std::move(exact)};
  std::array<double, kDeciles> cases{};
  for (size_t d = 0; d < cases.size(); ++d) {
    const Value& v = out.distribution.known[d];
    cases[d] = cases_of(subject, v);
    if (subject.unit != "hours") out.counted += v.ok() ? v.numerator : 0;
  }
  if (subject.privacy == domain::Privacy::kPublic) return out;
  out.counted = ::bellwether::indicators::rounded_cases(out.counted);
  out.withheld = ::bellwether::indicators::withheld_deciles(cases);
  for (size_t d = 0; d < cases.size(); ++d) {
    Value& v = out.distribution.known[d];
    protect(subject, v, basis);
    if (out.withheld[d] && v.ok()) suppress(v, basis);
  }
  double const unknown = cases_of(subject, out.distribution.unknown);
  out.unknown_withheld = unknown < kSupportCellMin;
  if (std::optional<Value>& mass = out.distribution.mass) {
    double const there = cases_of(subject, *mass);
    // With the unknown class it tells the rest of that class.
    out.mass_withheld = there < kSupportCellMin || unknown - there < kSupportCellMin;
    protect(subject, *mass, basis);
    if (out.mass_withheld && mass->ok()) suppress(*mass, basis);
  }
  protect(subject, out.distribution.unknown, basis);
  return out;
}

grpc::Status check_period(const engine::View& view) {
  if (!view.data_through)
    return {grpc::StatusCode::FAILED_PRECONDITION, "no period is complete yet"};
  return grpc::Status::OK;
}

grpc::Status check_deciles(const engine::View& view) {
  if (view.reference->deprivation.empty())
    return {grpc::StatusCode::FAILED_PRECONDITION, kNoDeciles};
  return check_period(view);
}

}  // namespace

grpc::Status get_distribution(const Backend& backend,
                              const indicators_pb::GetDistributionRequest& request,
                              indicators_pb::GetDistributionResponse& response) {
  Asked asked;
  if (auto refused = ask(backend, request.as_of(), asked); !refused.ok()) return refused;
  const engine::View& view = *asked.view;
  BadRequest bad;
  Subject const subject = read_subject(request.name(), "name", bad);
  Node const node = read_node(view, request.node(), "node", bad);
  base::PeriodIndex const period = read_period(view, request.period(), "period", latest(view), bad);
  bool const by_area = request.by() == indicators_pb::DIVISION_AREA;
  if (!by_area && request.by() != indicators_pb::DIVISION_UNSPECIFIED &&
      request.by() != indicators_pb::DIVISION_DECILE) {
    bad.add("by", "there are only DIVISION_DECILE and DIVISION_AREA");
  }
  if (!bad.empty()) return bad.status();
  if (grpc::Status lacks = by_area ? check_period(view) : check_deciles(view); !lacks.ok())
    return lacks;
  common::v1::Basis& basis = *response.mutable_basis();
  fill(view, asked.now, basis);
  if (by_area) return divide_by_area({subject, view, node, period}, response);
  Distribution exact = distribution_of(subject, view, node, period);
  if (!exact.not_available.empty()) {
    bad.add("name", exact.not_available);
    return bad.status();
  }
  Shown const of = shown(subject, std::move(exact), basis);
  std::string const name = view.calendar.name(period);
  for (size_t d = 0; d < kDeciles; ++d) {
    const Value& v = of.distribution.known[d];
    indicators_pb::DistributionClass& out = *response.add_classes();
    out.set_decile(static_cast<int32_t>(d + 1));
    fill(v, name, *out.mutable_value());
    out.set_suppressed(of.withheld[d]);
    if (v.ok() && of.counted > 0) out.set_share(100 * v.numerator / of.counted);
  }
  fill(of.distribution.unknown, name, *response.mutable_unknown()->mutable_value());
  response.mutable_unknown()->set_suppressed(of.unknown_withheld);
  if (const std::optional<Value>& mass = of.distribution.mass) {
    fill(*mass, name, *response.mutable_mass_addresses()->mutable_value());
    response.mutable_mass_addresses()->set_suppressed(of.mass_withheld);
  }
  fill(value_of(subject, view, node, period, basis), name, *response.mutable_total());
  response.set_unit(subject.unit);
  response.set_deprivation_index(view.reference->deprivation_index);
  return grpc::Status::OK;
}

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
