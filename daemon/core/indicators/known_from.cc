#include "core/indicators/known_from.h"

#include <algorithm>
#include <cmath>

#include "core/stats/counts.h"

namespace bellwether::indicators {
namespace {

using Counts = std::span<const int32_t>;

constexpr auto has_events = [](int32_t n) { return n != 0; };

// Without the zeros at the end: they may be periods that only later revisions reached.
Counts trimmed(Counts counts) {
  while (!counts.empty() && counts.back() == 0) counts = counts.first(counts.size() - 1);
  return counts;
}

// The index of the first event from `from` on; the size if there is none.
size_t next_event(Counts counts, size_t from) {
  return static_cast<size_t>(
      std::find_if(counts.begin() + static_cast<ptrdiff_t>(from), counts.end(), has_events) -
      counts.begin());
}

size_t with_events(Counts counts) {
  return static_cast<size_t>(std::ranges::count_if(counts, has_events));
}

// The probability of at most `most` of n events where each is one with probability p.
double binomial(double most, double n, double p) {
  double sum = 0;
  for (double i = 0; i <= most; ++i) {
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) +
                    i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return sum;
}

// True if the periods from `first` up to but not including `begin` have fewer events than chance
// explains, compared with those from the event at `begin` on.
bool is_unknown(Counts counts, size_t first, size_t begin, size_t year) {
  Counts const after = counts.subspan(begin, std::min(counts.size() - begin, year * kKnownYears));
  auto const most = static_cast<double>(with_events(counts.subspan(first, begin - first)));
  double const n = most + static_cast<double>(with_events(after)) - 1;
  double const p =
      static_cast<double>(begin - first) / static_cast<double>(begin - first + after.size());
  if (p <= 0 || most >= n * p) return false;
  return binomial(most, n, p) <= kKnownChance;
}

double sum_of(Counts counts) {
  double sum = 0;
  for (int32_t n : counts) sum += std::max(0, n);
  return sum;
}

// True if the births before `begin` have fewer ends than chance explains, compared with the births
// and ends from then on. That shows in the first period already, where the time alone does not.
bool are_survivors(Counts births, int64_t births_before, Counts deaths, size_t begin) {
  Counts const earlier = births.first(std::min(begin, births.size()));
  if (with_events(earlier) < kKnownBirthPeriodsMin) return false;
  double const before = sum_of(earlier) + static_cast<double>(std::max<int64_t>(0, births_before));
  double const after = sum_of(births.subspan(earlier.size()));
  double const ended_before = sum_of(deaths.first(begin));
  double const ended = sum_of(deaths.subspan(begin));
  if (after <= 0 || ended < kKnownEndsMin) return false;
  double const p = before / (before + after);
  double const n = ended_before + ended;
  return ended_before < n * p && binomial(ended_before, n, p) <= kKnownChance;
}

// The ends that a register tells of in the periods up to but not including `end`, if it tells of
// ends, at the least. Of the births before the first period, no date is known.
double least_ends(const Lives& lives, size_t end, size_t year) {
  auto const older = [&](size_t born) { return born + year < end ? end - born - year : 0; };
  double periods = 0;
  if (lives.births_before > 0)
    periods = static_cast<double>(lives.births_before) * static_cast<double>(older(0));
  for (size_t t = 0; t < std::min(end, lives.births.size()); ++t)
    periods += std::max(0, lives.births[t]) * static_cast<double>(older(t));
  return kKnownEndsAYearMin * periods / static_cast<double>(year);
}

// True if chance hardly explains that at most `ends` businesses ended.
bool are_too_few(double ends, double least) {
  if (least <= 0 || ends >= least) return false;
  stats::Tails const tails = stats::tails({least}, static_cast<int64_t>(std::max(0.0, ends)));
  return tails.below + tails.at <= kKnownChance;
}

}  // namespace

size_t first_known(Counts counts, size_t year) {
  counts = trimmed(counts);
  size_t last = next_event(counts, 0);
  if (last == counts.size()) return 0;
  size_t known = is_unknown(counts, 0, last, year) ? last : 0;
  while (true) {
    size_t const next = next_event(counts, last + 1);
    if (next == counts.size()) return known;
    if (next - last > year && is_unknown(counts, known, next, year)) known = next;
    last = next;
  }
}

size_t first_with_ends(Counts births, int64_t births_before, Counts deaths, size_t year) {
  births = trimmed(births);
  deaths = trimmed(deaths);
  size_t begin = std::max(first_known(deaths, year), next_event(deaths, 0));
  if (begin == deaths.size()) return 0;
  for (; begin + 1 < deaths.size(); ++begin) {
    Counts const after = deaths.subspan(begin + 1, std::min(year, deaths.size() - begin - 1));
    double const mean = sum_of(after) / static_cast<double>(after.size());
    if (deaths[begin] > 0 && deaths[begin] >= kKnownEndsShare * mean) break;
  }
  size_t const born = births_before > 0 ? 0 : next_event(births, 0);
  bool const by_time = begin > born && is_unknown(deaths, born, begin, year);
  return by_time || are_survivors(births, births_before, deaths, begin) ? begin : 0;
}

EndsTold ends_told(const Lives& lives, std::optional<size_t> load, size_t year) {
  Counts const births = trimmed(lives.births);
  Counts const deaths = trimmed(lives.deaths);
  EndsTold out;
  out.from = first_with_ends(births, lives.births_before, deaths, year);
  bool const any = lives.deaths_before != 0 || !deaths.empty();
  size_t const now = std::max(births.size(), deaths.size());
  out.told = any || !are_too_few(0, least_ends(lives, now, year));
  double const ended_before = static_cast<double>(std::max<int64_t>(0, lives.deaths_before));
  auto const knows_survivors_before = [&](size_t begin, const Lives& among) {
    double const ended = ended_before + sum_of(deaths.first(std::min(begin, deaths.size())));
    return are_too_few(ended, least_ends(among, begin, year));
  };
  if (load && knows_survivors_before(*load, lives)) out.from = std::max(out.from, *load);
  // The first few ends say as much, if the register goes on to tell of ends.
  Lives const dated{births, deaths, 0, 0};
  size_t const first = next_event(deaths, 0);
  if (out.from > 0 || first == deaths.size() || !knows_survivors_before(first, dated)) return out;
  double const least = least_ends(dated, now, year) - least_ends(dated, first, year);
  if (!are_too_few(sum_of(deaths), least)) out.from = first;
  return out;
}

}  // namespace bellwether::indicators
