#include "connect/table/known_facts.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace bellwether::connect::table {
namespace {

KnownFact fact(std::string_view key, uint64_t content = 1, int64_t created = kNoCreation,
               int64_t sequence = 1'000) {
  return {base::hash64(key), content, created, sequence};
}

TEST(KnownFactsTest, AFactIsReadBackAsItWasWritten) {
  KnownFact const written{UINT64_MAX, 1, kNoCreation, -5};
  EXPECT_EQ(decode_known(encode(written)), written);
  EXPECT_EQ(decode_known("short"), std::nullopt);
  EXPECT_EQ(decode_known(std::string(33, 'x')), std::nullopt);
}

TEST(KnownFactsTest, AFactOfAnEarlierFormWasSaidAsItsRowStated) {
  KnownFact const written{7, 1, kNoCreation, 1'000, 1'000};
  std::string const earlier = encode(written).substr(0, 32);
  EXPECT_EQ(decode_known(earlier), written);
}

TEST(KnownFactsTest, EachCorrectionHasAGreaterSequence) {
  KnownFact const before{7, 1, kNoCreation, 1'000, 1'003};
  EXPECT_EQ(sequence_of_change(before, {7, 2, kNoCreation, 1'000, 1'000}), 1'004);
  EXPECT_EQ(sequence_of_change(before, {7, 2, kNoCreation, 1'004, 1'004}), 1'004);
  EXPECT_EQ(sequence_of_change(before, {7, 2, kNoCreation, 2'000, 2'000}), 2'000);
}

TEST(KnownFactsTest, TheStateKeyDependsOnSourceAndEvent) {
  EXPECT_EQ(state_key("a", "1").size(), 16u);
  EXPECT_EQ(state_key("a", "1"), state_key("a", "1"));
  EXPECT_NE(state_key("a", "1"), state_key("b", "1"));
  EXPECT_NE(state_key("a", "1"), state_key("a", "2"));
}

TEST(KnownFactsTest, TheSameFactIsNotNew) {
  EXPECT_EQ(compare(fact("case:1"), fact("case:1"), "case:1"), Novelty::kSame);
  EXPECT_EQ(compare(fact("case:1"), fact("case:1", 2), "case:1"), Novelty::kChanged);
}

TEST(KnownFactsTest, AnEarlierVersionIsOlderUnlessItSaysTheSame) {
  KnownFact const before = fact("case:1", 1, kNoCreation, 1'000);
  EXPECT_EQ(compare(before, fact("case:1", 2, kNoCreation, 999), "case:1"), Novelty::kOlder);
  EXPECT_EQ(compare(before, fact("case:1", 1, kNoCreation, 999), "case:1"), Novelty::kSame);
  EXPECT_EQ(compare(before, fact("case:1", 2, kNoCreation, 1'000), "case:1"), Novelty::kChanged);
}

TEST(KnownFactsTest, AnEnquirerWhoIsFoundLaterMoves) {
  EXPECT_EQ(compare(fact("case:1"), fact("GB/r/1"), "case:1"), Novelty::kMoved);
}

TEST(KnownFactsTest, AnIdOfAnotherMatterIsReused) {
  EXPECT_EQ(compare(fact("GB/r/1"), fact("GB/r/2"), "case:1"), Novelty::kReused);
  EXPECT_EQ(compare(fact("GB/r/1"), fact("case:1"), "case:1"), Novelty::kReused);
  EXPECT_EQ(compare(fact("case:1"), fact("GB/r/1"), ""), Novelty::kReused);
  EXPECT_EQ(compare(fact("case:1", 1, 5), fact("case:1", 2, 6), "case:1"), Novelty::kReused);
  EXPECT_EQ(compare(fact("case:1", 1, 5), fact("case:1", 2), "case:1"), Novelty::kChanged);
}

}  // namespace
}  // namespace bellwether::connect::table
