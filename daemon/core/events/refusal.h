// Purpose: the reasons why an input record is refused, in one table. A reason's name is a
// dead-letter header and a metric label.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::events {

enum class Refusal : uint8_t {
  kEmptyRecord,
  kRecordTooLarge,
  kBadFrame,
  kMalformed,
  kWrongTopic,
  kUnknownKind,
  kMissingEventId,
  kMissingSource,
  kMissingBusiness,
  kKeyMismatch,
  kIdTooLong,
  kIdNotUtf8,
  kMissingDate,
  kDateOutOfRange,
  kEffectiveAfterPublished,
  kSequenceOutOfRange,
  kNoTimestamp,
  kWrongScheme,
  kMissingDetail,
  kValueOutOfRange,
  kFiledBeforePeriodEnd,
  kTooManyFacts,
  kTooLate,
};
inline constexpr size_t kRefusals = 23;

struct RefusalText {
  std::string_view name;  // metric label and header value
  std::string_view what;  // explains the reason to people, and how to correct the record
};
inline constexpr std::array<RefusalText, kRefusals> kRefusalTexts = {{
    {"empty_record",
     "the record has no value; tombstones mean nothing here, publish a Retracted event"},
    {"record_too_large", "the value exceeds the record limit; events carry no documents"},
    {"bad_frame",
     "the Confluent frame is broken; send bare protobuf or magic 0, schema id, index [0]"},
    {"malformed", "the value is not a protobuf message of this topic's type"},
    {"wrong_topic", "the message belongs to another topic; check the producer's topic setting"},
    {"unknown_kind", "no known event kind is set; the producer may be newer than this daemon"},
    {"missing_event_id", "event_id is empty; it identifies the fact"},
    {"missing_source", "source is empty; it scopes event_id"},
    {"missing_business", "jurisdiction, register or id is empty"},
    {"key_mismatch",
     "the record key is not the canonical business id, so the partition may be wrong; BusinessRef "
     "in events/v1/common.proto says how to write it"},
    {"id_too_long", "an id exceeds its limit"},
    {"id_not_utf8", "a text is not valid UTF-8"},
    {"missing_date", "effective_date is not set"},
    {"date_out_of_range", "a date is before 1700 or after 2079, or is no calendar day"},
    {"effective_after_published",
     "the effective date is later than the record's timestamp or lies in the future"},
    {"sequence_out_of_range", "source_sequence must be below 2^48"},
    {"no_timestamp",
     "the record's timestamp is unset, before 1970 or beyond 2^48 ms, so nothing says when it "
     "became known; let Kafka set it (CreateTime, milliseconds)"},
    {"wrong_scheme", "the activity's scheme or version is not this deployment's; map it first"},
    {"missing_detail", "a field that this kind needs is unset"},
    {"value_out_of_range", "a number is negative or above its limit"},
    {"filed_before_period_end",
     "the document was filed before the period that it covers had ended; correct filed or "
     "period_end"},
    {"too_many_facts", "the business has reached the limit of facts that the ledger keeps"},
    {"too_late",
     "the filing or due date is of a time whose filings in time were forgotten after 24 months; it "
     "can no longer be stated or corrected"},
}};

constexpr std::string_view name(Refusal refusal) {
  return kRefusalTexts[static_cast<size_t>(refusal)].name;
}

}  // namespace bellwether::events
