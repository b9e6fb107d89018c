// Purpose: the roll call of a load: which companies are in the file, and whether so many others can
// really have ceased.
// Thread safety: values; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "connect/companies_house/number.h"

namespace bellwether::connect::companies_house {

// Which companies are in the file. About 9 bytes a company.
class Roll {
 public:
  // False if the company is on the roll already.
  bool add(const Number& number);
  bool contains(const Number& number) const;
  int64_t size() const { return static_cast<int64_t>(packed_.size() + others_.size()); }

 private:
  absl::flat_hash_set<uint32_t> packed_;
  absl::flat_hash_set<std::string> others_;
};

// More cessations than this are not believed without --accept-cessations: a file is then more
// likely to lack rows. In a usual month about 1 % of all companies cease.
inline constexpr double kCessationsShareMax = 0.02;  // of the stock, each 30 days
inline constexpr double kCessationsUsualMax = 3;     // times the usual number
inline constexpr int64_t kCessationsAlwaysMax = 100;

struct Cessations {
  int64_t count = 0;
  int64_t stock = 0;  // companies that were registered before
  int32_t days = 0;   // between this file and the one before
  // Cessations a day in the load before; nullopt if there was none.
  std::optional<double> usual_a_day;
};
// Error: FailedPrecondition, with the figures and what to do.
absl::Status check_cessations(const Cessations& found);

}  // namespace bellwether::connect::companies_house
