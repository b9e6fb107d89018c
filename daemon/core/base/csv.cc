#include "core/base/csv.h"

#include <algorithm>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::base {
namespace {

// Reads one record after another. Quoted fields may contain commas, doubled quotes and line breaks.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  int line() const { return line_; }

  // False if a quote is never closed.
  bool next(CsvRow& row) {
    row.line = line_;
    row.fields.assign(1, "");
    bool quoted = false;
    while (!rest_.empty()) {
      char const c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\n') ++line_;
      if (quoted) {
        if (c != '"') {
          row.fields.back() += c;
        } else if (!rest_.empty() && rest_.front() == '"') {
          rest_.remove_prefix(1);
          row.fields.back() += '"';
        } else {
          quoted = false;
        }
      } else if (c == '"' && row.fields.back().empty()) {
        quoted = true;
      } else if (c == ',') {
        row.fields.emplace_back();
      } else if (c == '\n') {
        break;
      } else if (c != '\r') {
        row.fields.back() += c;
      }
    }
    return !quoted;
  }

 private:
  std::string_view rest_;
  int line_ = 1;
};

bool blank(const CsvRow& row) {
  return row.fields.size() == 1 && row.fields[0].empty();
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
  if (csv.substr(0, 3) == "\xef\xbb\xbf") csv.remove_prefix(3);
  Reader reader(csv);
  CsvRow header;
  if (reader.done() || !reader.next(header)) {
    errors.add(1, "the file is empty; it needs a header row");
    return errors.status();
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
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  CsvTable table;
  while (!reader.done()) {
    CsvRow row;
    if (!reader.next(row)) {  // the open quote has consumed the rest of the file
      for (const LineError& e : table.bad) errors.add(e.line, e.what);
      errors.add(row.line, "a quote is opened and never closed; close it");
      return errors.status();
    }
    if (blank(row)) continue;
    if (row.fields.size() != target.size()) {
      table.bad.push_back({row.line, cat(row.fields.size(), " fields where the header has ",
                                         target.size(), "; give each column a field")});
      continue;
    }
    CsvRow ordered{row.line, std::vector<std::string>(columns.size())};
    for (size_t i = 0; i < target.size(); ++i) ordered.fields[target[i]] = std::move(row.fields[i]);
    table.rows.push_back(std::move(ordered));
  }
  return table;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (char const c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace bellwether::base
