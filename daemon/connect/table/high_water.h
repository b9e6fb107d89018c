// Purpose: the high-water mark of a table that grows: the greatest value of a column so far. A
// later run states only what is newer, and reads an overlap again, because rows arrive late. Thread
// safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "connect/table/convert.h"
#include "connect/table/mapping.h"

namespace bellwether::connect::table {

class HighWater {
 public:
  // `note`: what note() gave after an earlier run; empty: nothing was read yet. Error:
  // FailedPrecondition if the note is of another column.
  static absl::StatusOr<HighWater> from_note(const Mapping& mapping, std::string_view note);

  // The row's value. A fault if it is empty, no such value, or later than `latest`.
  Outcome<int64_t> value_of(const Row& row, base::UnixMillis latest) const;
  // True unless an earlier run read the value, and it is not in the overlap.
  bool is_new(int64_t value) const;
  void see(int64_t value);
  std::string note() const;

 private:
  explicit HighWater(const Mapping& mapping) : mapping_(&mapping) {}
  std::string column_text() const;

  const Mapping* mapping_;
  std::optional<int64_t> before_;  // of earlier runs
  std::optional<int64_t> highest_;
};

}  // namespace bellwether::connect::table
