// Purpose: a series in, scores out: the baseline of a period, how far the count is from it, and the
// change point along the periods before. The daemon, `detect` and `backtest` all judge a series by
// a ScoredSeries; judge.h takes the series of a rule together.
// Invariants: assess() is a pure function of the series, the excluded periods, the shares reported
// and the options. ScoredSeries gives the same bits and keeps the scores of a path, so that a tick
// scores one period. Thread safety: assess() is pure; a ScoredSeries belongs to one thread.
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
  // For series with less history than Farrington's baseline needs; nullopt: these are not assessed.
  std::optional<ColdStartOptions> cold_start;
  int path_periods_max = 104;  // a change point looks back at most this far
  bool own_scale = true;       // scores are divided by score_scale(); else scale and width are one

  // The path of a target: the periods from path_begin to the target. Those before settled_end are
  // settled: old enough for the target's baseline. The scale of the scores rests on these alone.
  int32_t path_begin(int32_t target) const { return target - path_periods_max + 1; }
  int32_t settled_end(int32_t target) const { return target - farrington.exclude_recent; }
};

// Settled scores that a width needs; with fewer it is one.
inline constexpr size_t kScalePointsMin = 24;
inline constexpr double kSettledTailFrom = 1;
// How wide scores are, in standard deviations of a normal: median |z|/0.6745. Half of them may lie
// in downturns before it gives way. One where there are fewer than kScalePointsMin. Reorders `z`.
double score_width(std::span<double> z);
// What scores are divided by: how much wider they have been out of sample than the standard normal
// that theory gives them, an empirical null by series (Efron 2004, Journal of the American
// Statistical Association 99, 96–104). Never below one.
inline double score_scale(double width) {
  return std::max(1.0, width);
}

// Every figure is finite. Where it is not assessed, p and p_other are 1, z and expected 0; observed
// and the change point of the path before it remain.
struct Assessment {
  NotAssessed why = NotAssessed::kNone;
  int64_t observed = 0;
  double expected = 0;
  double dispersion = 1;
  double p = 1;          // of the harmful tail, Φ(−z)
  double p_other = 1;    // of the other tail
  double z = 0;          // positive is harm; the normal score of the mid-p, divided by scale
  double scale = 1;      // of the scores before the latest that baselines leave out
  double width = 1;      // of these scores, which may be below one
  int scale_points = 0;  // as many; with fewer than kScalePointsMin scale and width are one
  double cusum = 0;
  base::PeriodIndex onset;  // of the change, while cusum > 0; else the target
  double ratio = 1;         // observed/expected
  double share = 1;         // of the period's events that should have been reported by now
  Baseline baseline;        // of what should have been reported by now
  // By a baseline of the latest periods, which no change point rests on.
  bool young() const { return baseline.kind != BaselineKind::kSeasonal; }
};

// Of the target, the period before it, …: the share F of its events that should have been reported
// by now, 0 < F ≤ 1. Earlier periods are complete.
using SharesReported = std::span<const double>;
inline double share_at(SharesReported reported, int32_t age) {
  return static_cast<size_t>(age) < reported.size() ? reported[static_cast<size_t>(age)] : 1;
}

// The series at `target`; each period of the path is scored against its own baseline, thinned to
// what should have been reported, and all are divided by the scale of the path. Periods of the path
// in a gap, that cannot be assessed, or only by a young baseline, leave the change point as it is.
Assessment assess(const CountSeries& series, base::PeriodIndex target,
                  std::span<const PeriodRange> excluded, Harm harm, const DetectorOptions& options,
                  Workspace& workspace, SharesReported reported = {});

class ScoredSeries {
 public:
  // The count of `period` has changed.
  void revise(base::PeriodIndex period);
  // Replaces the periods that baselines leave out.
  void exclude(std::span<const PeriodRange> excluded);
  // Fits the baseline of `next`, scores the path before it and follows its change point, ahead of
  // time; `reported` as far as is known.
  void prepare(const CountSeries& series, base::PeriodIndex next, Harm harm,
               const DetectorOptions& options, Workspace& workspace, SharesReported reported = {});
  // As the pure function, with the periods last excluded. The series, harm and options must be
  // those of the calls before; only counts that revise() named and later periods may differ.
  Assessment assess(const CountSeries& series, base::PeriodIndex target, Harm harm,
                    const DetectorOptions& options, Workspace& workspace,
                    SharesReported reported = {});

  // The change point of the other tail, as of the last assessment.
  Cusum other_side(const CusumOptions& options);

  // Of a period on the path of the last assessment: its score, not divided by the scale; nullopt
  // where the change point leaves it out.
  std::optional<double> path_score(int32_t period) const;
  // Of the scores that the scale of the last assessment rests on, not divided by it: the harmful
  // ones from kSettledTailFrom on, by period.
  std::span<const double> settled_tail() const { return tail_; }

 private:
  enum class Kept : uint8_t { kNothing, kScore, kUnassessed };
  struct Point {
    int32_t period = INT32_MIN;
    Kept kept = Kept::kNothing;
    double z = 0;
    double share = 1;  // that it was scored with
  };
  struct Fitted {
    int32_t period = INT32_MIN;  // none
    Baseline baseline;
  };
  // Of the scored points first … last.
  struct Settled {
    int32_t first = INT32_MIN;  // none
    int32_t last = INT32_MIN;
    int points = 0;
    double width = 1;
    double scale() const { return score_scale(width); }
  };
  // The change point along the points first … end − 1.
  struct Followed {
    int32_t first = INT32_MIN;  // none
    int32_t end = INT32_MIN;
    double scale = 1;  // negative: of the tail that does no harm
    Cusum cusum{CusumOptions()};
  };
  void settle(int32_t first, int32_t target, const DetectorOptions& options);
  void follow(Followed& followed, int32_t first, int32_t end, double scale,
              const CusumOptions& options);
  size_t index(int32_t period) const {
    auto const size = static_cast<int64_t>(path_.size());
    return static_cast<size_t>((period % size + size) % size);  // periods before 1970 too
  }
  Point& slot(int32_t period) { return path_[index(period)]; }
  size_t after(size_t index) const { return index + 1 == path_.size() ? 0 : index + 1; }
  // The only way to change a point that has been scored: forgets what rests on it.
  void set(Point& point, const Assessment& a, int32_t period);
  const Baseline& baseline(const CountSeries& series, int32_t period,
                           const DetectorOptions& options, Workspace& workspace);
  // Up to but not including `target`.
  void score_path(const CountSeries& series, int32_t first, int32_t target, Harm harm,
                  const DetectorOptions& options, Workspace& workspace, SharesReported reported);
  void adapt(const CountSeries& series, const DetectorOptions& options, SharesReported reported);
  // Baselines that hold any of the periods first … last are no longer valid.
  void forget_baselines(int64_t first, int64_t last);

  std::vector<PeriodRange> excluded_;
  std::vector<Point> path_;  // a ring by period
  // The points clean_from_ … clean_to_ − 1 hold, scored whole (share 1): nobody needs to look at
  // them.
  int32_t clean_from_ = INT32_MIN;
  int32_t clean_to_ = INT32_MIN;
  Settled settled_;
  Followed followed_;
  Followed other_side_;
  int32_t path_first_ = 0;  // of the last assessment: its path is path_first_ … path_end_ − 1
  int32_t path_end_ = 0;
  std::vector<double> tail_;  // as settled_
  std::vector<double> scratch_;
  base::PeriodIndex first_{INT32_MIN};  // of the series
  int reach_ = 0;
  int newest_ =
      0;  // periods between a target and the newest that its baseline can hold, this included
  std::vector<Fitted> fitted_;  // a ring by period: the latest, and those not yet reported whole
};

}  // namespace bellwether::detection
