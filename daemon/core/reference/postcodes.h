// Purpose: maps UK postcodes to leaf areas: by the full postcode if the table contains it,
// otherwise by the outward code (the postcode district, for example "B15"). Thread safety:
// immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/reference/areas.h"

namespace bellwether::reference {

class Postcodes {
 public:
  Postcodes() = default;
  // `csv`: header postcode,area. A postcode is an outward code or a full postcode; case and blanks
  // are ignored. Error: InvalidArgument listing the bad lines.
  static absl::StatusOr<Postcodes> parse(std::string_view csv, std::string_view file,
                                         const Areas& areas);

  // Error: NotFound if neither the postcode nor its outward code is in the table; InvalidArgument
  // if it is not a postcode.
  absl::StatusOr<AreaId> find(std::string_view postcode) const;
  size_t size() const { return areas_.size(); }
  // By area: true if a postcode is in it. `areas`: their number.
  std::vector<bool> areas_with_any(size_t areas) const;
  // The rows of Jersey, Guernsey, the Isle of Man and forces post offices, which are in no area of
  // the United Kingdom.
  struct Outside {
    int line = 0;
    std::string postcode;
  };
  const std::vector<Outside>& outside() const { return outside_; }
  // Of all postcodes and their areas.
  uint64_t digest() const;

 private:
  std::vector<Outside> outside_;
  absl::flat_hash_map<std::string, AreaId> areas_;  // normalised: upper case, no blanks
};

}  // namespace bellwether::reference
