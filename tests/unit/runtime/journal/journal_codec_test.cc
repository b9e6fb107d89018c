#include "runtime/journal/journal_codec.h"

#include <gtest/gtest.h>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/alerts/book.h"
#include "runtime/journal/journal_parts.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::runtime {
namespace {

using alerts::JournalEntry;
using alerts::kPeriodsFromEpochMax;
using base::PeriodIndex;
using base::UnixMillis;

template <class T>
T there_and_back(const T& entry) {
  JournalEntry const back =
      testing::must(decode(encode(JournalEntry(entry), "bw-0", UnixMillis(77))));
  EXPECT_TRUE(std::holds_alternative<T>(back));
  return std::get<T>(back);
}

alerts::TickEvaluated full_tick() {
  alerts::TickEvaluated t;
  t.writer = "bw-0";
  t.tick = PeriodIndex(336);
  t.tick_at = UnixMillis(886'291'200'000);
  t.book_offset = base::JournalOffset(41);
  t.rule_set = "0123456789abcdef";
  t.cut = {{"bellwether.registrations", 0, 17}, {"bellwether.support", 3, -1}};
  t.cells_digest = 0xfedcba9876543210ULL;
  t.verdict_digest = 3;
  t.historical = true;
  t.silent_topics = {"support"};
  t.series_assessed = 19;
  t.figures = 5;
  t.working_hours = 0xfedcba9876543211ULL;
  alerts::AlertUpdate u;
  u.key = {"R1", "SG", "C"};
  u.raised = PeriodIndex(335);
  u.onset = PeriodIndex(-7);
  u.severity = alerts::Severity::kAmber;
  u.severity_max = alerts::Severity::kRed;
  u.open = false;
  u.quiet_ticks = 4;
  u.frozen_ticks = 5;
  u.suspended = "base too small";
  u.recent_hits = 0b101;
  u.historical = true;
  u.transition = alerts::TransitionKind::kCleared;
  u.clear_reason = alerts::ClearReason::kRuleRemoved;
  u.evidence = {PeriodIndex(336),
                105,
                156.25,
                116,
                200,
                0.0048,
                0.011,
                2.6,
                5.6,
                5.071,
                2.3,
                0.67,
                54,
                PeriodIndex(270),
                PeriodIndex(329),
                3,
                1.25,
                detection::BaselineKind::kRecentAgainstYearBefore,
                -0.75,
                0.1,
                0.8,
                131.25,
                120,
                140,
                {{"SG", "46", 5, 9, 0.4, "births", 2.5}, {"SG", "47", 1, 2, 0.1}}};
  t.updates = {u, {}};
  return t;
}

TEST(JournalCodecTest, EveryFieldOfAnEvaluationIsDecodedUnchanged) {
  EXPECT_EQ(there_and_back(full_tick()), full_tick());
}

// Records from before the reason was stored: all of these alerts cleared because they were quiet.
TEST(JournalCodecTest, AClearedAlertWithoutAReasonWentQuiet) {
  journal::v1::JournalRecord record;
  ASSERT_TRUE(record.ParseFromString(encode(JournalEntry(full_tick()), "bw-0", UnixMillis(1))));
  record.mutable_tick_evaluated()->mutable_updates(0)->clear_clear_reason();
  JournalEntry const old = testing::must(decode(record.SerializeAsString()));
  alerts::TickEvaluated expected = full_tick();
  expected.updates[0].clear_reason = alerts::ClearReason::kQuiet;
  EXPECT_EQ(std::get<alerts::TickEvaluated>(old), expected);
}

TEST(JournalCodecTest, HumanActsAreDecodedUnchanged) {
  auto const ack =
      there_and_back(alerts::AlertAcknowledged{"R1.SG.C.1998-01", "ann", "on it", UnixMillis(5)});
  EXPECT_EQ(ack.alert, "R1.SG.C.1998-01");
  EXPECT_EQ(ack.actor, "ann");
  EXPECT_EQ(ack.comment, "on it");
  EXPECT_EQ(ack.at.value, 5);
  auto const silence = there_and_back(
      alerts::SilenceCreated{"R1", "SG", "C", UnixMillis(9), "ann", "known", UnixMillis(5)});
  EXPECT_EQ(silence.sector, "C");
  EXPECT_EQ(silence.until.value, 9);
  EXPECT_EQ(there_and_back(alerts::SilenceExpired{base::JournalOffset(12), "ann", UnixMillis(5)})
                .silence.value,
            12);
  auto const rules = alerts::default_rules(base::Calendar(base::CalendarUnit::kWeek));
  EXPECT_EQ(there_and_back(alerts::RuleSetActivated{rules, "ann", UnixMillis(5)}).rule_set, rules);
  EXPECT_EQ(
      there_and_back(alerts::RegimeBreakWithdrawn{base::JournalOffset(7), "ann", UnixMillis(5)})
          .regime_break.value,
      7);
  auto const gap = there_and_back(alerts::RegimeBreakDeclared{
      {PeriodIndex(3), PeriodIndex(8)}, "pandemic", "ann", UnixMillis(5)});
  EXPECT_EQ(gap.periods.last.value, 8);
  EXPECT_EQ(gap.reason, "pandemic");
}

TEST(JournalCodecTest, ANewerFormatIsRefused) {
  journal::v1::JournalRecord record;
  ASSERT_TRUE(record.ParseFromString(encode(JournalEntry(full_tick()), "bw-0", UnixMillis(1))));
  record.set_format(kJournalFormat + 1);
  EXPECT_TRUE(absl::IsUnimplemented(decode(record.SerializeAsString()).status()));
}

// A build of format 1 would judge without the special days, so it must stop.
TEST(JournalCodecTest, OnlyARuleSetWithSpecialDaysHasFormat2) {
  auto const format = [](const JournalEntry& entry) {
    journal::v1::JournalRecord record;
    EXPECT_TRUE(record.ParseFromString(encode(entry, "bw-0", UnixMillis(1))));
    return record.format();
  };
  alerts::RuleSetActivated rules{alerts::default_rules(base::Calendar(base::CalendarUnit::kWeek)),
                                 "configuration", UnixMillis(5)};
  EXPECT_EQ(format(full_tick()), 1);
  EXPECT_EQ(format(rules), 1);
  rules.rule_set.business_calendar =
      testing::must(base::BusinessCalendar::make({{}, {base::Days(7)}, {}}));
  EXPECT_EQ(format(rules), 2);
  EXPECT_EQ(there_and_back(rules).rule_set, rules.rule_set);
}

TEST(JournalCodecTest, TheLargestSpecialDaysFitIntoOneKafkaRecord) {
  std::vector<base::Days> days;
  base::Days const last = base::days_from_civil(base::kSpecialYearLast, 12, 31);
  for (size_t i = 0; i < base::kSpecialDaysMax; ++i)
    days.emplace_back(last.value + 1 - static_cast<int32_t>(base::kSpecialDaysMax - i));
  alerts::RuleSetActivated rules{{}, "configuration", UnixMillis(5)};
  rules.rule_set.business_calendar = testing::must(base::BusinessCalendar::make({days, {}, {}}));
  EXPECT_LE(encode(JournalEntry(rules), "bw-0", UnixMillis(1)).size(), 31'000u);
  static_assert(31'000 < kJournalRecordBytesMax);
}

TEST(JournalCodecTest, InvalidBytesAreDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(decode("").status()));
  EXPECT_TRUE(absl::IsDataLoss(decode("hello").status()));
  EXPECT_TRUE(absl::IsDataLoss(decode(std::string(100, '\xff')).status()));
}

// No calendar has such periods, and the book would continue to count from them.
TEST(JournalCodecTest, PeriodsBeyondAllCalendarsAreDataLoss) {
  for (int32_t const period :
       {kPeriodsFromEpochMax + 1, -kPeriodsFromEpochMax - 1, INT32_MAX, INT32_MIN}) {
    alerts::TickEvaluated tick = full_tick();
    tick.tick = PeriodIndex(period);
    alerts::TickEvaluated raised = full_tick();
    raised.updates[1].raised = PeriodIndex(period);
    alerts::TickEvaluated onset = full_tick();
    onset.updates[0].onset = PeriodIndex(period);
    alerts::TickEvaluated evidence = full_tick();
    evidence.updates[0].evidence.period = PeriodIndex(period);
    alerts::RegimeBreakDeclared gap;
    gap.periods.last = PeriodIndex(period);
    for (const JournalEntry& e : {JournalEntry(tick), JournalEntry(raised), JournalEntry(onset),
                                  JournalEntry(evidence), JournalEntry(gap)}) {
      EXPECT_TRUE(absl::IsDataLoss(decode(encode(e, "bw-0", UnixMillis(1))).status())) << period;
    }
  }
  alerts::TickEvaluated last = full_tick();
  last.tick = PeriodIndex(kPeriodsFromEpochMax);
  EXPECT_EQ(there_and_back(last), last);
}

// No build has written a transition of this number.
TEST(JournalCodecTest, AReservedTransitionIsDataLoss) {
  journal::v1::JournalRecord record;
  ASSERT_TRUE(record.ParseFromString(encode(JournalEntry(full_tick()), "bw-0", UnixMillis(1))));
  record.mutable_tick_evaluated()->mutable_updates(0)->set_transition(3);
  EXPECT_TRUE(absl::IsDataLoss(decode(record.SerializeAsString()).status()));
}

TEST(JournalCodecTest, TruncatedAndMutatedRecordsNeverCrash) {
  std::string const good = encode(JournalEntry(full_tick()), "bw-0", UnixMillis(1));
  for (size_t n = 0; n < good.size(); ++n) (void)decode(good.substr(0, n));
  testing::Random random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string bad = good;
    for (int k = random.between(1, 4); k > 0; --k)
      bad[random.below(bad.size())] = static_cast<char>(random.next());
    auto const entry = decode(bad);
    if (!entry.ok()) continue;
    alerts::Book book(base::Calendar(base::CalendarUnit::kMonth));
    book.fold(base::JournalOffset(0), *entry);
  }
}

}  // namespace
}  // namespace bellwether::runtime
