#include "connect/table/high_water.h"

#include <algorithm>

#include "core/base/text.h"

namespace bellwether::connect::table {

using base::cat;

// The column and the form of its values.
std::string HighWater::column_text() const {
  const Increment& rule = *mapping_->increment;
  return cat(mapping_->columns[rule.column].name, "|", rule.time);
}

absl::StatusOr<HighWater> HighWater::from_note(const Mapping& mapping, std::string_view note) {
  HighWater out(mapping);
  if (note.empty()) return out;
  size_t const blank = std::min(note.find(' '), note.size());
  auto const value = base::parse_number<int64_t>(note.substr(0, blank));
  std::string_view const column = note.substr(std::min(blank + 1, note.size()));
  if (!value || column != out.column_text()) {
    return absl::FailedPreconditionError(
        cat(mapping.file, ": the state has read by the column \"",
            base::excerpt(column.substr(0, column.find('|'))),
            "\", the mapping names another one or another form; use a new --state, which reads "
            "the file from its beginning"));
  }
  out.before_ = out.highest_ = *value;
  return out;
}

Outcome<int64_t> HighWater::value_of(const Row& row, base::UnixMillis latest) const {
  const Increment& rule = *mapping_->increment;
  const std::string& name = mapping_->columns[rule.column].name;
  const std::string& text = row.fields[rule.column];
  if (text.empty())
    return Fault{Reason::kMissing, cat("incremental: column \"", name, "\" is empty")};
  if (rule.time.empty()) {
    auto const number = base::parse_number<int64_t>(text);
    if (number && *number >= 0) return *number;
    return Fault{Reason::kValue, cat("incremental: \"", base::excerpt(text), "\" in column \"",
                                     name, "\" is no whole number from 0 on")};
  }
  auto const instant = read_time(rule.time, mapping_->clock, text);
  if (!instant.ok()) {
    return Fault{Reason::kDate, cat("incremental: column \"", name,
                                    "\": ", base::from_absl(instant.status().message()))};
  }
  if (*instant <= latest) return instant->value;
  return Fault{Reason::kClockSkew, cat("incremental: ", base::format_instant(*instant),
                                       " is in the future; is the clock of the source right?")};
}

bool HighWater::is_new(int64_t value) const {
  return !before_ || value >= *before_ - mapping_->increment->overlap;
}

void HighWater::see(int64_t value) {
  highest_ = std::max(highest_.value_or(value), value);
}

std::string HighWater::note() const {
  return highest_ ? cat(*highest_, " ", column_text()) : "";
}

}  // namespace bellwether::connect::table
