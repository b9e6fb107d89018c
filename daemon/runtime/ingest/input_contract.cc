#include "runtime/ingest/input_contract.h"

#include "adapters/kafka/partitioner.h"

namespace bellwether::runtime {

void InputContract::note(const kafka::Record& record, int32_t partition, int32_t partitions) {
  auto const add = [this](ContractBreach breach, bool broken) {
    counts_[static_cast<size_t>(breach)] += int64_t{broken};
  };
  add(ContractBreach::kMisplaced,
      partitions > 1 && kafka::partition_of(record.key, partitions) != partition);
  add(ContractBreach::kBrokerTimed, record.broker_timed);
}

}  // namespace bellwether::runtime
