// Purpose: finds mass addresses in a file of the register: postcodes at which so many companies
// were born within a year that they are those of formation agents. Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/calendar.h"

namespace bellwether::connect::companies_house {

class BirthsByPostcode {
 public:
  // `date`: of the file. Births of the year before it count.
  explicit BirthsByPostcode(base::Days date);

  // A company of the file. A text that is not a full postcode does not count.
  void add(std::string_view postcode, base::Days born);

  struct Address {
    std::string postcode;  // in normal form
    int64_t births = 0;
  };
  // Those with more than reference::kMassBirthsMax births, the most births first.
  std::vector<Address> mass_addresses() const;
  // The same as the CSV file of reference.mass_addresses: postcode,births.
  std::string csv() const;

 private:
  base::Days from_;   // the first day that counts
  base::Days until_;  // the day after the last one
  // By postcode: its characters as a number.
  absl::flat_hash_map<uint64_t, int32_t> births_;
};

}  // namespace bellwether::connect::companies_house
