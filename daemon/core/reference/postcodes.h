// Purpose: UK postcodes to leaf areas: through the full postcode where the table has it, else
// through the outward code (the postcode district, "B15"). Thread safety: immutable.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/reference/areas.h"

namespace bellwether::reference {

class Postcodes {
 public:
  Postcodes() = default;
  // `csv`: header postcode,area; a postcode is an outward code or a full postcode, case and inner
  // blanks ignored. Error: InvalidArgument listing every bad line.
  static absl::StatusOr<Postcodes> parse(std::string_view csv, std::string_view file,
                                         const Areas& areas);

  // Error: NotFound when neither the postcode nor its outward code is in the table; InvalidArgument
  // when it is no postcode.
  absl::StatusOr<AreaId> find(std::string_view postcode) const;
  size_t size() const { return areas_.size(); }

 private:
  absl::flat_hash_map<std::string, AreaId> areas_;  // normalised: upper case, no blanks
};

}  // namespace bellwether::reference
