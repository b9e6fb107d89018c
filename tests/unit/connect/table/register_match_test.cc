#include "connect/table/register_match.h"

#include <gtest/gtest.h>

namespace bellwether::connect::table {
namespace {

class RegisterMatchTest : public ::testing::Test {
 protected:
  Match find(const Enquirer& enquirer) {
    RegisterMatch matches("GB", "companies-house");
    matches.want(enquirer);
    matches.offer("1234567", "BRINDLEY BAKERY LIMITED", "B1 2AA", false);
    matches.offer("02345678", "BRINDLEY MOTORS LTD", "B1 2AA", false);
    matches.offer("03456789", "GREEN GARDENS LTD", "B15 2TT", false);
    matches.offer("04567890", "GREEN GARDENS LIMITED", "CV1 1AA", false);
    matches.offer("05678901", "OLD MILL PLC", "B9 9ZZ", false);
    matches.offer("06789012", "CLOSED SHOP LTD", "B3 3CC", true);
    matches.offer("SC1234", "NORTHERN LIGHTS LTD", "EH1 1AA", false);
    EXPECT_EQ(matches.offered(), 7);
    return matches.find(enquirer);
  }
  static void expect(const Match& match, MatchWay way, double confidence, const char* number) {
    EXPECT_EQ(match.way, way) << kMatchWays[static_cast<size_t>(match.way)].word;
    EXPECT_NEAR(match.confidence, confidence, 1e-9);
    EXPECT_EQ(match.number, number);
  }
};

TEST_F(RegisterMatchTest, AStatedNumberIsCertain) {
  expect(find({"1234567", "", ""}), MatchWay::kNumber, 1, "01234567");
  expect(find({" sc1234", "Northern Lights", ""}), MatchWay::kNumber, 1, "SC001234");
}

TEST_F(RegisterMatchTest, ANumberMayContainASlash) {
  RegisterMatch matches("DE", "handelsregister");
  matches.want({"hrb 12/34", "", ""});
  expect(matches.find({"hrb 12/34", "", ""}), MatchWay::kNumber, 1, "HRB 12/34");
}

TEST_F(RegisterMatchTest, ANumberUnderAQuiteDifferentNameIsNot) {
  expect(find({"01234567", "Zebra Taxis", "M1 1AA"}), MatchWay::kNumberOnly, 0.5, "01234567");
  expect(find({"01234567", "Zebra Taxis", "B1 2AA"}), MatchWay::kNumber, 1, "01234567");
}

TEST_F(RegisterMatchTest, ANumberThatTheRegisterLacksLeavesTheName) {
  expect(find({"99999999", "Old Mill PLC", ""}), MatchWay::kUniqueName, 0.9, "05678901");
  expect(find({"99999999", "", ""}), MatchWay::kNotFound, 0, "");
}

TEST_F(RegisterMatchTest, TheSameNameAtTheSamePostcodeIsCertain) {
  expect(find({"", "Green Gardens Ltd.", "b152tt"}), MatchWay::kNameAndPostcode, 1, "03456789");
}

TEST_F(RegisterMatchTest, AUniqueNameIsNearlyCertain) {
  expect(find({"", "Old Mill", ""}), MatchWay::kUniqueName, 0.9, "05678901");
  expect(find({"", "Old Mill", "B1 1AA"}), MatchWay::kUniqueName, 0.85, "05678901");
  expect(find({"", "Old Mill Ltd", ""}), MatchWay::kUniqueName, 0.8, "05678901");
  expect(find({"", "Closed Shop", ""}), MatchWay::kUniqueName, 0.75, "06789012");
}

TEST_F(RegisterMatchTest, ANameOfSeveralBusinessesIsAmbiguous) {
  expect(find({"", "Green Gardens", ""}), MatchWay::kAmbiguous, 0.4, "03456789");
}

TEST_F(RegisterMatchTest, ASimilarNameAtTheSamePostcodeHasItsSimilarity) {
  double const score = similarity("BRINDLY BAKERY", "BRINDLEY BAKERY");
  expect(find({"", "Brindly Bakery Ltd", "B1 2AA"}), MatchWay::kSimilarName, score - kSimilarLoss,
         "01234567");
  expect(find({"", "Brindly Bakery Ltd", "B9 9ZZ"}), MatchWay::kNotFound, 0, "");
  expect(find({"", "Brindley", "B1 2AA"}), MatchWay::kNotFound, 0, "");
}

TEST_F(RegisterMatchTest, TwoSimilarNamesAreAmbiguous) {
  RegisterMatch matches("GB", "companies-house");
  Enquirer const enquirer{"", "Brindley Bakeries 1", "B1 2AA"};
  matches.want(enquirer);
  matches.offer("1", "BRINDLEY BAKERIES 2 LTD", "B1 2AA", false);
  matches.offer("2", "BRINDLEY BAKERIES 3 LTD", "B1 2AA", false);
  expect(matches.find(enquirer), MatchWay::kAmbiguous, 0.4, "00000001");
}

TEST_F(RegisterMatchTest, OnlyBusinessesThatCanBeMeantAreKept) {
  RegisterMatch matches("GB", "companies-house");
  matches.want({"", "Old Mill", "B1 2AA"});
  for (int i = 0; i < 1'000; ++i) matches.offer(std::to_string(i), "OTHER", "M1 1AA", false);
  matches.offer("5678901", "OLD MILL PLC", "B9 9ZZ", false);
  EXPECT_EQ(matches.offered(), 1'001);
  EXPECT_EQ(matches.kept(), 1u);
}

TEST_F(RegisterMatchTest, WithoutAListAStatedNumberIsTakenAsItIs) {
  RegisterMatch matches("GB", "companies-house");
  matches.want({"1234567", "", ""});
  expect(matches.find({"1234567", "", ""}), MatchWay::kNumber, 1, "01234567");
  expect(matches.find({"", "Old Mill", ""}), MatchWay::kNotFound, 0, "");
}

TEST_F(RegisterMatchTest, ConfidencesAreInTheStatedOrder) {
  double before = 1;
  for (const MatchWayInfo& way : kMatchWays) {
    EXPECT_LE(way.confidence, 1);
    EXPECT_GE(way.confidence, 0);
    if (way.word == "similar name") continue;  // depends on the similarity
    EXPECT_LE(way.confidence, before) << way.word;
    before = way.confidence;
  }
}

}  // namespace
}  // namespace bellwether::connect::table
