// Makes the input of the commands for an analyst's own series from libFuzzer's bytes: options
// within their ranges, and a table. The table is either an arbitrary text, or is written from one
// byte per value, so that long series occur.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "analysis/series_csv.h"
#include "core/base/check.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "fuzz/complaint.h"
#include "fuzz/input.h"

namespace bellwether::fuzz {

inline int whole(Input& input, int low, int high) {
  return low + static_cast<int>(input.number(2) % static_cast<uint64_t>(high - low + 1));
}
// A number in low … high, limits included, uniform on a logarithmic scale. REQUIRES: low > 0.
inline double positive(Input& input, double low, double high) {
  double const share = static_cast<double>(input.number(2)) / 0xffff;
  return std::clamp(low * std::pow(high / low, share), low, high);
}
template <class T>
T one_of(Input& input, const std::vector<T>& choices) {
  return choices[input.byte() % choices.size()];
}
// nullopt for half of the bytes.
template <class Make>
auto maybe(Input& input, Make make) -> std::optional<decltype(make())> {
  if (input.byte() % 2 == 0) return std::nullopt;
  return make();
}

// A table of two series, from one byte per value.
inline std::string written_table(std::string_view bytes, const analysis::PeriodScale& scale) {
  std::string csv = "series,period,value\n";
  int32_t period = 500;
  for (size_t i = 0; i < bytes.size(); ++i, ++period) {
    auto const b = static_cast<unsigned char>(bytes[i]);
    int const series = static_cast<int>(2 * i / bytes.size());
    std::string_view value;
    std::string number;
    switch (b % 8) {
      case 0:
        continue;  // a gap
      case 1:
        value = "0";
        break;
      case 2:
        value = b < 128 ? "1e9" : "-1e15";
        break;
      case 3:
        number = base::cat("1e-", b / 8);
        break;
      default:
        number = base::cat(b);
    }
    base::append(csv, series, ",", scale.name(base::PeriodIndex(period)), ",", value, number, "\n");
  }
  return csv;
}

// nullopt if the text is refused. Checks the error, or the table.
inline std::optional<analysis::SeriesTable> series_table(Input& input,
                                                         const analysis::PeriodScale& scale,
                                                         analysis::Values values) {
  bool const as_text = input.byte() % 2 == 1;
  std::string const text = as_text ? std::string(input.rest()) : written_table(input.rest(), scale);
  auto table = analysis::parse_series(text, "s.csv", scale, values);
  if (!table.ok()) {
    check_complaint(table.status(), "s.csv", text);
    return std::nullopt;
  }
  int before = 1;
  for (const base::LineError& e : table->bad) {
    BELLWETHER_CHECK(e.line >= before && !e.what.empty());
    before = e.line;
  }
  for (const analysis::Series& s : table->series) {
    BELLWETHER_CHECK(!s.name.empty() && !s.points.empty());
    for (const analysis::SeriesPoint& p : s.points) {
      BELLWETHER_CHECK(p.value.has_value() == p.missing.empty());
      BELLWETHER_CHECK(std::isfinite(p.value.value_or(0)));
    }
  }
  return *std::move(table);
}

// The value of a cell of an output table: nullopt if it is empty. Checks that it is finite.
inline std::optional<double> number_cell(const std::string& cell) {
  if (cell.empty()) return std::nullopt;
  auto const x = base::parse_number<double>(cell);
  BELLWETHER_CHECK(x && std::isfinite(*x));
  return x;
}

}  // namespace bellwether::fuzz
