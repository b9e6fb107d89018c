// Purpose: bytes of a Kafka record → Event or the reason why not. Frame, wire format, presence,
// limits, dates, codes, in that order.
// Thread safety: a Decoder is const and keeps no state between records; share it.
// Cost: one pass over the bytes without allocation. The wire is read by hand (wire.h) and held
// equal to protobuf's own parser by tests over random and mutated bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/calendar.h"
#include "core/events/event.h"
#include "core/events/refusal.h"
#include "core/reference/reference.h"

namespace bellwether::events {

inline constexpr size_t kRecordBytesMax = 64 * 1024;
inline constexpr size_t kEventIdBytesMax = 128;
inline constexpr size_t kSourceBytesMax = 128;
inline constexpr size_t kBusinessIdBytesMax = 64;  // each of jurisdiction, register, id
inline constexpr size_t kTextBytesMax = 256;       // any other text field
inline constexpr int kActivitiesMax = 16;
inline constexpr int kTopicsMax = 16;
inline constexpr int kEarliestYear = 1700;
inline constexpr int kLatestYear = 2078;

struct RawRecord {
  Topic topic{};
  std::string_view key;  // canonical business id, "case:ID", or empty for heartbeats
  std::string_view value;
  UnixMillis published;              // the Kafka timestamp
  bool schema_id_in_header = false;  // header __value_schema_id present: the value is bare
  // No effective date after this instant is believed, whatever the timestamp says: the present plus
  // what clocks may differ. A timestamp in microseconds lies centuries ahead.
  UnixMillis latest{INT64_MAX};
};

class Decoder {
 public:
  // `reference` must outlive the decoder.
  explicit Decoder(const reference::Reference& reference) : reference_(reference) {}

  std::variant<Event, Refusal> decode(const RawRecord& record) const;

 private:
  const reference::Reference& reference_;
};

// "GB/companies-house/01234567": what a producer must use as the record key.
std::string canonical_business_id(std::string_view jurisdiction, std::string_view register_name,
                                  std::string_view id);
// Key of a business or of "case:ID", from its canonical id.
BusinessKey business_key(std::string_view canonical_id);
FactId fact_id(std::string_view source, std::string_view event_id);

}  // namespace bellwether::events
