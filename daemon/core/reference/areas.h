// Purpose: the geography, with dates. Areas form a tree with one root. An area set (for example a
// former LEP or a growth hub) is a group of areas with a life span; an area may be in several sets.
// Both have an AreaId, so a query may name either. Invariants: immutable after parse. AreaId is an
// index: first the areas in file order, from the root, then the sets. Parents precede their
// children. The members of a set are areas, not sets. An area that has mass addresses may be
// divided into two leaves. Thread safety: immutable, so any number of readers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/base/ids.h"
#include "core/reference/dates.h"

namespace bellwether::reference {

using base::AreaId;

// What an area or set holds of the places that it is named after.
enum class AreaPart : uint8_t {
  kWhole,  // all; as every area of the files
  kOwn,    // what is not at mass addresses (mass_addresses.h)
  kMass,   // what is at mass addresses
};
// These end the codes and levels of parts: "E08000025.own", "district.own".
inline constexpr std::string_view kOwnSuffix = ".own";
inline constexpr std::string_view kMassSuffix = ".mass";

struct Area {
  std::string code;   // "E08000025", unique
  std::string name;   // "Birmingham"
  std::string level;  // "country", "region", "district", or "set"
  AreaId parent;      // of the root: itself; of a set: the root
  bool is_set = false;
  bool is_leaf = true;  // no area names it as parent
  Validity validity;
  AreaPart part = AreaPart::kWhole;
  bool is_divided = false;          // its leaves are its two parts
  std::vector<std::string> former;  // codes that it, or what was merged into it, had before
};

// An area or set in which a fact of an area counts, and the days on which it contains the area.
struct AreaAncestor {
  AreaId area;
  Validity validity;
};

inline constexpr AreaId kRootArea{0};
inline constexpr size_t kAreasMax = 60'000;  // AreaId is 16 bits
inline constexpr size_t kAreaCodeBytesMax = 32;

class Areas {
 public:
  // `areas_csv`: header code,name,level,parent[,from,until,former]. The first row is the root; its
  // parent is empty. Dates are YYYY-MM-DD, `until` is exclusive, an empty date is open. `former`:
  // codes, separated by blanks, by which the area is also found. `sets_csv` (may be
  // empty): header set,name,member[,from,until], one row per member. `*_file`: names of the files
  // in errors. Error: InvalidArgument listing the bad lines as "file:line: error; correction".
  static absl::StatusOr<Areas> parse(std::string_view areas_csv, std::string_view areas_file,
                                     std::string_view sets_csv, std::string_view sets_file);

  // The same geography, where each of these leaves L is the parent of two: L.own ("L, without mass
  // addresses") and L.mass. Of each area and set that holds one of them there is also a set without
  // the mass addresses: "A.own". Areas of the files keep their ids. Error: InvalidArgument if there
  // are too many. REQUIRES: nothing is divided yet; `leaves` are leaves, each once.
  absl::StatusOr<Areas> divide(std::span<const AreaId> leaves) const;
  // REQUIRES: at(divided).is_divided.
  AreaId own_part(AreaId divided) const { return children_[divided.value][0]; }
  AreaId mass_part(AreaId divided) const { return children_[divided.value][1]; }
  // The mass addresses in an area or set.
  std::vector<AreaId> mass_parts(AreaId in) const;
  // True for a leaf of the areas file, divided or not: nothing smaller is located.
  bool is_place(AreaId id) const {
    const Area& area = at(id);
    return area.is_divided || (area.is_leaf && area.part == AreaPart::kWhole);
  }

  // An area or set by code, or an area by a former code. Error: NotFound.
  absl::StatusOr<AreaId> find(std::string_view code) const;
  const Area& at(AreaId id) const { return areas_[id.value]; }
  size_t size() const { return areas_.size(); }
  std::span<const Area> all() const { return areas_; }
  // For a set: its members, each once.
  std::span<const AreaId> children(AreaId id) const { return children_[id.value]; }
  // All areas and sets in which a fact of `id` counts: first `id` itself, then its parents up to
  // the root, and the sets that contain any of these. Empty for a set.
  std::span<const AreaAncestor> ancestors(AreaId id) const { return ancestors_[id.value]; }
  // All other areas and sets that hold every fact of `id`, whatever their dates: of an area its
  // ancestors, of a set what all of its members have in common.
  std::span<const AreaId> covering(AreaId id) const { return covering_[id.value]; }

 private:
  struct Draft;
  struct Membership {
    AreaId member;
    AreaId set;
    Validity validity;
  };
  std::vector<Area> areas_;
  std::vector<std::vector<AreaId>> children_;
  std::vector<std::vector<AreaAncestor>> ancestors_;
  std::vector<std::vector<AreaId>> covering_;
  std::vector<Membership> memberships_;
  std::vector<AreaId> mass_parts_;
  absl::flat_hash_map<std::string, AreaId> by_code_;
};

}  // namespace bellwether::reference
