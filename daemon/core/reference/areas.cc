#include "core/reference/areas.h"

#include <algorithm>

#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {
namespace {

using base::cat;
using base::CsvRow;
using base::LineErrors;

Validity parse_validity(const CsvRow& row, size_t from, LineErrors& errors) {
  Validity v;
  auto const date = [&](const std::string& text, Days open) {
    if (text.empty()) return open;
    absl::StatusOr<Days> const day = base::parse_date(text);
    if (day.ok()) return *day;
    errors.add(row.line, cat("\"", text, "\" is no date; write YYYY-MM-DD or leave it empty"));
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

// The kinds of an area code that a CSV cell may hold.
bool check_code(const std::string& code, int line, LineErrors& errors) {
  if (!code.empty() && code.size() <= kAreaCodeBytesMax) return true;
  errors.add(line, cat("the code must have 1 to ", kAreaCodeBytesMax, " bytes"));
  return false;
}

}  // namespace

absl::StatusOr<Areas> Areas::parse(std::string_view areas_csv, std::string_view areas_file,
                                   std::string_view sets_csv, std::string_view sets_file) {
  Areas out;
  LineErrors errors(areas_file);
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<CsvRow> const rows,
      base::parse_csv(areas_csv, areas_file, {"code", "name", "level", "parent"},
                      {"from", "until"}));
  if (rows.empty()) errors.add(1, "no areas; the first row is the root");
  for (const CsvRow& row : rows) {
    if (out.areas_.size() >= kAreasMax) {
      errors.add(row.line, cat("more than ", kAreasMax, " areas; drop the smallest level"));
      break;
    }
    if (!check_code(row[0], row.line, errors)) continue;
    AreaId const id(static_cast<uint16_t>(out.areas_.size()));
    Area area{row[0], row[1], row[2], AreaId(0), false, true, parse_validity(row, 4, errors)};
    if (id == kRootArea) {
      if (!row[3].empty())
        errors.add(row.line, "the first area is the root; leave its parent empty");
    } else if (auto const parent = out.by_code_.find(row[3]); parent == out.by_code_.end()) {
      errors.add(row.line,
                 cat("parent \"", row[3], "\" is not known; put parents before children"));
      continue;
    } else {
      area.parent = parent->second;
    }
    if (area.level == "set")
      errors.add(row.line, "level \"set\" is for area sets; use another word");
    if (!out.by_code_.try_emplace(row[0], id).second) {
      errors.add(row.line, cat("code \"", row[0], "\" stands twice; remove one"));
      continue;
    }
    out.areas_.push_back(std::move(area));
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());

  out.children_.resize(out.areas_.size());
  for (size_t i = 1; i < out.areas_.size(); ++i) {
    size_t const parent = out.areas_[i].parent.value;
    out.areas_[parent].is_leaf = false;
    out.children_[parent].push_back(AreaId(static_cast<uint16_t>(i)));
  }

  struct Membership {
    AreaId member;
    AreaId set;
    Validity validity;
  };
  std::vector<Membership> memberships;
  if (!sets_csv.empty()) {
    LineErrors set_errors(sets_file);
    BELLWETHER_ASSIGN_OR_RETURN(
        std::vector<CsvRow> const set_rows,
        base::parse_csv(sets_csv, sets_file, {"set", "name", "member"}, {"from", "until"}));
    for (const CsvRow& row : set_rows) {
      if (!check_code(row[0], row.line, set_errors)) continue;
      absl::StatusOr<AreaId> const member = out.find(row[2]);
      if (!member.ok() || out.areas_[member->value].is_set) {
        set_errors.add(row.line, cat("member \"", row[2], "\" is no area; name an area's code"));
        continue;
      }
      Validity const validity = parse_validity(row, 3, set_errors);
      auto const [found, added] =
          out.by_code_.try_emplace(row[0], AreaId(static_cast<uint16_t>(out.areas_.size())));
      AreaId const set = found->second;
      if (added) {
        if (out.areas_.size() >= kAreasMax) {
          set_errors.add(row.line, cat("more than ", kAreasMax, " areas and sets"));
          break;
        }
        out.areas_.push_back({row[0], row[1], "set", kRootArea, true, false, validity});
        out.children_.emplace_back();
      } else if (!out.areas_[set.value].is_set) {
        set_errors.add(row.line,
                       cat("\"", row[0], "\" is the code of an area; give the set another"));
        continue;
      }
      Area& area = out.areas_[set.value];
      if (area.name != row[1]) {
        set_errors.add(row.line, cat("set \"", row[0], "\" has two names; use one"));
      }
      // The set lives while any of its members belongs to it.
      area.validity = {std::min(area.validity.from, validity.from),
                       std::max(area.validity.until, validity.until)};
      out.children_[set.value].push_back(*member);
      memberships.push_back({*member, set, validity});
    }
    BELLWETHER_RETURN_IF_ERROR(set_errors.status());
  }

  out.ancestors_.resize(out.areas_.size());
  for (size_t i = 0; i < out.areas_.size(); ++i) {
    if (out.areas_[i].is_set) continue;
    std::vector<AreaAncestor>& up = out.ancestors_[i];
    AreaId id(static_cast<uint16_t>(i));
    Validity validity;
    while (true) {
      validity = intersection(validity, out.areas_[id.value].validity);
      up.push_back({id, validity});
      for (const Membership& m : memberships) {
        if (m.member != id) continue;
        // An area may belong to a set by itself and by a parent: it counts there once.
        bool const known = std::any_of(up.begin(), up.end(),
                                       [&](const AreaAncestor& a) { return a.area == m.set; });
        if (!known) up.push_back({m.set, m.validity});
      }
      if (id == kRootArea) break;
      id = out.areas_[id.value].parent;
    }
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
