#include "runtime/ingest/input_contract.h"

#include <gtest/gtest.h>

#include "adapters/kafka/partitioner.h"

namespace bellwether::runtime {
namespace {

constexpr int32_t kContractPartitions = 4;

TEST(InputContractTest, F4_CountsARecordInAnotherPartitionThanItsKeys) {
  kafka::Record record;
  record.key = "GB/companies-house/01234567";
  int32_t const own = kafka::partition_of(record.key, kContractPartitions);
  InputContract contract;
  contract.note(record, own, kContractPartitions);
  EXPECT_EQ(contract.count(ContractBreach::kMisplaced), 0);
  contract.note(record, (own + 1) % kContractPartitions, kContractPartitions);
  EXPECT_EQ(contract.count(ContractBreach::kMisplaced), 1);
  contract.note(record, 0, 1);
  EXPECT_EQ(contract.count(ContractBreach::kMisplaced), 1) << "one partition has all keys";
}

TEST(InputContractTest, F5_CountsARecordWithTheBrokersTime) {
  kafka::Record record;
  record.key = "k";
  record.broker_timed = true;
  InputContract contract;
  contract.note(record, 0, 1);
  EXPECT_EQ(contract.count(ContractBreach::kBrokerTimed), 1);
  EXPECT_EQ(contract.count(ContractBreach::kMisplaced), 0);
}

}  // namespace
}  // namespace bellwether::runtime
