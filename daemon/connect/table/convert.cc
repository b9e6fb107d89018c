#include "connect/table/convert.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_split.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::connect::table {
namespace {

using base::cat;
using base::excerpt;

// A number in pieces: sign, digits before and after the decimal sign.
struct Digits {
  bool negative = false;
  std::string whole;
  std::string fraction;
};

// The digits of "1.234.567", whose groups have three digits, the first one to three.
std::optional<std::string> ungrouped(std::string_view text, char separator) {
  if (separator == '\0' || text.find(separator) == std::string_view::npos) {
    return std::string(text);
  }
  std::string out;
  bool first = true;
  for (absl::string_view const group : absl::StrSplit(base::to_absl(text), separator)) {
    bool const sound = first ? group.size() >= 1 && group.size() <= 3 : group.size() == 3;
    if (!sound) return std::nullopt;
    out += std::string(group);
    first = false;
  }
  return out;
}

std::optional<Digits> digits_of(std::string_view text, const NumberForm& form) {
  Digits out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text.starts_with('-');
    text.remove_prefix(1);
  }
  size_t const point = std::min(text.find(form.decimal), text.size());
  auto whole = ungrouped(text.substr(0, point), form.thousands);
  if (!whole || !base::all_digits(*whole)) return std::nullopt;
  out.whole = *std::move(whole);
  if (point == text.size()) return out;
  out.fraction = text.substr(point + 1);
  if (!base::all_digits(out.fraction)) return std::nullopt;
  return out;
}

std::optional<int64_t> read_scaled(std::string_view text, const NumberForm& form) {
  auto const number = read_real(text, form);
  constexpr double kMost = 9e15;  // whole numbers up to here are exact
  if (!number) return std::nullopt;
  double const scaled = std::floor(*number * form.multiply_by / form.divide_by + 0.5);
  if (std::abs(scaled) > kMost) return std::nullopt;
  return static_cast<int64_t>(scaled);
}

Fault fault(Reason reason, const Place& place, std::string_view what) {
  return {reason, cat(place.path, ": ", what)};
}

// "column "amount": "12x"", or the template's text.
std::string place_of(const Value& value, const Place& place, std::string_view text) {
  if (value.columns.empty()) return cat("\"", excerpt(text), "\"");
  return cat("\"", excerpt(text), "\" in column \"",
             place.mapping.columns[value.columns.front()].name, "\"");
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

Outcome<Scalar> convert_text(const Value& value, const Place& place, const std::string& text) {
  size_t const most = text_bytes_max(place.path);
  if (text.size() > most) {
    return fault(Reason::kText, place,
                 cat(place_of(value, place, text), " has ", text.size(), " bytes; at most ", most,
                     " are allowed"));
  }
  if (has_control(text)) {
    return fault(Reason::kText, place,
                 cat(place_of(value, place, text), " contains control characters; remove them"));
  }
  if (is_code_field(place.path) && !is_code(text)) {
    return fault(Reason::kText, place,
                 cat(place_of(value, place, text),
                     " is no code, and texts of people are not published; map it by a list"));
  }
  return text;
}

Outcome<Scalar> convert_number(const Value& value, const Place& place, const std::string& text) {
  if (place.type == FieldType::kReal) {
    if (auto const real = read_real(text, value.number)) return *real;
  } else {
    auto const whole = read_whole(text, value.number);
    if (whole && (place.field == nullptr || fits(*place.field, *whole))) return *whole;
  }
  return fault(Reason::kValue, place,
               cat(place_of(value, place, text),
                   " is no such number; correct it, or set decimal, thousands and minor_digits"));
}

Outcome<Scalar> convert_time(const Value& value, const Place& place, const std::string& text) {
  absl::Status status;
  if (place.type == FieldType::kDay) {
    auto const day = read_date(*value.time, place.mapping.clock, text);
    if (day.ok()) return *day;
    status = day.status();
  } else {
    auto const instant = read_time(*value.time, place.mapping.clock, text);
    if (instant.ok()) return instant->value;
    status = instant.status();
  }
  return fault(Reason::kDate, place,
               cat(place_of(value, place, text), ": ", base::from_absl(status.message())));
}

Outcome<Scalar> convert_code(const Value& value, const Place& place, const std::string& text) {
  const CodeList& list = *value.codes;
  if (auto const found = list.codes.find(text); found != list.codes.end()) return found->second;
  if (auto const number = base::parse_number<int64_t>(text)) {
    for (const CodeList::Range& range : list.ranges) {
      if (range.first <= *number && *number <= range.last) return range.value;
    }
  }
  if (list.otherwise) return *list.otherwise;
  return fault(Reason::kCode, place,
               cat(place_of(value, place, text), " is not in the list ", list.name,
                   "; add it, or set otherwise"));
}

Outcome<Scalar> convert_one(const Value& value, const Place& place, const std::string& text) {
  if (value.codes) return convert_code(value, place, text);
  switch (place.type) {
    case FieldType::kText:
      return convert_text(value, place, text);
    case FieldType::kInteger:
    case FieldType::kReal:
      return convert_number(value, place, text);
    case FieldType::kDay:
    case FieldType::kInstant:
      return convert_time(value, place, text);
    case FieldType::kFlag:
      if (text == "true" || text == "false") return text == "true";
      break;
    case FieldType::kWord:
      if (auto const word = find_word(*place.field->enum_type(), text); word.ok()) return *word;
      break;
    case FieldType::kMessage:
      break;
  }
  return fault(Reason::kCode, place,
               cat(place_of(value, place, text), " is no value of this field; map it by a list"));
}

std::string trimmed(std::string_view text) {
  size_t const first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') + 1 - first));
}

// The part of a text that is used.
std::string part_of(const Value& value, std::string_view text) {
  if (!value.until.empty()) text = text.substr(0, std::min(text.find(value.until), text.size()));
  std::string out = trimmed(text);
  if (value.digits_only) std::erase_if(out, [](char c) { return c < '0' || c > '9'; });
  return out;
}

std::vector<std::string> texts_of(const Value& value, const Row& row, bool repeated) {
  std::vector<std::string> out;
  if (value.pattern || !value.hashed.empty()) {
    out.push_back(value.pattern ? text_of(*value.pattern, row) : hash_of(value.hashed, row));
    return out;
  }
  for (size_t const column : value.columns) {
    const std::string& field = row.fields[column];
    char const separator = value.separator != '\0' ? value.separator : kListSeparator;
    if (!repeated) {
      out.push_back(field);
    } else {
      for (absl::string_view const text : absl::StrSplit(field, separator)) out.emplace_back(text);
    }
  }
  return out;
}

}  // namespace

std::string text_of(const Template& pattern, const Row& row) {
  std::string out;
  for (const Template::Part& part : pattern.parts) {
    if (part.column && row.fields[*part.column].empty()) return "";
    out += part.column ? row.fields[*part.column] : part.text;
  }
  return out;
}

std::string hash_of(const std::vector<size_t>& columns, const Row& row) {
  // Each text with its length, so that "ab","c" differs from "a","bc".
  std::string joined;
  bool any = false;
  for (size_t const column : columns) {
    base::append(joined, row.fields[column].size(), ":", row.fields[column]);
    any = any || !row.fields[column].empty();
  }
  constexpr uint64_t kSecondSeed = 1;
  return any ? base::hex16(base::hash64(joined)) + base::hex16(base::hash64(joined, kSecondSeed))
             : "";
}

std::optional<int64_t> read_whole(std::string_view text, const NumberForm& form) {
  if (form.multiply_by != 1 || form.divide_by != 1) return read_scaled(text, form);
  auto const digits = digits_of(text, form);
  if (!digits) return std::nullopt;
  std::string fraction = digits->fraction;
  auto const minor = static_cast<size_t>(form.minor_digits);
  // Zeros behind the minor units change nothing: "12.500" is 12.50.
  while (fraction.size() > minor && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > minor) return std::nullopt;
  fraction.resize(minor, '0');
  return base::parse_number<int64_t>(cat(digits->negative ? "-" : "", digits->whole, fraction));
}

std::optional<double> read_real(std::string_view text, const NumberForm& form) {
  auto const digits = digits_of(text, form);
  if (!digits) return std::nullopt;
  auto const number = base::parse_number<double>(
      cat(digits->negative ? "-" : "", digits->whole, ".", digits->fraction));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

Outcome<std::vector<Scalar>> convert(const Value& value, const Place& place, const Row& row) {
  std::vector<Scalar> out;
  if (value.constant) {
    out.push_back(*value.constant);
    return out;
  }
  bool const repeated = place.field != nullptr && place.field->is_repeated();
  for (const std::string& raw : texts_of(value, row, repeated)) {
    std::string const text = part_of(value, raw);
    if (text.empty()) continue;
    Outcome<Scalar> one = convert_one(value, place, text);
    if (auto* wrong = std::get_if<Fault>(&one)) return std::move(*wrong);
    out.push_back(std::get<Scalar>(std::move(one)));
  }
  if (out.empty() && value.if_empty) out.push_back(*value.if_empty);
  return out;
}

}  // namespace bellwether::connect::table
