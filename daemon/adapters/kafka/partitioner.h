// Purpose: the partition of a key. All producers of input topics must use the same partitioner,
// because the records of a business are counted together only in one partition of every topic.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace bellwether::kafka {

// The value of librdkafka's property `partitioner` that agrees with partition_of(). Java's clients
// and Kafka Connect use it by default; librdkafka and the clients based on it do not.
inline constexpr char kPartitioner[] = "murmur2_random";

// The partition that Kafka's default partitioner (murmur2) gives to a key. REQUIRES: partitions >
// 0.
int32_t partition_of(std::string_view key, int32_t partitions);

}  // namespace bellwether::kafka
