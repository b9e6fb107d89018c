// Purpose: the required settings of topics, and creating topics.
// Thread safety: functions without state; each creates its own client and waits for the broker.
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
  int64_t retention_ms = -1;  // −1: no limit; registers go back decades
};

struct TopicInfo {
  std::string name;
  int partitions = 0;
  int64_t retention_ms = -1;     // −1: no limit
  int64_t retention_bytes = -1;  // per partition; −1: no limit
  std::string cleanup_policy = "delete";
  std::string timestamp_type = "CreateTime";
  int64_t timestamp_age_max_ms = -1;  // the broker refuses records with older timestamps; −1: none
  bool unclean_election = false;      // a replica that lacks records may become leader
};

struct ClusterInfo {
  std::string cluster_id;
  std::vector<TopicInfo> topics;  // in the order of the request
};

// Errors: NotFound, with every missing topic and the command that creates it; Unavailable or
// DeadlineExceeded if no broker answers.
absl::StatusOr<ClusterInfo> describe(const ClientOptions& options,
                                     const std::vector<std::string>& topics, absl::Duration wait,
                                     const base::LogFn& log);

// Does not change a topic that exists with the same number of partitions. Error: FailedPrecondition
// if the topic exists with another number.
absl::Status create_topics(const ClientOptions& options, const std::vector<TopicSpec>& topics,
                           absl::Duration wait, const base::LogFn& log);

// Error: FailedPrecondition if the broker replaces the timestamps of producers, which say when an
// event became known.
absl::Status check_timestamps(const std::vector<TopicInfo>& inputs);

// The records that an input topic refuses or may lose, and the settings that prevent it; empty if
// there are none.
std::string acceptance_note(const TopicInfo& topic);

// The records that the topic deletes and the settings that keep them; empty if it keeps all
// records.
std::string retention_note(const TopicInfo& topic);

// Error: FailedPrecondition if the journal topic does not have one partition.
absl::Status check_journal(const TopicInfo& journal);

// All input topics must have the same number of partitions. Error: FailedPrecondition, with both
// topics.
absl::Status check_aligned(const std::vector<TopicInfo>& inputs);

}  // namespace bellwether::kafka
