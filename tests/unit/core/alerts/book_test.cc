#include "core/alerts/book.h"

#include <gtest/gtest.h>

#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::alerts {
namespace {

using testing::kMonths;

AlertUpdate update(std::string sector, int32_t raised, TransitionKind kind, bool open = true) {
  AlertUpdate u;
  u.key = {"R1", "SG", std::move(sector)};
  u.raised = PeriodIndex(raised);
  u.onset = PeriodIndex(raised - 1);
  u.severity = u.severity_max = Severity::kAmber;
  u.open = open;
  u.transition = kind;
  u.evidence.observed = 7;
  return u;
}
TickEvaluated tick(int32_t t, JournalOffset book, std::vector<AlertUpdate> updates = {}) {
  TickEvaluated e;
  e.tick = PeriodIndex(t);
  e.tick_at = kMonths.end_of(e.tick);
  e.book_offset = book;
  e.updates = std::move(updates);
  return e;
}

class BookTest : public ::testing::Test {
 protected:
  FoldOutcome tell(const JournalEntry& e) { return book_.fold(JournalOffset(next_++), e); }
  std::vector<std::string> transitions(ResumeToken after = {}) {
    std::vector<std::string> out;
    for (size_t i = *book_.first_after(after); i < book_.transitions_end(); ++i) {
      const Transition& t = book_.transition(i);
      out.push_back(t.alert->name + " " +
                    std::string(kTransitionNames[static_cast<size_t>(t.kind)]));
    }
    return out;
  }
  Book book_{kMonths};
  int64_t next_ = 0;
};

TEST_F(BookTest, TheFirstValidEvaluationOfATickCounts) {
  EXPECT_EQ(tell(tick(10, book_.offset(), {update("C", 10, TransitionKind::kRaised)})),
            FoldOutcome::kApplied);
  // An evaluation of the same tick by a second leader.
  EXPECT_EQ(tell(tick(10, JournalOffset(-1), {update("F", 10, TransitionKind::kRaised)})),
            FoldOutcome::kStaleTick);
  EXPECT_EQ(book_.find("R1.SG.F.1970-11"), nullptr);
  EXPECT_EQ(tell(tick(12, book_.offset())), FoldOutcome::kStaleTick) << "a tick is missing";
  EXPECT_EQ(tell(tick(11, book_.offset())), FoldOutcome::kApplied);
  EXPECT_EQ(transitions(), std::vector<std::string>{"R1.SG.C.1970-11 raised"});
}

TEST_F(BookTest, AnEvaluationWithOutdatedRulesDoesNotCount) {
  tell(tick(10, book_.offset()));
  JournalOffset const before = book_.offset();
  tell(RuleSetActivated{default_rules(kMonths), "someone", UnixMillis(0)});
  EXPECT_EQ(tell(tick(11, before)), FoldOutcome::kRulesChanged);
  EXPECT_EQ(tell(tick(11, book_.offset())), FoldOutcome::kApplied);
  JournalOffset const again = book_.offset();
  tell(RegimeBreakDeclared{{PeriodIndex(1), PeriodIndex(3)}, "pandemic", "someone", UnixMillis(0)});
  EXPECT_EQ(tell(tick(12, again)), FoldOutcome::kRulesChanged);
  EXPECT_EQ(book_.regime_breaks().size(), 1u);
}

TEST_F(BookTest, TheEpochIsWhereTheLeaderBegan) {
  auto const by = [&](const char* writer, int32_t t) {
    TickEvaluated e = tick(t, book_.offset());
    e.writer = writer;
    return e;
  };
  EXPECT_EQ(book_.lead().epoch, JournalOffset(-1));
  tell(by("a", 10));
  tell(by("a", 11));
  EXPECT_EQ(book_.lead(), (Lead{"a", JournalOffset(0)}));
  tell(by("b", 11));
  EXPECT_EQ(book_.lead().writer, "a") << "a stale evaluation does not change the leader";
  tell(by("b", 12));
  tell(by("b", 13));
  EXPECT_EQ(book_.lead(), (Lead{"b", JournalOffset(3)}));
}

TEST_F(BookTest, HumanActsBetweenDoNotInvalidateAnEvaluation) {
  tell(tick(10, book_.offset(), {update("C", 10, TransitionKind::kRaised)}));
  JournalOffset const before = book_.offset();
  EXPECT_EQ(tell(AlertAcknowledged{"R1.SG.C.1970-11", "ann", "calling them", UnixMillis(5)}),
            FoldOutcome::kApplied);
  EXPECT_EQ(tell(tick(11, before, {update("C", 10, TransitionKind::kNone)})),
            FoldOutcome::kApplied);
  ASSERT_TRUE(book_.find("R1.SG.C.1970-11")->acknowledgement);
  EXPECT_EQ(book_.find("R1.SG.C.1970-11")->acknowledgement->actor, "ann");
}

TEST_F(BookTest, AClearedAlertIsKeptAndTheNextOneHasItsOwnName) {
  tell(tick(10, book_.offset(), {update("C", 10, TransitionKind::kRaised)}));
  tell(tick(11, book_.offset(), {update("C", 10, TransitionKind::kCleared, false)}));
  EXPECT_TRUE(book_.open().empty());
  EXPECT_EQ(book_.find("R1.SG.C.1970-11")->cleared, PeriodIndex(11));
  tell(tick(12, book_.offset(), {update("C", 12, TransitionKind::kRaised)}));
  EXPECT_EQ(book_.alerts().size(), 2u);
  EXPECT_EQ(book_.open().size(), 1u);
}

TEST_F(BookTest, ActsOnUnknownTargetsChangeNothing) {
  uint64_t const before = book_.digest();
  EXPECT_EQ(tell(AlertAcknowledged{"R1.SG.C.1970-11", "ann", "", UnixMillis(5)}),
            FoldOutcome::kUnknownTarget);
  EXPECT_EQ(tell(SilenceExpired{JournalOffset(99), "ann", UnixMillis(5)}),
            FoldOutcome::kUnknownTarget);
  EXPECT_EQ(book_.digest(), before);
}

TEST_F(BookTest, ASilenceCoversItsAlertsUntilItEnds) {
  tell(SilenceCreated{"R1", "", "C", UnixMillis(1000), "ann", "", UnixMillis(0)});
  EXPECT_NE(book_.silenced({"R1", "SG", "C"}, UnixMillis(999)), nullptr);
  EXPECT_EQ(book_.silenced({"R1", "SG", "C"}, UnixMillis(1000)), nullptr);
  EXPECT_EQ(book_.silenced({"R2", "SG", "C"}, UnixMillis(1)), nullptr);
  EXPECT_EQ(book_.silenced({"R1", "SG", "F"}, UnixMillis(1)), nullptr);
  tell(SilenceExpired{JournalOffset(0), "ann", UnixMillis(5)});
  EXPECT_EQ(book_.silenced({"R1", "SG", "C"}, UnixMillis(1)), nullptr);
}

TEST_F(BookTest, SilencesAreBoundedAndEndedOnesAreDropped) {
  // Every tenth silence ends early.
  for (size_t i = 0; i < kSilencesMax; ++i) {
    UnixMillis const until(i % 10 == 0 ? 1000 : 9000);
    ASSERT_EQ(tell(SilenceCreated{"R1", "", "", until, "ann", "", UnixMillis(0)}),
              FoldOutcome::kApplied);
  }
  SilenceCreated const more{"R2", "", "", UnixMillis(9000), "ann", "", UnixMillis(999)};
  EXPECT_EQ(tell(more), FoldOutcome::kTooMany);
  EXPECT_TRUE(absl::IsResourceExhausted(to_status(FoldOutcome::kTooMany, more)));
  EXPECT_NE(to_status(FoldOutcome::kTooMany, more).message().find("expire one"),
            std::string_view::npos);
  EXPECT_EQ(book_.silences().size(), kSilencesMax);
  EXPECT_EQ(book_.silenced({"R2", "SG", "C"}, UnixMillis(999)), nullptr);
  tell(SilenceExpired{JournalOffset(1), "ann", UnixMillis(1000)});
  SilenceCreated later = more;
  later.at = UnixMillis(1000);
  EXPECT_EQ(tell(later), FoldOutcome::kApplied);
  EXPECT_EQ(book_.silences().size(), kSilencesMax - kSilencesMax / 10 - 1 + 1);
  EXPECT_FALSE(book_.silences().contains(0)) << "ended by time";
  EXPECT_FALSE(book_.silences().contains(1)) << "ended by hand";
  EXPECT_TRUE(book_.silences().contains(2));
}

TEST_F(BookTest, AWithdrawnRegimeBreakIsRemovedAndChangesTheRules) {
  tell(RegimeBreakDeclared{{PeriodIndex(1), PeriodIndex(3)}, "flood", "ann", UnixMillis(0)});
  tell(RegimeBreakDeclared{{PeriodIndex(7), PeriodIndex(9)}, "pandemic", "ann", UnixMillis(0)});
  ASSERT_EQ(book_.declared_breaks().size(), 2u);
  uint64_t const before = book_.digest();
  int64_t const first = book_.declared_breaks().begin()->first;
  EXPECT_EQ(tell(RegimeBreakWithdrawn{JournalOffset(first + 100), "ann", {}}),
            FoldOutcome::kUnknownTarget);
  EXPECT_EQ(tell(RegimeBreakWithdrawn{JournalOffset(first), "ann", {}}), FoldOutcome::kApplied);
  EXPECT_EQ(tell(RegimeBreakWithdrawn{JournalOffset(first), "ann", {}}),
            FoldOutcome::kUnknownTarget);
  ASSERT_EQ(book_.regime_breaks().size(), 1u);
  EXPECT_EQ(book_.regime_breaks().front().first, PeriodIndex(7));
  EXPECT_EQ(book_.declared_breaks().begin()->second.reason, "pandemic");
  EXPECT_NE(book_.digest(), before);
}

TEST_F(BookTest, RegimeBreaksAreBounded) {
  for (size_t i = 0; i < kRegimeBreaksMax; ++i) {
    ASSERT_EQ(tell(RegimeBreakDeclared{{PeriodIndex(1), PeriodIndex(3)}, "", "ann", {}}),
              FoldOutcome::kApplied);
  }
  JournalOffset const before = book_.offset();
  EXPECT_EQ(tell(RegimeBreakDeclared{{PeriodIndex(1), PeriodIndex(3)}, "", "ann", {}}),
            FoldOutcome::kTooMany);
  EXPECT_EQ(book_.regime_breaks().size(), kRegimeBreaksMax);
  EXPECT_TRUE(absl::IsResourceExhausted(to_status(FoldOutcome::kTooMany, RegimeBreakDeclared{})));
  EXPECT_EQ(tell(tick(11, before)), FoldOutcome::kApplied)
      << "a refused act does not invalidate an evaluation";
}

TEST_F(BookTest, ResumingAfterATokenLosesAndRepeatsNothing) {
  tell(tick(10, book_.offset(),
            {update("C", 10, TransitionKind::kRaised), update("F", 10, TransitionKind::kRaised)}));
  tell(tick(11, book_.offset(), {update("C", 10, TransitionKind::kEscalated)}));
  std::vector<std::string> const all = transitions();
  ASSERT_EQ(all.size(), 3u);
  for (size_t i = 0; i < all.size(); ++i) {
    auto const token = parse_resume_token(format(book_.transition(i).token));
    ASSERT_TRUE(token);
    EXPECT_EQ(transitions(*token),
              std::vector<std::string>(all.begin() + static_cast<ptrdiff_t>(i) + 1, all.end()));
  }
  EXPECT_TRUE(transitions({JournalOffset(1), UINT32_MAX}).empty());
}

TEST(ResumeTokenTest, MalformedTokensAreRefused) {
  EXPECT_TRUE(parse_resume_token("17"));
  EXPECT_TRUE(parse_resume_token("17.3"));
  for (const char* text :
       {"", "x", "1.2.3", "-7", "1.", ".1", "1 ", "99999999999999999999", "1.-1"}) {
    EXPECT_FALSE(parse_resume_token(text)) << text;
  }
}

TEST_F(BookTest, ACopyDoesNotChange) {
  tell(tick(10, book_.offset(), {update("C", 10, TransitionKind::kRaised)}));
  Book const copy = book_;
  uint64_t const digest = copy.digest();
  tell(AlertAcknowledged{"R1.SG.C.1970-11", "ann", "", UnixMillis(5)});
  tell(tick(11, book_.offset(), {update("C", 10, TransitionKind::kCleared, false)}));
  EXPECT_EQ(copy.digest(), digest);
  EXPECT_EQ(copy.open().size(), 1u);
}

TEST_F(BookTest, OldTransitionsAreDroppedAndEarlierTokensRefused) {
  // 200,000 are kept; each tick here makes 20,000.
  for (int32_t t = 0; t < 12; ++t) {
    std::vector<AlertUpdate> updates;
    for (int i = 0; i < 20'000; ++i)
      updates.push_back(update(std::to_string(i % 10), t * 2, TransitionKind::kEscalated));
    tell(tick(t, book_.offset(), std::move(updates)));
  }
  EXPECT_EQ(book_.transitions_end(), 240'000u);
  EXPECT_FALSE(book_.first_after({JournalOffset(0), 5}));
  ASSERT_TRUE(book_.first_after({JournalOffset(11), 5}));
  // A watcher that has seen exactly the dropped transitions misses nothing.
  ASSERT_TRUE(book_.first_after({JournalOffset(1), UINT32_MAX}));
  EXPECT_EQ(book_.transitions_end() - *book_.first_after({JournalOffset(1), UINT32_MAX}),
            kTransitionsKept);
}

TEST_F(BookTest, AnAlertKeepsItsHistoryWhenWatchersCanNoLongerResumeBeforeIt) {
  tell(tick(0, book_.offset(), {update("C", 0, TransitionKind::kRaised)}));
  for (int32_t t = 1; t < 12; ++t) {
    std::vector<AlertUpdate> updates;
    for (int i = 0; i < 20'000; ++i)
      updates.push_back(update(std::to_string(i), t, TransitionKind::kRaised, false));
    tell(tick(t, book_.offset(), std::move(updates)));
  }
  ASSERT_FALSE(book_.first_after({})) << "the first transitions must be forgotten for this test";
  tell(tick(12, book_.offset(), {update("C", 0, TransitionKind::kCleared, false)}));
  auto const history = book_.history("R1.SG.C.1970-01");
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0]->kind, TransitionKind::kRaised);
  EXPECT_TRUE(history[0]->alert->state.open) << "the state after the transition";
  EXPECT_EQ(history[1]->kind, TransitionKind::kCleared);
  EXPECT_TRUE(book_.history("R1.SG.none.1970-01").empty());
}

TEST_F(BookTest, ALongHistoryKeepsItsFirstAndLatestTransitions) {
  tell(tick(0, book_.offset(), {update("C", 0, TransitionKind::kRaised)}));
  for (size_t i = 0; i < kTransitionsPerAlertMax + 50; ++i) {
    tell(AlertAcknowledged{"R1.SG.C.1970-01", std::to_string(i), "",
                           UnixMillis(static_cast<int64_t>(i))});
  }
  auto const history = book_.history("R1.SG.C.1970-01");
  ASSERT_EQ(history.size(), kTransitionsPerAlertMax);
  EXPECT_EQ(history[0]->kind, TransitionKind::kRaised);
  EXPECT_EQ(history[1]->at.value, 51);
  EXPECT_EQ(history.back()->at.value, static_cast<int64_t>(kTransitionsPerAlertMax) + 49);
}

TEST_F(BookTest, TheOldestClosedAlertsAreDroppedWithTheirHistories) {
  constexpr int32_t kATick = 20'000;
  for (int32_t t = 0; t < 6; ++t) {
    std::vector<AlertUpdate> updates;
    for (int i = 0; i < kATick; ++i)
      updates.push_back(update(std::to_string(i), t, TransitionKind::kCleared, false));
    if (t == 0) updates.push_back(update("open", t, TransitionKind::kRaised));
    tell(tick(t, book_.offset(), std::move(updates)));
    ASSERT_LE(book_.alerts().size(), kClosedAlertsKept + 1);
  }
  EXPECT_EQ(book_.find("R1.SG.0.1970-01"), nullptr);
  EXPECT_TRUE(book_.history("R1.SG.0.1970-01").empty());
  EXPECT_NE(book_.find("R1.SG.0.1970-06"), nullptr);
  EXPECT_NE(book_.find("R1.SG.open.1970-01"), nullptr) << "an open alert is never dropped";
  EXPECT_EQ(book_.history("R1.SG.0.1970-06").size(), 1u);
}

// Two replicas that fold the same records hold the same book.
TEST(BookPropertyTest, EqualRecordsMakeEqualBooks) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    testing::Random random(seed);
    Book a(kMonths);
    Book b(kMonths);
    for (int64_t offset = 0; offset < 80; ++offset) {
      JournalEntry entry = RuleSetActivated{default_rules(kMonths), "x", UnixMillis(offset)};
      if (random.chance(0.8)) {
        std::vector<AlertUpdate> updates;
        for (const auto& [key, alert] : a.open()) {
          AlertUpdate next = alert->state;
          next.open = !random.chance(0.2);
          next.transition = next.open ? TransitionKind::kNone : TransitionKind::kCleared;
          updates.push_back(next);
        }
        int32_t const t = a.last_tick() ? a.last_tick()->value + random.between(0, 1) : 5;
        if (random.chance(0.4) && a.open().empty())
          updates.push_back(update("C", t, TransitionKind::kRaised));
        entry =
            tick(t, JournalOffset(std::max<int64_t>(-1, a.offset().value - random.between(0, 2))),
                 updates);
      } else if (!a.alerts().empty() && random.chance(0.5)) {
        entry = AlertAcknowledged{a.alerts().begin()->first, "ann", "", UnixMillis(offset)};
      }
      ASSERT_EQ(a.fold(JournalOffset(offset), entry), b.fold(JournalOffset(offset), entry));
      ASSERT_EQ(a.digest(), b.digest());
      for (const auto& [key, alert] : a.open()) ASSERT_EQ(alert->state.open, true);
    }
  }
}

}  // namespace
}  // namespace bellwether::alerts
