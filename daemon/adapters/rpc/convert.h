// Purpose: what the core knows, as API messages and as sentences for a person.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/rpc/errors.h"
#include "bellwether/alerts/v1/alerts.pb.h"
#include "bellwether/common/v1/common.pb.h"
#include "bellwether/indicators/v1/indicators.pb.h"
#include "core/alerts/book.h"
#include "core/engine/view.h"
#include "core/indicators/panel.h"

namespace bellwether::rpc {

void fill(const engine::View& view, common::v1::Basis& out);
// `now` decides which silences are in force.
void fill(const engine::View& view, const alerts::Alert& alert, base::UnixMillis now,
          bellwether::alerts::v1::Alert& out);
void fill(const engine::View& view, const alerts::Transition& transition, base::UnixMillis now,
          bellwether::alerts::v1::Transition& out);
void fill(const alerts::Silence& silence, base::UnixMillis now,
          bellwether::alerts::v1::Silence& out);

// "Births in Manufacturing, Singapore, 1997-06: 412 observed, 517 expected (20 % below)".
std::string summary(const engine::View& view, const alerts::Transition& transition);
// Paragraphs for a person: what turned, since when, how sure, what accounts for it, what to do.
std::vector<std::string> explanation(const engine::View& view, const alerts::Alert& alert);

// The node of a request; violations name `field`.area and `field`.sector.
indicators::Node read_node(const engine::View& view, const common::v1::Node& node,
                           std::string_view field, BadRequest& bad);
// A period of the calendar; `fallback` where the text is empty.
base::PeriodIndex read_period(const engine::View& view, const std::string& text,
                              std::string_view field, base::PeriodIndex fallback, BadRequest& bad);
void fill(const engine::View& view, indicators::Node node, common::v1::Node& out);

}  // namespace bellwether::rpc
