#include "connect/table/rows.h"

#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/base/text_file_format.h"

namespace bellwether::connect::table {
namespace {

using base::cat;
using Json = nlohmann::json;

constexpr size_t kAbsent = std::numeric_limits<size_t>::max();
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr size_t kColumnsShownMax = 60;  // in a message

// The characters 0x80 … 0x9f of windows-1252. 0: the byte is no character.
constexpr char16_t kWindows1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

void append_utf8(std::string& to, char16_t c) {
  if (c < 0x800) {
    to += static_cast<char>(0xc0 | (c >> 6));
  } else {
    to += static_cast<char>(0xe0 | (c >> 12));
    to += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
  }
  to += static_cast<char>(0x80 | (c & 0x3f));
}

// Converts the text to UTF-8. False if a byte is no character of the encoding.
bool to_utf8(std::string& text, Encoding encoding) {
  if (std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; })) return true;
  if (encoding == Encoding::kUtf8) return !base::find_not_utf8(text);
  std::string out;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    char16_t character = byte;
    if (byte >= 0x80 && byte < 0xa0) {
      if (encoding == Encoding::kLatin1) return false;
      character = kWindows1252[byte - 0x80];
      if (character == 0) return false;
    }
    if (byte < 0x80) {
      out += c;
    } else {
      append_utf8(out, character);
    }
  }
  text = std::move(out);
  return true;
}

void trim(std::string& text) {
  size_t const first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return text.clear();
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, first);
}

std::string wrong_encoding(const Mapping& mapping) {
  return cat("is not ", kEncodingWords[static_cast<size_t>(mapping.input.encoding)],
             "; set input.encoding to utf-8, latin-1 or windows-1252, as the file was exported");
}

absl::Status missing_columns(std::string_view file, const Mapping& mapping,
                             const std::vector<std::string>& missing,
                             std::vector<std::string> present) {
  if (missing.empty()) return absl::OkStatus();
  size_t const more = present.size() > kColumnsShownMax ? present.size() - kColumnsShownMax : 0;
  present.resize(present.size() - more);
  return absl::InvalidArgumentError(
      cat(file, ": lacks ", absl::StrJoin(missing, ", "), "; it has ", absl::StrJoin(present, ", "),
          more > 0 ? cat(" and ", more, " more") : "", "; correct ", mapping.file,
          ", or set optional: true where a file may lack a column"));
}

// The value at a dotted path; nullptr if it is absent.
const Json* find_path(const Json& object, std::string_view path) {
  const Json* at = &object;
  while (true) {
    size_t const dot = std::min(path.find('.'), path.size());
    if (!at->is_object()) return nullptr;
    auto const found = at->find(std::string(path.substr(0, dot)));
    if (found == at->end()) return nullptr;
    at = &*found;
    if (dot == path.size()) return at;
    path.remove_prefix(dot + 1);
  }
}

// The value as a text. False if it is an object, or a list of lists or objects.
bool to_text(const Json& value, std::string& to) {
  if (value.is_null()) return true;
  if (value.is_string()) {
    to += value.get_ref<const std::string&>();
  } else if (value.is_primitive()) {
    to += value.dump();
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      if (i > 0) to += kListSeparator;
      if (value[i].is_structured() || !to_text(value[i], to)) return false;
    }
  } else {
    return false;
  }
  return true;
}

// The paths of all values below `value`.
void add_paths(const Json& value, const std::string& path, std::set<std::string>& to) {
  if (!value.is_object()) {
    to.insert(path);
    return;
  }
  for (const auto& [key, below] : value.items()) {
    add_paths(below, path.empty() ? key : cat(path, ".", key), to);
  }
}

// The first line of `text`, without its end; removes it from `text`.
std::string_view take_line(std::string_view& text) {
  size_t const end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

Rows::Rows(std::string_view text, const Mapping& mapping)
    : text_(text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text),
      mapping_(&mapping),
      csv_(text_, mapping.input.dialect) {}

absl::StatusOr<Rows> Rows::open(std::string_view text, std::string_view file,
                                const Mapping& mapping) {
  if (auto const format = base::other_format(text)) {
    return absl::InvalidArgumentError(cat(file, ":1: ", *format));
  }
  Rows rows(text, mapping);
  if (rows.text_.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return absl::InvalidArgumentError(cat(file, ": the file is empty; is the export complete?"));
  }
  BELLWETHER_RETURN_IF_ERROR(mapping.input.format == Format::kCsv ? rows.open_csv(file)
                                                                  : rows.open_json(file));
  return rows;
}

absl::Status Rows::open_csv(std::string_view file) {
  base::CsvRow header;
  if (!csv_.next(header)) {
    return absl::InvalidArgumentError(
        cat(file, ":", header.line, ": a quote is opened and never closed; close it"));
  }
  if (csv_.fault()) {
    return absl::InvalidArgumentError(cat(file, ":", csv_.fault()->line, ": ", csv_.fault()->what));
  }
  for (std::string& name : header.fields) {
    if (!to_utf8(name, mapping_->input.encoding)) {
      return absl::InvalidArgumentError(
          cat(file, ":", header.line, ": the header ", wrong_encoding(*mapping_)));
    }
    trim(name);
  }
  width_ = header.fields.size();
  std::vector<std::string> missing;
  for (const Column& column : mapping_->columns) {
    auto const found = std::ranges::find(header.fields, column.name);
    if (found != header.fields.end() &&
        std::find(found + 1, header.fields.end(), column.name) != header.fields.end()) {
      return absl::InvalidArgumentError(
          cat(file, ":", header.line, ": column \"", column.name, "\" appears twice; rename one"));
    }
    bool const there = found != header.fields.end();
    targets_.push_back(there ? static_cast<size_t>(found - header.fields.begin()) : kAbsent);
    if (!there && !column.optional) missing.push_back(cat("\"", column.name, "\""));
  }
  return missing_columns(file, *mapping_, missing, std::move(header.fields));
}

absl::Status Rows::open_json(std::string_view file) {
  std::vector<bool> found(mapping_->columns.size());
  std::set<std::string> paths;
  std::string_view rest = text_;
  for (int i = 0; i < kSampleLines && !rest.empty(); ++i) {
    Json const object = Json::parse(take_line(rest), nullptr, false);
    if (!object.is_object()) continue;  // next() says why
    for (size_t c = 0; c < found.size(); ++c) {
      found[c] = found[c] || find_path(object, mapping_->columns[c].name) != nullptr;
    }
    if (paths.size() < kColumnsMax) add_paths(object, "", paths);
  }
  if (paths.empty()) {
    return absl::InvalidArgumentError(
        cat(file, ": no line is a JSON object; write one object on each line"));
  }
  std::vector<std::string> missing;
  for (size_t c = 0; c < found.size(); ++c) {
    const Column& column = mapping_->columns[c];
    if (!found[c] && !column.optional) missing.push_back(cat("\"", column.name, "\""));
  }
  return missing_columns(file, *mapping_, missing, {paths.begin(), paths.end()});
}

bool Rows::next(Row& row, std::optional<BadRow>& bad) {
  bad.reset();
  row.fields.resize(mapping_->columns.size());
  return mapping_->input.format == Format::kCsv ? next_csv(row, bad) : next_json(row, bad);
}

bool Rows::next_csv(Row& row, std::optional<BadRow>& bad) {
  base::CsvRow read;
  do {
    if (csv_.done()) return false;
    if (!csv_.next(read)) {
      bad = {read.line,
             "a quote is opened and never closed, so the rest of the file is lost; "
             "close it",
             true};
      return true;
    }
  } while (read.fields.size() == 1 && read.fields[0].empty() && !csv_.fault());
  row.line = read.line;
  if (csv_.fault()) {
    bad = {csv_.fault()->line, csv_.fault()->what};
    return true;
  }
  if (read.fields.size() != width_) {
    bad = {read.line, cat(read.fields.size(), " fields where the header has ", width_,
                          "; is a delimiter or a quote inside a field?")};
    return true;
  }
  for (size_t c = 0; c < targets_.size(); ++c) {
    std::string& field = row.fields[c];
    field.clear();
    if (targets_[c] == kAbsent) continue;
    field = read.fields[targets_[c]];
    if (field.size() > kRowBytesMax) {
      bad = {read.line, cat("is longer than ", kRowBytesMax, " bytes; is a quote missing?")};
      return true;
    }
    if (!to_utf8(field, mapping_->input.encoding)) {
      bad = {read.line,
             cat("column \"", mapping_->columns[c].name, "\" ", wrong_encoding(*mapping_))};
      return true;
    }
    trim(field);
  }
  return true;
}

bool Rows::next_json(Row& row, std::optional<BadRow>& bad) {
  std::string_view line;
  do {
    if (text_.empty()) return false;
    line = take_line(text_);
    ++json_line_;
  } while (is_blank_line(line));
  row.line = json_line_;
  if (line.size() > kRowBytesMax) {
    bad = {json_line_, cat("is longer than ", kRowBytesMax, " bytes; write one object a line")};
    return true;
  }
  Json const object = Json::parse(line, nullptr, false);
  if (!object.is_object()) {
    bad = {json_line_, "is no JSON object in UTF-8; write one object on each line"};
    return true;
  }
  for (size_t c = 0; c < row.fields.size(); ++c) {
    std::string& field = row.fields[c];
    field.clear();
    const Json* const value = find_path(object, mapping_->columns[c].name);
    if (value != nullptr && !to_text(*value, field)) {
      bad = {json_line_, cat("\"", mapping_->columns[c].name,
                             "\" is an object; name a value inside it, such as \"",
                             mapping_->columns[c].name, ".id\"")};
      return true;
    }
    trim(field);
  }
  return true;
}

}  // namespace bellwether::connect::table
