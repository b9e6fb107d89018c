// Purpose: how a detector would have done on past data: false alarms where nothing happened,
// downturns found and how late, beside what chance alone would find. A threshold is tuned to a
// false-alarm rate before a date and frozen; the figures are of what came after. Invariants: pure;
// a score rests on nothing later than its own period. (Downturns are dated afterwards, and series
// are as last published: vintages are not replayed.) Thread safety: pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/review.h"
#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

// One file of counts: a series of it is one node's.
struct BacktestMeasure {
  std::string name;
  detection::Harm harm = detection::Harm::kLow;
  struct Series {
    base::PeriodIndex first;
    std::vector<int32_t> counts;
    std::vector<detection::PeriodRange> gaps;  // as in detection::CountSeries
  };
  std::map<std::string, Series> series;
};

struct BacktestOptions {
  base::Calendar calendar{base::CalendarUnit::kMonth};
  base::PeriodIndex tune_until;       // the first period of the test part
  double false_alarms_a_year = 0.05;  // a series, tuned to be at most this
  int lead_periods = 0;   // raised this long before a downturn's first period is early, not false
  int clear_periods = 4;  // an alarm ends after so many at less than half its threshold
  std::vector<detection::PeriodRange>
      regime_breaks;  // leave all baselines, as an operator's act would
  static BacktestOptions for_calendar(base::Calendar calendar);
};

enum class DetectorKind : uint8_t {
  kPeriod,  // one period's normal score
  kCusum,   // of these scores
  kEars,    // C2: no season, no trend
  // CUSUM of the measures' scores together, as the rules have it (detection/composite.h).
  kComposite,
  // One period's p among those of all series, recalibrated and by Benjamini–Hochberg, as the rules
  // have it (detection/judge.h); its threshold is the normal deviate of the adjusted p.
  kDiscovery,
  // One period's p, recalibrated on all series (detection/recalibration.h); has stated rates alone.
  kRecalibrated,
};
inline constexpr std::array<std::string_view, 6> kDetectorNames = {
    "period", "cusum", "ears", "composite", "discovery", "recalibrated"};

// Delays, in periods, within which the share of downturns found is reported: 4, 8, 13, 26 weeks or
// 1, 2, 4, 6 months.
std::array<int, 4> reported_delays(base::Calendar calendar);

struct Performance {
  double series_years = 0;  // assessed, outside downturns
  int false_alarms = 0;
  double false_alarms_a_year = 0;   // a series
  int downturns = 0;                // a downturn of one series each, assessed at its beginning
  std::array<int, 4> found{};       // within reported_delays()
  std::array<double, 4> chance{};   // what alarms at random at this rate would find, a share
  std::optional<int> median_delay;  // periods, misses are infinite; nullopt when infinite
};

struct DetectorResult {
  DetectorKind kind{};
  std::string measure;  // empty: all of them
  double threshold = 0;
  Performance tuned;
  Performance tested;
};

// How often single periods outside downturns fall below a nominal p, by band of the expected count.
struct Calibration {
  static constexpr std::array<double, 7> kNominal = {0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001};
  static constexpr std::array<double, 3> kBandEnds = {2, 10, 50};  // of the expected count
  struct Band {
    int64_t periods = 0;
    std::array<int64_t, kNominal.size()> below{};
  };
  std::array<Band, kBandEnds.size() + 1> bands;
};

// Of a detector at thresholds that state a false-alarm rate a period: a p of a single period, or
// 1/ARL₀ of a CUSUM, which then begins anew at each alarm. Of the test part, outside downturns and
// before they are early.
struct StatedRates {
  DetectorKind kind{};
  std::string measure;  // empty: all of them
  int64_t periods = 0;
  std::array<int64_t, Calibration::kNominal.size()> alarms{};  // at each of Calibration::kNominal
};
// Central 95 % of a binomial count of `periods` at rate `p`, which ordinary periods would give if
// they were independent and the statement true.
inline constexpr double kChanceLevel = 0.95;
struct CountRange {
  int64_t low = 0;
  int64_t high = 0;
};
CountRange chance_range(int64_t periods, double p);

struct BacktestResult {
  std::vector<DetectorResult> detectors;
  std::vector<StatedRates> rates;
  std::map<std::string, Calibration> calibration;  // by measure, of the test part
};

BacktestResult backtest(const std::vector<BacktestMeasure>& measures,
                        const std::vector<Downturn>& downturns, const BacktestOptions& options);

}  // namespace bellwether::analysis
