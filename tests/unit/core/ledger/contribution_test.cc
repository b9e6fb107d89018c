// What facts count besides births, moves and deaths: refused interactions, outcomes, redundancies,
// types of insolvencies and the growth of businesses.
#include "core/ledger/contribution.h"

#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "unit/core/ledger/fixture.h"

namespace bellwether::ledger {
namespace {

using indicators::Measure;
using testing::area;
using testing::day;
using testing::fact;
using testing::interaction;
using testing::LedgerTest;
using testing::moved;
using testing::registered;
using testing::sector;
using testing::status;

TEST_F(LedgerTest, AnInteractionWhoseUseIsRefusedCountsInNothingElse) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event e = interaction(1, 2, day(2019, 6, 1));
  e.type = events::InteractionType::kRefused;
  tell(e, day(2019, 6, 2));
  EXPECT_EQ(sums_.total(Measure::kInteractionsRefused), 1);
  EXPECT_EQ(sums_.by_key.size(), 2u) << "the birth, and the refusal";
  e.type = events::InteractionType::kEnquiry;  // the enquirer consents after all
  e.sequence = base::SourceSequence(2);
  tell(e);
  EXPECT_EQ(sums_.total(Measure::kInteractionsRefused), 0);
  EXPECT_EQ(sums_.total(Measure::kInteractions), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2019, 6, 1)), 1);
}

Event outcome(uint64_t id, base::Days on, events::OutcomeKind kind, int32_t jobs, int64_t amount) {
  Event e = fact(EventKind::kOutcome, 1, id, on);
  e.code = static_cast<uint8_t>(kind);
  e.jobs = jobs;
  e.amount_minor = amount;
  return e;
}

TEST_F(LedgerTest, OutcomesCountByKindWithTheirJobsAndMoney) {
  using enum events::OutcomeKind;
  tell(registered(1, 1, day(2019, 1, 1)));
  base::Days const on = day(2019, 6, 1);
  tell(outcome(2, on, kJobsCreated, 5, 0));
  tell(outcome(3, on, kJobsSafeguarded, 7, 100));
  tell(outcome(4, on, kCeasedTrading, -9, 0));
  tell(outcome(5, on, kGrantAwarded, 11, events::kOutcomeAmountMax));
  auto const at = [&](Measure m) { return sums_.at(area("N1"), sector("10"), m, on); };
  EXPECT_EQ(at(Measure::kOutcomesJobsCreated), 1);
  EXPECT_EQ(at(Measure::kOutcomesCeasedTrading), 1);
  EXPECT_EQ(at(Measure::kOutcomesOther), 0);
  EXPECT_EQ(at(Measure::kJobsCreated), 5) << "the jobs of a grant are not created by it";
  EXPECT_EQ(at(Measure::kJobsSafeguarded), 7);
  EXPECT_EQ(at(Measure::kJobsLost), 9);
  EXPECT_EQ(at(Measure::kFinanceMinor), events::kOutcomeAmountMax + 100);
  Event corrected = outcome(5, on, kGrantAwarded, 11, 40);
  corrected.sequence = base::SourceSequence(2);
  tell(corrected);
  EXPECT_EQ(at(Measure::kFinanceMinor), 140);
}

TEST_F(LedgerTest, RedundanciesCountTheirNoticesAndJobs) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event e = fact(EventKind::kRedundancyNotice, 1, 2, day(2019, 6, 1));
  e.jobs = INT32_MAX;
  tell(e);
  EXPECT_EQ(sums_.total(Measure::kRedundancyNotices), 1);
  EXPECT_EQ(sums_.total(Measure::kJobsAtRisk), INT32_MAX);
}

TEST_F(LedgerTest, InsolvenciesCountByTypeToo) {
  using enum domain::Insolvency;
  tell(registered(1, 1, day(2019, 1, 1)));
  uint64_t id = 1;
  for (auto type : {kCreditors, kSolvent, kAdministration, kReceivership, kReceivership}) {
    Event e = fact(EventKind::kInsolvencyCase, 1, ++id, day(2019, 6, 1));
    e.code = static_cast<uint8_t>(type);
    tell(e);
  }
  EXPECT_EQ(sums_.total(Measure::kInsolvencies), 4);
  EXPECT_EQ(sums_.total(Measure::kInsolvenciesSolvent), 1);
  EXPECT_EQ(sums_.total(Measure::kInsolvenciesAdministration), 1);
  EXPECT_EQ(sums_.total(Measure::kInsolvenciesReceivership), 2);
  EXPECT_EQ(sums_.total(Measure::kInsolvenciesCompulsory), 0);
}

// A business that grows to ten employees, grows again, moves, shrinks and dies.
TEST_F(LedgerTest, ABusinessCountsAsGrownForThreeYearsAfterItWentUpASizeBand) {
  auto const resized = [&](uint64_t id, base::Days on, uint8_t band) {
    Event e = fact(EventKind::kChanged, 1, id, on);
    e.size = base::SizeBand(band);
    tell(e);
  };
  auto const at = [&](std::string_view a, Measure m, base::Days on) {
    return sums_.at(area(a), sector("10"), m, on);
  };
  Event birth = registered(1, 1, day(2010, 1, 1));
  birth.size = base::SizeBand(1);
  tell(birth);
  EXPECT_EQ(sums_.total(Measure::kTenOrMore), 0);
  resized(2, day(2010, 5, 1), 2);
  EXPECT_EQ(sums_.by_key.size(), 4u) << "the birth and the change with its two classes";
  resized(3, day(2011, 5, 1), 3);
  EXPECT_EQ(at("N1", Measure::kTenOrMore, day(2011, 5, 1)), 1);
  EXPECT_EQ(at("N1", Measure::kTenOrMoreGrown, day(2011, 5, 1)), 1);
  base::Days const end(day(2011, 5, 1).value + kGrownDays);
  EXPECT_EQ(base::format_date(end), "2014-04-30");
  EXPECT_EQ(at("N1", Measure::kTenOrMoreGrown, end), -1);
  resized(4, day(2013, 1, 1), 4);
  EXPECT_EQ(at("N1", Measure::kTenOrMoreGrown, end), 0) << "it went up again";
  tell(moved(1, 5, day(2013, 6, 1), "S1"));
  EXPECT_EQ(at("N1", Measure::kTenOrMoreGrown, day(2013, 6, 1)), -1);
  EXPECT_EQ(at("S1", Measure::kTenOrMoreGrown, day(2013, 6, 1)), 1);
  EXPECT_EQ(at("S1", Measure::kTenOrMore, day(2013, 6, 1)), 1);
  resized(6, day(2014, 1, 1), 3);
  EXPECT_EQ(at("S1", Measure::kTenOrMoreGrown, day(2014, 1, 1)), -1) << "it went down";
  EXPECT_EQ(sums_.total(Measure::kTenOrMoreGrown), 0);
  tell(status(1, 7, day(2014, 6, 1), events::Status::kCeased));
  EXPECT_EQ(at("S1", Measure::kTenOrMore, day(2014, 6, 1)), -1);
  tell(status(1, 8, day(2014, 7, 1), events::Status::kLive));
  EXPECT_EQ(at("S1", Measure::kTenOrMore, day(2014, 7, 1)), 1);
}

// A greater band that is stated while the business is off the register is no growth of its own, but
// the one before goes on.
TEST_F(LedgerTest, GrowthGoesOnAfterARestorationInAGreaterBand) {
  auto const resized = [&](uint64_t id, base::Days on, uint8_t band) {
    Event e = fact(EventKind::kChanged, 1, id, on);
    e.size = base::SizeBand(band);
    tell(e);
  };
  Event birth = registered(1, 1, day(2010, 1, 1));
  birth.size = base::SizeBand(3);
  tell(birth);
  resized(2, day(2011, 1, 10), 4);
  tell(status(1, 3, day(2011, 6, 1), events::Status::kCeased));
  resized(4, day(2011, 7, 1), 5);
  tell(status(1, 5, day(2011, 9, 1), events::Status::kLive));
  auto const grown = [&](base::Days on) {
    return sums_.at(area("N1"), sector("10"), Measure::kTenOrMoreGrown, on);
  };
  EXPECT_EQ(grown(day(2011, 6, 1)), -1);
  EXPECT_EQ(grown(day(2011, 9, 1)), 1);
  EXPECT_EQ(grown(day(2014, 1, 9)), -1) << "three years after it grew";
  resized(6, day(2011, 8, 1), 2);
  EXPECT_EQ(sums_.total(Measure::kTenOrMoreGrown), 0);
  EXPECT_EQ(grown(day(2011, 9, 1)), 0) << "it shrank meanwhile";
}

TEST(FactTest, AFactKeepsWhatItsEventStates) {
  Event filing = fact(EventKind::kFilingRecorded, 1, 2, day(2019, 6, 1));
  filing.due = day(2018, 12, 31);
  filing.period_end = day(1850, 1, 1);
  Fact f = to_fact(filing, base::start_of(day(2019, 6, 3)));
  EXPECT_EQ(f.date(), filing.effective);
  EXPECT_EQ(f.due(), filing.due);
  EXPECT_EQ(f.period_end(), Days(kDayZero + 1)) << "the earliest day that can be stored";
  EXPECT_EQ(Days(f.published() + kDayZero), day(2019, 6, 3));
  filing.due = filing.period_end = events::kNoDay;
  f = to_fact(filing);
  EXPECT_EQ(f.due(), events::kNoDay);
  EXPECT_EQ(f.period_end(), events::kNoDay);
  for (int32_t jobs : {0, 1, -1, events::kOutcomeJobsMax, -events::kOutcomeJobsMax}) {
    for (int64_t amount : {int64_t{0}, int64_t{1}, int64_t{1} << 32, events::kOutcomeAmountMax}) {
      f = to_fact(outcome(3, day(2019, 6, 1), events::OutcomeKind::kOther, jobs, amount),
                  base::start_of(day(2019, 6, 3)));
      EXPECT_EQ(f.jobs(), jobs);
      EXPECT_EQ(f.amount_minor(), amount);
      EXPECT_EQ(f.outcome_kind(), static_cast<uint8_t>(events::OutcomeKind::kOther));
      EXPECT_FALSE(f.publication_known()) << "there is no room for it";
    }
  }
}

TEST(FactTest, VersionsOfAnOutcomeDifferByItsJobsAndItsMoney) {
  auto const version = [](int32_t jobs, int64_t amount) {
    return to_fact(outcome(3, day(2019, 6, 1), events::OutcomeKind::kOther, jobs, amount))
        .version();
  };
  EXPECT_NE(version(1, 5), version(2, 5));
  EXPECT_NE(version(1, 5), version(1, 5 + (int64_t{1} << 33)));
  EXPECT_EQ(version(1, 5), version(1, 5));
}

// The count of a measure in a class of its own division, over all places and periods.
int64_t in_class(const testing::Sums& sums, Measure m, uint8_t of_class) {
  int64_t sum = 0;
  for (const auto& [key, n] : sums.by_key)
    sum += key.measure() == m && key.of_class() == of_class ? n : 0;
  return sum;
}
int64_t in_class(const testing::Sums& sums, Measure m, domain::LegalForm form) {
  return in_class(sums, m, static_cast<uint8_t>(form));
}

TEST_F(LedgerTest, WhatHappensCountsUnderTheLegalFormOfItsDay) {
  using enum domain::LegalForm;
  Event birth = registered(1, 1, day(2015, 1, 1));
  birth.legal_form = kPartnership;
  tell(birth);
  tell(interaction(1, 2, day(2016, 1, 1)));
  Event change = fact(EventKind::kChanged, 1, 3, day(2016, 3, 1));
  change.legal_form = kPrivateLimitedCompany;
  tell(change);
  tell(moved(1, 4, day(2016, 4, 1), "S1"));
  tell(status(1, 5, day(2016, 6, 1), events::Status::kCeased));
  EXPECT_EQ(in_class(sums_, Measure::kBirths, kPartnership), 1);
  EXPECT_EQ(in_class(sums_, Measure::kDeaths, kPartnership), 0);
  EXPECT_EQ(in_class(sums_, Measure::kDeaths, kPrivateLimitedCompany), 1);
  EXPECT_EQ(in_class(sums_, Measure::kClassChanges, kPartnership), -1);
  EXPECT_EQ(in_class(sums_, Measure::kClassChanges, kPrivateLimitedCompany), 1);
  EXPECT_EQ(sums_.total(Measure::kClassChanges), 0);
  EXPECT_EQ(in_class(sums_, Measure::kMovesOut, kPartnership), 0);
  EXPECT_EQ(in_class(sums_, Measure::kMovesOut, kPrivateLimitedCompany),
            sums_.total(Measure::kMovesOut));
  EXPECT_EQ(in_class(sums_, Measure::kSupported, kPartnership), 0) << "begun, then passed on";
  EXPECT_EQ(sums_.at(area("S1"), sector("10"), Measure::kSupported, day(2016, 6, 1)), -1);
}

TEST_F(LedgerTest, SupportCountsByChannelTeamAndIntensity) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event e = interaction(1, 2, day(2019, 6, 1));
  e.channel = domain::Channel::kWeb;
  e.team = reference::kOtherTeam;
  e.intensity = domain::Intensity::kIntensive;
  e.minutes = 30;
  e.response_bucket = 2;
  tell(e);
  EXPECT_EQ(in_class(sums_, Measure::kInteractions, 3), 1);
  EXPECT_EQ(in_class(sums_, Measure::kEnquiries, reference::kOtherTeam), 1);
  EXPECT_EQ(in_class(sums_, Measure::kResponse2, reference::kOtherTeam), 1);
  EXPECT_EQ(in_class(sums_, Measure::kInteractionMinutes, 3), 30);
  Event corrected = e;  // the same sequence: the greater content wins in every order
  corrected.channel = domain::Channel::kOther;
  tell(corrected);
  tell(e);
  EXPECT_EQ(in_class(sums_, Measure::kInteractions, 6), 1);
  EXPECT_EQ(in_class(sums_, Measure::kInteractions, 3), 0);
}

TEST_F(LedgerTest, WhatAStatusSaysLastsUntilTheNextOrTheEnd) {
  using enum domain::Standing;
  auto const tell_status = [&](uint64_t id, base::Days on, domain::Standing standing,
                               events::Status s = events::Status::kLive) {
    Event e = status(1, id, on, s);
    e.standing = standing;
    tell(e);
  };
  auto const at = [&](std::string_view a, Measure m, base::Days on) {
    return sums_.at(area(a), sector("10"), m, on);
  };
  tell(registered(1, 1, day(2015, 1, 1)));
  tell_status(2, day(2016, 2, 1), kStrikeOffProposed);
  EXPECT_EQ(at("N1", Measure::kStrikeOffProposed, day(2016, 2, 1)), 1);
  tell_status(3, day(2016, 4, 1), kInProcedure);
  EXPECT_EQ(at("N1", Measure::kStrikeOffProposed, day(2016, 4, 1)), -1);
  EXPECT_EQ(at("N1", Measure::kInProcedure, day(2016, 4, 1)), 1);
  tell(moved(1, 4, day(2016, 6, 1), "S1"));
  EXPECT_EQ(at("N1", Measure::kInProcedure, day(2016, 6, 1)), -1);
  EXPECT_EQ(at("S1", Measure::kInProcedure, day(2016, 6, 1)), 1);
  tell_status(5, day(2016, 8, 1), kSound, events::Status::kCeased);
  EXPECT_EQ(at("S1", Measure::kInProcedure, day(2016, 8, 1)), -1);
  tell_status(6, day(2016, 9, 1), kSound);
  EXPECT_EQ(sums_.total(Measure::kInProcedure), 0);
  EXPECT_EQ(sums_.total(Measure::kStrikeOffProposed), 0);
  EXPECT_EQ(sums_.total(Measure::kRestorations), 1);
}

}  // namespace
}  // namespace bellwether::ledger
