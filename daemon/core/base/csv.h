// Purpose: reads and writes CSV tables (RFC 4180) with a header row. Errors name the bad lines.
// Thread safety: pure; the caller reads the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::base {

// Collects the errors of a text file, by line.
class LineErrors {
 public:
  static constexpr size_t kShownMax = 20;

  explicit LineErrors(std::string_view file) : file_(file) {}
  // Adds the error "file:line: what". `what` states the error and how to correct it.
  void add(int line, std::string_view what);
  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  // OK if there is no error. Otherwise InvalidArgument with the first kShownMax errors, one per
  // line, and the number of further errors.
  absl::Status status() const;

 private:
  std::string file_;
  std::vector<std::string> shown_;
  size_t count_ = 0;
};

struct CsvRow {
  int line = 0;  // in the file, from 1
  std::vector<std::string>
      fields;  // in the order of the requested columns; "" if an optional column is absent
  const std::string& operator[](size_t column) const { return fields[column]; }
};

// Reads the required and optional columns, in any order in the file. Any other column is an error,
// because its name is usually misspelt. Fields may be quoted. Lines end with LF, CR LF or CR. Blank
// lines and a UTF-8 byte order mark are skipped. Error: InvalidArgument; it names a file that is
// not UTF-8 text (text_file_format.h), or lists missing, unknown and duplicate columns, rows that
// cannot be used (CsvTable::bad), and a quote that is never closed.
absl::StatusOr<std::vector<CsvRow>> parse_csv(std::string_view csv, std::string_view file,
                                              const std::vector<std::string>& required,
                                              const std::vector<std::string>& optional = {});

// A line that cannot be used. `what` states the error and how to correct it.
struct LineError {
  int line = 0;
  std::string what;
};
struct CsvTable {
  std::vector<CsvRow> rows;
  // Rows with a wrong number of fields, with a NUL byte or another control character, with blanks
  // before an opening quote, or with text after a closing quote.
  std::vector<LineError> bad;
};
// Like parse_csv(), but the rows that cannot be used are in CsvTable::bad and are no error.
// For callers that use the good rows and report the bad ones themselves.
absl::StatusOr<CsvTable> parse_csv_table(std::string_view csv, std::string_view file,
                                         const std::vector<std::string>& required,
                                         const std::vector<std::string>& optional = {});

// The characters by which a file separates and quotes its fields.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';  // '\0': no field is quoted
};

// Reads one record after another, whatever its columns. Quoted fields may contain delimiters,
// doubled quotes and line breaks.
class CsvReader {
 public:
  // `text` must outlive the reader. It has no byte order mark.
  explicit CsvReader(std::string_view text, CsvDialect dialect = {})
      : rest_(text), dialect_(dialect) {}

  bool done() const { return rest_.empty(); }
  size_t bytes_left() const { return rest_.size(); }
  // Reads the next record; a blank line is a record with one empty field. False if a quote is never
  // closed: it has consumed the rest of the text.
  bool next(CsvRow& row);
  // The first fault of the last record, as in CsvTable::bad. A record with a fault is no row.
  const std::optional<LineError>& fault() const { return fault_; }

 private:
  enum class Place : uint8_t {
    kPlain,       // outside quotes
    kQuoted,      // between two quotes
    kAfterQuote,  // directly after the closing quote
    kRest,        // behind text after the closing quote
  };
  Place add(char c, Place place, CsvRow& row);
  void complain(const CsvRow& row, std::string_view what);

  std::string_view rest_;
  CsvDialect dialect_;
  int line_ = 1;
  std::optional<LineError> fault_;
};

// `text` as a CSV field, quoted if necessary.
std::string csv_field(std::string_view text);

}  // namespace bellwether::base
