// Mappings of tables, read with two time zones that need no database.
#pragma once

#include <string>
#include <string_view>

#include "connect/table/mapping_reader.h"
#include "support/must.h"
#include "support/time_zones.h"

namespace bellwether::testing {

// Knows the two zones of support/time_zones.h.
inline absl::StatusOr<base::TimeZone> two_zones(const std::string& name) {
  if (name == "Asia/Singapore") return singapore();
  if (name == "Europe/London") return london();
  return absl::InvalidArgumentError("is not known; correct it");
}

inline connect::table::Mapping mapping_of(std::string_view yaml) {
  return must(connect::table::read_mapping(yaml, "m.yaml", two_zones));
}

}  // namespace bellwether::testing
