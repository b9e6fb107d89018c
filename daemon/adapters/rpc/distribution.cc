#include "adapters/rpc/distribution.h"

#include <array>

#include "adapters/rpc/asked.h"
#include "adapters/rpc/divide.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/requests.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::bellwether::indicators::Node;
using domain::Division;

constexpr char kNoDeciles[] =
    "the deployment has no deciles of deprivation; reference.deprivation in the configuration "
    "names their file";

// kNone: of a division by places.
Division division_of(indicators_pb::Division by) {
  switch (by) {
    case indicators_pb::DIVISION_SIZE_BAND:
      return Division::kSizeBand;
    case indicators_pb::DIVISION_LEGAL_FORM:
      return Division::kLegalForm;
    case indicators_pb::DIVISION_CHANNEL:
      return Division::kChannel;
    case indicators_pb::DIVISION_TEAM:
      return Division::kTeam;
    case indicators_pb::DIVISION_INTENSITY:
      return Division::kIntensity;
    default:
      return Division::kNone;
  }
}

grpc::Status check_period(const engine::View& view) {
  if (!view.data_through)
    return {grpc::StatusCode::FAILED_PRECONDITION, "no period is complete yet"};
  return grpc::Status::OK;
}

}  // namespace

grpc::Status check_deciles(const engine::View& view) {
  if (view.reference->deprivation.empty())
    return {grpc::StatusCode::FAILED_PRECONDITION, kNoDeciles};
  return check_period(view);
}

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
  if (!indicators_pb::Division_IsValid(request.by())) bad.add("by", "no such division");
  if (!bad.empty()) return bad.status();
  bool const by_decile = request.by() == indicators_pb::DIVISION_UNSPECIFIED ||
                         request.by() == indicators_pb::DIVISION_DECILE;
  if (grpc::Status lacks = by_decile ? check_deciles(view) : check_period(view); !lacks.ok())
    return lacks;
  common::v1::Basis& basis = *response.mutable_basis();
  fill(view, asked.now, basis);
  AskedFigure const figure{subject, view, node, period};
  Division const division = division_of(request.by());
  grpc::Status const divided = by_decile ? divide_by_decile(figure, response)
                               : division == Division::kNone
                                   ? divide_by_area(figure, response)
                                   : divide_by_class(figure, division, response);
  if (!divided.ok()) return divided;
  fill(value_of(subject, view, node, period, basis), figure.period_name(),
       *response.mutable_total());
  response.set_unit(subject.unit);
  return grpc::Status::OK;
}

void fill_class(const AskedFigure& asked, const ::bellwether::indicators::Value& v,
                const ToldClasses& told, size_t i, indicators_pb::DistributionClass& out) {
  fill(v, asked.period_name(), *out.mutable_value());
  out.set_suppressed(told.withheld[i]);
  if (i < told.stated && v.ok() && told.counted > 0)
    out.set_share(100 * v.numerator / told.counted);
}

}  // namespace bellwether::rpc
