#include "core/ledger/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/indicators/panel.h"
#include "support/calendars.h"
#include "support/key_sums.h"
#include "support/logs.h"
#include "support/oracle.h"
#include "unit/core/ledger/fixture.h"

namespace bellwether::ledger {
namespace {

using indicators::DeltaKey;
using indicators::Measure;
using testing::area;
using testing::fact;
using testing::sector;

using testing::kMonths;

using testing::day;
using testing::Sums;

using testing::interaction;
using testing::LedgerTest;
using testing::moved;
using testing::registered;
using testing::status;

TEST_F(LedgerTest, ABirthCountsInItsCellAndPeriod) {
  EXPECT_EQ(tell(registered(1, 1, day(2019, 5, 3))), Outcome::kApplied);
  EXPECT_EQ(sums_.by_key.size(), 1u);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kBirths, day(2019, 5, 31)), 1);
}

TEST_F(LedgerTest, ADeathThatArrivesBeforeTheBirthWaitsAndCounts) {
  tell(status(1, 2, day(2021, 1, 1), events::Status::kCeased));
  EXPECT_TRUE(sums_.by_key.empty());
  EXPECT_EQ(ledger_.stats().waiting, 1);
  tell(registered(1, 1, day(2019, 5, 3)));
  EXPECT_EQ(ledger_.stats().waiting, 0);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kDeaths, day(2021, 1, 1)), 1);
  // The business is one year and eight months old. The death counts in the month of birth, as a
  // death in the second year of life.
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kDeathsAge1, day(2019, 5, 1)), 1);
}

TEST_F(LedgerTest, AnInteractionCountsWhenTheRegistrationArrives) {
  tell(interaction(1, 2, day(2019, 6, 1)));
  EXPECT_TRUE(sums_.by_key.empty());
  tell(registered(1, 1, day(2019, 5, 3)));
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kInteractions, day(2019, 6, 1)), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kInteractionMinutes, day(2019, 6, 1)), 30);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2019, 6, 1)), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2020, 5, 31)),
            -1);  // 365 days later
}

TEST_F(LedgerTest, OverlappingYearsOfSupportCountOnce) {
  tell(registered(1, 1, day(2018, 1, 1)));
  tell(interaction(1, 2, day(2019, 1, 10)));
  tell(interaction(1, 3, day(2019, 6, 10)));
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2019, 1, 1)), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2020, 1, 1)), 0);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kSupported, day(2020, 6, 1)), -1);
}

TEST_F(LedgerTest, S8_SupportCountsOnlyWhileTheBusinessIsInTheStock) {
  auto const at = [&](base::Days on) {
    return sums_.at(area("N1"), sector("10"), Measure::kSupported, on);
  };
  tell(interaction(1, 2, day(2018, 11, 5)));
  tell(registered(1, 1, day(2019, 1, 1)));
  EXPECT_EQ(sums_.total(Measure::kInteractions), 1);
  EXPECT_EQ(at(day(2018, 11, 5)), 0) << "before the birth";
  EXPECT_EQ(sums_.total(Measure::kSupported), 0);
  tell(interaction(1, 3, day(2019, 1, 1)));
  EXPECT_EQ(at(day(2019, 1, 1)), 1) << "on the day of the birth";
  tell(status(1, 4, day(2019, 4, 1), events::Status::kCeased));
  EXPECT_EQ(at(day(2019, 4, 1)), -1);
  tell(interaction(1, 5, day(2019, 5, 1)));
  EXPECT_EQ(at(day(2019, 5, 1)), 0) << "after the ceasing";
  tell(status(1, 6, day(2019, 9, 1), events::Status::kLive));
  EXPECT_EQ(at(day(2019, 9, 1)), 1) << "the year since the support is not over";
  EXPECT_EQ(at(day(2020, 1, 1)), -1);
  tell(status(1, 7, day(2020, 2, 1), events::Status::kCeased));
  tell(status(1, 8, day(2020, 3, 1), events::Status::kLive));
  EXPECT_EQ(at(day(2020, 3, 1)), 0);
}

TEST_F(LedgerTest, AMoveChangesTheCellOfLaterFactsButNotOfTheBirth) {
  tell(registered(1, 1, day(2019, 1, 1)));
  tell(moved(1, 2, day(2019, 3, 1), "S1"));
  tell(status(1, 3, day(2019, 4, 1), events::Status::kCeased));
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kMovesOut, day(2019, 3, 1)), 1);
  EXPECT_EQ(sums_.at(area("S1"), sector("10"), Measure::kMovesIn, day(2019, 3, 1)), 1);
  EXPECT_EQ(sums_.at(area("S1"), sector("10"), Measure::kDeaths, day(2019, 4, 1)), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kDeathsAge0, day(2019, 1, 1)), 1);
}

// A move inside a region is no move into the region.
TEST_F(LedgerTest, S7_AMoveCountsInThePlacesThatItEntersAndLeaves) {
  tell(registered(1, 1, day(2019, 1, 1)));
  tell(moved(1, 2, day(2019, 3, 1), "N2"));  // inside North
  for (std::string_view s : {"10", "C", "all"}) {
    auto const in = [&](std::string_view a) {
      return sums_.at(area(a), sector(s), Measure::kMovesIn, day(2019, 3, 1));
    };
    auto const out = [&](std::string_view a) {
      return sums_.at(area(a), sector(s), Measure::kMovesOut, day(2019, 3, 1));
    };
    EXPECT_EQ(in("N2"), 1) << s;
    EXPECT_EQ(out("N1"), 1) << s;
    EXPECT_EQ(out("HUB"), 1) << s << ": the set has North One and South One";
    EXPECT_EQ(in("N") + out("N") + in("R") + out("R"), 0) << s;
  }
  EXPECT_EQ(sums_.total(Measure::kReclassifiedIn) + sums_.total(Measure::kReclassifiedOut), 0);
}

TEST_F(LedgerTest, S7_AReclassificationIsNoMove) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event e = fact(EventKind::kChanged, 1, 2, day(2019, 3, 1));
  e.sector = sector("46");
  tell(e);
  EXPECT_EQ(sums_.total(Measure::kMovesIn) + sums_.total(Measure::kMovesOut), 0);
  for (std::string_view a : {"N1", "N", "R", "HUB"}) {
    auto const at = [&](std::string_view s, Measure m) {
      return sums_.at(area(a), sector(s), m, day(2019, 3, 1));
    };
    EXPECT_EQ(at("46", Measure::kReclassifiedIn), 1) << a;
    EXPECT_EQ(at("G", Measure::kReclassifiedIn), 1) << a;
    EXPECT_EQ(at("10", Measure::kReclassifiedOut), 1) << a;
    EXPECT_EQ(at("C", Measure::kReclassifiedOut), 1) << a;
    EXPECT_EQ(at("all", Measure::kReclassifiedIn), 0) << a;
  }
  e = fact(EventKind::kChanged, 1, 3, day(2019, 4, 1));
  e.sector = sector("47");  // the same section
  tell(e);
  EXPECT_EQ(sums_.at(area("N1"), sector("47"), Measure::kReclassifiedIn, day(2019, 4, 1)), 1);
  EXPECT_EQ(sums_.at(area("N1"), sector("G"), Measure::kReclassifiedIn, day(2019, 4, 1)), 0);
}

TEST_F(LedgerTest, S7_AChangeOfTheSizeBandIsNoMove) {
  Event e = registered(1, 1, day(2019, 1, 1));
  tell(e);
  auto const resized = [&](uint64_t id, uint8_t band) {
    Event change = fact(EventKind::kChanged, 1, id, day(2019, 3, 1));
    change.sequence = base::SourceSequence(id);
    change.size = base::SizeBand(band);
    tell(change);
  };
  resized(2, 3);
  EXPECT_EQ(sums_.total(Measure::kSizeChanges), 0) << "the band was unknown before";
  resized(3, 4);
  resized(4, 4);
  EXPECT_EQ(sums_.total(Measure::kSizeChanges), 1);
  EXPECT_EQ(sums_.total(Measure::kMovesIn) + sums_.total(Measure::kMovesOut), 0);
  EXPECT_EQ(sums_.total(Measure::kReclassifiedIn) + sums_.total(Measure::kReclassifiedOut), 0);
}

// Area, sector and size change on one day. A node counts the business once.
TEST_F(LedgerTest, S7_ABusinessThatChangesAllAtOnceEntersEachNodeInOneWay) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event e = moved(1, 2, day(2019, 3, 1), "N2");
  e.sector = sector("46");
  tell(e);
  auto const at = [&](std::string_view a, std::string_view s, Measure m) {
    return sums_.at(area(a), sector(s), m, day(2019, 3, 1));
  };
  EXPECT_EQ(at("N2", "46", Measure::kMovesIn), 1);
  EXPECT_EQ(at("N2", "all", Measure::kMovesIn), 1);
  EXPECT_EQ(at("N2", "46", Measure::kReclassifiedIn), 0);
  EXPECT_EQ(at("N", "46", Measure::kReclassifiedIn), 1);
  EXPECT_EQ(at("N", "46", Measure::kMovesIn), 0);
  EXPECT_EQ(at("N1", "10", Measure::kMovesOut), 1);
  EXPECT_EQ(at("N1", "46", Measure::kMovesOut), 0);
  EXPECT_EQ(at("N", "10", Measure::kReclassifiedOut), 1);
  EXPECT_EQ(at("N", "all", Measure::kReclassifiedIn) + at("N", "all", Measure::kMovesIn), 0);
}

TEST_F(LedgerTest, ARestorationRemovesTheDeathFromTheCohort) {
  tell(registered(1, 1, day(2019, 1, 1)));
  tell(status(1, 2, day(2019, 4, 1), events::Status::kCeased));
  tell(status(1, 3, day(2019, 9, 1), events::Status::kLive));
  EXPECT_EQ(sums_.total(Measure::kDeaths), 1);
  EXPECT_EQ(sums_.total(Measure::kRestorations), 1);
  EXPECT_EQ(sums_.total(Measure::kDeathsAge0), 0);
}

TEST_F(LedgerTest, ARetractionThatArrivesFirstSupersedesItsFact) {
  Event const birth = registered(1, 1, day(2019, 1, 1));
  Event retraction = birth;
  retraction.kind = EventKind::kRetracted;
  EXPECT_EQ(tell(retraction), Outcome::kApplied);
  EXPECT_EQ(tell(birth), Outcome::kSuperseded);
  EXPECT_TRUE(sums_.by_key.empty());
}

TEST_F(LedgerTest, ALaterVersionRevisesThePeriodOfTheFact) {
  Event birth = registered(1, 1, day(2019, 1, 1));
  tell(birth);
  birth.effective = day(2018, 11, 5);
  birth.sequence = base::SourceSequence(2);
  EXPECT_EQ(tell(birth), Outcome::kApplied);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kBirths, day(2019, 1, 1)), 0);
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kBirths, day(2018, 11, 1)), 1);
  birth.sequence = base::SourceSequence(1);
  EXPECT_EQ(tell(birth), Outcome::kSuperseded);
}

// The order depends on the rank of the kind, not on its number.
TEST(FactTest, FactsOfADayAndVersionsOfASequenceAreOrderedByRank) {
  for (const domain::KindInfo& a : domain::kKinds) {
    for (const domain::KindInfo& b : domain::kKinds) {
      Fact first = to_fact(fact(a.id, 1, 7, day(2020, 1, 1)));
      Fact second = to_fact(fact(b.id, 1, 7, day(2020, 1, 1)));
      EXPECT_EQ(first.order() < second.order(), a.rank < b.rank) << a.name << " " << b.name;
      EXPECT_EQ(first.version() < second.version(), a.rank < b.rank) << a.name << " " << b.name;
    }
  }
}

TEST_F(LedgerTest, ARepetitionIsADuplicateAndChangesNothing) {
  Event const birth = registered(1, 1, day(2019, 1, 1));
  tell(birth);
  auto const before = sums_.by_key;
  EXPECT_EQ(tell(birth), Outcome::kDuplicate);
  EXPECT_EQ(sums_.by_key, before);
  EXPECT_EQ(ledger_.stats().facts, 1);
}

TEST_F(LedgerTest, AnEnquirerOnNoRegisterCountsInTheCellOfEachEnquiry) {
  Event e = interaction(7, 1, day(2019, 6, 1));
  e.unregistered = true;
  e.area = area("S2");
  e.sector = sector("47");
  tell(e);
  EXPECT_EQ(sums_.at(area("S2"), sector("47"), Measure::kInteractions, day(2019, 6, 1)), 1);
  EXPECT_EQ(sums_.total(Measure::kSupported), 0);
  EXPECT_EQ(ledger_.stats().waiting, 0);
}

// A workshop with talk of debts is no cry for help.
TEST_F(LedgerTest, S6_OnlyEnquiriesCountAsEnquiries) {
  tell(registered(1, 1, day(2019, 1, 1)));
  uint64_t id = 1;
  for (int type = 0; type <= static_cast<int>(events::InteractionType::kOther); ++type) {
    for (uint8_t code : {1, 2}) {  // about distress, about starting up
      Event e = interaction(1, ++id, day(2019, 6, 1));
      e.type = static_cast<events::InteractionType>(type);
      e.code = code;
      tell(e);
    }
  }
  EXPECT_EQ(sums_.total(Measure::kInteractions), 14);
  EXPECT_EQ(sums_.total(Measure::kInteractionsDistress), 7);
  EXPECT_EQ(sums_.total(Measure::kEnquiries), 4) << "stated as enquiry, or without a type";
  EXPECT_EQ(sums_.total(Measure::kEnquiriesDistress), 2);
}

// The type takes the place of the size band, which an interaction does not state.
TEST_F(LedgerTest, S6_TheTypeOfAnEnquirerIsNoSizeBand) {
  Event e = interaction(7, 1, day(2019, 6, 1));
  e.unregistered = true;
  e.type = events::InteractionType::kFollowUp;
  tell(e);
  for (const auto& [key, n] : sums_.by_key) EXPECT_EQ(key.cell().size, base::SizeBand(0));
  e.type = events::InteractionType::kEnquiry;
  e.sequence = base::SourceSequence(2);
  EXPECT_EQ(tell(e), Outcome::kApplied);
  EXPECT_EQ(sums_.total(Measure::kEnquiries), 1) << "a correction of the type";
}

TEST_F(LedgerTest, OfficersWhoAreNotDirectorsAreNotCounted) {
  tell(registered(1, 1, day(2019, 1, 1)));
  Event secretary = fact(EventKind::kOfficerChanged, 1, 2, day(2019, 3, 1));
  secretary.code = static_cast<uint8_t>(events::Officer::kUnstated);
  tell(secretary);
  Event director = fact(EventKind::kOfficerChanged, 1, 3, day(2019, 4, 1));
  director.code = static_cast<uint8_t>(events::Officer::kResigned);
  tell(director);
  EXPECT_EQ(sums_.total(Measure::kDirectorsAppointed), 0);
  EXPECT_EQ(sums_.total(Measure::kDirectorsResigned), 1);
}

TEST_F(LedgerTest, MoreFactsThanTheLimitAreRefused) {
  tell(registered(1, 1, day(2015, 1, 1)));
  for (uint64_t i = 2; i <= kFactsPerBusinessMax; ++i) {
    ASSERT_EQ(tell(interaction(1, i, day(2019, 1, 1))), Outcome::kApplied) << i;
  }
  EXPECT_EQ(tell(interaction(1, kFactsPerBusinessMax + 1, day(2019, 1, 1))), Outcome::kRefused);
  // A new version of a known fact still fits.
  Event known = interaction(1, 2, day(2019, 2, 1));
  known.sequence = base::SourceSequence(9);
  EXPECT_EQ(tell(known), Outcome::kApplied);
  EXPECT_EQ(ledger_.stats().facts, static_cast<int64_t>(kFactsPerBusinessMax));
}

TEST_F(LedgerTest, DaysBefore1900CountAs1900) {
  tell(registered(1, 1, day(1623, 11, 8)));
  EXPECT_EQ(sums_.at(area("N1"), sector("10"), Measure::kBirths, day(1900, 1, 1)), 1);
}

// Later versions and repetitions of a fact do not change its reporting delay.
TEST_F(LedgerTest, AReportingDelayIsThatOfTheFirstPublication) {
  auto const only = [&](Measure m, int delay, base::Days period) {
    std::map<indicators::ReportKey, int64_t> const expected = {
        {{m, static_cast<uint8_t>(delay), kMonths.period_of(period)}, 1}};
    return sums_.reports == expected;
  };
  Event birth = registered(1, 1, day(2019, 5, 3));
  tell(birth, day(2019, 8, 1));
  EXPECT_TRUE(only(Measure::kBirths, 3, day(2019, 5, 3)));
  EXPECT_EQ(tell(birth, day(2019, 9, 1)), Outcome::kDuplicate);
  EXPECT_TRUE(only(Measure::kBirths, 3, day(2019, 5, 3))) << "a later repetition";
  EXPECT_EQ(tell(birth, day(2019, 6, 30)), Outcome::kDuplicate);
  EXPECT_TRUE(only(Measure::kBirths, 1, day(2019, 5, 3))) << "an earlier copy that arrives later";
  birth.sequence = base::SourceSequence(5);
  birth.effective = day(2019, 6, 2);
  EXPECT_EQ(tell(birth, day(2019, 12, 1)), Outcome::kApplied);
  EXPECT_TRUE(only(Measure::kBirths, 0, day(2019, 6, 2))) << "a correction is not a late report";
  birth.sequence = base::SourceSequence(3);
  EXPECT_EQ(tell(birth, day(2019, 5, 4)), Outcome::kSuperseded);
  EXPECT_TRUE(only(Measure::kBirths, 0, day(2019, 6, 2)))
      << "a fact published before its date is not late";
  birth.kind = EventKind::kRetracted;
  birth.sequence = base::SourceSequence(6);
  tell(birth, day(2020, 1, 1));
  EXPECT_TRUE(sums_.reports.empty());
}

TEST_F(LedgerTest, KnownDelaysOfUpToHalfAYearAreReported) {
  tell(registered(1, 1, day(2019, 5, 3)), day(2019, 11, 30));
  EXPECT_EQ(sums_.reports.size(), 1u);
  tell(registered(2, 2, day(2019, 5, 3)), day(2019, 12, 1));
  tell(registered(3, 3, day(2019, 5, 3)));  // without a timestamp
  EXPECT_EQ(sums_.reports.size(), 1u);
  Event enquiry = interaction(7, 4, day(2019, 5, 3));
  enquiry.unregistered = true;
  tell(enquiry, day(2019, 6, 1));
  EXPECT_EQ(sums_.reports.size(), 1u) << "that of an enquirer under case:ID has no room for it";
  tell(status(1, 5, day(2019, 6, 1), events::Status::kCeased), day(2019, 7, 1));
  EXPECT_EQ(sums_.reports.size(), 2u);
  EXPECT_TRUE(sums_.reports.contains({Measure::kDeaths, 1, kMonths.period_of(day(2019, 6, 1))}));
}

// Every fact that counts in a dated measure has a delay.
TEST_F(LedgerTest, S10_EveryDatedKindHasReportingDelays) {
  struct Told {
    EventKind kind;
    int code;
    Measure measure;
  };
  uint64_t id = 0;
  for (auto [kind, code, measure] :
       {Told{EventKind::kRegistered, 0, Measure::kBirths},
        {EventKind::kChanged, 0, Measure::kMovesIn},
        {EventKind::kStatusChanged, 2, Measure::kDeaths},
        {EventKind::kStatusChanged, 1, Measure::kRestorations},
        {EventKind::kInsolvencyCase, 1, Measure::kInsolvencies},
        {EventKind::kStrikeOffNotice, 1, Measure::kStrikeOffCompulsory},
        {EventKind::kChargeChanged, 1, Measure::kChargesCreated},
        {EventKind::kOfficerChanged, 2, Measure::kDirectorsResigned},
        {EventKind::kFilingRecorded, 1, Measure::kAccountsOverdue},
        {EventKind::kFilingRecorded, 2, Measure::kConfirmationOverdue},
        {EventKind::kInteraction, 1, Measure::kInteractions}}) {
    Event e = fact(kind, 1, ++id, day(2019, 5, 3));
    e.code = static_cast<uint8_t>(code);
    tell(e, day(2019, 7, 1));
    EXPECT_EQ((sums_.reports[{measure, 2, kMonths.period_of(day(2019, 5, 3))}]), 1)
        << domain::name(kind);
    EXPECT_EQ(domain::delays_of(measure), measure);
  }
  for (const domain::MeasureInfo& m : domain::kMeasures) {
    Measure const delays = domain::delays_of(m.id);
    bool reported = false;
    for (const auto& [key, n] : sums_.reports) reported = reported || key.measure == delays;
    bool const same_kind = m.facts.kind && domain::info(delays).facts.kind == m.facts.kind;
    EXPECT_TRUE(reported || same_kind) << m.name;
  }
}

TEST_F(LedgerTest, S10_TheDelayOfAnInteractionIsThatOfItsFirstPublication) {
  auto const only = [&](int delay) {
    return sums_.reports.size() == 1 &&
           sums_.reports.begin()->first ==
               indicators::ReportKey{Measure::kInteractions, static_cast<uint8_t>(delay),
                                     kMonths.period_of(day(2019, 5, 3))};
  };
  Event e = interaction(1, 1, day(2019, 5, 3));
  tell(e, day(2019, 8, 1));
  EXPECT_TRUE(only(3));
  EXPECT_EQ(tell(e, day(2019, 6, 1)), Outcome::kDuplicate);
  EXPECT_TRUE(only(1));
  e.sequence = base::SourceSequence(2);
  e.response_bucket = 7;
  EXPECT_EQ(tell(e, day(2019, 11, 1)), Outcome::kApplied);
  EXPECT_TRUE(only(1)) << "the answer is no late report of the enquiry";
  // The place that the desk states is no part of the version of a registered business's fact.
  e.area = area("N1");
  EXPECT_EQ(tell(e, day(2019, 12, 1)), Outcome::kDuplicate);
}

TEST_F(LedgerTest, ManyBusinessesAreFound) {
  constexpr uint64_t kMany = 50'000;
  for (uint64_t b = 0; b < kMany; ++b) tell(registered(b, b, day(2019, 1, 1)));
  EXPECT_EQ(ledger_.stats().businesses, static_cast<int64_t>(kMany));
  for (uint64_t b = 0; b < kMany; ++b) {
    ASSERT_EQ(ledger_.facts(base::BusinessKey(base::mix64(b))).size(), 1u) << b;
  }
  EXPECT_TRUE(ledger_.facts(base::BusinessKey(base::mix64(kMany))).empty());
  // A record takes 64 bytes, plus its part of the index. Chunks are filled.
  EXPECT_LT(ledger_.stats().bytes, static_cast<int64_t>(kMany * 64 * 3 / 2 + (2 << 20)));
}

// Properties, for many seeds of the random generator.

Sums sums_of(const std::vector<Event>& log, uint64_t* digest = nullptr,
             Sums* recomputed = nullptr) {
  Ledger ledger(kMonths, testing::world());
  Sums sums;
  for (const Event& e : log) ledger.apply(e, testing::published(e), sums);
  if (digest != nullptr) *digest = ledger.digest();
  if (recomputed != nullptr) ledger.recompute(*recomputed);
  return sums;
}

TEST(LedgerPropertyTest, OrderAndRepetitionDoNotMatter) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    std::vector<Event> const log = testing::random_log(random);
    uint64_t digest = 0;
    Sums const straight = sums_of(log, &digest);
    for (int i = 0; i < 3; ++i) {
      uint64_t other = 0;
      Sums const mangled = sums_of(testing::mangled(log, random), &other);
      ASSERT_EQ(mangled.by_key, straight.by_key);
      ASSERT_EQ(mangled.reports, straight.reports);
      ASSERT_EQ(other, digest);
    }
  }
}

TEST(LedgerPropertyTest, TheSumOfDeltasEqualsARecomputation) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    testing::Random random(seed);
    Sums recomputed;
    Sums const incremental =
        sums_of(testing::mangled(testing::random_log(random), random), nullptr, &recomputed);
    ASSERT_EQ(incremental.by_key, recomputed.by_key) << "seed " << seed;
    ASSERT_EQ(incremental.reports, recomputed.reports) << "seed " << seed;
  }
}

TEST(LedgerPropertyTest, TheCountsEqualThoseOfTheOracle) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    std::vector<Event> const log = testing::mangled(testing::random_log(random), random);
    testing::Oracle oracle(kMonths);
    for (const Event& e : log) oracle.tell(e);
    Sums const sums = sums_of(log);
    ASSERT_EQ(testing::counts_of(sums.by_key), oracle.counts());
    ASSERT_EQ(testing::classes_of(sums.by_key), oracle.classes());
  }
}

// The stock of every node, also of regions, sets and sections, where moves inside do not count.
TEST(LedgerPropertyTest, TheSumOfFlowsIsTheNumberOfBusinessesAlive) {
  const reference::Reference& reference = testing::world();
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    testing::Random random(seed);
    std::vector<Event> const log = testing::random_log(random);
    testing::Oracle oracle(kMonths);
    for (const Event& e : log) oracle.tell(e);
    indicators::Panel panel(reference, kMonths, kMonths.period_of(day(2010, 1, 1)));
    for (const auto& [key, n] : sums_of(log).by_key) {
      indicators::Delta const delta{key, n};
      panel.add(std::span(&delta, 1), [](uint32_t, Measure, base::PeriodIndex) {});
    }
    for (base::Days on : {day(2015, 6, 30), day(2017, 2, 28), day(2019, 12, 31)}) {
      auto const alive = oracle.alive_on(on);
      for (size_t n = 0; n < panel.nodes(); ++n) {
        indicators::Node const node = panel.node(n);
        int64_t expected = 0;
        for (const auto& [place, count] : alive) {
          bool const held = testing::Oracle::area_holds(node.area.value, place.first) &&
                            testing::Oracle::sector_holds(node.sector.value, place.second);
          expected += held ? count : 0;
        }
        ASSERT_EQ(panel.stock(node, kMonths.period_of(on)), expected)
            << "seed " << seed << ", " << base::format_date(on) << ", "
            << reference.areas.at(node.area).code << " " << reference.sectors.at(node.sector).code;
      }
    }
  }
}

TEST(LedgerPropertyTest, S8_SupportedBusinessesArePartOfTheStock) {
  int64_t supported = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    testing::Random random(seed);
    indicators::Panel panel(testing::world(), kMonths, kMonths.period_of(day(2010, 1, 1)));
    for (const auto& [key, n] : sums_of(testing::random_log(random)).by_key) {
      indicators::Delta const delta{key, n};
      panel.add(std::span(&delta, 1), [](uint32_t, Measure, base::PeriodIndex) {});
    }
    for (int32_t t = kMonths.period_of(day(2015, 1, 1)).value;
         t <= kMonths.period_of(day(2022, 1, 1)).value; ++t) {
      for (size_t n = 0; n < panel.nodes(); ++n) {
        int64_t const some =
            panel.cumulative(panel.node(n), Measure::kSupported, base::PeriodIndex(t));
        ASSERT_GE(some, 0) << "seed " << seed;
        ASSERT_LE(some, panel.stock(panel.node(n), base::PeriodIndex(t))) << "seed " << seed;
        supported += some;
      }
    }
  }
  EXPECT_GT(supported, 10'000);
}

// A frozen ledger does not change when later facts are applied. A ledger restored from it has the
// same facts, and reacts to more facts as the original does.
TEST(LedgerPropertyTest, AFrozenLedgerDoesNotChangeAndCanBeRestored) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    std::vector<Event> const log =
        testing::mangled(testing::random_log(random, {.businesses = 200}), random);
    Ledger ledger(kMonths, testing::world());
    Sums sums;
    size_t const half = log.size() / 2;
    for (size_t i = 0; i < half; ++i) ledger.apply(log[i], testing::published(log[i]), sums);
    uint64_t const then = ledger.digest();
    LedgerStats const stats_then = ledger.stats();
    FrozenLedger frozen = ledger.freeze();
    // Applied to the ledger here, and to the restored ledger below.
    for (size_t i = half; i < log.size(); ++i) {
      ledger.apply(log[i], testing::published(log[i]), sums);
      if (random.chance(0.01)) (void)ledger.freeze();  // a second frozen ledger
    }
    Ledger back(kMonths, testing::world());
    back.reserve(frozen.size());
    frozen.each([&](base::BusinessKey key, bool unregistered, std::span<const Fact> facts) {
      ASSERT_TRUE(back.restore(key, unregistered, facts));
    });
    ASSERT_EQ(back.digest(), then);
    ASSERT_EQ(back.stats().businesses, stats_then.businesses);
    ASSERT_EQ(back.stats().facts, stats_then.facts);
    ASSERT_EQ(back.stats().waiting, stats_then.waiting);
    frozen = FrozenLedger();
    ledger.thaw();
    for (size_t i = half; i < log.size(); ++i) back.apply(log[i], testing::published(log[i]), sums);
    ASSERT_EQ(back.digest(), ledger.digest());
    Sums of_ledger;
    Sums of_back;
    ledger.recompute(of_ledger);
    back.recompute(of_back);
    ASSERT_EQ(of_back.by_key, of_ledger.by_key);
    ASSERT_EQ(of_back.reports, of_ledger.reports);
  }
}

TEST_F(LedgerTest, AnInvalidRecordIsNotRestored) {
  tell(registered(1, 1, day(2019, 5, 3)));
  std::vector<Fact> facts = {to_fact(registered(2, 2, day(2019, 5, 3))),
                             to_fact(status(2, 3, day(2020, 1, 1), events::Status::kCeased))};
  base::BusinessKey const known(base::mix64(1));
  base::BusinessKey const fresh(base::mix64(2));
  EXPECT_FALSE(ledger_.restore(known, false, facts)) << "already known";
  std::swap(facts[0], facts[1]);
  EXPECT_FALSE(ledger_.restore(fresh, false, facts)) << "not in the order of facts";
  EXPECT_FALSE(ledger_.restore(fresh, false, std::vector<Fact>(2, facts[0]))) << "a duplicate fact";
  EXPECT_FALSE(ledger_.restore(fresh, false, std::vector<Fact>(kFactsPerBusinessMax + 1)));
  EXPECT_EQ(ledger_.stats().businesses, 1);
  std::swap(facts[0], facts[1]);
  EXPECT_TRUE(ledger_.restore(fresh, false, facts));
  EXPECT_EQ(ledger_.facts(fresh).size(), 2u);
}

// The random logs must cause every transition. Otherwise the properties show little.
TEST(LedgerPropertyTest, TheRandomLogsReachEveryMeasure) {
  std::set<Measure> reached;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    testing::Random random(seed);
    for (const auto& [key, n] : sums_of(testing::random_log(random)).by_key)
      reached.insert(key.measure());
  }
  EXPECT_EQ(reached.size(), domain::kMeasureCount);
}

}  // namespace
}  // namespace bellwether::ledger
