#include "connect/companies_house/mass_addresses.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "core/base/text.h"
#include "core/reference/mass_addresses.h"
#include "core/reference/postcode.h"

namespace bellwether::connect::companies_house {
namespace {

static_assert(reference::kPostcodeBytesMax == sizeof(uint64_t));

uint64_t packed(std::string_view postcode) {
  uint64_t out = 0;
  std::memcpy(&out, postcode.data(), postcode.size());
  return out;
}

std::string unpacked(uint64_t postcode) {
  std::array<char, sizeof(postcode)> text{};
  std::memcpy(text.data(), &postcode, sizeof(postcode));
  return {text.data(), strnlen(text.data(), text.size())};
}

// The same day of the year before; of 29 February, the 1 March.
base::Days year_before(base::Days date) {
  base::CivilDate const day = base::civil_date(date);
  return base::days_from_civil(day.year - 1, day.month, day.day);
}

}  // namespace

BirthsByPostcode::BirthsByPostcode(base::Days date) : from_(year_before(date)), until_(date) {}

void BirthsByPostcode::add(std::string_view postcode, base::Days born) {
  if (born < from_ || until_ <= born) return;
  reference::PostcodeBuffer buffer;
  std::string_view const normal = reference::normal_postcode(postcode, buffer);
  if (reference::is_full_postcode(normal)) ++births_[packed(normal)];
}

std::vector<BirthsByPostcode::Address> BirthsByPostcode::mass_addresses() const {
  std::vector<Address> out;
  for (const auto& [postcode, births] : births_) {
    if (births > reference::kMassBirthsMax) out.push_back({unpacked(postcode), births});
  }
  std::ranges::sort(out, [](const Address& a, const Address& b) {
    return std::tie(b.births, a.postcode) < std::tie(a.births, b.postcode);
  });
  return out;
}

std::string BirthsByPostcode::csv() const {
  std::string out = "postcode,births\n";
  for (const Address& a : mass_addresses()) base::append(out, a.postcode, ",", a.births, "\n");
  return out;
}

}  // namespace bellwether::connect::companies_house
