// Tests the decoder with peculiarities of real registers, mainly Companies House.
#include <gtest/gtest.h>

#include "unit/core/events/fixture.h"

namespace bellwether::events {
namespace {

using namespace testing;  // NOLINT: the functions of fixture.h

std::variant<Event, Refusal> numbered(std::string_view number, std::string_view key_number) {
  v1::RegistrationEvent event = registered();
  event.mutable_business()->set_id(std::string(number));
  return decode(record(event, "GB/companies-house/" + std::string(key_number)));
}

TEST(RegisterTrapsTest, ANumberWithoutLeadingZerosIsTheSameCompany) {
  for (std::string_view number : {"01234567", "1234567", " 1234567 "}) {
    auto const decoded = numbered(number, "01234567");
    ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << number;
    EXPECT_EQ(std::get<Event>(decoded).business, business_key(kKey));
  }
  EXPECT_TRUE(std::holds_alternative<Event>(numbered("sc12345", "SC012345")));
}

TEST(RegisterTrapsTest, ANumberWithBlanksInsideIsTheSameCompany) {
  for (std::string_view number : {"0123 4567",
                                  "0123\xc2\xa0"
                                  "4567",
                                  "\xc2\xa0"
                                  "1234567",
                                  "012345\xe2\x80\x8b"
                                  "67"}) {
    auto const decoded = numbered(number, "01234567");
    ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << number;
    EXPECT_EQ(std::get<Event>(decoded).business, business_key(kKey));
    // A producer that does not tidy the key gets a dead letter, not another business.
    EXPECT_EQ(std::get<Refusal>(numbered(number, number)), Refusal::kKeyMismatch) << number;
  }
  EXPECT_EQ(std::get<Refusal>(numbered("\xc2\xa0\xc2\xa0", "")), Refusal::kMissingBusiness);
}

TEST(RegisterTrapsTest, AKeyThatIsNotCanonicalIsRefused) {
  EXPECT_EQ(std::get<Refusal>(numbered("1234567", "1234567")), Refusal::kKeyMismatch);
  EXPECT_EQ(std::get<Refusal>(numbered("sc123456", "sc123456")), Refusal::kKeyMismatch);
}

std::variant<Event, Refusal> active_in(std::initializer_list<v1::Activity> activities) {
  v1::RegistrationEvent event = registered();
  event.mutable_registered()->clear_activities();
  for (const v1::Activity& a : activities) *event.mutable_registered()->add_activities() = a;
  return decode(record(event));
}

SectorId sector_of(std::initializer_list<v1::Activity> activities) {
  auto const decoded = active_in(activities);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) ADD_FAILURE() << name(*refusal);
  return std::holds_alternative<Event>(decoded) ? std::get<Event>(decoded).sector : kNoSector;
}

TEST(RegisterTrapsTest, DormantAndNonTradingBusinessesAreUnclassified) {
  EXPECT_EQ(sector_of({activity("99999")}), reference::kUnclassified);
  EXPECT_EQ(sector_of({activity("74990")}), reference::kUnclassified);
  EXPECT_EQ(sector_of({activity("74909")}), sector("74"));
  EXPECT_EQ(sector_of({}), reference::kUnclassified);
}

TEST(RegisterTrapsTest, TheFirstActivityWithASectorCounts) {
  EXPECT_EQ(sector_of({activity("47110"), activity("62012")}), sector("47"));
  EXPECT_EQ(sector_of({activity("74990"), activity("62012")}), sector("62"));
  EXPECT_EQ(sector_of({activity("00000"), activity("62012")}), sector("62"));
  EXPECT_EQ(sector_of({activity("7222", "2003"), activity("62012")}), sector("62"));
  EXPECT_EQ(sector_of({activity("00000"), activity("99999")}), reference::kUnclassified);
}

TEST(RegisterTrapsTest, ACodeOfAnotherClassificationIsRefused) {
  EXPECT_EQ(std::get<Refusal>(active_in({activity("7222")})), Refusal::kWrongScheme);
  EXPECT_EQ(std::get<Refusal>(active_in({activity("62012", "2026")})), Refusal::kWrongScheme);
  EXPECT_EQ(std::get<Refusal>(active_in({activity("62.01Z", "2025", "NAF")})),
            Refusal::kWrongScheme);
  EXPECT_EQ(std::get<Event>(active_in({activity("00000")})).sector, reference::kUnclassified);
  EXPECT_EQ(std::get<Refusal>(active_in({activity("00000"), activity("7222")})),
            Refusal::kWrongScheme);
}

TEST(RegisterTrapsTest, AChangeToDormantMakesABusinessUnclassified) {
  v1::RegistrationEvent event = registration();
  *event.mutable_changed()->add_activities() = activity("99999");
  EXPECT_EQ(std::get<Event>(decode(record(event))).sector, reference::kUnclassified);
}

TEST(RegisterTrapsTest, ACompanyInLiquidationIsStillOnTheRegister) {
  for (int s = v1::RegisterStatus_MIN + 1; s <= v1::RegisterStatus_MAX; ++s) {
    auto const status = static_cast<v1::RegisterStatus>(s);
    bool const ceased =
        status == v1::REGISTER_STATUS_DISSOLVED || status == v1::REGISTER_STATUS_CONVERTED_CLOSED ||
        status == v1::REGISTER_STATUS_CLOSED || status == v1::REGISTER_STATUS_REMOVED;
    auto const decoded = decode(record(status_changed(status)));
    ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << v1::RegisterStatus_Name(status);
    EXPECT_EQ(static_cast<Status>(std::get<Event>(decoded).code),
              ceased ? Status::kCeased : Status::kLive)
        << v1::RegisterStatus_Name(status);
  }
}

TEST(RegisterTrapsTest, AProposalToStrikeOffLeavesTheCompanyAlive) {
  v1::RegistrationEvent event = status_changed(v1::REGISTER_STATUS_ACTIVE);
  event.mutable_status_changed()->set_detail(v1::STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF);
  EXPECT_EQ(static_cast<Status>(std::get<Event>(decode(record(event))).code), Status::kLive);
}

Insolvency insolvency(v1::InsolvencyType type, bool solvent = false) {
  v1::RegistrationEvent event = registration();
  event.mutable_insolvency_case()->set_type(type);
  event.mutable_insolvency_case()->set_solvent(solvent);
  return static_cast<Insolvency>(std::get<Event>(decode(record(event))).code);
}

TEST(RegisterTrapsTest, AMembersVoluntaryLiquidationIsSolvent) {
  for (int t = v1::InsolvencyType_MIN + 1; t <= v1::InsolvencyType_MAX; ++t) {
    auto const type = static_cast<v1::InsolvencyType>(t);
    bool const members = type == v1::INSOLVENCY_TYPE_MEMBERS_VOLUNTARY_LIQUIDATION;
    EXPECT_EQ(insolvency(type) == Insolvency::kSolvent, members) << t;
    EXPECT_EQ(insolvency(type, true), Insolvency::kSolvent);
  }
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_UNSPECIFIED, true), Insolvency::kSolvent);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_COMPULSORY_LIQUIDATION),
            Insolvency::kCompulsoryLiquidation);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_CREDITORS_VOLUNTARY_LIQUIDATION),
            Insolvency::kCreditorsVoluntary);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_ADMINISTRATION), Insolvency::kAdministration);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_COMPANY_VOLUNTARY_ARRANGEMENT),
            Insolvency::kVoluntaryArrangement);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_RECEIVERSHIP), Insolvency::kReceivership);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_MORATORIUM), Insolvency::kCreditors);
  EXPECT_EQ(insolvency(v1::INSOLVENCY_TYPE_OTHER), Insolvency::kCreditors);
}

StrikeOff notice(v1::StrikeOffKind kind, v1::StrikeOffAction action) {
  v1::RegistrationEvent event = registration();
  event.mutable_strike_off_notice()->set_kind(kind);
  event.mutable_strike_off_notice()->set_action(action);
  return static_cast<StrikeOff>(std::get<Event>(decode(record(event))).code);
}

// "gazette-filings-brought-up-to-date" discontinues a strike-off without naming its kind.
TEST(RegisterTrapsTest, AStrikeOffIsDiscontinuedWhateverItsKind) {
  EXPECT_EQ(notice(v1::STRIKE_OFF_KIND_COMPULSORY, v1::STRIKE_OFF_ACTION_PROPOSED),
            StrikeOff::kCompulsory);
  EXPECT_EQ(notice(v1::STRIKE_OFF_KIND_VOLUNTARY, v1::STRIKE_OFF_ACTION_PROPOSED),
            StrikeOff::kVoluntary);
  for (auto kind : {v1::STRIKE_OFF_KIND_UNSPECIFIED, v1::STRIKE_OFF_KIND_COMPULSORY,
                    v1::STRIKE_OFF_KIND_VOLUNTARY}) {
    EXPECT_EQ(notice(kind, v1::STRIKE_OFF_ACTION_DISCONTINUED), StrikeOff::kDiscontinued);
  }
}

TEST(RegisterTrapsTest, RepeatedEventsWithOneIdAreVersionsOfOneFact) {
  Event const first = std::get<Event>(decode(record(registered())));
  v1::RegistrationEvent again = registered();
  again.set_source_sequence(8);
  Event const second = std::get<Event>(decode(record(again)));
  EXPECT_EQ(first.fact, second.fact);
  EXPECT_LT(first.sequence, second.sequence);
}

}  // namespace
}  // namespace bellwether::events
