#include "core/detection/calendar_effect.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr int kHuberIterationsMax = 50;
constexpr double kHuber = 1.345;         // 95 % efficiency if errors are normal
constexpr double kHuberMedian = 0.6745;  // of |z|
constexpr double kMonths = 12;

CalendarTerms terms(const base::BusinessCalendar& days, base::Calendar calendar, PeriodIndex t) {
  return {std::log(std::max(1, days.business_days(calendar, t))), days.feast_before(calendar, t),
          days.feast_after(calendar, t)};
}

double median_of(std::vector<double>& values) {
  auto const middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// A month, its pooled difference w, and the same differences of the terms.
struct Month {
  int32_t period = 0;
  double w = 0;
  CalendarTerms x{};
};

double difference(double before, double now, double after) {
  return now - 0.5 * (before + after);
}

std::vector<CountSeries> large(std::span<const CountSeries> series, PeriodIndex end) {
  std::vector<CountSeries> out;
  for (const CountSeries& s : series) {
    auto const periods = static_cast<double>(end.value - s.first.value);
    double sum = 0;
    for (int32_t t = s.first.value; t < end.value; ++t) sum += static_cast<double>(count_at(s, t));
    if (periods > 0 && sum >= kCalendarMeanMin * periods) out.push_back(s);
  }
  return out;
}

std::vector<Month> months(std::span<const CountSeries> series, const base::BusinessCalendar& days,
                          base::Calendar calendar, PeriodIndex end) {
  int32_t first = end.value;
  for (const CountSeries& s : series) first = std::min(first, s.first.value);
  std::vector<Month> out;
  std::vector<double> w;
  for (int32_t t = first + 1; t + 1 < end.value; ++t) {
    w.clear();
    for (const CountSeries& s : series) {
      if (t - 1 < s.first.value) continue;
      if (is_gap(s, t - 1) || is_gap(s, t) || is_gap(s, t + 1)) continue;
      auto const log_count = [&](int32_t at) {
        return std::log(static_cast<double>(count_at(s, at)) + 0.5);
      };
      w.push_back(difference(log_count(t - 1), log_count(t), log_count(t + 1)));
    }
    if (w.empty()) continue;
    Month m{t, median_of(w), {}};
    CalendarTerms const before = terms(days, calendar, PeriodIndex(t - 1));
    CalendarTerms const now = terms(days, calendar, PeriodIndex(t));
    CalendarTerms const after = terms(days, calendar, PeriodIndex(t + 1));
    for (size_t k = 0; k < kCalendarTerms; ++k) m.x[k] = difference(before[k], now[k], after[k]);
    out.push_back(m);
  }
  return out;
}

int season(int32_t period) {
  int const twelve = static_cast<int>(kMonths);
  return ((period % twelve) + twelve) % twelve;
}

// Takes off what each calendar month usually has.
void remove_season(std::vector<Month>& all) {
  for (int s = 0; s < static_cast<int>(kMonths); ++s) {
    std::vector<double> w;
    CalendarTerms mean{};
    for (const Month& m : all) {
      if (season(m.period) != s) continue;
      w.push_back(m.w);
      for (size_t k = 0; k < kCalendarTerms; ++k) mean[k] += m.x[k];
    }
    if (w.empty()) continue;
    double const usual = median_of(w);
    for (Month& m : all) {
      if (season(m.period) != s) continue;
      m.w -= usual;
      for (size_t k = 0; k < kCalendarTerms; ++k) m.x[k] -= mean[k] / static_cast<double>(w.size());
    }
  }
}

struct Regression {
  Vector coefficients;
  Vector t_values;
};

Regression huber(const Matrix& x, const Vector& y) {
  Vector weight = Vector::Ones(y.size());
  Regression fit{Vector::Zero(x.cols()), Vector::Zero(x.cols())};
  double scale = 0;
  Matrix normal;
  for (int i = 0; i < kHuberIterationsMax; ++i) {
    normal = x.transpose() * weight.asDiagonal() * x;
    fit.coefficients = normal.ldlt().solve(x.transpose() * weight.asDiagonal() * y);
    Vector const residual = y - x * fit.coefficients;
    std::vector<double> sizes(static_cast<size_t>(y.size()));
    for (Eigen::Index j = 0; j < y.size(); ++j)
      sizes[static_cast<size_t>(j)] = std::abs(residual[j]);
    scale = median_of(sizes) / kHuberMedian;
    if (scale <= 0) break;
    for (Eigen::Index j = 0; j < y.size(); ++j) {
      double const size = std::abs(residual[j]) / scale;
      weight[j] = size > kHuber ? kHuber / size : 1;
    }
  }
  Matrix const inverse = normal.inverse();
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    double const error = scale * std::sqrt(std::max(0.0, inverse(k, k)));
    fit.t_values[k] = error > 0 ? fit.coefficients[k] / error : HUGE_VAL;
  }
  return fit;
}

double shrunk(double coefficient, double t) {
  double const kept = std::abs(t) > 1 ? 1 - 1 / (t * t) : 0;
  return kCalendarRounding * std::round(kept * coefficient / kCalendarRounding);
}

}  // namespace

CalendarTerms calendar_effect(std::span<const CountSeries> series,
                              const base::BusinessCalendar& days, base::Calendar calendar,
                              PeriodIndex end) {
  CalendarTerms effect{};
  if (calendar.unit() != base::CalendarUnit::kMonth || days.empty()) return effect;
  std::vector<Month> all = months(large(series, end), days, calendar, end);
  if (all.size() < kCalendarMonthsMin) return effect;
  remove_season(all);
  // A term that does not vary, such as feasts where there are none, has no coefficient.
  std::vector<size_t> used;
  for (size_t k = 0; k < kCalendarTerms; ++k) {
    double squares = 0;
    for (const Month& m : all) squares += m.x[k] * m.x[k];
    if (squares > 1e-6 * static_cast<double>(all.size())) used.push_back(k);
  }
  if (used.empty()) return effect;
  auto const rows = static_cast<Eigen::Index>(all.size());
  Matrix x(rows, static_cast<Eigen::Index>(used.size()));
  Vector y(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const Month& m = all[static_cast<size_t>(i)];
    y[i] = m.w;
    for (Eigen::Index k = 0; k < x.cols(); ++k) x(i, k) = m.x[used[static_cast<size_t>(k)]];
  }
  Regression const fit = huber(x, y);
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    if (std::isfinite(fit.coefficients[k]))
      effect[used[static_cast<size_t>(k)]] = shrunk(fit.coefficients[k], fit.t_values[k]);
  }
  return effect;
}

std::vector<double> calendar_offsets(const CalendarTerms& effect,
                                     const base::BusinessCalendar& days, base::Calendar calendar,
                                     PeriodIndex first, size_t count) {
  if (std::ranges::all_of(effect, [](double g) { return g == 0; })) return {};
  std::vector<double> out(count);
  for (size_t i = 0; i < count; ++i) {
    CalendarTerms const x =
        terms(days, calendar, PeriodIndex(first.value + static_cast<int32_t>(i)));
    for (size_t k = 0; k < kCalendarTerms; ++k) out[i] += effect[k] * x[k];
  }
  return out;
}

}  // namespace bellwether::detection
