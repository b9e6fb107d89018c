#include "core/reference/mass_addresses.h"

#include <algorithm>

#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/reference/dates.h"
#include "core/reference/postcode.h"

namespace bellwether::reference {
namespace {

enum MassColumn { kPostcode, kFrom, kUntil, kBirths };

}  // namespace

absl::StatusOr<MassAddresses> MassAddresses::parse(std::string_view csv, std::string_view file,
                                                   const Postcodes& postcodes) {
  MassAddresses out;
  base::LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<base::CsvRow> const rows,
      base::parse_csv(csv, file, {"postcode"}, {"from", "until", "births"}));
  for (const base::CsvRow& row : rows) {
    PostcodeBuffer buffer;
    std::string_view const code = normal_postcode(row[kPostcode], buffer);
    Validity const days = parse_validity(row, kFrom, errors);
    if (out.days_.size() >= kMassAddressesMax) {
      errors.add(row.line, base::cat("more than ", kMassAddressesMax, " mass addresses"));
      break;
    }
    if (!is_full_postcode(code)) {
      errors.add(row.line, base::cat("\"", row[kPostcode], "\" is not a full postcode"));
      continue;
    }
    if (!row[kBirths].empty() && !base::parse_number<uint32_t>(row[kBirths])) {
      errors.add(row.line, base::cat("\"", row[kBirths], "\" is not a number of births"));
      continue;
    }
    absl::StatusOr<AreaId> const area = postcodes.find(code);
    if (!area.ok()) {
      ++out.elsewhere_;
      continue;
    }
    std::vector<Validity>& all = out.days_[std::string(code)];
    if (std::ranges::any_of(all, [&](Validity v) { return overlap(v, days); })) {
      errors.add(row.line, base::cat("\"", row[kPostcode],
                                     "\" appears twice on the same days; remove or date one"));
      continue;
    }
    all.push_back(days);
    out.areas_.push_back(*area);
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  std::ranges::sort(out.areas_, {}, &AreaId::value);
  out.areas_.erase(std::unique(out.areas_.begin(), out.areas_.end()), out.areas_.end());
  return out;
}

bool MassAddresses::contains(std::string_view postcode, Days day) const {
  PostcodeBuffer buffer;
  auto const found = days_.find(base::to_absl(normal_postcode(postcode, buffer)));
  return found != days_.end() &&
         std::ranges::any_of(found->second, [&](Validity v) { return v.contains(day); });
}

uint64_t MassAddresses::digest() const {
  base::SetDigest digest;
  for (const auto& [code, all] : days_) {
    for (const Validity& v : all) {
      digest.add(base::hash64(code), static_cast<uint32_t>(v.from.value),
                 static_cast<uint32_t>(v.until.value));
    }
  }
  return empty() ? 0 : digest.value();
}

}  // namespace bellwether::reference
