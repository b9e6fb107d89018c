// Unusual input that no model was made for: odd series of counts, and numbers that are not counts.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/base/calendar.h"
#include "core/detection/series.h"
#include "support/random.h"

namespace bellwether::testing {

inline constexpr int kOddYears = 8;
inline constexpr int32_t kHuge = 1'000'000'000;
inline constexpr int32_t kLasts[] = {10, 2000};  // last periods; some series begin before 1970

struct OddSeries {
  const char* name;
  std::function<int32_t(int t, int n)> count;  // of period t of n
};

inline const std::vector<OddSeries>& odd_series() {
  static const std::vector<OddSeries> kOdd = {
      {"all zero", [](int, int) { return 0; }},
      {"constant", [](int, int) { return 40; }},
      {"constant one", [](int, int) { return 1; }},
      {"constant huge", [](int, int) { return kHuge; }},
      {"constant largest", [](int, int) { return std::numeric_limits<int32_t>::max(); }},
      {"huge at random",
       [](int t, int) {
         Random random(static_cast<uint64_t>(t));
         return kHuge + random.between(-32'000, 32'000);
       }},
      {"one spike of one", [](int t, int n) { return int{t == n / 2}; }},
      {"one huge spike", [](int t, int n) { return t == n / 2 ? kHuge : 0; }},
      {"one huge spike on a level", [](int t, int n) { return t == n / 2 ? kHuge : 30; }},
      {"one huge spike at the first point", [](int t, int) { return t == 0 ? kHuge : 3; }},
      {"one event a year", [](int t, int) { return int{t % 12 == 0}; }},
      {"negative", [](int, int) { return -7; }},
      {"most negative", [](int, int) { return std::numeric_limits<int32_t>::min(); }},
      {"some negative", [](int t, int) { return t % 5 == 0 ? -20 : 12; }},
      {"from nothing to all", [](int t, int) { return t % 2 == 0 ? 0 : kHuge; }},
      {"huge shift at the last point", [](int t, int n) { return t + 1 == n ? kHuge : 20; }},
      {"fall at the last point", [](int t, int n) { return t + 1 == n ? 0 : 500; }},
      {"zeros, then a level", [](int t, int n) { return t < n / 2 ? 0 : 25; }},
      {"a level, then zeros", [](int t, int n) { return t < n / 2 ? 25 : 0; }},
      {"zeros but for the first year", [](int t, int) { return t < 12 ? 25 : 0; }},
      {"doubling",
       [](int t, int) { return t < 310 ? static_cast<int32_t>(std::exp2(t / 10.0)) : kHuge; }},
      {"halving",
       [](int t, int) { return static_cast<int32_t>(std::exp2(std::max(0.0, 30 - t / 4.0))); }},
      {"a season that is always zero", [](int t, int) { return t % 12 < 3 ? 0 : 30; }},
      {"one season alone", [](int t, int) { return t % 12 == 7 ? 30 : 0; }},
  };
  return kOdd;
}

inline std::vector<int32_t> counts_of(const OddSeries& odd, int n) {
  std::vector<int32_t> counts;
  for (int t = 0; t < n; ++t) counts.push_back(odd.count(t, n));
  return counts;
}

// Calls `f` for every series, calendar and last period, with a trace of their names.
template <class F>
void for_each_odd(F f) {
  for (auto unit : {base::CalendarUnit::kMonth, base::CalendarUnit::kWeek}) {
    base::Calendar const calendar(unit);
    for (const OddSeries& odd : odd_series()) {
      auto const counts = counts_of(odd, kOddYears * calendar.periods_per_year());
      for (int32_t last : kLasts) {
        int32_t const first = last + 1 - static_cast<int32_t>(counts.size());
        SCOPED_TRACE(::testing::Message() << odd.name << ", " << calendar.periods_per_year()
                                          << " a year, from " << first);
        f(detection::CountSeries{calendar, base::PeriodIndex(first), counts});
      }
    }
  }
}

inline int32_t last_of(const detection::CountSeries& s) {
  return s.first.value + static_cast<int32_t>(s.counts.size()) - 1;
}

inline constexpr double kOddNumbers[] = {std::numeric_limits<double>::quiet_NaN(),
                                         std::numeric_limits<double>::infinity(),
                                         -std::numeric_limits<double>::infinity(),
                                         std::numeric_limits<double>::max(),
                                         std::numeric_limits<double>::denorm_min(),
                                         0,
                                         -1,
                                         1e9};

}  // namespace bellwether::testing
