#include "connect/companies_house/number.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "core/events/decoder.h"
#include "support/random.h"

namespace bellwether::connect::companies_house {
namespace {

std::string form(std::string_view text) {
  auto const number = Number::parse(text);
  return number ? std::string(number->text()) : "none";
}

TEST(NumberTest, AllFormsOfANumberAreOne) {
  EXPECT_EQ(form("04142000"), "04142000");
  EXPECT_EQ(form("4142000"), "04142000");  // a spreadsheet lost the zero
  EXPECT_EQ(form(" 1 "), "00000001");
  EXPECT_EQ(form("sc123456"), "SC123456");
  EXPECT_EQ(form("SC1234"), "SC001234");
  EXPECT_EQ(form("NI 012 345"), "NI012345");
  EXPECT_EQ(form("R0000123"), "R0000123");
  EXPECT_EQ(form("IP12345R"), "IP12345R");
}

TEST(NumberTest, OtherTextsAreNone) {
  for (std::string_view const text :
       {"", " ", "123456789", "SCABCDEF", "SC12345X6", "12-34567", "CompanyNumber", "0000000R"}) {
    EXPECT_EQ(form(text), "none") << text;
  }
}

TEST(NumberTest, TheKeyIsTheCanonicalId) {
  for (std::string_view const text : {"1", "sc1234", "04142000", "IP12345R"}) {
    EXPECT_EQ(Number::parse(text)->key(),
              events::canonical_business_id("GB", "companies-house", text));
  }
}

TEST(NumberTest, TheStateKeyIsShortAndGivesTheNumberBack) {
  testing::Random random(1);
  std::string last;
  for (int i = 0; i < 5000; ++i) {
    constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string text = base::cat(std::string(1, kCharacters[random.below(36)]),
                                 std::string(1, kCharacters[random.below(36)]),
                                 1'000'000 + random.below(1'000'000));
    text.erase(2, 1);
    auto const number = Number::parse(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->state_key().size(), 4u);
    EXPECT_EQ(Number::from_state_key(number->state_key())->text(), text);
  }
  auto const society = Number::parse("IP12345R");
  EXPECT_EQ(Number::from_state_key(society->state_key())->text(), "IP12345R");
  EXPECT_FALSE(Number::from_state_key("abc"));
  EXPECT_FALSE(Number::from_state_key("\xff\xff\xff\xff"));
}

}  // namespace
}  // namespace bellwether::connect::companies_house
