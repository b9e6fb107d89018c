// Purpose: turns the text of a column into the value of a field, as the mapping says.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "connect/table/fault.h"
#include "connect/table/mapping.h"
#include "connect/table/rows.h"

namespace bellwether::connect::table {

template <class T>
using Outcome = std::variant<T, Fault>;

// The text of the template in this row; empty if one of its columns is empty.
std::string text_of(const Template& pattern, const Row& row);

// A 128-bit hash of the columns in this row, in hexadecimal digits; empty if all are empty. It is
// no protection of what is hashed: who knows the possible values can try them.
std::string hash_of(const std::vector<size_t>& columns, const Row& row);

// Where a value goes. `field` is nullptr for keys of the mapping's own.
struct Place {
  const Mapping& mapping;
  FieldType type;
  const google::protobuf::FieldDescriptor* field;
  std::string_view path;
};

// The values of the row: none if the column is empty, one, or several for a repeated field.
Outcome<std::vector<Scalar>> convert(const Value& value, const Place& place, const Row& row);

// "1.234,50" as a number of minor units or as a whole number; nullopt if it is none.
std::optional<int64_t> read_whole(std::string_view text, const NumberForm& form);
std::optional<double> read_real(std::string_view text, const NumberForm& form);

}  // namespace bellwether::connect::table
