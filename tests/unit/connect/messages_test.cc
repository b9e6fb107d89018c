#include "connect/messages.h"

#include <gtest/gtest.h>

#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "core/base/calendar.h"

namespace bellwether::connect {
namespace {

TEST(MessagesTest, ADayEndsBeforeTheInstantThatClosesItsPeriod) {
  base::Days const last = base::days_from_civil(2026, 10, 31);
  base::UnixMillis const published = end_of_day(last);
  EXPECT_EQ(base::days_of(published), last);
  base::Calendar const months(base::CalendarUnit::kMonth);
  EXPECT_EQ(published.value + 1, months.end_of(months.period_of(last)).value);
}

TEST(MessagesTest, AHeartbeatIsTheSameInTheMessagesOfAllTopics) {
  std::string const bytes = heartbeat("council", base::UnixMillis(1234));
  events::v1::RegistrationEvent registration;
  events::v1::SupportEvent support;
  ASSERT_TRUE(registration.ParseFromString(bytes));
  ASSERT_TRUE(support.ParseFromString(bytes));
  EXPECT_EQ(registration.source(), "council");
  EXPECT_EQ(registration.heartbeat().complete_to(), 1234);
  EXPECT_EQ(support.source(), "council");
  EXPECT_EQ(support.heartbeat().complete_to(), 1234);
}

TEST(MessagesTest, ADateIsItsYearMonthAndDay) {
  events::v1::Date date;
  set_date(date, base::days_from_civil(1752, 9, 2));
  EXPECT_EQ(date.year(), 1752);
  EXPECT_EQ(date.month(), 9);
  EXPECT_EQ(date.day(), 2);
}

}  // namespace
}  // namespace bellwether::connect
