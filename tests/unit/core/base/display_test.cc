#include "core/base/display.h"

#include <gtest/gtest.h>

namespace bellwether::base {
namespace {

TEST(DisplayTest, ThousandsAreGroupedAndColumnsCounted) {
  EXPECT_EQ(grouped(1541268), "1,541,268");
  EXPECT_EQ(grouped(-1000), "-1,000");
  EXPECT_EQ(grouped(-999), "-999");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(display_width("Größe"), 5u);
  EXPECT_EQ(shorten("Größe und Zahl", 5), "Größ…");
  EXPECT_EQ(display_width(shorten("Größe und Zahl", 5)), 5u);
}

TEST(DisplayTest, FiguresHaveTheirUnits) {
  EXPECT_EQ(unit_suffix("percent"), " %");
  EXPECT_EQ(unit_suffix(kStandardDeviations), " standard deviations");
  EXPECT_EQ(unit_suffix("count"), "");
  EXPECT_EQ(unit_suffix(""), "");
}

}  // namespace
}  // namespace bellwether::base
