// Fuzzes events::Decoder with a record. Input: one byte of choices, the timestamp (8 bytes), the
// length of the key (1 byte), the key, the value. An accepted record is within all limits that the
// decoder documents. A record that protobuf does not accept is refused. Only such a record is
// "malformed" or "id_not_utf8". A frame does not change the result. The bucket of a first response
// is that of a count of working minutes.
#include "core/events/decoder.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <tuple>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/events/frame.h"
#include "core/events/identity.h"
#include "core/events/message.h"
#include "fuzz/input.h"
#include "support/time_zones.h"
#include "unit/core/events/against_protobuf.h"
#include "unit/core/events/fixture.h"

namespace bellwether::events {
namespace {

// Choices in the bits above the two bits of the topic. With kKeyFromMessage, the key is computed
// from the message; otherwise few inputs would pass the check of the key.
constexpr uint8_t kSchemaIdInHeader = 1 << 2;
constexpr uint8_t kKeyFromMessage = 1 << 3;

// The range of Event::code by kind, inclusive.
struct CodeRange {
  uint8_t least;
  uint8_t most;
};
constexpr std::array<CodeRange, domain::kKindCount> kCodes = {{
    {0, 0},    // heartbeat
    {0, 0},    // registered
    {0, 0},    // changed
    {1, 2},    // status_changed
    {1, 3},    // filing_recorded
    {1, 3},    // filing_due
    {1, 7},    // insolvency_case
    {1, 3},    // strike_off_notice
    {1, 2},    // charge_changed
    {0, 2},    // officer_changed
    {0, 255},  // interaction: a bit set
    {1, 4},    // referral
    {1, 10},   // outcome
    {0, 5},    // regulatory_contact
    {0, 0},    // redundancy_notice
    {0, 0},    // award
    {1, 4},    // observation
    {0, 0},    // retracted
}};

std::optional<std::string_view> message_of(const RawRecord& record) {
  bool const framed = !record.schema_id_in_header && is_framed(record.value);
  return framed ? unframe(record.value) : record.value;
}

std::string key_from(const Message& m, Topic topic) {
  if (topic == Topic::kObservations) return std::string(m.text(kSeriesId));
  if (m.number(kHasBusiness) == 0 && !m.text(kCaseId).empty()) {
    return base::cat(kCaseKeyPrefix, m.text(kCaseId));
  }
  return canonical_business_id(m.text(kJurisdiction), m.text(kRegister), m.text(kBusinessNumber));
}

auto fields(const Event& e) {
  return std::tuple(e.kind, e.code, e.response_bucket, e.type, e.unregistered, e.business, e.fact,
                    e.sequence, e.effective, e.area, e.sector, e.size, e.minutes, e.source,
                    e.complete_to, e.unknown, e.due, e.period_end, e.referral, e.jobs,
                    e.amount_minor);
}
bool same(const std::variant<Event, Refusal>& a, const std::variant<Event, Refusal>& b) {
  if (a.index() != b.index()) return false;
  const Refusal* const refusal = std::get_if<Refusal>(&a);
  return refusal ? *refusal == std::get<Refusal>(b)
                 : fields(std::get<Event>(a)) == fields(std::get<Event>(b));
}

void check_identity(const RawRecord& record, const Message& m, const Event& e) {
  BELLWETHER_CHECK(m.text(kSource).size() <= kSourceBytesMax);
  BELLWETHER_CHECK(m.text(kEventId).size() <= kEventIdBytesMax);
  for (size_t const id : {kJurisdiction, kRegister, kBusinessNumber, kCaseId}) {
    BELLWETHER_CHECK(m.text(id).size() <= kBusinessIdBytesMax);
  }
  for (const Text& text : m.texts) BELLWETHER_CHECK(text.size <= kTextBytesMax);
  if (e.kind == EventKind::kHeartbeat) {
    BELLWETHER_CHECK(e.business.value == 0 && e.fact.value == 0);
    return;
  }
  std::string_view const event_id =
      e.kind == EventKind::kRetracted ? m.kind_text(RetractedSlots::kEventId) : m.text(kEventId);
  BELLWETHER_CHECK(!event_id.empty() && !m.text(kSource).empty());
  BELLWETHER_CHECK(e.source == base::hash64(m.text(kSource)));
  BELLWETHER_CHECK(e.fact == fact_id(m.text(kSource), event_id));
  BELLWETHER_CHECK(record.key == key_from(m, record.topic));
  BELLWETHER_CHECK(e.business == business_key(record.key));
  BELLWETHER_CHECK(e.unregistered ==
                   (record.topic == Topic::kSupport && record.key.starts_with(kCaseKeyPrefix)));
  BELLWETHER_CHECK(e.sequence.value <= base::kSourceSequenceMax);
}

void check_values(const RawRecord& record, const Event& e) {
  const reference::Reference& reference = testing::west_midlands();
  auto const [least, most] = kCodes[static_cast<size_t>(e.kind)];
  BELLWETHER_CHECK(e.code >= least && e.code <= most);
  BELLWETHER_CHECK(e.response_bucket <= kResponseBuckets && e.minutes <= kMinutesMax);
  BELLWETHER_CHECK(e.kind == EventKind::kInteraction || (e.response_bucket == 0 && e.minutes == 0));
  BELLWETHER_CHECK(e.type <= InteractionType::kRefused);
  BELLWETHER_CHECK(e.kind == EventKind::kInteraction || e.type == InteractionType::kUnstated);
  BELLWETHER_CHECK(e.size == kNoSize || e.size.value <= kSizeBandMax);
  // An official figure may be of any area and sector.
  bool const of_any_node = e.kind == EventKind::kObservation;
  BELLWETHER_CHECK(e.sector == kNoSector || of_any_node || reference.sectors.at(e.sector).is_leaf);
  bool const unknown_place = e.unknown[static_cast<size_t>(UnknownCode::kArea)] ||
                             e.unknown[static_cast<size_t>(UnknownCode::kPostcode)];
  bool const nowhere =
      (e.kind == EventKind::kRegistered || unknown_place) && e.area == reference::kRootArea;
  BELLWETHER_CHECK(e.area == kNoArea || nowhere || of_any_node ||
                   (reference.areas.at(e.area).is_leaf && !reference.areas.at(e.area).is_set));
  if (e.kind == EventKind::kHeartbeat) {
    BELLWETHER_CHECK(e.complete_to.value > 0);
    BELLWETHER_CHECK(base::civil_date(base::days_of(e.complete_to)).year <= kLatestYear);
    return;
  }
  int const year = base::civil_date(e.effective).year;
  BELLWETHER_CHECK(year >= kEarliestYear && year <= kLatestYear);
  // Kafka's unknown timestamp is −1. The decoder treats earlier timestamps as −1.
  UnixMillis const published = std::max(record.published, UnixMillis(-1));
  constexpr int64_t kDaysBeginFirst = 14 * 3'600'000;
  int64_t const latest =
      published.value < 0
          ? published.value
          : std::min(published.value, INT64_MAX - kDaysBeginFirst) + kDaysBeginFirst;
  BELLWETHER_CHECK(base::start_of(e.effective).value <= latest);
  BELLWETHER_CHECK(e.kind != EventKind::kFilingDue || e.due != kNoDay);
  BELLWETHER_CHECK(e.kind != EventKind::kFilingRecorded || e.period_end <= e.effective);
  BELLWETHER_CHECK(e.kind == EventKind::kReferral || e.referral == 0);
  BELLWETHER_CHECK(e.kind != EventKind::kRedundancyNotice || e.jobs > 0);
  BELLWETHER_CHECK(e.kind != EventKind::kOutcome || std::abs(e.jobs) <= kOutcomeJobsMax);
  BELLWETHER_CHECK(e.amount_minor >= 0 && e.amount_minor <= kOutcomeAmountMax);
}

// A desk with summer time and a break, and a source with other hours.
reference::DeskHours desk_of(std::string_view source) {
  reference::DeskHours hours;
  hours.zone = source == "chat" ? bellwether::testing::singapore() : bellwether::testing::london();
  hours.open[0] = {{9 * 60, 12 * 60}, {13 * 60, 24 * 60}};
  hours.closed = {base::days_from_civil(2019, 5, 6)};
  return hours;
}
const reference::Reference& world() {
  static const reference::Reference* const made = [] {
    auto* const out = new reference::Reference(testing::west_midlands());
    out->desks = reference::Desks(desk_of("crm"), {{"chat", desk_of("chat")}});
    return out;
  }();
  return *made;
}

// The parts of a minute at both ends may count or not.
void check_response(const Message& m, const Event& e) {
  constexpr int64_t kMinute = bellwether::testing::kMillisPerMinute;
  constexpr int64_t kLongestCounted = 7 * 24 * 60 * kMinute;
  int64_t const received = m.kind_number(InteractionSlots::kReceivedAt);
  int64_t const response = m.kind_number(InteractionSlots::kFirstResponseAt);
  if (e.type == InteractionType::kRefused) {
    BELLWETHER_CHECK(e.response_bucket == 0 && e.minutes == 0 && e.code == 0);
    return;
  }
  BELLWETHER_CHECK((e.response_bucket > 0) == (response > 0));
  if (response == 0 || response - received > kLongestCounted) return;
  reference::DeskHours const hours = desk_of(m.text(kSource));
  auto const offset_at = [&](UnixMillis t) {
    int32_t offset = hours.zone.offset_s;
    for (const base::OffsetChange& change : hours.zone.changes) {
      if (change.at <= t) offset = change.offset_s;
    }
    return offset;
  };
  int64_t const wait = kMinute * bellwether::testing::counted_minutes(
                                     hours, UnixMillis((received / kMinute + 1) * kMinute),
                                     UnixMillis(response / kMinute * kMinute), offset_at);
  BELLWETHER_CHECK(e.response_bucket >= base::response_bucket(wait));
  BELLWETHER_CHECK(e.response_bucket <= base::response_bucket(wait + 2 * kMinute));
}

void check(const RawRecord& record) {
  Decoder const decoder(world());
  auto const result = decoder.decode(record);
  BELLWETHER_CHECK(same(result, decoder.decode(record)));
  const Refusal* const refusal = std::get_if<Refusal>(&result);
  BELLWETHER_CHECK(refusal == nullptr || static_cast<size_t>(*refusal) < kRefusals);
  BELLWETHER_CHECK(!record.value.empty() || (refusal && *refusal == Refusal::kEmptyRecord));
  if (record.value.empty()) return;

  std::optional<std::string_view> const message = message_of(record);
  BELLWETHER_CHECK(message.has_value() != (refusal && *refusal == Refusal::kBadFrame));
  if (!message) return;
  bool taken_by_protobuf = false;
  std::string const difference =
      testing::difference_from_protobuf(record.topic, *message, &taken_by_protobuf);
  if (!difference.empty()) std::fprintf(stderr, "%s\n", difference.c_str());
  BELLWETHER_CHECK(difference.empty());
  bool const malformed =
      refusal && (*refusal == Refusal::kMalformed || *refusal == Refusal::kIdNotUtf8);
  // A record without a kind is refused before its texts are checked.
  bool const no_kind =
      refusal && (*refusal == Refusal::kUnknownKind || *refusal == Refusal::kWrongTopic);
  BELLWETHER_CHECK(no_kind || malformed == !taken_by_protobuf);

  if (refusal == nullptr) {
    Message m;
    BELLWETHER_CHECK(parse_message(record.topic, *message, m));
    bool const any_topics = m.kind == kHeartbeatField || m.kind == kRetractedField;
    BELLWETHER_CHECK(any_topics || topic_of_kind_field(m.kind) == record.topic);
    check_identity(record, m, std::get<Event>(result));
    check_values(record, std::get<Event>(result));
    if (std::get<Event>(result).kind == EventKind::kInteraction)
      check_response(m, std::get<Event>(result));
  }
  if (!record.schema_id_in_header && !is_framed(record.value)) {
    std::string const framed = std::string(kFrameHeadBytes + 1, '\0') + std::string(record.value);
    RawRecord in_frame = record;
    in_frame.value = framed;
    BELLWETHER_CHECK(framed.size() > kRecordBytesMax || same(result, decoder.decode(in_frame)));
  }
}

void run(fuzz::Input input) {
  static google::protobuf::LogSilencer const silencer;  // inputs may contain invalid UTF-8
  uint8_t const choices = input.byte();
  RawRecord record;
  record.topic = static_cast<Topic>(choices % domain::kTopicCount);
  record.schema_id_in_header = (choices & kSchemaIdInHeader) != 0;
  record.published = UnixMillis(static_cast<int64_t>(input.number(8)));
  std::string key(input.text(input.byte()));
  record.value = input.rest();
  if ((choices & kKeyFromMessage) != 0) {
    Message m;
    std::optional<std::string_view> const message = message_of(record);
    if (message && parse_message(record.topic, *message, m)) key = key_from(m, record.topic);
  }
  record.key = key;
  check(record);
}

}  // namespace
}  // namespace bellwether::events

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::events::run(bellwether::fuzz::Input(data, size));
  return 0;
}
