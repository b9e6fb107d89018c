// Purpose: reads a CSV file of any size piece by piece (RFC 4180). A row that cannot be read, or
// that has another number of fields than the first one, is told and left out. It never takes the
// lines after it with it. Real registers write quotes inside a quoted field without doubling them
// ("THE "OLD" MILL"). A quote ends a field only before a comma, a line end or the end of the file;
// any other quote is part of the text. Thread safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace bellwether::connect {

// A longer row is not a row: a quote in it is opened and never closed.
inline constexpr size_t kRowBytesMax = 64 << 10;
inline constexpr size_t kFieldsMax = 1024;

class RowReader {
 public:
  // The fields are without their quotes. They are valid until `row` returns. `line`: of the file,
  // from 1, on which the row begins. An error ends the reading.
  using Row =
      absl::FunctionRef<absl::Status(int64_t line, std::span<const std::string_view> fields)>;
  // A row that cannot be read, its first line, and why. `text` is valid until `bad` returns.
  using Bad = absl::FunctionRef<void(int64_t line, std::string_view text, std::string_view what)>;

  // Takes the next piece of the file. Blank lines are left out, and a byte order mark at the begin.
  absl::Status feed(std::string_view piece, Row row, Bad bad);
  // The file ends.
  absl::Status finish(Row row, Bad bad);

 private:
  // Reads one row from the beginning of `rest`. Returns its bytes with the line end; 0 if it is not
  // complete yet. `last`: nothing follows `rest`.
  size_t read_row(std::string_view rest, bool last);
  size_t read_quoted(std::string_view rest, size_t at, bool last);
  // Reads the rows of `text`. `used`: the number of bytes that were read.
  absl::Status read(std::string_view text, bool last, Row row, Bad bad, size_t& used);
  absl::Status take_row(Row row);
  static size_t skip_line(std::string_view rest, bool last);
  std::string wrong_fields() const;

  std::string rest_;  // of the last piece: the begin of a row
  int64_t line_ = 1;  // of the next row
  bool at_begin_ = true;
  size_t columns_ = 0;  // of the first row; 0: not read yet
  std::vector<std::string_view> fields_;
  std::vector<bool> doubled_;     // by field: it holds doubled quotes
  std::vector<std::string> own_;  // the fields with doubled quotes, without the doubles
  int64_t row_lines_ = 0;
  bool broken_ = false;  // the last row has a quote that is never closed
};

}  // namespace bellwether::connect
