#include "core/indicators/by_class.h"

#include <vector>

#include "adapters/rpc/divide.h"
#include "adapters/rpc/errors.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {
namespace {

namespace figures = ::bellwether::indicators;

figures::ByClass by_class_of(const AskedFigure& asked, domain::Division division) {
  const auto& [subject, view, node, period] = asked;
  if (const auto* const indicator = std::get_if<figures::Indicator>(&subject.id)) {
    return figures::by_class(*indicator, division, *view.panel, node, period,
                             view.reported->late(*view.data_through));
  }
  return figures::by_class(std::get<figures::Measure>(subject.id), division, *view.panel, node,
                           period);
}

}  // namespace

grpc::Status divide_by_class(const AskedFigure& asked, domain::Division division,
                             indicators::v1::GetDistributionResponse& response) {
  figures::ByClass of = by_class_of(asked, division);
  if (!of.not_available.empty()) {
    BadRequest bad;
    bad.add("name", of.not_available);
    return bad.status();
  }
  // Number 0 is what states no class. It is protected with the others, but has no share.
  std::vector<figures::Value*> values;
  for (size_t i = 1; i < of.classes.size(); ++i) values.push_back(&of.classes[i]);
  size_t const stated = values.size();
  values.push_back(&of.classes[0]);
  ToldClasses const told = protect_classes(asked.subject, values, stated, figures::withheld_classes,
                                           *response.mutable_basis());
  std::vector<figures::NamedClass> const names =
      figures::classes_of(division, *asked.view.reference);
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
