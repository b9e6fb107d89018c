// The panel of a region of 200,000 businesses: 450 weeks with 10,000 changes of counts each
// (BELLWETHER_BENCH=short: 120 weeks), at the districts of the reference files of the United
// Kingdom. Measures what it takes to keep the changes of the last 400 ticks, and to give the panel
// of the oldest one again. For comparison: adding the same deltas to a panel, once.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "bench/figures.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "core/engine/evaluator.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/random.h"

namespace bellwether::testing {
namespace {

using indicators::Delta;

constexpr base::Calendar kCalendar(base::CalendarUnit::kWeek);
constexpr int kHistory = 364;
constexpr int kFirst = 2000;
constexpr int kChanges = 10'000;
constexpr int kDistricts = 30;

std::string text_of(const std::string& name) {
  std::ifstream file(base::cat(testing::in_source("deploy/reference/uk/"), name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<const reference::Reference> kingdom() {
  return std::make_shared<reference::Reference>(
      reference::Reference{must(reference::Areas::parse(text_of("areas.csv"), "areas.csv",
                                                        text_of("area_sets.csv"), "area_sets.csv")),
                           must(reference::Sectors::parse(text_of("sectors.csv"), "sectors.csv")),
                           reference::Postcodes()});
}

// Half of the changes are in the present week, the others in the year before it.
engine::PartitionTick week(Random& random, const reference::Reference& reference, int32_t t) {
  engine::PartitionTick part;
  part.tick = base::PeriodIndex(t);
  auto const last_area = static_cast<int>(reference.areas.size()) - 1;
  auto const last_sector = static_cast<int>(reference.sectors.size()) - 1;
  for (int i = 0; i < kChanges; ++i) {
    indicators::Cell cell;
    cell.area = base::AreaId(static_cast<uint16_t>(last_area - random.between(0, kDistricts - 1)));
    cell.sector = base::SectorId(static_cast<uint16_t>(random.between(1, last_sector)));
    auto const measure =
        static_cast<indicators::Measure>(random.between(0, int{domain::kMeasureCount} - 1));
    int32_t const back = random.chance(0.5) ? 0 : random.between(1, 52);
    part.deltas.push_back({{cell, measure, base::PeriodIndex(t - back)}, random.between(1, 3)});
  }
  return part;
}

void run(int weeks) {
  auto const reference = kingdom();
  Random random(1);
  std::vector<engine::PartitionTick> log;
  for (int t = 0; t < weeks; ++t) log.push_back(week(random, *reference, kFirst + t));
  engine::Evaluator evaluator(reference, {kCalendar, kHistory, {}});
  double const apply = best_seconds(1, [&] {
    for (const engine::PartitionTick& part : log) evaluator.apply(part.tick, std::span(&part, 1));
  });
  double const pack = best_seconds(1, [&] {
    for (const engine::PartitionTick& part : log) engine::pack_deltas(std::span(&part, 1));
  });
  double const add = best_seconds(1, [&] {
    indicators::Panel panel(*reference, kCalendar, base::PeriodIndex(kFirst - kHistory));
    for (const engine::PartitionTick& part : log)
      panel.add(part.deltas, [](uint32_t, indicators::Measure, base::PeriodIndex) {});
  });
  double bytes = 0;
  for (const auto& change : evaluator.changes()) bytes += static_cast<double>(change->bytes());
  auto const now = evaluator.publish();
  base::PeriodIndex const oldest = evaluator.changes().front()->tick;
  double const ask = best_seconds(3, [&] {
    BELLWETHER_CHECK(engine::panel_at(*now, evaluator.changes(), oldest).has_value());
  });
  print("past_ticks", static_cast<double>(evaluator.changes().size()), "ticks");
  print("past_panel_bytes", bytes / 1e6, "MB");
  print("past_panel_present_bytes", static_cast<double>(now->bytes()) / 1e6, "MB");
  print("past_apply_a_tick", apply / weeks * 1e3, "ms");
  print("past_pack_a_tick", pack / weeks * 1e3, "ms");
  print("past_panel_asked", ask, "s");
  print("past_deltas_added_once", add, "s");
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  const char* const mode = std::getenv("BELLWETHER_BENCH");
  bellwether::testing::run(mode != nullptr && std::strcmp(mode, "short") == 0 ? 120 : 450);
}
