// Purpose: the official figures that indicators rest on, with every version that a tick has
// brought. A figure is about a statistic, a place and a reference period; a later version of its
// fact replaces it. Versions are kept by the tick that brought them, so a question as of an earlier
// tick gets the earlier figure. Invariants: of two versions of a fact by one tick only the last is
// kept; a version that no question can reach (superseded kTicksKept ticks ago) is forgotten when
// the figure changes again. Thread safety: values; a published table is immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/domain/statistics.h"
#include "core/indicators/deltas.h"
#include "core/reference/reference.h"

namespace bellwether::indicators {

using base::Days;
using base::FactId;
using domain::FigureStatus;
using domain::Frequency;
using domain::Statistic;

// The time that a figure is about: `frequency` long from the day `first` on.
struct ReferencePeriod {
  Days first;
  Frequency frequency = Frequency::kYear;
  Days end() const;  // the first day after it
  friend auto operator<=>(const ReferencePeriod&, const ReferencePeriod&) = default;
};
// "2024", "2025 Q2", "2025-06"; any other by its first and last day.
std::string name(const ReferencePeriod& period);

// What a figure is about. Area and sector are of any level.
struct FigureKey {
  Statistic statistic{};
  AreaId area;
  SectorId sector;
  ReferencePeriod period;
  friend auto operator<=>(const FigureKey&, const FigureKey&) = default;
};

struct OfficialFigure {
  double value = 0;  // in jobs, persons or pounds
  Days vintage;      // the day on which the source published this version
  FigureStatus status{};
  friend bool operator==(const OfficialFigure&, const OfficialFigure&) = default;
};

// A new version of the figure that a fact states about the key; nullopt: it states none any more.
struct FigureChange {
  FactId fact;
  FigureKey key;
  std::optional<OfficialFigure> figure;
  friend bool operator==(const FigureChange&, const FigureChange&) = default;
};

// A summand of the digest of all figures that hold.
uint64_t digest_of(FactId fact, const FigureKey& key, const OfficialFigure& figure);

class FigureTable {
 public:
  // A version that was replaced so many ticks ago or earlier may be forgotten.
  static constexpr int32_t kTicksKept = 400;

  struct Version {
    PeriodIndex tick;                      // that brought it
    std::optional<OfficialFigure> figure;  // nullopt: withdrawn
    friend bool operator==(const Version&, const Version&) = default;
  };
  using Place = std::pair<FigureKey, FactId>;
  using Versions = std::vector<Version>;  // ascending by tick, none without effect

  // Adds what `tick` brought; no earlier tick may follow. Returns the change of the digest.
  uint64_t add(PeriodIndex tick, std::span<const FigureChange> changes);
  // Adds the versions of a figure from each(). False, and nothing is added, if the table has them
  // already or they are not in order.
  bool restore(const Place& place, Versions versions);
  // Calls use(const Place&, const Versions&) for every figure, in the order of the places.
  template <class Use>
  void each(Use use) const {
    for (const auto& [place, versions] : figures_) use(place, versions);
  }

  // The figure about exactly that, as known through the tick. If several facts state one, that of
  // the latest vintage.
  std::optional<OfficialFigure> at(const FigureKey& key, PeriodIndex through) const;
  // The reference periods with a figure that end after `after` and not after `until`; ascending by
  // first day.
  std::vector<ReferencePeriod> periods(Statistic statistic, AreaId area, SectorId sector,
                                       Days after, Days until, PeriodIndex through) const;

  bool empty() const { return figures_.empty(); }
  size_t size() const { return figures_.size(); }
  // Of the figures that hold through the tick.
  uint64_t digest(PeriodIndex through) const;

 private:
  absl::btree_map<Place, Versions> figures_;
};

// A figure that an indicator rests on.
struct UsedFigure {
  Statistic statistic{};
  ReferencePeriod period;
  OfficialFigure figure;
  bool is_sum = false;  // of the figures of the parts of its area
};

// The figures of a region as known through a tick.
class KnownFigures {
 public:
  KnownFigures(const reference::Reference& reference, const FigureTable& table, PeriodIndex through)
      : reference_(reference), table_(table), through_(through) {}

  // The figure of an area or set in a sector. If no source states one, the sum over all parts of
  // the area, if each has one of the same reference period; the sum is as final as its least final
  // part, and as old as its latest part.
  std::optional<UsedFigure> at(const FigureKey& key) const;
  // That of the latest reference period that ends after `after` and not after `until`.
  std::optional<UsedFigure> latest(Statistic statistic, AreaId area, SectorId sector, Days after,
                                   Days until) const;
  // The same, of the periods that are not too old by `until` (domain::kFigureYearsMax).
  std::optional<UsedFigure> latest(Statistic statistic, AreaId area, SectorId sector,
                                   Days until) const;
  // Two figures of one year: the latest yearly `of_year`, and the latest `level` in that year.
  std::optional<std::pair<UsedFigure, UsedFigure>> of_one_year(Statistic of_year, Statistic level,
                                                               AreaId area, SectorId sector,
                                                               Days until) const;

 private:
  std::vector<ReferencePeriod> candidates(Statistic statistic, AreaId area, SectorId sector,
                                          Days after, Days until) const;

  const reference::Reference& reference_;
  const FigureTable& table_;
  PeriodIndex through_;
};

}  // namespace bellwether::indicators
