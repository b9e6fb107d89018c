// Purpose: the geography, with dates. Areas form a tree with one root. An area set (for example a
// former LEP or a growth hub) is a group of areas with a life span; an area may be in several sets.
// Both have an AreaId, so a query may name either. Invariants: immutable after parse. AreaId is an
// index: first the areas in file order, from the root, then the sets. Parents precede their
// children. The members of a set are areas, not sets. Thread safety: immutable, so any number of
// readers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::reference {

using base::AreaId;
using base::Days;

// Half-open interval of days in which an area, a set or a membership exists.
struct Validity {
  Days from{INT32_MIN};
  Days until{INT32_MAX};  // first day after the interval
  bool contains(Days day) const { return from <= day && day < until; }
};

struct Area {
  std::string code;   // "E08000025", unique
  std::string name;   // "Birmingham"
  std::string level;  // "country", "region", "district", or "set"
  AreaId parent;      // of the root: itself; of a set: the root
  bool is_set = false;
  bool is_leaf = true;  // no area names it as parent
  Validity validity;
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
  // `areas_csv`: header code,name,level,parent[,from,until]. The first row is the root; its parent
  // is empty. Dates are YYYY-MM-DD, `until` is exclusive, an empty date is open. `sets_csv` (may be
  // empty): header set,name,member[,from,until], one row per member. `*_file`: names of the files
  // in errors. Error: InvalidArgument listing the bad lines as "file:line: error; correction".
  static absl::StatusOr<Areas> parse(std::string_view areas_csv, std::string_view areas_file,
                                     std::string_view sets_csv, std::string_view sets_file);

  // An area or set by code. Error: NotFound.
  absl::StatusOr<AreaId> find(std::string_view code) const;
  const Area& at(AreaId id) const { return areas_[id.value]; }
  size_t size() const { return areas_.size(); }
  std::span<const Area> all() const { return areas_; }
  // For a set: its members.
  std::span<const AreaId> children(AreaId id) const { return children_[id.value]; }
  // All areas and sets in which a fact of `id` counts: first `id` itself, then its parents up to
  // the root, and the sets that contain any of these. Empty for a set.
  std::span<const AreaAncestor> ancestors(AreaId id) const { return ancestors_[id.value]; }
  // All other areas and sets that hold every fact of `id`, whatever their dates: of an area its
  // ancestors, of a set what all of its members have in common.
  std::span<const AreaId> covering(AreaId id) const { return covering_[id.value]; }

 private:
  struct Draft;
  std::vector<Area> areas_;
  std::vector<std::vector<AreaId>> children_;
  std::vector<std::vector<AreaAncestor>> ancestors_;
  std::vector<std::vector<AreaId>> covering_;
  absl::flat_hash_map<std::string, AreaId> by_code_;
};

}  // namespace bellwether::reference
