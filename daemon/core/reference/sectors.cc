#include "core/reference/sectors.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_split.h"
#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::reference {

using base::cat;
using base::CsvRow;
using base::LineErrors;

namespace {

constexpr char kNoSector[] = "none";  // the level of a code that means "no sector"
constexpr size_t kSectorCodeBytesMax = 32;
constexpr size_t kSectorsMin = 3;

}  // namespace

// The sectors parsed so far. The steps run in the order in which they are declared.
struct Sectors::Draft {
  enum Column { kScheme, kVersion, kCode, kParent, kLevel, kName, kPrefixes };
  struct Prefixed {
    SectorId sector;
    int line;
    std::string prefixes;  // separated by spaces
  };
  Sectors out;
  std::vector<Prefixed> prefixed;

  void read_rows(const std::vector<CsvRow>& rows, LineErrors& errors);
  void link();
  void read_prefixes(LineErrors& errors);
  void find_ancestors();

 private:
  // False if the row contains no sector, because of an error or because its level is "none".
  bool check_row(const CsvRow& row, LineErrors& errors);
  std::optional<SectorId> parent_of(const CsvRow& row, LineErrors& errors) const;
};

bool Sectors::Draft::check_row(const CsvRow& row, LineErrors& errors) {
  if (row[kScheme] != out.scheme_ || row[kVersion] != out.version_)
    errors.add(row.line, "another scheme or version; a file contains one classification");
  if (row[kCode].empty() || row[kCode].size() > kSectorCodeBytesMax) {
    errors.add(row.line, cat("the code must have 1 to ", kSectorCodeBytesMax, " bytes"));
    return false;
  }
  if (row[kLevel] == kNoSector) {
    out.by_prefix_[row[kCode]] = kUnclassified;
    return false;
  }
  return true;
}

std::optional<SectorId> Sectors::Draft::parent_of(const CsvRow& row, LineErrors& errors) const {
  if (out.sectors_.empty()) {
    if (row[kCode] != "all" || !row[kParent].empty())
      errors.add(row.line, "the first sector is \"all\" and has no parent");
    return kAllSectors;
  }
  auto const found = out.by_code_.find(row[kParent]);
  if (found == out.by_code_.end()) {
    errors.add(row.line,
               cat("parent \"", row[kParent], "\" is unknown; put parents before children"));
    return std::nullopt;
  }
  if (found->second == kUnclassified) {
    errors.add(row.line, "\"unclassified\" cannot have children; use \"all\" as parent");
  }
  return found->second;
}

void Sectors::Draft::read_rows(const std::vector<CsvRow>& rows, LineErrors& errors) {
  if (rows.empty()) {
    errors.add(1, "no sectors; the first row is \"all\"");
    return;
  }
  out.scheme_ = rows.front()[kScheme];
  out.version_ = rows.front()[kVersion];
  if (out.scheme_.empty() || out.version_.empty())
    errors.add(rows.front().line, "scheme or version is empty; name the classification");
  for (const CsvRow& row : rows) {
    if (!check_row(row, errors)) continue;
    if (out.sectors_.size() >= kSectorsMax) {
      errors.add(row.line, cat("more than ", kSectorsMax, " sectors; drop the smallest level"));
      return;
    }
    std::optional<SectorId> const parent = parent_of(row, errors);
    if (!parent) continue;
    SectorId const id(static_cast<uint16_t>(out.sectors_.size()));
    if (id == kUnclassified && row[kCode] != "unclassified") {
      errors.add(row.line,
                 "the second sector is \"unclassified\", for businesses without a sector");
    }
    if (!out.by_code_.try_emplace(row[kCode], id).second) {
      errors.add(row.line, cat("code \"", row[kCode], "\" appears twice; remove one"));
      continue;
    }
    out.sectors_.push_back({row[kCode], row[kName], row[kLevel], *parent});
    prefixed.push_back({id, row.line, row[kPrefixes]});
  }
}

void Sectors::Draft::link() {
  out.children_.resize(out.sectors_.size());
  for (size_t i = 1; i < out.sectors_.size(); ++i) {
    size_t const parent = out.sectors_[i].parent.value;
    out.sectors_[parent].is_leaf = false;
    out.children_[parent].push_back(SectorId(static_cast<uint16_t>(i)));
  }
}

void Sectors::Draft::read_prefixes(LineErrors& errors) {
  for (const Prefixed& p : prefixed) {
    Sector& sector = out.sectors_[p.sector.value];
    if (!sector.is_leaf) {
      if (!p.prefixes.empty())
        errors.add(p.line, "only a leaf has prefixes; give them to its children");
      continue;
    }
    if (p.sector == kUnclassified) continue;
    sector.prefixes = p.prefixes.empty() ? std::vector<std::string>{sector.code}
                                         : absl::StrSplit(p.prefixes, ' ', absl::SkipEmpty());
    for (const std::string& prefix : sector.prefixes) {
      if (!out.by_prefix_.try_emplace(prefix, p.sector).second)
        errors.add(p.line, cat("prefix \"", prefix, "\" already belongs to another sector"));
    }
  }
  for (const auto& [prefix, sector] : out.by_prefix_) {
    out.prefix_bytes_max_ = std::max(out.prefix_bytes_max_, prefix.size());
  }
}

void Sectors::Draft::find_ancestors() {
  out.ancestors_.resize(out.sectors_.size());
  for (size_t i = 0; i < out.sectors_.size(); ++i) {
    SectorId id(static_cast<uint16_t>(i));
    out.ancestors_[i].push_back(id);
    while (id != kAllSectors) {
      id = out.sectors_[id.value].parent;
      out.ancestors_[i].push_back(id);
    }
  }
}

absl::StatusOr<Sectors> Sectors::parse(std::string_view csv, std::string_view file) {
  Draft draft;
  LineErrors errors(file);
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<CsvRow> const rows,
      base::parse_csv(csv, file, {"scheme", "version", "code", "parent", "level", "name"},
                      {"prefixes"}));
  draft.read_rows(rows, errors);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  if (draft.out.sectors_.size() < kSectorsMin) {
    errors.add(1, "a classification has \"all\", \"unclassified\" and at least one sector");
    return errors.status();
  }
  draft.link();
  draft.read_prefixes(errors);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  draft.find_ancestors();
  return std::move(draft.out);
}

absl::StatusOr<SectorId> Sectors::find(std::string_view code) const {
  auto const found = by_code_.find(base::to_absl(code));
  if (found == by_code_.end()) return absl::NotFoundError(cat("no sector \"", code, "\""));
  return found->second;
}

absl::StatusOr<SectorId> Sectors::classify(std::string_view scheme, std::string_view version,
                                           std::string_view code) const {
  if (scheme != scheme_ || version != version_) {
    return absl::InvalidArgumentError(cat("activities must be in ", scheme_, " ", version_,
                                          ", not in ", scheme, " ", version, "; map them first"));
  }
  constexpr size_t kUkSic2003Digits = 4;
  if (scheme_ == "UKSIC" && version_ == "2007" && code.size() == kUkSic2003Digits) {
    return absl::InvalidArgumentError("a four-digit code is SIC 2003; map it to SIC 2007 first");
  }
  for (size_t n = std::min(code.size(), prefix_bytes_max_); n > 0; --n) {
    auto const found = by_prefix_.find(base::to_absl(code.substr(0, n)));
    if (found == by_prefix_.end()) continue;
    if (found->second == kUnclassified && n != code.size()) continue;  // the whole code must match
    return found->second;
  }
  return absl::NotFoundError(cat("no sector for activity \"", code, "\""));
}

uint64_t Sectors::codes_digest() const {
  base::SetDigest digest;
  digest.add(base::hash64(scheme_), base::hash64(version_), UINT64_MAX);
  for (const auto& [prefix, sector] : by_prefix_) digest.add(base::hash64(prefix), sector.value, 0);
  return digest.value();
}

absl::StatusOr<std::string> Sectors::activity_code(SectorId leaf) const {
  auto const is_of_leaf = [&](std::string_view code) {
    auto const found = classify(scheme_, version_, code);
    return found.ok() && *found == leaf;
  };
  // classify() refuses a prefix of four digits of UKSIC 2007. Then a code with one more digit
  // serves.
  for (std::string_view const next : {"", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
    for (const std::string& prefix : at(leaf).prefixes) {
      if (std::string code = cat(prefix, next); is_of_leaf(code)) return code;
    }
  }
  return absl::InvalidArgumentError(
      cat("sector ", at(leaf).code,
          " has no activity code of its own; state its parts, or give it prefixes if it has none"));
}

}  // namespace bellwether::reference
