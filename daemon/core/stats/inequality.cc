#include "core/stats/inequality.h"

#include <algorithm>

#include <cmath>

#include "core/base/check.h"

namespace bellwether::stats {
namespace {

using Classes = std::span<const PopulationClass>;

PopulationClass sum(Classes classes) {
  PopulationClass all;
  for (const PopulationClass& c : classes) {
    all.size += c.size;
    all.cases += c.cases;
  }
  return all;
}

// Calls use(class, p, r) with the class's share of the population and its rank. Classes without
// population are left out.
template <class Use>
void each_rank(Classes classes, double size, Use use) {
  double before = 0;
  for (const PopulationClass& c : classes) {
    if (c.size <= 0) continue;
    double const p = c.size / size;
    use(c, p, before + p / 2);
    before += p;
  }
}

}  // namespace

std::optional<Estimate> concentration_index(Classes classes) {
  PopulationClass const all = sum(classes);
  if (all.size <= 0 || all.cases <= 0) return std::nullopt;
  double const mean = all.cases / all.size;
  double weighted = 0;
  each_rank(classes, all.size, [&](const PopulationClass& c, double p, double r) {
    weighted += p * (c.cases / c.size) * r;
  });
  double const index = 2 / mean * weighted - 1;
  double between = 0;
  double within = 0;
  double share_before = 0;  // of the cases
  each_rank(classes, all.size, [&](const PopulationClass& c, double p, double r) {
    double const rate = c.cases / c.size;
    double const share = share_before + c.cases / all.cases;
    double const lean = 2 * r - 1 - index;
    double const a = rate / mean * lean + 2 - share_before - share;
    between += p * a * a;
    within += p * std::max(0.0, rate * (1 - rate)) * lean * lean;
    share_before = share;
  });
  double const variance =
      (between - (1 + index) * (1 + index)) / all.size + within / (all.size * mean * mean);
  return Estimate{index, std::max(0.0, variance)};
}

std::optional<Estimate> slope_index(Classes classes) {
  PopulationClass const all = sum(classes);
  if (all.size <= 0) return std::nullopt;
  double const mean = all.cases / all.size;
  double product = 0;
  double square = 0;
  double noise = 0;
  int used = 0;
  each_rank(classes, all.size, [&](const PopulationClass& c, double p, double r) {
    double const x = r - 0.5;
    product += p * x * (c.cases / c.size - mean);
    square += p * x * x;
    noise += p * p * x * x * c.cases / (c.size * c.size);
    ++used;
  });
  if (used < 2) return std::nullopt;
  return Estimate{product / square, noise / (square * square)};
}

std::optional<Estimate> share_gap(Classes classes, size_t worst) {
  PopulationClass const all = sum(classes);
  if (all.size <= 0 || all.cases <= 0) return std::nullopt;
  PopulationClass const part = sum(classes.first(std::min(worst, classes.size())));
  double const of_cases = part.cases / all.cases;
  double const of_size = part.size / all.size;
  return Estimate{of_cases - of_size,
                  of_cases * (1 - of_cases) / all.cases + of_size * (1 - of_size) / all.size};
}

std::optional<Estimate> log_rate_ratio(Classes classes, size_t ends) {
  BELLWETHER_CHECK(2 * ends <= classes.size());
  PopulationClass const first = sum(classes.first(ends));
  PopulationClass const last = sum(classes.last(ends));
  for (const PopulationClass& c : {first, last}) {
    if (c.size <= 0 || c.cases <= 0) return std::nullopt;
  }
  auto const noise = [](const PopulationClass& c) {
    return std::max(0.0, 1 / c.cases - 1 / c.size);
  };
  return Estimate{std::log(first.cases / first.size * last.size / last.cases),
                  noise(first) + noise(last)};
}

}  // namespace bellwether::stats
