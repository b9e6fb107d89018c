// Purpose: options of the subcommands that talk to Kafka themselves.
// Thread safety: values.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/kafka/client.h"
#include "cli/context.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/domain/topics.h"

namespace bellwether::cli {

struct KafkaOptions {
  std::string brokers = "localhost:9092";
  std::vector<std::string> properties;
  domain::TopicNames topics;  // of the inputs
  std::string journal_topic = "bellwether.journal";
  std::string dead_letters_topic = "bellwether.dead-letters";

  kafka::ClientOptions client() const {
    kafka::ClientOptions out;
    out.bootstrap_servers = brokers;
    out.client_id = "bellwether";
    for (const std::string& text : properties) {
      size_t const equals = text.find('=');
      out.properties.emplace_back(text.substr(0, equals),
                                  equals == std::string::npos ? "" : text.substr(equals + 1));
    }
    return out;
  }
};

// Example: "--support-topic".
inline std::string topic_option(const domain::TopicInfo& topic) {
  std::string option = base::cat("--", topic.config_key);
  std::ranges::replace(option, '_', '-');
  return option;
}

inline void add_kafka_options(CLI::App& app, KafkaOptions& o) {
  app.add_option("--brokers", o.brokers, "host:port of one or more brokers")
      ->envname("BELLWETHER_KAFKA_BOOTSTRAP_SERVERS")
      ->capture_default_str();
  app.add_option("--property", o.properties, "librdkafka's property=value, for SASL and TLS");
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (!is_consumable(topic)) continue;
    bool const required = topic.consumption == domain::Consumption::kRequired;
    CLI::Option& option = *app.add_option(topic_option(topic), o.topics[topic.id],
                                          required ? "" : "\"\" = not consumed");
    option.capture_default_str();
    if (!required) continue;
    option.check([](const std::string& name) { return name.empty() ? "must name a topic" : ""; });
  }
  app.add_option("--journal-topic", o.journal_topic)->capture_default_str();
  app.add_option("--dead-letters-topic", o.dead_letters_topic)->capture_default_str();
}

inline Exit exit_of(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return Exit::kUsage;
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return Exit::kUnreachable;
  if (absl::IsNotFound(status)) return Exit::kNotFound;
  return Exit::kFailure;
}

// Drops librdkafka's log lines: the library retries by itself, and errors are reported as statuses.
inline base::LogFn quiet_log() {
  return [](base::LogLevel, std::string_view, std::string_view) {};
}

}  // namespace bellwether::cli
