// Purpose: reads a mapping from YAML. All errors are reported at once, with their lines.
// Thread safety: pure, except for `time_zones`.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/config/config.h"
#include "connect/table/mapping.h"

namespace bellwether::connect::table {

// `time_zones` finds clock.time_zone; if it is empty, only UTC is known. Error: InvalidArgument
// with one line per error: "file:line: key: what is wrong; what to write".
absl::StatusOr<Mapping> read_mapping(std::string_view yaml, std::string_view file,
                                     const config::TimeZones& time_zones = {});

}  // namespace bellwether::connect::table
