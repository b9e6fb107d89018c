// The classes that events state: legal form, standing, channel, intensity, team, reason.
#include <gtest/gtest.h>

#include "core/events/decoder.h"
#include "unit/core/events/accepted.h"

namespace bellwether::events {
namespace {

using namespace testing;  // NOLINT: the functions of accepted.h and fixture.h

// A value that this build does not know is not refused: a newer source may state it.
TEST(DecodedClassesTest, ALegalFormIsReadWithItsNumber) {
  v1::RegistrationEvent event = registered();
  for (int form = 0; form <= v1::LegalForm_MAX; ++form) {
    event.mutable_registered()->set_legal_form(static_cast<v1::LegalForm>(form));
    EXPECT_EQ(static_cast<int>(accepted(record(event)).legal_form), form);
  }
  for (int form : {-1, v1::LegalForm_MAX + 1, INT32_MAX}) {
    event.mutable_registered()->set_legal_form(static_cast<v1::LegalForm>(form));
    EXPECT_EQ(accepted(record(event)).legal_form, LegalForm::kOther) << form;
  }
}

TEST(DecodedClassesTest, AStatusSaysWhetherABusinessIsInAProcedureOrToBeStruckOff) {
  v1::RegistrationEvent event = registration();
  auto const standing_of = [&](v1::RegisterStatus status, v1::StatusDetail detail) {
    event.mutable_status_changed()->set_status(status);
    event.mutable_status_changed()->set_detail(detail);
    return accepted(record(event)).standing;
  };
  auto const none = v1::STATUS_DETAIL_UNSPECIFIED;
  auto const proposed = v1::STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF;
  EXPECT_EQ(standing_of(v1::REGISTER_STATUS_ACTIVE, none), Standing::kSound);
  EXPECT_EQ(standing_of(v1::REGISTER_STATUS_ACTIVE, proposed), Standing::kStrikeOffProposed);
  EXPECT_EQ(standing_of(v1::REGISTER_STATUS_ACTIVE, v1::STATUS_DETAIL_CONVERTED_TO_PLC),
            Standing::kSound);
  EXPECT_EQ(standing_of(v1::REGISTER_STATUS_DISSOLVED, none), Standing::kSound);
  for (auto status :
       {v1::REGISTER_STATUS_LIQUIDATION, v1::REGISTER_STATUS_RECEIVERSHIP,
        v1::REGISTER_STATUS_VOLUNTARY_ARRANGEMENT, v1::REGISTER_STATUS_INSOLVENCY_PROCEEDINGS,
        v1::REGISTER_STATUS_ADMINISTRATION}) {
    EXPECT_EQ(standing_of(status, none), Standing::kInProcedure) << status;
  }
}

TEST(DecodedClassesTest, AnInteractionSaysByWhomAndHowTheEnquirerWasHelped) {
  v1::SupportEvent event = enquiry();
  auto& i = *event.mutable_interaction();
  i.set_channel(v1::CHANNEL_IN_PERSON);
  i.set_intensity(v1::INTENSITY_INTENSIVE);
  i.set_team("advice");
  Event e = accepted(record(event, "case:C-17"));
  EXPECT_EQ(e.channel, Channel::kInPerson);
  EXPECT_EQ(e.intensity, Intensity::kIntensive);
  EXPECT_EQ(e.team, reference::kOtherTeam) << "this deployment names no teams";
  i.set_channel(static_cast<v1::Channel>(v1::Channel_MAX + 1));
  i.set_intensity(static_cast<v1::Intensity>(v1::Intensity_MAX + 1));
  i.clear_team();
  e = accepted(record(event, "case:C-17"));
  EXPECT_EQ(e.channel, Channel::kOther);
  EXPECT_EQ(e.intensity, Intensity::kUnstated);
  EXPECT_EQ(e.team, 0);
}

TEST(DecodedClassesTest, ARetractionHasItsReason) {
  v1::RegistrationEvent event = registration();
  event.mutable_retracted()->set_event_id("fact-1");
  for (int reason = 0; reason <= v1::RetractionReason_MAX; ++reason) {
    event.mutable_retracted()->set_reason(static_cast<v1::RetractionReason>(reason));
    EXPECT_EQ(accepted(record(event)).code, reason);
  }
  event.mutable_retracted()->set_reason(static_cast<v1::RetractionReason>(99));
  EXPECT_EQ(code_of<RetractionReason>(accepted(record(event))), RetractionReason::kOther);
}

}  // namespace
}  // namespace bellwether::events
