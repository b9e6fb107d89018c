// Purpose: the distribution of a figure over the parts of an area, protected. What is in no part is
// shown apart. Thread safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include "adapters/rpc/subjects.h"
#include "bellwether/indicators/v1/indicators.pb.h"
#include "core/engine/view.h"

namespace bellwether::rpc {

struct AskedFigure {
  const Subject& subject;
  const engine::View& view;
  indicators::Node node;
  base::PeriodIndex period;
};

// Fills the classes, the total and the unit; marks the basis. Error: INVALID_ARGUMENT if the figure
// or the area cannot be divided. REQUIRES: the view has data_through.
grpc::Status divide_by_area(const AskedFigure& asked,
                            indicators::v1::GetDistributionResponse& response);

}  // namespace bellwether::rpc
