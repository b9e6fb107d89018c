#include "connect/table/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::connect::table {
namespace {

std::optional<int64_t> pence(std::string_view text) {
  return read_whole(text, {.decimal = ',', .thousands = '.', .minor_digits = 2});
}

TEST(ConvertTest, AmountsBecomeMinorUnitsExactly) {
  EXPECT_EQ(pence("12.500,50"), 1'250'050);
  EXPECT_EQ(pence("0,1"), 10);
  EXPECT_EQ(pence("7"), 700);
  EXPECT_EQ(pence("-1.000"), -100'000);
  EXPECT_EQ(pence("+5,500"), 550) << "zeros behind the minor units change nothing";
  // 0.29 is not exact in binary; 29 pence are.
  EXPECT_EQ(read_whole("0.29", {.minor_digits = 2}), 29);
  EXPECT_EQ(read_whole("92233720368547758.07", {.minor_digits = 2}), INT64_MAX);
}

TEST(ConvertTest, ATextThatIsNoSuchNumberIsNone) {
  for (const char* text : {"", "12,505", "1.2,3", "12.50", "1.000.00", ".500", "1,2,3", "£5", "1e3",
                           "1 000", "--5", "5-", "NaN", "1234.567,00", "999999999999999999999"}) {
    EXPECT_EQ(pence(text), std::nullopt) << text;
  }
  EXPECT_EQ(read_whole("1.5", {}), std::nullopt);
  EXPECT_EQ(read_real("1e5", {}), std::nullopt);
  EXPECT_EQ(read_real("inf", {}), std::nullopt);
}

TEST(ConvertTest, RealNumbersMayHaveACommaAndGroups) {
  EXPECT_EQ(read_real("1.234,5", {.decimal = ',', .thousands = '.'}), 1234.5);
  EXPECT_EQ(read_real("-0.25", {}), -0.25);
}

TEST(ConvertTest, SecondsBecomeMinutesRoundedHalfUp) {
  NumberForm const form{.divide_by = 60};
  EXPECT_EQ(read_whole("89.9", form), 1);
  EXPECT_EQ(read_whole("90.0", form), 2);
  EXPECT_EQ(read_whole("-90", form), -1);
  EXPECT_EQ(read_whole("0,5", {.decimal = ',', .multiply_by = 60}), 30);
  EXPECT_EQ(read_whole("9000000000000000", {.multiply_by = 2}), std::nullopt) << "not exact";
}

TEST(ConvertTest, AHashTellsItsColumnsApart) {
  Row const row{1, {"ab", "c", "", "a", "bc"}};
  EXPECT_EQ(hash_of({0, 1}, row).size(), 32u);
  EXPECT_NE(hash_of({0, 1}, row), hash_of({3, 4}, row));
  EXPECT_NE(hash_of({0, 2}, row), hash_of({2, 0}, row));
  EXPECT_EQ(hash_of({2}, row), "");
}

TEST(ConvertTest, ATemplateWithAnEmptyColumnIsEmpty) {
  Template const pattern{{{"x/", std::nullopt}, {"", 0}, {"-", std::nullopt}, {"", 1}}};
  EXPECT_EQ(text_of(pattern, {1, {"a", "b"}}), "x/a-b");
  EXPECT_EQ(text_of(pattern, {1, {"a", ""}}), "");
}

class ConvertValueTest : public ::testing::Test {
 protected:
  ConvertValueTest() { mapping_.columns = {{"c", 1, false}}; }
  // The value of a text as area_code of a support event.
  std::string text(const Value& value, std::string field) {
    auto const* descriptor = descriptor_of(domain::Topic::kSupport).FindFieldByName("postcode");
    auto const found = convert(value, {mapping_, FieldType::kText, descriptor, "postcode"},
                               {1, {std::move(field)}});
    if (const auto* fault = std::get_if<Fault>(&found)) return fault->what;
    const auto& values = std::get<std::vector<Scalar>>(found);
    return values.empty() ? "unset" : std::get<std::string>(values.front());
  }
  Mapping mapping_;
};

TEST_F(ConvertValueTest, OnlyAPartOfATextIsUsed) {
  EXPECT_EQ(text({.columns = {0}, .until = " - "}, "62012 - Software"), "62012");
  EXPECT_EQ(text({.columns = {0}, .digits_only = true}, "62.01Z"), "6201");
  EXPECT_EQ(text({.columns = {0}, .digits_only = true}, "all"), "unset");
}

TEST_F(ConvertValueTest, AnEmptyColumnIsUnsetOrItsDefault) {
  EXPECT_EQ(text({.columns = {0}}, ""), "unset");
  EXPECT_EQ(text({.columns = {0}, .if_empty = Scalar(std::string("B1"))}, ""), "B1");
}

TEST_F(ConvertValueTest, ACodeListHasValuesRangesAndADefault) {
  Value value{.columns = {0}};
  value.codes = CodeList{.name = "bands", .codes = {{"7", Scalar(std::string("seven"))}}};
  value.codes->ranges.push_back({5, 9, Scalar(std::string("few"))});
  EXPECT_EQ(text(value, "7"), "seven");
  EXPECT_EQ(text(value, "5"), "few");
  EXPECT_EQ(text(value, "9"), "few");
  EXPECT_EQ(text(value, "10"),
            "postcode: \"10\" in column \"c\" is not in the list bands; add it, or set otherwise");
  value.codes->otherwise = Scalar(std::string("many"));
  EXPECT_EQ(text(value, "10"), "many");
}

}  // namespace
}  // namespace bellwether::connect::table
