#include "connect/table/business_name.h"

#include <gtest/gtest.h>

namespace bellwether::connect::table {
namespace {

std::string shown(std::string_view name) {
  BusinessName const normal = normalise_name(name);
  return normal.core + "|" + normal.form;
}

TEST(BusinessNameTest, CasePunctuationAndLegalFormDoNotCount) {
  EXPECT_EQ(shown("The  Old Mill (Bakery) Ltd."), "OLD MILL BAKERY|LTD");
  EXPECT_EQ(shown("O'Neill & Sons Limited"), "ONEILL AND SONS|LTD");
  EXPECT_EQ(shown("O\u2019NEILL AND SONS LTD"), "ONEILL AND SONS|LTD");
  EXPECT_EQ(shown("A.B.C. Public Limited Company"), "ABC|PLC");
  EXPECT_EQ(shown("Smith + Jones LLP"), "SMITH AND JONES|LLP");
  EXPECT_EQ(shown("Caf\u00e9 M\u00fcller GmbH"), "CAFE MULLER|GMBH");
  EXPECT_EQ(shown("KOPI PTE. LTD."), "KOPI|LTD");
  EXPECT_EQ(shown(""), "|");
  EXPECT_EQ(shown("Limited"), "LIMITED|");
}

TEST(BusinessNameTest, FormsDifferOnlyIfBothAreStated) {
  EXPECT_TRUE(forms_agree(normalise_name("X Ltd"), normalise_name("X Limited")));
  EXPECT_TRUE(forms_agree(normalise_name("X"), normalise_name("X PLC")));
  EXPECT_FALSE(forms_agree(normalise_name("X Ltd"), normalise_name("X PLC")));
}

TEST(BusinessNameTest, SimilarityToleratesLettersAndOrder) {
  EXPECT_DOUBLE_EQ(similarity("OLD MILL", "OLD MILL"), 1);
  EXPECT_DOUBLE_EQ(similarity("MILL OLD", "OLD MILL"), 1);
  // ␣N NI IG GH HT T␣ and ␣N NA AC CH HT T␣ share three pairs of six.
  EXPECT_DOUBLE_EQ(similarity("NIGHT", "NACHT"), 0.5);
  EXPECT_GT(similarity("BRINDLEY BAKERY", "BRINDLY BAKERY"), 0.85);
  EXPECT_LT(similarity("BRINDLEY BAKERY", "BRINDLEY MOTORS"), 0.7);
  EXPECT_DOUBLE_EQ(similarity("", "OLD MILL"), 0);
  EXPECT_DOUBLE_EQ(similarity("ABC", "XYZ"), 0);
}

TEST(BusinessNameTest, PostcodesAreComparedWithoutBlanks) {
  EXPECT_EQ(normalise_postcode(" b15 2tt "), "B152TT");
  EXPECT_EQ(normalise_postcode("\u00a0"), "");
}

}  // namespace
}  // namespace bellwether::connect::table
