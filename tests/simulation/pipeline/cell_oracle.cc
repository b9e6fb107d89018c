#include "simulation/pipeline/cell_oracle.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <set>

#include "core/base/hash.h"
#include "support/world.h"

namespace bellwether::simulation {
namespace {

using domain::Division;
using testing::Oracle;

uint64_t term(uint16_t area, uint16_t sector, indicators::Measure measure, int32_t period,
              Division division, int number, int64_t count) {
  if (count == 0) return 0;
  base::SetDigest digest;
  digest.add(uint64_t{area} << 32 | uint64_t{sector} << 16 | static_cast<uint64_t>(measure) |
                 static_cast<uint64_t>(division) << 48 | static_cast<uint64_t>(number) << 56,
             static_cast<uint64_t>(int64_t{period}), static_cast<uint64_t>(count));
  return digest.value();
}

// The nodes with classes, all sectors and sections, that hold a place.
std::vector<Oracle::Place> holders(Oracle::Place place) {
  std::vector<Oracle::Place> out;
  const reference::Reference& world = testing::world();
  for (uint16_t a = 0; a < world.areas.size(); ++a) {
    if (!Oracle::area_holds(a, place.first)) continue;
    for (uint16_t s = 0; s < world.sectors.size(); ++s) {
      bool const is_division = world.sectors.at(base::SectorId(s)).level == "division";
      if (!is_division && Oracle::sector_holds(s, place.second)) out.emplace_back(a, s);
    }
  }
  return out;
}

}  // namespace

ledger::Outcome FigureOracle::tell(const events::Event& e) {
  Version v;
  v.sequence = e.sequence.value;
  v.states_nothing =
      e.kind == events::EventKind::kRetracted || e.statistic == domain::Statistic::kUnused;
  if (!v.states_nothing) {
    v.statistic = static_cast<int>(e.statistic);
    v.area = e.area.value;
    v.sector = e.sector.value;
    v.first = e.effective.value;
    v.frequency = e.code;
    v.vintage = e.vintage.value;
    v.status = static_cast<int>(e.figure_status);
    v.value = e.value;
  }
  auto const [known, fresh] = facts_.try_emplace(e.fact.value, v);
  if (fresh) return ledger::Outcome::kApplied;
  if (known->second == v) return ledger::Outcome::kDuplicate;
  if (v < known->second) return ledger::Outcome::kSuperseded;
  known->second = v;
  return ledger::Outcome::kApplied;
}

namespace {

uint64_t figure_term(uint64_t fact, int statistic, uint16_t area, uint16_t sector, int32_t first,
                     int frequency, int32_t vintage, int status, double value) {
  base::SetDigest digest;
  digest.add(fact, static_cast<uint64_t>(statistic * 100 + frequency * 10 + status),
             uint64_t{area} << 32 | sector);
  base::SetDigest whole;
  whole.add(digest.value(),
            uint64_t{static_cast<uint32_t>(first)} << 32 | static_cast<uint32_t>(vintage),
            std::bit_cast<uint64_t>(value));
  return whole.value();
}

int32_t end_of(int32_t first, int frequency) {
  base::CivilDate const date = base::civil_date(base::Days(first));  // a first day of a month
  int const months = frequency == static_cast<int>(domain::Frequency::kYear) ? 12 : 3;
  int const month = date.month - 1 + months;
  return base::days_from_civil(date.year + month / 12, month % 12 + 1, 1).value;
}

base::Days three_years_before(base::Days day) {
  base::CivilDate const date = base::civil_date(day);
  // 29 February has no day three years before: then 1 March.
  return base::Days(base::days_from_civil(date.year - 3, date.month, 1).value + date.day - 1);
}

}  // namespace

uint64_t FigureOracle::digest() const {
  uint64_t digest = 0;
  for (const auto& [fact, v] : facts_) {
    if (v.states_nothing) continue;
    digest += figure_term(fact, v.statistic, v.area, v.sector, v.first, v.frequency, v.vintage,
                          v.status, v.value);
  }
  return digest;
}

uint64_t figure_digest(const indicators::FigureTable& table, PeriodIndex through) {
  uint64_t digest = 0;
  table.each([&](const auto& place, const auto& versions) {
    std::optional<indicators::OfficialFigure> last;
    for (const auto& version : versions) {
      if (version.tick <= through) last = version.figure;
    }
    if (!last) return;
    const indicators::FigureKey& key = place.first;
    digest += figure_term(place.second.value, static_cast<int>(key.statistic), key.area.value,
                          key.sector.value, key.period.first.value,
                          static_cast<int>(key.period.frequency), last->vintage.value,
                          static_cast<int>(last->status), last->value);
  });
  return digest;
}

std::optional<double> FigureOracle::at(int statistic, uint16_t area, uint16_t sector,
                                       Time time) const {
  std::optional<std::pair<std::pair<int32_t, uint64_t>, double>> latest;
  for (const auto& [fact, v] : facts_) {
    if (v.states_nothing || v.statistic != statistic || v.area != area || v.sector != sector ||
        Time(v.first, v.frequency) != time) {
      continue;
    }
    std::pair const age(v.vintage, fact);
    if (!latest || latest->first < age) latest.emplace(age, v.value);
  }
  if (latest) return latest->second;
  auto const parts = testing::world().areas.children(base::AreaId(area));
  if (parts.empty()) return std::nullopt;
  double sum = 0;
  for (base::AreaId part : parts) {
    auto const one = at(statistic, part.value, sector, time);
    if (!one) return std::nullopt;
    sum += *one;
  }
  return sum;
}

// Of the area's own figures; without any, those of its first part. The latest last.
std::vector<FigureOracle::Time> FigureOracle::times(int statistic, uint16_t area, uint16_t sector,
                                                    base::Days after, base::Days until) const {
  std::set<std::pair<int32_t, Time>> found;
  for (const auto& [fact, v] : facts_) {
    if (v.states_nothing || v.statistic != statistic || v.area != area || v.sector != sector)
      continue;
    int32_t const end = end_of(v.first, v.frequency);
    if (after.value < end && end <= until.value) found.insert({end, {v.first, v.frequency}});
  }
  auto const parts = testing::world().areas.children(base::AreaId(area));
  if (found.empty() && !parts.empty())
    return times(statistic, parts.front().value, sector, after, until);
  std::vector<Time> out;
  for (const auto& [end, time] : found) out.push_back(time);
  return out;
}

std::optional<double> FigureOracle::jobs(uint16_t area, uint16_t sector, base::Days until) const {
  constexpr auto kJobs = static_cast<int>(domain::Statistic::kEmployment);
  std::vector<Time> const all = times(kJobs, area, sector, three_years_before(until), until);
  for (size_t i = all.size(); i > 0; --i) {
    if (auto const found = at(kJobs, area, sector, all[i - 1])) return found;
  }
  return std::nullopt;
}

std::optional<double> FigureOracle::productivity(uint16_t area, uint16_t sector,
                                                 base::Days until) const {
  constexpr auto kJobs = static_cast<int>(domain::Statistic::kEmployment);
  constexpr auto kOutput = static_cast<int>(domain::Statistic::kOutput);
  std::vector<Time> const years = times(kOutput, area, sector, three_years_before(until), until);
  for (size_t i = years.size(); i > 0; --i) {
    auto const output = at(kOutput, area, sector, years[i - 1]);
    if (!output) continue;
    int32_t const end = end_of(years[i - 1].first, years[i - 1].second);
    std::vector<Time> const in_it =
        times(kJobs, area, sector, base::Days(years[i - 1].first), base::Days(end));
    for (size_t j = in_it.size(); j > 0; --j) {
      auto const jobs = at(kJobs, area, sector, in_it[j - 1]);
      if (!jobs) continue;
      // The least number of jobs of the indicator.
      return *jobs < 100 ? std::nullopt : std::optional(*output / *jobs);
    }
  }
  return std::nullopt;
}

void CellOracle::add(const Key& key, int64_t amount) {
  auto const& [area, sector, measure, period, division, number] = key;
  int64_t& total = totals_[key];
  digest_ -= term(area, sector, measure, period, division, number, total);
  total += amount;
  digest_ += term(area, sector, measure, period, division, number, total);
}

void CellOracle::add_counts(const Oracle::Counts& counts, int sign) {
  for (const auto& [where, count] : counts) {
    auto const& [area, sector, measure, period] = where;
    // A business of an unknown place is in no leaf.
    if (!domain::adds_up(measure) || area != reference::kRootArea.value)
      add({area, sector, measure, period, Division::kNone, 0}, sign * count);
    if (domain::adds_up(measure)) {
      add({reference::kRootArea.value, reference::kAllSectors.value, measure, period,
           Division::kNone, 0},
          sign * count);
    }
  }
}

void CellOracle::add_classes(const Oracle::Classes& classes, int sign) {
  static std::map<Oracle::Place, std::vector<Oracle::Place>> known;
  for (const auto& [where, count] : classes) {
    auto const& [area, sector, measure, period, division, number] = where;
    bool const node_alone =
        domain::info(measure).adding == domain::Adding::kNodeAlone;  // named by the oracle
    if (node_alone) {
      if (testing::world().sectors.at(base::SectorId(sector)).level != "division")
        add(where, sign * count);
      continue;
    }
    auto const [at, fresh] = known.try_emplace({area, sector});
    if (fresh) at->second = holders(at->first);
    for (auto const& [a, s] : at->second)
      add({a, s, measure, period, division, number}, sign * count);
  }
}

bool CellOracle::can_advance(const Cut& cut) const {
  for (size_t lane = 0; lane < cut.size(); ++lane) {
    if (at_[lane] > std::max(cut[lane], from_[lane])) return false;
  }
  return true;
}

void CellOracle::advance(const Cut& cut) {
  std::set<uint64_t> changed;
  for (size_t lane = 0; lane < cut.size(); ++lane) {
    const std::vector<Record>& log =
        broker_.log(lane / broker_.partitions(), lane % broker_.partitions());
    for (; at_[lane] < cut[lane]; ++at_[lane]) {
      const auto* event = std::get_if<events::Event>(&log[static_cast<size_t>(at_[lane])].content);
      if (event != nullptr && lane / broker_.partitions() == kObservations) {
        if (event->kind != events::EventKind::kHeartbeat) figures_.tell(*event);
        continue;
      }
      if (event == nullptr || event->kind == events::EventKind::kHeartbeat ||
          event->kind == events::EventKind::kRegulatoryContact) {
        continue;
      }
      businesses_.try_emplace(event->business.value, calendar_).first->second.oracle.tell(*event);
      changed.insert(event->business.value);
    }
  }
  for (uint64_t key : changed) {
    Business& business = businesses_.at(key);
    add_counts(business.counts, -1);
    add_classes(business.classes, -1);
    business.counts = business.oracle.counts();
    business.classes = business.oracle.classes();
    add_counts(business.counts, 1);
    add_classes(business.classes, 1);
  }
}

uint64_t panel_digest(const indicators::Panel& panel) {
  static const std::vector<indicators::Node> nodes = [] {
    std::vector<indicators::Node> all{{reference::kRootArea, reference::kAllSectors}};
    const reference::Reference& world = testing::world();
    for (size_t a = 1; a < world.areas.size(); ++a) {
      base::AreaId const area(static_cast<uint16_t>(a));
      if (!world.areas.at(area).is_leaf || world.areas.at(area).is_set) continue;
      for (size_t s = 1; s < world.sectors.size(); ++s) {
        base::SectorId const sector(static_cast<uint16_t>(s));
        if (world.sectors.at(sector).is_leaf) all.push_back({area, sector});
      }
    }
    return all;
  }();
  uint64_t digest = 0;
  auto const add = [&](indicators::Node node, indicators::Measure measure,
                       std::optional<domain::Class> in = std::nullopt) {
    indicators::SeriesView const series = panel.series(node, measure, in);
    for (size_t i = 0; i < series.counts.size(); ++i) {
      // Not the count of the series, which has 32 bits.
      base::PeriodIndex const period(series.first.value + static_cast<int32_t>(i));
      digest += term(node.area.value, node.sector.value, measure, period.value,
                     in ? in->division : Division::kNone, in ? in->number : 0,
                     panel.at(node, measure, period, in));
    }
  };
  auto const add_classes = [&](indicators::Measure measure) {
    for (const domain::DivisionInfo& by : domain::kDivisions) {
      if (!domain::divides(by.id, measure)) continue;
      for (size_t n = 0; n < panel.nodes(); ++n) {
        if (!panel.has_classes(panel.node(n))) continue;
        for (uint8_t number = 0; number < domain::kClassesMax; ++number)
          add(panel.node(n), measure, domain::Class{by.id, number});
      }
    }
  };
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<indicators::Measure>(m);
    add_classes(measure);
    if (domain::adds_up(measure)) {
      for (indicators::Node node : nodes) add(node, measure);
    } else {
      for (size_t n = 0; n < panel.nodes(); ++n) add(panel.node(n), measure);
    }
  }
  return digest;
}

}  // namespace bellwether::simulation
