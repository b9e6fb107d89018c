#include "connect/companies_house/roll.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::connect::companies_house {
namespace {

std::optional<uint32_t> packed(const Number& number) {
  uint32_t out = 0;
  if (number.state_key().size() != sizeof(out)) return std::nullopt;
  std::memcpy(&out, number.state_key().data(), sizeof(out));
  return out;
}

}  // namespace

bool Roll::add(const Number& number) {
  if (auto const key = packed(number)) return packed_.insert(*key).second;
  return others_.insert(std::string(number.text())).second;
}

bool Roll::contains(const Number& number) const {
  if (auto const key = packed(number)) return packed_.contains(*key);
  return others_.contains(std::string(number.text()));
}

absl::Status check_cessations(const Cessations& found) {
  constexpr double kMonthDays = 30;
  auto const count = static_cast<double>(found.count);
  double const months = std::max(1.0, found.days / kMonthDays);
  double const by_stock = kCessationsShareMax * static_cast<double>(found.stock) * months;
  if (found.count <= kCessationsAlwaysMax || count <= by_stock) return absl::OkStatus();
  std::string usual;
  if (found.usual_a_day) {
    double const expected = *found.usual_a_day * found.days;
    if (count <= kCessationsUsualMax * expected) return absl::OkStatus();
    usual =
        absl::StrFormat(" (in the load before it would have been %.0f in as many days)", expected);
  }
  return absl::FailedPreconditionError(base::cat(
      base::grouped(found.count), " of ", base::grouped(found.stock),
      " companies are not in the file any more", usual,
      "; the file is probably not complete, so no cessation was published. Download it again. If "
      "they have really ceased, run the command again with --accept-cessations"));
}

}  // namespace bellwether::connect::companies_house
