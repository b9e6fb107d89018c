#include "analysis/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analysis/detect_plot.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using ::testing::HasSubstr;
using testing::must;
using ::testing::StartsWith;

TEST(PlotTest, TheEndOfTheNameSetsTheFormat) {
  EXPECT_EQ(plot_format("a/b.svg"), PlotFormat::kSvg);
  EXPECT_EQ(plot_format("b.png"), PlotFormat::kPng);
  EXPECT_FALSE(plot_format("svg"));
  EXPECT_FALSE(plot_format("a.pdf"));
}

// Empty figures, and figures with values for which no axis is made.
TEST(PlotTest, AwkwardFiguresAreDrawn) {
  PlotFigure figure;
  EXPECT_THAT(must(draw(figure, PlotFormat::kPng)), StartsWith("\x89PNG"));
  figure.title = std::string("\xff\xc3\x28\xe2\x82 a\0b", 9);
  figure.panels.resize(4);
  figure.panels[1].lines = {{{{0, 5.0}}, {}}};                                 // one point
  figure.panels[2].lines = {{{{0, 1e15}, {1, std::nullopt}, {2, 1e15}}, {}}};  // constant and huge
  figure.panels[2].bands = {{{{0, PlotRange{-1e300, 1e300}}, {1, std::nullopt}}, {}}};
  figure.panels[3].lines = {{{{0, -1e-9}, {1, 1e-9}}, {}}};
  figure.panels[3].rules = {{0, std::string(500, 'w'), {}}};
  std::string const svg = must(draw(figure, PlotFormat::kSvg));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(DetectPlotTest, APanelHasItsAlarmsAndTheirOnset) {
  std::vector<DetectRow> rows(4);
  for (int t = 0; t < 4; ++t) {
    rows[static_cast<size_t>(t)] = {.period = PeriodIndex(t),
                                    .state = DetectState::kNormal,
                                    .observed = 5,
                                    .expected = 6,
                                    .lower = 2,
                                    .upper = 9};
  }
  rows[1].state = DetectState::kAmber;
  for (size_t i : {2, 3}) {
    rows[i].state = DetectState::kRed;
    rows[i].onset = PeriodIndex(1);
  }
  PlotFigure const figure =
      detect_figure(std::vector<DetectedSeries>{{"births", rows}}, {}, std::nullopt);
  ASSERT_EQ(figure.panels.size(), 1u);
  const PlotPanel& panel = figure.panels[0];
  EXPECT_EQ(panel.title, "births");
  EXPECT_EQ(panel.remark, "2 red, 1 amber of 4 periods");
  EXPECT_EQ(panel.marks.size(), 3u);
  ASSERT_EQ(panel.rules.size(), 1u);  // one change, one onset
  EXPECT_EQ(panel.rules[0].label, "since 1970-02");
  EXPECT_EQ(figure.note, "");
}

TEST(DetectPlotTest, SeriesWithoutAPanelAreCounted) {
  std::vector<DetectedSeries> const many(kPlotPanelsMax + 3);
  PlotFigure const figure = detect_figure(many, {}, std::nullopt);
  EXPECT_EQ(figure.panels.size(), kPlotPanelsMax);
  EXPECT_THAT(figure.note, HasSubstr("first 12 of 15 series"));
}

}  // namespace
}  // namespace bellwether::analysis
