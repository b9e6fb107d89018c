#include "analysis/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::analysis {
namespace {

using ::testing::HasSubstr;
using testing::must;

Month month(std::string_view text) {
  return must(month_of(text));
}

TEST(ReviewTest, AnAlertCallsADownturnInWhichItIsOpen) {
  Downturn const d{"D", month("1998-07"), month("1998-12")};
  EXPECT_EQ(standing(d, month("1998-01"), kStillOpen, 12), Standing::kCalls);
  EXPECT_EQ(standing(d, month("1997-07"), month("1998-07"), 12), Standing::kCalls);
  EXPECT_EQ(standing(d, month("1998-12"), kStillOpen, 12), Standing::kCalls);
  EXPECT_EQ(standing(d, month("1998-01"), month("1998-06"), 12), Standing::kApart)
      << "cleared before the downturn began";
  EXPECT_EQ(standing(d, month("1999-01"), kStillOpen, 12), Standing::kApart);
  EXPECT_EQ(standing(d, month("1997-06"), kStillOpen, 12), Standing::kCarries);
}

TEST(ReviewTest, MonthsComeFromWeeksToo) {
  EXPECT_EQ(month("2020-W01"), month("2019-12"));  // begins on Monday 2019-12-30
  EXPECT_FALSE(month_of("2020").ok());
  EXPECT_EQ(lead_text(month("1998-07"), month("1998-01")), "6 months early");
  EXPECT_EQ(lead_text(month("1998-07"), month("1998-08")), "1 month late");
  EXPECT_EQ(lead_text(month("1998-07"), month("1998-07")), "in the first month");
}

TEST(ReviewTest, BadDownturnsAreNamed) {
  auto const parsed =
      parse_downturns("name,start,end,source\nA,1998-07,1998-01,x\nB,soon,1999-01,x\n", "d.csv");
  ASSERT_FALSE(parsed.ok());
  std::string const text(base::from_absl(parsed.status().message()));
  EXPECT_THAT(text, HasSubstr("d.csv:2: it ends before it starts"));
  EXPECT_THAT(text, HasSubstr("d.csv:3"));
}

TEST(ReviewTest, r1_APeriodThatDoesNotExistIsNotCalledAWrongForm) {
  EXPECT_THAT(std::string(month_of("2024-W53").status().message()), HasSubstr("has 52 ISO weeks"));
  EXPECT_THAT(std::string(month_of("2024-13").status().message()),
              HasSubstr("months are 01 to 12"));
  EXPECT_THAT(std::string(month_of("soon").status().message()), HasSubstr("write YYYY-MM or"));
}

TEST(ReviewTest, r5_ADownturnGivenTwiceIsRefused) {
  auto const parsed = parse_downturns(
      "name,start,end\nA,1998-07,1998-12\nA,2001-07,2001-12\nA,1998-07,1998-12\n", "d.csv");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(std::string(parsed.status().message()),
            "d.csv:4: the downturn is in line 2 already; keep one of them");
}

}  // namespace
}  // namespace bellwether::analysis
