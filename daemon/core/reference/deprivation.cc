#include "core/reference/deprivation.h"

#include <optional>

#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/reference/gss.h"

namespace bellwether::reference {
namespace {

// False if both codes say that they are of different nations. `first` becomes the first such code.
bool is_of_one_nation(std::string_view& first, std::string_view code) {
  if (!nation_of(code)) return true;
  if (first.empty()) first = code;
  return nation_of(first) == nation_of(code);
}

}  // namespace

absl::StatusOr<Deprivation> Deprivation::parse(std::string_view csv, std::string_view file,
                                               const Areas& areas) {
  Deprivation out;
  out.deciles_.resize(areas.size());
  out.residents_.resize(areas.size());
  base::LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<base::CsvRow> const rows,
                              base::parse_csv(csv, file, {"code", "decile", "population"}));
  std::string_view first;  // code of the first row whose nation is known
  for (const base::CsvRow& row : rows) {
    auto const decile = base::parse_number<int>(row[1]);
    auto const residents = base::parse_number<int64_t>(row[2]);
    absl::StatusOr<AreaId> const area = areas.find(row[0]);
    if (!decile || *decile < 1 || *decile > kDeciles) {
      errors.add(row.line, base::cat("\"", row[1], "\" is not a decile; state 1 (the most ",
                                     "deprived) to ", kDeciles));
    } else if (!residents || *residents < 0 || *residents > kResidentsMax) {
      errors.add(row.line, base::cat("\"", row[2], "\" is not a number of residents; state 0 to ",
                                     kResidentsMax));
    } else if (!area.ok()) {
      ++out.elsewhere_;
    } else if (!areas.is_place(*area)) {
      errors.add(row.line, base::cat("\"", row[0], "\" is not a leaf area; state the deciles of ",
                                     "the leaves of the areas file"));
    } else if (!is_of_one_nation(first, row[0])) {
      errors.add(row.line, base::cat("\"", row[0], "\" is in another nation than \"", first,
                                     "\": ranks compare within one nation's index only; state the "
                                     "deciles of one, the others count as unknown"));
    } else {
      AreaId const leaf = areas.at(*area).is_divided ? areas.own_part(*area) : *area;
      if (out.deciles_[leaf.value] != kUnknownDecile)
        errors.add(row.line, base::cat("\"", row[0], "\" appears twice; remove one"));
      out.deciles_[leaf.value] = static_cast<uint8_t>(*decile);
      out.residents_[leaf.value] = *residents;
      ++out.known_;
    }
  }
  if (errors.empty() && out.known_ == 0) {
    return absl::InvalidArgumentError(base::cat(
        file, ": has no area of the areas file; is it of another year's geography, or nation?"));
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  out.find_leaves(areas);
  return out;
}

void Deprivation::find_leaves(const Areas& areas) {
  // First the number of leaves, one place too late; their sums are the ends.
  constexpr size_t kRow = kDeciles + 1;
  ends_.assign(areas.size() * kRow + 1, 0);
  auto const each = [&](auto use) {
    for (size_t leaf = 0; leaf < deciles_.size(); ++leaf) {
      AreaId const id(static_cast<uint16_t>(leaf));
      if (deciles_[leaf] == kUnknownDecile) continue;
      for (const AreaAncestor& above : areas.ancestors(id))
        use(id, size_t{above.area.value} * kRow + deciles_[leaf]);
    }
  };
  each([&](AreaId, size_t at) { ++ends_[at]; });
  for (size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
  leaves_.resize(ends_.back());
  std::vector<uint32_t> next = ends_;
  each([&](AreaId leaf, size_t at) { leaves_[next[at - 1]++] = leaf; });
}

std::span<const AreaId> Deprivation::leaves(AreaId area, int decile) const {
  if (empty()) return {};
  size_t const at = size_t{area.value} * (kDeciles + 1) + static_cast<size_t>(decile);
  return std::span(leaves_).subspan(ends_[at - 1], ends_[at] - ends_[at - 1]);
}

uint64_t Deprivation::digest() const {
  base::SetDigest digest;
  for (size_t area = 0; area < deciles_.size(); ++area) {
    if (deciles_[area] != kUnknownDecile)
      digest.add(area, deciles_[area], static_cast<uint64_t>(residents_[area]));
  }
  return digest.value();
}

}  // namespace bellwether::reference
