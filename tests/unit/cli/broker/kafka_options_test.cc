#include "cli/broker/kafka_options.h"

#include <gtest/gtest.h>

namespace bellwether::cli {
namespace {

TEST(KafkaOptionsTest, AnUnreachableBrokerHasASeparateExitCode) {
  EXPECT_EQ(exit_of(absl::UnavailableError("")), Exit::kUnreachable);
  EXPECT_EQ(exit_of(absl::DeadlineExceededError("")), Exit::kUnreachable);
  EXPECT_EQ(exit_of(absl::InvalidArgumentError("")), Exit::kUsage);
  EXPECT_EQ(exit_of(absl::NotFoundError("")), Exit::kNotFound);
  EXPECT_EQ(exit_of(absl::FailedPreconditionError("")), Exit::kFailure);
}

}  // namespace
}  // namespace bellwether::cli
