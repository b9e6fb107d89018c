#include "core/events/decoder.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "core/base/hash.h"
#include "support/time_zones.h"
#include "unit/core/events/accepted.h"

namespace bellwether::events {
namespace {

using namespace testing;  // NOLINT: the functions of accepted.h and fixture.h
using std::string_literals::operator""s;

TEST(DecoderTest, ARegistrationIsResolvedToIds) {
  Event const e = accepted(record(registered()));
  EXPECT_EQ(e.kind, EventKind::kRegistered);
  EXPECT_FALSE(e.unregistered);
  EXPECT_EQ(e.business, business_key(kKey));
  EXPECT_EQ(e.fact, fact_id("companies-house", "fact-1"));
  EXPECT_EQ(e.source, base::hash64("companies-house"));
  EXPECT_EQ(e.sequence.value, 7u);
  EXPECT_EQ(e.effective, base::days_from_civil(2019, 5, 1));
  EXPECT_EQ(e.area, area("E08000025"));
  EXPECT_EQ(e.sector, sector("62"));
  EXPECT_EQ(e.size, SizeBand(v1::SIZE_BAND_5_TO_9));
}

TEST(DecoderTest, ARegistrationThatStatesNothingCountsAtTheRootUnclassified) {
  v1::RegistrationEvent event = registration();
  event.mutable_registered();
  Event const e = accepted(record(event));
  EXPECT_EQ(e.area, reference::kRootArea);
  EXPECT_EQ(e.sector, reference::kUnclassified);
  EXPECT_EQ(e.size, SizeBand(0));
}

std::array<bool, kUnknownCodes> unknown(std::initializer_list<UnknownCode> codes) {
  std::array<bool, kUnknownCodes> out{};
  for (UnknownCode c : codes) out[static_cast<size_t>(c)] = true;
  return out;
}

// Jersey, a forces post office, an address abroad, a region, a set of areas: a business that the
// reference files cannot place is in no place, but in every total.
TEST(DecoderTest, F12_AnUnknownPlaceCountsAtTheRoot) {
  auto const decoded_in = [](const std::string& code, const std::string& postcode) {
    v1::RegistrationEvent event = registered();
    event.mutable_registered()->set_area_code(code);
    event.mutable_registered()->set_postcode(postcode);
    return accepted(record(event));
  };
  for (const char* postcode : {"JE2 3AB", "BF1 2AT", "75008", "ZZ1 1ZZ", "?"}) {
    Event const e = decoded_in("", postcode);
    EXPECT_EQ(e.area, reference::kRootArea) << postcode;
    EXPECT_EQ(e.sector, sector("62")) << postcode;
    EXPECT_EQ(e.unknown, unknown({UnknownCode::kPostcode})) << postcode;
  }
  for (const char* code : {"X99", "E12000005", "E37000012"}) {
    Event const e = decoded_in(code, "");
    EXPECT_EQ(e.area, reference::kRootArea) << code;
    EXPECT_EQ(e.unknown, unknown({UnknownCode::kArea})) << code;
    EXPECT_EQ(decoded_in(code, "B91 3QJ").area, area("E08000029")) << "the postcode is known";
  }
}

// The business leaves its place. It is not counted where it no longer is.
TEST(DecoderTest, F12_AMoveToAnUnknownPlaceStatesTheRoot) {
  v1::RegistrationEvent event = registration();
  event.mutable_changed()->set_postcode("JE2 3AB");
  Event const e = accepted(record(event));
  EXPECT_EQ(e.area, reference::kRootArea);
  EXPECT_EQ(e.unknown, unknown({UnknownCode::kPostcode}));
}

TEST(DecoderTest, F12_AnUnknownSectorCountsAsUnclassified) {
  v1::RegistrationEvent event = registered();
  *event.mutable_registered()->mutable_activities(0) = activity("00000");
  Event const e = accepted(record(event));
  EXPECT_EQ(e.area, area("E08000025"));
  EXPECT_EQ(e.sector, reference::kUnclassified);
  EXPECT_EQ(e.unknown, unknown({UnknownCode::kSector}));
}

TEST(DecoderTest, F12_AnEnquirerFromAnUnknownPlaceCounts) {
  v1::SupportEvent event = enquiry();
  event.set_area_code("X99");
  *event.mutable_activity() = activity("00000");
  Event const e = accepted(record(event, "case:C-17"));
  EXPECT_EQ(e.area, reference::kRootArea);
  EXPECT_EQ(e.sector, reference::kUnclassified);
  EXPECT_EQ(e.unknown, unknown({UnknownCode::kArea, UnknownCode::kSector}));
}

TEST(DecoderTest, S6_AnInteractionHasItsType) {
  v1::SupportEvent event = interaction();
  EXPECT_EQ(accepted(record(event)).type, InteractionType::kUnstated);
  for (int type = v1::InteractionType_MIN; type <= v1::InteractionType_MAX; ++type) {
    event.mutable_interaction()->set_type(static_cast<v1::InteractionType>(type));
    EXPECT_EQ(static_cast<int>(accepted(record(event)).type), type);
  }
  EXPECT_EQ(v1::InteractionType_MAX + 1, static_cast<int>(InteractionType::kOther));
  for (int type : {v1::InteractionType_MAX + 1, 100, -1}) {
    event.mutable_interaction()->set_type(static_cast<v1::InteractionType>(type));
    EXPECT_EQ(accepted(record(event)).type, InteractionType::kOther) << type;
  }
}

// A registered business counts where the register states, so codes at the desk are not judged.
TEST(DecoderTest, F12_ThePlaceOfARegisteredBusinessIsNotReadFromTheDesk) {
  v1::SupportEvent event = interaction();
  event.set_area_code("X99");
  *event.mutable_activity() = activity("62012", "2026");
  Event const e = accepted(record(event));
  EXPECT_EQ(e.area, kNoArea);
  EXPECT_EQ(e.sector, kNoSector);
  EXPECT_EQ(e.unknown, unknown({}));
}

TEST(DecoderTest, AChangeStatesOnlyWhatItChanges) {
  v1::RegistrationEvent event = registration();
  event.mutable_changed()->set_postcode("B91 3QJ");
  Event e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kChanged);
  EXPECT_EQ(e.area, area("E08000029"));
  EXPECT_EQ(e.sector, kNoSector);
  EXPECT_EQ(e.size, kNoSize);

  event.clear_changed();
  event.mutable_changed()->set_size_band(v1::SIZE_BAND_250_OR_MORE);
  e = accepted(record(event));
  EXPECT_EQ(e.area, kNoArea);
  EXPECT_EQ(e.size, SizeBand(6));

  event.clear_changed();
  event.mutable_changed()->set_legal_form(v1::LEGAL_FORM_PUBLIC_LIMITED_COMPANY);
  EXPECT_EQ(accepted(record(event)).area, kNoArea);
}

TEST(DecoderTest, WithoutASequenceThePublicationTimeOrdersTheVersions) {
  v1::RegistrationEvent event = registered();
  event.clear_source_sequence();
  EXPECT_EQ(accepted(record(event)).sequence.value,
            static_cast<uint64_t>(at(2019, 5, 3, 12).value));
}

// --- areas ---------------------------------------------------------------------------------------

Event registered_at(std::string_view area_code, std::string_view postcode) {
  v1::RegistrationEvent event = registered();
  event.mutable_registered()->set_area_code(std::string(area_code));
  event.mutable_registered()->set_postcode(std::string(postcode));
  return accepted(record(event));
}

TEST(DecoderTest, TheAreaCodeHasPriorityOverThePostcode) {
  EXPECT_EQ(registered_at("E08000025", "B91").area, area("E08000025"));
  EXPECT_EQ(registered_at("", "B91").area, area("E08000029"));
}

// Birmingham, where one postcode was a mass address until 2018.
TEST(DecoderTest, AMassAddressIsAPlaceOfItsOwn) {
  reference::Reference reference = west_midlands();
  reference.mass = must(reference::MassAddresses::parse(
      "postcode,from,until\nB15 1AA,,2018-01-01\nB15 2BB,,\n", "mass.csv", reference.postcodes));
  reference.areas = must(reference.areas.divide(reference.mass.areas()));
  auto const code_of = [&](std::string_view code, std::string_view postcode) {
    v1::RegistrationEvent event = registered();
    event.mutable_registered()->set_area_code(std::string(code));
    event.mutable_registered()->set_postcode(std::string(postcode));
    Record const r = record(event);
    auto const decoded = Decoder(reference).decode(r.raw());
    return reference.areas.at(std::get<Event>(decoded).area).code;
  };
  EXPECT_EQ(code_of("", "b152bb"), "E08000025.mass");
  EXPECT_EQ(code_of("", "B15 1AA"), "E08000025.own") << "the fact is of a later day";
  EXPECT_EQ(code_of("", "B15"), "E08000025.own");
  EXPECT_EQ(code_of("E08000025", ""), "E08000025.own");
  EXPECT_EQ(code_of("E08000025", "B15 2BB"), "E08000025.mass");
  EXPECT_EQ(code_of("", "B91 3QJ"), "E08000029") << "has none";
  EXPECT_EQ(code_of("E12000005", ""), "E12000005") << "the root: unknown";
}

TEST(DecoderTest, AFormerCodeIsThatOfTheAreaToday) {
  reference::Reference reference = west_midlands();
  reference.areas = must(reference::Areas::parse(
      "code,name,level,parent,former\nR,R,region,,\nE06000063,Cumberland,district,R,E07000026 "
      "E07000029\n",
      "areas.csv", "", ""));
  v1::RegistrationEvent event = registered();
  event.mutable_registered()->set_area_code("E07000029");
  Record const r = record(event);
  Event const e = std::get<Event>(Decoder(reference).decode(r.raw()));
  EXPECT_EQ(reference.areas.at(e.area).code, "E06000063");
}

TEST(DecoderTest, ThePostcodeIsUsedIfTheAreaCodeIsNotALeaf) {
  EXPECT_EQ(registered_at("E12000005", "B15 2TT").area, area("E08000025"));  // a region
  EXPECT_EQ(registered_at("E37000012", "B15 2TT").area, area("E08000025"));  // a set
  EXPECT_EQ(registered_at("X99", "B15 2TT").area, area("E08000025"));
}

TEST(DecoderTest, AFullPostcodeHasPriorityOverItsDistrict) {
  EXPECT_EQ(registered_at("", "B15 9ZZ").area, area("E08000029"));
  EXPECT_EQ(registered_at("", "B15 9ZY").area, area("E08000025"));
}

// --- heartbeats and retractions ------------------------------------------------------------------

TEST(DecoderTest, AHeartbeatNeedsOnlyASourceAndAnInstant) {
  v1::RegistrationEvent event;
  event.mutable_heartbeat()->set_source("companies-house");
  event.mutable_heartbeat()->set_complete_to(at(2019, 5, 3).value);
  for (std::string_view key : {"", "any key"}) {
    Event const e = accepted(record(event, key));
    EXPECT_EQ(e.kind, EventKind::kHeartbeat);
    EXPECT_EQ(e.source, base::hash64("companies-house"));
    EXPECT_EQ(e.complete_to, at(2019, 5, 3));
    EXPECT_EQ(e.business.value, 0u);
  }
}

TEST(DecoderTest, AHeartbeatWithoutASourceHasTheEventsSource) {
  v1::Observation event;
  event.set_source("ons");
  event.mutable_heartbeat()->set_complete_to(1);
  EXPECT_EQ(accepted(record(event, "")).source, base::hash64("ons"));
}

TEST(DecoderTest, EveryTopicCarriesHeartbeats) {
  v1::Heartbeat beat;
  beat.set_source("s");
  beat.set_complete_to(1);
  v1::SupportEvent support;
  v1::ProcurementEvent procurement;
  *support.mutable_heartbeat() = beat;
  *procurement.mutable_heartbeat() = beat;
  EXPECT_EQ(accepted(record(support, "")).kind, EventKind::kHeartbeat);
  EXPECT_EQ(accepted(record(procurement, "")).kind, EventKind::kHeartbeat);
}

// So one record can be sent to all input topics.
TEST(DecoderTest, AHeartbeatHasTheSameBytesInEveryTopic) {
  v1::RegistrationEvent event;
  event.set_source("s");
  event.mutable_heartbeat()->set_complete_to(5);
  Record r = record(event, "");
  for (const domain::TopicInfo& topic : domain::kTopics) {
    r.topic = topic.id;
    Event const e = accepted(r);
    EXPECT_EQ(e.kind, EventKind::kHeartbeat) << topic.name;
    EXPECT_EQ(e.complete_to.value, 5) << topic.name;
  }
}

TEST(DecoderTest, ARetractionNamesTheFactThatItRetracts) {
  for (std::string_view own_id : {"", "retraction-9"}) {
    v1::RegistrationEvent event = registration();
    event.set_event_id(std::string(own_id));
    event.mutable_retracted()->set_event_id("fact-1");
    Event const e = accepted(record(event));
    EXPECT_EQ(e.kind, EventKind::kRetracted);
    EXPECT_EQ(e.fact, accepted(record(registered())).fact);
  }
}

TEST(DecoderTest, ARetractionWithoutADateHasTheDayOfItsPublication) {
  v1::RegistrationEvent event = registration();
  event.clear_effective_date();
  event.mutable_retracted()->set_event_id("fact-1");
  EXPECT_EQ(accepted(record(event)).effective, base::days_from_civil(2019, 5, 3));
  Record timeless = record(event);
  timeless.published = UnixMillis(INT64_MAX);
  EXPECT_EQ(accepted(timeless).effective, base::days_from_civil(kLatestYear, 12, 31));
}

// --- registrations -------------------------------------------------------------------------------

TEST(DecoderTest, ADueDateMayBeInTheFutureAndIsStatedBeforeThat) {
  base::Days const published = base::days_from_civil(2019, 5, 3);
  v1::RegistrationEvent event = registration();
  event.mutable_filing_due()->set_category(v1::FILING_CATEGORY_ACCOUNTS);
  *event.mutable_filing_due()->mutable_next_due() = date(2020, 1, 31);
  *event.mutable_filing_due()->mutable_period_end() = date(2019, 4, 30);
  Event e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kFilingDue);
  EXPECT_EQ(code_of<Filing>(e), Filing::kAccounts);
  EXPECT_EQ(e.effective, base::days_from_civil(2019, 5, 1)) << "stated on the effective date";
  EXPECT_EQ(e.due, base::days_from_civil(2020, 1, 31));
  EXPECT_EQ(e.period_end, base::days_from_civil(2019, 4, 30));

  *event.mutable_effective_date() = date(2020, 1, 31);
  EXPECT_EQ(accepted(record(event)).effective, published) << "nobody states a date in the future";
  event.clear_effective_date();
  event.mutable_filing_due()->clear_period_end();
  e = accepted(record(event));
  EXPECT_EQ(e.effective, published);
  EXPECT_EQ(e.period_end, kNoDay);

  event.mutable_filing_due()->clear_next_due();
  *event.mutable_effective_date() = date(2020, 2, 29);
  e = accepted(record(event));
  EXPECT_EQ(e.due, base::days_from_civil(2020, 2, 29));
  EXPECT_EQ(e.effective, published);
}

TEST(DecoderTest, AFilingHappensOnTheDayOfFiling) {
  v1::RegistrationEvent event = registration();
  v1::FilingRecorded& filing = *event.mutable_filing_recorded();
  filing.set_category(v1::FILING_CATEGORY_CONFIRMATION_STATEMENT);
  Event e = accepted(record(event));
  EXPECT_EQ(e.effective, base::days_from_civil(2019, 5, 1)) << "the effective date";
  EXPECT_EQ(code_of<Filing>(e), Filing::kConfirmationStatement);
  EXPECT_EQ(e.due, kNoDay);
  EXPECT_EQ(e.period_end, kNoDay);
  *filing.mutable_due() = date(2019, 6, 1);
  *filing.mutable_period_end() = date(2019, 4, 17);
  *filing.mutable_filed() = date(2019, 4, 18);
  event.clear_effective_date();
  e = accepted(record(event));
  EXPECT_EQ(e.effective, base::days_from_civil(2019, 4, 18));
  EXPECT_EQ(e.due, base::days_from_civil(2019, 6, 1));
  EXPECT_EQ(e.period_end, base::days_from_civil(2019, 4, 17));
  *filing.mutable_period_end() = date(2019, 4, 18);
  EXPECT_EQ(accepted(record(event)).kind, EventKind::kFilingRecorded) << "on the last day";
}

TEST(DecoderTest, ChargesAreCreatedAndSatisfied) {
  v1::RegistrationEvent event = registration();
  event.mutable_charge_changed()->set_action(v1::CHARGE_ACTION_CREATED);
  EXPECT_EQ(code_of<Charge>(accepted(record(event))), Charge::kCreated);
  event.mutable_charge_changed()->set_action(v1::CHARGE_ACTION_SATISFIED);
  EXPECT_EQ(code_of<Charge>(accepted(record(event))), Charge::kSatisfied);
}

TEST(DecoderTest, OnlyDirectorsAndMembersOfPartnershipsCountAsDirectors) {
  auto const officer = [](v1::OfficerRole role, v1::OfficerAction action) {
    v1::RegistrationEvent event = registration();
    event.mutable_officer_changed()->set_role(role);
    event.mutable_officer_changed()->set_action(action);
    return code_of<Officer>(accepted(record(event)));
  };
  EXPECT_EQ(officer(v1::OFFICER_ROLE_DIRECTOR, v1::OFFICER_ACTION_APPOINTED), Officer::kAppointed);
  EXPECT_EQ(officer(v1::OFFICER_ROLE_LLP_MEMBER, v1::OFFICER_ACTION_RESIGNED), Officer::kResigned);
  EXPECT_EQ(officer(v1::OFFICER_ROLE_SECRETARY, v1::OFFICER_ACTION_RESIGNED), Officer::kUnstated);
  EXPECT_EQ(officer(v1::OFFICER_ROLE_OTHER, v1::OFFICER_ACTION_APPOINTED), Officer::kUnstated);
}

// --- support -------------------------------------------------------------------------------------

TEST(DecoderTest, AnInteractionCountsOnceInEachFamilyOfItsTopics) {
  v1::SupportEvent event = interaction();
  event.mutable_interaction()->add_topics(v1::SUPPORT_TOPIC_DEBT);
  event.mutable_interaction()->add_topics(v1::SUPPORT_TOPIC_TAX);
  event.mutable_interaction()->add_topics(v1::SUPPORT_TOPIC_UNSPECIFIED);
  Event const e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kInteraction);
  EXPECT_EQ(e.code, 1 << static_cast<int>(TopicFamily::kDistress) |
                        1 << static_cast<int>(TopicFamily::kCompliance));
}

TEST(DecoderTest, EveryTopicOfTheContractHasAFamily) {
  const auto* topics = v1::SupportTopic_descriptor();
  uint8_t seen = 0;
  for (int i = 0; i < topics->value_count(); ++i) {
    int const number = topics->value(i)->number();
    if (number == 0) continue;
    v1::SupportEvent event = support();
    event.mutable_interaction()->add_topics(static_cast<v1::SupportTopic>(number));
    uint8_t const code = accepted(record(event)).code;
    EXPECT_EQ(code, 1 << (number / 10 - 1)) << topics->value(i)->name();
    seen |= code;
  }
  EXPECT_EQ(seen, 0xff);
}

TEST(DecoderTest, AnUnknownTopicCountsInTheFamilyOfItsNumber) {
  v1::SupportEvent event = support();
  event.mutable_interaction()->add_topics(static_cast<v1::SupportTopic>(79));
  EXPECT_EQ(accepted(record(event)).code, 1 << static_cast<int>(TopicFamily::kInnovation));
}

TEST(DecoderTest, AFirstResponseHasTheBucketOfItsWorkingHours) {
  v1::SupportEvent event = interaction();
  EXPECT_EQ(accepted(record(event)).response_bucket, 0);
  event.mutable_interaction()->set_received_at(at(2019, 4, 26, 16).value);  // Friday
  EXPECT_EQ(accepted(record(event)).response_bucket, 0);
  event.mutable_interaction()->set_first_response_at(at(2019, 4, 29, 10).value);  // Monday
  EXPECT_EQ(accepted(record(event)).response_bucket, 3);                          // 1–2 hours
}

// The case: asked on Tuesday 09:00 in Singapore and answered at 16:00.
TEST(DecoderTest, F7_TheHoursOfTheSourcesDeskCount) {
  v1::SupportEvent event = interaction();
  event.mutable_interaction()->set_received_at(at(2020, 1, 7, 1).value);
  event.mutable_interaction()->set_first_response_at(at(2020, 1, 7, 8).value);
  *event.mutable_effective_date() = date(2020, 1, 7);
  auto const bucket = [&](const reference::Reference& reference, const std::string& source) {
    event.set_source(source);
    Record r = record(event);
    r.published = at(2020, 1, 7, 12);
    return std::get<Event>(Decoder(reference).decode(r.raw())).response_bucket;
  };
  constexpr uint8_t kWithinHalfAnHour = 1;
  constexpr uint8_t kSixToEightHours = 7;
  EXPECT_EQ(bucket(west_midlands(), "crm"), kWithinHalfAnHour) << "before 09:00 UTC";
  reference::DeskHours singapore;
  singapore.zone = bellwether::testing::singapore();
  reference::Reference reference = west_midlands();
  reference.desks = reference::Desks(singapore);
  EXPECT_EQ(bucket(reference, "crm"), kSixToEightHours);
  reference.desks = reference::Desks(reference::DeskHours(), {{"chat", singapore}});
  EXPECT_EQ(bucket(reference, "crm"), kWithinHalfAnHour);
  EXPECT_EQ(bucket(reference, "chat"), kSixToEightHours);
}

TEST(DecoderTest, AnEnquirerMayStateAreaAndActivity) {
  v1::SupportEvent event = enquiry();
  event.clear_area_code();
  event.clear_activity();
  Event e = accepted(record(event, "case:C-17"));
  EXPECT_EQ(e.area, kNoArea);
  EXPECT_EQ(e.sector, kNoSector);
  event.set_postcode("B15");
  *event.mutable_activity() = activity("47110");
  e = accepted(record(event, "case:C-17"));
  EXPECT_EQ(e.area, area("E08000025"));
  EXPECT_EQ(e.sector, sector("47"));
}

TEST(DecoderTest, AnEnquirerOnNoRegisterHasTheKeyOfTheCase) {
  Event const e = accepted(record(enquiry(), "case:C-17"));
  EXPECT_TRUE(e.unregistered);
  EXPECT_EQ(e.business, business_key("case:C-17"));
  EXPECT_EQ(e.area, area("E08000029"));
  EXPECT_EQ(e.sector, sector("47"));
}

TEST(DecoderTest, ABusinessHasPriorityOverTheCase) {
  v1::SupportEvent event = interaction();
  event.set_case_id("C-17");
  Event const e = accepted(record(event));
  EXPECT_FALSE(e.unregistered);
  EXPECT_EQ(e.business, business_key(kKey));
}

TEST(DecoderTest, TheOtherSupportKindsDecode) {
  v1::SupportEvent event = support();
  event.mutable_referral()->set_state(v1::REFERRAL_STATE_COMPLETED);
  Event e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kReferral);
  EXPECT_EQ(e.code, v1::REFERRAL_STATE_COMPLETED);
  EXPECT_EQ(e.referral, 0u) << "without a case";

  event.mutable_outcome()->set_kind(v1::OUTCOME_KIND_JOBS_CREATED);
  event.mutable_outcome()->set_jobs_delta(-3);
  event.mutable_outcome()->set_amount_minor(12'345'678'900);
  e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kOutcome);
  EXPECT_EQ(e.code, v1::OUTCOME_KIND_JOBS_CREATED);
  EXPECT_EQ(e.jobs, -3);
  EXPECT_EQ(e.amount_minor, 12'345'678'900);

  event.mutable_regulatory_contact()->set_obligation("registration");
  e = accepted(record(event));
  EXPECT_EQ(e.kind, EventKind::kRegulatoryContact);
  EXPECT_EQ(e.code, 0);

  event.mutable_redundancy_notice()->set_jobs(50);
  EXPECT_EQ(accepted(record(event)).kind, EventKind::kRedundancyNotice);
  EXPECT_EQ(accepted(record(event)).jobs, 50);
}

TEST(DecoderTest, TheEventsOfAReferralHaveItsCaseAndOrganisation) {
  auto const referral = [](const char* of_case, const char* to, v1::ReferralState state) {
    v1::SupportEvent event = support();
    event.mutable_referral()->set_case_id(of_case);
    event.mutable_referral()->set_to(to);
    event.mutable_referral()->set_state(state);
    return accepted(record(event)).referral;
  };
  uint32_t const bank = referral("C-1", "bank", v1::REFERRAL_STATE_OPENED);
  EXPECT_NE(bank, 0u);
  EXPECT_EQ(referral("C-1", "bank", v1::REFERRAL_STATE_DECLINED), bank);
  EXPECT_NE(referral("C-2", "bank", v1::REFERRAL_STATE_OPENED), bank);
  EXPECT_NE(referral("C-1", "college", v1::REFERRAL_STATE_OPENED), bank);
  EXPECT_NE(referral("C-1", "", v1::REFERRAL_STATE_OPENED), 0u);
  EXPECT_EQ(referral("", "bank", v1::REFERRAL_STATE_OPENED), 0u);
}

// What the enquirer asked is not even decoded.
TEST(DecoderTest, AnInteractionWhoseUseIsRefusedHasNoContent) {
  v1::SupportEvent event = interaction();
  v1::Interaction& i = *event.mutable_interaction();
  i.set_type(v1::INTERACTION_TYPE_ADVICE);
  i.set_minutes(45);
  i.set_channel(v1::CHANNEL_WEB);
  i.set_intensity(v1::INTENSITY_LIGHT);
  i.set_team("advice");
  i.set_received_at(at(2019, 5, 1, 9).value);
  i.set_first_response_at(at(2019, 5, 1, 10).value);
  for (int consent = 0; consent <= v1::Consent_MAX + 1; ++consent) {
    if (consent == v1::CONSENT_REFUSED) continue;
    i.set_consent(static_cast<v1::Consent>(consent));
    EXPECT_EQ(accepted(record(event)).minutes, 45) << consent;
  }
  i.set_consent(v1::CONSENT_REFUSED);
  Event const e = accepted(record(event));
  EXPECT_EQ(e.type, InteractionType::kRefused);
  EXPECT_EQ(e.code, 0);
  EXPECT_EQ(e.minutes, 0);
  EXPECT_EQ(e.response_bucket, 0);
  EXPECT_EQ(e.channel, Channel::kUnstated);
  EXPECT_EQ(e.intensity, Intensity::kUnstated);
  EXPECT_EQ(e.team, 0);
  i.set_minutes(-1);
  EXPECT_TRUE(std::holds_alternative<Refusal>(decode(record(event)))) << "still a bad record";
}

// --- procurement and observations ----------------------------------------------------------------

TEST(DecoderTest, AnAwardHasTheKeyOfItsSupplier) {
  Event const e = accepted(record(awarded()));
  EXPECT_EQ(e.kind, EventKind::kAward);
  EXPECT_EQ(e.business, business_key(kKey));
}

TEST(DecoderTest, AnObservationHasTheKeyOfItsSeries) {
  Event const e = accepted(record(figure()));
  EXPECT_EQ(e.kind, EventKind::kObservation);
  EXPECT_EQ(e.business, business_key("ons/births"));
  EXPECT_EQ(e.code, v1::FREQUENCY_MONTH);
  EXPECT_EQ(e.statistic, Statistic::kUnused) << "without a unit, nothing rests on it";
}

// Jobs in retail in Birmingham.
v1::Observation employment() {
  v1::Observation event = figure();
  v1::Figure& f = *event.mutable_figure();
  f.set_value(900);
  f.set_unit("jobs");
  f.set_area_code("E08000025");
  *f.mutable_activity() = activity("47");
  return event;
}

TEST(DecoderTest, TheUnitOfAFigureSaysWhatItIsOf) {
  v1::Observation event = employment();
  Event const jobs = accepted(record(event));
  EXPECT_EQ(jobs.statistic, Statistic::kEmployment);
  EXPECT_EQ(jobs.value, 900);
  EXPECT_EQ(jobs.area, area("E08000025"));
  EXPECT_EQ(jobs.sector, sector("47"));
  EXPECT_EQ(jobs.vintage, base::days_from_civil(2019, 5, 3)) << "the day of publication";
  event.mutable_figure()->set_unit("persons");
  EXPECT_EQ(accepted(record(event)).statistic, Statistic::kResidents);
  event.mutable_figure()->set_unit("GBP_million");
  EXPECT_EQ(accepted(record(event)).statistic, Statistic::kUnused) << "output is of a year";
  event.mutable_figure()->set_frequency(v1::FREQUENCY_YEAR);
  EXPECT_EQ(accepted(record(event)).statistic, Statistic::kOutput);
  EXPECT_EQ(accepted(record(event)).value, 900e6);
  event.mutable_figure()->set_unit("enterprises");
  EXPECT_EQ(accepted(record(event)).statistic, Statistic::kUnused);
}

TEST(DecoderTest, AFigureIsOfExactlyThePlaceThatItStates) {
  v1::Observation event = employment();
  event.mutable_figure()->set_area_code("E37000012");
  event.mutable_figure()->mutable_activity()->set_code("G");
  Event e = accepted(record(event));
  EXPECT_EQ(e.area, area("E37000012")) << "a set";
  EXPECT_EQ(e.sector, sector("G")) << "a section";
  event.mutable_figure()->clear_area_code();
  event.mutable_figure()->clear_activity();
  e = accepted(record(event));
  EXPECT_EQ(e.area, reference::kRootArea);
  EXPECT_EQ(e.sector, reference::kAllSectors);
  event.mutable_figure()->set_area_code("E08000001");
  e = accepted(record(event));
  EXPECT_EQ(e.statistic, Statistic::kUnused) << "of an area elsewhere";
  EXPECT_TRUE(e.unknown[static_cast<size_t>(UnknownCode::kArea)]);
  event = employment();
  event.mutable_figure()->mutable_activity()->set_code("47110");
  e = accepted(record(event));
  EXPECT_EQ(e.statistic, Statistic::kUnused) << "a part of a sector is not the sector";
  EXPECT_TRUE(e.unknown[static_cast<size_t>(UnknownCode::kSector)]);
  event.mutable_figure()->mutable_activity()->set_version("2003");
  EXPECT_EQ(std::get<Refusal>(decode(record(event))), Refusal::kWrongScheme);
}

TEST(DecoderTest, AFigureThatCannotBeIsRefused) {
  auto const refused = [](auto change) {
    v1::Observation event = employment();
    change(*event.mutable_figure());
    auto const decoded = decode(record(event));
    return std::holds_alternative<Refusal>(decoded) ? std::optional(std::get<Refusal>(decoded))
                                                    : std::nullopt;
  };
  EXPECT_EQ(refused([](v1::Figure& f) { f.set_value(-1); }), Refusal::kValueOutOfRange);
  EXPECT_EQ(refused([](v1::Figure& f) { f.set_value(1.1e15); }), Refusal::kValueOutOfRange);
  EXPECT_EQ(refused([](v1::Figure& f) { f.set_value(std::numeric_limits<double>::quiet_NaN()); }),
            Refusal::kValueOutOfRange);
  EXPECT_EQ(refused([](v1::Figure& f) { f.clear_frequency(); }), Refusal::kMissingDetail);
  EXPECT_EQ(refused([](v1::Figure& f) { *f.mutable_vintage() = date(2019, 5, 5); }),
            Refusal::kEffectiveAfterPublished);
  EXPECT_EQ(refused([](v1::Figure& f) { f.set_status(static_cast<v1::FigureStatus>(4)); }),
            Refusal::kValueOutOfRange);
  EXPECT_EQ(refused([](v1::Figure& f) { *f.mutable_vintage() = date(2019, 5, 1); }), std::nullopt);
}

// --- frame and wire ------------------------------------------------------------------------------

TEST(DecoderTest, AFramedMessageIsTheSameEvent) {
  Record const bare = record(registered());
  for (const std::string& head : {"\0\0\0\0\7\0"s, "\0\0\0\0\7\2\0"s}) {
    Record framed = bare;
    framed.value = head + bare.value;
    Event const e = accepted(framed);
    EXPECT_EQ(e.fact, accepted(bare).fact);
    EXPECT_EQ(e.area, area("E08000025"));
  }
}

TEST(DecoderTest, WithTheSchemaIdInTheHeaderTheValueIsBare) {
  Record bare = record(registered());
  bare.schema_id_in_header = true;
  EXPECT_EQ(accepted(bare).kind, EventKind::kRegistered);
}

TEST(DecoderTest, ALaterKindReplacesAnEarlierKindCompletely) {
  v1::RegistrationEvent first = registration();
  first.mutable_changed()->set_area_code("E08000025");
  first.mutable_changed()->set_size_band(v1::SIZE_BAND_5_TO_9);
  *first.mutable_changed()->add_activities() = activity("62012");
  v1::RegistrationEvent second;
  second.mutable_registered()->set_postcode("B91");
  Record both = record(first);
  both.value += second.SerializeAsString();
  Event const e = accepted(both);
  EXPECT_EQ(e.kind, EventKind::kRegistered);
  EXPECT_EQ(e.area, area("E08000029"));
  EXPECT_EQ(e.sector, reference::kUnclassified);
  EXPECT_EQ(e.size, SizeBand(0));
}

TEST(DecoderTest, FieldsOfALaterContractAreIgnored) {
  Record r = record(registered());
  r.value += "\xfa\x7d\x03new"s;  // field 2015
  EXPECT_EQ(accepted(r).area, area("E08000025"));
}

}  // namespace
}  // namespace bellwether::events
