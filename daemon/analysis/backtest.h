// Purpose: backtests a detector on past data. Reports false alarms outside downturns, downturns
// found and their delay, and how many downturns chance alone would find. A threshold is tuned to a
// false-alarm rate before a date and then frozen; the test figures are from that date on.
// Invariants: pure; a score uses no period later than its own. (Downturns are dated afterwards, and
// series are as last published: vintages are not replayed.) Thread safety: pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/review.h"
#include "analysis/windows.h"
#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

// One file of counts. Each series in it belongs to one node.
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
  base::PeriodIndex tune_until;  // the first period of the test part
  // Per series: the upper limit for the tuning, and what is stated to the rules. `for_calendar`
  // sets the default of the rules.
  double false_alarms_a_year = 0.05;
  // The series that is the sum of the others, if any. It is judged as their parent, and counted in
  // no figure.
  std::string total;
  int lead_periods = 0;        // an alarm up to this long before a downturn is early, not false
  int clear_periods = 4;       // an alarm ends after so many below half its threshold
  int rule_clear_periods = 4;  // the same of a rule: after so many quiet periods
  std::vector<detection::PeriodRange>
      regime_breaks;  // left out of all baselines, as when an operator records them
  base::BusinessCalendar business_calendar;  // closed periods are in no baseline and not judged
  static BacktestOptions for_calendar(base::Calendar calendar);
};

enum class DetectorKind : uint8_t {
  kPeriod,  // the normal score of one period
  kCusum,   // the CUSUM of these scores
  kEars,    // EARS C2: no season, no trend
  // CUSUM of all measures' scores together, as in a composite rule (detection/composite.h).
  kComposite,
  // The daemon's verdict on counts at the stated rate (detection/judge.h). Nothing is tuned.
  kRule,
};
inline constexpr std::array<std::string_view, 5> kDetectorNames = {"period", "cusum", "ears",
                                                                   "composite", "rule"};

struct Performance {
  double series_years = 0;  // periods assessed outside downturns, in years
  int false_alarms = 0;
  double false_alarms_a_year = 0;  // per series
  int downturns = 0;           // pairs of a downturn and a series that is assessed at its beginning
  std::array<int, 4> found{};  // within reported_delays()
  std::array<double, 4> chance{};   // the share that random alarms at this rate would find
  std::optional<int> median_delay;  // in periods; a miss counts as infinite; nullopt if infinite
  // Official downturns: pairs in which the series itself falls from lead_periods before the start
  // to the third of the reported delays after it. No detector can find more but by chance.
  int ceiling = 0;
};

struct DetectorResult {
  DetectorKind kind{};
  std::string measure;  // empty: all measures
  double threshold = 0;
  Performance tuned;
  Performance tested;
  // Against the falls of each series itself (evident_falls.h) instead of the official downturns.
  Performance tuned_evident;
  Performance tested_evident;
};

// How often a single period outside downturns has a p below a nominal p, by band of the expected
// count.
struct Calibration {
  static constexpr std::array<double, 7> kNominal = {0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001};
  static constexpr std::array<double, 3> kBandEnds = {2, 10, 50};  // of the expected count
  struct Band {
    int64_t periods = 0;
    std::array<int64_t, kNominal.size()> below{};
  };
  std::array<Band, kBandEnds.size() + 1> bands;
};

// Alarms of a detector at thresholds that state a false-alarm rate per period. The rate is the p of
// a single period, or 1/ARL₀ of a CUSUM, which then restarts after each alarm. Counted in the test
// part, outside downturns and outside the lead time before them.
struct StatedRates {
  DetectorKind kind{};
  std::string measure;  // empty: all measures
  int64_t periods = 0;
  std::array<int64_t, Calibration::kNominal.size()> alarms{};  // at each of Calibration::kNominal
};
// Central 95 % of a binomial count in `periods` at rate `p`: the range for independent periods if
// the stated rate is true.
inline constexpr double kChanceLevel = 0.95;
struct CountRange {
  int64_t low = 0;
  int64_t high = 0;
};
CountRange chance_range(int64_t periods, double p);

struct BacktestResult {
  std::vector<DetectorResult> detectors;
  std::vector<StatedRates> rates;
  std::map<std::string, Calibration> calibration;  // by measure, for the test part
};

BacktestResult backtest(const std::vector<BacktestMeasure>& measures,
                        const std::vector<Downturn>& downturns, const BacktestOptions& options);

}  // namespace bellwether::analysis
