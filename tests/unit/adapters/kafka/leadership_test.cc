#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "adapters/kafka/journal.h"
#include "support/must.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

using ::bellwether::testing::must;
using testing::eventually;
using ::testing::HasSubstr;

TEST(LeadershipTest, ARefusalByTheGroupIsLoggedOnceAndTheGroupIsJoinedLater) {
  testing::MockBroker broker;
  broker.make("journal");
  broker.refuse(
      testing::kFindCoordinatorRequest,
      std::vector<rd_kafka_resp_err_t>(1000, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED));
  std::mutex mutex;
  std::vector<std::string> lines;
  auto const leadership = must(Leadership::join(
      broker.client(), {.topic = "journal"}, [](bool) {},
      [&](base::LogLevel, std::string_view facility, std::string_view line) {
        std::lock_guard lock(mutex);
        if (facility == "leadership") lines.emplace_back(line);
      }));
  ASSERT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return !lines.empty();
  }));
  EXPECT_FALSE(leadership->is_leader());
  broker.accept(testing::kFindCoordinatorRequest);
  EXPECT_TRUE(eventually([&] { return leadership->is_leader(); }, 60));
  std::lock_guard lock(mutex);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("uthorization"));
}

}  // namespace
}  // namespace bellwether::kafka
