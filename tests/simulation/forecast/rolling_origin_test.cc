// Forecast errors from rolling origins on three registers. The Singapore register is in tests/data.
// The two others are read from the files that the environment names:
//   BELLWETHER_BFS=FILE       weekly applications by state of the US Census Bureau's Business
//                             Formation Statistics (columns Year, Week, State, BA_NSA, HBA_NSA,
//                             WBA_NSA …)
//   BELLWETHER_UK_DAILY=FILE  companies incorporated a day by region (columns NUTS1, date, n)
#include "simulation/forecast/rolling_origin.h"
#include "support/paths.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace bellwether::forecast {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows(const std::string& path) {
  std::ifstream file(path);
  std::vector<Row> out;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    Row row;
    for (std::string field; std::getline(fields, field, ',');) {
      std::erase_if(field, [](char c) { return c == '"' || c == '\r'; });
      row.push_back(field);
    }
    out.push_back(std::move(row));
  }
  return out;
}

using ByName = std::map<std::string, std::vector<double>>;

std::vector<std::vector<double>> values(ByName by_name) {
  std::vector<std::vector<double>> out;
  for (auto& [name, y] : by_name) out.push_back(std::move(y));
  return out;
}

// Births and deaths of each sector and of all sectors together, before the given year.
Dataset singapore(const std::string& name, const std::string& until) {
  ByName series;
  std::map<std::string, std::array<double, 2>> all;
  for (const Row& row : rows(testing::in_source("tests/data/singapore/register.csv"))) {
    if (row[0] >= until) continue;
    for (size_t kind : {0, 1}) {
      double const count = std::stod(row[3 + kind]);
      series[row[2] + (kind == 0 ? " births" : " deaths")].push_back(count);
      all[row[0]][kind] += count;
    }
  }
  for (const auto& [month, counts] : all) {
    series["all births"].push_back(counts[0]);
    series["all deaths"].push_back(counts[1]);
  }
  return {name, 12, 12, 120, 3, values(std::move(series))};
}

bool has_week_53(int year) {
  std::chrono::year_month_day const last{std::chrono::year(year) / 12 / 31};
  std::chrono::year_month_day const first{std::chrono::year(year) / 1 / 1};
  return std::chrono::weekday(std::chrono::sys_days(last)) == std::chrono::Thursday ||
         std::chrono::weekday(std::chrono::sys_days(first)) == std::chrono::Thursday;
}

// All applications of each state and its applications with planned wages, before the given year.
Dataset us_weekly(const std::string& name, int until) {
  ByName series;
  for (const Row& row : rows(std::getenv("BELLWETHER_BFS"))) {
    int const year = std::stoi(row[0]);
    if (year >= until || (row[1] == "53" && !has_week_53(year))) continue;
    series[row[2] + " all"].push_back(std::stod(row[3]));
    series[row[2] + " with planned wages"].push_back(std::stod(row[5]));
  }
  return {name, 52, 26, 416, 13, values(std::move(series))};
}

// A day without a row had no incorporation.
Dataset uk_daily() {
  std::map<std::string, std::map<std::string, double>> counts;
  std::map<std::string, double> all;
  for (const Row& row : rows(std::getenv("BELLWETHER_UK_DAILY"))) {
    counts[row[0]][row[1]] += std::stod(row[2]);
    all[row[1]] += std::stod(row[2]);
  }
  counts["all"] = all;
  using std::chrono::sys_days;
  using namespace std::chrono_literals;
  ByName series;
  for (const auto& [region, by_day] : counts) {
    for (sys_days day = 2019y / 1 / 2; day <= sys_days(2019y / 12 / 31);
         day += std::chrono::days(1)) {
      std::chrono::year_month_day const d(day);
      char text[16];
      std::snprintf(text, sizeof text, "%d-%02u-%02u", int(d.year()), unsigned(d.month()),
                    unsigned(d.day()));
      auto const found = by_day.find(text);
      series[region].push_back(found == by_day.end() ? 0 : found->second);
    }
  }
  return {"UK daily 2019", 7, 14, 182, 7, values(std::move(series))};
}

// Prints one row per method for the table in daemon/core/forecast/README.md.
std::map<Method, RollingError> report(const Dataset& data) {
  std::map<Method, RollingError> out;
  for (Method method :
       {Method::kCombination, Method::kTheta, Method::kComb, Method::kSeasonalNaive}) {
    RollingError const e = out[method] = rolling_error(data, method);
    std::printf("| %s | %s | %zu | %.2f | %.3f | %.3f | %.3f |\n", data.name.c_str(),
                std::string(name(method)).c_str(), e.forecasts, e.smape, e.mase, e.coverage80,
                e.coverage95);
  }
  return out;
}

void expect_better_than_seasonal_naive(const Dataset& data) {
  auto const errors = report(data);
  const RollingError& ours = errors.at(Method::kCombination);
  EXPECT_GT(ours.forecasts, 0u);
  EXPECT_LT(ours.mase, errors.at(Method::kSeasonalNaive).mase);
  EXPECT_NEAR(ours.coverage95, 0.95, 0.01);
}

TEST(RollingOrigin, Singapore) {
  expect_better_than_seasonal_naive(singapore("Singapore monthly to 2019", "2020"));
  expect_better_than_seasonal_naive(singapore("Singapore monthly to 2022", "9999"));
}

TEST(RollingOrigin, UsWeekly) {
  if (std::getenv("BELLWETHER_BFS") == nullptr) GTEST_SKIP() << "BELLWETHER_BFS names no file";
  expect_better_than_seasonal_naive(us_weekly("US weekly to 2019", 2020));
  expect_better_than_seasonal_naive(us_weekly("US weekly to 2025", 9999));
}

TEST(RollingOrigin, UkDaily) {
  if (std::getenv("BELLWETHER_UK_DAILY") == nullptr) {
    GTEST_SKIP() << "BELLWETHER_UK_DAILY names no file";
  }
  expect_better_than_seasonal_naive(uk_daily());
}

}  // namespace
}  // namespace bellwether::forecast
