// Purpose: what the topics must be like, and creating them.
// Thread safety: functions without state; each makes a client of its own and waits for the broker.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"

namespace bellwether::kafka {

struct TopicSpec {
  std::string name;
  int partitions = 1;
  int replication = 1;
  int64_t retention_ms = -1;  // −1: for ever; registers date back decades
};

struct TopicInfo {
  std::string name;
  int partitions = 0;
  int64_t retention_ms = -1;     // −1: for ever
  int64_t retention_bytes = -1;  // of a partition, −1: any number
  std::string cleanup_policy = "delete";
};

struct ClusterInfo {
  std::string cluster_id;
  std::vector<TopicInfo> topics;  // in the order asked
};

// Errors: NotFound naming every missing topic and the command that creates it; Unavailable or
// DeadlineExceeded when no broker answers.
absl::StatusOr<ClusterInfo> describe(const ClientOptions& options,
                                     const std::vector<std::string>& topics, absl::Duration wait,
                                     const base::LogFn& log);

// A topic that exists with the same number of partitions is left as it is. Error:
// FailedPrecondition when it has another number.
absl::Status create_topics(const ClientOptions& options, const std::vector<TopicSpec>& topics,
                           absl::Duration wait, const base::LogFn& log);

// What the topic forgets and how to make it keep it; empty when it keeps everything.
std::string retention_note(const TopicInfo& topic);

// Input topics must agree: equal partition counts. Error: FailedPrecondition, naming both.
absl::Status check_aligned(const std::vector<TopicInfo>& inputs);

}  // namespace bellwether::kafka
