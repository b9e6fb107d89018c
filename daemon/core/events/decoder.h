// Purpose: decodes a Kafka record into an Event, or into the Refusal that says why the record is
// not valid. The checks run in this order: frame, wire format, presence of ids, limits, dates,
// codes.
// Thread safety: a Decoder is const and keeps no state between records, so threads may share it.
// Cost: one pass over the bytes, without allocation. wire.h reads the wire format; tests compare it
// with protobuf's own parser on random and mutated bytes.
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
inline constexpr size_t kTextBytesMax = 256;       // each of the other text fields
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
  // An effective date after the latest day on earth at this instant is refused, whatever
  // `published` is. The caller sets it to the current time plus the allowed clock difference. It
  // protects against a wrong `published`: a timestamp in microseconds is centuries ahead. The date
  // of a filing that is due may be later.
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

// The record key that a producer must use, for example "GB/companies-house/01234567".
std::string canonical_business_id(std::string_view jurisdiction, std::string_view register_name,
                                  std::string_view id);
// Key of a business or an enquirer, from the canonical id or "case:ID".
BusinessKey business_key(std::string_view canonical_id);
FactId fact_id(std::string_view source, std::string_view event_id);

}  // namespace bellwether::events
