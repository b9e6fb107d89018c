#include "cli/reference/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "core/alerts/rules.h"
#include "core/base/text.h"
#include "core/domain/indicators.h"
#include "core/domain/measures.h"
#include "support/paths.h"

namespace bellwether::cli {
namespace {

using ::testing::HasSubstr;

TEST(CatalogueTest, HasEveryIndicatorRuleAndMeasure) {
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  std::string const text = catalogue(weeks);
  for (const domain::IndicatorInfo& i : domain::kIndicators)
    EXPECT_THAT(text, HasSubstr(base::cat("| ", i.number, " | `", i.name, "` | ", i.title, " |")));
  for (const alerts::Rule& r : alerts::default_rules(weeks).rules)
    EXPECT_THAT(text, HasSubstr(base::cat("| ", r.id, " | ", r.title)));
  for (const domain::MeasureInfo& m : domain::kMeasures)
    EXPECT_THAT(text, HasSubstr(base::cat("| `", m.name, "` | ", m.title, " |")));
}

TEST(CatalogueTest, TheDocumentIsCurrent) {
  std::ifstream const file(testing::in_source("deploy/catalogue.md"));
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == catalogue(base::Calendar(base::CalendarUnit::kWeek)))
      << "bellwether reference catalogue >deploy/catalogue.md";
}

}  // namespace
}  // namespace bellwether::cli
