// Purpose: a producer whose records are written before it goes, as far as the drain has time.
// Thread safety: as the producer's.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "adapters/kafka/producer.h"
#include "runtime/service/foundation.h"

namespace bellwether::runtime {

class Outbox {
 public:
  // A producer that can write nothing any more stops the process. Errors: the producer's.
  static absl::StatusOr<std::unique_ptr<Outbox>> open(Foundation& foundation,
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
