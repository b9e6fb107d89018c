// Fuzzes the detectors with options within their ranges and a series of any counts. The results are
// sound (support/sound_detection.h). The state that is kept between ticks gives the same results as
// a new computation.
#include <algorithm>

#include "analysis/poisson_cusum.h"
#include "core/base/check.h"
#include "core/detection/cold_start.h"
#include "fuzz/numbers.h"
#include "support/sound_detection.h"
#include "support/sound_ears.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using fuzz::check_sound;
using fuzz::whole;
using fuzz::within;
using testing::unsound;

// Longer series find no more errors and take too long.
constexpr size_t kLengthMax = 420;
constexpr int kPathMax = 5;
constexpr int kFirstMax = 20'000;  // periods on either side of 1970

FarringtonOptions farrington(fuzz::Input& input, base::Calendar calendar) {
  FarringtonOptions o = FarringtonOptions::for_calendar(calendar);
  int const year = calendar.periods_per_year();
  o.years = whole(input, 1, 7);
  o.years_min = whole(input, 1, o.years);
  o.half_window = whole(input, 0, year / 4);
  o.seasonal_blocks = whole(input, 1, year - 2 * o.half_window);
  o.exclude_recent = whole(input, 0, 2 * year);
  o.trend = static_cast<TrendUse>(whole(input, 0, 2));
  o.trend_p = within(input, 0, 1);
  o.compatibility = static_cast<Compatibility>(whole(input, 0, 1));
  o.down_weight = static_cast<DownWeight>(whole(input, 0, 2));
  o.residual_threshold = within(input, 0.01, 4);
  return o;
}

std::vector<PeriodRange> ranges(fuzz::Input& input, PeriodIndex first) {
  std::vector<PeriodRange> out;
  for (int i = whole(input, 0, 2); i > 0; --i) {
    int32_t const begin = first.value + whole(input, 0, static_cast<int>(kLengthMax));
    out.push_back({PeriodIndex(begin), PeriodIndex(begin + whole(input, 0, 100))});
  }
  return out;
}

void check_detector(const CountSeries& series, PeriodIndex target,
                    const std::vector<PeriodRange>& excluded, const FarringtonOptions& farrington,
                    SharesReported reported) {
  DetectorOptions const options{.farrington = farrington, .path_periods_max = kPathMax};
  Workspace workspace;
  Harm const harm = target.value % 2 == 0 ? Harm::kLow : Harm::kHigh;
  Assessment const fresh = assess(series, target, excluded, harm, options, workspace, reported);
  check_sound(unsound(fresh));
  ScoredSeries scored;
  scored.exclude(excluded);
  scored.prepare(series, PeriodIndex(target.value - 1), harm, options, workspace, reported);
  Assessment const kept = scored.assess(series, target, harm, options, workspace, reported);
  check_sound(unsound(kept));
  BELLWETHER_CHECK(fresh.why == kept.why && fresh.z == kept.z && fresh.p == kept.p &&
                   fresh.cusum == kept.cusum && fresh.onset == kept.onset);
}

void check_ears(const CountSeries& series, PeriodIndex target, int periods, double alpha) {
  using analysis::EarsMethod;
  for (EarsMethod method : {EarsMethod::kC1, EarsMethod::kC2, EarsMethod::kC3}) {
    check_sound(unsound(analysis::assess_ears(
        series, target, {.method = method, .baseline_periods = periods, .alpha = alpha})));
  }
  ColdStartOptions young = ColdStartOptions::for_calendar(series.calendar);
  young.periods = std::max(young.periods_min, periods);
  Baseline const b = fit_recent(series, target, {}, young);
  check_sound(unsound(b, count_at(series, target.value), 1 - alpha));
}

// The expected counts are the counts in reverse order, so they may be invalid.
void check_cusum(const CountSeries& series, double rate_ratio) {
  analysis::PoissonCusum cusum(rate_ratio);
  for (size_t i = 0; i < series.counts.size(); ++i) {
    auto const y = static_cast<double>(series.counts[i]);
    auto const expected = static_cast<double>(series.counts[series.counts.size() - 1 - i]);
    cusum.add(PeriodIndex(static_cast<int32_t>(i)), y, expected);
    BELLWETHER_CHECK(std::isfinite(cusum.value()) && cusum.value() >= 0);
  }
}

// The first half of the counts are the numerators, the second half the denominators.
void check_shares(const CountSeries& series, PeriodIndex target,
                  const std::vector<PeriodRange>& excluded, RatioOptions options) {
  size_t const n = series.counts.size() / 2;
  ShareSeries const shares{series.calendar, series.first, series.counts.first(n),
                           series.counts.subspan(n, n)};
  for (Harm harm : {Harm::kLow, Harm::kHigh}) {
    check_sound(unsound(assess_share(shares, target, excluded, harm, options, {})));
  }
}

void run(fuzz::Input input) {
  base::Calendar const calendar(whole(input, 0, 1) == 0 ? base::CalendarUnit::kMonth
                                                        : base::CalendarUnit::kWeek);
  PeriodIndex const first(whole(input, -kFirstMax, kFirstMax));
  FarringtonOptions const options = farrington(input, calendar);
  double const alpha = within(input, 1e-9, 0.4999);
  int const periods = whole(input, analysis::kEarsBaselineMin, 40);
  double const rate_ratio = within(input, 1.01, 10);
  RatioOptions ratio = RatioOptions::for_calendar(calendar);
  ratio.years = whole(input, 1, 6);
  ratio.exclude_recent = whole(input, 0, 60);
  ratio.periods_min = whole(input, 2, 60);
  ratio.denominator_min = whole(input, 1, 20);
  ratio.path_periods_max = whole(input, 1, 30);
  std::vector<PeriodRange> const excluded = ranges(input, first);
  std::vector<double> const reported = {within(input, 0.01, 1), within(input, 0.5, 1)};
  // The target is `back` periods before the second period after the last count.
  int const back = whole(input, 0, 40);
  std::vector<int32_t> const counts = fuzz::series<int32_t>(input, kLengthMax);
  CountSeries const series{calendar, first, counts};
  PeriodIndex const target(first.value + static_cast<int32_t>(counts.size()) + 1 - back);

  Workspace workspace;
  Baseline const b = fit(series, target, excluded, options, workspace);
  for (int64_t y : {int64_t{0}, int64_t{1}, count_at(series, target.value), int64_t{INT32_MAX}}) {
    check_sound(unsound(b, y, 1 - 2 * alpha));
  }
  check_detector(series, target, excluded, options, reported);
  check_ears(series, target, periods, alpha);
  check_cusum(series, rate_ratio);
  check_cusum(series, 1 / rate_ratio);
  check_shares(series, target, excluded, ratio);
}

}  // namespace
}  // namespace bellwether::detection

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::detection::run(bellwether::fuzz::Input(data, size));
  return 0;
}
