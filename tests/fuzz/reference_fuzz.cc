// Fuzzes the reference files with four texts: areas, sets, sectors and postcodes. A fifth text is a
// postcode to look up. Accepted files have the invariants that the headers state. Errors name a
// line.
#include "core/reference/reference.h"

#include <algorithm>
#include <set>

#include "core/base/check.h"
#include "fuzz/complaint.h"
#include "fuzz/input.h"
#include "support/world.h"

namespace bellwether::reference {
namespace {

void check_tree(const Areas& areas, AreaId id) {
  const Area& area = areas.at(id);
  BELLWETHER_CHECK(id == kRootArea ? area.parent == kRootArea : area.parent < id);
  BELLWETHER_CHECK(!areas.at(area.parent).is_set);
  BELLWETHER_CHECK(area.is_leaf == areas.children(id).empty());
  BELLWETHER_CHECK(areas.ancestors(id).front().area == id);
  std::set<AreaId> up;
  for (const AreaAncestor& a : areas.ancestors(id)) BELLWETHER_CHECK(up.insert(a.area).second);
  BELLWETHER_CHECK(up.contains(area.parent) && up.contains(kRootArea));
}

void check_set(const Areas& areas, AreaId id) {
  BELLWETHER_CHECK(!areas.at(id).is_leaf && areas.ancestors(id).empty());
  BELLWETHER_CHECK(!areas.children(id).empty());
  for (AreaId const member : areas.children(id)) {
    BELLWETHER_CHECK(!areas.at(member).is_set);
    BELLWETHER_CHECK(std::ranges::any_of(areas.ancestors(member),
                                         [&](const AreaAncestor& a) { return a.area == id; }));
  }
}

void check(const Areas& areas) {
  BELLWETHER_CHECK(areas.size() >= 1 && areas.size() <= kAreasMax);
  BELLWETHER_CHECK(!areas.at(kRootArea).is_set);
  for (size_t i = 0; i < areas.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    const Area& area = areas.at(id);
    BELLWETHER_CHECK(!area.code.empty() && area.code.size() <= kAreaCodeBytesMax);
    BELLWETHER_CHECK(*areas.find(area.code) == id);
    BELLWETHER_CHECK(area.is_set == (area.level == "set"));
    BELLWETHER_CHECK(area.validity.from < area.validity.until);
    area.is_set ? check_set(areas, id) : check_tree(areas, id);
  }
}

void check(const Sectors& sectors) {
  BELLWETHER_CHECK(sectors.size() >= 3 && sectors.size() <= kSectorsMax);
  BELLWETHER_CHECK(sectors.at(kAllSectors).code == "all");
  BELLWETHER_CHECK(sectors.at(kUnclassified).code == "unclassified");
  BELLWETHER_CHECK(sectors.at(kUnclassified).parent == kAllSectors);
  BELLWETHER_CHECK(sectors.at(kUnclassified).is_leaf);
  BELLWETHER_CHECK(!sectors.scheme().empty() && !sectors.version().empty());
  for (size_t i = 0; i < sectors.size(); ++i) {
    SectorId const id(static_cast<uint16_t>(i));
    const Sector& sector = sectors.at(id);
    BELLWETHER_CHECK(*sectors.find(sector.code) == id);
    BELLWETHER_CHECK(id == kAllSectors ? sector.parent == id : sector.parent < id);
    BELLWETHER_CHECK(sector.is_leaf == sectors.children(id).empty());
    std::span<const SectorId> const up = sectors.ancestors(id);
    BELLWETHER_CHECK(up.front() == id && up.back() == kAllSectors);
    for (size_t k = 1; k < up.size(); ++k) {
      BELLWETHER_CHECK(up[k] == sectors.at(up[k - 1]).parent);
    }
    auto const leaf = sectors.classify(sectors.scheme(), sectors.version(), sector.code);
    BELLWETHER_CHECK(!leaf.ok() || sectors.at(*leaf).is_leaf);
  }
}

void run(fuzz::Input input) {
  std::string_view const areas_csv = input.part();
  std::string_view const sets_csv = input.part();
  auto const areas = Areas::parse(areas_csv, "areas.csv", sets_csv, "sets.csv");
  if (areas.ok()) {
    check(*areas);
  } else if (std::string_view const text = base::from_absl(areas.status().message());
             text.starts_with("areas.csv")) {
    fuzz::check_complaint(areas.status(), "areas.csv", areas_csv);
  } else {
    fuzz::check_complaint(areas.status(), "sets.csv", sets_csv);
  }

  std::string_view const sectors_csv = input.part();
  auto const sectors = Sectors::parse(sectors_csv, "sectors.csv");
  if (sectors.ok()) {
    check(*sectors);
  } else {
    fuzz::check_complaint(sectors.status(), "sectors.csv", sectors_csv);
  }

  const Areas& place = areas.ok() ? *areas : testing::world().areas;
  std::string_view const postcodes_csv = input.part();
  auto const postcodes = Postcodes::parse(postcodes_csv, "postcodes.csv", place);
  if (!postcodes.ok()) {
    return fuzz::check_complaint(postcodes.status(), "postcodes.csv", postcodes_csv);
  }
  auto const found = postcodes->find(input.rest());
  if (found.ok()) {
    BELLWETHER_CHECK(place.at(*found).is_leaf && !place.at(*found).is_set);
  } else {
    BELLWETHER_CHECK(absl::IsNotFound(found.status()) || absl::IsInvalidArgument(found.status()));
  }
}

}  // namespace
}  // namespace bellwether::reference

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::reference::run(bellwether::fuzz::Input(data, size));
  return 0;
}
