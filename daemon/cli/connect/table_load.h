// Purpose: reads tables by a mapping and says what is new in them. The state holds what was said of
// each fact, and in its note the high-water mark, which is written with the last commit.
// Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/connect/connect.h"
#include "connect/table/connector.h"
#include "connect/table/mapping.h"
#include "core/base/calendar.h"

namespace bellwether::cli {

struct TableOptions {
  std::vector<std::string> files;
  std::string as_of;          // publication of the files; empty: by the mapping
  std::string register_list;  // CSV or zip of registered businesses, for `match`
  std::string review;         // the enquirers below the threshold are added to it
  base::UnixMillis now;       // the clock of the run
};

// Errors: InvalidArgument for a file that the mapping does not fit; FailedPrecondition for a state
// of another mapping; NotFound; those of the outlet and the state.
absl::StatusOr<connect::table::Counts> load_tables(ConnectRun& run,
                                                   const connect::table::Mapping& mapping,
                                                   const TableOptions& options);

// For people, several lines.
std::string text_of(const connect::table::Counts& counts, const connect::table::Mapping& mapping);

}  // namespace bellwether::cli
