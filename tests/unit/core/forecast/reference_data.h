// R's results for AirPassengers, co2 and USAccDeaths: tests/data/forecast.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/csv.h"
#include "support/must.h"
#include "support/paths.h"

namespace bellwether::forecast {

inline constexpr int kReferenceHorizon = 24;
inline constexpr int kMonths = 12;

inline std::string data_file(const std::string& name) {
  std::ifstream file(testing::in_source("tests/data/") + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

inline std::vector<double> column(const std::string& name, const std::vector<std::string>& columns,
                                  size_t which) {
  std::vector<double> out;
  for (const base::CsvRow& row :
       testing::must(base::parse_csv(data_file("forecast/" + name), name, columns))) {
    out.push_back(std::stod(row[which]));
  }
  return out;
}

inline std::vector<double> input(const std::string& series) {
  return column(series + "_input.csv", {"t", "y"}, 1);
}

inline std::vector<double> reference(const std::string& series, const std::string& method,
                                     const std::string& what = "point") {
  std::vector<std::string> const columns = {"step", "point", "lo80", "hi80", "lo95", "hi95"};
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == what) return column(series + "_" + method + ".csv", columns, i);
  }
  ADD_FAILURE() << what;
  return {};
}

inline double parameter(const std::string& series, const std::string& model,
                        const std::string& param) {
  for (const base::CsvRow& row :
       testing::must(base::parse_csv(data_file("forecast/parameters.csv"), "parameters.csv",
                                     {"series", "model", "param", "value"}))) {
    if (row[0] == series && row[1] == model && row[2] == param) return std::stod(row[3]);
  }
  ADD_FAILURE() << series << " " << model << " " << param;
  return 0;
}

constexpr const char* kReferenceSeries[] = {"AirPassengers", "co2", "USAccDeaths"};

// Largest |a − b|/|b|.
inline double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]) / std::abs(b[i]));
  }
  return largest;
}

}  // namespace bellwether::forecast
