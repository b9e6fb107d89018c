#include "core/reference/desks.h"

#include <gtest/gtest.h>

#include "support/time_zones.h"

namespace bellwether::reference {
namespace {

// Tuesday 2020-01-07, 01:00 to 08:00 UTC.
int64_t hours_of_the_case(const Desks& desks, std::string_view source) {
  base::UnixMillis const midnight = base::start_of(base::days_from_civil(2020, 1, 7));
  return desks.of(base::hash64(source))
             .millis_between(base::UnixMillis(midnight.value + 3'600'000),
                             base::UnixMillis(midnight.value + 8 * 3'600'000)) /
         3'600'000;
}

DeskHours in_singapore() {
  DeskHours hours;
  hours.zone = testing::singapore();
  return hours;
}

TEST(DesksTest, F7_EverySourceHasTheCommonHoursUnlessItHasItsOwn) {
  Desks const one(in_singapore());
  EXPECT_EQ(hours_of_the_case(one, "crm"), 7);
  Desks const two(DeskHours(), {{"chat", in_singapore()}});
  EXPECT_EQ(hours_of_the_case(two, "crm"), 0);
  EXPECT_EQ(hours_of_the_case(two, "chat"), 7);
  EXPECT_EQ(two.text(),
            "Monday to Friday 09:00–17:00, time zone UTC; holidays count as working days. Source "
            "chat: Monday to Friday 09:00–17:00, time zone Asia/Singapore; holidays count as "
            "working days");
}

TEST(DesksTest, TeamsAreNumberedInTheirOrder) {
  Desks const desks(DeskHours(), {}, {"start-up", "advice"});
  EXPECT_EQ(desks.team(""), 0);
  EXPECT_EQ(desks.team("start-up"), 1);
  EXPECT_EQ(desks.team("advice"), 2);
  EXPECT_EQ(desks.team("Advice"), kOtherTeam);
  EXPECT_EQ(Desks().team("advice"), kOtherTeam);
  EXPECT_NE(desks.digest(), 0u);
  EXPECT_NE(desks.digest(), Desks(DeskHours(), {}, {"advice", "start-up"}).digest());
}

TEST(DesksTest, TheNameOfASourceIsRepeatedSafely) {
  std::string const text = Desks(DeskHours(), {{"a\xff\nb", in_singapore()}}).text();
  EXPECT_NE(text.find("Source a\uFFFD\uFFFDb: "), std::string::npos) << text;
}

TEST(DesksTest, F7_TheDigestIdentifiesTheHoursOfAllSources) {
  EXPECT_EQ(Desks().digest(), 0u) << "records of older builds have no digest";
  EXPECT_EQ(Desks(DeskHours()).digest(), 0u);
  EXPECT_EQ(Desks(DeskHours(), {{"chat", DeskHours()}}).digest(), 0u);
  uint64_t const one = Desks(in_singapore()).digest();
  uint64_t const two = Desks(DeskHours(), {{"chat", in_singapore()}}).digest();
  uint64_t const other = Desks(DeskHours(), {{"phone", in_singapore()}}).digest();
  EXPECT_NE(one, 0u);
  EXPECT_NE(two, 0u);
  EXPECT_NE(one, two);
  EXPECT_NE(two, other);
  EXPECT_EQ(Desks(in_singapore()).digest(), one);
}

}  // namespace
}  // namespace bellwether::reference
