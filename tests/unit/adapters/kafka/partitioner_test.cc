#include "adapters/kafka/partitioner.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace bellwether::kafka {
namespace {

// Hashes of Kafka's own test of its murmur2 (org.apache.kafka.common.utils.UtilsTest).
TEST(PartitionerTest, F4_IsThatOfTheJavaClients) {
  constexpr std::pair<std::string_view, int32_t> kHashes[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [key, hash] : kHashes) {
    for (int32_t partitions : {1, 3, 12, 1024}) {
      EXPECT_EQ(partition_of(key, partitions), (hash & INT32_MAX) % partitions) << key;
    }
  }
}

}  // namespace
}  // namespace bellwether::kafka
