// Fuzzes base::parse_csv with a text. An accepted table has the requested columns, and its rows are
// in the order of their lines. It does not change when it is written and read again. An error names
// a line.
#include "core/base/csv.h"

#include "core/base/check.h"
#include "fuzz/complaint.h"
#include "fuzz/csv_text.h"
#include "fuzz/input.h"

namespace bellwether::base {
namespace {

void check(std::string_view text) {
  auto const rows = parse_csv(text, "f.csv", {"a", "b"}, {"c"});
  if (!rows.ok()) return fuzz::check_complaint(rows.status(), "f.csv", text);
  int line = 1;
  std::string written = fuzz::csv_line({"a", "b", "c"});
  for (const CsvRow& row : *rows) {
    BELLWETHER_CHECK(row.fields.size() == 3);
    BELLWETHER_CHECK(row.line > line && row.line <= fuzz::lines_max(text));
    line = row.line;
    written += fuzz::csv_line(row.fields);
  }
  auto const again = parse_csv(written, "f.csv", {"a", "b"}, {"c"});
  BELLWETHER_CHECK(again.ok() && again->size() == rows->size());
  for (size_t i = 0; i < rows->size(); ++i) {
    BELLWETHER_CHECK((*again)[i].fields == (*rows)[i].fields);
  }
}

}  // namespace
}  // namespace bellwether::base

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::base::check(bellwether::fuzz::Input(data, size).rest());
  return 0;
}
