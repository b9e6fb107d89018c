// Purpose: loads one month of BasicCompanyData: reads its files, asks the state what is known of
// each company, says what is new, and at the end which companies are gone. The state holds in its
// notes which file was loaded last. A run that was killed, or that refuses to end because too many
// companies are gone, leaves that note as it was; the same file may then be loaded again, and a
// later one too. Thread safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/connect/connect.h"
#include "core/base/calendar.h"

namespace bellwether::cli {

struct BulkOptions {
  std::vector<std::string> files;   // one whole file or all parts, CSV or zip
  std::optional<base::Days> as_of;  // for names without a date
  base::Days today;                 // no file is of a later day
  bool accept_cessations = false;   // however many they are
  bool again = false;               // load the last file once more
  std::string mass_addresses;       // file to write them to; empty: none
};

struct BulkSummary {
  base::Days date;             // of the file
  bool loaded_before = false;  // this very file: nothing was read
  bool first = false;          // nothing was known before
  int64_t rows = 0;
  int64_t companies = 0;                              // on the register, by this file
  std::vector<std::pair<std::string, int64_t>> said;  // facts by name, without zeros
  int64_t late = 0;                      // long incorporated, and not in the files before
  int64_t old_codes = 0;                 // of SIC 2003, left out
  int64_t odd_dates = 0;                 // of filings, left out
  int64_t unknown_categories = 0;        // legal form "other"
  std::optional<size_t> mass_addresses;  // written; nullopt: not asked for
};
// For people, several lines.
std::string text_of(const BulkSummary& summary);

// The day that the last complete load shows; nullopt: there was none.
std::optional<base::Days> filed_through(const lmdb::Store& store);

// If more of a file's rows are unreadable, it is damaged, or not that file: one row in fifty.
inline constexpr double kUnreadableShareMax = 0.02;
inline constexpr int64_t kUnreadableAlwaysMax = 20;

// Errors: InvalidArgument for names, dates and headers; FailedPrecondition for a file that is older
// than the state, for one without a usable row or with too many unreadable ones, and for too many
// cessations; DataLoss for a damaged file, and one that ends within a row; those of the outlet and
// the state. With these, the file does not count as loaded, and no cessation was said.
// Unavailable if the mass addresses cannot be written.
absl::StatusOr<BulkSummary> load_bulk(ConnectRun& run, const BulkOptions& options);

}  // namespace bellwether::cli
