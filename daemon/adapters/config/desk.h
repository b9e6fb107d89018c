// Purpose: reads the section `desk`: time zone, hours and holidays of the support desks.
// Thread safety: pure.
#pragma once

#include "adapters/config/config.h"
#include "adapters/config/reader.h"

namespace bellwether::config {

// A source takes what it does not state from the section itself.
void read_desks(Section desk, const TimeZones& time_zones, DesksConfig& to);

}  // namespace bellwether::config
