#include "core/indicators/series_numbers.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "core/indicators/panel.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

// A region of so many leaves.
reference::Reference region_of(size_t leaves) {
  std::string areas = "code,name,level,parent\nR,Region,region,\n";
  for (size_t i = 0; i < leaves; ++i) base::append(areas, "L", i, ",Leaf,lsoa,R\n");
  reference::Reference out;
  out.areas = testing::must(reference::Areas::parse(areas, "areas.csv", "", "sets.csv"));
  out.sectors = testing::must(reference::Sectors::parse(testing::kWorldSectors, "sectors.csv"));
  return out;
}

TEST(SeriesNumbersTest, LeavesHaveClassesOnlyIfTheyAreFew) {
  for (size_t const leaves : {kClassLeavesMax, kClassLeavesMax + 1}) {
    bool const few = leaves == kClassLeavesMax;
    reference::Reference const reference = region_of(leaves);
    SeriesNumbers const numbers(reference);
    AreaId const leaf = testing::must(reference.areas.find("L0"));
    AreaId const region = testing::must(reference.areas.find("R"));
    EXPECT_EQ(numbers.has_classes({leaf, reference::kAllSectors}), few);
    EXPECT_TRUE(numbers.has_classes({region, reference::kAllSectors}));
    size_t const of_leaf =
        numbers.of({leaf, reference::kAllSectors}, Measure::kBirths, Class{Division::kSizeBand, 1});
    EXPECT_EQ(numbers.exists(Measure::kBirths, of_leaf), few);

    Panel panel(reference, testing::kMonths, PeriodIndex(480));
    Delta const born{DeltaKey({leaf, testing::must(reference.sectors.find("10")), SizeBand(1)},
                              Measure::kBirths, PeriodIndex(481), 5),
                     3};
    panel.add(std::span(&born, 1), [](uint32_t, Measure, PeriodIndex) {});
    Class const company{Division::kLegalForm, 5};
    EXPECT_EQ(
        panel.at({region, reference::kAllSectors}, Measure::kBirths, PeriodIndex(481), company), 3);
    size_t of_leaves = 0;
    panel.each([&](Measure, size_t number, int64_t, const std::vector<int64_t>&) {
      bool const of_class = number >= panel.nodes();
      of_leaves += of_class && panel.node(number % panel.nodes()).area == leaf ? 1 : 0;
    });
    EXPECT_EQ(of_leaves, few ? 4u : 0u) << "of the form and the size, in all and in the section";
  }
}

TEST(SeriesNumbersTest, ASeriesThatNoCountCanMakeDoesNotExist) {
  SeriesNumbers const numbers(testing::world());
  size_t const nodes = numbers.nodes();
  EXPECT_TRUE(numbers.exists(Measure::kBirths, 0));
  EXPECT_TRUE(numbers.exists(Measure::kBirths, nodes));
  EXPECT_FALSE(numbers.exists(Measure::kBirths, SeriesNumbers::kSlots * nodes));
  EXPECT_FALSE(numbers.exists(Measure::kDeathsAge0, nodes)) << "it has no division";
  EXPECT_TRUE(numbers.exists(Measure::kInteractions, domain::kClassesMax * nodes));
  EXPECT_FALSE(numbers.exists(Measure::kInteractions, (1 + domain::kClassesMax) * nodes))
      << "it has no size band";
  EXPECT_FALSE(numbers.exists(Measure::kClassChanges, 0)) << "it is by class alone";
  SectorId const division = testing::sector("10");
  size_t const below = numbers.index({reference::kRootArea, division});
  EXPECT_TRUE(numbers.exists(Measure::kBirths, below));
  EXPECT_FALSE(numbers.exists(Measure::kBirths, nodes + below)) << "a division has no classes";
}

TEST(DeltaKeyTest, AClassOrSizeThatThereIsNotIsImpossible) {
  auto const key = [](Measure measure, uint8_t of_class, uint8_t size = 0) {
    return is_possible(DeltaKey({{}, {}, SizeBand(size)}, measure, PeriodIndex(0), of_class));
  };
  EXPECT_TRUE(key(Measure::kBirths, domain::kLegalForms.size() - 1));
  EXPECT_FALSE(key(Measure::kBirths, domain::kLegalForms.size()));
  EXPECT_FALSE(key(Measure::kDeathsAge0, 1)) << "it has no division";
  EXPECT_FALSE(key(Measure::kInteractions, domain::kChannels.size()));
  EXPECT_TRUE(key(Measure::kEnquiries, domain::kClassesMax - 1)) << "teams may have all numbers";
  EXPECT_TRUE(key(Measure::kBirths, 0, domain::kSizeBands.size() - 1));
  EXPECT_FALSE(key(Measure::kBirths, 0, domain::kSizeBands.size()));
  EXPECT_FALSE(key(static_cast<Measure>(domain::kMeasureCount), 0));
}

}  // namespace
}  // namespace bellwether::indicators
