// Purpose: values of the core from the parts that requests share. Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rpc/errors.h"
#include "bellwether/common/v1/common.pb.h"
#include "core/base/calendar.h"
#include "core/engine/view.h"
#include "core/indicators/panel.h"

namespace bellwether::rpc {

// The node of a request; violations name `field`.area and `field`.sector.
indicators::Node read_node(const engine::View& view, const common::v1::Node& node,
                           std::string_view field, BadRequest& bad);
// A period of the calendar; `fallback` where the text is empty.
base::PeriodIndex read_period(const engine::View& view, const std::string& text,
                              std::string_view field, base::PeriodIndex fallback, BadRequest& bad);

}  // namespace bellwether::rpc
