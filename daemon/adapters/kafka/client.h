// Purpose: what all Kafka clients of the program share: connection settings, RAII for librdkafka's
// handles, and its errors as absl::Status.
// Thread safety: values; librdkafka's handles are thread-safe.
#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/kafka/statistics.h"
#include "core/base/log.h"

namespace bellwether::kafka {

struct ClientOptions {
  std::string bootstrap_servers;
  std::string client_id = "bellwetherd";
  // Passed to librdkafka unchanged: security.protocol, sasl.*, ssl.*.
  std::vector<std::pair<std::string, std::string>> properties;
  // Called every statistics_every_ms from a thread that serves the client's callbacks. Empty: the
  // client makes no statistics. Leave it empty for a client whose callbacks nobody serves, which
  // would keep them all.
  std::function<void(const ClientStatistics&)> statistics;
  int statistics_every_ms = kStatisticsEveryMs;
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

// Shared by all clients of a process. It must outlive the clients.
struct Callbacks {
  base::LogFn log;
  // Called from librdkafka's thread for client-wide errors, also if all brokers are down.
  std::function<void(rd_kafka_resp_err_t error, std::string_view reason)> error;
  // Called if the client can do nothing more. If this is empty, `error` is called instead.
  std::function<void(std::string_view reason)> fatal;
  std::function<void(const rd_kafka_message_t&)> delivered;
  std::function<void(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)> rebalance;
  std::function<void(const ClientStatistics&)> statistics;  // make_client() sets it
};

// Error: InvalidArgument, with the setting that librdkafka refuses. `callbacks` must outlive the
// result.
absl::StatusOr<Client> make_client(rd_kafka_type_t type, const ClientOptions& options,
                                   const Settings& settings, Callbacks* callbacks);

// Checks properties with librdkafka itself, in the order in which a client gets them: those of a
// plugin are known only after plugin.library.paths. Thread safety: for one thread.
class PropertyCheck {
 public:
  PropertyCheck();
  // What librdkafka says against the property, for people; empty if it knows the property and takes
  // the value. Without a value only the name is checked.
  std::string error(const std::string& name, const std::optional<std::string>& value);

 private:
  Conf conf_;
};

// Makes a client of these options that knows no broker, and ends it again. Error: InvalidArgument,
// with the reason why librdkafka refuses the settings: one by one, or together (a SASL mechanism
// without a user name, a certificate that cannot be read).
absl::Status check_client(const ClientOptions& options);

// NotFound for unknown topics and partitions, OutOfRange for offsets, DeadlineExceeded for
// timeouts, Unavailable for unreachable brokers, PermissionDenied for authentication,
// InvalidArgument for records that are too large, ResourceExhausted for a full queue, otherwise
// Internal.
absl::Status to_status(rd_kafka_resp_err_t error, std::string_view what);

}  // namespace bellwether::kafka
