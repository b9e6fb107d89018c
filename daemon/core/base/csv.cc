#include "core/base/csv.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/base/text_file_format.h"

namespace bellwether::base {
namespace {

// True for characters that no table contains. A tab is allowed; line ends are no part of a field
// unless it is quoted.
bool is_control_byte(char c) {
  auto const byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool is_blank(const std::string& field) {
  return field.find_first_not_of(" \t") == std::string::npos;
}

bool blank(const CsvRow& row) {
  return row.fields.size() == 1 && row.fields[0].empty();
}

// The name of the character that separates the columns of a header without commas; nullptr if it is
// none that other programs use.
const char* other_separator(const CsvRow& header) {
  if (header.fields.size() != 1) return nullptr;
  const std::string& text = header.fields[0];
  return text.find(';') != std::string::npos    ? "semicolons"
         : text.find('\t') != std::string::npos ? "tabs"
                                                : nullptr;
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The column of each field of the header, as an index into required + optional.
std::vector<size_t> read_header(CsvReader& reader, const std::vector<std::string>& required,
                                const std::vector<std::string>& optional, LineErrors& errors) {
  CsvRow header;
  if (reader.done()) {
    errors.add(1, "the file is empty; it needs a header row");
    return {};
  }
  if (!reader.next(header)) errors.add(1, "a quote is opened and never closed; close it");
  if (reader.fault()) errors.add(reader.fault()->line, reader.fault()->what);
  if (!errors.empty()) return {};
  if (const char* const separator = other_separator(header); separator && required.size() > 1) {
    errors.add(1, cat("the columns are separated by ", separator, "; separate them by commas"));
    return {};
  }
  std::vector<std::string> columns = required;
  columns.insert(columns.end(), optional.begin(), optional.end());
  std::vector<size_t> target(header.fields.size());
  std::vector<bool> present(columns.size());
  for (size_t i = 0; i < header.fields.size(); ++i) {
    auto const found = std::find(columns.begin(), columns.end(), header.fields[i]);
    target[i] = static_cast<size_t>(found - columns.begin());
    if (found == columns.end()) {
      errors.add(1,
                 cat("unknown column \"", header.fields[i], "\"; remove it or correct its name"));
    } else if (present[target[i]]) {
      errors.add(1, cat("column \"", header.fields[i], "\" appears twice; remove one"));
    } else {
      present[target[i]] = true;
    }
  }
  for (size_t i = 0; i < required.size(); ++i) {
    if (!present[i]) errors.add(1, cat("column \"", required[i], "\" is missing; add it"));
  }
  return target;
}

}  // namespace

void LineErrors::add(int line, std::string_view what) {
  ++count_;
  if (shown_.size() < kShownMax) shown_.push_back(cat(file_, ":", line, ": ", what));
}

absl::Status LineErrors::status() const {
  if (empty()) return absl::OkStatus();
  std::string text;
  for (const std::string& s : shown_) append(text, text.empty() ? "" : "\n", s);
  if (count_ > shown_.size()) append(text, "\n", file_, ": and ", count_ - shown_.size(), " more");
  return absl::InvalidArgumentError(text);
}

absl::StatusOr<std::vector<CsvRow>> parse_csv(std::string_view csv, std::string_view file,
                                              const std::vector<std::string>& required,
                                              const std::vector<std::string>& optional) {
  BELLWETHER_ASSIGN_OR_RETURN(CsvTable table, parse_csv_table(csv, file, required, optional));
  LineErrors errors(file);
  for (const LineError& e : table.bad) errors.add(e.line, e.what);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  return std::move(table.rows);
}

absl::StatusOr<CsvTable> parse_csv_table(std::string_view csv, std::string_view file,
                                         const std::vector<std::string>& required,
                                         const std::vector<std::string>& optional) {
  LineErrors errors(file);
  if (auto const format = other_format(csv)) {
    errors.add(1, *format);
    return errors.status();
  }
  if (auto const wrong = find_not_utf8(csv)) {
    errors.add(wrong->line, wrong->what);
    return errors.status();
  }
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
  CsvReader reader(csv);
  std::vector<size_t> const target = read_header(reader, required, optional, errors);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  CsvTable table;
  while (!reader.done()) {
    CsvRow row;
    if (!reader.next(row)) {  // the open quote has consumed the rest of the file
      for (const LineError& e : table.bad) errors.add(e.line, e.what);
      errors.add(row.line, "a quote is opened and never closed; close it");
      return errors.status();
    }
    if (reader.fault()) {
      table.bad.push_back(*reader.fault());
      continue;
    }
    if (blank(row)) continue;
    if (row.fields.size() != target.size()) {
      table.bad.push_back({row.line, cat(row.fields.size(), " fields where the header has ",
                                         target.size(), "; give each column a field")});
      continue;
    }
    CsvRow ordered{row.line, std::vector<std::string>(required.size() + optional.size())};
    for (size_t i = 0; i < target.size(); ++i) ordered.fields[target[i]] = std::move(row.fields[i]);
    table.rows.push_back(std::move(ordered));
  }
  return table;
}

bool CsvReader::next(CsvRow& row) {
  row.line = line_;
  row.fields.assign(1, "");
  fault_.reset();
  Place place = Place::kPlain;
  while (!rest_.empty()) {
    char const c = rest_.front();
    if (c == '\n' || c == '\r') {
      LineEnds const ends = leading_line_ends(rest_);
      line_ += ends.lines;
      if (place == Place::kQuoted) row.fields.back() += rest_.substr(0, ends.bytes);
      rest_.remove_prefix(ends.bytes);
      if (place != Place::kQuoted) return true;
      continue;
    }
    rest_.remove_prefix(1);
    if (place != Place::kQuoted && c == dialect_.delimiter) {
      row.fields.emplace_back();
      place = Place::kPlain;
    } else {
      place = add(c, place, row);
    }
  }
  return place != Place::kQuoted;
}

// Adds a character that ends neither field nor record, unless it is a quote with a meaning.
CsvReader::Place CsvReader::add(char c, Place place, CsvRow& row) {
  std::string& field = row.fields.back();
  bool const quote = c == dialect_.quote && c != '\0';
  if (quote && place == Place::kQuoted) {
    if (!rest_.starts_with(c)) return Place::kAfterQuote;
    rest_.remove_prefix(1);
  } else if (quote && place == Place::kPlain && is_blank(field)) {
    if (!field.empty()) complain(row, "has blanks before its opening quote; remove them");
    return Place::kQuoted;
  } else if (place == Place::kAfterQuote) {
    complain(row,
             "has text after its closing quote; remove the text, or write each quote inside the "
             "field twice");
    place = Place::kRest;
  } else if (is_control_byte(c)) {
    complain(row, c == '\0' ? "contains a NUL byte; remove it"
                            : absl::StrFormat("contains the control character 0x%02X; remove it",
                                              static_cast<unsigned char>(c)));
  }
  field += c;
  return place;
}

void CsvReader::complain(const CsvRow& row, std::string_view what) {
  if (!fault_) fault_ = LineError{line_, cat("field ", row.fields.size(), " ", what)};
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (char const c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace bellwether::base
