// A geography with deprivation: a region R of two districts. A has the wards A1 and A2, B has B1.
// Of each ward and decile there is a leaf, such as A1d3, with as many residents as wanted, and a
// leaf without a decile, such as A1x. The set T has the members A1 and B1.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/reference/reference.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::testing {

inline constexpr std::array<std::string_view, 3> kWards = {"A1", "A2", "B1"};

// `residents`: of the leaf of a ward and decile.
using Residents = std::function<int64_t(std::string_view ward, int decile)>;

inline reference::Reference neighbourhoods(const Residents& residents) {
  std::string areas =
      "code,name,level,parent\nR,Region,region,\nA,Aston,district,R\nB,Bordesley,district,R\n";
  std::string deciles = "code,decile,population\n";
  for (std::string_view ward : kWards) {
    base::append(areas, ward, ",Ward ", ward, ",ward,", ward.substr(0, 1), "\n");
    for (int d = 1; d <= reference::kDeciles; ++d) {
      base::append(areas, ward, "d", d, ",Leaf,lsoa,", ward, "\n");
      base::append(deciles, ward, "d", d, ",", d, ",", residents(ward, d), "\n");
    }
    base::append(areas, ward, "x,Leaf,lsoa,", ward, "\n");
  }
  reference::Reference out;
  out.areas = must(reference::Areas::parse(
      areas, "areas.csv", "set,name,member\nT,Trust,A1\nT,Trust,B1\n", "sets.csv"));
  out.sectors = must(reference::Sectors::parse(kWorldSectors, "sectors.csv"));
  out.deprivation = must(reference::Deprivation::parse(deciles, "imd.csv", out.areas));
  return out;
}
inline reference::Reference neighbourhoods() {
  return neighbourhoods([](std::string_view, int) { return 1000; });
}

}  // namespace bellwether::testing
