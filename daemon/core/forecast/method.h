// Purpose: the methods by name, each as the weighted components it is made of.
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
  kCombination,  // ours, see combination.h
};
inline constexpr size_t kMethods = 12;
std::string_view name(Method method);
std::optional<Method> method_named(std::string_view name);
// For a list to choose from: what it does, in a few words.
std::string_view description(Method method);
// All of them, in the order of such a list.
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

// What is taken off before smoothing and put back after. kNaive, kSeasonalNaive and Holt–Winters do
// not ask.
enum class SeasonalAdjustment : uint8_t {
  kTested,  // multiplicative where is_seasonal() and all values are positive, additive where not
  kNone,
  kMultiply,  // untested
  kAdd,
};

// A path on the scale on which it was fitted, and the way back.
struct Component {
  double weight = 1;
  bool logs = false;  // the path is of log y, the season too
  Season season;
  Path path;
  int parameters = 0;  // estimated for the path, the season apart
};

// Values that the method needs.
size_t length_min(Method method, int period);

struct Fitted {
  NotAssessed why = NotAssessed::kNone;
  std::vector<Component> components;  // weights sum to one
};

// REQUIRES: 1 ≤ period ≤ kPeriodMax.
Fitted fit(Series y, int period, Method method, SeasonalAdjustment adjustment,
           const std::optional<HoltWintersParameters>& holt_winters);

}  // namespace bellwether::forecast
