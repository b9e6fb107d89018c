#include "core/detection/calendar_effect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/detection/detector.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using testing::kMonths;
using testing::kWeeks;

constexpr int kPeriods = 15 * 12;
constexpr int32_t kFirst = 30 * 12;  // 2000-01

// A feast that moves between January and February, and some holidays.
base::BusinessCalendar days() {
  base::SpecialDays d;
  for (int year = 1999; year <= 2020; ++year) {
    d.feasts.push_back(base::days_from_civil(year, 1 + year % 2, 20 + year * 7 % 9));
    d.holidays.push_back(base::days_from_civil(year, 5, 1));
  }
  return testing::must(base::BusinessCalendar::make(std::move(d)));
}

// Series whose counts follow the calendar with these coefficients.
std::vector<std::vector<int32_t>> world(const CalendarTerms& truth, double noise) {
  base::BusinessCalendar const calendar = days();
  testing::Random random(5);
  std::vector<std::vector<int32_t>> out(12);
  for (size_t s = 0; s < out.size(); ++s) {
    for (int i = 0; i < kPeriods; ++i) {
      PeriodIndex const t(kFirst + i);
      double const x = truth[0] * std::log(calendar.business_days(kMonths, t) / 21.0) +
                       truth[1] * calendar.feast_before(kMonths, t) +
                       truth[2] * calendar.feast_after(kMonths, t);
      double const season = 0.2 * ((kFirst + i) % 12 == 3);
      double const own = noise * 2 * (random.uniform() - 0.5);
      out[s].push_back(static_cast<int32_t>(
          std::lround(500 * static_cast<double>(s + 1) * std::exp(x + season + own))));
    }
  }
  return out;
}

std::vector<CountSeries> views(const std::vector<std::vector<int32_t>>& counts) {
  std::vector<CountSeries> out;
  for (const auto& c : counts) out.push_back({kMonths, PeriodIndex(kFirst), c, {}, {}, {}});
  return out;
}

TEST(CalendarEffectTest, S3FindsWhatTheCalendarDoes) {
  CalendarTerms const truth = {0.7, -0.16, -0.1};
  auto const counts = world(truth, 0.05);
  CalendarTerms const found =
      calendar_effect(views(counts), days(), kMonths, PeriodIndex(kFirst + kPeriods));
  EXPECT_NEAR(found[0], truth[0], 0.06);
  EXPECT_NEAR(found[1], truth[1], 0.04);
  EXPECT_NEAR(found[2], truth[2], 0.04);
  // Rounded, so that a late report does not move every baseline.
  for (double g : found)
    EXPECT_NEAR(g / kCalendarRounding, std::round(g / kCalendarRounding), 1e-9);
  auto reversed = views(counts);
  std::ranges::reverse(reversed);
  EXPECT_EQ(calendar_effect(reversed, days(), kMonths, PeriodIndex(kFirst + kPeriods)), found);
}

TEST(CalendarEffectTest, NoEffectIsFoundWhereThereIsNone) {
  CalendarTerms const none{};
  auto const counts = world(none, 0.1);
  CalendarTerms const found =
      calendar_effect(views(counts), days(), kMonths, PeriodIndex(kFirst + kPeriods));
  for (double g : found) EXPECT_LE(std::abs(g), 0.08);
  PeriodIndex const end(kFirst + kPeriods);
  EXPECT_EQ(calendar_effect(views(counts), {}, kMonths, end), none) << "no special days";
  EXPECT_EQ(calendar_effect({}, days(), kMonths, end), none);
  PeriodIndex const early(kFirst + static_cast<int32_t>(kCalendarMonthsMin));
  EXPECT_EQ(calendar_effect(views(counts), days(), kMonths, early), none) << "too few months";
  EXPECT_EQ(calendar_effect(views(counts), days(), kWeeks, end), none) << "weeks have closures";
}

TEST(CalendarEffectTest, BaselinesExpectIt) {
  CalendarTerms const truth = {0.7, -0.16, -0.1};
  auto const counts = world(truth, 0.01);
  std::vector<double> const offsets =
      calendar_offsets(truth, days(), kMonths, PeriodIndex(kFirst), kPeriods);
  DetectorOptions const options = DetectorOptions::for_calendar(kMonths);
  Workspace workspace;
  double with = 0;
  double without = 0;
  CountSeries series{kMonths, PeriodIndex(kFirst), counts[0], {}, {}, {}};
  for (int t = kFirst + 100; t < kFirst + kPeriods; ++t) {
    auto const error = [&] {
      Assessment const a = assess(series, PeriodIndex(t), {}, Harm::kLow, options, workspace);
      return std::abs(std::log(a.ratio));
    };
    series.offsets = {};
    without += error();
    series.offsets = offsets;
    with += error();
  }
  EXPECT_LT(with, 0.4 * without);
  EXPECT_TRUE(calendar_offsets({}, days(), kMonths, PeriodIndex(kFirst), 12).empty());
}

}  // namespace
}  // namespace bellwether::detection
