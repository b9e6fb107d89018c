// Questions by decile of deprivation, over the 1,719 neighbourhoods of the West Midlands with seven
// years of weeks: a distribution, the indicators and the ladder of the whole region, and the gaps
// of all nodes, as the rule asks them in each tick.
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "bench/figures.h"
#include "core/base/check.h"
#include "core/indicators/by_decile.h"
#include "core/indicators/ladder.h"
#include "core/reference/reference.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using indicators::Indicator;
using indicators::Measure;

constexpr int32_t kPeriods = 364;
constexpr int kFactsPerLeaf = 400;
constexpr int kRounds = 20;

std::string text_of(const std::string& path) {
  std::ifstream file(in_source("deploy/reference/" + path), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  BELLWETHER_CHECK(!text.str().empty());
  return text.str();
}

reference::Reference west_midlands() {
  reference::Reference out;
  out.areas = must(reference::Areas::parse(text_of("west-midlands/areas.csv"), "areas.csv",
                                           text_of("west-midlands/area_sets.csv"), "sets.csv"));
  out.sectors = must(reference::Sectors::parse(text_of("uk/sectors.csv"), "sectors.csv"));
  out.deprivation = must(reference::Deprivation::parse(text_of("west-midlands/deprivation.csv"),
                                                       "deprivation.csv", out.areas));
  return out;
}

// Births, deaths and support of all leaves in ten divisions.
void fill(indicators::Panel& panel, base::PeriodIndex first) {
  const reference::Reference& reference = panel.reference();
  std::vector<base::SectorId> divisions;
  for (uint16_t s = 0; s < reference.sectors.size() && divisions.size() < 10; ++s) {
    if (reference.sectors.children(base::SectorId(s)).empty()) divisions.emplace_back(s);
  }
  Random random(3);
  std::vector<indicators::Delta> deltas;
  constexpr std::array kMeasures = {Measure::kBirths, Measure::kBirths, Measure::kDeaths,
                                    Measure::kSupported};
  for (int decile = 1; decile <= reference::kDeciles; ++decile) {
    for (base::AreaId leaf : reference.deprivation.leaves(reference::kRootArea, decile)) {
      for (int i = 0; i < kFactsPerLeaf; ++i) {
        base::PeriodIndex const t(first.value + random.between(0, kPeriods - 1));
        deltas.push_back({indicators::DeltaKey(
                              {leaf, divisions[random.below(divisions.size())], base::SizeBand(0)},
                              kMeasures[random.below(kMeasures.size())], t),
                          1});
      }
    }
  }
  panel.add(deltas, [](uint32_t, Measure, base::PeriodIndex) {});
}

int run() {
  reference::Reference const reference = west_midlands();
  base::PeriodIndex const first = must(kWeeks.parse("2019-W01"));
  base::PeriodIndex const last(first.value + kPeriods - 1);
  indicators::Panel panel(reference, kWeeks, first);
  fill(panel, first);
  indicators::Node const region;
  double sum = 0;
  print(
      "inclusion_distribution",
      1e3 *
          best_seconds(
              kRounds,
              [&] {
                sum +=
                    indicators::distribution(Indicator::kReach, panel, region, last, {}).node.value;
              }),
      "ms");
  print("inclusion_gap",
        1e3 * best_seconds(
                  kRounds,
                  [&] {
                    sum += indicators::compute(Indicator::kInclusionGap, panel, region, last).value;
                  }),
        "ms");
  print(
      "inclusion_ladder",
      1e3 * best_seconds(kRounds, [&] { sum += indicators::ladder(panel, region, last, {}).rest; }),
      "ms");
  print("inclusion_gaps_of_all_nodes",
        best_seconds(
            1,
            [&] {
              for (size_t n = 0; n < panel.nodes(); ++n)
                sum +=
                    indicators::compute(Indicator::kInclusionGap, panel, panel.node(n), last).value;
            }),
        "s");
  return std::isfinite(sum) ? 0 : 1;
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  return bellwether::testing::run();
}
