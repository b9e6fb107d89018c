#include "analysis/forecast_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/forecast_options.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using ::testing::HasSubstr;

Series months(int count) {
  Series s{"births", {}};
  for (int t = 0; t < count; ++t) s.points.push_back({PeriodIndex(t), 50.0 + t % 7, ""});
  return s;
}

PlotFigure figure_of(const std::vector<Series>& series, const ForecastFlags& flags) {
  ForecastOptions const o = testing::must(forecast_options(flags));
  std::vector<SeriesForecast> forecasts;
  for (const Series& s : series) forecasts.push_back(forecast_series(s, o));
  return forecast_figure(series, forecasts, o);
}

TEST(ForecastPlotTest, APanelHasTheHistoryTheFanAndTheMean) {
  PlotFigure const figure = figure_of({months(30)}, {});
  ASSERT_EQ(figure.panels.size(), 1u);
  const PlotPanel& panel = figure.panels[0];
  EXPECT_EQ(panel.title, "births");
  EXPECT_EQ(panel.remark, "");
  ASSERT_EQ(panel.bands.size(), 2u);
  const PlotRange wide = *panel.bands[0].spans.back().y;
  const PlotRange narrow = *panel.bands[1].spans.back().y;
  EXPECT_LT(wide.low, narrow.low);
  EXPECT_GT(wide.high, narrow.high);
  ASSERT_EQ(panel.lines.size(), 2u);
  EXPECT_EQ(panel.lines[0].points.size(), 12u);
  EXPECT_EQ(panel.lines[0].points[0].x, 30);
  EXPECT_EQ(panel.lines[1].points.size(), 30u);
  ASSERT_EQ(panel.rules.size(), 1u);
  EXPECT_EQ(panel.rules[0].label, "forecast from 1972-07");
  EXPECT_EQ(panel.x.high, 41);
  ASSERT_EQ(figure.keys.size(), 4u);
  EXPECT_GT(figure.keys[2].colour.alpha, figure.keys[3].colour.alpha);
}

TEST(ForecastPlotTest, OldHistoryIsLeftOutWithARemark) {
  PlotFigure const seasons = figure_of({months(200)}, {});
  EXPECT_EQ(seasons.panels[0].x.low, 200 - 12 * kPlotHistorySeasons);
  EXPECT_EQ(seasons.panels[0].remark, "the latest 60 of 200 periods");
  ForecastFlags far;
  far.horizon = 24;
  EXPECT_EQ(figure_of({months(200)}, far).panels[0].x.low, 200 - 24 * kPlotHistoryHorizons);
}

TEST(ForecastPlotTest, AHoldoutIsDrawnWithItsForecastAndScores) {
  ForecastFlags flags;
  flags.holdout = 6;
  PlotFigure const figure = figure_of({months(30)}, flags);
  EXPECT_EQ(figure.title, "The latest 6 periods, forecast from those before (combination)");
  EXPECT_THAT(figure.panels[0].remark, HasSubstr("seasonal naive: sMAPE "));
  EXPECT_EQ(figure.panels[0].lines[0].points[0].x, 24);
  EXPECT_EQ(figure.panels[0].x.high, 29);
}

TEST(ForecastPlotTest, ASeriesThatCannotBeForecastHasAReason) {
  const PlotPanel panel = figure_of({months(3)}, {}).panels[0];
  EXPECT_THAT(panel.remark, HasSubstr("not assessed: too little history"));
  EXPECT_TRUE(panel.bands.empty());
  EXPECT_EQ(figure_of({Series{"s", {}}}, {}).panels[0].remark, "no periods");
}

TEST(ForecastPlotTest, SeriesWithoutAPanelAreCounted) {
  PlotFigure const figure = figure_of(std::vector<Series>(kPlotPanelsMax + 2, months(20)), {});
  EXPECT_EQ(figure.panels.size(), kPlotPanelsMax);
  EXPECT_THAT(figure.note, HasSubstr("first 12 of 14 series"));
}

}  // namespace
}  // namespace bellwether::analysis
