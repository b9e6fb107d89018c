#include "core/alerts/state_machine.h"

#include <gtest/gtest.h>

#include "support/calendars.h"

namespace bellwether::alerts {
namespace {

using testing::kMonths;

Signal hit(bool established = false, bool large = false) {
  Signal s;
  s.assessed = s.hit = true;
  s.established = established;
  s.large = large;
  s.onset = PeriodIndex(5);
  return s;
}
Signal quiet() {
  Signal s;
  s.assessed = s.quiet = true;
  s.onset = PeriodIndex(99);
  return s;
}
Signal between() {
  Signal s;
  s.assessed = true;
  s.onset = PeriodIndex(99);
  return s;
}
Signal unassessed() {
  Signal s;
  s.why_not = "source silent: registrations";
  return s;
}

class StateMachineTest : public ::testing::Test {
 protected:
  StateMachineTest() {
    rule_.id = "R1";
    rule_.severity = Severity::kRed;
    rule_.clear_ticks = 3;
  }
  // Runs one tick and returns its transition.
  TransitionKind tell(const Signal& s) {
    auto next = step(rule_, {"R1", "R", "C"}, open_ ? &*open_ : nullptr, s, PeriodIndex(tick_++),
                     false, kMonths);
    if (!next) return TransitionKind::kNone;
    TransitionKind const did = next->transition;
    last_ = *next;
    open_ = next->open ? next : std::nullopt;
    return did;
  }
  Rule rule_;
  std::optional<AlertUpdate> open_;
  AlertUpdate last_;
  int32_t tick_ = 10;
};

TEST_F(StateMachineTest, AProvisionalSignalStaysAmber) {
  Signal s = hit(false, true);
  s.provisional = true;
  EXPECT_EQ(tell(s), TransitionKind::kRaised);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(tell(s), TransitionKind::kNone);
  EXPECT_EQ(last_.severity, Severity::kAmber);
  s.provisional = false;
  EXPECT_EQ(tell(s), TransitionKind::kEscalated);
  EXPECT_EQ(last_.severity, Severity::kRed);
}

TEST_F(StateMachineTest, AnUntestedAlertIsClosedWithItsReasonAndLastNumbers) {
  Signal large = hit(true);
  large.evidence.observed = 12;
  tell(large);
  tell(unassessed());
  AlertUpdate const closed = close(*open_, ClearReason::kRuleDisabled);
  EXPECT_FALSE(closed.open);
  EXPECT_EQ(closed.transition, TransitionKind::kCleared);
  EXPECT_EQ(closed.clear_reason, ClearReason::kRuleDisabled);
  EXPECT_EQ(closed.suspended, "");
  EXPECT_EQ(closed.evidence.observed, 12);
  EXPECT_EQ(closed.severity, Severity::kRed);
}

TEST_F(StateMachineTest, S3_AClosedPeriodChangesNothing) {
  Signal closed;
  closed.closed = true;
  closed.why_not = "closed: holidays";
  EXPECT_EQ(tell(closed), TransitionKind::kNone);
  EXPECT_FALSE(open_);
  tell(hit(false, true));
  tell(quiet());
  AlertUpdate const before = *open_;
  EXPECT_EQ(tell(closed), TransitionKind::kNone);
  EXPECT_EQ(tell(closed), TransitionKind::kNone);
  EXPECT_EQ(last_.suspended, "");
  EXPECT_EQ(last_.quiet_ticks, 1);
  EXPECT_EQ(last_.recent_hits, before.recent_hits);
  EXPECT_EQ(tell(hit(false, true)), TransitionKind::kEscalated)
      << "two hits of the last three open periods";
  tell(unassessed());
  EXPECT_EQ(tell(closed), TransitionKind::kNone);
  EXPECT_EQ(last_.suspended, "source silent: registrations");
}

TEST_F(StateMachineTest, NoAlertBeginsWithoutAHit) {
  EXPECT_EQ(tell(quiet()), TransitionKind::kNone);
  EXPECT_EQ(tell(between()), TransitionKind::kNone);
  EXPECT_EQ(tell(unassessed()), TransitionKind::kNone);
  EXPECT_FALSE(open_);
}

TEST_F(StateMachineTest, AHitRaisesAmberAndAnEstablishedChangeRed) {
  EXPECT_EQ(tell(hit()), TransitionKind::kRaised);
  EXPECT_EQ(open_->severity, Severity::kAmber);
  EXPECT_EQ(open_->raised, PeriodIndex(10));
  EXPECT_EQ(open_->onset, PeriodIndex(5));
  EXPECT_EQ(tell(hit(true)), TransitionKind::kEscalated);
  EXPECT_EQ(open_->severity, Severity::kRed);
}

TEST_F(StateMachineTest, TwoLargeHitsOfThreeAreRed) {
  tell(hit(false, true));
  EXPECT_EQ(tell(between()), TransitionKind::kNone);
  EXPECT_EQ(tell(hit(false, true)), TransitionKind::kEscalated);
}

TEST_F(StateMachineTest, TwoSmallHitsStayAmber) {
  tell(hit());
  tell(hit());
  EXPECT_EQ(open_->severity, Severity::kAmber);
}

TEST_F(StateMachineTest, HitsTooFarApartStayAmber) {
  tell(hit(false, true));
  tell(between());
  tell(between());
  tell(hit(false, true));
  EXPECT_EQ(open_->severity, Severity::kAmber);
}

TEST_F(StateMachineTest, AnAlertClearsOnlyAfterQuietTicksInARow) {
  tell(hit());
  tell(quiet());
  tell(quiet());
  EXPECT_EQ(tell(between()), TransitionKind::kNone);  // the row is broken
  tell(quiet());
  tell(quiet());
  EXPECT_TRUE(open_);
  EXPECT_EQ(tell(quiet()), TransitionKind::kCleared);
  EXPECT_FALSE(open_);
  EXPECT_EQ(tell(quiet()), TransitionKind::kNone);
}

TEST_F(StateMachineTest, SeverityDoesNotFallBeforeItClears) {
  tell(hit(true));
  EXPECT_EQ(tell(hit()), TransitionKind::kNone);
  EXPECT_EQ(open_->severity, Severity::kRed);
}

TEST_F(StateMachineTest, AnUnassessedSeriesKeepsItsAlertWithTheReason) {
  tell(hit());
  EXPECT_EQ(tell(unassessed()), TransitionKind::kSuspended);
  EXPECT_EQ(open_->suspended, "source silent: registrations");
  EXPECT_EQ(tell(unassessed()), TransitionKind::kNone);
  EXPECT_EQ(tell(between()), TransitionKind::kResumed);
  EXPECT_TRUE(open_->suspended.empty());
}

TEST_F(StateMachineTest, ASuspensionWithoutAReasonIsToldOnce) {
  tell(hit());
  Signal nothing = unassessed();
  nothing.why_not.clear();
  EXPECT_EQ(tell(nothing), TransitionKind::kSuspended);
  EXPECT_EQ(open_->suspended, "it cannot be assessed");
  EXPECT_EQ(tell(nothing), TransitionKind::kNone);
}

TEST_F(StateMachineTest, TheOnsetMovesOnlyBack) {
  tell(hit());
  Signal later = hit();
  later.onset = PeriodIndex(9);
  tell(later);
  EXPECT_EQ(open_->onset, PeriodIndex(5));
  Signal earlier = hit();
  earlier.onset = PeriodIndex(2);
  tell(earlier);
  EXPECT_EQ(open_->onset, PeriodIndex(2));
}

TEST_F(StateMachineTest, TheBaselineIsFrozenForTwoYearsAtMost) {
  for (int i = 0; i < 60; ++i) tell(hit(true));
  EXPECT_EQ(open_->frozen_ticks, frozen_ticks_max(kMonths) + 1);
  EXPECT_EQ(frozen_ticks_max(kMonths), 24);
}

TEST_F(StateMachineTest, ARuleForOperationsHasOneSeverity) {
  rule_.severity = Severity::kOps;
  tell(hit(true, true));
  EXPECT_EQ(open_->severity, Severity::kOps);
}

}  // namespace
}  // namespace bellwether::alerts
