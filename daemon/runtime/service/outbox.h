// Purpose: a producer that writes its queued records before it is destroyed, as far as the drain's
// time allows.
// Thread safety: that of the producer.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "adapters/kafka/producer.h"
#include "runtime/service/foundation.h"

namespace bellwether::runtime {

class Outbox {
 public:
  // If the producer can write nothing any more, the process stops. Errors: those of the producer.
  static absl::StatusOr<std::unique_ptr<Outbox>> open(Foundation& foundation, KafkaClient client,
                                                      const kafka::ProducerTuning& tuning);
  ~Outbox();
  kafka::Producer& producer() { return *producer_; }

 private:
  Outbox(Foundation& foundation, std::unique_ptr<kafka::Producer> producer)
      : foundation_(foundation), producer_(std::move(producer)) {}
  Foundation& foundation_;
  std::unique_ptr<kafka::Producer> const producer_;
};

}  // namespace bellwether::runtime
