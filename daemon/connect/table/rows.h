// Purpose: reads the rows of a table, CSV or JSON lines, in the columns that a mapping names.
// Thread safety: one thread; the caller reads the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "connect/table/mapping.h"

namespace bellwether::connect::table {

inline constexpr size_t kRowBytesMax = 1 << 20;
// A path that none of the first lines of a file has is an error; a path of a later line is too
// late to correct the mapping.
inline constexpr int kSampleLines = 1'000;
// Separates the values of a JSON list within one column. No table contains it.
inline constexpr char kListSeparator = '\x1f';

struct Row {
  int line = 0;                     // in the file, from 1
  std::vector<std::string> fields;  // by column of the mapping, without blanks at the ends
};

// A line that is no row, and why.
struct BadRow {
  int line = 0;
  std::string what;
  bool loses_rest = false;  // no row after it can be read
};

class Rows {
 public:
  // `text` and `mapping` must outlive the rows. Error: InvalidArgument if the file is no table in
  // this format, is empty, or lacks columns; the message lists the columns that it has.
  static absl::StatusOr<Rows> open(std::string_view text, std::string_view file,
                                   const Mapping& mapping);

  // Reads the next row, or the next line that is none. False at the end.
  bool next(Row& row, std::optional<BadRow>& bad);
  // Of the text, behind the last row.
  size_t bytes_left() const {
    return mapping_->input.format == Format::kCsv ? csv_.bytes_left() : text_.size();
  }

 private:
  Rows(std::string_view text, const Mapping& mapping);
  absl::Status open_csv(std::string_view file);
  absl::Status open_json(std::string_view file);
  bool next_csv(Row& row, std::optional<BadRow>& bad);
  bool next_json(Row& row, std::optional<BadRow>& bad);

  std::string_view text_;
  const Mapping* mapping_;
  base::CsvReader csv_;
  size_t width_ = 0;             // fields of the header
  std::vector<size_t> targets_;  // by column of the mapping: the field; kAbsent
  int json_line_ = 0;
};

}  // namespace bellwether::connect::table
