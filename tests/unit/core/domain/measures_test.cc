#include "core/domain/measures.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace bellwether::domain {
namespace {

TEST(MeasuresTest, ASourceIsJudgedByTheMeasuresOfItsOwnTopic) {
  auto const list = [](Topic t) {
    return std::vector<Measure>(volume_of(t).begin(), volume_of(t).end());
  };
  EXPECT_EQ(list(Topic::kRegistrations),
            (std::vector{Measure::kBirths, Measure::kDeaths, Measure::kRestorations}));
  EXPECT_EQ(list(Topic::kSupport), std::vector{Measure::kInteractions});
  for (const TopicInfo& t : kTopics) {
    for (Measure m : volume_of(t.id)) EXPECT_TRUE(info(m).topics.contains(t.id)) << t.name;
  }
  EXPECT_TRUE(list(Topic::kProcurement).empty()) << "births are no volume of it";
}

TEST(MeasuresTest, CountsOfPeopleWhoAskedForHelpAreConfidential) {
  for (const MeasureInfo& m : kMeasures) {
    EXPECT_EQ(m.privacy == Privacy::kPeople, m.topics.contains(Topic::kSupport)) << m.name;
    EXPECT_EQ(find_measure(m.name), m.id);
  }
  EXPECT_FALSE(find_measure("").has_value());
}

TEST(MeasuresTest, NumbersAreTheNumbersInSnapshots) {
  EXPECT_EQ(static_cast<int>(Measure::kBirths), 0);
  EXPECT_EQ(static_cast<int>(Measure::kInteractions), 19);
  EXPECT_EQ(static_cast<int>(Measure::kResponse1), 29);
  EXPECT_EQ(static_cast<int>(Measure::kSupported), 44);
  EXPECT_EQ(static_cast<int>(Measure::kEnquiriesDistress), 46);
  EXPECT_EQ(static_cast<int>(Measure::kSizeChanges), 49);
  EXPECT_EQ(static_cast<int>(Measure::kAccountsOverdue), 50);
  EXPECT_EQ(static_cast<int>(Measure::kFinanceMinor), 71);
  EXPECT_EQ(static_cast<int>(Measure::kTenOrMoreGrown), 79);
  EXPECT_EQ(static_cast<int>(Measure::kClassChanges), 82);
  EXPECT_EQ(measure_at(Measure::kResponse1, 14), Measure::kResponse15);
}

TEST(MeasuresTest, TheLedgerKeepsTheKindsThatMeasuresNeed) {
  std::vector<std::string_view> kept;
  for (const KindInfo& k : kKinds) {
    if (is_kept(k.id, 1)) kept.push_back(k.name);
  }
  EXPECT_EQ(kept, (std::vector<std::string_view>{
                      "registered", "changed", "status_changed", "filing_recorded", "filing_due",
                      "insolvency_case", "strike_off_notice", "charge_changed", "officer_changed",
                      "interaction", "referral", "outcome", "redundancy_notice", "retracted"}));
}

// A company files several documents a year that say nothing about it.
TEST(MeasuresTest, TheLedgerKeepsOnlyTheDocumentsThatAreCounted) {
  for (EventKind kind : {EventKind::kFilingRecorded, EventKind::kFilingDue}) {
    EXPECT_TRUE(is_kept(kind, static_cast<uint8_t>(Filing::kAccounts)));
    EXPECT_TRUE(is_kept(kind, static_cast<uint8_t>(Filing::kConfirmationStatement)));
    EXPECT_FALSE(is_kept(kind, static_cast<uint8_t>(Filing::kOther)));
  }
  EXPECT_TRUE(is_kept(EventKind::kReferral, static_cast<uint8_t>(ReferralState::kCompleted)))
      << "it has the same number";
}

// A level changes at its end, too, and a cohort counts in the period of its beginning.
TEST(MeasuresTest, OnlyDatedMeasuresAreCompletedByTheirReportingDelays) {
  for (Measure m : {Measure::kSupported, Measure::kDeathsAge0, Measure::kDeathsAge4,
                    Measure::kAccountsOverdue, Measure::kConfirmationOverdue, Measure::kTenOrMore,
                    Measure::kTenOrMoreGrown, Measure::kStrikeOffProposed, Measure::kInProcedure,
                    Measure::kReferralsCompletedByOpening}) {
    EXPECT_FALSE(is_dated(m)) << info(m).name;
  }
  for (Measure m : {Measure::kBirths, Measure::kReferralsOpened, Measure::kReferralsCompleted,
                    Measure::kJobsAtRisk, Measure::kOutcomesOther,
                    Measure::kInsolvenciesReceivership, Measure::kInteractionsRefused}) {
    EXPECT_TRUE(is_dated(m)) << info(m).name;
  }
}

TEST(MeasuresTest, DelaysAreThoseOfTheEventsBehindAMeasure) {
  EXPECT_EQ(delays_of(Measure::kBirths), Measure::kBirths);
  EXPECT_EQ(delays_of(Measure::kDeathsAge3), Measure::kDeaths);
  EXPECT_EQ(delays_of(Measure::kInsolvenciesAdministration), Measure::kInsolvencies);
  EXPECT_EQ(delays_of(Measure::kTenOrMoreGrown), Measure::kMovesIn);
  EXPECT_EQ(delays_of(Measure::kAccountsOverdue), Measure::kAccountsOverdue);
  EXPECT_EQ(delays_of(Measure::kOutcomesOther), Measure::kInteractions);
  EXPECT_EQ(reported_as(EventKind::kFilingRecorded, 1), Measure::kAccountsOverdue);
  EXPECT_EQ(reported_as(EventKind::kFilingRecorded, 2), Measure::kConfirmationOverdue);
  for (EventKind kind : {EventKind::kFilingDue, EventKind::kReferral, EventKind::kOutcome,
                         EventKind::kRedundancyNotice}) {
    EXPECT_EQ(reported_as(kind, 1), std::nullopt) << name(kind);
  }
  for (const KindInfo& k : kKinds) {
    for (int code = 0; code < 256; ++code) {
      auto const m = reported_as(k.id, static_cast<uint8_t>(code));
      EXPECT_TRUE(!m || delays_of(*m) == *m) << k.name << " " << code;
    }
  }
}

TEST(MeasuresTest, AFactCountsByItsCode) {
  auto const of = [](EventKind kind, auto code) {
    return measure_of(kind, static_cast<uint8_t>(code));
  };
  EXPECT_EQ(of(EventKind::kRegistered, 0), Measure::kBirths);
  EXPECT_EQ(of(EventKind::kStatusChanged, Status::kCeased), Measure::kDeaths);
  EXPECT_EQ(of(EventKind::kStatusChanged, Status::kLive), Measure::kRestorations);
  EXPECT_EQ(of(EventKind::kInsolvencyCase, Insolvency::kSolvent), Measure::kInsolvenciesSolvent);
  EXPECT_EQ(of(EventKind::kInsolvencyCase, Insolvency::kCreditors), Measure::kInsolvencies);
  EXPECT_EQ(of(EventKind::kInsolvencyCase, Insolvency::kReceivership), Measure::kInsolvencies);
  EXPECT_EQ(of(EventKind::kInsolvencyCase, 200), Measure::kInsolvencies);
  EXPECT_EQ(of(EventKind::kOutcome, OutcomeKind::kStartedTrading),
            Measure::kOutcomesStartedTrading);
  EXPECT_EQ(of(EventKind::kOutcome, OutcomeKind::kOther), Measure::kOutcomesOther);
  EXPECT_EQ(of(EventKind::kOutcome, OutcomeKind::kUnstated), std::nullopt);
  EXPECT_EQ(of(EventKind::kRedundancyNotice, 0), Measure::kRedundancyNotices);
  EXPECT_EQ(of(EventKind::kStrikeOffNotice, StrikeOff::kCompulsory), Measure::kStrikeOffCompulsory);
  EXPECT_EQ(of(EventKind::kStrikeOffNotice, StrikeOff::kVoluntary), Measure::kStrikeOffVoluntary);
  EXPECT_EQ(of(EventKind::kStrikeOffNotice, StrikeOff::kDiscontinued),
            Measure::kStrikeOffDiscontinued);
  EXPECT_EQ(of(EventKind::kStrikeOffNotice, 0), std::nullopt);
  EXPECT_EQ(of(EventKind::kStrikeOffNotice, 4), std::nullopt);
  EXPECT_EQ(of(EventKind::kChargeChanged, Charge::kCreated), Measure::kChargesCreated);
  EXPECT_EQ(of(EventKind::kChargeChanged, Charge::kSatisfied), Measure::kChargesSatisfied);
  EXPECT_EQ(of(EventKind::kOfficerChanged, Officer::kAppointed), Measure::kDirectorsAppointed);
  EXPECT_EQ(of(EventKind::kOfficerChanged, Officer::kResigned), Measure::kDirectorsResigned);
  EXPECT_EQ(of(EventKind::kOfficerChanged, Officer::kUnstated), std::nullopt);
  for (EventKind kind : {EventKind::kHeartbeat, EventKind::kChanged, EventKind::kInteraction,
                         EventKind::kAward, EventKind::kRetracted}) {
    for (int code = 0; code < 256; ++code) EXPECT_EQ(of(kind, code), std::nullopt);
  }
}

}  // namespace
}  // namespace bellwether::domain
