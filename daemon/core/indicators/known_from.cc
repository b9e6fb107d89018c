#include "core/indicators/known_from.h"

#include <algorithm>
#include <cmath>

namespace bellwether::indicators {
namespace {

using Counts = std::span<const int32_t>;

constexpr auto has_events = [](int32_t n) { return n != 0; };

// The index of the first event from `from` on; the size if there is none.
size_t next_event(Counts counts, size_t from) {
  return static_cast<size_t>(
      std::find_if(counts.begin() + static_cast<ptrdiff_t>(from), counts.end(), has_events) -
      counts.begin());
}

size_t with_events(Counts counts) {
  return static_cast<size_t>(std::ranges::count_if(counts, has_events));
}

// True if the periods first … begin − 1 have fewer events than chance explains, compared with those
// from the event at `begin` on.
bool is_unknown(Counts counts, size_t first, size_t begin, size_t year) {
  Counts const after = counts.subspan(begin, std::min(counts.size() - begin, year * kKnownYears));
  auto const most = static_cast<double>(with_events(counts.subspan(first, begin - first)));
  double const n = most + static_cast<double>(with_events(after)) - 1;
  double const p =
      static_cast<double>(begin - first) / static_cast<double>(begin - first + after.size());
  if (p <= 0 || most >= n * p) return false;
  double chance = 0;  // of at most `most` of n in the first stretch
  for (double i = 0; i <= most; ++i) {
    chance += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) +
                       i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return chance <= kKnownChance;
}

}  // namespace

size_t first_known(Counts counts, size_t year) {
  size_t last = next_event(counts, 0);
  if (last == counts.size()) return 0;
  size_t known = is_unknown(counts, 0, last, year) ? last : 0;
  while (true) {
    size_t const next = next_event(counts, last + 1);
    if (next == counts.size()) return known;
    if (next - last > year && is_unknown(counts, 0, next, year)) known = next;
    last = next;
  }
}

size_t first_with_ends(Counts births, int64_t births_before, Counts deaths, size_t year) {
  size_t begin = std::max(first_known(deaths, year), next_event(deaths, 0));
  if (begin == deaths.size()) return 0;
  for (; begin + 1 < deaths.size(); ++begin) {
    Counts const after = deaths.subspan(begin + 1, std::min(year, deaths.size() - begin - 1));
    double sum = 0;
    for (int32_t n : after) sum += n;
    bool const usual = deaths[begin] >= kKnownEndsShare * sum / static_cast<double>(after.size());
    if (deaths[begin] > 0 && usual) break;
  }
  size_t const born = births_before > 0 ? 0 : next_event(births, 0);
  return begin > born && is_unknown(deaths, born, begin, year) ? begin : 0;
}

}  // namespace bellwether::indicators
