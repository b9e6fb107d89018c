#include "core/events/identity.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace bellwether::events {
namespace {

std::string company(std::string_view number) {
  std::string const id = canonical_business_id("GB", "companies-house", number);
  return id.substr(std::string_view("GB/companies-house/").size());
}

TEST(IdentityTest, PartsAreTrimmedAndTheirCaseIsCanonical) {
  EXPECT_EQ(canonical_business_id(" gb", "Companies-House\t", " sc123456 "),
            "GB/companies-house/SC123456");
  EXPECT_EQ(canonical_business_id("sg", "ACRA", "200012345k"), "SG/acra/200012345K");
}

TEST(IdentityTest, CompanyNumbersArePaddedToEight) {
  EXPECT_EQ(company("1"), "00000001");
  EXPECT_EQ(company("1234567"), "01234567");
  EXPECT_EQ(company("01234567"), "01234567");
}

TEST(IdentityTest, ZerosAreInsertedAfterTheLettersOfACompanyNumber) {
  EXPECT_EQ(company("sc1"), "SC000001");
  EXPECT_EQ(company("NI12345"), "NI012345");
  EXPECT_EQ(company("OC301234"), "OC301234");
  EXPECT_EQ(company("R01234"), "R0001234");  // Northern Ireland before 1922
}

TEST(IdentityTest, AnIdThatIsNotACompanyNumberIsNotPadded) {
  EXPECT_EQ(company("123456789"), "123456789");
  EXPECT_EQ(company("SC"), "SC");
  EXPECT_EQ(company("S"), "S");
  EXPECT_EQ(company("1A2"), "1A2");
  EXPECT_EQ(company("SC12B"), "SC12B");
  EXPECT_EQ(company("ip123r"), "IP123R");
}

TEST(IdentityTest, OtherRegistersNumbersAreNotPadded) {
  EXPECT_EQ(canonical_business_id("GB", "charity-commission", "12345"),
            "GB/charity-commission/12345");
}

TEST(IdentityTest, ACompanyNumberHasNoBlanks) {
  for (const char* number : {"0123 4567", "01 23 45 67",
                             "0123\xc2\xa0"
                             "4567",
                             "\xc2\xa0"
                             "01234567",
                             "01234567\xe2\x80\xaf", "0123\t4567",
                             "0123\xe2\x80\x8b"
                             "4567",
                             "\xef\xbb\xbf"
                             "01234567",
                             "123\xe3\x80\x80"
                             "4567",
                             "0123\xc2\xad"
                             "4567"}) {
    EXPECT_EQ(company(number), "01234567") << number;
  }
  EXPECT_EQ(company("sc\xc2\xa0"
                    "12345"),
            "SC012345");
  EXPECT_EQ(canonical_business_id("gb", "Companies-House\xc2\xa0", "1 2"),
            "GB/companies-house/00000012");
}

// "HRB 12345 B" has blanks in the register itself.
TEST(IdentityTest, BlanksInsideAnotherRegistersNumberAreOneSpace) {
  auto const number = [](std::string_view id) {
    return canonical_business_id("DE", "handelsregister", id).substr(19);
  };
  EXPECT_EQ(number("HRB 12345 B"), "HRB 12345 B");
  for (const char* id : {"HRB\xc2\xa0"
                         "12345 B",
                         "HRB  12345\tB",
                         "HRB\xe2\x80\x89"
                         "12345\xe2\x80\xaf"
                         "B",
                         " \xc2\xa0"
                         "HRB \xc2\xa0 12345 B\xc2\xa0 ",
                         "HRB \xe2\x80\x8b"
                         "12345 B"}) {
    EXPECT_EQ(number(id), "HRB 12345 B") << id;
  }
  EXPECT_EQ(number("CHE-123.456.789"), "CHE-123.456.789");
  EXPECT_EQ(number("\xc3\xa4\xe6\xa0\xaa\xf0\x9f\x8f\xaa"), "\xc3\xa4\xe6\xa0\xaa\xf0\x9f\x8f\xaa");
  EXPECT_EQ(number("1\xff"
                   "2"),
            "1\xff"
            "2")
      << "the decoder refuses what is not UTF-8";
  EXPECT_EQ(number("\xc2\xa0\xe2\x80\x8b"), "");
}

TEST(IdentityTest, PartsOfAnyLengthHaveACanonicalForm) {
  std::string const endless(1000, 'x');
  EXPECT_EQ(canonical_business_id("gb", endless, "1").size(), 2 + 1 + 1000 + 1 + 1);
}

TEST(IdentityTest, AFactIdDependsOnTheSourceAndTheEventId) {
  EXPECT_EQ(fact_id("a", "1"), fact_id("a", "1"));
  EXPECT_NE(fact_id("a", "1"), fact_id("b", "1"));
  EXPECT_NE(fact_id("a", "1"), fact_id("a", "2"));
  EXPECT_NE(fact_id("ab", "c"), fact_id("a", "bc"));
}

// Snapshots contain the ids, so the ids must not change from one release to the next.
TEST(IdentityTest, IdsAreTheSameInEveryRelease) {
  EXPECT_EQ(business_key("GB/companies-house/01234567").value,
            base::hash64("GB/companies-house/01234567"));
  EXPECT_EQ(fact_id("companies-house", "fact-1").value,
            base::hash64("fact-1", base::hash64("companies-house")));
}

}  // namespace
}  // namespace bellwether::events
