#include "core/indicators/official_figures.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "absl/strings/str_format.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::indicators {
namespace {

constexpr int kMonthsPerYear = 12;

int months_in(Frequency frequency) {
  switch (frequency) {
    case Frequency::kWeek:
      return 0;
    case Frequency::kMonth:
      return 1;
    case Frequency::kQuarter:
      return 3;
    case Frequency::kYear:
      return kMonthsPerYear;
  }
  return 0;
}

// The day `months` later, or the first day of the month after it if that month is too short.
Days months_later(Days day, int months) {
  base::CivilDate const date = base::civil_date(day);
  int const month = date.year * kMonthsPerYear + date.month - 1 + months;
  auto const first_of = [](int m) {
    return base::days_from_civil(m / kMonthsPerYear, m % kMonthsPerYear + 1, 1);
  };
  return std::min(Days(first_of(month).value + date.day - 1), first_of(month + 1));
}

// The least final of two; one that is not stated is the least of all.
FigureStatus less_final(FigureStatus a, FigureStatus b) {
  return std::min(a, b);
}

// The version that holds through the tick; null if none.
const OfficialFigure* holding(const FigureTable::Versions& versions, PeriodIndex through) {
  auto const after = std::ranges::upper_bound(versions, through, {}, &FigureTable::Version::tick);
  if (after == versions.begin()) return nullptr;
  const std::optional<OfficialFigure>& figure = std::prev(after)->figure;
  return figure ? &*figure : nullptr;
}

constexpr FactId kFirstFact{0};

}  // namespace

Days ReferencePeriod::end() const {
  if (frequency == Frequency::kWeek) return Days(first.value + 7);
  return months_later(first, months_in(frequency));
}

std::string name(const ReferencePeriod& period) {
  base::CivilDate const date = base::civil_date(period.first);
  if (period.frequency == Frequency::kYear && date.month == 1 && date.day == 1)
    return base::cat(date.year);
  if (period.frequency == Frequency::kQuarter && date.month % 3 == 1 && date.day == 1)
    return base::cat(date.year, " Q", date.month / 3 + 1);
  if (period.frequency == Frequency::kMonth && date.day == 1)
    return absl::StrFormat("%04d-%02d", date.year, date.month);
  return base::cat(base::format_date(period.first), " to ",
                   base::format_date(Days(period.end().value - 1)));
}

uint64_t digest_of(FactId fact, const FigureKey& key, const OfficialFigure& figure) {
  base::SetDigest digest;
  uint64_t const place = static_cast<uint64_t>(key.statistic) << 40 |
                         static_cast<uint64_t>(key.period.frequency) << 32 |
                         uint64_t{key.area.value} << 16 | uint64_t{key.sector.value};
  uint64_t const days = uint64_t{static_cast<uint32_t>(key.period.first.value)} << 32 |
                        static_cast<uint32_t>(figure.vintage.value);
  digest.add(fact.value ^ base::mix64(place), days,
             std::bit_cast<uint64_t>(figure.value) + static_cast<uint64_t>(figure.status));
  return digest.value();
}

uint64_t FigureTable::add(PeriodIndex tick, std::span<const FigureChange> changes) {
  uint64_t digest = 0;
  for (const FigureChange& change : changes) {
    Place const place{change.key, change.fact};
    auto const found = figures_.find(place);
    bool const known = found != figures_.end();
    std::optional<OfficialFigure> const before = known ? found->second.back().figure : std::nullopt;
    if (before == change.figure) continue;
    if (before) digest -= digest_of(change.fact, change.key, *before);
    if (change.figure) digest += digest_of(change.fact, change.key, *change.figure);
    Versions& versions = known ? found->second : figures_[place];
    BELLWETHER_CHECK(versions.empty() || versions.back().tick <= tick);
    if (!versions.empty() && versions.back().tick == tick) versions.pop_back();
    versions.push_back({tick, change.figure});
    // The first version that was not yet replaced at the oldest tick of which questions are asked.
    PeriodIndex const oldest(tick.value - kTicksKept);
    auto const reachable =
        std::ranges::upper_bound(versions, oldest, {}, &FigureTable::Version::tick);
    if (reachable - versions.begin() > 1) versions.erase(versions.begin(), reachable - 1);
  }
  return digest;
}

bool FigureTable::restore(const Place& place, Versions versions) {
  auto const in_order = [](const Version& a, const Version& b) { return a.tick < b.tick; };
  bool const ordered =
      std::ranges::adjacent_find(versions, std::not_fn(in_order)) == versions.end();
  if (versions.empty() || !ordered) return false;
  return figures_.try_emplace(place, std::move(versions)).second;
}

std::optional<OfficialFigure> FigureTable::at(const FigureKey& key, PeriodIndex through) const {
  std::optional<OfficialFigure> out;
  for (auto it = figures_.lower_bound({key, kFirstFact});
       it != figures_.end() && it->first.first == key; ++it) {
    const OfficialFigure* const figure = holding(it->second, through);
    if (figure != nullptr && (!out || out->vintage <= figure->vintage)) out = *figure;
  }
  return out;
}

std::vector<ReferencePeriod> FigureTable::periods(Statistic statistic, AreaId area, SectorId sector,
                                                  Days after, Days until,
                                                  PeriodIndex through) const {
  // No period is longer than a year, of 366 days at most.
  Days const first(std::max(INT32_MIN + 366, after.value) - 366);
  std::vector<ReferencePeriod> out;
  FigureKey const from{statistic, area, sector, {first, Frequency::kWeek}};
  for (auto it = figures_.lower_bound({from, kFirstFact}); it != figures_.end(); ++it) {
    const FigureKey& key = it->first.first;
    if (key.statistic != statistic || key.area != area || key.sector != sector ||
        key.period.first >= until) {
      break;
    }
    Days const end = key.period.end();
    if (end <= after || end > until || holding(it->second, through) == nullptr) continue;
    if (out.empty() || out.back() != key.period) out.push_back(key.period);
  }
  return out;
}

uint64_t FigureTable::digest(PeriodIndex through) const {
  uint64_t digest = 0;
  for (const auto& [place, versions] : figures_) {
    if (const OfficialFigure* const figure = holding(versions, through))
      digest += digest_of(place.second, place.first, *figure);
  }
  return digest;
}

std::optional<UsedFigure> KnownFigures::at(const FigureKey& key) const {
  if (auto const own = table_.at(key, through_))
    return UsedFigure{key.statistic, key.period, *own, false};
  std::span<const AreaId> const parts = reference_.areas.children(key.area);
  if (parts.empty()) return std::nullopt;
  UsedFigure sum{key.statistic, key.period, {0, Days(INT32_MIN), FigureStatus::kFinal}, true};
  FigureKey of_part = key;
  for (AreaId part : parts) {
    of_part.area = part;
    auto const figure = at(of_part);
    if (!figure) return std::nullopt;
    sum.figure.value += figure->figure.value;
    sum.figure.vintage = std::max(sum.figure.vintage, figure->figure.vintage);
    sum.figure.status = less_final(sum.figure.status, figure->figure.status);
  }
  return sum;
}

// The periods of the area's own figures; without any, those of its first part, because a sum needs
// a figure of every part.
std::vector<ReferencePeriod> KnownFigures::candidates(Statistic statistic, AreaId area,
                                                      SectorId sector, Days after,
                                                      Days until) const {
  std::vector<ReferencePeriod> own =
      table_.periods(statistic, area, sector, after, until, through_);
  std::span<const AreaId> const parts = reference_.areas.children(area);
  if (!own.empty() || parts.empty()) return own;
  return candidates(statistic, parts.front(), sector, after, until);
}

std::optional<UsedFigure> KnownFigures::latest(Statistic statistic, AreaId area, SectorId sector,
                                               Days after, Days until) const {
  std::vector<ReferencePeriod> all = candidates(statistic, area, sector, after, until);
  std::ranges::stable_sort(all, {}, &ReferencePeriod::end);
  for (size_t i = all.size(); i > 0; --i) {
    if (auto const found = at({statistic, area, sector, all[i - 1]})) return found;
  }
  return std::nullopt;
}

std::optional<UsedFigure> KnownFigures::latest(Statistic statistic, AreaId area, SectorId sector,
                                               Days until) const {
  if (table_.empty()) return std::nullopt;
  Days const after = months_later(until, -kMonthsPerYear * domain::kFigureYearsMax);
  return latest(statistic, area, sector, after, until);
}

std::optional<std::pair<UsedFigure, UsedFigure>> KnownFigures::of_one_year(
    Statistic of_year, Statistic level, AreaId area, SectorId sector, Days until) const {
  if (table_.empty()) return std::nullopt;
  Days const after = months_later(until, -kMonthsPerYear * domain::kFigureYearsMax);
  std::vector<ReferencePeriod> all = candidates(of_year, area, sector, after, until);
  for (size_t i = all.size(); i > 0; --i) {
    if (all[i - 1].frequency != Frequency::kYear) continue;
    auto const year = at({of_year, area, sector, all[i - 1]});
    auto const in_it = latest(level, area, sector, all[i - 1].first, all[i - 1].end());
    if (year && in_it) return std::pair(*year, *in_it);
  }
  return std::nullopt;
}

}  // namespace bellwether::indicators
