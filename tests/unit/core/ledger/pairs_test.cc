// Counts that need more than one fact of a business: overdue documents and referrals.
#include "core/ledger/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/ledger/ledger.h"
#include "support/random.h"
#include "unit/core/ledger/fixture.h"

namespace bellwether::ledger {
namespace {

using domain::Filing;
using domain::ReferralState;
using indicators::Measure;
using testing::area;
using testing::day;
using testing::fact;
using testing::kMonths;
using testing::sector;
using testing::Sums;

// A business in N1, sector 10, from 2015 on.
class PairsTest : public ::testing::Test {
 protected:
  PairsTest() {
    Event e = fact(EventKind::kRegistered, 1, 1, day(2015, 1, 1));
    e.area = area("N1");
    e.sector = sector("10");
    tell(e);
  }
  void tell(Event e) {
    told_.push_back(e);
    ledger_.apply(e, base::UnixMillis(-1), sums_);
  }
  Event due(uint64_t id, base::Days stated, base::Days due, Filing category = Filing::kAccounts) {
    Event e = fact(EventKind::kFilingDue, 1, id, stated);
    e.code = static_cast<uint8_t>(category);
    e.due = due;
    return e;
  }
  Event filed(uint64_t id, base::Days on, Filing category = Filing::kAccounts) {
    Event e = fact(EventKind::kFilingRecorded, 1, id, on);
    e.code = static_cast<uint8_t>(category);
    return e;
  }
  Event referral(uint64_t id, base::Days on, ReferralState state, uint32_t referral = 7) {
    Event e = fact(EventKind::kReferral, 1, id, on);
    e.code = static_cast<uint8_t>(state);
    e.referral = referral;
    return e;
  }
  Event status(uint64_t id, base::Days on, events::Status status) {
    Event e = fact(EventKind::kStatusChanged, 1, id, on);
    e.code = static_cast<uint8_t>(status);
    return e;
  }
  // The number of businesses with overdue accounts at the end of the month, in all cells.
  int64_t overdue(int year, int month, Measure measure = Measure::kAccountsOverdue) const {
    int64_t level = 0;
    for (const auto& [key, n] : sums_.by_key) {
      bool const by_then = key.period() <= kMonths.period_of(day(year, month, 1));
      if (key.measure() == measure && by_then) level += n;
    }
    return level;
  }
  int64_t at(std::string_view a, Measure m, base::Days on) const {
    return sums_.at(area(a), sector("10"), m, on);
  }
  // The same facts in every other order give the same counts.
  void expect_any_order_is_the_same() {
    std::vector<Event> log = told_;
    for (uint64_t seed = 1; seed <= 50; ++seed) {
      testing::Random random(seed);
      random.shuffle(log);
      Ledger ledger(kMonths, testing::world());
      Sums sums;
      for (const Event& e : log) ledger.apply(e, base::UnixMillis(-1), sums);
      ASSERT_EQ(sums.by_key, sums_.by_key) << "seed " << seed;
    }
  }

  std::vector<Event> told_;
  Ledger ledger_{kMonths, testing::world()};
  Sums sums_;
};

TEST_F(PairsTest, ADocumentIsOverdueFromTheDayAfterItsDueDateUntilItIsFiled) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  EXPECT_EQ(overdue(2018, 9), 0) << "the last day is in time";
  EXPECT_EQ(overdue(2018, 10), 1);
  EXPECT_EQ(at("N1", Measure::kAccountsOverdue, day(2018, 10, 1)), 1);
  tell(filed(3, day(2018, 12, 4)));
  EXPECT_EQ(overdue(2018, 11), 1);
  EXPECT_EQ(overdue(2018, 12), 0);
  EXPECT_EQ(at("N1", Measure::kAccountsOverdue, day(2018, 12, 1)), -1);
  EXPECT_EQ(sums_.total(Measure::kConfirmationOverdue), 0);
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, ADocumentFiledInTimeContributesNothing) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  tell(filed(3, day(2018, 9, 30)));
  EXPECT_EQ(sums_.by_key.size(), 1u) << "the birth";
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, CategoriesAreKeptApart) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  tell(due(3, day(2018, 1, 5), day(2018, 8, 31), Filing::kConfirmationStatement));
  tell(filed(4, day(2018, 11, 1), Filing::kConfirmationStatement));
  EXPECT_EQ(overdue(2018, 12), 1);
  EXPECT_EQ(overdue(2018, 10, Measure::kConfirmationOverdue), 1);
  EXPECT_EQ(overdue(2018, 11, Measure::kConfirmationOverdue), 0);
}

// A register states the next due date when it has the document of the last one.
TEST_F(PairsTest, AFilingUpToTheDayOnWhichTheDueDateWasStatedDoesNotSatisfyIt) {
  tell(filed(2, day(2018, 1, 5)));
  tell(due(3, day(2018, 1, 5), day(2018, 9, 30)));
  EXPECT_EQ(overdue(2018, 10), 1);
  tell(filed(4, day(2018, 1, 6)));
  EXPECT_EQ(overdue(2018, 10), 0);
}

TEST_F(PairsTest, AFilingThatStatesNoEarlierDueDateSatisfiesWheneverItWasFiled) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  Event early = filed(3, day(2017, 12, 1));
  early.due = day(2018, 9, 29);
  tell(early);
  EXPECT_EQ(overdue(2018, 10), 1);
  early.due = day(2018, 9, 30);
  early.sequence = base::SourceSequence(2);
  tell(early);
  EXPECT_EQ(overdue(2018, 10), 0);
}

TEST_F(PairsTest, IfBothStateThePeriodOnlyThatDecides) {
  Event stated = due(2, day(2018, 1, 5), day(2018, 9, 30));
  stated.period_end = day(2017, 12, 31);
  tell(stated);
  Event other = filed(3, day(2018, 5, 1));
  other.period_end = day(2016, 12, 31);
  other.due = day(2018, 9, 30);
  tell(other);
  EXPECT_EQ(overdue(2018, 10), 1) << "the document of another year";
  Event same = filed(4, day(2018, 1, 2));
  same.period_end = day(2017, 12, 31);
  tell(same);
  EXPECT_EQ(overdue(2018, 10), 0) << "even before it was stated";
  expect_any_order_is_the_same();
}

// One event id for the due date of a business and category.
TEST_F(PairsTest, AFilingShowsHowLateItWasAfterTheNextDueDateReplacesItsOwn) {
  Event stated = due(2, day(2018, 1, 5), day(2018, 9, 30));
  tell(stated);
  Event late = filed(3, day(2018, 12, 4));
  late.due = day(2018, 9, 30);
  tell(late);
  stated.due = day(2019, 9, 30);
  stated.effective = day(2018, 12, 4);
  stated.sequence = base::SourceSequence(2);
  tell(stated);
  EXPECT_EQ(overdue(2018, 10), 1);
  EXPECT_EQ(overdue(2018, 12), 0);
  EXPECT_EQ(overdue(2019, 10), 1) << "the next document";
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, ALaterStatedDueDateIsInForce) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  tell(due(3, day(2018, 9, 1), day(2018, 12, 31)));  // an extension
  EXPECT_EQ(overdue(2018, 12), 0);
  EXPECT_EQ(overdue(2019, 1), 1);
  tell(due(4, day(2019, 3, 1), day(2019, 12, 31)));
  EXPECT_EQ(overdue(2019, 2), 1);
  EXPECT_EQ(overdue(2019, 3), 0) << "the register expects the next document";
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, AfterEighteenMonthsABusinessIsDormant) {
  base::Days const last = day(2018, 9, 30);
  tell(due(2, day(2018, 1, 5), last));
  base::Days const end(last.value + 1 + kOverdueDaysMax);
  EXPECT_EQ(at("N1", Measure::kAccountsOverdue, end), -1);
  EXPECT_EQ(base::format_date(end), "2020-04-01");
  EXPECT_EQ(overdue(2020, 3), 1);
  EXPECT_EQ(overdue(2020, 4), 0);
  Event late = filed(3, day(2021, 6, 1));
  late.due = last;
  tell(late);
  EXPECT_EQ(overdue(2020, 4), 0) << "a filing that late does not count longer";
}

TEST_F(PairsTest, ABusinessTakesItsOverdueDocumentWithIt) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  Event move = fact(EventKind::kChanged, 1, 3, day(2018, 11, 1));
  move.area = area("S1");
  tell(move);
  EXPECT_EQ(at("N1", Measure::kAccountsOverdue, day(2018, 11, 1)), -1);
  EXPECT_EQ(at("S1", Measure::kAccountsOverdue, day(2018, 11, 1)), 1);
  tell(status(4, day(2019, 1, 1), events::Status::kCeased));
  EXPECT_EQ(at("S1", Measure::kAccountsOverdue, day(2019, 1, 1)), -1);
  EXPECT_EQ(overdue(2019, 1), 0);
  tell(status(5, day(2019, 6, 1), events::Status::kLive));
  EXPECT_EQ(overdue(2019, 6), 1) << "restored, and still not filed";
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, ARetractedFilingLeavesTheDocumentOverdue) {
  tell(due(2, day(2018, 1, 5), day(2018, 9, 30)));
  Event filing = filed(3, day(2018, 9, 1));
  tell(filing);
  EXPECT_EQ(overdue(2018, 10), 0);
  filing.kind = EventKind::kRetracted;
  filing.code = 0;
  tell(filing);
  EXPECT_EQ(overdue(2018, 10), 1);
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, EachOfManyDueDatesHasItsFiling) {
  constexpr int kYears = 60;
  for (int y = 0; y < kYears; ++y) {
    auto const n = static_cast<uint64_t>(y);
    tell(due(100 + n, day(2016 + y, 1, 1), day(2016 + y, 6, 30)));
    tell(filed(1000 + n, day(2016 + y, 8, 15)));
  }
  for (int y = 0; y < kYears; ++y) {
    EXPECT_EQ(overdue(2016 + y, 6), 0);
    EXPECT_EQ(overdue(2016 + y, 7), 1);
    EXPECT_EQ(overdue(2016 + y, 8), 0);
  }
}

TEST_F(PairsTest, AReferralCountsOnceInEachStateOnItsFirstDay) {
  tell(referral(2, day(2019, 2, 1), ReferralState::kOpened));
  tell(referral(3, day(2019, 3, 1), ReferralState::kAccepted));
  tell(referral(4, day(2019, 5, 1), ReferralState::kCompleted));
  tell(referral(5, day(2019, 6, 1), ReferralState::kCompleted));
  EXPECT_EQ(at("N1", Measure::kReferralsOpened, day(2019, 2, 1)), 1);
  EXPECT_EQ(at("N1", Measure::kReferralsCompleted, day(2019, 5, 1)), 1);
  EXPECT_EQ(at("N1", Measure::kReferralsCompletedByOpening, day(2019, 2, 1)), 1);
  EXPECT_EQ(sums_.total(Measure::kReferralsOpened), 1);
  EXPECT_EQ(sums_.total(Measure::kReferralsCompleted), 1);
  EXPECT_EQ(sums_.total(Measure::kReferralsDeclined), 0);
  tell(referral(6, day(2019, 4, 1), ReferralState::kDeclined, 8));
  EXPECT_EQ(sums_.total(Measure::kReferralsOpened), 2) << "a referral that was only declined";
  EXPECT_EQ(at("N1", Measure::kReferralsDeclined, day(2019, 4, 1)), 1);
  expect_any_order_is_the_same();
}

TEST_F(PairsTest, AReferralCompletedBeforeItWasOpenedIsOpenFromItsFirstDay) {
  tell(referral(2, day(2019, 5, 1), ReferralState::kOpened));
  tell(referral(3, day(2019, 4, 1), ReferralState::kCompleted));
  EXPECT_EQ(at("N1", Measure::kReferralsOpened, day(2019, 4, 1)), 1);
  EXPECT_EQ(at("N1", Measure::kReferralsCompletedByOpening, day(2019, 4, 1)), 1);
  EXPECT_EQ(sums_.total(Measure::kReferralsOpened), 1);
}

TEST_F(PairsTest, WithoutACaseEachEventIsAReferralOfItsOwn) {
  tell(referral(2, day(2019, 2, 1), ReferralState::kOpened, 0));
  tell(referral(3, day(2019, 5, 1), ReferralState::kCompleted, 0));
  EXPECT_EQ(sums_.total(Measure::kReferralsOpened), 2);
  EXPECT_EQ(at("N1", Measure::kReferralsCompletedByOpening, day(2019, 5, 1)), 1);
}

TEST_F(PairsTest, AReferralCountsWhereTheBusinessIsOnThatDayAliveOrNot) {
  tell(referral(2, day(2014, 12, 1), ReferralState::kOpened));
  Event move = fact(EventKind::kChanged, 1, 3, day(2015, 6, 1));
  move.area = area("S1");
  tell(move);
  tell(status(4, day(2015, 7, 1), events::Status::kCeased));
  tell(referral(5, day(2015, 8, 1), ReferralState::kCompleted));
  EXPECT_EQ(at("N1", Measure::kReferralsOpened, day(2014, 12, 1)), 1) << "before the birth";
  EXPECT_EQ(at("S1", Measure::kReferralsCompleted, day(2015, 8, 1)), 1) << "after the ceasing";
  EXPECT_EQ(at("N1", Measure::kReferralsCompletedByOpening, day(2014, 12, 1)), 1);
  expect_any_order_is_the_same();
}

// An enquirer on no register counts where the latest interaction says.
TEST_F(PairsTest, AReferralOfAnEnquirerCountsWhereTheInteractionBeforeItDoes) {
  auto const of_enquirer = [](Event e) {
    e.business = base::BusinessKey(99);
    e.unregistered = true;
    return e;
  };
  Event talk = of_enquirer(fact(EventKind::kInteraction, 1, 50, day(2019, 2, 1)));
  talk.area = area("S2");
  talk.sector = sector("47");
  tell(of_enquirer(referral(51, day(2019, 3, 1), ReferralState::kOpened)));
  EXPECT_EQ(sums_.at(reference::kRootArea, reference::kUnclassified, Measure::kReferralsOpened,
                     day(2019, 3, 1)),
            1);
  tell(talk);
  EXPECT_EQ(sums_.at(area("S2"), sector("47"), Measure::kReferralsOpened, day(2019, 3, 1)), 1);
  Event outcome = of_enquirer(fact(EventKind::kOutcome, 1, 52, day(2019, 4, 1)));
  outcome.code = static_cast<uint8_t>(domain::OutcomeKind::kStartedTrading);
  tell(outcome);
  EXPECT_EQ(sums_.at(area("S2"), sector("47"), Measure::kOutcomesStartedTrading, day(2019, 4, 1)),
            1);
  expect_any_order_is_the_same();
}

}  // namespace
}  // namespace bellwether::ledger
