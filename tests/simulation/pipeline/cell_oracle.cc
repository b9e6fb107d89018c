#include "simulation/pipeline/cell_oracle.h"

#include <algorithm>
#include <set>

#include "core/base/hash.h"
#include "support/world.h"

namespace bellwether::simulation {
namespace {

uint64_t term(uint16_t area, uint16_t sector, indicators::Measure measure, int32_t period,
              int64_t count) {
  if (count == 0) return 0;
  base::SetDigest digest;
  digest.add(uint64_t{area} << 32 | uint64_t{sector} << 16 | static_cast<uint64_t>(measure),
             static_cast<uint64_t>(int64_t{period}), static_cast<uint64_t>(count));
  return digest.value();
}

}  // namespace

void CellOracle::add(const Key& key, int64_t amount) {
  auto const& [area, sector, measure, period] = key;
  int64_t& total = totals_[key];
  digest_ -= term(area, sector, measure, period, total);
  total += amount;
  digest_ += term(area, sector, measure, period, total);
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
    testing::Oracle::Counts now = business.oracle.counts();
    for (int sign : {-1, 1}) {
      for (const auto& [where, count] : sign < 0 ? business.counts : now) {
        auto const& [area, sector, measure, period] = where;
        if (!domain::adds_up(measure)) {
          add(where, sign * count);
          continue;
        }
        // A business of an unknown place is in no leaf.
        if (area != reference::kRootArea.value) add(where, sign * count);
        add({reference::kRootArea.value, reference::kAllSectors.value, measure, period},
            sign * count);
      }
    }
    business.counts = std::move(now);
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
  auto const add = [&](indicators::Node node, indicators::Measure measure) {
    indicators::SeriesView const series = panel.series(node, measure);
    for (size_t i = 0; i < series.counts.size(); ++i) {
      // Not the count of the series, which has 32 bits.
      base::PeriodIndex const period(series.first.value + static_cast<int32_t>(i));
      digest += term(node.area.value, node.sector.value, measure, period.value,
                     panel.at(node, measure, period));
    }
  };
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<indicators::Measure>(m);
    if (domain::adds_up(measure)) {
      for (indicators::Node node : nodes) add(node, measure);
    } else {
      for (size_t n = 0; n < panel.nodes(); ++n) add(panel.node(n), measure);
    }
  }
  return digest;
}

}  // namespace bellwether::simulation
