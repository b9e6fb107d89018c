#include "connect/companies_house/mass_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/reference/mass_addresses.h"

namespace bellwether::connect::companies_house {
namespace {

using ::testing::IsEmpty;

constexpr int64_t kMost = reference::kMassBirthsMax;

class MassAddressesTest : public ::testing::Test {
 protected:
  void add(int64_t n, std::string_view postcode, base::Days born) {
    for (int64_t i = 0; i < n; ++i) births_.add(postcode, born);
  }
  static base::Days day(int year, int month, int d) {
    return base::days_from_civil(year, month, d);
  }
  BirthsByPostcode births_{day(2026, 11, 1)};
};

TEST_F(MassAddressesTest, APostcodeWithMoreBirthsInAYearThanTheLimitIsOne) {
  add(kMost, "B1 1AA", day(2025, 11, 1));
  EXPECT_THAT(births_.mass_addresses(), IsEmpty());
  EXPECT_EQ(births_.csv(), "postcode,births\n");
  add(1, "b11aa ", day(2026, 10, 31));
  add(kMost + 200, "EC1V 2NX", day(2026, 5, 1));
  EXPECT_EQ(births_.csv(), "postcode,births\nEC1V2NX,700\nB11AA,501\n");
}

TEST_F(MassAddressesTest, OtherYearsAndOtherTextsDoNotCount) {
  add(kMost, "B1 1AA", day(2026, 1, 1));
  add(1, "B1 1AA", day(2025, 10, 31));
  add(1, "B1 1AA", day(2026, 11, 1));
  for (const char* text : {"", "B1", "not a postcode", "B1 1AA, Birmingham"})
    add(kMost + 1, text, day(2026, 1, 1));
  EXPECT_THAT(births_.mass_addresses(), IsEmpty());
}

TEST(MassAddressesOfALeapDayTest, TheYearBeginsOnTheFirstOfMarch) {
  BirthsByPostcode births(base::days_from_civil(2024, 2, 29));
  for (int64_t i = 0; i <= kMost; ++i) births.add("B1 1AA", base::days_from_civil(2023, 3, 1));
  EXPECT_EQ(births.mass_addresses().size(), 1u);
}

}  // namespace
}  // namespace bellwether::connect::companies_house
