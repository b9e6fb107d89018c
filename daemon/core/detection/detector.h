// Purpose: scores a series: the baseline of a period, the deviation of the count from it, and the
// change point over the preceding periods. The daemon, `detect` and `backtest` all use
// ScoredSeries; judge.h combines the series of a rule.
// Invariants: assess() is a pure function of the series, the excluded periods, the reported shares
// and the options. ScoredSeries gives bit-identical results and keeps the scores of the path, so
// that a tick scores only one period.
// Thread safety: assess() is pure; a ScoredSeries belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/calendar.h"
#include "core/detection/cold_start.h"
#include "core/detection/cusum.h"
#include "core/detection/farrington.h"
#include "core/detection/reporting_delay.h"
#include "core/detection/series.h"

namespace bellwether::detection {

struct DetectorOptions {
  FarringtonOptions farrington;
  CusumOptions cusum;
  SpeedOptions speed;
  // For series with less history than Farrington's baseline needs. If nullopt, such series are not
  // assessed.
  std::optional<ColdStartOptions> cold_start;
  int path_periods_max = 104;  // averages and the change point look back at most this far
  bool own_scale = true;       // divide scores by score_scale(); if false, scale and width are 1
  static DetectorOptions for_calendar(base::Calendar calendar);

  // The path of a target is the periods from path_begin to the target. Periods before settled_end
  // are settled: they are old enough to be in the target's baseline. The scale of the scores is
  // estimated from settled periods only.
  int32_t path_begin(int32_t target) const { return target - path_periods_max + 1; }
  int32_t settled_end(int32_t target) const { return target - farrington.exclude_recent; }
  // The shift of the scores is estimated from these settled periods.
  bool is_recent(int32_t t, int32_t target) const { return t > target - speed.location_periods; }
};

// The divisor of scores: how much wider they are out of sample than the standard normal of theory
// (score_width). Never below 1.
inline double score_scale(double width) {
  return std::max(1.0, width);
}

// All numbers are finite. If `why` is not kNone, p and p_other are 1, z and expected are 0;
// `observed` and the change point of the path before the target are still set.
struct Assessment {
  NotAssessed why = NotAssessed::kNone;
  int64_t observed = 0;
  double expected = 0;
  double dispersion = 1;
  double p = 1;          // of the harmful tail: Φ(−z)
  double p_other = 1;    // of the other tail
  double z = 0;          // normal score of the mid-p, divided by scale; positive is harm
  double scale = 1;      // estimated from the settled scores of the path
  double width = 1;      // of the settled scores; may be below 1
  int scale_points = 0;  // settled scores; below kScalePointsMin, scale and width are 1
  SpeedScores speed;     // the averages of the path, with the target
  double cusum = 0;
  base::PeriodIndex onset;  // when the change began, if cusum > 0; otherwise the target
  double ratio = 1;         // observed/expected
  double share = 1;         // share of the period's events expected to be reported by now
  Baseline baseline;        // thinned to the events expected to be reported by now
  // True if the baseline uses the latest periods only. No change point rests on it.
  bool young() const { return baseline.kind != BaselineKind::kSeasonal; }
};

// Index i belongs to the period i before the target: the share F of its events that should be
// reported by now, 0 < F ≤ 1. Earlier periods are complete.
using SharesReported = std::span<const double>;
inline double share_at(SharesReported reported, int32_t age) {
  return static_cast<size_t>(age) < reported.size() ? reported[static_cast<size_t>(age)] : 1;
}

// Assesses the series at `target`. Each period of the path is scored against its own baseline,
// thinned to the share that should be reported, and all scores are divided by the scale of the
// path. The change point skips periods that lie in a gap, cannot be assessed, or have only a young
// baseline.
Assessment assess(const CountSeries& series, base::PeriodIndex target,
                  std::span<const PeriodRange> excluded, Harm harm, const DetectorOptions& options,
                  Workspace& workspace, SharesReported reported = {});

class ScoredSeries {
 public:
  // Call after the count of `period` has changed.
  void revise(base::PeriodIndex period);
  // Replaces the set of periods that baselines leave out.
  void exclude(std::span<const PeriodRange> excluded);
  // Does work for an assessment of `next` in advance: fits its baseline, scores the path before it
  // and updates the change point. `reported` holds the shares known so far.
  void prepare(const CountSeries& series, base::PeriodIndex next, Harm harm,
               const DetectorOptions& options, Workspace& workspace, SharesReported reported = {});
  // Same result as the pure function, with the periods last passed to exclude(). The series, harm
  // and options must be those of the previous calls; only counts passed to revise() and later
  // periods may differ.
  Assessment assess(const CountSeries& series, base::PeriodIndex target, Harm harm,
                    const DetectorOptions& options, Workspace& workspace,
                    SharesReported reported = {});

  // The change point of the tail that is not harmful, at the last assessment.
  Cusum other_side(const CusumOptions& options);

  // The score of a period on the path of the last assessment, not divided by the scale. nullopt if
  // the change point skips the period.
  std::optional<double> path_score(int32_t period) const;

 private:
  enum class Kept : uint8_t { kNothing, kScore, kUnassessed };
  struct Point {
    int32_t period = INT32_MIN;
    Kept kept = Kept::kNothing;
    double z = 0;
    double share = 1;  // used for this score
  };
  struct Fitted {
    int32_t period = INT32_MIN;  // INT32_MIN: empty
    Baseline baseline;
  };
  // Width of the scored points first … last.
  struct Settled {
    int32_t first = INT32_MIN;  // INT32_MIN: empty
    int32_t last = INT32_MIN;
    int points = 0;
    double width = 1;
    double scale() const { return score_scale(width); }
  };
  // The change point over the points first … end − 1.
  struct Followed {
    int32_t first = INT32_MIN;  // INT32_MIN: empty
    int32_t end = INT32_MIN;
    double scale = 1;  // negative for the tail that is not harmful
    Cusum cusum{CusumOptions()};
  };
  // The averages over the points first … end − 1.
  struct Averaged {
    int32_t first = INT32_MIN;  // INT32_MIN: empty
    int32_t end = INT32_MIN;
    SpeedState state{SpeedOptions()};
  };
  void settle(int32_t first, int32_t target, const DetectorOptions& options);
  void average(int32_t first, int32_t target, const DetectorOptions& options,
               SpeedScratch& scratch);
  void follow(Followed& followed, int32_t first, int32_t end, double scale,
              const CusumOptions& options);
  size_t index(int32_t period) const {
    auto const size = static_cast<int64_t>(path_.size());
    return static_cast<size_t>((period % size + size) % size);  // correct for periods before 1970
  }
  Point& slot(int32_t period) { return path_[index(period)]; }
  size_t after(size_t index) const { return index + 1 == path_.size() ? 0 : index + 1; }
  // The only way to change a scored point: invalidates what was computed from it.
  void set(Point& point, const Assessment& a, int32_t period);
  const Baseline& baseline(const CountSeries& series, int32_t period,
                           const DetectorOptions& options, Workspace& workspace);
  // Scores the points from `first` up to but not including `target`.
  void score_path(const CountSeries& series, int32_t first, int32_t target, Harm harm,
                  const DetectorOptions& options, Workspace& workspace, SharesReported reported);
  void adapt(const CountSeries& series, const DetectorOptions& options, SharesReported reported);
  // Invalidates the baselines that use any of the periods first … last.
  void forget_baselines(int64_t first, int64_t last);

  std::vector<PeriodRange> excluded_;
  std::vector<Point> path_;  // a ring buffer by period
  // The points clean_from_ … clean_to_ − 1 are valid and were scored with share 1, so they need no
  // check.
  int32_t clean_from_ = INT32_MIN;
  int32_t clean_to_ = INT32_MIN;
  Settled settled_;
  Averaged averaged_;
  Followed followed_;
  Followed other_side_;
  int32_t path_first_ = 0;  // the path of the last assessment: path_first_ … path_end_ − 1
  int32_t path_end_ = 0;
  std::vector<double> scratch_;
  base::PeriodIndex first_{INT32_MIN};  // first period of the series
  int reach_ = 0;
  // Distance from a target to the newest period that its baseline can use.
  int newest_ = 0;
  std::vector<Fitted> fitted_;  // ring buffer by period: the latest and the incomplete periods
};

}  // namespace bellwether::detection
