#include "connect/rows.h"

#include <algorithm>
#include <cstring>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::connect {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr size_t kNone = std::string_view::npos;
constexpr size_t kIncomplete = 0;

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}
bool ends_field(char c) {
  return c == ',' || is_line_end(c);
}

// Bytes of the line end at `at`; 0 if more bytes are needed to tell, or if there is none.
size_t line_end(std::string_view text, size_t at, bool last) {
  if (text[at] == '\n') return 1;
  if (text[at] != '\r') return 0;
  if (at + 1 < text.size()) return text[at + 1] == '\n' ? 2 : 1;
  return last ? 1 : 0;
}

std::string without_doubles(std::string_view field) {
  std::string out;
  for (size_t i = 0; i < field.size(); ++i) {
    out += field[i];
    if (field[i] == '"' && i + 1 < field.size() && field[i + 1] == '"') ++i;
  }
  return out;
}

}  // namespace

// Reads the quoted field whose opening quote is at `at`. Returns the place behind the closing
// quote; kNone if there is none yet.
size_t RowReader::read_quoted(std::string_view rest, size_t at, bool last) {
  size_t const begin = at + 1;
  bool doubled = false;
  for (size_t i = begin; i < rest.size(); ++i) {
    if (rest[i] == '\n') ++row_lines_;
    if (rest[i] != '"') continue;
    if (i + 1 == rest.size() && !last) return kNone;
    if (i + 1 < rest.size() && rest[i + 1] == '"') {
      // Two quotes before the end of a field: an empty field, or a quote of the text and the end.
      doubled = true;
      ++i;
      continue;
    }
    if (i + 1 < rest.size() && !ends_field(rest[i + 1])) {
      // A field that begins a line: the quote before it was never closed.
      if (i > begin && is_line_end(rest[i - 1])) {
        broken_ = true;
        return kNone;
      }
      continue;
    }
    fields_.push_back(rest.substr(begin, i - begin));
    doubled_.push_back(doubled);
    return i + 1;
  }
  return kNone;
}

size_t RowReader::read_row(std::string_view rest, bool last) {
  fields_.clear();
  doubled_.clear();
  row_lines_ = 0;
  broken_ = false;
  size_t at = 0;
  while (true) {
    if (at < rest.size() && rest[at] == '"') {
      at = read_quoted(rest, at, last);
      if (at == kNone) return kIncomplete;
    } else {
      size_t const begin = at;
      while (at < rest.size() && !ends_field(rest[at])) ++at;
      fields_.push_back(rest.substr(begin, at - begin));
      doubled_.push_back(false);
    }
    if (at == rest.size()) return last ? at : kIncomplete;
    if (rest[at] == ',') {
      ++at;
      continue;
    }
    size_t const end = line_end(rest, at, last);
    if (end == 0) return kIncomplete;
    ++row_lines_;
    return at + end;
  }
}

// Bytes of the first line, with its end; kIncomplete if the end is not there yet.
size_t RowReader::skip_line(std::string_view rest, bool last) {
  size_t const at = rest.find_first_of("\r\n");
  if (at == kNone) return last || rest.size() > kRowBytesMax ? rest.size() : kIncomplete;
  size_t const end = line_end(rest, at, last);
  return end == 0 ? kIncomplete : at + end;
}

std::string RowReader::wrong_fields() const {
  return base::cat(fields_.size(), " fields where the header has ", columns_,
                   "; give each column a field, and close each quote");
}

absl::Status RowReader::take_row(Row row) {
  columns_ = fields_.size();
  own_.clear();
  own_.reserve(static_cast<size_t>(std::ranges::count(doubled_, true)));
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (!doubled_[i]) continue;
    own_.push_back(without_doubles(fields_[i]));
    fields_[i] = own_.back();
  }
  return row(line_, fields_);
}

absl::Status RowReader::read(std::string_view text, bool last, Row row, Bad bad, size_t& used) {
  used = 0;
  while (used < text.size()) {
    std::string_view const rest = text.substr(used);
    size_t bytes = read_row(rest, last);
    bool const unfinished = bytes == kIncomplete && (last || rest.size() > kRowBytesMax);
    bool const open = broken_ || unfinished || bytes > kRowBytesMax;
    if (bytes == kIncomplete && !open) break;
    bool const blank = !open && fields_.size() == 1 && fields_[0].empty();
    bool const sound =
        !open && fields_.size() <= kFieldsMax && (columns_ == 0 || fields_.size() == columns_);
    if (!sound && !blank) {
      // What is wrong began in this line. What follows the line is read again, on its own.
      bytes = skip_line(rest, last);
      if (bytes == kIncomplete) break;
      row_lines_ = is_line_end(rest[bytes - 1]) ? 1 : 0;
      bad(line_, rest.substr(0, bytes),
          open ? "a quote is opened and not closed; close it" : wrong_fields());
    } else if (!blank) {
      BELLWETHER_RETURN_IF_ERROR(take_row(row));
    }
    line_ += row_lines_;
    used += bytes;
  }
  return absl::OkStatus();
}

absl::Status RowReader::feed(std::string_view piece, Row row, Bad bad) {
  if (at_begin_) {
    if (rest_.size() + piece.size() < kByteOrderMark.size()) {
      rest_ += piece;
      return absl::OkStatus();
    }
    at_begin_ = false;
    rest_ += piece.substr(0, kByteOrderMark.size());
    piece.remove_prefix(std::min(piece.size(), kByteOrderMark.size()));
    if (rest_.starts_with(kByteOrderMark)) rest_.erase(0, kByteOrderMark.size());
  }
  size_t used = 0;
  if (!rest_.empty()) {
    // The row that the last piece began.
    rest_ += piece;
    BELLWETHER_RETURN_IF_ERROR(read(rest_, false, row, bad, used));
    rest_.erase(0, used);
    return absl::OkStatus();
  }
  BELLWETHER_RETURN_IF_ERROR(read(piece, false, row, bad, used));
  rest_ = piece.substr(used);
  return absl::OkStatus();
}

absl::Status RowReader::finish(Row row, Bad bad) {
  at_begin_ = false;
  size_t used = 0;
  BELLWETHER_RETURN_IF_ERROR(read(rest_, true, row, bad, used));
  rest_.clear();
  return absl::OkStatus();
}

}  // namespace bellwether::connect
