// A small geography and classification: two regions of two districts each, a dated set across them,
// and two sections of two divisions each.
#pragma once

#include <string_view>

#include "core/reference/reference.h"
#include "support/must.h"

namespace bellwether::testing {

inline constexpr std::string_view kWorldAreas =
    "code,name,level,parent\n"
    "R,Realm,country,\n"
    "N,North,region,R\n"
    "S,South,region,R\n"
    "N1,North One,district,N\n"
    "N2,North Two,district,N\n"
    "S1,South One,district,S\n"
    "S2,South Two,district,S\n";
inline constexpr std::string_view kWorldSets =
    "set,name,member,from,until\n"
    "HUB,Growth hub,N1,2011-04-01,2024-04-01\n"
    "HUB,Growth hub,S1,2011-04-01,2024-04-01\n";
inline constexpr std::string_view kWorldSectors =
    "scheme,version,code,parent,level,name,prefixes\n"
    "UKSIC,2007,all,,all,All sectors,\n"
    "UKSIC,2007,unclassified,all,section,Not classified,\n"
    "UKSIC,2007,C,all,section,Manufacturing,\n"
    "UKSIC,2007,10,C,division,Food products,\n"
    "UKSIC,2007,11,C,division,Beverages,\n"
    "UKSIC,2007,G,all,section,Trade,\n"
    "UKSIC,2007,46,G,division,Wholesale,\n"
    "UKSIC,2007,47,G,division,Retail,\n"
    "UKSIC,2007,99999,,none,Dormant,\n";

inline const reference::Reference& world() {
  static const reference::Reference* const made = [] {
    auto areas = must(reference::Areas::parse(kWorldAreas, "areas.csv", kWorldSets, "sets.csv"));
    return new reference::Reference{std::move(areas),
                                    must(reference::Sectors::parse(kWorldSectors, "sectors.csv")),
                                    reference::Postcodes()};
  }();
  return *made;
}
inline base::AreaId area(std::string_view code) {
  return must(world().areas.find(code));
}
inline base::SectorId sector(std::string_view code) {
  return must(world().sectors.find(code));
}

}  // namespace bellwether::testing
