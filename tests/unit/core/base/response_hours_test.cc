#include "core/base/response_hours.h"

#include <gtest/gtest.h>

namespace bellwether::base {
namespace {

TEST(ResponseHoursTest, ABucketContainsWaitsUpToItsUpperLimit) {
  EXPECT_EQ(response_bucket(0), 1);
  for (size_t b = 0; b < kResponseHours.size(); ++b) {
    auto const end = static_cast<int64_t>(kResponseHours[b] * 3'600'000);
    EXPECT_EQ(response_bucket(end), b + 1);
    EXPECT_EQ(response_bucket(end + 1), b + 2);
  }
  EXPECT_EQ(response_bucket(INT64_MAX / 2), kResponseBuckets);
}

}  // namespace
}  // namespace bellwether::base
