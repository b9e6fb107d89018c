// Purpose: converts values of the core to API messages.
// Thread safety: pure.
#pragma once

#include <string>

#include "bellwether/alerts/v1/alerts.pb.h"
#include "bellwether/common/v1/common.pb.h"
#include "bellwether/indicators/v1/indicators.pb.h"
#include "core/alerts/alert.h"
#include "core/alerts/silence.h"
#include "core/alerts/transition.h"
#include "core/engine/view.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"

namespace bellwether::rpc {

// `now` decides which silences are in force.
void fill(const engine::View& view, base::UnixMillis now, common::v1::Basis& out);
void fill(const engine::View& view, const alerts::Alert& alert, base::UnixMillis now,
          bellwether::alerts::v1::Alert& out);
void fill(const engine::View& view, const alerts::Transition& transition, base::UnixMillis now,
          bellwether::alerts::v1::Transition& out);
void fill(const engine::View& view, const alerts::Evidence& evidence,
          bellwether::alerts::v1::Evidence& out);
// At most kHappeningPartsMax parts.
void fill(const engine::View& view, const engine::Happening& happening,
          bellwether::alerts::v1::Happening& out);
void fill(const alerts::Silence& silence, base::UnixMillis now,
          bellwether::alerts::v1::Silence& out);

void fill(const indicators::Value& value, const std::string& period,
          bellwether::indicators::v1::Value& out);
void fill(const engine::View& view, indicators::Node node, common::v1::Node& out);
void fill(const engine::View& view, indicators::Node node, bellwether::alerts::v1::NamedNode& out);

}  // namespace bellwether::rpc
