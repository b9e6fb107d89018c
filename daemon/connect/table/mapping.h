// Purpose: a mapping: what the columns of a table mean as events of the contract. mapping_reader.h
// reads it from YAML, and deploy/mappings/README.md describes it for people.
// Invariants: every Value fits its field; every column number is an index into Mapping::columns.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "connect/table/clock.h"
#include "connect/table/fields.h"
#include "core/base/calendar.h"
#include "core/base/csv.h"
#include "core/domain/kinds.h"

namespace bellwether::connect::table {

inline constexpr size_t kEventRulesMax = 64;
inline constexpr size_t kColumnsMax = 256;
inline constexpr size_t kCodesMax = 10'000;  // values of one list

// A column that the mapping names; in JSON lines the dotted path of a value.
struct Column {
  std::string name;
  int line = 0;           // of the mapping that names it first
  bool optional = false;  // the table may lack it
};

enum class Format : uint8_t { kCsv, kJsonLines };
inline constexpr std::string_view kFormatWords[] = {"csv", "jsonl"};
enum class Encoding : uint8_t { kUtf8, kLatin1, kWindows1252 };
inline constexpr std::string_view kEncodingWords[] = {"utf-8", "latin-1", "windows-1252"};

struct Input {
  Format format = Format::kCsv;
  base::CsvDialect dialect;
  Encoding encoding = Encoding::kUtf8;
};

// What the values of a column mean: a code list of the mapping, in the type of one field.
struct CodeList {
  struct Range {  // of whole numbers, both ends included
    int64_t first = 0;
    int64_t last = 0;
    Scalar value;
  };
  std::string name;
  absl::flat_hash_map<std::string, Scalar> codes;
  std::vector<Range> ranges;
  std::optional<Scalar> otherwise;  // for every other value; without it they are refused
};

// How a text becomes a number.
struct NumberForm {
  char decimal = '.';
  char thousands = '\0';  // '\0': none
  int minor_digits = 0;   // decimal digits of a currency: 2 makes "12.50" the number 1250
  // The number × multiply_by ÷ divide_by, rounded half up: 90 seconds ÷ 60 are 2 minutes.
  int32_t multiply_by = 1;
  int32_t divide_by = 1;
};

// Texts and columns, joined: "{case}-{step}".
struct Template {
  struct Part {
    std::string text;
    std::optional<size_t> column;  // instead of the text
  };
  std::vector<Part> parts;
};

// What a field is set to.
struct Value {
  std::optional<Scalar> constant;   // instead of everything else
  std::vector<size_t> columns;      // several only for a field with several values
  std::vector<size_t> hashed;       // instead of columns: a hash of these
  std::optional<Template> pattern;  // instead of columns
  std::optional<Scalar> if_empty;   // the value if the column is empty; without it: unset
  std::optional<CodeList> codes;    // instead of reading the text
  std::optional<std::string> time;  // the pattern of a date or time
  NumberForm number;
  char separator = '\0';     // between the values of one column; '\0': it has one value
  std::string until;         // only the text before this is used: "62012 - Programming" → "62012"
  bool digits_only = false;  // only the digits are used: "62.01Z" → "6201"
};

// Sets one field of a message.
struct FieldRule {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string path;                              // "interaction.topics", for people
  std::vector<Value> values;                     // one; several for a repeated field
  std::vector<std::vector<FieldRule>> messages;  // the fields of each message, if it is one
};

// A row that does not meet it states nothing.
struct Condition {
  size_t column = 0;
  std::set<std::string> words;
  bool listed = true;  // true: the value is in `words`; false: it is not
};

// The id of an event: a text of columns, or a hash of them.
struct IdRule {
  Template text;  // if `hashed` is empty
  std::vector<size_t> hashed;
  // Equal rows of one file are different facts: the second has the id "HASH-2".
  bool numbered = false;
};

// One event of a row.
struct EventRule {
  int line = 0;
  std::optional<domain::EventKind> kind;  // or by `kind_column`
  size_t kind_column = 0;
  absl::flat_hash_map<std::string, domain::EventKind> kinds;
  IdRule id;
  std::vector<Condition> conditions;
  std::vector<FieldRule> fields;  // also those that all events share
};

// When the source made a row known.
enum class Publication : uint8_t {
  kColumn,    // a column states it
  kFileName,  // the name of the file states the day or the time
  kStated,    // --as-of states it
};

// The newest rows of a file that grows.
struct Increment {
  size_t column = 0;
  std::string time;     // the pattern; empty: a whole number
  int64_t overlap = 0;  // read again: milliseconds, or a count
};

// Enquirers are found in a list of registered businesses.
struct MatchRule {
  std::string jurisdiction;
  std::string register_name;
  std::optional<size_t> number;  // columns of the table
  std::optional<size_t> name;
  std::optional<size_t> postcode;
  double threshold = 0.9;
  // Columns of the register's list. An empty `list_status`: all businesses are alive.
  std::string list_number;
  std::string list_name;
  std::string list_postcode;
  std::string list_status;
  std::set<std::string> list_ceased;  // the statuses of businesses that ceased
};

struct Mapping {
  std::string file;
  std::string source;
  domain::Topic topic = domain::Topic::kRegistrations;
  Input input;
  Clock clock;
  base::Days earliest;  // an effective date before it is refused
  std::vector<Column> columns;
  Publication publication = Publication::kStated;
  Value published;  // kColumn; an instant or a day
  bool published_is_day = false;
  std::string file_name;          // kFileName: a pattern of the file's name
  std::optional<Value> sequence;  // without it: the publication time
  std::optional<Value> created;   // when the matter was created; shows ids that are used again
  bool created_is_day = false;
  std::vector<Condition> where;
  std::optional<Increment> increment;
  std::optional<MatchRule> match;
  std::vector<EventRule> events;
};

}  // namespace bellwether::connect::table
