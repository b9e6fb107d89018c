#include "analysis/detect_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/must.h"

namespace bellwether::analysis {
namespace {

using detection::FarringtonOptions;
using ::testing::HasSubstr;

DetectOptions options(const DetectFlags& flags) {
  return testing::must(detect_options(flags)).series;
}

void expect_same_blocks(const FarringtonOptions& a, const FarringtonOptions& b) {
  EXPECT_EQ(a.half_window, b.half_window);
  EXPECT_EQ(a.seasonal_blocks, b.seasonal_blocks);
  EXPECT_EQ(a.exclude_recent, b.exclude_recent);
}

TEST(DetectOptionsTest, TheDefaultsAreTheDaemons) {
  for (auto [name, unit] :
       {std::pair{"week", base::CalendarUnit::kWeek}, {"month", base::CalendarUnit::kMonth}}) {
    FarringtonOptions const daemon = FarringtonOptions::for_calendar(base::Calendar(unit));
    DetectFlags flags;
    flags.calendar = name;
    FarringtonOptions const ours = options(flags).farrington;
    expect_same_blocks(ours, daemon);
    EXPECT_EQ(ours.years, daemon.years);
    EXPECT_EQ(ours.years_min, daemon.years_min);
    EXPECT_EQ(ours.dated, daemon.dated);
    flags.calendar = "undated";
    flags.season = unit == base::CalendarUnit::kWeek ? 52 : 12;
    expect_same_blocks(options(flags).farrington, daemon);
    EXPECT_EQ(options(flags).farrington.year_periods, *flags.season);
  }
  EXPECT_EQ(options({}).threshold_h, detection::CusumOptions{}.threshold_h);
  EXPECT_EQ(options({}).alpha, 0.01);
}

TEST(DetectOptionsTest, ColdStartAndScaleAreTheDaemonsExceptForR) {
  EXPECT_TRUE(options({}).own_scale);
  ASSERT_TRUE(options({}).cold_start);
  EXPECT_EQ(options({}).cold_start->periods, 12);
  DetectFlags off;
  off.cold_start = "off";
  off.score_scale = "none";
  EXPECT_FALSE(options(off).cold_start);
  EXPECT_FALSE(options(off).own_scale);
  DetectFlags as_r;
  as_r.compatibility = "r-surveillance";
  EXPECT_FALSE(options(as_r).cold_start);
  EXPECT_FALSE(options(as_r).own_scale);
  as_r.cold_start = "on";
  EXPECT_THAT(detect_options(as_r).status().message(), HasSubstr("--cold-start"));
}

TEST(DetectOptionsTest, EarsHasItsOwnLevels) {
  DetectFlags flags;
  flags.method = "ears";
  EXPECT_EQ(options(flags).ears.alpha, 0.001);
  flags.ears = "c3";
  EXPECT_EQ(options(flags).ears.alpha, 0.025);
  flags.alpha = 0.2;
  EXPECT_EQ(options(flags).ears.alpha, 0.2);
}

TEST(DetectOptionsTest, EverySeasonHasRoomForItsDefaults) {
  for (int season = 1; season <= kSeasonMax; ++season) {
    DetectFlags flags;
    flags.calendar = "undated";
    flags.season = season;
    EXPECT_TRUE(detect_options(flags).ok()) << season;
  }
}

TEST(DetectOptionsTest, ConflictingOptionsAreRefusedWithACorrection) {
  auto const complaint = [](auto change) {
    DetectFlags flags;
    change(flags);
    auto const result = detect_options(flags);
    EXPECT_FALSE(result.ok());
    return std::string(result.status().message());
  };
  EXPECT_THAT(complaint([](DetectFlags& f) { f.season = 12; }),
              HasSubstr("--season is for --calendar undated"));
  EXPECT_THAT(complaint([](DetectFlags& f) { f.half_window = 6; }), HasSubstr("take at most 5"));
  EXPECT_THAT(complaint([](DetectFlags& f) { f.seasonal_blocks = 13; }),
              HasSubstr("take at most 12"));
  EXPECT_THAT(complaint([](DetectFlags& f) { f.from = "2019-W01"; }),
              HasSubstr("--from '2019-W01' is not a month"));
  EXPECT_THAT(complaint([](DetectFlags& f) { f.plot = "a.pdf"; }), HasSubstr(".svg or .png"));
  EXPECT_THAT(complaint([](DetectFlags& f) { f.method = "ears", f.harm = "low"; }),
              HasSubstr("only rises"));
  EXPECT_THAT(
      complaint([](DetectFlags& f) { f.method = "cusum", f.compatibility = "r-surveillance"; }),
      HasSubstr("--method farrington"));
}

TEST(DetectOptionsTest, HolidaysNeedDates) {
  DetectFlags flags;
  flags.holidays = {"uk.csv"};
  EXPECT_TRUE(detect_options(flags).ok());
  flags.calendar = "undated";
  EXPECT_EQ(detect_options(flags).status().message(),
            "--holidays needs dated periods; leave it out");
}

TEST(DetectOptionsTest, TheMethodIsTheRuleUnlessAnOptionIsNotOfRules) {
  auto const method = [](auto change) {
    DetectFlags flags;
    change(flags);
    return testing::must(detect_options(flags)).series.method;
  };
  EXPECT_EQ(method([](DetectFlags&) {}), DetectMethod::kRule);
  EXPECT_EQ(method([](DetectFlags& f) { f.threshold_h = 4; }), DetectMethod::kFarrington);
  EXPECT_EQ(method([](DetectFlags& f) { f.run_length = 500; }), DetectMethod::kFarrington);
  EXPECT_EQ(method([](DetectFlags& f) { f.compatibility = "r-surveillance"; }),
            DetectMethod::kFarrington);
  DetectFlags conflict;
  conflict.method = "rule";
  conflict.threshold_h = 4;
  EXPECT_FALSE(detect_options(conflict).ok());
  conflict = {};
  conflict.method = "ears";
  conflict.total = "a";
  EXPECT_FALSE(detect_options(conflict).ok());
}

}  // namespace
}  // namespace bellwether::analysis
