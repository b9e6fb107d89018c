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
  EXPECT_EQ(unit_suffix("hours"), " working hours");
  EXPECT_EQ(unit_suffix(kStandardDeviations), " standard deviations");
  EXPECT_EQ(unit_suffix("count"), "");
  EXPECT_EQ(unit_suffix(""), "");
}

TEST(DisplayTest, ARateIsToldInWords) {
  EXPECT_EQ(how_often(12), "12 times a year");
  EXPECT_EQ(how_often(0.5), "once in 2.0 years");
  EXPECT_EQ(how_often(0.025), "once in 40 years");
  EXPECT_EQ(how_often(0.001), "once in 1000 years");
  EXPECT_EQ(how_often(0.0009), "less than once in 1000 years");
  EXPECT_EQ(how_often(0), "less than once in 1000 years");
}

TEST(DisplayTest, PrintableTextCannotChangeTheScreen) {
  EXPECT_EQ(printable("Ann Łódź 東京 — €5"), "Ann Łódź 東京 — €5");
  EXPECT_EQ(printable("a\x1b[31m\nb\x7f"), "a�[31m�b�");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "�31m")
      << "a control character of two bytes";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"),
            "a�b�")
      << "marks of direction";
  EXPECT_EQ(printable("\xff"
                      "a\xe2\x80"),
            "�a��")
      << "no UTF-8";
}

TEST(DisplayTest, OnceAYearIsOnce) {
  EXPECT_EQ(how_often(1.2), "once a year");
  EXPECT_EQ(how_often(1.6), "2 times a year");
}

}  // namespace
}  // namespace bellwether::base
