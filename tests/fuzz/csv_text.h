// Writes tables as CSV with every field quoted. Inverse of base::parse_csv.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_replace.h"
#include "core/base/text.h"

namespace bellwether::fuzz {

inline std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    base::append(line, line.empty() ? "\"" : ",\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}),
                 "\"");
  }
  return line + "\n";
}

}  // namespace bellwether::fuzz
