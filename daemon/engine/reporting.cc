#include "engine/reporting.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

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

size_t Reporting::place(int32_t period) const {
  int32_t const places = rows() + 1;
  return static_cast<size_t>((period % places + places) % places) * delays();
}

void Reporting::begin(base::PeriodIndex tick) {
  BELLWETHER_CHECK(!first_ || tick >= tick_);
  int32_t const passed = first_ ? std::min(tick.value - tick_.value, rows() + 1) : 0;
  if (!first_) first_ = tick;
  tick_ = tick;
  for (std::vector<int64_t>& triangle : triangles_) {
    if (triangle.empty()) continue;
    for (int32_t back = 0; back < passed; ++back) {
      std::fill_n(&triangle[place(tick.value + 1 - back)], delays(), 0);
    }
  }
}

void Reporting::add(std::span<const indicators::Delta> deltas) {
  for (const indicators::Delta& d : deltas) {
    int32_t const period = d.key.period().value;
    if (period < first_->value || period > tick_.value + 1) continue;
    int32_t const delay = std::max(0, tick_.value - period);
    if (delay > options_.delay_max) continue;
    std::vector<int64_t>& triangle = triangles_[static_cast<size_t>(d.key.measure())];
    if (triangle.empty()) triangle.resize(static_cast<size_t>(rows() + 1) * delays());
    triangle[place(period) + static_cast<size_t>(delay)] += d.amount;
  }
}

SharesByMeasure Reporting::shares() const {
  SharesByMeasure out;
  if (!first_) return out;
  auto const known = static_cast<size_t>(std::min(tick_.value - first_->value + 1, rows()));
  std::vector<std::vector<int32_t>> triangle(known, std::vector<int32_t>(delays()));
  for (size_t m = 0; m < triangles_.size(); ++m) {
    if (triangles_[m].empty()) continue;
    for (size_t i = 0; i < known; ++i) {
      size_t const row = place(tick_.value - static_cast<int32_t>(known - 1 - i));
      for (size_t d = 0; d < delays(); ++d) {
        // Corrections can outweigh what was reported with the same delay.
        triangle[i][d] = static_cast<int32_t>(std::clamp<int64_t>(
            triangles_[m][row + d], 0, std::numeric_limits<int32_t>::max()));
      }
    }
    detection::Completeness const completeness = detection::estimate_completeness(triangle, options_);
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

}  // namespace bellwether::engine
