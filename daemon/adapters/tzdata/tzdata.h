// Purpose: reads time zones from the time zone database of the system (Debian: tzdata), as tables
// for the core.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/base/time_zone.h"

namespace bellwether::tzdata {

// The zone from 1970 to base::kInstantEnd; later changes of its law are those that the database
// foresees. `name`: "UTC", or a name of the form Area/Location, such as "Europe/London". Error:
// InvalidArgument if the name has another form or is not in the database. The message says what to
// do.
absl::StatusOr<base::TimeZone> read_time_zone(const std::string& name);

}  // namespace bellwether::tzdata
