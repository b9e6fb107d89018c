#include "cli/context.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace bellwether::cli {
namespace {

using std::string_view_literals::operator""sv;

TEST(ContextTest, r4_AMessageWithANulByteIsPrintedInFull) {
  using std::string_literals::operator""s;
  Context context;
  ::testing::internal::CaptureStderr();
  context.fail(Exit::kUsage, "'4\0001' is not a number; write a count"sv);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "bellwether: '4\0001' is not a number; write a count\n"s);
  EXPECT_EQ(context.exit_code, 2);
}

TEST(ContextTest, AnErrorOfTheServerNamesACommand) {
  Context context;
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(context.ok({grpc::StatusCode::INVALID_ARGUMENT,
                           "name: no indicator \"x\"; ListIndicators names them all"}));
  EXPECT_FALSE(context.ok({grpc::StatusCode::NOT_FOUND, "no alert \"ListAlerts\""}));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "bellwether: name: no indicator \"x\"; 'bellwether indicators list' names them all\n"
            "bellwether: no alert \"ListAlerts\"\n");
}

TEST(ContextTest, F10_AnyInstantCanBePrinted) {
  EXPECT_EQ(instant(1'795'904'100'000), "2026-11-28 22:15");
  EXPECT_EQ(day(1'795'904'100'000), "2026-11-28");
  EXPECT_EQ(instant(INT64_MAX), "after 9999-12-31");
  EXPECT_EQ(day(INT64_MAX), "after 9999-12-31");
  EXPECT_EQ(instant(INT64_MIN), "before 0000-01-01");
  EXPECT_EQ(instant(0), "1970-01-01 00:00");
}

TEST(ContextTest, F10_AnOptionsNumberHasARange) {
  CLI::App app;
  double hours = 24;
  app.add_option("--hours", hours)->check(at_most(100));
  for (const char* text : {"100", "0.5", "1e2"}) {
    EXPECT_NO_THROW(app.parse(std::string("--hours ") + text)) << text;
  }
  for (const char* text : {"0", "100.1", "1e300", "nan", "inf", "many"}) {
    EXPECT_THROW(app.parse(std::string("--hours ") + text), CLI::ValidationError) << text;
  }
}

}  // namespace
}  // namespace bellwether::cli
