#include "cli/table.h"

#include <gtest/gtest.h>

namespace bellwether::cli {
namespace {

TEST(TableTest, FiguresAndSparklines) {
  EXPECT_EQ(figure(12.5), "12.50");
  EXPECT_EQ(figure(0.1234), "0.123");
  EXPECT_EQ(figure(3), "3");
  EXPECT_EQ(sparkline({1, 2, 3}), "▁▅█");
}

}  // namespace
}  // namespace bellwether::cli
