#include "core/reference/areas.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_split.h"
#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {
namespace {

using base::cat;
using base::CsvRow;
using base::LineErrors;

bool is_of_part(std::string_view code_or_level) {
  return code_or_level.ends_with(kOwnSuffix) || code_or_level.ends_with(kMassSuffix);
}

bool check_code(const std::string& code, int line, LineErrors& errors) {
  if (is_of_part(code)) {
    errors.add(line, cat("code \"", code, "\" ends with ", kOwnSuffix, " or ", kMassSuffix,
                         ", which are the parts of areas with mass addresses; use another"));
    return false;
  }
  if (!code.empty() && code.size() <= kAreaCodeBytesMax) return true;
  errors.add(line, cat("the code must have 1 to ", kAreaCodeBytesMax, " bytes"));
  return false;
}

constexpr char kSetLevel[] = "set";

AreaId next_id(const std::vector<Area>& areas) {
  return AreaId(static_cast<uint16_t>(areas.size()));
}

}  // namespace

// The areas parsed so far. The steps run in the order in which they are declared.
struct Areas::Draft {
  enum AreaColumn { kCode, kName, kLevel, kParent, kFrom, kUntil, kFormer };
  enum SetColumn { kSet, kSetName, kMember, kSetFrom };
  Areas out;

  void read_rows(const std::vector<CsvRow>& rows, LineErrors& errors);
  void link();
  void read_sets(const std::vector<CsvRow>& rows, LineErrors& errors);
  void divide(const Areas& from, std::span<const AreaId> leaves);
  void find_ancestors();
  void find_covering();

 private:
  std::optional<AreaId> parent_of(const CsvRow& row, LineErrors& errors) const;
  // The former codes of the area added last.
  void read_former(const CsvRow& row, LineErrors& errors);
  // The set that a row of the sets file names, added if it is new. nullopt: an error was added.
  std::optional<AreaId> set_of(const CsvRow& row, Validity validity, LineErrors& errors);
  AreaId add(Area area);
  void add_member(AreaId set, AreaId member, Validity validity);
  // Adds a part of the leaf.
  void add_part(AreaId leaf, AreaPart part);
  // Adds the set `like`.own. Its members are what `members` have without mass addresses.
  void add_own_set(const Area& like, std::span<const Membership> members);
  // Adds what the area has without mass addresses.
  void find_own(AreaId area, std::vector<AreaId>& own) const;
  std::vector<AreaAncestor> ancestors_of(AreaId id) const;

  static uint32_t key(AreaId set, AreaId member) {
    return uint32_t{set.value} << 16 | member.value;
  }

  absl::flat_hash_map<uint32_t, std::vector<Validity>> stated_;  // by set and member
  std::vector<std::vector<const Membership*>> sets_of_;          // by member
  std::vector<bool> has_mass_;  // by area: some of it is at mass addresses
};

std::optional<AreaId> Areas::Draft::parent_of(const CsvRow& row, LineErrors& errors) const {
  const std::string& parent = row[kParent];
  if (out.areas_.empty()) {
    if (!parent.empty()) errors.add(row.line, "the first area is the root; leave its parent empty");
    return kRootArea;
  }
  auto const found = out.by_code_.find(parent);
  if (found != out.by_code_.end()) return found->second;
  errors.add(row.line, cat("parent \"", parent, "\" is unknown; put parents before children"));
  return std::nullopt;
}

void Areas::Draft::read_rows(const std::vector<CsvRow>& rows, LineErrors& errors) {
  if (rows.empty()) errors.add(1, "no areas; the first row is the root");
  for (const CsvRow& row : rows) {
    if (out.areas_.size() >= kAreasMax) {
      errors.add(row.line, cat("more than ", kAreasMax, " areas; drop the smallest level"));
      return;
    }
    if (!check_code(row[kCode], row.line, errors)) continue;
    Validity const validity = parse_validity(row, kFrom, errors);
    std::optional<AreaId> const parent = parent_of(row, errors);
    if (!parent) continue;
    if (row[kLevel] == kSetLevel || is_of_part(row[kLevel]))
      errors.add(row.line, cat("level \"", row[kLevel], "\" is for area sets; use another word"));
    if (!out.by_code_.try_emplace(row[kCode], next_id(out.areas_)).second) {
      errors.add(row.line, cat("code \"", row[kCode], "\" appears twice; remove one"));
      continue;
    }
    out.areas_.push_back({row[kCode], row[kName], row[kLevel], *parent, false, true, validity});
    read_former(row, errors);
  }
}

void Areas::Draft::read_former(const CsvRow& row, LineErrors& errors) {
  Area& area = out.areas_.back();
  AreaId const id(static_cast<uint16_t>(out.areas_.size() - 1));
  for (const absl::string_view former :
       absl::StrSplit(base::to_absl(row[kFormer]), ' ', absl::SkipEmpty())) {
    std::string const code(former);
    if (!check_code(code, row.line, errors)) continue;
    if (out.by_code_.try_emplace(code, id).second) {
      area.former.push_back(code);
    } else {
      errors.add(row.line,
                 cat("former code \"", code, "\" is that of another area, too; remove one"));
    }
  }
}

void Areas::Draft::link() {
  out.children_.resize(out.areas_.size());
  for (size_t i = 1; i < out.areas_.size(); ++i) {
    size_t const parent = out.areas_[i].parent.value;
    out.areas_[parent].is_leaf = false;
    out.children_[parent].push_back(AreaId(static_cast<uint16_t>(i)));
  }
}

std::optional<AreaId> Areas::Draft::set_of(const CsvRow& row, Validity validity,
                                           LineErrors& errors) {
  auto const [found, added] = out.by_code_.try_emplace(row[kSet], next_id(out.areas_));
  AreaId const set = found->second;
  if (added) {
    out.areas_.push_back({row[kSet], row[kSetName], kSetLevel, kRootArea, true, false, validity});
    out.children_.emplace_back();
  } else if (!out.areas_[set.value].is_set) {
    errors.add(row.line, cat("\"", row[kSet], "\" is the code of an area; give the set another"));
    return std::nullopt;
  }
  return set;
}

void Areas::Draft::read_sets(const std::vector<CsvRow>& rows, LineErrors& errors) {
  for (const CsvRow& row : rows) {
    if (!check_code(row[kSet], row.line, errors)) continue;
    absl::StatusOr<AreaId> const member = out.find(row[kMember]);
    if (!member.ok() || out.areas_[member->value].is_set) {
      errors.add(row.line,
                 cat("member \"", row[kMember], "\" is not an area; state an area's code"));
      continue;
    }
    Validity const validity = parse_validity(row, kSetFrom, errors);
    if (out.areas_.size() >= kAreasMax && !out.by_code_.contains(row[kSet])) {
      errors.add(row.line, cat("more than ", kAreasMax, " areas and sets"));
      return;
    }
    std::optional<AreaId> const set = set_of(row, validity, errors);
    if (!set) continue;
    Area& area = out.areas_[set->value];
    if (area.name != row[kSetName])
      errors.add(row.line, cat("set \"", row[kSet], "\" has two names; use one"));
    // The set exists from its earliest membership to the end of its latest.
    area.validity = {std::min(area.validity.from, validity.from),
                     std::max(area.validity.until, validity.until)};
    std::span<const Validity> const before = stated_[key(*set, *member)];
    if (std::ranges::any_of(before, [&](Validity v) { return overlap(v, validity); })) {
      errors.add(row.line, cat("\"", row[kMember], "\" is in set \"", row[kSet],
                               "\" twice on the same days; remove or date one"));
    }
    add_member(*set, *member, validity);
  }
}

AreaId Areas::Draft::add(Area area) {
  AreaId const id = next_id(out.areas_);
  out.by_code_.emplace(area.code, id);
  for (const std::string& code : area.former) out.by_code_.emplace(code, id);
  out.areas_.push_back(std::move(area));
  return id;
}

void Areas::Draft::add_member(AreaId set, AreaId member, Validity validity) {
  std::vector<Validity>& stated = stated_[key(set, member)];
  if (stated.empty()) out.children_[set.value].push_back(member);
  stated.push_back(validity);
  out.memberships_.push_back({member, set, validity});
}

void Areas::Draft::add_part(AreaId leaf, AreaPart part) {
  Area area = out.areas_[leaf.value];
  bool const own = part == AreaPart::kOwn;
  area.code += own ? kOwnSuffix : kMassSuffix;
  area.level += own ? kOwnSuffix : kMassSuffix;
  area.name += own ? ", without mass addresses" : ", mass addresses";
  area.parent = leaf;
  area.is_divided = false;
  area.former.clear();
  area.part = part;
  AreaId const id = add(std::move(area));
  if (!own) out.mass_parts_.push_back(id);
}

void Areas::Draft::find_own(AreaId area, std::vector<AreaId>& own) const {
  if (!has_mass_[area.value]) {
    own.push_back(area);
  } else if (out.areas_[area.value].is_divided) {
    own.push_back(out.own_part(area));
  } else {
    for (AreaId child : out.children_[area.value]) find_own(child, own);
  }
}

void Areas::Draft::add_own_set(const Area& like, std::span<const Membership> members) {
  Area area = like;
  area.code += kOwnSuffix;
  area.level += kOwnSuffix;
  area.name += ", without mass addresses";
  area.parent = kRootArea;
  area.is_set = true;
  area.is_leaf = false;
  area.former.clear();
  area.part = AreaPart::kOwn;
  AreaId const set = add(std::move(area));
  out.children_.emplace_back();
  std::vector<AreaId> own;
  for (const Membership& m : members) {
    own.clear();
    find_own(m.member, own);
    for (AreaId member : own) add_member(set, member, m.validity);
  }
}

void Areas::Draft::divide(const Areas& from, std::span<const AreaId> leaves) {
  size_t trees = 0;
  while (trees < from.size() && !from.areas_[trees].is_set) ++trees;
  for (size_t i = 0; i < trees; ++i) add(from.areas_[i]);
  for (AreaId leaf : leaves) {
    out.areas_[leaf.value].is_divided = true;
    add_part(leaf, AreaPart::kOwn);
    add_part(leaf, AreaPart::kMass);
  }
  link();
  has_mass_.resize(out.areas_.size());
  for (AreaId leaf : leaves) {
    for (AreaId up = leaf; !has_mass_[up.value]; up = out.areas_[up.value].parent)
      has_mass_[up.value] = true;
  }
  auto const moved = static_cast<uint16_t>(2 * leaves.size());
  for (size_t i = trees; i < from.size(); ++i) {
    add(from.areas_[i]);
    out.children_.push_back(from.children_[i]);
  }
  std::vector<std::vector<Membership>> by_set(from.size());
  for (const Membership& m : from.memberships_) {
    out.memberships_.push_back(
        {m.member, AreaId(static_cast<uint16_t>(m.set.value + moved)), m.validity});
    by_set[m.set.value].push_back(m);
  }
  for (size_t i = 0; i < from.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    if (i < trees && !from.areas_[i].is_leaf && has_mass_[i])
      by_set[i] = {{id, id, from.areas_[i].validity}};
    bool const any = std::ranges::any_of(
        by_set[i], [&](const Membership& m) { return has_mass_[m.member.value]; });
    if (any) add_own_set(from.areas_[i], by_set[i]);
  }
}

std::vector<AreaAncestor> Areas::Draft::ancestors_of(AreaId id) const {
  std::vector<AreaAncestor> up;
  Validity validity;
  while (true) {
    const Area& area = out.areas_[id.value];
    validity = intersection(validity, area.validity);
    up.push_back({id, validity});
    for (const Membership* m : sets_of_[id.value]) {
      // An area may belong to a set both directly and through a parent. It counts there only once.
      bool const known = std::any_of(up.begin(), up.end(),
                                     [&](const AreaAncestor& a) { return a.area == m->set; });
      if (!known) up.push_back({m->set, m->validity});
    }
    if (id == kRootArea) return up;
    id = area.parent;
  }
}

void Areas::Draft::find_ancestors() {
  sets_of_.resize(out.areas_.size());
  for (const Membership& m : out.memberships_) sets_of_[m.member.value].push_back(&m);
  out.ancestors_.resize(out.areas_.size());
  for (size_t i = 0; i < out.areas_.size(); ++i) {
    if (!out.areas_[i].is_set) out.ancestors_[i] = ancestors_of(AreaId(static_cast<uint16_t>(i)));
  }
}

void Areas::Draft::find_covering() {
  out.covering_.resize(out.areas_.size());
  for (size_t i = 0; i < out.areas_.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    std::span<const AreaId> const parts =
        out.areas_[i].is_set ? out.children(id) : std::span(&id, 1);
    for (const AreaAncestor& a : out.ancestors_[parts.front().value]) {
      bool const covers_all = std::ranges::all_of(parts, [&](AreaId part) {
        return std::ranges::count(out.ancestors(part), a.area, &AreaAncestor::area) > 0;
      });
      if (a.area != id && covers_all) out.covering_[i].push_back(a.area);
    }
  }
}

absl::StatusOr<Areas> Areas::parse(std::string_view areas_csv, std::string_view areas_file,
                                   std::string_view sets_csv, std::string_view sets_file) {
  Draft draft;
  LineErrors errors(areas_file);
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<CsvRow> const rows,
      base::parse_csv(areas_csv, areas_file, {"code", "name", "level", "parent"},
                      {"from", "until", "former"}));
  draft.read_rows(rows, errors);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  draft.link();
  if (!sets_csv.empty()) {
    LineErrors set_errors(sets_file);
    BELLWETHER_ASSIGN_OR_RETURN(
        std::vector<CsvRow> const set_rows,
        base::parse_csv(sets_csv, sets_file, {"set", "name", "member"}, {"from", "until"}));
    draft.read_sets(set_rows, set_errors);
    BELLWETHER_RETURN_IF_ERROR(set_errors.status());
  }
  draft.find_ancestors();
  draft.find_covering();
  return std::move(draft.out);
}

absl::StatusOr<Areas> Areas::divide(std::span<const AreaId> leaves) const {
  // Each area and set may get a set without mass addresses.
  if (2 * (size() + leaves.size()) > kAreasMax) {
    return absl::InvalidArgumentError(cat("with the parts of areas that have mass addresses there ",
                                          "may be more than ", kAreasMax, " areas"));
  }
  Draft draft;
  draft.divide(*this, leaves);
  draft.find_ancestors();
  draft.find_covering();
  return std::move(draft.out);
}

std::vector<AreaId> Areas::mass_parts(AreaId in) const {
  std::vector<AreaId> out;
  for (AreaId part : mass_parts_) {
    if (std::ranges::count(ancestors(part), in, &AreaAncestor::area) > 0) out.push_back(part);
  }
  return out;
}

absl::StatusOr<AreaId> Areas::find(std::string_view code) const {
  auto const found = by_code_.find(base::to_absl(code));
  if (found == by_code_.end())
    return absl::NotFoundError(cat("no area or area set \"", code, "\""));
  return found->second;
}

}  // namespace bellwether::reference
