#include "core/reference/areas.h"

#include <algorithm>
#include <optional>

#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {
namespace {

using base::cat;
using base::CsvRow;
using base::LineErrors;

// `from` is the column of the first day. The next column is that of `until`.
Validity parse_validity(const CsvRow& row, size_t from, LineErrors& errors) {
  Validity v;
  auto const date = [&](const std::string& text, Days open) {
    if (text.empty()) return open;
    absl::StatusOr<Days> const day = base::parse_date(text);
    if (day.ok()) return *day;
    errors.add(row.line, cat(day.status().message(), ", or leave it empty"));
    return open;
  };
  v.from = date(row[from], v.from);
  v.until = date(row[from + 1], v.until);
  if (!(v.from < v.until)) errors.add(row.line, "from is not before until; swap them");
  return v;
}

Validity intersection(Validity a, Validity b) {
  return {std::max(a.from, b.from), std::min(a.until, b.until)};
}

bool check_code(const std::string& code, int line, LineErrors& errors) {
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
  enum AreaColumn { kCode, kName, kLevel, kParent, kFrom };
  enum SetColumn { kSet, kSetName, kMember, kSetFrom };
  struct Membership {
    AreaId member;
    AreaId set;
    Validity validity;
  };
  Areas out;
  std::vector<Membership> memberships;

  void read_rows(const std::vector<CsvRow>& rows, LineErrors& errors);
  void link();
  void read_sets(const std::vector<CsvRow>& rows, LineErrors& errors);
  void find_ancestors();
  void find_covering();

 private:
  std::optional<AreaId> parent_of(const CsvRow& row, LineErrors& errors) const;
  // The set that a row of the sets file names, added if it is new. nullopt: an error was added.
  std::optional<AreaId> set_of(const CsvRow& row, Validity validity, LineErrors& errors);
  std::vector<AreaAncestor> ancestors_of(AreaId id) const;
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
    if (row[kLevel] == kSetLevel)
      errors.add(row.line, "level \"set\" is for area sets; use another word");
    if (!out.by_code_.try_emplace(row[kCode], next_id(out.areas_)).second) {
      errors.add(row.line, cat("code \"", row[kCode], "\" appears twice; remove one"));
      continue;
    }
    out.areas_.push_back({row[kCode], row[kName], row[kLevel], *parent, false, true, validity});
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
    out.children_[set->value].push_back(*member);
    memberships.push_back({*member, *set, validity});
  }
}

std::vector<AreaAncestor> Areas::Draft::ancestors_of(AreaId id) const {
  std::vector<AreaAncestor> up;
  Validity validity;
  while (true) {
    const Area& area = out.areas_[id.value];
    validity = intersection(validity, area.validity);
    up.push_back({id, validity});
    for (const Membership& m : memberships) {
      if (m.member != id) continue;
      // An area may belong to a set both directly and through a parent. It counts there only once.
      bool const known =
          std::any_of(up.begin(), up.end(), [&](const AreaAncestor& a) { return a.area == m.set; });
      if (!known) up.push_back({m.set, m.validity});
    }
    if (id == kRootArea) return up;
    id = area.parent;
  }
}

void Areas::Draft::find_ancestors() {
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
                      {"from", "until"}));
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

absl::StatusOr<AreaId> Areas::find(std::string_view code) const {
  auto const found = by_code_.find(base::to_absl(code));
  if (found == by_code_.end())
    return absl::NotFoundError(cat("no area or area set \"", code, "\""));
  return found->second;
}

}  // namespace bellwether::reference
