#include "adapters/kafka/partitioner.h"

#include <librdkafka/rdkafka.h>

namespace bellwether::kafka {

int32_t partition_of(std::string_view key, int32_t partitions) {
  // This partitioner uses neither the topic nor the opaque pointers.
  return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(), partitions, nullptr,
                                          nullptr);
}

}  // namespace bellwether::kafka
