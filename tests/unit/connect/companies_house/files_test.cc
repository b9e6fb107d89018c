#include "connect/companies_house/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellwether::connect::companies_house {
namespace {

using ::testing::HasSubstr;

std::string date(const std::vector<std::string>& paths, std::optional<base::Days> as_of = {}) {
  auto const found = date_of_load(paths, as_of, base::days_from_civil(2026, 12, 1));
  return found.ok() ? base::format_date(*found) : std::string(found.status().message());
}

TEST(FilesTest, TheDateIsInTheName) {
  EXPECT_EQ(date({"/data/BasicCompanyDataAsOneFile-2026-11-01.zip"}), "2026-11-01");
  EXPECT_EQ(date({"BasicCompanyDataAsOneFile-2026-11-01.csv"}), "2026-11-01");
  EXPECT_EQ(date({"2026-12-01/BasicCompanyDataAsOneFile-2026-11-01.csv"}), "2026-11-01");
}

TEST(FilesTest, WithoutADateTheUserStatesIt) {
  EXPECT_THAT(date({"download.csv"}), HasSubstr("state it with --as-of 2026-11-01"));
  EXPECT_EQ(date({"download.csv"}, base::days_from_civil(2026, 10, 1)), "2026-10-01");
}

TEST(FilesTest, AStatedDateThatContradictsTheNameIsTold) {
  EXPECT_THAT(
      date({"BasicCompanyDataAsOneFile-2026-11-01.csv"}, base::days_from_civil(2026, 10, 1)),
      HasSubstr("is of 2026-11-01, but --as-of is of 2026-10-01; leave --as-of out"));
  EXPECT_EQ(date({"BasicCompanyDataAsOneFile-2026-11-01.csv"}, base::days_from_civil(2026, 11, 1)),
            "2026-11-01");
}

TEST(FilesTest, AFileOfTheFutureIsTold) {
  EXPECT_EQ(date({"BasicCompanyDataAsOneFile-2026-12-01.csv"}), "2026-12-01") << "today";
  EXPECT_THAT(date({"BasicCompanyDataAsOneFile-2026-12-02.csv"}),
              HasSubstr("is of 2026-12-02, which is in the future; today is 2026-12-01"));
  EXPECT_THAT(date({"a.csv"}, base::days_from_civil(2031, 1, 1)), HasSubstr("in the future"));
}

TEST(FilesTest, AllPartsOfOneMonthAreOneLoad) {
  EXPECT_EQ(
      date({"BasicCompanyData-2026-11-01-part2_2.zip", "BasicCompanyData-2026-11-01-part1_2.zip"}),
      "2026-11-01");
}

TEST(FilesTest, AMissingPartIsTold) {
  EXPECT_THAT(
      date({"BasicCompanyData-2026-11-01-part1_7.zip", "BasicCompanyData-2026-11-01-part2_7.zip",
            "BasicCompanyData-2026-11-01-part4_7.zip", "BasicCompanyData-2026-11-01-part5_7.zip",
            "BasicCompanyData-2026-11-01-part7_7.zip"}),
      HasSubstr("of 7 parts these are missing: 3, 6"));
}

TEST(FilesTest, FilesThatDoNotBelongTogetherAreTold) {
  EXPECT_THAT(
      date({"BasicCompanyData-2026-11-01-part1_2.zip", "BasicCompanyData-2026-12-01-part2_2.zip"}),
      HasSubstr("give one month at a time"));
  EXPECT_THAT(date({"BasicCompanyDataAsOneFile-2026-11-01.csv",
                    "BasicCompanyDataAsOneFile-2026-12-01.csv"}),
              HasSubstr("a second whole file; give one month at a time"));
  EXPECT_THAT(
      date({"BasicCompanyData-2026-11-01-part1_2.zip", "BasicCompanyData-2026-11-01-part1_2.zip"}),
      HasSubstr("part 1 is there twice"));
  EXPECT_THAT(
      date({"BasicCompanyDataAsOneFile-2026-11-01.csv", "BasicCompanyData-2026-11-01-part1_2.zip"}),
      HasSubstr("give the parts of one download, or the one whole file"));
}

}  // namespace
}  // namespace bellwether::connect::companies_house
