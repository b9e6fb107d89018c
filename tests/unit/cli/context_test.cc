#include "cli/context.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bellwether::cli
