// Purpose: where the records of a connector go: to the broker, or on a dry run to standard output.
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/kafka/producer.h"
#include "cli/broker/kafka_options.h"
#include "connect/said.h"

namespace bellwether::cli {

class Outlet {
 public:
  virtual ~Outlet() = default;
  // Errors: those of the broker. Then nothing said since the last settle() may be committed.
  virtual absl::Status say(const connect::Said& said) = 0;
  // Says to every partition of the topic that all that `source` published before `complete_to` is
  // said.
  virtual absl::Status heartbeat(domain::Topic topic, std::string_view source,
                                 base::UnixMillis complete_to) = 0;
  // OK if everything said so far has arrived for good. Only then may the state be committed.
  virtual absl::Status settle() = 0;

  // Where the records go: the cluster and the topics. Empty: nowhere.
  virtual std::string destination() const { return ""; }

  int64_t said() const { return said_; }

 protected:
  int64_t said_ = 0;
};

// Publishes to the topics of `options`, with the Kafka timestamps that the records state, in the
// partitions of their keys. Errors: NotFound if one of the topics does not exist;
// FailedPrecondition if a topic replaces timestamps, or if the input topics that exist do not have
// the same number of partitions; Unavailable.
absl::StatusOr<std::unique_ptr<Outlet>> publisher(const KafkaOptions& options,
                                                  const std::vector<domain::Topic>& topics);

// Prints each record as one line: day of publication, key, id, date, and what it says.
std::unique_ptr<Outlet> dry_run();

// The line of a record, for people.
std::string line_of(const connect::Said& said);

}  // namespace bellwether::cli
