// A business that files in time for many years takes no more memory for it, and every count is as
// if all of its filings were kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "core/ledger/ledger.h"
#include "core/ledger/pairs.h"
#include "support/random.h"
#include "unit/core/ledger/fixture.h"

namespace bellwether::ledger {
namespace {

using domain::Filing;
using indicators::Measure;
using testing::day;
using testing::fact;
using testing::kMonths;
using testing::Random;
using testing::registered;
using testing::Sums;

Event due(uint64_t id, Days stated, Days due, Days period_end, Filing category) {
  Event e = fact(EventKind::kFilingDue, 1, id, stated);
  e.code = static_cast<uint8_t>(category);
  e.due = due;
  e.period_end = period_end;
  return e;
}
Event filed(uint64_t id, Days on, Days due, Days period_end, Filing category = Filing::kAccounts) {
  Event e = fact(EventKind::kFilingRecorded, 1, id, on);
  e.code = static_cast<uint8_t>(category);
  e.due = due;
  e.period_end = period_end;
  return e;
}
Days after(Days day, int days) {
  return Days(day.value + days);
}

class ForgettingTest : public testing::LedgerTest {
 protected:
  ForgettingTest() { tell(registered(1, 1, day(2010, 1, 1))); }
  size_t facts() const { return ledger_.facts(base::BusinessKey(base::mix64(1))).size(); }
  // The accounts of a year: due nine months after its end, filed some days before or after that.
  Outcome file(int year, int days_late, uint64_t version = 1) {
    Days const end = day(year, 12, 31);
    Days const last = day(year + 1, 9, 30);
    auto const id = static_cast<uint64_t>(year) * 10;
    tell(due(id, end, last, end, Filing::kAccounts));
    Event e = filed(id + 1, after(last, days_late), events::kNoDay, end);
    e.sequence = base::SourceSequence(version);
    return tell(e);
  }
};

TEST_F(ForgettingTest, FilingsInTimeAreKeptForTwoYears) {
  for (int year = 2010; year < 2030; ++year) {
    EXPECT_EQ(file(year, -20), Outcome::kApplied);
    // The registration, what is known, and at most three years with two facts each.
    EXPECT_LE(facts(), 8u) << year;
  }
  EXPECT_EQ(sums_.total(Measure::kAccountsOverdue), 0);
  EXPECT_EQ(sums_.by_key.size(), 1u) << "the birth";
  EXPECT_EQ(ledger_.stats().facts, static_cast<int64_t>(facts()));
}

TEST_F(ForgettingTest, ALateFilingIsNeverForgotten) {
  file(2010, 40);
  std::map<indicators::DeltaKey, int64_t> const counts = sums_.by_key;
  for (int year = 2011; year < 2020; ++year) file(year, -1);
  EXPECT_EQ(sums_.by_key, counts);
  EXPECT_LE(facts(), 10u);
}

TEST_F(ForgettingTest, WhatIsForgottenIsTooLateAndNothingElseIs) {
  for (int year = 2010; year < 2016; ++year) file(year, -20);
  std::map<indicators::DeltaKey, int64_t> const counts = sums_.by_key;
  uint64_t const digest = ledger_.digest();
  EXPECT_EQ(file(2011, -20), Outcome::kTooLate) << "a repetition";
  EXPECT_EQ(file(2011, 50, 2), Outcome::kTooLate) << "a correction";
  EXPECT_EQ(tell(filed(7, day(2011, 5, 5), events::kNoDay, events::kNoDay)), Outcome::kTooLate);
  EXPECT_EQ(sums_.by_key, counts);
  EXPECT_EQ(ledger_.digest(), digest);
  EXPECT_EQ(file(2014, -20), Outcome::kDuplicate);
  EXPECT_EQ(file(2014, 50, 2), Outcome::kApplied) << "a correction within two years";
  EXPECT_NE(sums_.by_key, counts);
  Event other = filed(8, day(2011, 5, 5), events::kNoDay, events::kNoDay);
  other.code = static_cast<uint8_t>(Filing::kConfirmationStatement);
  EXPECT_EQ(tell(other), Outcome::kApplied) << "another category";
}

// The last day that is kept, and the day before it.
TEST_F(ForgettingTest, TheBoundIsExact) {
  for (int const days : {kFilingsKeptDays - 1, kFilingsKeptDays}) {
    Ledger ledger(kMonths, testing::world());
    Sums sums;
    auto const apply = [&](const Event& e) { return ledger.apply(e, base::UnixMillis(-1), sums); };
    apply(registered(1, 1, day(2010, 1, 1)));
    Days const on = day(2012, 6, 1);
    apply(due(2, after(on, -30), on, events::kNoDay, Filing::kAccounts));
    apply(filed(3, on, on, events::kNoDay));
    apply(filed(4, after(on, days), after(on, days), events::kNoDay));
    EXPECT_EQ(ledger.stats().facts, days < kFilingsKeptDays ? 4 : 3);
  }
}

TEST_F(ForgettingTest, ManyOldFilingsAreForgottenInSteps) {
  uint64_t id = 10;
  for (; id < 110; ++id) tell(filed(id, day(2012, 1, 1), events::kNoDay, events::kNoDay));
  for (size_t left = 101; left > 40; left = facts()) {
    tell(filed(++id, day(2016, 1, 1), events::kNoDay, events::kNoDay));
    ASSERT_LT(facts(), left);
    ASSERT_GE(facts() + kForgettingTriesMax, left);
  }
}

// Twenty years of due dates and filings, in the order of a register: late and early, with and
// without the end of the period and their due date, corrected, repeated and retracted within the
// two years. Equal to the contribution of all facts, none of which is forgotten.
TEST(ForgettingPropertyTest, EveryCountIsAsIfAllWereKept) {
  size_t forgotten = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    std::vector<Event> log = {registered(1, 1, day(2000, 1, 1))};
    uint64_t id = 10;
    for (Filing const category : {Filing::kAccounts, Filing::kConfirmationStatement}) {
      for (int year = 2000; year < 2020; ++year) {
        Days const end = day(year, 12, 31);
        Days const last = after(end, category == Filing::kAccounts ? 273 : 14);
        Days const period = random.chance(0.7) ? end : events::kNoDay;
        Event const expected =
            due(++id, after(end, random.between(-60, 5)), last, period, category);
        if (random.chance(0.9)) log.push_back(expected);
        int const late = random.chance(0.2) ? random.between(1, 400) : random.between(-200, 0);
        Event done = filed(++id, after(last, late), random.chance(0.5) ? last : events::kNoDay,
                           period, category);
        if (random.chance(0.05)) continue;  // never filed
        log.push_back(done);
        if (random.chance(0.2)) log.push_back(done);
        if (random.chance(0.1)) {
          done.sequence = base::SourceSequence(2);
          done.effective = after(done.effective, random.between(-20, 60));
          if (random.chance(0.3)) done.kind = EventKind::kRetracted;
          log.push_back(done);
        }
      }
    }
    std::ranges::stable_sort(log, {}, &Event::effective);
    Ledger ledger(kMonths, testing::world());
    Sums sums;
    std::map<uint64_t, Fact> all;
    for (const Event& e : log) {
      ASSERT_EQ(ledger.apply(e, base::UnixMillis(-1), sums) == Outcome::kTooLate, false);
      Fact const f = to_fact(e);
      auto const [known, is_new] = all.try_emplace(f.id, f);
      if (!is_new && known->second.version() < f.version()) known->second = f;
    }
    std::vector<Fact> facts;
    for (const auto& [fact_id, f] : all) facts.push_back(f);
    std::ranges::sort(facts, {}, &Fact::order);
    Contributions contributions;
    contribute(facts, false, kMonths, testing::world(), contributions);
    Sums expected;
    for (const indicators::Delta& d : contributions) expected.add(d.key, d.amount);
    ASSERT_EQ(sums.by_key, expected.by_key) << "seed " << seed;
    Sums recomputed;
    ledger.recompute(recomputed);
    ASSERT_EQ(sums.by_key, recomputed.by_key) << "seed " << seed;
    forgotten += facts.size() - static_cast<size_t>(ledger.stats().facts);
  }
  EXPECT_GT(forgotten, 300u * 30);
}

}  // namespace
}  // namespace bellwether::ledger
