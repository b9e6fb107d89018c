// Purpose: the names of the monthly files: whose day they show, and whether all parts are there.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/calendar.h"

namespace bellwether::connect::companies_house {

struct FileName {
  std::optional<base::Days> date;  // 2026-11-01 of "BasicCompanyDataAsOneFile-2026-11-01.zip"
  int part = 1;                    // of "BasicCompanyData-2026-11-01-part3_7.zip"
  int parts = 1;
};
// `path`: with or without folders. A name of another form has no date and is one whole file.
FileName read_file_name(std::string_view path);

// The date of a load from the names of its files. `as_of`: the date that the user states, for files
// without a date in their name. `today`: no file is of a later day. Errors: InvalidArgument if a
// date is missing or in the future, if dates differ, if a part is missing or there twice, or if
// there are two whole files.
absl::StatusOr<base::Days> date_of_load(const std::vector<std::string>& paths,
                                        std::optional<base::Days> as_of, base::Days today);

}  // namespace bellwether::connect::companies_house
