// Purpose: mass addresses: postcodes of formation agents, where hundreds of businesses are
// registered that work elsewhere. A leaf area that has one is divided into two leaves: what is at
// its mass addresses, and the rest (Areas::divide). So the area itself stays comparable with
// official statistics, and whoever wants it without mass addresses asks for the rest. Thread
// safety: immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/reference/areas.h"
#include "core/reference/postcodes.h"

namespace bellwether::reference {

// A postcode with more births a year than these is a mass address.
inline constexpr int64_t kMassBirthsMax = 500;
// No country has so many.
inline constexpr size_t kMassAddressesMax = 100'000;

class MassAddresses {
 public:
  MassAddresses() = default;
  // `csv`: header postcode[,from,until,births]. A full postcode; the days on which it is a mass
  // address (`until` is exclusive, an empty date is open); the births of a year, for people. A
  // postcode may have several rows whose days do not overlap. Postcodes that `postcodes` does not
  // locate are left out, so the file may be that of a whole nation. Error: InvalidArgument listing
  // the bad lines.
  static absl::StatusOr<MassAddresses> parse(std::string_view csv, std::string_view file,
                                             const Postcodes& postcodes);

  // `day`: on which a fact happened.
  bool contains(std::string_view postcode, Days day) const;
  // The leaf areas that have a mass address, in the order of the areas file.
  const std::vector<AreaId>& areas() const { return areas_; }
  bool empty() const { return days_.empty(); }
  size_t size() const { return days_.size(); }     // postcodes in areas of the geography
  size_t elsewhere() const { return elsewhere_; }  // rows of other places
  // Of all postcodes and their days; 0 if there are none.
  uint64_t digest() const;

 private:
  absl::flat_hash_map<std::string, std::vector<Validity>> days_;  // by postcode in normal form
  std::vector<AreaId> areas_;
  size_t elsewhere_ = 0;
};

}  // namespace bellwether::reference
