// Purpose: counts the records of one input that break what producers must keep to: the key's
// partition and the producer's own timestamp. Such records are valid, so they are folded, but
// figures may be wrong because of them.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "adapters/kafka/consumer.h"

namespace bellwether::runtime {

enum class ContractBreach : uint8_t {
  kMisplaced,    // in another partition than the key's (kafka::partition_of)
  kBrokerTimed,  // the timestamp is that of the broker (message.timestamp.type=LogAppendTime)
};
inline constexpr size_t kContractBreaches = 2;
// By breach: its name in metrics, and its effect and correction for people.
inline constexpr std::array<std::string_view, kContractBreaches> kContractBreachNames = {
    "misplaced", "broker_timed"};
inline constexpr std::array<std::string_view, kContractBreaches> kContractBreachTexts = {
    "records are in another partition than their keys have by Kafka's default partitioner "
    "(murmur2): if the facts of a business are in two partitions, some are not counted. Set the "
    "producer's partitioner (librdkafka: partitioner=murmur2_random), and publish its records "
    "again into new topics",
    "records have the broker's time instead of the producer's: late records count as published "
    "when they arrived. Set message.timestamp.type=CreateTime, and publish the records again into "
    "a new topic"};

// Counts by breach.
class InputContract {
 public:
  // A record of a business (or of a case of no business) that was decoded. `partitions`: of the
  // topic.
  void note(const kafka::Record& record, int32_t partition, int32_t partitions);
  int64_t count(ContractBreach breach) const { return counts_[static_cast<size_t>(breach)]; }
  const std::array<int64_t, kContractBreaches>& counts() const { return counts_; }

 private:
  std::array<int64_t, kContractBreaches> counts_{};
};

}  // namespace bellwether::runtime
