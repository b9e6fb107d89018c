#include "cli/broker/key_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/kafka/partitioner.h"
#include "bellwether/events/v1/registration.pb.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int32_t kBefore = 4;  // partitions
constexpr int32_t kAfter = 6;

std::string registered() {
  events::v1::RegistrationEvent event;
  event.mutable_registered();
  return event.SerializeAsString();
}

// Counts in a topic of `partitions` partitions whose records were written when there were kBefore.
std::vector<KeyCount> counts(int32_t partitions, int keys) {
  CheckedTopic const topic{domain::Topic::kRegistrations, "r", partitions};
  std::vector<KeyCount> out;
  for (int32_t p = 0; p < partitions; ++p) out.push_back({topic, p});
  for (int i = 0; i < keys; ++i) {
    std::string const key = base::cat("GB:ch:", i);
    out[static_cast<size_t>(kafka::partition_of(key, kBefore))].note(key, registered());
  }
  return out;
}

TEST(KeyCheckTest, KeysInTheirPartitionsAreNoError) {
  EXPECT_TRUE(check_keys(counts(kBefore, 200)).ok());
  EXPECT_TRUE(check_keys({}).ok());
}

TEST(KeyCheckTest, KeysFromBeforePartitionsWereAddedAreCounted) {
  std::vector<KeyCount> const found = counts(kAfter, 200);
  absl::Status const status = check_keys(found);
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr(base::cat("topic r: of the oldest records that it keeps, ",
                                found[0].misplaced, " of ", found[0].checked, " in partition 0, ")),
            HasSubstr("in partition 3 have the key of another of its 6 partitions"),
            Not(HasSubstr("in partition 4"))));
}

TEST(KeyCheckTest, HeartbeatsAndWhatIsNoEventHaveNoPartition) {
  KeyCount count{{domain::Topic::kRegistrations, "r", kAfter}, 0};
  events::v1::RegistrationEvent heartbeat;
  heartbeat.mutable_heartbeat()->set_complete_to(1);
  for (int i = 0; i < 50; ++i) {
    count.note(base::cat(i), heartbeat.SerializeAsString());
    count.note(base::cat(i), "");
    count.note(base::cat(i), "\xff");
  }
  EXPECT_EQ(count.read, 150);
  EXPECT_EQ(count.checked, 0);
  EXPECT_EQ(count.misplaced, 0);
}

TEST(KeyCheckTest, TheRecordsAreBounded) {
  KeyCount events{{domain::Topic::kRegistrations, "r", kAfter}, 0};
  for (int i = 0; !events.enough(); ++i) events.note(base::cat(i), registered());
  EXPECT_EQ(events.checked, kKeysCheckedMax);
  KeyCount others = events;
  others.checked = others.read = 0;
  while (!others.enough()) others.note("", "");
  EXPECT_EQ(others.read, kKeysReadMax);
  others.note("", registered());
  EXPECT_EQ(others.checked, 0);
}

}  // namespace
}  // namespace bellwether::cli
