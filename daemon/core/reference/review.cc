#include "core/reference/review.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/reference/gss.h"

namespace bellwether::reference {
namespace {

// The codes of areas that share a fault.
class Named {
 public:
  void add(std::string_view code) {
    if (count_++ < kNamedMax) base::append(codes_, codes_.empty() ? "" : ", ", code);
  }
  // "3 what: A, B, C".
  void tell(std::string_view what, std::vector<std::string>& out) const {
    if (count_ == 0) return;
    std::string const more =
        count_ > kNamedMax ? base::cat(" and ", count_ - kNamedMax, " more") : std::string();
    out.push_back(base::cat(count_, " ", what, ": ", codes_, more));
  }

 private:
  std::string codes_;
  size_t count_ = 0;
};

// "1 country, 12 region", the levels in order of appearance.
template <class Items>
std::string by_level(const Items& items) {
  std::vector<std::pair<std::string_view, int>> levels;
  for (const auto& item : items) {
    auto const at = std::ranges::find(levels, std::string_view(item.level),
                                      &std::pair<std::string_view, int>::first);
    if (at == levels.end()) {
      levels.emplace_back(item.level, 1);
    } else {
      ++at->second;
    }
  }
  std::string out;
  for (const auto& [level, count] : levels)
    base::append(out, out.empty() ? "" : ", ", count, " ", level);
  return out;
}

void list_contents(const Reference& r, std::vector<std::string>& out) {
  size_t leaves = 0;
  for (size_t i = 0; i < r.areas.size(); ++i)
    leaves += r.areas.is_place(AreaId(static_cast<uint16_t>(i))) ? 1 : 0;
  out.push_back(
      base::cat("areas: ", by_level(r.areas.all()), "; events count in ", leaves, " leaf areas"));
  out.push_back(base::cat("sectors: ", r.sectors.scheme(), " ", r.sectors.version(), ": ",
                          by_level(r.sectors.all())));
  out.push_back(base::cat("postcodes: ", r.postcodes.size()));
  if (!r.mass.empty()) {
    out.push_back(base::cat("mass addresses: ", r.mass.size(), " in ", r.mass.areas().size(),
                            " leaf areas; ", r.mass.elsewhere(),
                            " rows of other places are left out"));
  }
  if (r.deprivation.empty()) {
    out.push_back("deprivation: none");
  } else {
    out.push_back(base::cat("deprivation: ", r.deprivation.known(), " of ", leaves,
                            " leaf areas have a decile; ", r.deprivation.elsewhere(),
                            " rows of other areas are left out"));
  }
}

void doubt_leaves(const Reference& r, std::vector<std::string>& out) {
  std::vector<bool> const located = r.postcodes.areas_with_any(r.areas.size());
  Named without_postcode;
  Named without_decile;
  Named lsoas;
  for (size_t i = 0; i < r.areas.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    const Area& area = r.areas.at(id);
    if (!r.areas.is_place(id)) continue;
    if (r.postcodes.size() > 0 && !located[i]) without_postcode.add(area.code);
    AreaId const own = area.is_divided ? r.areas.own_part(id) : id;
    if (!r.deprivation.empty() && r.deprivation.decile(own) == kUnknownDecile)
      (is_lsoa(area.code) ? lsoas : without_decile).add(area.code);
  }
  without_postcode.tell("leaf areas that no postcode leads to", out);
  without_decile.tell("leaf areas without a decile, counted as unknown", out);
  lsoas.tell(base::cat("LSOAs without a decile, counted as unknown (", kLsoaYears, ")"), out);
}

void doubt_postcodes(const Reference& r, std::vector<std::string>& out) {
  // The areas may be those of the islands themselves.
  bool const in_the_kingdom = std::ranges::any_of(
      r.areas.all(), [](const Area& area) { return nation_of(area.code).has_value(); });
  if (!in_the_kingdom) return;
  Named outside;
  for (const Postcodes::Outside& row : r.postcodes.outside())
    outside.add(base::cat(row.postcode, " (line ", row.line, ")"));
  outside.tell(
      "postcodes of Jersey, Guernsey, the Isle of Man or the forces, which are in no area of "
      "the United Kingdom",
      out);
}

void doubt_names(const Reference& r, std::vector<std::string>& out) {
  std::map<std::pair<std::string, std::string>, int> names;
  for (const Area& area : r.areas.all()) {
    if (area.part == AreaPart::kWhole) ++names[{area.level, area.name}];
  }
  Named twice;
  for (const auto& [name, count] : names) {
    if (count > 1) twice.add(base::cat("\"", name.second, "\" (", name.first, ")"));
  }
  twice.tell("names that several areas of one level have", out);
}

// A member inside another member adds nothing to the set.
void doubt_sets(const Reference& r, std::vector<std::string>& out) {
  Named inside;
  for (size_t i = 0; i < r.areas.size(); ++i) {
    AreaId const id(static_cast<uint16_t>(i));
    if (!r.areas.at(id).is_set || r.areas.at(id).part != AreaPart::kWhole) continue;
    auto const members = r.areas.children(id);
    for (AreaId member : members) {
      bool const covered = std::ranges::any_of(r.areas.covering(member), [&](AreaId above) {
        return std::ranges::find(members, above) != members.end();
      });
      if (covered) inside.add(base::cat(r.areas.at(member).code, " in ", r.areas.at(id).code));
    }
  }
  inside.tell("members of a set that lie in another of its members", out);
}

}  // namespace

Review review(const Reference& reference) {
  Review out;
  list_contents(reference, out.contents);
  doubt_leaves(reference, out.doubts);
  doubt_postcodes(reference, out.doubts);
  doubt_names(reference, out.doubts);
  doubt_sets(reference, out.doubts);
  return out;
}

}  // namespace bellwether::reference
