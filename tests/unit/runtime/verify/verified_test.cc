#include "runtime/verify/verified.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bellwether::runtime {
namespace {

alerts::AlertUpdate update(const std::string& sector, alerts::Severity severity, double cusum) {
  alerts::AlertUpdate u;
  u.key = {"R1", "R", sector};
  u.severity = severity;
  u.transition = alerts::TransitionKind::kRaised;
  u.evidence.cusum = cusum;
  return u;
}

TEST(DifferencesTest, NameEveryAlertOnWhichTwoVerdictsDiffer) {
  std::vector<alerts::AlertUpdate> const journaled = {update("10", alerts::Severity::kRed, 4.2),
                                                      update("11", alerts::Severity::kAmber, 2),
                                                      update("47", alerts::Severity::kAmber, 2)};
  std::vector<alerts::AlertUpdate> const computed = {update("46", alerts::Severity::kAmber, 3),
                                                     update("47", alerts::Severity::kAmber, 2),
                                                     update("10", alerts::Severity::kAmber, 4.2)};
  auto const found = differences(journaled, computed);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].key.sector, "10");
  EXPECT_EQ(found[0].journaled, "raised, red, open, cusum 4.200000");
  EXPECT_EQ(found[0].computed, "raised, amber, open, cusum 4.200000");
  EXPECT_EQ(found[1].key.sector, "11");
  EXPECT_EQ(found[1].computed, "");
  EXPECT_EQ(found[2].key.sector, "46");
  EXPECT_EQ(found[2].journaled, "");
  EXPECT_TRUE(differences(journaled, journaled).empty());
}

TEST(DifferencesTest, ADifferenceInTheLastBitOfAScoreIsIgnored) {
  std::vector<alerts::AlertUpdate> const a = {update("10", alerts::Severity::kRed, 4.2)};
  std::vector<alerts::AlertUpdate> const b = {
      update("10", alerts::Severity::kRed, std::nextafter(4.2, 5))};
  EXPECT_TRUE(differences(a, b).empty());
}

TEST(CutsTest, AFoldContinuesOnlyForward) {
  CutMap const a = to_map(std::vector<alerts::CutOffset>{{"r", 0, 5}, {"s", 0, -1}});
  CutMap const b = to_map(std::vector<alerts::CutOffset>{{"r", 0, 5}, {"r", 1, 2}, {"s", 0, 3}});
  EXPECT_TRUE(reaches({}, a));
  EXPECT_TRUE(reaches(a, a));
  EXPECT_TRUE(reaches(a, b)) << "a partition may have no records at first";
  EXPECT_FALSE(reaches(b, a));
  CutMap c = b;
  c[{"r", 0}] = 4;
  EXPECT_FALSE(reaches(a, c));
}

TEST(CutsTest, ACutMayBeBeyondTheLog) {
  CutMap const cut = to_map(std::vector<alerts::CutOffset>{{"r", 0, 5}, {"r", 1, 2}});
  EXPECT_FALSE(beyond(cut, {{{"r", 0}, 5}, {{"r", 1}, 7}}));
  EXPECT_EQ(beyond(cut, {{{"r", 0}, 4}, {{"r", 1}, 7}}), (CutPlace{"r", 0}));
  EXPECT_EQ(beyond(cut, {{{"r", 0}, 5}}), (CutPlace{"r", 1})) << "the log has fewer partitions";
}

}  // namespace
}  // namespace bellwether::runtime
