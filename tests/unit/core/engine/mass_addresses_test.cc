// What rules tell of an area that is divided because it has mass addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "region.h"

namespace bellwether::engine {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::Not;

// The small world, where North One has mass addresses.
std::shared_ptr<const reference::Reference> divided_world() {
  auto out = std::make_shared<reference::Reference>(testing::world());
  out->areas =
      testing::must(testing::world().areas.divide(std::vector<base::AreaId>{testing::area("N1")}));
  return out;
}

class MassAddressRulesTest : public ::testing::Test {
 protected:
  // A fifth of North One is at its mass addresses.
  std::vector<Delta> divided(const std::vector<Delta>& deltas) const {
    base::AreaId const n1 = testing::area("N1");
    std::vector<Delta> out;
    for (const Delta& d : deltas) {
      indicators::Cell cell = d.key.cell();
      if (cell.area != n1) {
        out.push_back(d);
        continue;
      }
      int64_t const mass = d.amount / 5;
      for (auto [area, n] : {std::pair{reference_->areas.own_part(n1), d.amount - mass},
                             std::pair{reference_->areas.mass_part(n1), mass}}) {
        cell.area = area;
        if (n != 0) out.push_back({DeltaKey(cell, d.key.measure(), d.key.period()), n});
      }
    }
    return out;
  }
  // The areas of the alerts of R1 after a fall of births that ends a decade.
  std::set<std::string> told(alerts::RuleSet rules) {
    Region region(std::move(rules), options(), reference_);
    Town town(7);
    town.fall_from = kBegin.value + 108;
    int32_t t = kBegin.value;
    for (; t < kBegin.value + 100; ++t) region.add(t, divided(town.month(t)));
    std::set<std::string> areas;
    for (; t < kBegin.value + 126; ++t) {
      for (const alerts::AlertUpdate& u : region.tick(t, divided(town.month(t))).updates)
        if (u.key.rule == "R1") areas.insert(u.key.area);
    }
    return areas;
  }

  std::shared_ptr<const reference::Reference> reference_ = divided_world();
};

TEST_F(MassAddressRulesTest, AChangeIsToldOfTheWholeAndNotAgainOfItsParts) {
  std::set<std::string> const areas = told(alerts::default_rules(kMonths));
  EXPECT_THAT(areas, Contains("N1"));
  EXPECT_THAT(areas, Each(Not(EndsWith(".own"))));
  EXPECT_THAT(areas, Each(Not(EndsWith(".mass"))));
}

TEST_F(MassAddressRulesTest, ARuleMayNameTheLevelWithoutMassAddresses) {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  for (alerts::Rule& rule : rules.rules) {
    if (rule.id == "R1") alerts::node_scope(rule)->area_levels = {"district.own", "region.own"};
  }
  std::set<std::string> const areas = told(rules);
  EXPECT_THAT(areas, Not(IsEmpty()));
  EXPECT_THAT(areas, Each(EndsWith(".own")));
}

}  // namespace
}  // namespace bellwether::engine
