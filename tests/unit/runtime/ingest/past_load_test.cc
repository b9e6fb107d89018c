#include "runtime/ingest/past_load.h"

#include <gtest/gtest.h>

#include "support/calendars.h"

namespace bellwether::runtime {
namespace {

using base::UnixMillis;
using ::bellwether::testing::day;
using ::bellwether::testing::kMonths;
using ::bellwether::testing::midnight;
using events::EventKind;

constexpr UnixMillis kLatest{INT64_MAX};
constexpr int kYearsOfPast = 10;
constexpr int kMonthsOfPast = 12 * kYearsOfPast;

class Register {
 public:
  void publish(base::Days effective, base::Days on, EventKind kind = EventKind::kRegistered) {
    events::Event event;
    event.kind = kind;
    event.effective = effective;
    event.complete_to = midnight(on);
    load_.note(event, midnight(on), kLatest);
  }
  const PastLoad& load() const { return load_; }

 private:
  PastLoad load_{kMonths};
};

TEST(PastLoadTest, F14_ALoadStampedNowIsNoticed) {
  Register all_now;
  for (int m = 0; m < kMonthsOfPast; ++m) {
    for (int i = 1; i <= 3; ++i) all_now.publish(day(2010, 1 + m, i), day(2020, 1, 5));
  }
  EXPECT_TRUE(all_now.load().count().is_load());
  EXPECT_EQ(all_now.load().count().period, kMonths.period_of(day(2020, 1, 1)));
}

TEST(PastLoadTest, F14_ALoadThatIsNotInTheOrderOfTimeIsNoticed) {
  Register by_business;  // each record has its own time, but they are not sorted by it
  for (int i = 0; i < 3; ++i) {
    for (int m = 0; m < kMonthsOfPast; ++m)
      by_business.publish(day(2010, 1 + m, 3), day(2010, 1 + m, 4));
  }
  EXPECT_TRUE(by_business.load().count().is_load());
}

TEST(PastLoadTest, F14_ALoadInTheOrderOfTimeAfterAStockIsRight) {
  Register in_order;
  for (int i = 0; i < 10 * static_cast<int>(kPastRecordsLeast); ++i)
    in_order.publish(day(1950, 1, 1), day(2010, 1, 1));
  EXPECT_TRUE(in_order.load().count().is_load()) << "nothing follows yet";
  for (int m = 0; m < kMonthsOfPast; ++m) {
    for (int i = 1; i <= 10; ++i) in_order.publish(day(2010, 1 + m, i), day(2010, 1 + m, i + 1));
    EXPECT_TRUE(m == 0 || !in_order.load().count().is_load()) << m;
  }
}

TEST(PastLoadTest, OldFactsAmongManyOthersAreNoLoad) {
  Register live;
  for (int i = 0; i < 1'000; ++i) {
    live.publish(day(2019, 12, 30), day(2020, 1, 5));
    if (i % 2 == 0) live.publish(day(2001, 5, 5), day(2020, 1, 5));
  }
  EXPECT_FALSE(live.load().count().is_load());
  Register few;
  for (int i = 1; i < kPastRecordsLeast; ++i) few.publish(day(2001, 5, 5), day(2020, 1, 5));
  EXPECT_FALSE(few.load().count().is_load());
  few.publish(day(2001, 5, 5), day(2020, 1, 5));
  EXPECT_TRUE(few.load().count().is_load());
}

TEST(PastLoadTest, RetractionsDoNotCountAndAHeartbeatBeginsThePeriod) {
  Register source;
  for (int i = 0; i < 2 * kPastRecordsLeast; ++i)
    source.publish(base::Days(0), day(2020, 1, 5), EventKind::kRetracted);
  EXPECT_EQ(source.load().count().records, 0);
  for (int i = 0; i < 2 * kPastRecordsLeast; ++i) source.publish(day(2001, 5, 5), day(2020, 1, 5));
  source.publish(base::Days(0), day(2020, 2, 1), EventKind::kHeartbeat);
  EXPECT_FALSE(source.load().count().is_load());
  EXPECT_EQ(source.load().count().period, kMonths.period_of(day(2020, 2, 1)));
}

TEST(PastLoadTest, ATimestampInTheFutureIsNotBelieved) {
  PastLoad load(kMonths);
  events::Event event;
  event.kind = EventKind::kRegistered;
  event.effective = day(2020, 1, 4);
  load.note(event, midnight(day(2600, 1, 1)), midnight(day(2020, 1, 5)));
  EXPECT_EQ(load.count().past, 0);
  EXPECT_EQ(load.count().period, kMonths.period_of(day(2020, 1, 1)));
}

TEST(PastLoadTest, PartitionsAreAddedAndTheLaterPeriodCounts) {
  PastLoad::Count sum;
  sum.add({std::nullopt, 0, 0});
  sum.add({base::PeriodIndex(7), 100, 60});
  sum.add({base::PeriodIndex(7), 100, 60});
  sum.add({base::PeriodIndex(6), 900, 900});
  EXPECT_EQ(sum.records, 200);
  EXPECT_EQ(sum.past, 120);
  EXPECT_TRUE(sum.is_load());
  sum.add({base::PeriodIndex(8), 10, 0});
  EXPECT_EQ(sum.records, 10);
  EXPECT_FALSE(sum.is_load());
}

}  // namespace
}  // namespace bellwether::runtime
