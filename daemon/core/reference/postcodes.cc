#include "core/reference/postcodes.h"

#include <algorithm>
#include <array>

#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/reference/gss.h"
#include "core/reference/postcode.h"

namespace bellwether::reference {
namespace {

// True for the postcodes of Jersey, Guernsey, the Isle of Man and of the forces (BFPO), which are
// in no area of the United Kingdom.
bool is_outside(std::string_view normal) {
  constexpr std::array<std::string_view, 4> kOutside = {"JE", "GY", "IM", "BF"};
  return std::ranges::any_of(kOutside, [&](std::string_view area) {
    return normal.starts_with(area) && normal.size() > 2 && normal[2] >= '0' && normal[2] <= '9';
  });
}

}  // namespace

absl::StatusOr<Postcodes> Postcodes::parse(std::string_view csv, std::string_view file,
                                           const Areas& areas) {
  Postcodes out;
  base::LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<base::CsvRow> const rows,
                              base::parse_csv(csv, file, {"postcode", "area"}));
  for (const base::CsvRow& row : rows) {
    PostcodeBuffer buffer;
    std::string_view const code = normal_postcode(row[0], buffer);
    absl::StatusOr<AreaId> const area = areas.find(row[1]);
    if (code.empty()) {
      errors.add(row.line, base::cat("\"", row[0], "\" is not a postcode or outward code"));
    } else if (!area.ok() || !areas.is_place(*area)) {
      errors.add(row.line, base::cat("\"", row[1], "\" is not a leaf area; state a leaf of the ",
                                     "areas file", is_lsoa(row[1]) ? ". " : "",
                                     is_lsoa(row[1]) ? kLsoaYears : ""));
    } else if (!out.areas_.try_emplace(std::string(code), *area).second) {
      errors.add(row.line, base::cat("\"", row[0], "\" appears twice; remove one"));
    }
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  for (const base::CsvRow& row : rows) {
    PostcodeBuffer buffer;
    if (is_outside(normal_postcode(row[0], buffer))) out.outside_.push_back({row.line, row[0]});
  }
  return out;
}

absl::StatusOr<AreaId> Postcodes::find(std::string_view postcode) const {
  PostcodeBuffer buffer;
  std::string_view const code = normal_postcode(postcode, buffer);
  if (code.empty())
    return absl::InvalidArgumentError(base::cat("\"", postcode, "\" is not a postcode"));
  auto found = areas_.find(base::to_absl(code));
  if (found == areas_.end() && is_full_postcode(code)) {
    found = areas_.find(base::to_absl(outward_code(code)));
  }
  if (found == areas_.end()) {
    return absl::NotFoundError(
        base::cat("postcode \"", postcode, "\" is not in the table of postcodes"));
  }
  return found->second;
}

std::vector<bool> Postcodes::areas_with_any(size_t areas) const {
  std::vector<bool> out(areas);
  for (const auto& [code, area] : areas_) out[area.value] = true;
  return out;
}

uint64_t Postcodes::digest() const {
  base::SetDigest digest;
  for (const auto& [code, area] : areas_) digest.add(base::hash64(code), area.value, 0);
  return digest.value();
}

}  // namespace bellwether::reference
