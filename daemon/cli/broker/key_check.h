// Purpose: whether records are in the partitions of their keys. They are not if partitions were
// added to a topic that already had records, or if a producer has another partitioner.
// Thread safety: functions without state. count_keys() creates its own client and waits for the
// broker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"
#include "core/domain/topics.h"

namespace bellwether::cli {

// Of each partition the oldest records are checked, because they are from before a change.
inline constexpr int32_t kKeysCheckedMax = 1'000;
inline constexpr int32_t kKeysReadMax = 10'000;  // with the records that are not checked

struct CheckedTopic {
  domain::Topic topic{};
  std::string name;
  int32_t partitions = 1;
};

// The checked records of a partition. Heartbeats go to every partition and are not checked, nor is
// what is no event.
struct KeyCount {
  CheckedTopic topic;
  int32_t partition = 0;
  int32_t read = 0;
  int32_t checked = 0;
  int32_t misplaced = 0;  // whose key has another partition (kafka::partition_of)

  void note(std::string_view key, std::string_view value);
  bool enough() const { return checked == kKeysCheckedMax || read == kKeysReadMax; }
};

// By topic and partition. Errors: those of kafka::to_status(); DeadlineExceeded.
absl::StatusOr<std::vector<KeyCount>> count_keys(const kafka::ClientOptions& options,
                                                 const std::vector<CheckedTopic>& topics,
                                                 absl::Duration wait, const base::LogFn& log);

// Error: FailedPrecondition if keys are misplaced; it names each topic and partition.
absl::Status check_keys(const std::vector<KeyCount>& counts);

}  // namespace bellwether::cli
