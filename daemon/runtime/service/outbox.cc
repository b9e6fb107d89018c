#include "runtime/service/outbox.h"

#include "core/base/text.h"
#include "runtime/service/wording.h"

namespace bellwether::runtime {

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::open(Foundation& foundation, KafkaClient client,
                                                     const kafka::ProducerTuning& tuning) {
  auto producer = kafka::Producer::create(
      foundation.client_for(client), tuning, foundation.log, [&foundation](std::string_view why) {
        foundation.log(base::LogLevel::kError, "producer", wording::producer_is_lost(why));
        foundation.stop.request(Exit::kFailure);
      });
  if (!producer.ok()) return producer.status();
  return std::unique_ptr<Outbox>(new Outbox(foundation, *std::move(producer)));
}

Outbox::~Outbox() {
  absl::Status const flushed = producer_->flush(foundation_.stop.time_left());
  if (!flushed.ok()) {
    foundation_.log(base::LogLevel::kWarning, "stop",
                    wording::not_all_written(base::from_absl(flushed.message())));
  }
}

}  // namespace bellwether::runtime
