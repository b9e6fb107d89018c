#include "cli/connect/outlet.h"

#include <gtest/gtest.h>

#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "connect/messages.h"

namespace bellwether::cli {
namespace {

TEST(OutletTest, ADryRunShowsWhatARecordSays) {
  events::v1::RegistrationEvent event;
  event.set_event_id("00000123:registered");
  connect::set_date(*event.mutable_effective_date(), base::days_from_civil(2019, 5, 3));
  event.mutable_registered()->set_legal_form(events::v1::LEGAL_FORM_PRIVATE_LIMITED_COMPANY);
  event.mutable_registered()->set_postcode("B15 2TT");
  connect::Said said;
  said.topic = domain::Topic::kRegistrations;
  said.key = "GB/companies-house/00000123";
  said.value = event.SerializeAsString();
  said.published = connect::end_of_day(base::days_from_civil(2026, 10, 31));
  EXPECT_EQ(line_of(said),
            "2026-10-31  GB/companies-house/00000123  00000123:registered  2019-05-03  registered "
            "{ legal_form: LEGAL_FORM_PRIVATE_LIMITED_COMPANY postcode: \"B15 2TT\" }");
}

TEST(OutletTest, ADryRunShowsDatesInsideARecord) {
  events::v1::RegistrationEvent event;
  event.set_event_id("00000123:accounts-due");
  event.mutable_filing_due()->set_category(events::v1::FILING_CATEGORY_ACCOUNTS);
  connect::set_date(*event.mutable_filing_due()->mutable_next_due(),
                    base::days_from_civil(2027, 1, 31));
  connect::Said said;
  said.key = "GB/companies-house/00000123";
  said.value = event.SerializeAsString();
  EXPECT_EQ(line_of(said),
            "1970-01-01  GB/companies-house/00000123  00000123:accounts-due  -  filing_due { "
            "category: FILING_CATEGORY_ACCOUNTS next_due: 2027-01-31 }");
}

TEST(OutletTest, ADryRunShowsSupportEvents) {
  events::v1::SupportEvent event;
  event.set_event_id("7");
  event.set_case_id("7");
  event.mutable_interaction()->set_minutes(30);
  connect::Said said;
  said.topic = domain::Topic::kSupport;
  said.key = "case:7";
  said.value = event.SerializeAsString();
  EXPECT_EQ(line_of(said), "1970-01-01  case:7  7  -  interaction { minutes: 30 }");
}

}  // namespace
}  // namespace bellwether::cli
