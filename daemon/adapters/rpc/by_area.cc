#include <vector>

#include "adapters/rpc/divide.h"
#include "adapters/rpc/errors.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/privacy.h"
#include "core/indicators/by_area.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {

grpc::Status divide_by_area(const AskedFigure& asked,
                            indicators::v1::GetDistributionResponse& response) {
  namespace figures = ::bellwether::indicators;
  const auto& [subject, view, node, period] = asked;
  figures::AreaDistribution of = figures::distribution_by_area(
      subject.id, *view.panel, node, period, view.reported->late(*view.data_through));
  if (!of.not_available.empty()) {
    BadRequest bad;
    bad.add(of.node_is_leaf ? "node.area" : "name", of.not_available);
    return bad.status();
  }
  common::v1::Basis& basis = *response.mutable_basis();
  std::vector<figures::Value*> values;
  for (figures::AreaClass& part : of.parts) values.push_back(&part.value);
  ToldClasses const told =
      protect_classes(subject, values, values.size(), figures::withheld, basis);
  bool const people = subject.privacy != domain::Privacy::kPublic;
  response.mutable_unknown()->set_suppressed(people &&
                                             cases_of(subject, of.unknown) < kSupportCellMin);
  if (people) protect(subject, of.unknown, basis);
  for (size_t i = 0; i < of.parts.size(); ++i) {
    const auto& [area, v] = of.parts[i];
    indicators::v1::DistributionClass& out = *response.add_classes();
    out.set_code(view.reference->areas.at(area).code);
    out.set_display_name(view.reference->areas.at(area).name);
    fill_class(asked, v, told, i, out);
  }
  fill(of.unknown, asked.period_name(), *response.mutable_unknown()->mutable_value());
  return grpc::Status::OK;
}

}  // namespace bellwether::rpc
