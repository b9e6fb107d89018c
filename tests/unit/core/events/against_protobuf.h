// Compares the hand-written parser with protobuf's generated parser. For the same bytes, both must
// agree if the bytes are a message, and on every field.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "bellwether/events/v1/observation.pb.h"
#include "bellwether/events/v1/procurement.pb.h"
#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "core/events/message.h"

namespace bellwether::events::testing {

// Keeps the first difference.
class Difference {
 public:
  void text(const char* field, std::string_view ours, const std::string& theirs) {
    if (ours != theirs) note(field, std::string(ours), theirs);
  }
  template <class T>
  void number(const char* field, uint64_t ours, T theirs) {
    uint64_t const expected = static_cast<uint64_t>(static_cast<int64_t>(theirs));
    if (ours != expected) note(field, std::to_string(ours), std::to_string(expected));
  }
  void real(const char* field, uint64_t ours, double theirs) {
    number(field, ours, std::bit_cast<uint64_t>(theirs));
  }
  const std::string& first() const { return first_; }

 private:
  void note(const char* field, const std::string& ours, const std::string& theirs) {
    if (first_.empty()) {
      first_ = std::string(field) + ": ours '" + ours + "', protobuf's '" + theirs + "'";
    }
  }
  std::string first_;
};

class Comparison {
 public:
  Comparison(const Message& ours, Difference& out) : m_(ours), out_(out) {}

  template <class Event>
  void header(const Event& event) {
    text("event_id", kEventId, event.event_id());
    text("source", kSource, event.source());
    number("source_sequence", kSequence, event.source_sequence());
    date("effective_date", kEffectiveDate, event.has_effective_date(), event.effective_date());
    number_of("kind", m_.kind, static_cast<int>(event.kind_case()));
    if (event.has_heartbeat()) {
      kind_text("heartbeat.source", HeartbeatSlots::kSource, event.heartbeat().source());
      kind_number("heartbeat.complete_to", HeartbeatSlots::kCompleteTo,
                  event.heartbeat().complete_to());
    }
    if (event.has_retracted()) {
      kind_text("retracted.event_id", RetractedSlots::kEventId, event.retracted().event_id());
      kind_number("retracted.reason", RetractedSlots::kReason, event.retracted().reason());
    }
  }
  template <class Event>
  void business(const Event& event) {
    number("business", kHasBusiness, event.has_business());
    text("jurisdiction", kJurisdiction, event.business().jurisdiction());
    text("register", kRegister, event.business().register_());
    text("id", kBusinessNumber, event.business().id());
  }

  void registration(const v1::RegistrationEvent& e) {
    header(e);
    business(e);
    if (e.has_registered()) attributes(e.registered());
    if (e.has_changed()) attributes(e.changed());
    if (e.has_status_changed()) {
      kind_number("status", StatusChangedSlots::kStatus, e.status_changed().status());
      kind_number("detail", StatusChangedSlots::kDetail, e.status_changed().detail());
    }
    if (e.has_filing_recorded()) {
      const v1::FilingRecorded& f = e.filing_recorded();
      using Slots = FilingRecordedSlots;
      kind_number("category", Slots::kCategory, f.category());
      kind_text("description", Slots::kDescription, f.description());
      date("period_end", int{kKindNumber} + int{Slots::kPeriodEnd}, f.has_period_end(),
           f.period_end());
      date("due", int{kKindNumber} + int{Slots::kDue}, f.has_due(), f.due());
      date("filed", int{kKindNumber} + int{Slots::kFiled}, f.has_filed(), f.filed());
    }
    if (e.has_filing_due()) {
      const v1::FilingDue& f = e.filing_due();
      kind_number("category", FilingDueSlots::kCategory, f.category());
      date("next_due", int{kKindNumber} + int{FilingDueSlots::kNextDue}, f.has_next_due(),
           f.next_due());
    }
    if (e.has_insolvency_case()) {
      kind_number("type", InsolvencyCaseSlots::kType, e.insolvency_case().type());
      kind_number("solvent", InsolvencyCaseSlots::kSolvent, e.insolvency_case().solvent());
    }
    if (e.has_strike_off_notice()) {
      kind_number("kind", StrikeOffNoticeSlots::kKind, e.strike_off_notice().kind());
      kind_number("action", StrikeOffNoticeSlots::kAction, e.strike_off_notice().action());
    }
    if (e.has_charge_changed()) {
      kind_number("action", ChargeChangedSlots::kAction, e.charge_changed().action());
    }
    if (e.has_officer_changed()) {
      kind_number("role", OfficerChangedSlots::kRole, e.officer_changed().role());
      kind_number("action", OfficerChangedSlots::kAction, e.officer_changed().action());
    }
  }

  void support(const v1::SupportEvent& e) {
    header(e);
    business(e);
    text("case_id", kCaseId, e.case_id());
    text("area_code", kAreaCode, e.area_code());
    text("postcode", kPostcode, e.postcode());
    number("activity", kHasActivity, e.has_activity());
    text("activity.scheme", kActivityScheme, e.activity().scheme());
    text("activity.version", kActivityVersion, e.activity().version());
    text("activity.code", kActivityCode, e.activity().code());
    if (e.has_interaction()) interaction(e.interaction());
    if (e.has_referral()) {
      kind_number("state", ReferralSlots::kState, e.referral().state());
      kind_text("to", ReferralSlots::kTo, e.referral().to());
      kind_text("case_id", ReferralSlots::kCaseId, e.referral().case_id());
    }
    if (e.has_outcome()) {
      kind_number("kind", OutcomeSlots::kKind, e.outcome().kind());
      kind_number("jobs_delta", OutcomeSlots::kJobsDelta, e.outcome().jobs_delta());
      kind_number("amount_minor", OutcomeSlots::kAmountMinor, e.outcome().amount_minor());
      kind_text("currency", OutcomeSlots::kCurrency, e.outcome().currency());
      kind_text("case_id", OutcomeSlots::kCaseId, e.outcome().case_id());
    }
    if (e.has_regulatory_contact()) {
      const v1::RegulatoryContact& r = e.regulatory_contact();
      kind_text("regime", RegulatoryContactSlots::kRegime, r.regime());
      kind_text("obligation", RegulatoryContactSlots::kObligation, r.obligation());
      kind_number("action", RegulatoryContactSlots::kAction, r.action());
      kind_number("resolved_at", RegulatoryContactSlots::kResolvedAt, r.resolved_at());
    }
    if (e.has_redundancy_notice()) {
      kind_number("jobs", RedundancyNoticeSlots::kJobs, e.redundancy_notice().jobs());
    }
  }

  void procurement(const v1::ProcurementEvent& e) {
    header(e);
    business(e);
    if (!e.has_award()) return;
    const v1::Award& a = e.award();
    kind_text("ocid", AwardSlots::kOcid, a.ocid());
    kind_number("tag", AwardSlots::kTag, a.tag());
    kind_text("buyer", AwardSlots::kBuyer, a.buyer());
    kind_number("value_minor", AwardSlots::kValueMinor, a.value_minor());
    kind_text("currency", AwardSlots::kCurrency, a.currency());
    kind_text("cpv", AwardSlots::kCpv, a.cpv());
    kind_number("sme", AwardSlots::kSme, a.sme());
    kind_number("vcse", AwardSlots::kVcse, a.vcse());
    out_.real("match_confidence", m_.number(int{kKindNumber} + int{AwardSlots::kMatchConfidence}),
              a.match_confidence());
  }

  void observation(const v1::Observation& e) {
    header(e);
    text("series_id", kSeriesId, e.series_id());
    if (!e.has_figure()) return;
    const v1::Figure& f = e.figure();
    out_.real("value", m_.number(int{kKindNumber} + int{FigureSlots::kValue}), f.value());
    kind_text("unit", FigureSlots::kUnit, f.unit());
    kind_number("frequency", FigureSlots::kFrequency, f.frequency());
    date("vintage", int{kKindNumber} + int{FigureSlots::kVintage}, f.has_vintage(), f.vintage());
    kind_number("status", FigureSlots::kStatus, f.status());
    kind_text("area_code", FigureSlots::kAreaCode, f.area_code());
    kind_number("activity", FigureSlots::kHasActivity, f.has_activity());
    kind_text("activity.scheme", FigureSlots::kScheme, f.activity().scheme());
    kind_text("activity.version", FigureSlots::kVersion, f.activity().version());
    kind_text("activity.code", FigureSlots::kCode, f.activity().code());
  }

 private:
  template <class T>
  void number_of(const char* field, uint64_t ours, T theirs) {
    out_.number(field, ours, theirs);
  }
  template <class T>
  void number(const char* field, size_t slot, T theirs) {
    out_.number(field, m_.number(slot), theirs);
  }
  template <class T>
  void kind_number(const char* field, size_t slot, T theirs) {
    number(field, kKindNumber + slot, theirs);
  }
  void text(const char* field, size_t slot, const std::string& theirs) {
    out_.text(field, m_.text(slot), theirs);
  }
  void kind_text(const char* field, size_t slot, const std::string& theirs) {
    text(field, kKindText + slot, theirs);
  }
  void date(const char* field, size_t slot, bool present, const v1::Date& theirs) {
    number(field, slot, present);
    number(field, slot + 1, theirs.year());
    number(field, slot + 2, theirs.month());
    number(field, slot + 3, theirs.day());
  }

  template <class Attributes>
  void attributes(const Attributes& a) {
    kind_number("legal_form", RegisteredSlots::kLegalForm, a.legal_form());
    kind_number("size_band", RegisteredSlots::kSizeBand, a.size_band());
    kind_text("postcode", RegisteredSlots::kPostcode, a.postcode());
    kind_text("area_code", RegisteredSlots::kAreaCode, a.area_code());
    number_of("activities", m_.activities, a.activities_size());
    for (int i = 0; i < a.activities_size() && i < static_cast<int>(Message::kListMax); ++i) {
      const auto& ours = m_.activity[static_cast<size_t>(i)].texts;
      out_.text("activities.scheme", ours[0].view(), a.activities(i).scheme());
      out_.text("activities.version", ours[1].view(), a.activities(i).version());
      out_.text("activities.code", ours[2].view(), a.activities(i).code());
    }
  }

  void interaction(const v1::Interaction& i) {
    using Slots = InteractionSlots;
    kind_text("case_id", Slots::kCaseId, i.case_id());
    kind_number("type", Slots::kType, i.type());
    kind_number("channel", Slots::kChannel, i.channel());
    number_of("topics", m_.topics, i.topics_size());
    for (int t = 0; t < i.topics_size() && t < static_cast<int>(Message::kListMax); ++t) {
      number_of("topics", static_cast<uint64_t>(int64_t{m_.topic[static_cast<size_t>(t)]}),
                i.topics(t));
    }
    kind_number("intensity", Slots::kIntensity, i.intensity());
    kind_number("minutes", Slots::kMinutes, i.minutes());
    kind_number("received_at", Slots::kReceivedAt, i.received_at());
    kind_number("first_response_at", Slots::kFirstResponseAt, i.first_response_at());
    kind_text("team", Slots::kTeam, i.team());
    kind_number("consent", Slots::kConsent, i.consent());
  }

  const Message& m_;
  Difference& out_;
};

// The first difference between the two parsers for `bytes` as a message of `topic`. Empty if they
// agree. Sets `accepted`, if given, to true if our parser accepts the bytes.
inline std::string difference_from_protobuf(Topic topic, std::string_view bytes,
                                            bool* accepted = nullptr) {
  Message ours;
  bool const taken = parse_message(topic, bytes, ours) && ours.utf8;
  if (accepted != nullptr) *accepted = taken;
  Difference difference;
  auto const compare = [&](auto event, auto fields) -> std::string {
    bool const theirs = event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (taken != theirs) return taken ? "only ours accepts it" : "only protobuf accepts it";
    if (!taken) return "";
    Comparison comparison(ours, difference);
    (comparison.*fields)(event);
    return difference.first();
  };
  switch (topic) {
    case Topic::kRegistrations:
      return compare(v1::RegistrationEvent(), &Comparison::registration);
    case Topic::kSupport:
      return compare(v1::SupportEvent(), &Comparison::support);
    case Topic::kProcurement:
      return compare(v1::ProcurementEvent(), &Comparison::procurement);
    case Topic::kObservations:
      return compare(v1::Observation(), &Comparison::observation);
  }
  return "no such topic";
}

}  // namespace bellwether::events::testing
