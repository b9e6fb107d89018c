#include "core/reference/sectors.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {

using base::cat;
using base::CsvRow;
using base::LineErrors;

absl::StatusOr<Sectors> Sectors::parse(std::string_view csv, std::string_view file) {
  enum Column { kScheme, kVersion, kCode, kParent, kLevel, kName, kPrefixes };
  Sectors out;
  LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<CsvRow> const rows,
      base::parse_csv(csv, file, {"scheme", "version", "code", "parent", "level", "name"},
                      {"prefixes"}));
  if (rows.empty()) errors.add(1, "no sectors; the first row is \"all\"");
  struct Prefixed {
    SectorId sector;
    int line;
    std::string prefixes;
  };
  std::vector<Prefixed> prefixed;
  for (const CsvRow& row : rows) {
    if (&row == &rows.front()) {
      out.scheme_ = row[kScheme];
      out.version_ = row[kVersion];
      if (out.scheme_.empty() || out.version_.empty()) {
        errors.add(row.line, "scheme or version is empty; name the classification");
      }
    }
    if (row[kScheme] != out.scheme_ || row[kVersion] != out.version_) {
      errors.add(row.line, "another scheme or version; one file holds one classification");
    }
    if (row[kCode].empty() || row[kCode].size() > 32) {
      errors.add(row.line, "the code must have 1 to 32 bytes");
      continue;
    }
    if (row[kLevel] == "none") {  // a code that says "no sector"
      out.by_prefix_[row[kCode]] = kUnclassified;
      continue;
    }
    if (out.sectors_.size() >= kSectorsMax) {
      errors.add(row.line, cat("more than ", kSectorsMax, " sectors; drop the smallest level"));
      break;
    }
    SectorId const id(static_cast<uint16_t>(out.sectors_.size()));
    SectorId parent = kAllSectors;
    if (id == kAllSectors) {
      if (row[kCode] != "all" || !row[kParent].empty()) {
        errors.add(row.line, "the first sector is \"all\" and has no parent");
      }
    } else if (auto const found = out.by_code_.find(row[kParent]); found == out.by_code_.end()) {
      errors.add(row.line, cat("parent \"", row[kParent], "\" is not known; put parents first"));
      continue;
    } else {
      parent = found->second;
      if (parent == kUnclassified) {
        errors.add(row.line, "\"unclassified\" has nothing below it; take \"all\" as parent");
      }
    }
    if (id == kUnclassified && row[kCode] != "unclassified") {
      errors.add(row.line,
                 "the second sector is \"unclassified\", for businesses without a sector");
    }
    if (!out.by_code_.try_emplace(row[kCode], id).second) {
      errors.add(row.line, cat("code \"", row[kCode], "\" stands twice; remove one"));
      continue;
    }
    out.sectors_.push_back({row[kCode], row[kName], row[kLevel], parent, true});
    prefixed.push_back({id, row.line, row[kPrefixes]});
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  if (out.sectors_.size() < 3) {
    errors.add(1, "a classification has \"all\", \"unclassified\" and at least one sector");
    return errors.status();
  }
  out.children_.resize(out.sectors_.size());
  out.ancestors_.resize(out.sectors_.size());
  for (size_t i = 0; i < out.sectors_.size(); ++i) {
    SectorId id(static_cast<uint16_t>(i));
    if (id != kAllSectors) {
      out.sectors_[out.sectors_[i].parent.value].is_leaf = false;
      out.children_[out.sectors_[i].parent.value].push_back(id);
    }
    out.ancestors_[i].push_back(id);
    while (id != kAllSectors) {
      id = out.sectors_[id.value].parent;
      out.ancestors_[i].push_back(id);
    }
  }
  for (const Prefixed& p : prefixed) {
    const Sector& sector = out.sectors_[p.sector.value];
    if (!sector.is_leaf) {
      if (!p.prefixes.empty())
        errors.add(p.line, "only a leaf has prefixes; give them to its children");
      continue;
    }
    if (p.sector == kUnclassified) continue;
    std::vector<std::string> const prefixes =
        p.prefixes.empty() ? std::vector<std::string>{sector.code}
                           : absl::StrSplit(p.prefixes, ' ', absl::SkipEmpty());
    for (const std::string& prefix : prefixes) {
      if (!out.by_prefix_.try_emplace(prefix, p.sector).second) {
        errors.add(p.line, cat("prefix \"", prefix, "\" belongs to another sector already"));
      }
    }
  }
  for (const auto& [prefix, sector] : out.by_prefix_) {
    out.prefix_bytes_max_ = std::max(out.prefix_bytes_max_, prefix.size());
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  return out;
}

absl::StatusOr<SectorId> Sectors::find(std::string_view code) const {
  auto const found = by_code_.find(base::to_absl(code));
  if (found == by_code_.end()) return absl::NotFoundError(cat("no sector \"", code, "\""));
  return found->second;
}

absl::StatusOr<SectorId> Sectors::classify(std::string_view scheme, std::string_view version,
                                           std::string_view code) const {
  if (scheme != scheme_ || version != version_) {
    return absl::InvalidArgumentError(cat("activities are in ", scheme_, " ", version_, ", not in ",
                                          scheme, " ", version, "; map them first"));
  }
  constexpr size_t kUkSic2003Digits = 4;
  if (scheme_ == "UKSIC" && version_ == "2007" && code.size() == kUkSic2003Digits) {
    return absl::InvalidArgumentError("a four-digit code is SIC 2003; map it to SIC 2007 first");
  }
  for (size_t n = std::min(code.size(), prefix_bytes_max_); n > 0; --n) {
    auto const found = by_prefix_.find(base::to_absl(code.substr(0, n)));
    if (found == by_prefix_.end()) continue;
    if (found->second == kUnclassified && n != code.size()) continue;  // matched whole only
    return found->second;
  }
  return absl::NotFoundError(cat("no sector for activity \"", code, "\""));
}

}  // namespace bellwether::reference
