#include "analysis/evident_falls.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace bellwether::analysis {
namespace {

constexpr double kFallMedian = 0.6745;  // of |z|

double middle_of(std::vector<double>& values) {
  auto const middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Logarithms of counts by period; nullopt for a period without a count.
using Logs = std::vector<std::optional<double>>;

Logs logs_of(const detection::CountSeries& series) {
  Logs out(series.counts.size());
  for (size_t i = 0; i < out.size(); ++i) {
    int32_t const t = series.first.value + static_cast<int32_t>(i);
    if (is_gap(series, t) || is_closed(series, t)) continue;
    out[i] = std::log(static_cast<double>(count_at(series, t)) + 0.5) - offset_at(series, t);
  }
  return out;
}

std::optional<double> mean_of(const Logs& logs, size_t begin, size_t end, bool exponential) {
  double sum = 0;
  int n = 0;
  for (size_t i = begin; i < std::min(end, logs.size()); ++i) {
    if (!logs[i]) continue;
    sum += exponential ? std::exp(*logs[i]) : *logs[i];
    ++n;
  }
  if (2 * n < static_cast<int>(end - begin)) return std::nullopt;
  return sum / n;
}

// Takes off the median difference of each season from the mean of the year around it.
void remove_season(Logs& logs, size_t year) {
  std::vector<std::vector<double>> by_season(year);
  for (size_t i = year / 2; i + year / 2 < logs.size(); ++i) {
    auto const around = mean_of(logs, i - year / 2, i + year / 2 + 1, false);
    if (logs[i] && around) by_season[i % year].push_back(*logs[i] - *around);
  }
  for (size_t s = 0; s < year; ++s) {
    if (by_season[s].empty()) continue;
    double const usual = middle_of(by_season[s]);
    for (size_t i = s; i < logs.size(); i += year) {
      if (logs[i]) *logs[i] -= usual;
    }
  }
}

// The scatter of one period, from second differences, whose variance is 3/2 of it.
double scatter(const Logs& logs) {
  std::vector<double> sizes;
  for (size_t i = 1; i + 1 < logs.size(); ++i) {
    if (logs[i - 1] && logs[i] && logs[i + 1])
      sizes.push_back(std::abs(*logs[i] - 0.5 * (*logs[i - 1] + *logs[i + 1])));
  }
  return sizes.empty() ? 0 : middle_of(sizes) / kFallMedian / std::sqrt(1.5);
}

}  // namespace

std::vector<base::PeriodIndex> evident_falls(const detection::CountSeries& series,
                                             detection::Harm harm) {
  auto const year = static_cast<size_t>(series.calendar.periods_per_year());
  size_t const quarter = year / 4;
  Logs logs = logs_of(series);
  remove_season(logs, year);
  double const error = scatter(logs) * std::sqrt(1.0 / static_cast<double>(quarter) +
                                                 1.0 / static_cast<double>(year));
  double const side = harm == detection::Harm::kLow ? 1 : -1;
  std::vector<base::PeriodIndex> out;
  std::optional<size_t> last;
  for (size_t i = year; i + quarter <= logs.size(); ++i) {
    auto const before = mean_of(logs, i - year, i, true);
    auto const after = mean_of(logs, i, i + quarter, true);
    if (!before || !after) continue;
    double const fall = side * (std::log(*before) - std::log(*after));
    double const least =
        harm == detection::Harm::kLow ? -std::log1p(-kEvidentDrop) : std::log1p(kEvidentDrop);
    if (fall < least || fall < kEvidentT * error) continue;
    if (!last || i - *last > year / 2)
      out.push_back(base::PeriodIndex(series.first.value + static_cast<int32_t>(i)));
    last = i;
  }
  return out;
}

}  // namespace bellwether::analysis
