#include "core/indicators/by_decile.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "adapters/rpc/divide.h"
#include "adapters/rpc/errors.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/privacy.h"
#include "core/indicators/disclosure.h"

namespace bellwether::rpc {
namespace {

namespace figures = ::bellwether::indicators;
using reference::kDeciles;

std::vector<bool> withheld_of_deciles(std::span<const double> cases) {
  std::array<double, kDeciles> by_decile{};
  std::ranges::copy(cases, by_decile.begin());
  auto const out = figures::withheld_deciles(by_decile);
  return std::vector<bool>(out.begin(), out.end());
}

// Protects what is not in a decile, and marks what is withheld. REQUIRES: a figure about people.
void protect_unknown(const Subject& subject, figures::Distribution& of,
                     indicators::v1::GetDistributionResponse& response) {
  common::v1::Basis& basis = *response.mutable_basis();
  double const unknown = cases_of(subject, of.unknown);
  response.mutable_unknown()->set_suppressed(unknown < kSupportCellMin);
  if (std::optional<figures::Value>& mass = of.mass) {
    double const there = cases_of(subject, *mass);
    // With the unknown class it tells the rest of that class.
    bool const withheld = there < kSupportCellMin || unknown - there < kSupportCellMin;
    protect(subject, *mass, basis);
    if (withheld && mass->ok()) suppress(*mass, basis);
    response.mutable_mass_addresses()->set_suppressed(withheld);
  }
  protect(subject, of.unknown, basis);
}

}  // namespace

grpc::Status divide_by_decile(const AskedFigure& asked,
                              indicators::v1::GetDistributionResponse& response) {
  const Subject& subject = asked.subject;
  const engine::View& view = asked.view;
  figures::Distribution of = figures::distribution(
      subject.id, *view.panel, asked.node, asked.period, view.reported->late(*view.data_through));
  if (!of.not_available.empty()) {
    BadRequest bad;
    bad.add("name", of.not_available);
    return bad.status();
  }
  std::vector<figures::Value*> values;
  for (figures::Value& v : of.known) values.push_back(&v);
  ToldClasses const told =
      protect_classes(subject, values, kDeciles, withheld_of_deciles, *response.mutable_basis());
  if (subject.privacy != domain::Privacy::kPublic) protect_unknown(subject, of, response);
  for (size_t d = 0; d < kDeciles; ++d) {
    indicators::v1::DistributionClass& out = *response.add_classes();
    out.set_decile(static_cast<int32_t>(d + 1));
    fill_class(asked, of.known[d], told, d, out);
  }
  std::string const name = asked.period_name();
  fill(of.unknown, name, *response.mutable_unknown()->mutable_value());
  if (of.mass) fill(*of.mass, name, *response.mutable_mass_addresses()->mutable_value());
  response.set_deprivation_index(view.reference->deprivation_index);
  return grpc::Status::OK;
}

}  // namespace bellwether::rpc
