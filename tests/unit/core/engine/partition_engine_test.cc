#include "core/engine/partition_engine.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "support/logs.h"

namespace bellwether::engine {
namespace {

using events::Event;
using events::EventKind;
using testing::area;
using testing::Random;
using testing::sector;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

base::Days day(int y, int m, int d) {
  return base::days_from_civil(y, m, d);
}
UnixMillis at(int y, int m, int d, int hour = 0) {
  return UnixMillis(base::start_of(day(y, m, d)).value + hour * kHour);
}
constexpr UnixMillis kNow(1'800'000'000'000);  // 2027

PartitionOptions months(size_t inputs) {
  PartitionOptions o;
  o.reference = &testing::world();
  o.calendar = base::Calendar(base::CalendarUnit::kMonth);
  o.inputs = inputs;
  o.idle = Idle::kNever;
  return o;
}

Event birth(uint64_t business, base::Days on) {
  Event e = testing::fact(EventKind::kRegistered, business, business, on);
  e.area = area("N1");
  e.sector = sector("10");
  return e;
}
Event heartbeat(UnixMillis complete_to) {
  Event e;
  e.kind = EventKind::kHeartbeat;
  e.source = 17;
  e.complete_to = complete_to;
  return e;
}

// Feeds one input from offset 0 on.
class Feed {
 public:
  Feed(PartitionEngine& engine, size_t input) : engine_(engine), input_(input) {}
  Taken operator()(UnixMillis published, const Event& e) {
    Taken const taken = engine_.offer(input_, Offset(next_), published, kNow, e);
    if (taken == Taken::kTaken) ++next_;
    return taken;
  }
  int64_t next() const { return next_; }

 private:
  PartitionEngine& engine_;
  size_t input_;
  int64_t next_ = 0;
};

TEST(PartitionEngineTest, ATickClosesWhenTheWatermarkPassesItAndNamesTheCut) {
  PartitionEngine engine(PartitionId(3), months(1));
  Feed feed(engine, 0);
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  feed(at(2019, 1, 31, 23), birth(2, day(2019, 1, 31)));
  feed(at(2019, 2, 1, 0), birth(3, day(2019, 1, 31)));  // within the allowed disorder of an hour
  EXPECT_FALSE(engine.take_tick());
  feed(at(2019, 2, 1, 1), birth(4, day(2019, 2, 1)));  // one hour past: January is over
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->partition, PartitionId(3));
  EXPECT_EQ(tick->tick, months(1).calendar.period_of(day(2019, 1, 1)));
  EXPECT_EQ(tick->cut, std::vector<Offset>{Offset(3)})
      << "the record that closed the tick is not in the cut";
  ASSERT_EQ(tick->deltas.size(), 1u);
  EXPECT_EQ(tick->deltas[0].amount, 3);
  EXPECT_FALSE(engine.take_tick());
}

TEST(PartitionEngineTest, ALateFactRevisesItsPeriodInTheNextTick) {
  PartitionEngine engine(PartitionId(0), months(1));
  Feed feed(engine, 0);
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  feed(at(2019, 2, 10), birth(2, day(2019, 1, 20)));  // published in February, about January
  feed(at(2019, 3, 2), birth(3, day(2019, 3, 1)));
  ASSERT_TRUE(engine.take_tick());
  auto const february = engine.take_tick();
  ASSERT_TRUE(february);
  ASSERT_EQ(february->deltas.size(), 1u);
  EXPECT_EQ(february->deltas[0].key.period(), months(1).calendar.period_of(day(2019, 1, 1)));
}

TEST(PartitionEngineTest, AnInputThatPassesTheTickFirstIsHeldUntilTheOthersDo) {
  PartitionEngine engine(PartitionId(0), months(2));
  Feed registrations(engine, 0);
  Feed support(engine, 1);
  EXPECT_EQ(registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9))), Taken::kHeld)
      << "the first record of the other input is not known yet";
  EXPECT_EQ(support(at(2019, 1, 20), heartbeat(at(2019, 1, 20))), Taken::kTaken);
  EXPECT_EQ(registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9))), Taken::kTaken);
  EXPECT_EQ(registrations(at(2019, 2, 10), birth(2, day(2019, 2, 9))), Taken::kHeld);
  EXPECT_EQ(registrations(at(2019, 2, 10), birth(2, day(2019, 2, 9))), Taken::kHeld);
  EXPECT_TRUE(engine.inputs()[0].held);
  EXPECT_FALSE(engine.take_tick());
  EXPECT_EQ(support(at(2019, 2, 2), heartbeat(at(2019, 2, 2))), Taken::kTaken);
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->cut, (std::vector<Offset>{Offset(1), Offset(1)}));
  EXPECT_EQ(registrations(at(2019, 2, 10), birth(2, day(2019, 2, 9))), Taken::kTaken);
}

TEST(PartitionEngineTest, AHeartbeatClosesATickWithoutDisorderAllowance) {
  PartitionEngine engine(PartitionId(0), months(1));
  Feed feed(engine, 0);
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  feed(at(2019, 2, 1), heartbeat(at(2019, 2, 1)));
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->cut[0], Offset(1));
  EXPECT_EQ(engine.counts().heartbeats[0], 1);
  feed(at(2019, 3, 1), heartbeat(at(2019, 3, 1)));
  auto const next = engine.take_tick();
  ASSERT_TRUE(next);
  ASSERT_EQ(next->complete_to.size(), 1u);
  EXPECT_EQ(next->complete_to[0], std::pair(uint64_t{17}, at(2019, 2, 1)));
}

TEST(PartitionEngineTest, AQuietInputHoldsTheTickUntilItCountsAsIdle) {
  PartitionOptions options = months(2);
  options.idle = Idle::kWallClock;
  PartitionEngine engine(PartitionId(0), options);
  Feed feed(engine, 0);
  UnixMillis const now = at(2019, 2, 10);
  engine.offer(1, Offset(0), at(2019, 1, 9), now, heartbeat(at(2019, 1, 9)));
  engine.offer(0, Offset(0), at(2019, 1, 10), now, birth(1, day(2019, 1, 9)));
  EXPECT_EQ(engine.offer(0, Offset(1), at(2019, 2, 9), now, birth(2, day(2019, 2, 9))),
            Taken::kHeld);
  UnixMillis const quiet_since = now;
  engine.at_end(1, Offset(1), quiet_since, UnixMillis(now.value + options.idle_after_ms - 1));
  EXPECT_FALSE(engine.take_tick()) << "the input is not yet quiet for long enough";
  engine.at_end(1, Offset(1), quiet_since, UnixMillis(now.value + options.idle_after_ms));
  ASSERT_TRUE(engine.take_tick());
  EXPECT_TRUE(engine.inputs()[1].idle);
}

TEST(PartitionEngineTest, IdleByHeartbeatNeedsAHeartbeatOfAnotherInput) {
  PartitionOptions options = months(2);
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  Feed feed(engine, 0);
  engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);  // this input never had a record
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  EXPECT_EQ(feed(at(2019, 2, 2), birth(2, day(2019, 2, 1))), Taken::kHeld);
  engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  EXPECT_FALSE(engine.take_tick()) << "no source has stated that January is complete";

  PartitionEngine told(PartitionId(0), options);
  Feed again(told, 0);
  told.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  again(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  EXPECT_EQ(again(at(2019, 2, 1), heartbeat(at(2019, 2, 1))), Taken::kHeld);
  told.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  auto const tick = told.take_tick();
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->cut, (std::vector<Offset>{Offset(1), Offset(0)}));
}

// A source that writes to two topics cannot order them: its heartbeat on one topic may be read
// before its records on the other.
TEST(PartitionEngineTest, AHeartbeatOnOneInputDoesNotOvertakeRecordsOnAnother) {
  PartitionOptions options = months(2);
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  Feed support(engine, 1);
  support(at(2019, 1, 1), heartbeat(at(2019, 1, 1)));
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  support(at(2019, 1, 1), heartbeat(at(2019, 1, 1)));
  EXPECT_EQ(support(at(2019, 2, 1), heartbeat(at(2019, 2, 1))), Taken::kHeld);
  engine.at_end(0, Offset(1), kNow, UnixMillis(kNow.value + options.idle_after_ms - 1));
  EXPECT_FALSE(engine.take_tick()) << "the rest of January is still in transit";
  registrations(at(2019, 1, 20), birth(2, day(2019, 1, 19)));
  registrations(at(2019, 2, 1), heartbeat(at(2019, 2, 1)));
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  ASSERT_EQ(tick->deltas.size(), 1u);
  EXPECT_EQ(tick->deltas[0].amount, 2);
}

// The end of a quiet input is confirmed only from time to time. Records that the source published
// before its heartbeat may have come since.
TEST(PartitionEngineTest, AHeartbeatNeedsAnEndThatWasConfirmedAfterIt) {
  PartitionOptions options = months(2);
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  EXPECT_EQ(registrations(at(2019, 2, 1), heartbeat(at(2019, 2, 1))), Taken::kHeld);
  engine.at_end(1, Offset(0), at(2000, 1, 1), UnixMillis(kNow.value - 1));
  EXPECT_FALSE(engine.take_tick()) << "the end is from before the heartbeat";
  EXPECT_EQ(registrations(at(2019, 2, 1), heartbeat(at(2019, 2, 1))), Taken::kHeld);
  engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  EXPECT_TRUE(engine.take_tick());
}

// The reach of such a heartbeat rises with the clock.
TEST(PartitionEngineTest, AHeartbeatOfTheFutureDoesNotHoldTheTick) {
  PartitionOptions options = months(2);
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);
  engine.offer(0, Offset(0), at(2019, 1, 10), kNow, birth(1, day(2019, 1, 9)));
  for (int later = 1; later <= 3; ++later) {
    UnixMillis const now(kNow.value + later);
    EXPECT_EQ(engine.offer(0, Offset(1), at(2019, 2, 1), now, heartbeat(at(2600, 1, 1))),
              Taken::kHeld);
  }
  engine.at_end(1, Offset(0), at(2000, 1, 1), UnixMillis(kNow.value + 1));
  EXPECT_TRUE(engine.take_tick());
}

TEST(PartitionEngineTest, AnInputWithoutARecordDoesNotKeepTheOthersFromBeginning) {
  for (Idle idle : {Idle::kHeartbeat, Idle::kWallClock, Idle::kNever}) {
    PartitionOptions options = months(2);
    options.idle = idle;
    PartitionEngine engine(PartitionId(0), options);
    Feed feed(engine, 0);
    EXPECT_EQ(feed(at(2019, 1, 10), birth(1, day(2019, 1, 9))), Taken::kHeld);
    engine.at_end(1, Offset(0), at(2000, 1, 1), kNow);
    EXPECT_EQ(feed(at(2019, 1, 10), birth(1, day(2019, 1, 9))),
              idle == Idle::kNever ? Taken::kHeld : Taken::kTaken);
    if (idle != Idle::kNever) {
      EXPECT_EQ(engine.open_tick(), options.calendar.period_of(day(2019, 1, 1)));
    }
  }
}

TEST(PartitionEngineTest, TicksWaitForAnInputWithoutRecordsOrHeartbeat) {
  PartitionOptions options = months(2);
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  EXPECT_TRUE(engine.waits_for(0));
  EXPECT_EQ(registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9))), Taken::kHeld);
  EXPECT_FALSE(engine.waits_for(0)) << "this input has a held record";
  engine.at_end(1, Offset(0), UnixMillis(kNow.value - kDay), kNow);
  EXPECT_TRUE(engine.waits_for(1)) << "the input is quiet, and no heartbeat covers the tick";
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  registrations(at(2019, 2, 10), heartbeat(at(2019, 2, 10)));
  engine.at_end(1, Offset(0), UnixMillis(kNow.value - kDay), kNow);
  EXPECT_FALSE(engine.waits_for(1));
}

TEST(PartitionEngineTest, AnInputThatIsNeverIdleHoldsTheTick) {
  PartitionEngine engine(PartitionId(0), months(1));
  Feed feed(engine, 0);
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  engine.at_end(0, Offset(1), at(2000, 1, 1), kNow);
  EXPECT_FALSE(engine.take_tick());
}

TEST(PartitionEngineTest, ATimestampFromTheFarFutureIsClampedAndCounted) {
  PartitionOptions options = months(1);
  PartitionEngine engine(PartitionId(0), options);
  UnixMillis const now = at(2019, 1, 15);
  engine.offer(0, Offset(0), at(2019, 1, 10), now, birth(1, day(2019, 1, 9)));
  engine.offer(0, Offset(1), at(2600, 1, 1), now, birth(2, day(2019, 1, 9)));
  EXPECT_EQ(engine.counts().clamped, 1);
  EXPECT_FALSE(engine.take_tick()) << "the watermark must not pass the current time";
  EXPECT_EQ(engine.inputs()[0].newest.value, now.value + options.future_tolerance_ms);
  engine.offer(0, Offset(2), UnixMillis(-1), now, birth(3, day(2019, 1, 9)));
  EXPECT_EQ(engine.counts().untimed, 1);
}

TEST(PartitionEngineTest, F12_RecordsWithUnknownCodesAreCountedByReason) {
  PartitionEngine engine(PartitionId(0), months(1));
  events::Event abroad = birth(1, day(2019, 1, 9));
  abroad.unknown[static_cast<size_t>(events::UnknownCode::kPostcode)] = true;
  engine.offer(0, Offset(0), at(2019, 1, 10), kNow, abroad);
  engine.offer(0, Offset(1), at(2019, 1, 10), kNow, birth(2, day(2019, 1, 9)));
  EXPECT_EQ(engine.counts().unknown_codes[0],
            (std::array<int64_t, events::kUnknownCodes>{0, 1, 0}));
}

TEST(PartitionEngineTest, ARefusedRecordIsCountedAndMovesTheWatermark) {
  PartitionEngine engine(PartitionId(0), months(1));
  engine.offer(0, Offset(0), at(2019, 1, 10), kNow, birth(1, day(2019, 1, 9)));
  EXPECT_EQ(engine.offer_refused(0, Offset(1), at(2019, 2, 3), kNow, events::Refusal::kKeyMismatch),
            Taken::kTaken);
  EXPECT_EQ(engine.counts().refused[0][static_cast<size_t>(events::Refusal::kKeyMismatch)], 1);
  EXPECT_TRUE(engine.take_tick());
}

TEST(PartitionEngineTest, TooManyUnfetchedTicksHoldTheInput) {
  PartitionEngine engine(PartitionId(0), months(1));
  Feed feed(engine, 0);
  feed(at(2010, 1, 10), birth(1, day(2010, 1, 9)));
  EXPECT_EQ(feed(at(2019, 1, 10), birth(2, day(2019, 1, 9))), Taken::kHeld);
  EXPECT_TRUE(engine.full());
  size_t taken = 0;
  while (engine.take_tick()) ++taken;
  EXPECT_EQ(taken, kTicksReadyMax);
  int offers = 0;
  while (feed(at(2019, 1, 10), birth(2, day(2019, 1, 9))) == Taken::kHeld && offers++ < 10) {
    while (engine.take_tick()) ++taken;
  }
  while (engine.take_tick()) ++taken;
  EXPECT_EQ(taken, 9u * 12);  // 2010-01 … 2018-12
}

TEST(PartitionEngineTest, AWeekEndsOnSundayNightAlsoAtTheTurnOfTheYear) {
  PartitionOptions options = months(1);
  options.calendar = base::Calendar(base::CalendarUnit::kWeek);
  PartitionEngine engine(PartitionId(0), options);
  Feed feed(engine, 0);
  feed(at(2020, 12, 30), birth(1, day(2020, 12, 29)));
  feed(at(2021, 1, 3, 23), birth(2, day(2021, 1, 3)));  // a Sunday of 2020-W53
  feed(at(2021, 1, 4, 0), birth(3, day(2021, 1, 3)));   // within the allowed disorder of an hour
  EXPECT_FALSE(engine.take_tick());
  feed(at(2021, 1, 4, 2), birth(4, day(2021, 1, 4)));
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  EXPECT_EQ(options.calendar.name(tick->tick), "2020-W53");
  EXPECT_EQ(tick->cut, std::vector<Offset>{Offset(3)});
  ASSERT_EQ(tick->deltas.size(), 1u);
  EXPECT_EQ(tick->deltas[0].amount, 3);
  EXPECT_EQ(tick->deltas[0].key.period(), tick->tick);
  feed(at(2021, 1, 11, 2), heartbeat(at(2021, 1, 11, 2)));
  auto const next = engine.take_tick();
  ASSERT_TRUE(next);
  EXPECT_EQ(options.calendar.name(next->tick), "2021-W01");
}

// 524,289 interactions of 4,095 minutes exceed 32 bits.
TEST(PartitionEngineTest, MinutesBeyondThirtyTwoBitsAddUpExactly) {
  constexpr int64_t kInteractions = 524'289;
  constexpr uint64_t kEach = 32;
  PartitionEngine engine(PartitionId(0), months(1));
  Feed feed(engine, 0);
  feed(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  for (int64_t i = 0; i < kInteractions; ++i) {
    auto const n = static_cast<uint64_t>(i);
    if (n % kEach == 0 && n > 0) feed(at(2019, 1, 10), birth(1 + n / kEach, day(2019, 1, 9)));
    Event e =
        testing::fact(EventKind::kInteraction, 1 + n / kEach, 10'000'000 + n, day(2019, 1, 9));
    e.minutes = 4095;
    feed(at(2019, 1, 10), e);
  }
  feed(at(2019, 2, 2), heartbeat(at(2019, 2, 2)));
  auto const tick = engine.take_tick();
  ASSERT_TRUE(tick);
  int64_t minutes = 0;
  for (const indicators::Delta& d : tick->deltas) {
    if (d.key.measure() == indicators::Measure::kInteractionMinutes) minutes += d.amount;
  }
  EXPECT_EQ(minutes, kInteractions * 4095);
}

// The cut is a function of each input's log alone. Every interleaving of the inputs gives the same
// ticks with the same deltas and offsets.
struct Closed {
  int32_t tick;
  std::vector<int64_t> cut;
  std::map<indicators::DeltaKey, int64_t> deltas;
  friend bool operator==(const Closed&, const Closed&) = default;
};

Closed closed(const PartitionTick& tick) {
  Closed c{tick.tick.value, {}, {}};
  for (Offset o : tick.cut) c.cut.push_back(o.value);
  for (const indicators::Delta& d : tick.deltas) c.deltas[d.key] = d.amount;
  return c;
}

using Logs = std::vector<std::vector<std::pair<UnixMillis, Event>>>;  // by input

Logs random_logs(Random& random) {
  Logs logs(2);
  for (const Event& e : testing::random_log(random, {.businesses = 30, .days = 500})) {
    logs[e.kind == EventKind::kInteraction].push_back(
        {UnixMillis(base::start_of(e.effective).value +
                    static_cast<int64_t>(random.below(40)) * kDay / 2),
         e});
  }
  for (auto& log : logs) {
    // In order of publication, with a little disorder.
    std::ranges::stable_sort(log, {}, [](const auto& r) { return r.first; });
    for (size_t i = 1; i < log.size(); ++i) {
      if (random.chance(0.2)) std::swap(log[i - 1], log[i]);
    }
    log.push_back({at(2018, 1, 1), heartbeat(at(2018, 1, 1))});
  }
  return logs;
}

std::vector<Closed> run(const Logs& logs, Random& random) {
  PartitionEngine engine(PartitionId(0), months(logs.size()));
  std::vector<size_t> next(logs.size());
  std::vector<Closed> ticks;
  auto const fetch = [&] {
    while (auto t = engine.take_tick()) ticks.push_back(closed(*t));
  };
  for (int stuck = 0; stuck < 1000;) {
    size_t const i = random.below(logs.size());
    ++stuck;
    if (next[i] == logs[i].size()) continue;
    const auto& [published, event] = logs[i][next[i]];
    if (engine.offer(i, Offset(static_cast<int64_t>(next[i])), published, kNow, event) ==
        Taken::kTaken) {
      ++next[i];
      stuck = 0;
    }
    if (random.chance(0.3)) fetch();
  }
  fetch();
  return ticks;
}

TEST(PartitionEnginePropertyTest, InterleavingDoesNotMoveTheCut) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Logs const logs = random_logs(random);
    std::vector<Closed> const first = run(logs, random);
    ASSERT_FALSE(first.empty());
    for (int i = 0; i < 4; ++i) ASSERT_EQ(run(logs, random), first) << "seed " << seed;
  }
}

// With the known cuts, an engine makes the same ticks from the inputs read one after the other.
TEST(PartitionEnginePropertyTest, AFoldToKnownCutsGivesTheSameTicks) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    Logs const logs = random_logs(random);
    std::vector<Closed> const ticks = run(logs, random);
    ASSERT_FALSE(ticks.empty());
    PartitionEngine engine(PartitionId(0), months(logs.size()));
    std::vector<size_t> next(logs.size());
    for (const Closed& tick : ticks) {
      std::vector<Offset> cut;
      for (size_t i = 0; i < logs.size(); ++i) {
        cut.emplace_back(tick.cut[i]);
        for (; static_cast<int64_t>(next[i]) < tick.cut[i]; ++next[i]) {
          const auto& [published, event] = logs[i][next[i]];
          engine.fold(i, Offset(static_cast<int64_t>(next[i])), published, event);
        }
      }
      ASSERT_EQ(closed(engine.close_at(PeriodIndex(tick.tick), cut)), tick) << "seed " << seed;
    }
  }
}

// ---- the input of official statistics follows the others

Event jobs(uint64_t fact, double value) {
  Event e;
  e.kind = EventKind::kObservation;
  e.code = static_cast<uint8_t>(domain::Frequency::kYear);
  e.fact = base::FactId(fact);
  e.sequence = base::SourceSequence(1);
  e.effective = day(2017, 1, 1);
  e.area = area("N1");
  e.sector = sector("all");
  e.statistic = domain::Statistic::kEmployment;
  e.vintage = day(2018, 9, 1);
  e.value = value;
  return e;
}
// Registrations, and observations under the idle rule.
PartitionOptions with_observations(Idle idle = Idle::kNever) {
  PartitionOptions o = months(2);
  set_inputs(o, std::vector{domain::Topic::kRegistrations, domain::Topic::kObservations});
  o.idle = idle;
  return o;
}

TEST(ObservationsTest, OldFiguresDoNotDecideTheFirstTick) {
  PartitionEngine engine(PartitionId(0), with_observations());
  Feed registrations(engine, 0);
  Feed observations(engine, 1);
  EXPECT_EQ(observations(at(2001, 3, 1), jobs(1, 900)), Taken::kHeld) << "no tick is open yet";
  EXPECT_EQ(registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9))), Taken::kTaken);
  EXPECT_EQ(engine.open_tick(), months(1).calendar.period_of(day(2019, 1, 1)));
  EXPECT_EQ(observations(at(2001, 3, 1), jobs(1, 900)), Taken::kTaken);
  EXPECT_EQ(engine.ledger().stats().facts, 1) << "a figure is no fact of a business";
}

TEST(ObservationsTest, AtTheEndOfItsLogTheInputHoldsNoTickUnderAnyIdleRule) {
  for (Idle idle : {Idle::kNever, Idle::kHeartbeat, Idle::kWallClock}) {
    PartitionOptions const options = with_observations(idle);
    PartitionEngine engine(PartitionId(0), options);
    Feed registrations(engine, 0);
    Feed observations(engine, 1);
    registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
    EXPECT_EQ(registrations(at(2019, 4, 10), birth(2, day(2019, 4, 9))), Taken::kHeld)
        << "the other input may have records of January";
    EXPECT_FALSE(engine.waits_for(1));
    engine.at_end(1, Offset(0), kNow, UnixMillis(kNow.value + options.idle_after_ms - 1));
    EXPECT_FALSE(engine.take_tick()) << "not quiet for long enough";
    engine.at_end(1, Offset(0), kNow, UnixMillis(kNow.value + options.idle_after_ms));
    for (int month : {1, 2, 3}) {
      auto const tick = engine.take_tick();
      ASSERT_TRUE(tick) << month;
      EXPECT_EQ(tick->tick, options.calendar.period_of(day(2019, month, 1)));
      EXPECT_EQ(tick->cut, (std::vector<Offset>{Offset(1), Offset(0)}));
    }
    EXPECT_FALSE(engine.take_tick());
  }
}

TEST(ObservationsTest, ARecordBelongsToTheTickOfItsPublication) {
  PartitionOptions const options = with_observations();
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  Feed observations(engine, 1);
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  engine.at_end(1, Offset(0), kNow, UnixMillis(kNow.value + options.idle_after_ms));
  // It was past every tick, and has a record of February again.
  EXPECT_EQ(observations(at(2019, 2, 10), jobs(1, 900)), Taken::kHeld);
  registrations(at(2019, 3, 10), birth(2, day(2019, 3, 9)));
  auto const january = engine.take_tick();
  ASSERT_TRUE(january);
  EXPECT_TRUE(january->figures.empty());
  EXPECT_FALSE(engine.take_tick()) << "February waits for the record that is held";
  EXPECT_EQ(observations(at(2019, 2, 10), jobs(1, 900)), Taken::kTaken);
  engine.at_end(1, Offset(1), kNow, UnixMillis(kNow.value + options.idle_after_ms));
  auto const february = engine.take_tick();
  ASSERT_TRUE(february);
  ASSERT_EQ(february->figures.size(), 1u);
  EXPECT_EQ(february->figures[0].figure->value, 900);
  EXPECT_EQ(february->cut, (std::vector<Offset>{Offset(1), Offset(1)}));
  EXPECT_TRUE(february->deltas.empty());
}

TEST(ObservationsTest, AHeartbeatOfStatisticsSaysNothingOfTheOtherInputs) {
  PartitionOptions options = months(3);
  set_inputs(options, std::vector{domain::Topic::kRegistrations, domain::Topic::kSupport,
                                  domain::Topic::kObservations});
  options.idle = Idle::kHeartbeat;
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  Feed support(engine, 1);
  Feed observations(engine, 2);
  support(at(2019, 1, 5), heartbeat(at(2019, 1, 5)));
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  registrations(at(2019, 2, 10), birth(2, day(2019, 2, 9)));
  observations(at(2019, 6, 1), heartbeat(at(2019, 6, 1)));
  engine.at_end(1, Offset(1), kNow, UnixMillis(kNow.value + options.idle_after_ms));
  EXPECT_FALSE(engine.take_tick()) << "support may still come";
}

TEST(ObservationsTest, EveryRecordIsCounted) {
  PartitionEngine engine(PartitionId(0), with_observations());
  Feed registrations(engine, 0);
  Feed observations(engine, 1);
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  observations(at(2019, 1, 10), jobs(1, 900));
  observations(at(2019, 1, 10), jobs(1, 900));
  Event elsewhere = jobs(2, 5);
  elsewhere.statistic = domain::Statistic::kUnused;
  elsewhere.unknown[static_cast<size_t>(events::UnknownCode::kArea)] = true;
  observations(at(2019, 1, 11), elsewhere);
  auto const& applied = engine.counts().applied[1][static_cast<size_t>(EventKind::kObservation)];
  EXPECT_EQ(applied[static_cast<size_t>(ledger::Outcome::kApplied)], 1);
  EXPECT_EQ(applied[static_cast<size_t>(ledger::Outcome::kDuplicate)], 1);
  EXPECT_EQ(engine.counts().not_counted[1], 1);
  EXPECT_EQ(engine.counts().unknown_codes[1][static_cast<size_t>(events::UnknownCode::kArea)], 1);
}

TEST(ObservationsTest, AResumedEngineGoesOnWithItsFigures) {
  PartitionOptions const options = with_observations();
  PartitionEngine engine(PartitionId(0), options);
  Feed registrations(engine, 0);
  Feed observations(engine, 1);
  registrations(at(2019, 1, 10), birth(1, day(2019, 1, 9)));
  observations(at(2019, 1, 10), jobs(1, 900));
  engine.at_end(1, Offset(1), kNow, UnixMillis(kNow.value + options.idle_after_ms));
  PartitionState const state = engine.state();
  EXPECT_FALSE(state.crossings[1].crossed) << "its log may be longer when it is read again";
  ledger::Ledger ledger(options.calendar, testing::world());
  PartitionEngine again(PartitionId(0), options, std::move(ledger), state);
  EXPECT_EQ(again.offer(1, Offset(1), at(2019, 1, 12), kNow, jobs(1, 900)), Taken::kTaken);
  EXPECT_EQ(again.counts().applied[1][static_cast<size_t>(EventKind::kObservation)]
                                  [static_cast<size_t>(ledger::Outcome::kDuplicate)],
            1);
  PartitionTick const tick = again.close_at(PeriodIndex(588), {Offset(1), Offset(2)});
  EXPECT_EQ(tick.figures.size(), 1u);
}

}  // namespace
}  // namespace bellwether::engine
