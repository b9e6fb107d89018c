#include "adapters/rpc/by_area.h"

#include <string>
#include <vector>

#include "adapters/rpc/errors.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/privacy.h"
#include "core/indicators/by_area.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {
namespace {

namespace figures = ::bellwether::indicators;

// The values as they may be told, and which are withheld.
struct ToldParts {
  double counted = 0;  // the numerators of all parts; 0 if the figures have no common sum
  std::vector<bool> withheld;
  bool unknown_withheld = false;
};

ToldParts protect_parts(const Subject& subject, figures::AreaDistribution& of,
                        common::v1::Basis& basis) {
  ToldParts out;
  std::vector<double> cases;
  for (const figures::AreaClass& part : of.parts) {
    cases.push_back(cases_of(subject, part.value));
    if (subject.unit != "hours" && part.value.ok()) out.counted += part.value.numerator;
  }
  out.withheld.resize(cases.size());
  if (subject.privacy == domain::Privacy::kPublic) return out;
  out.counted = figures::rounded_cases(out.counted);
  out.withheld = figures::withheld(cases);
  for (size_t i = 0; i < of.parts.size(); ++i) {
    figures::Value& v = of.parts[i].value;
    protect(subject, v, basis);
    if (out.withheld[i] && v.ok()) suppress(v, basis);
  }
  out.unknown_withheld = cases_of(subject, of.unknown) < kSupportCellMin;
  protect(subject, of.unknown, basis);
  return out;
}

}  // namespace

grpc::Status divide_by_area(const AskedFigure& asked,
                            indicators::v1::GetDistributionResponse& response) {
  const auto& [subject, view, node, period] = asked;
  figures::AreaDistribution of = figures::distribution_by_area(
      subject.id, *view.panel, node, period, view.reported->late(*view.data_through));
  if (!of.not_available.empty()) {
    BadRequest bad;
    bad.add(of.node_is_leaf ? "node.area" : "name", of.not_available);
    return bad.status();
  }
  common::v1::Basis& basis = *response.mutable_basis();
  ToldParts const told = protect_parts(subject, of, basis);
  std::string const name = view.calendar.name(period);
  for (size_t i = 0; i < of.parts.size(); ++i) {
    const auto& [area, v] = of.parts[i];
    indicators::v1::DistributionClass& out = *response.add_classes();
    out.set_code(view.reference->areas.at(area).code);
    out.set_display_name(view.reference->areas.at(area).name);
    fill(v, name, *out.mutable_value());
    out.set_suppressed(told.withheld[i]);
    if (v.ok() && told.counted > 0) out.set_share(100 * v.numerator / told.counted);
  }
  fill(of.unknown, name, *response.mutable_unknown()->mutable_value());
  response.mutable_unknown()->set_suppressed(told.unknown_withheld);
  fill(value_of(subject, view, node, period, basis), name, *response.mutable_total());
  response.set_unit(subject.unit);
  return grpc::Status::OK;
}

}  // namespace bellwether::rpc
