// Purpose: the distributions of a figure: over the parts of an area, over the deciles of
// deprivation of the places, and over classes of what is counted. All are protected here. What has
// no class is shown apart. Thread safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "adapters/rpc/subjects.h"
#include "bellwether/indicators/v1/indicators.pb.h"
#include "core/domain/divisions.h"
#include "core/engine/view.h"

namespace bellwether::rpc {

struct AskedFigure {
  const Subject& subject;
  const engine::View& view;
  indicators::Node node;
  base::PeriodIndex period;

  std::string period_name() const { return view.calendar.name(period); }
};

// Each fills the classes and the unknown class, and marks the basis. Error: INVALID_ARGUMENT if the
// figure or the node cannot be divided. REQUIRES: the view has data_through.
grpc::Status divide_by_area(const AskedFigure& asked,
                            indicators::v1::GetDistributionResponse& response);
// REQUIRES: the deployment has deciles.
grpc::Status divide_by_decile(const AskedFigure& asked,
                              indicators::v1::GetDistributionResponse& response);
grpc::Status divide_by_class(const AskedFigure& asked, domain::Division division,
                             indicators::v1::GetDistributionResponse& response);

// Fills value, share and mark of one class. `i`: its number in `told`.
void fill_class(const AskedFigure& asked, const indicators::Value& v, const ToldClasses& told,
                size_t i, indicators::v1::DistributionClass& out);

}  // namespace bellwether::rpc
