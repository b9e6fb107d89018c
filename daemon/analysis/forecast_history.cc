#include "analysis/forecast_history.h"

#include <algorithm>

#include "core/forecast/decomposition.h"

namespace bellwether::analysis {
namespace {

bool has_value(const SeriesPoint& p) {
  return p.value.has_value();
}

// The points from the first value to the last.
std::span<const SeriesPoint> trimmed(std::span<const SeriesPoint> points) {
  auto const first = std::ranges::find_if(points, has_value);
  auto const last = std::find_if(points.rbegin(), points.rend(), has_value).base();
  return first < last ? std::span(first, last) : std::span<const SeriesPoint>();
}

// The index at which the values after the last gap of more than kBridgeMax periods begin.
size_t begin_of_history(std::span<const SeriesPoint> points) {
  size_t gap = 0;
  for (size_t i = points.size(); i-- > 0;) {
    gap = points[i].value ? 0 : gap + 1;
    if (gap > kBridgeMax) return i + gap;
  }
  return 0;
}

// Fills gaps with a straight line between the nearest values on both sides. REQUIRES a value at
// both ends.
void draw_lines(std::span<const SeriesPoint> points, std::vector<double>& values) {
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].value) continue;
    size_t next = i;
    while (!points[next].value) ++next;
    // Earlier points of the gap are filled already, so the line continues from them.
    values[i] = values[i - 1] + (values[next] - values[i - 1]) / static_cast<double>(next - i + 1);
  }
}

void bridge(std::span<const SeriesPoint> points, int season, std::vector<double>& values) {
  draw_lines(points, values);
  if (!forecast::is_seasonal(values, season)) return;
  forecast::Season const index = forecast::classical_season(
      values, season,
      forecast::all_positive(values) ? forecast::Combine::kMultiply : forecast::Combine::kAdd);
  std::vector<double> drawn = values;
  index.remove(drawn);
  draw_lines(points, drawn);
  index.apply(drawn);
  bool const counts = std::ranges::all_of(values, [](double v) { return v >= 0; });
  for (size_t t = 0; t < values.size(); ++t) {
    if (points[t].value) continue;
    values[t] = counts ? std::max(0.0, drawn[t]) : drawn[t];
  }
}

}  // namespace

ForecastHistory forecast_history(std::span<const SeriesPoint> all, int season) {
  ForecastHistory h;
  std::span<const SeriesPoint> points = trimmed(all);
  if (points.empty()) {
    h.why = all.empty() ? "no value" : all.back().missing;
    return h;
  }
  size_t const begin = begin_of_history(points);
  h.left_out = static_cast<size_t>(std::ranges::count_if(points.first(begin), has_value));
  points = points.subspan(begin);
  h.first = points.front().period;
  for (const SeriesPoint& p : points) {
    h.values.push_back(p.value.value_or(0));
    if (!p.value) h.bridged.push_back(p.period);
  }
  if (static_cast<double>(h.bridged.size()) > kBridgedShareMax * static_cast<double>(points.size()))
    return {
        .why =
            "more than a tenth of its periods have no value; if nothing happened in them, write 0"};
  if (!h.bridged.empty()) bridge(points, season, h.values);
  return h;
}

}  // namespace bellwether::analysis
