// Purpose: the reasons why a series has no result, for detectors and forecasts alike.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bellwether::stats {

enum class NotAssessed : uint8_t {
  kNone,
  kShortHistory,     // the method needs more periods before the requested one
  kNotObserved,      // the period lies in a gap of the series
  kEmptySeason,      // every baseline count of the period's season is excluded
  kNothingExpected,  // no event in any baseline period of the season
  kNoConvergence,    // neither with nor without a trend: the counts differ by orders of magnitude
  kEmpty,            // the series has no values
  kNotFinite,        // a value is NaN or infinite
  kTooLarge,         // a value, or the length of the series, is beyond the method's bounds
  kNotPositive,      // a multiplicative season was requested, but a value is ≤ 0
  kDiverged,         // the smoothing becomes infinite or, if multiplicative, not positive
  kBadOption,        // an option is outside its range
  kClosed,           // businesses and registers rest in the period
};

struct NotAssessedInfo {
  NotAssessed why;
  std::string_view text;
};
inline constexpr std::array<NotAssessedInfo, 13> kNotAssessed = {{
    {NotAssessed::kNone, "assessed"},
    {NotAssessed::kShortHistory, "too little history"},
    {NotAssessed::kNotObserved, "not observed"},
    {NotAssessed::kEmptySeason, "every earlier season is excluded"},
    {NotAssessed::kNothingExpected, "nothing ever happened in this season"},
    {NotAssessed::kNoConvergence, "the baseline does not converge"},
    {NotAssessed::kEmpty, "no values"},
    {NotAssessed::kNotFinite, "a value is not a finite number"},
    {NotAssessed::kTooLarge, "a value or the series is too large"},
    {NotAssessed::kNotPositive, "a multiplicative season needs positive values"},
    {NotAssessed::kDiverged, "the smoothing diverges"},
    {NotAssessed::kBadOption, "an option is outside its range"},
    {NotAssessed::kClosed, "closed: holidays"},
}};
consteval bool rows_are_in_order() {
  for (size_t i = 0; i < kNotAssessed.size(); ++i) {
    if (kNotAssessed[i].why != static_cast<NotAssessed>(i)) return false;
  }
  return kNotAssessed.back().why == NotAssessed::kClosed;
}
static_assert(rows_are_in_order(), "a row for each reason, in their order");

constexpr std::string_view name(NotAssessed why) {
  return kNotAssessed[static_cast<size_t>(why)].text;
}

}  // namespace bellwether::stats
