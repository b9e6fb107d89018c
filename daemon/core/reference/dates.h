// Purpose: the days in which something of the reference files exists, and how a row states them.
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/calendar.h"
#include "core/base/csv.h"

namespace bellwether::reference {

using base::Days;

// Half-open interval of days in which an area, a set or a membership exists.
struct Validity {
  Days from{INT32_MIN};
  Days until{INT32_MAX};  // first day after the interval
  bool contains(Days day) const { return from <= day && day < until; }
};

inline Validity intersection(Validity a, Validity b) {
  return {std::max(a.from, b.from), std::min(a.until, b.until)};
}
inline bool overlap(Validity a, Validity b) {
  Validity const both = intersection(a, b);
  return both.from < both.until;
}

// `from` is the column of the first day. The next column is that of `until`. An empty date is open.
// Adds what is wrong with them to `errors`.
Validity parse_validity(const base::CsvRow& row, size_t from, base::LineErrors& errors);

}  // namespace bellwether::reference
