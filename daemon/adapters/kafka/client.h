// Purpose: what every Kafka client of ours shares: connection settings, RAII over librdkafka's
// handles, its errors as absl::Status. Thread safety: values; librdkafka's handles are thread-safe.
#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/log.h"

namespace bellwether::kafka {

struct ClientOptions {
  std::string bootstrap_servers;
  std::string client_id = "bellwetherd";
  // Handed to librdkafka as they stand: security.protocol, sasl.*, ssl.*.
  std::vector<std::pair<std::string, std::string>> properties;
};

template <class T, void (*Destroy)(T*)>
struct HandleDeleter {
  void operator()(T* handle) const { Destroy(handle); }
};
template <class T, void (*Destroy)(T*)>
using Handle = std::unique_ptr<T, HandleDeleter<T, Destroy>>;

using Conf = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Client = Handle<rd_kafka_t, rd_kafka_destroy>;
using Queue = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Message = Handle<rd_kafka_message_t, rd_kafka_message_destroy>;
using PartitionList =
    Handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

using Settings = std::vector<std::pair<std::string, std::string>>;

// Shared by all clients of a process: outlives them.
struct Callbacks {
  base::LogFn log;
  // From librdkafka's thread: a client-wide error; all brokers down among them.
  std::function<void(rd_kafka_resp_err_t error, std::string_view reason)> error;
  // The client can do nothing more. Without this, told as an error.
  std::function<void(std::string_view reason)> fatal;
  std::function<void(const rd_kafka_message_t&)> delivered;
  std::function<void(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)> rebalance;
};

// Error: InvalidArgument naming the setting that librdkafka refuses. `callbacks` outlive the
// result.
absl::StatusOr<Client> make_client(rd_kafka_type_t type, const ClientOptions& options,
                                   const Settings& settings, Callbacks* callbacks);

// NotFound for unknown topics and partitions, OutOfRange for offsets, DeadlineExceeded, Unavailable
// for brokers out of reach, PermissionDenied for authentication, InvalidArgument for records that
// are too large, ResourceExhausted for a full queue, else Internal.
absl::Status to_status(rd_kafka_resp_err_t error, std::string_view what);

}  // namespace bellwether::kafka
