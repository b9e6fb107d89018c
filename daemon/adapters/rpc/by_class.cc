#include "core/indicators/by_class.h"

#include <vector>

#include "adapters/rpc/divide.h"
#include "adapters/rpc/errors.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {
namespace {

namespace figures = ::bellwether::indicators;

}  // namespace

grpc::Status divide_by_class(const AskedFigure& asked, domain::Division division,
                             indicators::v1::GetDistributionResponse& response) {
  const engine::View& view = asked.view;
  figures::ByClass of = figures::by_class(asked.subject.id, division, *view.panel, asked.node,
                                          asked.period, view.reported->late(*view.data_through));
  if (!of.not_available.empty()) {
    BadRequest bad;
    bad.add(of.not_at_node ? "node" : "name", of.not_available);
    return bad.status();
  }
  // Number 0 is what states no class. It is protected with the others, but has no share.
  std::vector<figures::Value*> values;
  for (size_t i = 1; i < of.classes.size(); ++i) values.push_back(&of.classes[i]);
  size_t const stated = values.size();
  values.push_back(&of.classes[0]);
  ToldClasses const told = protect_classes(asked.subject, values, stated, figures::withheld_classes,
                                           *response.mutable_basis());
  std::vector<figures::NamedClass> const names = figures::classes_of(division, *view.reference);
  auto const tell = [&](size_t number, size_t i, indicators::v1::DistributionClass& out) {
    out.set_code(names[number].code);
    out.set_display_name(names[number].title);
    fill_class(asked, of.classes[number], told, i, out);
  };
  for (size_t i = 0; i < stated; ++i) tell(i + 1, i, *response.add_classes());
  tell(0, stated, *response.mutable_unknown());
  return grpc::Status::OK;
}

}  // namespace bellwether::rpc
