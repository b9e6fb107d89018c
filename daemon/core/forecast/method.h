// Purpose: the forecast methods by name. Each is a list of weighted components.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/forecast/decomposition.h"
#include "core/forecast/holt_winters.h"
#include "core/forecast/path.h"
#include "core/forecast/series.h"
#include "core/forecast/transform.h"

namespace bellwether::forecast {

enum class Method : uint8_t {
  kNaive,          // the last value
  kSeasonalNaive,  // the last value of the same season
  kNaive2,         // the last value, seasonally adjusted
  kSes,            // simple exponential smoothing
  kHolt,           // linear trend
  kDamped,         // damped trend
  kHoltWintersAdditive,
  kHoltWintersMultiplicative,
  kTheta,        // Assimakopoulos & Nikolopoulos 2000
  kThetaR,       // the same as R's thetaf estimates it
  kComb,         // mean of kSes, kHolt and kDamped
  kCombination,  // the project's default method, see combination.h
};
inline constexpr size_t kMethods = 12;
std::string_view name(Method method);
std::optional<Method> method_named(std::string_view name);
// A short description for a list of methods.
std::string_view description(Method method);
// All methods, in the order of that list.
inline constexpr std::array<Method, kMethods> kMethodsListed = {
    Method::kCombination,
    Method::kComb,
    Method::kTheta,
    Method::kThetaR,
    Method::kSes,
    Method::kHolt,
    Method::kDamped,
    Method::kHoltWintersAdditive,
    Method::kHoltWintersMultiplicative,
    Method::kNaive2,
    Method::kSeasonalNaive,
    Method::kNaive,
};

// The season that is removed before smoothing and restored afterwards. kNaive, kSeasonalNaive and
// Holt–Winters ignore this.
enum class SeasonalAdjustment : uint8_t {
  kTested,  // if is_seasonal(): multiplicative if all values are positive, else additive
  kNone,
  kMultiply,  // without a test
  kAdd,
};

// A path on the scale on which it was fitted, and the data to convert it back.
struct Component {
  double weight = 1;
  Transform scale;  // of path and season
  Season season;
  Path path;
  int parameters = 0;  // number of parameters estimated for the path, without the season
};

// The number of values that the method needs.
size_t length_min(Method method, int period);

struct Fitted {
  NotAssessed why = NotAssessed::kNone;
  std::vector<Component> components;  // weights sum to one
  // The values with which the forecasts from earlier origins are compared, if not those of the
  // series itself: kCombination's, without outliers (outliers.h).
  std::vector<double> judged;
};

// REQUIRES: 1 ≤ period ≤ kPeriodMax.
Fitted fit(Series y, int period, Method method, SeasonalAdjustment adjustment,
           const std::optional<HoltWintersParameters>& holt_winters);

}  // namespace bellwether::forecast
