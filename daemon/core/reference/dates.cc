#include "core/reference/dates.h"

#include <string>

#include "absl/status/statusor.h"
#include "core/base/text.h"

namespace bellwether::reference {

Validity parse_validity(const base::CsvRow& row, size_t from, base::LineErrors& errors) {
  Validity v;
  auto const date = [&](const std::string& text, Days open) {
    if (text.empty()) return open;
    absl::StatusOr<Days> const day = base::parse_date(text);
    if (day.ok()) return *day;
    errors.add(row.line, base::cat(day.status().message(), ", or leave it empty"));
    return open;
  };
  v.from = date(row[from], v.from);
  v.until = date(row[from + 1], v.until);
  if (!(v.from < v.until)) errors.add(row.line, "from is not before until; swap them");
  return v;
}

}  // namespace bellwether::reference
