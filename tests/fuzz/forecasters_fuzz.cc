// Fuzzes every forecast method with options, in or out of their ranges, and a series of any
// numbers. The forecast is sound (support/sound_forecast.h) or not assessed. A second run gives the
// same forecast.
#include <cmath>

#include "core/base/check.h"
#include "core/forecast/forecast.h"
#include "fuzz/numbers.h"
#include "support/sound_forecast.h"

namespace bellwether::forecast {
namespace {

using fuzz::check_sound;
using fuzz::whole;
using fuzz::within;
using testing::unsound;

constexpr size_t kValuesMax = 400;  // longer series find no more errors and take too long

// A number in 0 … 1; for one byte in sixteen, any double.
double nearly_a_share(fuzz::Input& input) {
  if (input.byte() % 16 > 0) return within(input, 0, 1);
  return std::bit_cast<double>(input.number(8));
}

Options options_of(fuzz::Input& input, Method method) {
  Options o;
  o.method = method;
  o.adjustment = static_cast<SeasonalAdjustment>(whole(input, 0, 3));
  o.non_negative = whole(input, 0, 1) == 1;
  if (whole(input, 0, 1) == 1) {
    double const alpha = nearly_a_share(input);
    double const beta = nearly_a_share(input);
    o.holt_winters = HoltWintersParameters{alpha, beta, nearly_a_share(input)};
  }
  double const narrow = nearly_a_share(input);
  o.intervals = {AdaptiveConformal(narrow), AdaptiveConformal(0.95)};
  if (whole(input, 0, 3) == 0) o.intervals.clear();
  return o;
}

bool same(const Forecast& a, const Forecast& b) {
  bool equal = a.why == b.why && a.mean == b.mean && a.intervals.size() == b.intervals.size();
  for (size_t i = 0; equal && i < a.intervals.size(); ++i) {
    equal = a.intervals[i].lower == b.intervals[i].lower &&
            a.intervals[i].upper == b.intervals[i].upper;
  }
  return equal;
}

void run(fuzz::Input input) {
  auto const method = static_cast<Method>(whole(input, 0, static_cast<int>(kMethods) - 1));
  Options const options = options_of(input, method);
  int const period = whole(input, 0, whole(input, 0, 1) == 0 ? 13 : kPeriodMax + 1);
  int const horizon = whole(input, 0, whole(input, 0, 1) == 0 ? 20 : kHorizonMax + 1);
  std::vector<double> const y = fuzz::series<double>(input, kValuesMax);
  Forecast const f = forecast(y, period, horizon, options);
  check_sound(unsound(f, horizon, options.non_negative ? 0 : -HUGE_VAL));
  BELLWETHER_CHECK(same(f, forecast(y, period, horizon, options)));
}

}  // namespace
}  // namespace bellwether::forecast

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::forecast::run(bellwether::fuzz::Input(data, size));
  return 0;
}
