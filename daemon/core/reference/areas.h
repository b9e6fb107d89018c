// Purpose: the dated geography. Areas form a tree under one root; area sets (a former LEP, a growth
// hub) are many-to-many groupings of areas with a life span. Both are addressed by AreaId, so that
// a query may name either. Invariants: immutable after parse; AreaId is the index in file order of
// the areas (the root first), then of the sets; parents stand before their children; a set's
// members are areas, not sets. Thread safety: immutable, so any number of readers.
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

// Half-open interval of days in which something holds.
struct Validity {
  Days from{INT32_MIN};
  Days until{INT32_MAX};  // first day on which it no longer holds
  bool contains(Days day) const { return from <= day && day < until; }
};

struct Area {
  std::string code;   // "E08000025", unique
  std::string name;   // "Birmingham"
  std::string level;  // "country", "region", "district", or "set"
  AreaId parent;      // the root is its own parent; of a set: the root
  bool is_set = false;
  bool is_leaf = true;  // no area names it as parent
  Validity validity;
};

// One node that a fact of a leaf area counts in, and when.
struct AreaAncestor {
  AreaId area;
  Validity validity;
};

inline constexpr AreaId kRootArea{0};
inline constexpr size_t kAreasMax = 60'000;  // AreaId is 16 bits
inline constexpr size_t kAreaCodeBytesMax = 32;

class Areas {
 public:
  // `areas_csv`: header code,name,level,parent[,from,until]; the first row is the root and has an
  // empty parent; dates YYYY-MM-DD, until exclusive, empty = open. `sets_csv` (may be empty):
  // header set,name,member[,from,until], a row a member. `*_file` names them in errors. Error:
  // InvalidArgument listing every bad line as "file:line: what; what to do".
  static absl::StatusOr<Areas> parse(std::string_view areas_csv, std::string_view areas_file,
                                     std::string_view sets_csv, std::string_view sets_file);

  // An area or set by code. Error: NotFound.
  absl::StatusOr<AreaId> find(std::string_view code) const;
  const Area& at(AreaId id) const { return areas_[id.value]; }
  size_t size() const { return areas_.size(); }
  std::span<const Area> all() const { return areas_; }
  // Of a set: its members.
  std::span<const AreaId> children(AreaId id) const { return children_[id.value]; }
  // Every node that a fact in `id` counts in: itself, its parents up to the root, and the sets that
  // hold any of these, with the days in which they do. The area itself stands first.
  std::span<const AreaAncestor> ancestors(AreaId id) const { return ancestors_[id.value]; }

 private:
  struct Draft;
  std::vector<Area> areas_;
  std::vector<std::vector<AreaId>> children_;
  std::vector<std::vector<AreaAncestor>> ancestors_;
  absl::flat_hash_map<std::string, AreaId> by_code_;
};

}  // namespace bellwether::reference
