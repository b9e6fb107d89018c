// Purpose: parts that the methods of `bellwether detect` share: the rows before they are judged,
// the series in the form that the detectors take, and the figures of one period. Thread safety:
// pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/detect_series.h"
#include "core/detection/detector.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

// A series in the form that the detectors take: counts from the first period with a value to the
// last, the gaps between, and the closed periods.
struct Observed {
  base::PeriodIndex first;
  std::vector<int32_t> counts;
  std::vector<detection::PeriodRange> gaps;    // in order
  std::vector<detection::PeriodRange> closed;  // in order

  detection::CountSeries view(base::Calendar calendar) const {
    return {calendar, first, counts, gaps, closed};
  }
};

// Rows with the periods, values and missing reasons of `points`; nothing is judged yet.
std::vector<DetectRow> bare_rows(std::span<const SeriesPoint> points);
// Empty if no row has a value.
std::span<DetectRow> from_first_to_last_value(std::span<DetectRow> rows);
// `rows` begin and end with a value.
Observed observe(std::span<const DetectRow> rows, const DetectOptions& options);

void set_not_assessed(DetectRow& row, detection::NotAssessed why);
// Sets everything in the row except the change point. `a` is an assessment with Harm::kHigh.
void judge_tails(const detection::Assessment& a, const DetectOptions& options, DetectRow& row);

bool alarms_low(HarmSides harm);
bool alarms_high(HarmSides harm);

}  // namespace bellwether::analysis
