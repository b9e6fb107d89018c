#include "core/events/decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/base/hash.h"
#include "core/events/frame.h"
#include "core/events/identity.h"
#include "core/events/message.h"
#include "core/events/place.h"

namespace bellwether::events {
namespace {

using reference::Reference;
using Problem = std::optional<Refusal>;  // nullopt: no problem

using base::kInstantEnd;
// Kafka's timestamp for a record without a known time. No valid timestamp is earlier.
constexpr UnixMillis kTimeUnknown(-1);

// The day of a record's timestamp. The timestamp is limited to kTimeUnknown … kInstantEnd.
Days day_of_publication(UnixMillis published) {
  return base::days_of(std::clamp(published, kTimeUnknown, UnixMillis(kInstantEnd.value - 1)));
}

// The latest day on earth at that instant. A source in Auckland states its own date, which is that
// of the next day for half of the day in UTC.
Days latest_day_at(UnixMillis instant) {
  constexpr int64_t kFirstZoneMillis = 14 * int64_t{3'600'000};  // days begin first in UTC+14
  if (instant.value < 0 || instant >= kInstantEnd) return day_of_publication(instant);
  return base::days_of(UnixMillis(instant.value + kFirstZoneMillis));
}

// The last band that the contract names. The ledger can store bands up to kSizeBandMax.
constexpr int64_t kSizeBandNamedMax = domain::kSizeBands.size() - 1;
static_assert(kSizeBandNamedMax <= kSizeBandMax);

// --- ids -----------------------------------------------------------------------------------------

constexpr std::array<size_t, kKindText> kTextLimits = {
    kEventIdBytesMax,     // kEventId
    kSourceBytesMax,      // kSource
    kBusinessIdBytesMax,  // kJurisdiction
    kBusinessIdBytesMax,  // kRegister
    kBusinessIdBytesMax,  // kBusinessNumber
    kBusinessIdBytesMax,  // kCaseId
    kTextBytesMax,        // kAreaCode
    kTextBytesMax,        // kPostcode
    kTextBytesMax,        // kActivityScheme
    kTextBytesMax,        // kActivityVersion
    kTextBytesMax,        // kActivityCode
    kBusinessIdBytesMax,  // kSeriesId
};
// The first text of a heartbeat is its source; the first text of a retraction is its event id. Both
// have the same limit.
static_assert(kEventIdBytesMax == kSourceBytesMax && kEventIdBytesMax <= kTextBytesMax);

bool texts_too_long(const Message& m) {
  bool long_text = false;
  for (size_t i = 0; i < kKindText; ++i) long_text |= m.texts[i].size > kTextLimits[i];
  for (size_t i = kKindText; i < kTexts; ++i) long_text |= m.texts[i].size > kTextBytesMax;
  for (size_t a = 0; a < std::min(m.activities, Message::kListMax); ++a) {
    for (const Text& text : m.activity[a].texts) long_text |= text.size > kTextBytesMax;
  }
  bool const id_in_kind = m.kind == kHeartbeatField || m.kind == kRetractedField;
  return long_text || (id_in_kind && m.texts[kKindText].size > kEventIdBytesMax);
}

constexpr std::array<bool, domain::kTopicCount> topics_with(domain::TextSlot slot) {
  std::array<bool, domain::kTopicCount> topics{};
  for (const domain::TopicInfo& t : domain::kTopics) {
    topics[static_cast<size_t>(t.id)] = domain::has_text(t.id, slot);
  }
  return topics;
}
constexpr auto kNamesSeries = topics_with(kSeriesId);  // topics with a series instead of a business
constexpr auto kStatesPlace = topics_with(kAreaCode);  // with area and sector outside the kind

// Sets the key of the business, and checks that the record key is the canonical id.
Problem identify_business(const RawRecord& record, const Message& m, Event& e) {
  std::string_view canonical;
  std::array<char, kCanonicalIdBytesMax> buffer;
  if (kNamesSeries[static_cast<size_t>(record.topic)]) {
    canonical = m.text(kSeriesId);
    if (canonical.empty()) return Refusal::kMissingBusiness;
  } else if (m.number(kHasBusiness) == 0 && !m.text(kCaseId).empty()) {
    e.unregistered = true;
    if (!record.key.starts_with(kCaseKeyPrefix) ||
        record.key.substr(kCaseKeyPrefix.size()) != m.text(kCaseId)) {
      return Refusal::kKeyMismatch;
    }
    canonical = record.key;
  } else {
    std::array<std::array<char, kBusinessIdBytesMax>, 3> rooms;
    std::string_view const jurisdiction =
        tidied(m.text(kJurisdiction), InnerBlanks::kOneSpace, rooms[0].data());
    std::string_view const register_name =
        tidied(m.text(kRegister), InnerBlanks::kOneSpace, rooms[1].data());
    std::string_view const id =
        tidied(m.text(kBusinessNumber), blanks_in_numbers(register_name), rooms[2].data());
    if (jurisdiction.empty() || register_name.empty() || id.empty()) {
      return Refusal::kMissingBusiness;
    }
    canonical = write_canonical_id(jurisdiction, register_name, id, buffer.data());
  }
  if (record.key != canonical) return Refusal::kKeyMismatch;
  e.business = business_key(canonical);
  return std::nullopt;
}

Problem identify(const RawRecord& record, const Message& m, Event& e) {
  if (!m.utf8) return Refusal::kIdNotUtf8;
  std::string_view source = m.text(kSource);
  std::string_view event_id = m.text(kEventId);
  if (e.kind == EventKind::kHeartbeat && !m.kind_text(HeartbeatSlots::kSource).empty()) {
    source = m.kind_text(HeartbeatSlots::kSource);
  }
  if (e.kind == EventKind::kRetracted) event_id = m.kind_text(RetractedSlots::kEventId);
  if (source.empty()) return Refusal::kMissingSource;
  if (event_id.empty() && e.kind != EventKind::kHeartbeat) return Refusal::kMissingEventId;
  if (texts_too_long(m)) return Refusal::kIdTooLong;
  e.source = base::hash64(source);
  if (e.kind == EventKind::kHeartbeat) return std::nullopt;
  e.fact = FactId(base::hash64(event_id, e.source));
  if (Problem const problem = identify_business(record, m, e)) return problem;
  uint64_t const stated = m.number(kSequence);
  if (stated > base::kSourceSequenceMax) return Refusal::kSequenceOutOfRange;
  // An unknown Kafka timestamp is −1. As an unsigned number it is out of range.
  uint64_t const sequence = stated != 0 ? stated : static_cast<uint64_t>(record.published.value);
  if (sequence > base::kSourceSequenceMax) return Refusal::kNoTimestamp;
  e.sequence = SourceSequence(sequence);
  return std::nullopt;
}

// --- dates ---------------------------------------------------------------------------------------

// Reads the date in the slots from `at` (presence, year, month, day). False if the date does not
// exist or is outside kEarliestYear … kLatestYear. If no date is stated, returns true and does not
// change `day`.
bool read_date(const Message& m, size_t at, std::optional<Days>& day) {
  if (m.number(at) == 0) return true;
  auto const year = static_cast<int64_t>(m.number(at + 1));
  auto const month = static_cast<int64_t>(m.number(at + 2));
  auto const of_month = static_cast<int64_t>(m.number(at + 3));
  if (year < kEarliestYear || year > kLatestYear || month < 1 || month > 12) return false;
  constexpr std::array<int8_t, 12> kMonthDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  int const last = kMonthDays[static_cast<size_t>(month - 1)] + (leap && month == 2 ? 1 : 0);
  if (of_month < 1 || of_month > last) return false;
  day = base::days_from_civil(static_cast<int>(year), static_cast<int>(month),
                              static_cast<int>(of_month));
  return true;
}

// The number slots of each kind's own dates.
struct KindDates {
  static constexpr size_t kMax = 4;
  std::array<uint8_t, kMax> slots{};
  size_t count = 0;
};
constexpr auto kKindDates = [] {
  std::array<KindDates, domain::kKindCount> kinds;
  for (size_t k = 0; k < domain::kKindCount; ++k) {
    for (const domain::FieldInfo& f : domain::kKinds[k].fields) {
      if (f.type == domain::FieldType::kDate) kinds[k].slots[kinds[k].count++] = f.number_slot;
    }
  }
  return kinds;
}();

// The dates that an event states.
class Dates {
 public:
  // False if one of them is no valid date.
  bool read(const Message& m, EventKind kind) {
    slots_ = &kKindDates[static_cast<size_t>(kind)];
    bool valid = read_date(m, kEffectiveDate, effective);
    for (size_t i = 0; i < slots_->count; ++i) {
      valid = valid && read_date(m, size_t{kKindNumber} + slots_->slots[i], own_[i]);
    }
    return valid;
  }
  // The kind's own date with this number slot.
  std::optional<Days> own(uint8_t slot) const {
    auto const at = std::ranges::find(slots_->slots, slot) - slots_->slots.begin();
    return own_[static_cast<size_t>(at)];
  }
  std::optional<Days> effective;

 private:
  const KindDates* slots_ = nullptr;
  std::array<std::optional<Days>, KindDates::kMax> own_;
};

// Sets the dates of a filing. Its fact happened when the document was filed.
void filing_dates(Dates& dates, Event& e) {
  using Slots = FilingRecordedSlots;
  if (auto const filed = dates.own(Slots::kFiled)) dates.effective = filed;
  e.due = dates.own(Slots::kDue).value_or(kNoDay);
  e.period_end = dates.own(Slots::kPeriodEnd).value_or(kNoDay);
}

// Sets the dates of a filing that is due. Its fact happened when the due date was stated: on the
// effective date, if the due date has its own field and the effective date is not in the future;
// otherwise on the day of publication.
void due_dates(const RawRecord& record, Days latest, Dates& dates, Event& e) {
  std::optional<Days> const due = dates.own(FilingDueSlots::kNextDue);
  e.due = due ? *due : dates.effective.value_or(kNoDay);
  e.period_end = dates.own(FilingDueSlots::kPeriodEnd).value_or(kNoDay);
  bool const stated = due && dates.effective && *dates.effective <= latest;
  if (stated || e.due == kNoDay) return;
  bool const is_timed = record.published.value >= 0;
  dates.effective = is_timed ? std::min(day_of_publication(record.published), latest) : e.due;
}

Problem date(const RawRecord& record, const Message& m, Event& e) {
  Dates dates;
  if (!dates.read(m, e.kind)) return Refusal::kDateOutOfRange;
  Days const latest = latest_day_at(std::min(record.published, record.latest));
  if (e.kind == EventKind::kFilingRecorded) filing_dates(dates, e);
  if (e.kind == EventKind::kFilingDue) due_dates(record, latest, dates, e);
  if (e.kind == EventKind::kRetracted && !dates.effective)
    dates.effective = day_of_publication(record.published);
  if (!dates.effective) return Refusal::kMissingDate;
  e.effective = *dates.effective;
  if (e.effective > latest) {
    return record.published.value < 0 ? Refusal::kNoTimestamp : Refusal::kEffectiveAfterPublished;
  }
  if (e.kind == EventKind::kObservation) {
    e.vintage = dates.own(FigureSlots::kVintage).value_or(day_of_publication(record.published));
    if (e.vintage > latest) return Refusal::kEffectiveAfterPublished;
  }
  bool const too_early = e.kind == EventKind::kFilingRecorded && e.period_end > e.effective;
  return too_early ? Problem(Refusal::kFiledBeforePeriodEnd) : std::nullopt;
}

// --- codes ---------------------------------------------------------------------------------------

Problem retracted(const Reference&, const Message& m, Event& e) {
  int64_t const reason = m.kind_number(RetractedSlots::kReason);
  bool const known = reason >= 0 && reason < static_cast<int64_t>(RetractionReason::kOther);
  e.code = static_cast<uint8_t>(known ? static_cast<RetractionReason>(reason)
                                      : RetractionReason::kOther);
  return std::nullopt;
}

Problem heartbeat(const Reference&, const Message& m, Event& e) {
  int64_t const complete_to = m.kind_number(HeartbeatSlots::kCompleteTo);
  if (complete_to == 0) return Refusal::kMissingDetail;
  if (complete_to < 0 || complete_to >= kInstantEnd.value) return Refusal::kValueOutOfRange;
  e.complete_to = UnixMillis(complete_to);
  return std::nullopt;
}

// Reads the fields that Registered and Changed have in common.
Problem attributes(const Reference& reference, const Message& m, Event& e) {
  locate(reference, m.kind_text(RegisteredSlots::kAreaCode),
         m.kind_text(RegisteredSlots::kPostcode), e);
  static_assert(Message::kListMax == kActivitiesMax);
  if (m.activities > kActivitiesMax) return Refusal::kValueOutOfRange;
  SectorChoice sector(reference);
  for (size_t i = 0; i < m.activities; ++i) {
    const auto& [scheme, version, code] = m.activity[i].texts;
    sector.offer(scheme.view(), version.view(), code.view());
  }
  if (Problem const problem = sector.choose(e)) return problem;
  constexpr auto kOther = static_cast<uint8_t>(LegalForm::kOther);
  e.legal_form = static_cast<LegalForm>(domain::class_number(
      m.kind_number(RegisteredSlots::kLegalForm), domain::kLegalForms, kOther));
  int64_t const size = m.kind_number(RegisteredSlots::kSizeBand);
  if (size < 0 || size > kSizeBandNamedMax) return Refusal::kValueOutOfRange;
  if (size != 0) e.size = SizeBand(static_cast<uint8_t>(size));
  return std::nullopt;
}

Problem registered(const Reference& reference, const Message& m, Event& e) {
  e.area = reference::kRootArea;
  e.sector = reference::kUnclassified;
  e.size = SizeBand(0);
  return attributes(reference, m, e);
}

Problem changed(const Reference& reference, const Message& m, Event& e) {
  bool const any = m.activities > 0 || !m.kind_text(RegisteredSlots::kPostcode).empty() ||
                   !m.kind_text(RegisteredSlots::kAreaCode).empty() ||
                   m.kind_number(RegisteredSlots::kSizeBand) != 0 ||
                   m.kind_number(RegisteredSlots::kLegalForm) != 0;
  if (!any) return Refusal::kMissingDetail;
  return attributes(reference, m, e);
}

// Sets Event::code from the required enum in `slot`: value v, 1 … N, becomes codes[v − 1].
template <class Code, size_t N>
Problem translate(const Message& m, size_t slot, const std::array<Code, N>& codes, Event& e) {
  int64_t const value = m.kind_number(slot);
  if (value == 0) return Refusal::kMissingDetail;
  if (value < 0 || value > static_cast<int64_t>(N)) return Refusal::kValueOutOfRange;
  e.code = static_cast<uint8_t>(codes[static_cast<size_t>(value - 1)]);
  return std::nullopt;
}

// Sets Event::code to the value of the required enum in `slot`, 1 … `last`.
Problem numbered(const Message& m, size_t slot, int64_t last, Event& e) {
  int64_t const value = m.kind_number(slot);
  if (value == 0) return Refusal::kMissingDetail;
  if (value < 0 || value > last) return Refusal::kValueOutOfRange;
  e.code = static_cast<uint8_t>(value);
  return std::nullopt;
}

Problem status_changed(const Reference&, const Message& m, Event& e) {
  static constexpr std::array<Status, 12> kStatuses = {
      Status::kLive,    // active, also a restored company that still shows a date of cessation
      Status::kCeased,  // dissolved
      Status::kLive,    // liquidation: on the register until it is dissolved
      Status::kLive,    // receivership
      Status::kCeased,  // converted-closed
      Status::kLive,    // voluntary-arrangement
      Status::kLive,    // insolvency-proceedings
      Status::kLive,    // administration
      Status::kLive,    // open
      Status::kCeased,  // closed
      Status::kLive,    // registered
      Status::kCeased,  // removed
  };
  constexpr std::array<int64_t, 5> kProcedures = {3, 4, 6, 7, 8};
  constexpr int64_t kActive = 1;
  constexpr int64_t kProposalToStrikeOff = 1;  // the detail
  int64_t const status = m.kind_number(StatusChangedSlots::kStatus);
  bool const proposed = m.kind_number(StatusChangedSlots::kDetail) == kProposalToStrikeOff;
  if (status == kActive && proposed) e.standing = Standing::kStrikeOffProposed;
  if (std::ranges::find(kProcedures, status) != kProcedures.end())
    e.standing = Standing::kInProcedure;
  return translate(m, StatusChangedSlots::kStatus, kStatuses, e);
}

Problem filing(const Reference&, const Message& m, Event& e) {
  static_assert(int{FilingRecordedSlots::kCategory} == int{FilingDueSlots::kCategory});
  return numbered(m, FilingDueSlots::kCategory, static_cast<int64_t>(Filing::kOther), e);
}

Problem insolvency_case(const Reference&, const Message& m, Event& e) {
  static constexpr std::array<Insolvency, 10> kTypes = {
      Insolvency::kCompulsoryLiquidation,
      Insolvency::kCreditorsVoluntary,
      Insolvency::kSolvent,  // members' voluntary liquidation
      Insolvency::kAdministration,
      Insolvency::kVoluntaryArrangement,
      Insolvency::kReceivership,
      Insolvency::kCreditors,  // moratorium
      Insolvency::kCreditors,  // restructuring plan
      Insolvency::kCreditors,  // foreign
      Insolvency::kCreditors,  // other
  };
  bool const solvent = m.kind_number(InsolvencyCaseSlots::kSolvent) != 0;
  Problem const problem = translate(m, InsolvencyCaseSlots::kType, kTypes, e);
  if (solvent) e.code = static_cast<uint8_t>(Insolvency::kSolvent);
  return solvent && problem == Refusal::kMissingDetail ? std::nullopt : problem;
}

Problem strike_off_notice(const Reference&, const Message& m, Event& e) {
  static constexpr std::array<StrikeOff, 2> kKinds = {StrikeOff::kCompulsory,
                                                      StrikeOff::kVoluntary};
  constexpr int64_t kProposed = 1;
  constexpr int64_t kDiscontinued = 2;
  int64_t const action = m.kind_number(StrikeOffNoticeSlots::kAction);
  if (action == 0) return Refusal::kMissingDetail;
  if (action != kProposed && action != kDiscontinued) return Refusal::kValueOutOfRange;
  Problem const problem = translate(m, StrikeOffNoticeSlots::kKind, kKinds, e);
  if (action == kProposed) return problem;
  e.code = static_cast<uint8_t>(StrikeOff::kDiscontinued);
  return problem == Refusal::kMissingDetail ? std::nullopt : problem;
}

Problem charge_changed(const Reference&, const Message& m, Event& e) {
  static constexpr std::array<Charge, 2> kActions = {Charge::kCreated, Charge::kSatisfied};
  return translate(m, ChargeChangedSlots::kAction, kActions, e);
}

Problem officer_changed(const Reference&, const Message& m, Event& e) {
  static constexpr std::array<Officer, 2> kActions = {Officer::kAppointed, Officer::kResigned};
  static constexpr std::array<bool, 4> kDirects = {true, true, false, false};  // by role
  Event role;
  if (Problem const problem = translate(m, OfficerChangedSlots::kRole, kDirects, role)) {
    return problem;
  }
  Problem const problem = translate(m, OfficerChangedSlots::kAction, kActions, e);
  if (role.code == 0) e.code = static_cast<uint8_t>(Officer::kUnstated);
  return problem;
}

// Sets Event::code to the bit set of the topics' families. A family has ten numbers; the first
// family begins at 10.
Problem families(const Message& m, Event& e) {
  constexpr int32_t kPerFamily = 10;
  constexpr int32_t kEnd = kPerFamily * (static_cast<int32_t>(kTopicFamilies) + 1);
  static_assert(Message::kListMax == kTopicsMax);
  if (m.topics > kTopicsMax) return Refusal::kValueOutOfRange;
  for (size_t i = 0; i < m.topics; ++i) {
    int32_t const topic = m.topic[i];
    if (topic == 0) continue;
    if (topic < kPerFamily || topic >= kEnd) return Refusal::kValueOutOfRange;
    e.code |= static_cast<uint8_t>(1 << (topic / kPerFamily - 1));
  }
  return std::nullopt;
}

bool is_instant(int64_t millis) {
  return millis >= 0 && millis < kInstantEnd.value;
}

InteractionType interaction_type(int64_t stated) {
  bool const known = stated >= 0 && stated < static_cast<int64_t>(InteractionType::kOther);
  return known ? static_cast<InteractionType>(stated) : InteractionType::kOther;
}

// Reads by whom and how the enquirer was helped.
void help(const Reference& reference, const Message& m, Event& e) {
  constexpr auto kOther = static_cast<uint8_t>(Channel::kOther);
  constexpr auto kUnstated = static_cast<uint8_t>(Intensity::kUnstated);
  e.channel = static_cast<Channel>(
      domain::class_number(m.kind_number(InteractionSlots::kChannel), domain::kChannels, kOther));
  e.intensity = static_cast<Intensity>(domain::class_number(
      m.kind_number(InteractionSlots::kIntensity), domain::kIntensities, kUnstated));
  e.team = reference.desks.team(m.kind_text(InteractionSlots::kTeam));
}

// Reads what counts of an interaction.
Problem details(const Reference& reference, const Message& m, Event& e) {
  if (Problem const problem = families(m, e)) return problem;
  e.type = interaction_type(m.kind_number(InteractionSlots::kType));
  help(reference, m, e);
  int64_t const minutes = m.kind_number(InteractionSlots::kMinutes);
  if (minutes < 0) return Refusal::kValueOutOfRange;
  e.minutes = static_cast<uint16_t>(std::min<int64_t>(minutes, kMinutesMax));
  int64_t const received = m.kind_number(InteractionSlots::kReceivedAt);
  int64_t const response = m.kind_number(InteractionSlots::kFirstResponseAt);
  if (!is_instant(received) || !is_instant(response)) return Refusal::kValueOutOfRange;
  if (response == 0) return std::nullopt;
  if (received == 0) return Refusal::kMissingDetail;
  if (response < received) return Refusal::kValueOutOfRange;
  e.response_bucket = base::response_bucket(
      reference.desks.of(e.source).millis_between(UnixMillis(received), UnixMillis(response)));
  return std::nullopt;
}

// Of an interaction whose use the enquirer refused, only the fact that there was one is kept.
Problem interaction(const Reference& reference, const Message& m, Event& e) {
  constexpr int64_t kRefused = 3;
  if (Problem const problem = details(reference, m, e)) return problem;
  if (m.kind_number(InteractionSlots::kConsent) != kRefused) return std::nullopt;
  e.type = InteractionType::kRefused;
  e.channel = Channel::kUnstated;
  e.intensity = Intensity::kUnstated;
  e.team = 0;
  e.code = 0;
  e.minutes = 0;
  e.response_bucket = 0;
  return std::nullopt;
}

Problem referral(const Reference&, const Message& m, Event& e) {
  if (std::string_view const of_case = m.kind_text(ReferralSlots::kCaseId); !of_case.empty()) {
    uint64_t const hash = base::hash64(m.kind_text(ReferralSlots::kTo), base::hash64(of_case));
    e.referral = std::max(1u, static_cast<uint32_t>(hash >> 32));
  }
  return numbered(m, ReferralSlots::kState, static_cast<int64_t>(ReferralState::kDeclined), e);
}

Problem outcome(const Reference&, const Message& m, Event& e) {
  int64_t const amount = m.kind_number(OutcomeSlots::kAmountMinor);
  int64_t const jobs = m.kind_number(OutcomeSlots::kJobsDelta);
  if (amount < 0 || amount > kOutcomeAmountMax) return Refusal::kValueOutOfRange;
  if (jobs < -kOutcomeJobsMax || jobs > kOutcomeJobsMax) return Refusal::kValueOutOfRange;
  e.amount_minor = amount;
  e.jobs = static_cast<int32_t>(jobs);
  return numbered(m, OutcomeSlots::kKind, static_cast<int64_t>(OutcomeKind::kOther), e);
}

Problem regulatory_contact(const Reference&, const Message& m, Event& e) {
  constexpr int64_t kLastAction = 5;
  if (m.kind_text(RegulatoryContactSlots::kObligation).empty()) return Refusal::kMissingDetail;
  if (!is_instant(m.kind_number(RegulatoryContactSlots::kResolvedAt))) {
    return Refusal::kValueOutOfRange;
  }
  Problem const problem = numbered(m, RegulatoryContactSlots::kAction, kLastAction, e);
  return problem == Refusal::kMissingDetail ? std::nullopt : problem;
}

Problem redundancy_notice(const Reference&, const Message& m, Event& e) {
  int64_t const jobs = m.kind_number(RedundancyNoticeSlots::kJobs);
  if (jobs == 0) return Refusal::kMissingDetail;
  if (jobs < 0) return Refusal::kValueOutOfRange;
  e.jobs = static_cast<int32_t>(jobs);  // the field has 32 bits
  return std::nullopt;
}

Problem award(const Reference&, const Message& m, Event&) {
  if (m.kind_text(AwardSlots::kOcid).empty()) return Refusal::kMissingDetail;
  double const confidence = m.kind_double(AwardSlots::kMatchConfidence);
  bool const valid =
      m.kind_number(AwardSlots::kValueMinor) >= 0 && confidence >= 0 && confidence <= 1;
  return valid ? std::nullopt : Problem(Refusal::kValueOutOfRange);
}

// Sets the area and sector of a figure: of any level, but exactly those that it states, because a
// figure of a part is not one of the whole. If the reference files do not have them, the figure is
// not used: most files are of a whole nation.
Problem place_of_figure(const Reference& reference, const Message& m, Event& e) {
  e.area = reference::kRootArea;
  e.sector = reference::kAllSectors;
  if (std::string_view const code = m.kind_text(FigureSlots::kAreaCode); !code.empty()) {
    auto const found = reference.areas.find(code);
    if (!found.ok()) note_unknown(UnknownCode::kArea, e);
    e.area = found.value_or(reference::kRootArea);
  }
  std::string_view const code = m.kind_text(FigureSlots::kCode);
  if (m.kind_number(FigureSlots::kHasActivity) == 0) return std::nullopt;
  if (m.kind_text(FigureSlots::kScheme) != reference.sectors.scheme() ||
      m.kind_text(FigureSlots::kVersion) != reference.sectors.version()) {
    return Refusal::kWrongScheme;
  }
  auto const found = reference.sectors.find(code);
  if (!found.ok()) note_unknown(UnknownCode::kSector, e);
  e.sector = found.value_or(reference::kAllSectors);
  return std::nullopt;
}

// Sets what the figure is of, and its value in the unit of the statistic.
Problem value_of_figure(const Message& m, Event& e) {
  double const stated = m.kind_double(FigureSlots::kValue);
  if (!std::isfinite(stated)) return Refusal::kValueOutOfRange;
  const domain::UnitInfo* const unit = domain::find_unit(m.kind_text(FigureSlots::kUnit));
  if (unit == nullptr) return std::nullopt;
  const domain::StatisticInfo& statistic = domain::info(unit->statistic);
  e.value = stated * unit->factor + 0.0;  // without the sign of zero
  if (std::abs(e.value) > domain::kFigureMax || (statistic.is_count && e.value < 0))
    return Refusal::kValueOutOfRange;
  bool const is_of_year = e.code == static_cast<uint8_t>(domain::Frequency::kYear);
  bool const is_known = std::ranges::none_of(e.unknown, [](bool unknown) { return unknown; });
  if (is_known && (is_of_year || !statistic.is_of_year)) e.statistic = unit->statistic;
  return std::nullopt;
}

Problem figure(const Reference& reference, const Message& m, Event& e) {
  if (Problem const problem = numbered(m, FigureSlots::kFrequency, domain::kFrequencyLast, e))
    return problem;
  int64_t const status = m.kind_number(FigureSlots::kStatus);
  if (status < 0 || status >= static_cast<int64_t>(domain::kFigureStatusNames.size()))
    return Refusal::kValueOutOfRange;
  e.figure_status = static_cast<domain::FigureStatus>(status);
  if (Problem const problem = place_of_figure(reference, m, e)) return problem;
  return value_of_figure(m, e);
}

// Reads the area and sector that an event states outside its kind. They count only for an enquirer:
// a registered business counts where the register states.
Problem stated_place(const Reference& reference, const Message& m, Event& e) {
  locate(reference, m.text(kAreaCode), m.text(kPostcode), e);
  if (m.number(kHasActivity) == 0) return std::nullopt;
  SectorChoice sector(reference);
  sector.offer(m.text(kActivityScheme), m.text(kActivityVersion), m.text(kActivityCode));
  return sector.choose(e);
}

// --- kinds ---------------------------------------------------------------------------------------

// The function that reads the fields of a kind.
struct KindDetail {
  EventKind id;
  Problem (*read)(const Reference&, const Message&, Event&);
};
constexpr auto kDetails = std::to_array<KindDetail>({
    {EventKind::kHeartbeat, heartbeat},
    {EventKind::kRegistered, registered},
    {EventKind::kChanged, changed},
    {EventKind::kStatusChanged, status_changed},
    {EventKind::kFilingRecorded, filing},
    {EventKind::kFilingDue, filing},
    {EventKind::kInsolvencyCase, insolvency_case},
    {EventKind::kStrikeOffNotice, strike_off_notice},
    {EventKind::kChargeChanged, charge_changed},
    {EventKind::kOfficerChanged, officer_changed},
    {EventKind::kInteraction, interaction},
    {EventKind::kReferral, referral},
    {EventKind::kOutcome, outcome},
    {EventKind::kRegulatoryContact, regulatory_contact},
    {EventKind::kRedundancyNotice, redundancy_notice},
    {EventKind::kAward, award},
    {EventKind::kObservation, figure},
    {EventKind::kRetracted, retracted},
});
static_assert(domain::is_complete<kDetails>());

constexpr bool is_of_every_topic(EventKind kind) {
  return !domain::info(kind).topic.has_value();
}

// Removes the frame from the record and parses the message.
Problem open(const RawRecord& record, Message& m) {
  if (record.value.empty()) return Refusal::kEmptyRecord;
  if (record.value.size() > kRecordBytesMax) return Refusal::kRecordTooLarge;
  std::string_view body = record.value;
  if (!record.schema_id_in_header && is_framed(body)) {
    std::optional<std::string_view> const inner = unframe(body);
    if (!inner) return Refusal::kBadFrame;
    body = *inner;
  }
  if (!parse_message(record.topic, body, m)) return Refusal::kMalformed;
  if (m.kind != 0) return std::nullopt;
  bool const foreign = m.unknown_kind != 0 && topic_of_kind_field(m.unknown_kind) != record.topic;
  return foreign ? Refusal::kWrongTopic : Refusal::kUnknownKind;
}

}  // namespace

std::variant<Event, Refusal> Decoder::decode(const RawRecord& record) const {
  Message m;
  if (Problem const problem = open(record, m)) return *problem;
  std::optional<EventKind> const kind = domain::kind_of_field(m.kind);
  if (!kind) return Refusal::kUnknownKind;
  std::variant<Event, Refusal> result;
  Event& e = std::get<Event>(result);
  e.kind = *kind;
  if (Problem const problem = identify(record, m, e)) return *problem;
  if (e.kind != EventKind::kHeartbeat) {
    if (Problem const problem = date(record, m, e)) return *problem;
  }
  const KindDetail& detail = kDetails[static_cast<size_t>(e.kind)];
  if (Problem const problem = detail.read(reference_, m, e)) return *problem;
  if (e.unregistered && kStatesPlace[static_cast<size_t>(record.topic)] &&
      !is_of_every_topic(e.kind)) {
    if (Problem const problem = stated_place(reference_, m, e)) return *problem;
  }
  return result;
}

}  // namespace bellwether::events
