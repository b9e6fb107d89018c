#include "core/reference/postcodes.h"

#include <array>
#include <cctype>

#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {
namespace {

constexpr size_t kBytesMax = 8;     // "SW1A1AA" has seven
constexpr size_t kInwardBytes = 3;  // "1AA"

// Writes `text` to `buffer` in upper case and without blanks. Empty if it is not a postcode.
std::string_view normalise(std::string_view text, std::array<char, kBytesMax>& buffer) {
  size_t n = 0;
  for (char c : text) {
    if (c == ' ') continue;
    auto const u = static_cast<unsigned char>(c);
    if (!std::isalnum(u) || n == kBytesMax) return {};
    buffer[n++] = static_cast<char>(std::toupper(u));
  }
  return {buffer.data(), n};
}

// True if `code` ends with an inward code: a digit and two letters.
bool is_full(std::string_view code) {
  if (code.size() < kInwardBytes + 2) return false;
  std::string_view const inward = code.substr(code.size() - kInwardBytes);
  auto const digit = [](char c) { return c >= '0' && c <= '9'; };
  return digit(inward[0]) && !digit(inward[1]) && !digit(inward[2]);
}

}  // namespace

absl::StatusOr<Postcodes> Postcodes::parse(std::string_view csv, std::string_view file,
                                           const Areas& areas) {
  Postcodes out;
  base::LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<base::CsvRow> const rows,
                              base::parse_csv(csv, file, {"postcode", "area"}));
  for (const base::CsvRow& row : rows) {
    std::array<char, kBytesMax> buffer;
    std::string_view const code = normalise(row[0], buffer);
    absl::StatusOr<AreaId> const area = areas.find(row[1]);
    if (code.empty()) {
      errors.add(row.line, base::cat("\"", row[0], "\" is not a postcode or outward code"));
    } else if (!area.ok() || areas.at(*area).is_set || !areas.at(*area).is_leaf) {
      errors.add(row.line,
                 base::cat("\"", row[1], "\" is not a leaf area; state a leaf of the areas file"));
    } else if (!out.areas_.try_emplace(std::string(code), *area).second) {
      errors.add(row.line, base::cat("\"", row[0], "\" appears twice; remove one"));
    }
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  return out;
}

absl::StatusOr<AreaId> Postcodes::find(std::string_view postcode) const {
  std::array<char, kBytesMax> buffer;
  std::string_view const code = normalise(postcode, buffer);
  if (code.empty())
    return absl::InvalidArgumentError(base::cat("\"", postcode, "\" is not a postcode"));
  auto found = areas_.find(base::to_absl(code));
  if (found == areas_.end() && is_full(code)) {
    found = areas_.find(base::to_absl(code.substr(0, code.size() - kInwardBytes)));
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
