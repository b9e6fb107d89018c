// Purpose: tables in CSV (RFC 4180) with a header row, and errors that name every bad line.
// Thread safety: pure; the caller reads the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::base {

// What is wrong with a text file, line by line.
class LineErrors {
 public:
  static constexpr size_t kShownMax = 20;

  explicit LineErrors(std::string_view file) : file_(file) {}
  // "file:line: what"; `what` also says what to do.
  void add(int line, std::string_view what);
  bool empty() const { return count_ == 0; }
  // OK, or InvalidArgument with the first kShownMax errors, a line each, and how many follow.
  absl::Status status() const;

 private:
  std::string file_;
  std::vector<std::string> shown_;
  size_t count_ = 0;
};

struct CsvRow {
  int line = 0;  // in the file, from 1
  std::vector<std::string>
      fields;  // in the order of the columns asked for; "" where optional and absent
  const std::string& operator[](size_t column) const { return fields[column]; }
};

// Reads the columns asked for, in any order in the file; other columns are an error, for they are
// mostly misspelt. Fields may be quoted; blank lines are passed over; a UTF-8 byte order mark too.
// Error: InvalidArgument listing missing and unknown columns and rows of another number of fields.
absl::StatusOr<std::vector<CsvRow>> parse_csv(std::string_view csv, std::string_view file,
                                              const std::vector<std::string>& required,
                                              const std::vector<std::string>& optional = {});

// A line that cannot be used; `what` also says what to do.
struct LineError {
  int line = 0;
  std::string what;
};
struct CsvTable {
  std::vector<CsvRow> rows;
  std::vector<LineError> bad;  // rows with a wrong number of fields
};
// As parse_csv, for callers that go on with the good rows and name the bad ones themselves.
absl::StatusOr<CsvTable> parse_csv_table(std::string_view csv, std::string_view file,
                                         const std::vector<std::string>& required,
                                         const std::vector<std::string>& optional = {});

// `text` as a field to write: quoted where it must be.
std::string csv_field(std::string_view text);

}  // namespace bellwether::base
