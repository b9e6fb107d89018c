// Tests of invalid input. Every reason has an example. Every limit is tested at its largest value
// and one above. If a record has several problems, the first check decides the reason.
#include "core/events/refusal.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "unit/core/events/fixture.h"

namespace bellwether::events {
namespace {

using namespace testing;  // NOLINT: the functions of fixture.h
using std::string_literals::operator""s;

std::optional<Refusal> refusal(const Record& record) {
  auto const decoded = decode(record);
  const Refusal* const reason = std::get_if<Refusal>(&decoded);
  return reason == nullptr ? std::nullopt : std::optional(*reason);
}

template <class Event>
Record changed(Event event, const std::function<void(Event&)>& change) {
  change(event);
  return record(event);
}
using Registration = v1::RegistrationEvent;
Record registration_with(const std::function<void(Registration&)>& change) {
  return changed<Registration>(registered(), change);
}
Record interaction_with(const std::function<void(v1::Interaction&)>& change) {
  return changed<v1::SupportEvent>(interaction(),
                                   [&](v1::SupportEvent& e) { change(*e.mutable_interaction()); });
}
Record with_value(std::string value) {
  Record result = record(registered());
  result.value = std::move(value);
  return result;
}
std::string cut(std::string text) {
  text.pop_back();
  return text;
}

struct Example {
  const char* what;
  Refusal reason;
  Record record;
};

std::vector<Example> envelope_examples() {
  Record header_and_frame = with_value("\0\0\0\0\7\0"s + record(registered()).value);
  header_and_frame.schema_id_in_header = true;
  return {
      {"tombstone", Refusal::kEmptyRecord, with_value("")},
      {"one megabyte", Refusal::kRecordTooLarge, with_value(std::string(1 << 20, 'x'))},
      {"truncated frame", Refusal::kBadFrame, with_value("\0\0\0"s)},
      {"frame of another message", Refusal::kBadFrame, with_value("\0\0\0\0\7\2\2"s)},
      {"frame although the header says bare", Refusal::kMalformed, header_and_frame},
      {"truncated", Refusal::kMalformed, with_value(cut(record(registered()).value))},
      {"text", Refusal::kMalformed, with_value("{\"event_id\": 1}")},
      {"empty frame", Refusal::kUnknownKind, with_value("\0\0\0\0\7\0"s)},
      {"no kind", Refusal::kUnknownKind, record(registration())},
      {"a kind of a later contract", Refusal::kUnknownKind,
       with_value(record(registration()).value + "\xba\x02\x00"s)},  // field 39
      {"a support event", Refusal::kWrongTopic, with_value(record(interaction()).value)},
      {"an award", Refusal::kWrongTopic, with_value(record(awarded()).value)},
      {"a figure", Refusal::kWrongTopic, with_value(record(figure()).value)},
      {"a registration on another topic",
       Refusal::kWrongTopic,
       {Topic::kSupport, std::string(kKey), record(registered()).value}},
  };
}

std::vector<Example> id_examples() {
  auto const keyed = [](std::string_view key) { return record(registered(), key); };
  Registration heartbeat;
  heartbeat.mutable_heartbeat()->set_complete_to(1);
  Registration retraction = registration();
  retraction.mutable_retracted();
  v1::SupportEvent nobody = enquiry();
  nobody.clear_case_id();
  v1::Observation no_series = figure();
  no_series.clear_series_id();
  Record untimed = registration_with([](Registration& e) { e.clear_source_sequence(); });
  untimed.published = UnixMillis(-1);
  Registration not_utf8 = registered();
  not_utf8.set_event_id("fact-?");
  Record broken_text = record(not_utf8);
  broken_text.value[broken_text.value.find('?')] = '\xff';
  return {
      {"no event_id", Refusal::kMissingEventId,
       registration_with([](Registration& e) { e.clear_event_id(); })},
      {"retraction without an event_id", Refusal::kMissingEventId, record(retraction)},
      {"no source", Refusal::kMissingSource,
       registration_with([](Registration& e) { e.clear_source(); })},
      {"heartbeat without a source", Refusal::kMissingSource, record(heartbeat, "")},
      {"no business", Refusal::kMissingBusiness,
       registration_with([](Registration& e) { e.clear_business(); })},
      {"no jurisdiction", Refusal::kMissingBusiness,
       registration_with([](Registration& e) { e.mutable_business()->clear_jurisdiction(); })},
      {"no register", Refusal::kMissingBusiness,
       registration_with([](Registration& e) { e.mutable_business()->clear_register_(); })},
      {"an id that is only blanks", Refusal::kMissingBusiness,
       registration_with([](Registration& e) { e.mutable_business()->set_id("  "); })},
      {"neither business nor case", Refusal::kMissingBusiness, record(nobody, "case:C-17")},
      {"no series", Refusal::kMissingBusiness, record(no_series)},
      {"no key", Refusal::kKeyMismatch, keyed("")},
      {"another business's key", Refusal::kKeyMismatch, keyed("GB/companies-house/07654321")},
      {"key in lower case", Refusal::kKeyMismatch, keyed("gb/companies-house/01234567")},
      {"another case's key", Refusal::kKeyMismatch, record(enquiry(), "case:C-18")},
      {"a case's key without its prefix", Refusal::kKeyMismatch, record(enquiry(), "C-17")},
      {"another series's key", Refusal::kKeyMismatch, record(figure(), "ons/deaths")},
      {"invalid UTF-8", Refusal::kIdNotUtf8, broken_text},
      {"no sequence and no timestamp", Refusal::kNoTimestamp, untimed},
  };
}

std::vector<Example> date_examples() {
  auto const dated = [](v1::Date date) {
    return registration_with([&](Registration& e) { *e.mutable_effective_date() = date; });
  };
  Registration filing = registration();
  filing.mutable_filing_recorded()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
  *filing.mutable_filing_recorded()->mutable_period_end() = date(2019, 2, 30);
  Registration early = registration();
  early.mutable_filing_recorded()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
  *early.mutable_filing_recorded()->mutable_period_end() = date(2019, 5, 2);  // a day too late
  Registration later = early;
  *later.mutable_filing_recorded()->mutable_filed() = date(2019, 5, 5);
  Record undated = changed<Registration>(registration(), [](Registration& e) {
    e.mutable_filing_due()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
    *e.mutable_filing_due()->mutable_next_due() = date(2019, 6, 1);
  });
  undated.published = UnixMillis(-1);
  Registration due = registration();
  due.clear_effective_date();
  due.mutable_filing_due()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
  v1::Observation vintage = figure();
  *vintage.mutable_figure()->mutable_vintage() = date(2600, 1, 1);
  return {
      {"no date", Refusal::kMissingDate,
       registration_with([](Registration& e) { e.clear_effective_date(); })},
      {"no due date", Refusal::kMissingDate, record(due)},
      {"an empty date", Refusal::kDateOutOfRange, dated(v1::Date())},
      {"1600", Refusal::kDateOutOfRange, dated(date(1600, 1, 1))},
      {"2600", Refusal::kDateOutOfRange, dated(date(2600, 1, 1))},
      {"29 February 2019", Refusal::kDateOutOfRange, dated(date(2019, 2, 29))},
      {"29 February 1900", Refusal::kDateOutOfRange, dated(date(1900, 2, 29))},
      {"31 April", Refusal::kDateOutOfRange, dated(date(2019, 4, 31))},
      {"month 0", Refusal::kDateOutOfRange, dated(date(2019, 0, 1))},
      {"month 13", Refusal::kDateOutOfRange, dated(date(2019, 13, 1))},
      {"day −1", Refusal::kDateOutOfRange, dated(date(2019, 1, -1))},
      {"a period end that does not exist", Refusal::kDateOutOfRange, record(filing)},
      {"filed before the end of the period", Refusal::kFiledBeforePeriodEnd, record(early)},
      {"filed after tomorrow", Refusal::kEffectiveAfterPublished, record(later)},
      {"a due date that was stated nobody knows when", Refusal::kNoTimestamp, undated},
      {"a vintage in 2600", Refusal::kDateOutOfRange, record(vintage)},
      {"after tomorrow", Refusal::kEffectiveAfterPublished, dated(date(2019, 5, 5))},
  };
}

std::vector<Example> code_examples() {
  auto const with_activity = [](v1::Activity a) {
    return registration_with(
        [&](Registration& e) { *e.mutable_registered()->mutable_activities(0) = a; });
  };
  return {
      {"a four-digit code", Refusal::kWrongScheme, with_activity(activity("7222"))},
      {"another scheme", Refusal::kWrongScheme, with_activity(activity("62012", "2026"))},
      {"an activity without a scheme", Refusal::kWrongScheme, with_activity(v1::Activity())},
  };
}

std::vector<Example> detail_examples() {
  auto const event = [](const std::function<void(Registration&)>& set) {
    return changed<Registration>(registration(), set);
  };
  auto const support_event = [](const std::function<void(v1::SupportEvent&)>& set) {
    return changed<v1::SupportEvent>(support(), set);
  };
  return {
      {"a change without a changed field", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_changed(); })},
      {"no status", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_status_changed(); })},
      {"no category of filing", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_filing_recorded(); })},
      {"no category due", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_filing_due(); })},
      {"no insolvency type", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_insolvency_case(); })},
      {"no strike-off action", Refusal::kMissingDetail, event([](Registration& e) {
         e.mutable_strike_off_notice()->set_kind(v1::STRIKE_OFF_KIND_VOLUNTARY);
       })},
      {"a proposed strike-off without a kind", Refusal::kMissingDetail, event([](Registration& e) {
         e.mutable_strike_off_notice()->set_action(v1::STRIKE_OFF_ACTION_PROPOSED);
       })},
      {"no charge action", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_charge_changed(); })},
      {"an officer without a role", Refusal::kMissingDetail, event([](Registration& e) {
         e.mutable_officer_changed()->set_action(v1::OFFICER_ACTION_RESIGNED);
       })},
      {"an officer without an action", Refusal::kMissingDetail, event([](Registration& e) {
         e.mutable_officer_changed()->set_role(v1::OFFICER_ROLE_SECRETARY);
       })},
      {"a heartbeat without an instant", Refusal::kMissingDetail,
       event([](Registration& e) { e.mutable_heartbeat(); })},
      {"a first response without received_at", Refusal::kMissingDetail,
       interaction_with([](v1::Interaction& i) { i.set_first_response_at(1); })},
      {"no referral state", Refusal::kMissingDetail,
       support_event([](v1::SupportEvent& e) { e.mutable_referral(); })},
      {"no outcome kind", Refusal::kMissingDetail,
       support_event([](v1::SupportEvent& e) { e.mutable_outcome(); })},
      {"no obligation", Refusal::kMissingDetail,
       support_event([](v1::SupportEvent& e) { e.mutable_regulatory_contact(); })},
      {"no jobs", Refusal::kMissingDetail,
       support_event([](v1::SupportEvent& e) { e.mutable_redundancy_notice(); })},
      {"no ocid", Refusal::kMissingDetail,
       changed<v1::ProcurementEvent>(awarded(), [](auto& e) { e.mutable_award()->clear_ocid(); })},
      {"no frequency", Refusal::kMissingDetail,
       changed<v1::Observation>(figure(), [](auto& e) { e.mutable_figure()->clear_frequency(); })},
  };
}

std::vector<Example> value_examples() {
  auto const event = [](const std::function<void(Registration&)>& set) {
    return changed<Registration>(registration(), set);
  };
  auto const support_event = [](const std::function<void(v1::SupportEvent&)>& set) {
    return changed<v1::SupportEvent>(support(), set);
  };
  auto const award = [](const std::function<void(v1::Award&)>& set) {
    return changed<v1::ProcurementEvent>(awarded(), [&](auto& e) { set(*e.mutable_award()); });
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return {
      {"a status of a later contract", Refusal::kValueOutOfRange,
       record(status_changed(static_cast<v1::RegisterStatus>(13)))},
      {"a status below 0", Refusal::kValueOutOfRange,
       record(status_changed(static_cast<v1::RegisterStatus>(-1)))},
      {"a size band of a later contract", Refusal::kValueOutOfRange,
       registration_with([](Registration& e) {
         e.mutable_registered()->set_size_band(static_cast<v1::SizeBand>(7));
       })},
      {"a strike-off of a later contract", Refusal::kValueOutOfRange, event([](Registration& e) {
         e.mutable_strike_off_notice()->set_action(static_cast<v1::StrikeOffAction>(3));
       })},
      {"a heartbeat before 1970", Refusal::kValueOutOfRange,
       event([](Registration& e) { e.mutable_heartbeat()->set_complete_to(-1); })},
      {"a heartbeat in 2079", Refusal::kValueOutOfRange, event([](Registration& e) {
         e.mutable_heartbeat()->set_complete_to(at(2079, 1, 1).value);
       })},
      {"minutes below 0", Refusal::kValueOutOfRange,
       interaction_with([](v1::Interaction& i) { i.set_minutes(-1); })},
      {"a topic below the families", Refusal::kValueOutOfRange,
       interaction_with(
           [](v1::Interaction& i) { i.add_topics(static_cast<v1::SupportTopic>(9)); })},
      {"a topic above the families", Refusal::kValueOutOfRange,
       interaction_with(
           [](v1::Interaction& i) { i.add_topics(static_cast<v1::SupportTopic>(90)); })},
      {"an answer before the enquiry", Refusal::kValueOutOfRange,
       interaction_with([](v1::Interaction& i) {
         i.set_received_at(2);
         i.set_first_response_at(1);
       })},
      {"an enquiry before 1970", Refusal::kValueOutOfRange,
       interaction_with([](v1::Interaction& i) { i.set_received_at(-1); })},
      {"an answer in 2079", Refusal::kValueOutOfRange, interaction_with([](v1::Interaction& i) {
         i.set_received_at(1);
         i.set_first_response_at(at(2079, 1, 1).value);
       })},
      {"a negative amount", Refusal::kValueOutOfRange, support_event([](v1::SupportEvent& e) {
         e.mutable_outcome()->set_kind(v1::OUTCOME_KIND_OTHER);
         e.mutable_outcome()->set_amount_minor(-1);
       })},
      {"a matter settled before 1970", Refusal::kValueOutOfRange,
       support_event([](v1::SupportEvent& e) {
         e.mutable_regulatory_contact()->set_obligation("registration");
         e.mutable_regulatory_contact()->set_resolved_at(-1);
       })},
      {"negative jobs", Refusal::kValueOutOfRange,
       support_event([](v1::SupportEvent& e) { e.mutable_redundancy_notice()->set_jobs(-1); })},
      {"a negative award", Refusal::kValueOutOfRange,
       award([](v1::Award& a) { a.set_value_minor(-1); })},
      {"a confidence above 1", Refusal::kValueOutOfRange,
       award([](v1::Award& a) { a.set_match_confidence(1.01); })},
      {"a confidence that is not a number", Refusal::kValueOutOfRange,
       award([](v1::Award& a) { a.set_match_confidence(kNaN); })},
      {"a figure that is not a number", Refusal::kValueOutOfRange,
       changed<v1::Observation>(figure(), [](auto& e) { e.mutable_figure()->set_value(kNaN); })},
  };
}

// --- limits --------------------------------------------------------------------------------------

struct Limit {
  const char* what;
  Refusal reason;
  size_t largest;
  std::function<Record(size_t)> record;
};

std::string text(size_t size) {
  return std::string(size, 'x');
}
std::string upper(size_t size) {
  return std::string(size, 'X');
}

std::vector<Limit> limits_of_records() {
  return {
      {"record", Refusal::kRecordTooLarge, kRecordBytesMax,
       [](size_t size) {  // padded with unknown fields of two bytes, and one of three if needed
         Record r = record(registered());
         if ((size - r.value.size()) % 2 == 1) r.value += "\x78\x80\x01";
         while (r.value.size() < size) r.value += "\x78\x01";
         return r;
       }},
      {"event_id", Refusal::kIdTooLong, kEventIdBytesMax,
       [](size_t n) {
         return registration_with([&](Registration& e) { e.set_event_id(text(n)); });
       }},
      {"event_id of a retraction", Refusal::kIdTooLong, kEventIdBytesMax,
       [](size_t n) {
         return changed<Registration>(registration(), [&](Registration& e) {
           e.mutable_retracted()->set_event_id(text(n));
         });
       }},
      {"source", Refusal::kIdTooLong, kSourceBytesMax,
       [](size_t n) { return registration_with([&](Registration& e) { e.set_source(text(n)); }); }},
      {"source of a heartbeat", Refusal::kIdTooLong, kSourceBytesMax,
       [](size_t n) {
         return changed<Registration>(registration(), [&](Registration& e) {
           e.mutable_heartbeat()->set_source(text(n));
           e.mutable_heartbeat()->set_complete_to(1);
         });
       }},
  };
}

std::vector<Limit> limits_of_keys() {
  return {
      {"jurisdiction", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         Registration e = registered();
         e.mutable_business()->set_jurisdiction(text(n));
         return record(e, upper(n) + "/companies-house/01234567");
       }},
      {"register", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         Registration e = registered();
         e.mutable_business()->set_register_(text(n));
         return record(e, "GB/" + text(n) + "/01234567");
       }},
      {"business id", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         Registration e = registered();
         e.mutable_business()->set_id(text(n));
         return record(e, "GB/companies-house/" + upper(n));
       }},
      {"all parts of the business", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         Registration e = registered();
         e.mutable_business()->set_jurisdiction(text(n));
         e.mutable_business()->set_register_(text(n));
         e.mutable_business()->set_id(text(n));
         return record(e, upper(n) + "/" + text(n) + "/" + upper(n));
       }},
      {"case_id", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         v1::SupportEvent e = enquiry();
         e.set_case_id(text(n));
         return record(e, "case:" + text(n));
       }},
      {"series_id", Refusal::kIdTooLong, kBusinessIdBytesMax,
       [](size_t n) {
         v1::Observation e = figure();
         e.set_series_id(text(n));
         return record(e, text(n));
       }},
  };
}

Record outcome_with(int32_t jobs, int64_t amount_minor) {
  v1::SupportEvent event = support();
  event.mutable_outcome()->set_kind(v1::OUTCOME_KIND_JOBS_CREATED);
  event.mutable_outcome()->set_jobs_delta(jobs);
  event.mutable_outcome()->set_amount_minor(amount_minor);
  return record(event);
}

std::vector<Limit> limits_of_contents() {
  return {
      {"postcode of an enquirer", Refusal::kIdTooLong, kTextBytesMax,
       [](size_t n) {  // the area code has priority, so the postcode need not be known
         v1::SupportEvent e = enquiry();
         e.set_postcode(text(n));
         return record(e, "case:C-17");
       }},
      {"text of a kind", Refusal::kIdTooLong, kTextBytesMax,
       [](size_t n) { return interaction_with([&](v1::Interaction& i) { i.set_team(text(n)); }); }},
      {"text of an activity", Refusal::kIdTooLong, kTextBytesMax,
       [](size_t n) {
         return registration_with(
             [&](Registration& e) { e.mutable_registered()->add_activities()->set_code(text(n)); });
       }},
      {"activities", Refusal::kValueOutOfRange, kActivitiesMax,
       [](size_t n) {
         return registration_with([&](Registration& e) {
           e.mutable_registered()->clear_activities();
           for (size_t i = 0; i < n; ++i) {
             *e.mutable_registered()->add_activities() = activity("62012");
           }
         });
       }},
      {"topics", Refusal::kValueOutOfRange, kTopicsMax,
       [](size_t n) {
         return interaction_with([&](v1::Interaction& i) {
           i.clear_topics();
           for (size_t t = 0; t < n; ++t) i.add_topics(v1::SUPPORT_TOPIC_DEBT);
         });
       }},
      {"jobs of an outcome", Refusal::kValueOutOfRange, kOutcomeJobsMax,
       [](size_t n) { return outcome_with(static_cast<int32_t>(n), 0); }},
      {"lost jobs of an outcome", Refusal::kValueOutOfRange, kOutcomeJobsMax,
       [](size_t n) { return outcome_with(-static_cast<int32_t>(n), 0); }},
      {"amount of an outcome", Refusal::kValueOutOfRange, kOutcomeAmountMax,
       [](size_t n) { return outcome_with(1, static_cast<int64_t>(n)); }},
      {"source_sequence", Refusal::kSequenceOutOfRange, base::kSourceSequenceMax,
       [](size_t n) {
         return registration_with([&](Registration& e) { e.set_source_sequence(n); });
       }},
      {"year", Refusal::kDateOutOfRange, kLatestYear,
       [](size_t year) {
         return changed<Registration>(registration(), [&](Registration& e) {
           e.mutable_filing_due()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
           *e.mutable_filing_due()->mutable_next_due() = date(static_cast<int>(year), 12, 31);
         });
       }},
  };
}

std::vector<Limit> limits() {
  std::vector<Limit> all = limits_of_records();
  for (const auto& more : {limits_of_keys(), limits_of_contents()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

TEST(RefusalTest, ALimitIsAcceptedAndOneAboveIsRefused) {
  for (const Limit& limit : limits()) {
    EXPECT_EQ(refusal(limit.record(limit.largest)), std::nullopt) << limit.what;
    EXPECT_EQ(refusal(limit.record(limit.largest + 1)), limit.reason) << limit.what;
  }
}

TEST(RefusalTest, TheEarliestYearIsAcceptedAndTheYearBeforeIsRefused) {
  auto const born = [](int year) {
    return registration_with(
        [&](Registration& e) { *e.mutable_effective_date() = date(year, 1, 1); });
  };
  EXPECT_EQ(refusal(born(kEarliestYear)), std::nullopt);
  EXPECT_EQ(refusal(born(kEarliestYear - 1)), Refusal::kDateOutOfRange);
}

TEST(RefusalTest, MinutesSaturateAtTheirLimit) {
  auto const minutes = [](int stated) {
    return std::get<Event>(
               decode(interaction_with([&](v1::Interaction& i) { i.set_minutes(stated); })))
        .minutes;
  };
  EXPECT_EQ(minutes(0), 0);
  EXPECT_EQ(minutes(kMinutesMax), kMinutesMax);
  EXPECT_EQ(minutes(kMinutesMax + 1), kMinutesMax);
  EXPECT_EQ(minutes(INT32_MAX), kMinutesMax);
}

// A register in Auckland, Singapore or on Kiritimati publishes in its morning.
TEST(RefusalTest, F7_AnEffectiveDateMayBeTheDayAnywhereOnEarth) {
  Record r =
      registration_with([](Registration& e) { *e.mutable_effective_date() = date(2019, 5, 3); });
  r.published = at(2019, 5, 3, 0);
  EXPECT_EQ(refusal(r), std::nullopt);
  r.published = at(2019, 5, 2, 23, 30);  // 07:30 in Singapore
  EXPECT_EQ(refusal(r), std::nullopt);
  r.published = at(2019, 5, 2, 10);  // midnight on Kiritimati
  EXPECT_EQ(refusal(r), std::nullopt);
  r.published = UnixMillis(at(2019, 5, 2, 10).value - 1);
  EXPECT_EQ(refusal(r), Refusal::kEffectiveAfterPublished);
  r.published = UnixMillis(INT64_MAX);
  EXPECT_EQ(refusal(r), std::nullopt);
}

TEST(RefusalTest, ATimestampAheadOfTheClockDoesNotAllowALaterDate) {
  Record r =
      registration_with([](Registration& e) { *e.mutable_effective_date() = date(2078, 5, 3); });
  r.published = UnixMillis(at(2019, 5, 3, 12).value * 1000);  // microseconds
  r.latest = at(2019, 5, 3, 13);
  EXPECT_EQ(refusal(r), Refusal::kEffectiveAfterPublished);
  r = registration_with([](Registration& e) { *e.mutable_effective_date() = date(2019, 5, 3); });
  r.published = UnixMillis(at(2019, 5, 3, 12).value * 1000);
  r.latest = at(2019, 5, 3, 13);
  EXPECT_EQ(refusal(r), std::nullopt);
}

// A day number below the 32-bit range must not wrap to a day in the far future.
TEST(RefusalTest, ATimestampBeforeTheRangeOfDaysDoesNotWrap) {
  Record r = record(registered());
  for (int64_t const millis : {int64_t{-1}, INT64_MIN / 3 * 2, INT64_MIN}) {
    r.published = UnixMillis(millis);
    EXPECT_EQ(refusal(r), Refusal::kNoTimestamp) << millis;
  }
}

// A record that states no source_sequence is not told that its source_sequence is wrong.
TEST(RefusalTest, AMissingTimestampIsNamedAsSuch) {
  Record r = registration_with([](Registration& e) { e.clear_source_sequence(); });
  for (int64_t const millis :
       {int64_t{-1}, INT64_MIN, INT64_MAX, static_cast<int64_t>(base::kSourceSequenceMax) + 1}) {
    r.published = UnixMillis(millis);
    EXPECT_EQ(refusal(r), Refusal::kNoTimestamp) << millis;
  }
  r = registration_with([](Registration& e) { e.set_source_sequence(UINT64_MAX); });  // −1
  r.published = UnixMillis(-1);
  EXPECT_EQ(refusal(r), Refusal::kSequenceOutOfRange);
}

TEST(RefusalTest, BadInputIsRefusedWithItsReason) {
  for (const auto& examples : {envelope_examples(), id_examples(), date_examples(), code_examples(),
                               detail_examples(), value_examples()}) {
    for (const Example& example : examples) {
      EXPECT_EQ(refusal(example.record), example.reason) << example.what;
    }
  }
}

// A field number without a row in the table is refused. It is not taken for another kind.
TEST(RefusalTest, AKindWithoutARowIsRefused) {
  for (const domain::TopicInfo& topic : domain::kTopics) {
    for (uint32_t field = domain::kKindFieldMin; field <= domain::kKindFieldMax; ++field) {
      if (domain::kind_of_field(field)) continue;
      Record r = topic.id == Topic::kObservations ? record(observation()) : record(registration());
      r.topic = topic.id;
      uint32_t const tag = field << 3 | 2;
      r.value += static_cast<char>((tag & 0x7f) | 0x80);
      r.value += static_cast<char>(tag >> 7);
      r.value += "\x02\x10\x07"s;  // as a heartbeat's complete_to
      bool const of_topic = field >= topic.kind_field_min && field <= topic.kind_field_max;
      EXPECT_EQ(refusal(r), of_topic ? Refusal::kUnknownKind : Refusal::kWrongTopic)
          << topic.name << " " << field;
    }
  }
}

TEST(RefusalTest, EveryReasonOfTheDecoderHasAnExample) {
  std::set<Refusal> seen = {Refusal::kTooManyFacts,
                            Refusal::kTooLate};  // only the ledger gives them
  for (const auto& examples : {envelope_examples(), id_examples(), date_examples(), code_examples(),
                               detail_examples(), value_examples()}) {
    for (const Example& example : examples) seen.insert(example.reason);
  }
  for (const Limit& limit : limits()) seen.insert(limit.reason);
  for (size_t i = 0; i < kRefusals; ++i) {
    EXPECT_TRUE(seen.contains(static_cast<Refusal>(i))) << kRefusalTexts[i].name;
  }
}

// An event with many problems, which are corrected one after the other: the checks have an order.
TEST(RefusalTest, TheFirstProblemIsTheReason) {
  Registration event;
  event.mutable_registered();
  *event.mutable_effective_date() = date(2600, 1, 1);
  EXPECT_EQ(refusal(record(event, "")), Refusal::kMissingSource);
  event.set_source("companies-house");
  EXPECT_EQ(refusal(record(event, "")), Refusal::kMissingEventId);
  event.set_event_id("fact-1");
  EXPECT_EQ(refusal(record(event, "")), Refusal::kMissingBusiness);
  *event.mutable_business() = registered().business();
  EXPECT_EQ(refusal(record(event, "")), Refusal::kKeyMismatch);
  EXPECT_EQ(refusal(record(event)), Refusal::kDateOutOfRange);
  *event.mutable_effective_date() = date(2019, 5, 1);
  EXPECT_EQ(refusal(record(event)), std::nullopt);
}

TEST(RefusalTest, NamesOfReasonsAreValidMetricLabels) {
  std::set<std::string_view> names;
  for (const RefusalText& text : kRefusalTexts) {
    EXPECT_EQ(text.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string_view::npos)
        << text.name;
    EXPECT_FALSE(text.what.empty());
    names.insert(text.name);
  }
  EXPECT_EQ(names.size(), kRefusals);
  EXPECT_EQ(name(Refusal::kTooManyFacts), "too_many_facts");
}

}  // namespace
}  // namespace bellwether::events
