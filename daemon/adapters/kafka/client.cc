#include "adapters/kafka/client.h"

#include <array>

#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr size_t kErrorBytes = 512;

// librdkafka uses the levels of syslog(3).
base::LogLevel to_level(int syslog) {
  if (syslog <= 3) return base::LogLevel::kError;
  if (syslog == 4) return base::LogLevel::kWarning;
  if (syslog <= 6) return base::LogLevel::kInfo;
  return base::LogLevel::kDebug;
}

void on_log(const rd_kafka_t* client, int level, const char* facility, const char* message) {
  auto* callbacks = static_cast<Callbacks*>(rd_kafka_opaque(client));
  if (callbacks != nullptr && callbacks->log) callbacks->log(to_level(level), facility, message);
}

void on_error(rd_kafka_t* client, int error, const char* reason, void* opaque) {
  auto* callbacks = static_cast<Callbacks*>(opaque);
  auto code = static_cast<rd_kafka_resp_err_t>(error);
  std::array<char, kErrorBytes> text{};
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    code = rd_kafka_fatal_error(client, text.data(), text.size());
    reason = text.data();
    if (callbacks->fatal) return callbacks->fatal(reason);
  }
  if (callbacks->error) callbacks->error(code, reason);
}

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto* callbacks = static_cast<Callbacks*>(opaque);
  if (callbacks->delivered) callbacks->delivered(*message);
}

void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto* callbacks = static_cast<Callbacks*>(opaque);
  if (callbacks->rebalance) callbacks->rebalance(client, error, partitions);
}

int on_statistics(rd_kafka_t*, char* json, size_t bytes, void* opaque) {
  auto* callbacks = static_cast<Callbacks*>(opaque);
  if (auto const statistics = parse_statistics({json, bytes})) callbacks->statistics(*statistics);
  return 0;  // librdkafka frees the text
}

}  // namespace

absl::StatusOr<Client> make_client(rd_kafka_type_t type, const ClientOptions& options,
                                   const Settings& settings, Callbacks* callbacks) {
  Conf conf(rd_kafka_conf_new());
  Settings all = {{"bootstrap.servers", options.bootstrap_servers},
                  {"client.id", options.client_id},
                  {"socket.keepalive.enable", "true"},
                  {"reconnect.backoff.max.ms", "2000"}};
  all.insert(all.end(), options.properties.begin(), options.properties.end());
  all.insert(all.end(), settings.begin(), settings.end());
  if (options.statistics)
    all.emplace_back("statistics.interval.ms", base::cat(options.statistics_every_ms));
  std::array<char, kErrorBytes> error{};
  for (const auto& [key, value] : all) {
    if (rd_kafka_conf_set(conf.get(), key.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return absl::InvalidArgumentError(
          base::cat("kafka setting ", base::excerpt(key), ": ", error.data()));
    }
  }
  rd_kafka_conf_set_opaque(conf.get(), callbacks);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (callbacks->delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivered);
  if (callbacks->rebalance) rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  if (options.statistics) {
    callbacks->statistics = options.statistics;
    rd_kafka_conf_set_stats_cb(conf.get(), on_statistics);
  }
  rd_kafka_t* const client = rd_kafka_new(type, conf.get(), error.data(), error.size());
  if (client == nullptr) {
    return absl::InvalidArgumentError(base::cat("kafka client: ", error.data()));
  }
  static_cast<void>(conf.release());  // the client owns it now
  return Client(client);
}

PropertyCheck::PropertyCheck() : conf_(rd_kafka_conf_new()) {}

std::string PropertyCheck::error(const std::string& name, const std::optional<std::string>& value) {
  std::array<char, kErrorBytes> error{};
  rd_kafka_conf_res_t const result = rd_kafka_conf_set(
      conf_.get(), name.c_str(), value.value_or("").c_str(), error.data(), error.size());
  bool const taken = value ? result == RD_KAFKA_CONF_OK : result != RD_KAFKA_CONF_UNKNOWN;
  return taken ? "" : base::excerpt(error.data(), kErrorBytes);
}

absl::Status check_client(const ClientOptions& options) {
  ClientOptions alone = options;
  alone.bootstrap_servers.clear();
  Callbacks callbacks;
  return make_client(RD_KAFKA_PRODUCER, alone, {}, &callbacks).status();
}

absl::Status to_status(rd_kafka_resp_err_t error, std::string_view what) {
  std::string const text = base::cat(what, ": ", rd_kafka_err2str(error));
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return absl::NotFoundError(text);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return absl::OutOfRangeError(text);
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return absl::DeadlineExceededError(text);
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
      return absl::UnavailableError(text);
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(text);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return absl::InvalidArgumentError(text);
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return absl::ResourceExhaustedError(text);
    default:
      return absl::InternalError(text);
  }
}

}  // namespace bellwether::kafka
