#include "core/engine/reporting.h"

#include <algorithm>
#include <limits>

namespace bellwether::engine {

using indicators::Measure;

namespace {

// A register may be loaded around the end of a period.
constexpr int32_t kLoadingPeriods = 2;

}  // namespace

detection::SharesReported SharesByMeasure::from(Measure measure, int age) const {
  detection::SharesReported const open = of(measure).open;
  return open.subspan(std::min(open.size(), static_cast<size_t>(age)));
}

indicators::LateReports SharesByMeasure::late(base::PeriodIndex through) const {
  indicators::LateReports out;
  out.through = through;
  out.least = detection::DelayOptions{}.testable;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) out.open[m] = of(static_cast<Measure>(m)).open;
  return out;
}

double SharesByMeasure::log_variance_at(Measure measure, int age) const {
  const std::vector<double>& v = of(measure).log_variance;
  return static_cast<size_t>(age) < v.size() ? v[static_cast<size_t>(age)] : 0;
}

std::vector<double> pooled_reported(const SharesByMeasure& reported, const indicators::Panel& panel,
                                    std::span<const Measure> measures, base::PeriodIndex tick) {
  base::PeriodIndex const from(
      std::max(panel.first_period().value, tick.value - panel.calendar().periods_per_year() + 1));
  std::vector<double> out;
  while (true) {
    auto const age = static_cast<int>(out.size());
    double in_time = 0;
    double all = 0;
    bool open = false;
    for (Measure m : measures) {
      auto const n = static_cast<double>(std::max<int64_t>(0, panel.sum({}, m, from, tick)));
      all += n;
      in_time += n * reported.at(m, age);
      open = open || !reported.from(m, age).empty();
    }
    if (!open || all <= 0) return out;
    out.push_back(in_time / all);
  }
}

int testable_age(const SharesByMeasure& reported, const indicators::Panel& panel,
                 indicators::Indicator indicator, base::PeriodIndex tick) {
  std::vector<Measure> dated;
  int complete = 0;
  domain::each_recent_measure(indicator, [&](Measure m) {
    // Of events that count in another period than their own, no share is known.
    if (!domain::is_dated(m)) complete = std::max(complete, reported.complete_age(m));
    if (domain::is_dated(m) && std::ranges::find(dated, m) == dated.end()) dated.push_back(m);
  });
  std::vector<double> const shares = pooled_reported(reported, panel, dated, tick);
  auto const testable = std::ranges::find_if(
      shares, [](double share) { return share >= detection::DelayOptions{}.testable; });
  return std::max(complete, static_cast<int>(testable - shares.begin()));
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
    int32_t const oldest = std::max(triangles_[m].begin()->first, *begin - options_.delay_max);
    std::vector<std::vector<int32_t>> triangle;
    std::vector<int32_t> known_from;
    for (int32_t period = oldest; period <= tick_.value; ++period) {
      std::vector<int32_t>& row = triangle.emplace_back();
      known_from.push_back(period < *begin ? *begin - period + kLoadingPeriods : 0);
      auto const found = triangles_[m].find(period);
      if (found == triangles_[m].end()) continue;
      for (int64_t n : found->second) {
        row.push_back(
            static_cast<int32_t>(std::clamp<int64_t>(n, 0, std::numeric_limits<int32_t>::max())));
      }
    }
    detection::Completeness const completeness =
        detection::estimate_completeness(triangle, options_, known_from);
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

std::optional<base::PeriodIndex> Reporting::load() const {
  const Triangle& births = triangles_[static_cast<size_t>(Measure::kBirths)];
  std::optional<int32_t> const begin = begin_of(births);
  if (!begin) return std::nullopt;
  int loaded = 0;
  for (const auto& [period, row] : births) {
    auto const delay = static_cast<size_t>(*begin - period);
    if (period < *begin && delay < row.size() && row[delay] > 0) ++loaded;
  }
  if (loaded <= kLoadedShare * options_.delay_max) return std::nullopt;
  return base::PeriodIndex(*begin);
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
