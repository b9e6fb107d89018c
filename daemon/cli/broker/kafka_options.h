// Purpose: options of the subcommands that speak to Kafka themselves.
// Thread safety: values.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "adapters/kafka/client.h"
#include "cli/context.h"
#include "core/base/log.h"

namespace bellwether::cli {

struct KafkaOptions {
  std::string brokers = "localhost:9092";
  std::vector<std::string> properties;
  std::string registrations_topic = "bellwether.registrations";
  std::string support_topic = "bellwether.support";
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

inline void add_kafka_options(CLI::App& app, KafkaOptions& o) {
  app.add_option("--brokers", o.brokers, "host:port of one or more brokers")
      ->envname("BELLWETHER_KAFKA_BOOTSTRAP_SERVERS")
      ->capture_default_str();
  app.add_option("--property", o.properties, "librdkafka's property=value, for SASL and TLS");
  app.add_option("--registrations-topic", o.registrations_topic)->capture_default_str();
  app.add_option("--support-topic", o.support_topic)->capture_default_str();
  app.add_option("--journal-topic", o.journal_topic)->capture_default_str();
  app.add_option("--dead-letters-topic", o.dead_letters_topic)->capture_default_str();
}

inline Exit exit_of(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return Exit::kUsage;
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) return Exit::kUnreachable;
  if (absl::IsNotFound(status)) return Exit::kNotFound;
  return Exit::kFailure;
}

// Only errors; what the library retries by itself is not a person's business.
inline base::LogFn quiet_log() {
  return [](base::LogLevel, std::string_view, std::string_view) {};
}

}  // namespace bellwether::cli
