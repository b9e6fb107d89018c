// Purpose: the scale on which a series is fitted. Counts vary in proportion to their level, so the
// default method works on logarithms. The logarithm of a small value would be far from the others,
// and that of 0 does not exist. So an offset is added before the logarithm is taken: as much as the
// smallest value lacks to a share of the median, and nothing if it lacks nothing. The scale is
// therefore continuous: 0, 1 and 0.1 in a series of hundreds are treated alike.
// Thread safety: values.
#pragma once

#include <span>
#include <vector>

#include "core/forecast/series.h"

namespace bellwether::forecast {

inline constexpr double kLogMax = 60;  // bounds the argument of exp() when converting back

struct Transform {
  bool logs = false;  // log(y + offset); else y itself
  double offset = 0;  // in the series' unit, ≥ 0

  void apply(std::span<double> values) const;
  // No value on a logarithmic scale is converted back to one below 0.
  void undo(std::span<double> values) const;
};

// The offset raises the smallest value to this share of the median.
inline constexpr double kOffsetShare = 0.1;

// The median of a series that is not empty; for an even number of values, the upper one.
double median(std::vector<double> values);

// Whether logarithms can be taken: no value is negative, and the median is above 0 (more precisely
// kMedianMin, so that its shares are above 0, too). Where half of the values are 0, logarithms say
// nothing about how often something happens.
bool has_logs(Series y);
inline constexpr double kMedianMin = 1e-250;
// `smallest`: the value that the offset raises; 0 gives the largest offset. REQUIRES: has_logs(y);
// smallest ≥ 0.
Transform logs_of(Series y, double smallest);

}  // namespace bellwether::forecast
