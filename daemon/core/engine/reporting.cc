#include "core/engine/reporting.h"

#include <algorithm>
#include <limits>

namespace bellwether::engine {

using indicators::Measure;

detection::SharesReported SharesByMeasure::from(Measure measure, int age) const {
  detection::SharesReported const open = of(measure).open;
  return open.subspan(std::min(open.size(), static_cast<size_t>(age)));
}

double SharesByMeasure::log_variance_at(Measure measure, int age) const {
  const std::vector<double>& v = of(measure).log_variance;
  return static_cast<size_t>(age) < v.size() ? v[static_cast<size_t>(age)] : 0;
}

void Reporting::begin(base::PeriodIndex tick) {
  tick_ = tick;
  int32_t const oldest = tick.value - options_.window - options_.delay_max + 1;
  for (Triangle& triangle : triangles_)
    triangle.erase(triangle.begin(), triangle.lower_bound(oldest));
}

void Reporting::add(std::span<const indicators::Report> reports) {
  int32_t const oldest = tick_.value - options_.window - options_.delay_max + 1;
  for (const indicators::Report& r : reports) {
    if (r.key.period.value < oldest || r.key.delay > options_.delay_max) continue;
    Row& row = triangles_[static_cast<size_t>(r.key.measure)][r.key.period.value];
    row.resize(static_cast<size_t>(options_.delay_max) + 1);
    row[r.key.delay] += r.amount;
  }
}

std::optional<int32_t> Reporting::begin_of(const Triangle& triangle) {
  std::optional<int32_t> begin;
  for (const auto& [period, row] : triangle) {
    auto const first = std::ranges::find_if(row, [](int64_t n) { return n != 0; });
    if (first == row.end()) continue;
    int32_t const published = period + static_cast<int32_t>(first - row.begin());
    begin = std::min(begin.value_or(published), published);
  }
  return begin;
}

SharesByMeasure Reporting::shares() const {
  SharesByMeasure out;
  for (size_t m = 0; m < triangles_.size(); ++m) {
    auto const begin = begin_of(triangles_[m]);
    if (!begin) continue;
    std::vector<std::vector<int32_t>> triangle;
    for (int32_t period = *begin; period <= tick_.value; ++period) {
      std::vector<int32_t>& row = triangle.emplace_back();
      auto const found = triangles_[m].find(period);
      if (found == triangles_[m].end()) continue;
      for (int64_t n : found->second) {
        row.push_back(
            static_cast<int32_t>(std::clamp<int64_t>(n, 0, std::numeric_limits<int32_t>::max())));
      }
    }
    detection::Completeness const completeness =
        detection::estimate_completeness(triangle, options_);
    SharesByMeasure::Shares& s = out.shares_[m];
    s.testable = std::nullopt;
    for (int age = 0; age <= options_.delay_max; ++age) {
      double const share = completeness.at(age);
      if (!s.testable && share >= options_.testable) s.testable = age;
      if (detection::period_state(share, options_) == detection::PeriodState::kFinal) break;
      s.open.push_back(share);
      s.log_variance.push_back(completeness.log_variance_at(age));
    }
  }
  return out;
}

std::vector<indicators::Report> Reporting::reports() const {
  std::vector<indicators::Report> out;
  for (size_t m = 0; m < triangles_.size(); ++m) {
    for (const auto& [period, row] : triangles_[m]) {
      for (size_t delay = 0; delay < row.size(); ++delay) {
        if (row[delay] == 0) continue;
        out.push_back(
            {{static_cast<Measure>(m), static_cast<uint8_t>(delay), base::PeriodIndex(period)},
             row[delay]});
      }
    }
  }
  return out;
}

}  // namespace bellwether::engine
