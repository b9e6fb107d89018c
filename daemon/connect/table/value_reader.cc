#include "connect/table/value_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_join.h"
#include "core/base/text.h"

namespace bellwether::connect::table {
namespace {

namespace pb = google::protobuf;
using base::cat;
using base::excerpt;

int line_of(const YAML::Node& node) {
  return std::max(1, node.Mark().line + 1);  // an absent node has no line
}

absl::Status wrong(std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError(cat("\"", excerpt(text), "\" ", what));
}

absl::StatusOr<Scalar> read_text(const Target& target, const std::string& text) {
  size_t const most = text_bytes_max(target.path);
  if (text.empty()) return absl::InvalidArgumentError("must not be empty");
  if (text.size() > most) return wrong(text, cat("is longer than ", most, " bytes"));
  if (is_code_field(target.path) && !is_code(text)) {
    return wrong(text, "must be a code: letters, digits and -_./: only");
  }
  return text;
}

absl::StatusOr<Scalar> read_integer(const Target& target, const std::string& text) {
  auto const number = base::parse_number<int64_t>(text);
  if (!number || (target.field != nullptr && !fits(*target.field, *number))) {
    return wrong(text, "must be a whole number that the field can hold");
  }
  return *number;
}

// "10..19" → both numbers.
std::optional<std::pair<int64_t, int64_t>> read_range(const std::string& code) {
  size_t const dots = code.find("..");
  if (dots == std::string::npos) return std::nullopt;
  auto const first = base::parse_number<int64_t>(std::string_view(code).substr(0, dots));
  auto const last = base::parse_number<int64_t>(std::string_view(code).substr(dots + 2));
  if (!first || !last) return std::nullopt;
  return std::pair{*first, *last};
}

// Reads a character from a key, such as delimiter.
void read_character(config::Section& section, const std::string& key, char& to) {
  std::string text(1, to);
  section.text(key, text);
  if (text.size() == 1) {
    to = text[0];
  } else {
    section.error(key, "must be one ASCII character");
  }
}

constexpr auto kFormKeys =
    std::to_array<const char*>({"split", "until", "digits_only", "if_empty", "list", "decimal",
                                "thousands", "minor_digits", "multiply_by", "divide_by"});

bool has_any(const config::Section& section, std::initializer_list<const char*> keys) {
  return std::ranges::any_of(keys, [&](const char* key) { return section.has(key); });
}

}  // namespace

Target target_of(const pb::FieldDescriptor& field, std::string path) {
  return {type_of(field), &field, std::move(path), field.is_repeated()};
}

absl::StatusOr<Scalar> read_scalar(const Target& target, const std::string& text) {
  switch (target.type) {
    case FieldType::kText:
      return read_text(target, text);
    case FieldType::kInteger:
      return read_integer(target, text);
    case FieldType::kReal: {
      auto const number = base::parse_number<double>(text);
      if (!number || !std::isfinite(*number)) return wrong(text, "must be a number");
      return *number;
    }
    case FieldType::kFlag:
      if (text != "true" && text != "false") return wrong(text, "is neither true nor false");
      return text == "true";
    case FieldType::kWord: {
      auto const word = find_word(*target.field->enum_type(), text);
      if (!word.ok()) return word.status();
      return *word;
    }
    case FieldType::kDay: {
      auto const day = base::parse_date(text);
      if (!day.ok()) return day.status();
      return *day;
    }
    case FieldType::kInstant:
    case FieldType::kMessage:
      break;
  }
  return wrong(text, "cannot be a constant here; write a column");
}

size_t ValueReader::column(const std::string& name, int line, bool optional) {
  auto const found = std::ranges::find(columns_, name, &Column::name);
  if (found != columns_.end()) {
    found->optional &= optional;
    return static_cast<size_t>(found - columns_.begin());
  }
  if (name.empty()) errors_.add(line, "the name of a column is empty");
  if (columns_.size() == kColumnsMax) {
    errors_.add(line, cat("more than ", kColumnsMax, " columns; use fewer"));
  }
  columns_.push_back({name, line, optional});
  return columns_.size() - 1;
}

void ValueReader::read_lists(config::Section lists) {
  lists.each([&](const std::string& name, config::Section section) {
    List list{.line = section.line()};
    YAML::Node const values = section.value("values");
    if (!values.IsMap() || values.size() == 0) {
      section.error("values", "must be a mapping of the column's values to the field's values");
    } else if (values.size() > kCodesMax) {
      section.error("values", cat("more than ", kCodesMax, " values; split the list"));
    } else {
      for (const auto& entry : values) {
        if (entry.first.IsScalar() && entry.second.IsScalar()) {
          list.entries.push_back(
              {entry.first.Scalar(), entry.second.Scalar(), line_of(entry.first)});
        } else {
          errors_.add(line_of(entry.first), cat("lists.", name, ": must be single values"));
        }
      }
    }
    if (YAML::Node const otherwise = section.value("otherwise"); otherwise.IsDefined()) {
      if (otherwise.IsScalar()) {
        list.otherwise = Entry{"otherwise", otherwise.Scalar(), line_of(otherwise)};
      } else {
        section.error("otherwise", "must be a single value");
      }
    }
    section.finish();
    lists_[name] = std::move(list);
  });
  lists.finish();
}

void ValueReader::finish() {
  for (const auto& [name, list] : lists_) {
    if (!list.used) {
      errors_.add(list.line, cat("lists.", name, ": no field uses this list; remove it"));
    }
  }
}

std::optional<Value> ValueReader::read(const YAML::Node& node, const Target& target) {
  size_t const before = errors_.count();
  Value value;
  if (node.IsScalar()) {
    auto constant = read_scalar(target, node.Scalar());
    if (constant.ok()) {
      value.constant = *std::move(constant);
    } else {
      errors_.add(line_of(node),
                  cat(target.path, ": ", base::from_absl(constant.status().message())));
    }
  } else if (node.IsMap()) {
    config::Section section(node, cat(target.path, "."), errors_);
    read_source(section, target, value);
    read_form(section, target, value);
    section.finish();
  } else {
    errors_.add(line_of(node), cat(target.path, ": write a constant, or {column: NAME}"));
  }
  if (errors_.count() != before) return std::nullopt;
  return value;
}

void ValueReader::read_source(config::Section& section, const Target& target, Value& to) {
  bool optional = false;
  section.boolean("optional", optional);
  int const sources = int{section.has("column")} + int{section.has("columns")} +
                      int{section.has("template")} + int{section.has("hash")};
  if (sources != 1) {
    errors_.add(section.line(),
                cat(target.path, ": write exactly one of column, columns, template and hash"));
  }
  std::string name;
  section.text("column", name);
  if (section.has("column")) to.columns.push_back(column(name, section.line(), optional));
  std::vector<std::string> names;
  section.texts("columns", names, "[topic_1, topic_2]");
  if (section.has("columns") && !target.repeated) {
    section.error("columns", "the field has one value; write column");
  }
  for (const std::string& each : names) {
    to.columns.push_back(column(each, section.line(), optional));
  }
  names.clear();
  section.texts("hash", names, "[called_at, called_about]");
  for (const std::string& each : names) {
    to.hashed.push_back(column(each, section.line(), optional));
  }
  if (section.has("hash") && (names.empty() || target.type != FieldType::kText)) {
    section.error("hash", "must list columns, and the field must be a text");
  }
  std::string pattern;
  section.text("template", pattern);
  if (!section.has("template")) return;
  if (target.type != FieldType::kText) section.error("template", "only a text has a template");
  to.pattern = read_template(pattern, section.line(), target.path);
}

void ValueReader::read_form(config::Section& section, const Target& target, Value& to) {
  for (const char* key : kFormKeys) section.value(key);  // so that errors list them
  if (section.has("split")) {
    read_character(section, "split", to.separator);
    if (!target.repeated) section.error("split", "the field has one value");
  }
  section.text("until", to.until);
  section.boolean("digits_only", to.digits_only);
  std::string text;
  section.text("if_empty", text);
  if (section.has("if_empty")) {
    auto value = read_scalar(target, text);
    if (value.ok()) {
      to.if_empty = *std::move(value);
    } else {
      section.error("if_empty", base::from_absl(value.status().message()));
    }
  }
  to.codes = read_codes(section, target);
  if (has_any(section, {"decimal", "thousands", "minor_digits", "multiply_by", "divide_by"})) {
    if (target.type != FieldType::kInteger && target.type != FieldType::kReal) {
      errors_.add(section.line(),
                  cat(target.path, ": is no number; remove decimal, thousands and the like"));
    }
    read_number(section, to.number);
  }
  read_time(section, target, to);
}

void ValueReader::read_number(config::Section& section, NumberForm& to) {
  if (section.has("decimal")) read_character(section, "decimal", to.decimal);
  if (section.has("thousands")) read_character(section, "thousands", to.thousands);
  constexpr int32_t kMinorDigitsMax = 4;  // ISO 4217 has none with more
  int32_t digits = 0;
  section.integer("minor_digits", digits, 0, kMinorDigitsMax);
  to.minor_digits = digits;
  constexpr int32_t kFactorMax = 1'000'000;
  section.integer("multiply_by", to.multiply_by, 1, kFactorMax);
  section.integer("divide_by", to.divide_by, 1, kFactorMax);
  if (digits > 0 && (to.multiply_by != 1 || to.divide_by != 1)) {
    section.error("minor_digits", "cannot stand with multiply_by or divide_by");
  }
  bool const digit =
      base::all_digits(std::string{to.decimal}) || base::all_digits(std::string{to.thousands});
  if (to.decimal == to.thousands || digit || to.decimal == '-' || to.thousands == '-') {
    errors_.add(section.line(), "decimal and thousands must differ, and be no digits and no minus");
  }
}

void ValueReader::read_time(config::Section& section, const Target& target, Value& to) {
  std::string pattern;
  bool const is_day = target.type == FieldType::kDay;
  bool const is_time = target.type == FieldType::kInstant;
  const char* const key = is_day ? "date" : "time";
  section.text(key, pattern);
  if (section.has(key) && (is_day || is_time)) {
    absl::Status const sound = is_day ? check_date_pattern(pattern) : check_time_pattern(pattern);
    if (!sound.ok()) section.error(key, base::from_absl(sound.message()));
    to.time = pattern;
  } else if (section.has(key)) {
    section.error(key, "the field is no date and no time");
  } else if ((is_day || is_time) && !section.has("list")) {
    errors_.add(section.line(), cat(target.path, ": state the form of the column, such as ", key,
                                    is_day ? ": \"%d/%m/%Y\"" : ": \"%d/%m/%Y %H:%M\""));
  }
}

std::optional<CodeList> ValueReader::read_codes(config::Section& section, const Target& target) {
  std::string name;
  section.text("list", name);
  if (!section.has("list")) return std::nullopt;
  auto const found = lists_.find(name);
  if (found == lists_.end()) {
    section.error("list", cat("there is no list \"", excerpt(name), "\" below lists"));
    return std::nullopt;
  }
  found->second.used = true;
  CodeList codes{.name = name};
  auto const take = [&](const Entry& entry) -> std::optional<Scalar> {
    auto value = read_scalar(target, entry.value);
    if (value.ok()) return *std::move(value);
    errors_.add(entry.line, cat("lists.", name, ", for ", target.path, ": ",
                                base::from_absl(value.status().message())));
    return std::nullopt;
  };
  for (const Entry& entry : found->second.entries) {
    if (auto const value = take(entry)) add_code(entry, *value, codes);
  }
  if (found->second.otherwise) codes.otherwise = take(*found->second.otherwise);
  return codes;
}

void ValueReader::add_code(const Entry& entry, const Scalar& value, CodeList& to) {
  if (auto const range = read_range(entry.code)) {
    bool const apart = std::ranges::all_of(to.ranges, [&](const CodeList::Range& other) {
      return range->second < other.first || other.last < range->first;
    });
    if (range->first > range->second || !apart) {
      errors_.add(entry.line, cat("lists.", to.name, ": the range ", entry.code,
                                  " is empty or overlaps another one"));
    }
    to.ranges.push_back({range->first, range->second, value});
  } else if (!to.codes.emplace(entry.code, value).second) {
    errors_.add(entry.line,
                cat("lists.", to.name, ": \"", excerpt(entry.code), "\" is given twice"));
  }
}

std::optional<Template> ValueReader::read_template(const std::string& text, int line,
                                                   const std::string& path) {
  Template out;
  std::string_view rest = text;
  bool any = false;
  while (!rest.empty()) {
    size_t const open = rest.find('{');
    if (open > 0) out.parts.push_back({std::string(rest.substr(0, open)), std::nullopt});
    if (open == std::string_view::npos) break;
    size_t const close = rest.find('}', open);
    if (close == std::string_view::npos) {
      errors_.add(line, cat(path, ": a { is never closed in \"", excerpt(text), "\""));
      return std::nullopt;
    }
    std::string const name(rest.substr(open + 1, close - open - 1));
    out.parts.push_back({"", column(name, line)});
    any = true;
    rest.remove_prefix(close + 1);
  }
  if (any) return out;
  errors_.add(line, cat(path, ": \"", excerpt(text),
                        "\" names no column, so all rows would have the same; write {COLUMN}"));
  return std::nullopt;
}

std::vector<Condition> ValueReader::read_conditions(config::Section& section,
                                                    const std::string& key) {
  std::vector<Condition> out;
  YAML::Node const list = section.value(key);
  if (!list.IsDefined()) return out;
  if (!list.IsSequence()) {
    section.error(key, "must be a list, such as [{column: status, in: [open, closed]}]");
    return out;
  }
  for (const auto& node : list) {
    config::Section each(node, cat(key, "."), errors_);
    Condition condition;
    std::string name;
    each.text("column", name);
    condition.column = column(name, each.line());
    condition.listed = each.has("in");
    if (each.has("in") == each.has("not_in")) {
      errors_.add(each.line(), cat(key, ": write column and one of in and not_in"));
    }
    std::vector<std::string> words;
    each.texts("in", words, "[open, closed]");
    each.texts("not_in", words, "[draft, \"\"]");
    condition.words.insert(words.begin(), words.end());
    each.finish();
    out.push_back(std::move(condition));
  }
  return out;
}

void ValueReader::read_kinds(config::Section& section, domain::Topic topic, EventRule& to) {
  YAML::Node const node = section.value("kind");
  auto const find = [&](const std::string& word, int line) -> std::optional<domain::EventKind> {
    auto const kind = find_kind(topic, word);
    if (kind.ok()) return *kind;
    errors_.add(line, cat("kind: ", base::from_absl(kind.status().message())));
    return std::nullopt;
  };
  if (node.IsScalar()) {
    to.kind = find(node.Scalar(), line_of(node));
    return;
  }
  config::Section kind(node, "kind.", errors_);
  std::string name;
  std::string list;
  kind.text("column", name);
  kind.text("list", list);
  kind.finish();
  if (!kind.has("column") || !lists_.contains(list)) {
    section.error("kind",
                  "write a kind, or the column and the list of kinds: {column: type, "
                  "list: kinds}");
    return;
  }
  to.kind_column = column(name, kind.line());
  lists_[list].used = true;
  for (const Entry& entry : lists_[list].entries) {
    if (auto const found = find(entry.value, entry.line)) to.kinds.emplace(entry.code, *found);
  }
  if (lists_[list].otherwise) {
    errors_.add(lists_[list].otherwise->line, "a list of kinds has no otherwise; use when");
  }
}

}  // namespace bellwether::connect::table
