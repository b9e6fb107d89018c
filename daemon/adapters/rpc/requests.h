// Purpose: parses the common parts of requests into values of the core.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/rpc/errors.h"
#include "adapters/rpc/periods.h"
#include "bellwether/common/v1/common.pb.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"
#include "core/engine/view.h"
#include "core/indicators/panel.h"

namespace bellwether::rpc {

// The node of a request. Violations have the fields `field`.area and `field`.sector.
indicators::Node read_node(const engine::View& view, const common::v1::Node& node,
                           std::string_view field, BadRequest& bad);
// The rule of the set with that id; null, and a violation that names them all, if there is none.
// `rules` may be null.
const alerts::Rule* read_rule(const alerts::RuleSet* rules, const std::string& id,
                              std::string_view field, BadRequest& bad);
// A period for which there is data; `fallback` if the text is empty.
base::PeriodIndex read_period(const engine::View& view, const std::string& text,
                              std::string_view field, base::PeriodIndex fallback, BadRequest& bad);

// The last complete period, for which requests ask if they name none; before there is one, the
// first kept one.
base::PeriodIndex latest(const engine::View& view);

struct PeriodRange {
  base::PeriodIndex first;
  base::PeriodIndex last;
};
// The periods of a request with from_period and to_period; empty texts mean the first and the last
// period for which there is data. Before any period is complete, periods may be named nevertheless;
// an end that is left out is then that of the other.
PeriodRange read_period_range(const engine::View& view, const std::string& from,
                              const std::string& to, BadRequest& bad);

}  // namespace bellwether::rpc
