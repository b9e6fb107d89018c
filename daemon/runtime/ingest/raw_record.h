// Purpose: converts a record of an input topic to the decoder's form.
// Thread safety: pure.
#pragma once

#include "adapters/kafka/consumer.h"
#include "core/base/calendar.h"
#include "core/events/decoder.h"
#include "core/events/frame.h"

namespace bellwether::runtime {

// `latest`: effective dates after this moment are not accepted. The result refers to the bytes of
// `record`.
inline events::RawRecord raw_record(const kafka::Record& record, events::Topic topic,
                                    base::UnixMillis latest) {
  events::RawRecord raw;
  raw.topic = topic;
  raw.key = record.key;
  raw.value = record.value;
  raw.published = base::UnixMillis(record.timestamp_ms);
  raw.schema_id_in_header = events::is_framed(record.value) && record.has_schema_id_header();
  raw.latest = latest;
  return raw;
}

}  // namespace bellwether::runtime
