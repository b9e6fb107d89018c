// Purpose: reads lists of days.
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/config/reader.h"
#include "core/base/calendar.h"

namespace bellwether::config {

// Reads the days of `key`, a text or a list of texts such as 2024-12-24 or 2024-12-24..2025-01-01,
// in ascending order into `to`. If the key is absent, `to` does not change.
void read_days(Section& section, const std::string& key, std::vector<base::Days>& to);

// Reads the names of the files of `key`, a text or a list of texts. If the key is absent, `to` does
// not change.
void read_files(Section& section, const std::string& key, std::vector<std::string>& to);

}  // namespace bellwether::config
