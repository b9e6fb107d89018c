// Purpose: the Kafka clients that a process keeps, by what they do, and what librdkafka last said
// of each. Thread safety: all functions may be called from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/kafka/client.h"
#include "adapters/kafka/statistics.h"

namespace bellwether::runtime {

enum class KafkaClient {
  kInputs,
  kJournalReader,
  kLettersReader,
  kLeadership,
  kJournalProducer,
  kLettersProducer,
};
inline constexpr size_t kKafkaClients = 6;

// The values of the label `client`, by KafkaClient.
inline constexpr std::array<std::string_view, kKafkaClients> kKafkaClientNames = {
    "inputs",     "journal_reader",   "letters_reader",
    "leadership", "journal_producer", "letters_producer"};

// By KafkaClient; nullopt until librdkafka has told something of the client.
using KafkaStatistics = std::array<std::optional<kafka::ClientStatistics>, kKafkaClients>;

class KafkaClients {
 public:
  // `options` for a client whose statistics are kept here. This object must outlive the client.
  kafka::ClientOptions watched(kafka::ClientOptions options, KafkaClient client) {
    options.statistics = [this, client](const kafka::ClientStatistics& statistics) {
      std::lock_guard lock(mutex_);
      latest_[static_cast<size_t>(client)] = statistics;
    };
    return options;
  }
  KafkaStatistics latest() const {
    std::lock_guard lock(mutex_);
    return latest_;
  }

 private:
  mutable std::mutex mutex_;
  KafkaStatistics latest_;
};

}  // namespace bellwether::runtime
