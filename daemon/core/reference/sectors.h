// Purpose: the classification of activities as a tree: all › section › division, or the levels of
// another scheme. An activity code is matched to the leaf with the longest prefix of that code.
// Invariants: immutable after parse. SectorId is the index in file order; 0 is "all". Parents
// precede their children. Facts count at leaves. kUnclassified is a leaf under "all" only. Thread
// safety: immutable, so any number of readers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/base/ids.h"

namespace bellwether::reference {

using base::SectorId;

struct Sector {
  std::string code;  // "J" or "62"; "all" for the root
  std::string name;
  std::string level;  // "all", "section", "division", …
  SectorId parent;    // the root is its own parent
  bool is_leaf = true;
  // The beginnings of a leaf's activity codes, in file order. Empty for other sectors and for
  // kUnclassified.
  std::vector<std::string> prefixes = {};
};

inline constexpr SectorId kAllSectors{0};
// The sector of a business without a sector (dormant, non-trading, or none stated). It is always
// the id 1, has the code "unclassified", and is a leaf under "all".
inline constexpr SectorId kUnclassified{1};
inline constexpr size_t kSectorsMax = 1'000;

class Sectors {
 public:
  // `csv`: header scheme,version,code,parent,level,name[,prefixes]. The first row has the code
  // "all" and an empty parent. A leaf matches the activity codes that begin with its code or, if
  // `prefixes` is not empty, with one of these space-separated prefixes. A row with level "none"
  // maps its code to kUnclassified; the whole code must match (99999 dormant, 74990 non-trading).
  // Error: InvalidArgument listing the bad lines as "file:line: error; correction".
  static absl::StatusOr<Sectors> parse(std::string_view csv, std::string_view file);

  std::string_view scheme() const { return scheme_; }    // "UKSIC"
  std::string_view version() const { return version_; }  // "2007"

  // A sector by code. Error: NotFound.
  absl::StatusOr<SectorId> find(std::string_view code) const;
  // The leaf of an activity code. Error: NotFound if no leaf matches; InvalidArgument if the scheme
  // or version differs from this classification, or if a code of UKSIC 2007 has four digits (it is
  // a code of SIC 2003).
  absl::StatusOr<SectorId> classify(std::string_view scheme, std::string_view version,
                                    std::string_view code) const;

  // An activity code in scheme() and version() that classify() maps to `leaf`: its first prefix if
  // that is possible. Error: InvalidArgument if there is no such code: the sector is not a leaf, or
  // it is kUnclassified, which a business without an activity has.
  absl::StatusOr<std::string> activity_code(SectorId leaf) const;

  // Of the scheme, its version and the sectors of all activity codes.
  uint64_t codes_digest() const;

  const Sector& at(SectorId id) const { return sectors_[id.value]; }
  size_t size() const { return sectors_.size(); }
  std::span<const Sector> all() const { return sectors_; }
  std::span<const SectorId> children(SectorId id) const { return children_[id.value]; }
  // The sector itself, its parent, … up to "all".
  std::span<const SectorId> ancestors(SectorId id) const { return ancestors_[id.value]; }

 private:
  struct Draft;
  std::string scheme_;
  std::string version_;
  std::vector<Sector> sectors_;
  std::vector<std::vector<SectorId>> children_;
  std::vector<std::vector<SectorId>> ancestors_;
  absl::flat_hash_map<std::string, SectorId> by_code_;
  absl::flat_hash_map<std::string, SectorId> by_prefix_;
  size_t prefix_bytes_max_ = 0;
};

}  // namespace bellwether::reference
