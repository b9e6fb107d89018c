#include "runtime/evaluation/past_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "absl/time/clock.h"
#include "core/engine/evaluator.h"
#include "core/engine/forecaster.h"
#include "support/calendars.h"
#include "support/journals.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

using base::JournalOffset;
using base::PeriodIndex;
using indicators::Measure;
using ::testing::HasSubstr;
using testing::kMonths;
using testing::must;

constexpr absl::Time kNoon = absl::FromUnixSeconds(43'200);
constexpr int32_t kFirst = 500;

// A replica without a network: ticks with births, and random verdicts and acts about them.
class PastViewsTest : public ::testing::Test {
 protected:
  PastViewsTest() : evaluator_(reference_, {kMonths, 60, {domain::Topic::kRegistrations}}) {}

  void fold(const alerts::JournalEntry& entry) {
    keeper_.fold(JournalOffset(++offset_), entry);
    keeper_.publish(true);
  }
  void apply(int32_t tick) {
    engine::PartitionTick part;
    part.tick = PeriodIndex(tick);
    for (int n = random_.between(1, 3); n > 0; --n) {
      part.deltas.push_back({{{testing::area("N1"), testing::sector(n == 1 ? "10" : "47"), {}},
                              Measure::kBirths,
                              PeriodIndex(tick - random_.between(0, 2))},
                             random_.between(1, 30)});
    }
    evaluator_.apply(part.tick, std::span(&part, 1));
  }
  void publish(int32_t tick) {
    views_.set_panel({PeriodIndex(tick), evaluator_.publish(), evaluator_.reported(),
                      std::make_shared<engine::PanelChanges>(evaluator_.changes())});
  }
  // A tick with its verdict, and a few acts. Remembers what readers saw.
  void go_on(int ticks) {
    for (; ticks > 0; --ticks, ++next_) {
      apply(next_);
      alerts::TickEvaluated verdict = testing::random_tick(random_, *keeper_.view());
      verdict.tick = PeriodIndex(next_);
      fold(verdict);
      publish(next_);
      remember();
      for (int n = random_.between(0, 2); n > 0; --n) {
        fold(alerts::SilenceCreated{"R1", "", "", base::UnixMillis(9), "ann", "",
                                    base::UnixMillis(n)});
        remember();
      }
    }
  }
  void remember() { seen_[offset_] = views_.get(); }
  absl::StatusOr<std::shared_ptr<const engine::View>> at(int64_t revision) {
    return past_.at({JournalOffset(revision)}, kNoon);
  }

  std::shared_ptr<const reference::Reference> const reference_{std::shared_ptr<const void>(),
                                                               &testing::world()};
  testing::Random random_{7};
  engine::Evaluator evaluator_;
  BookKeeper keeper_{kMonths};
  Views views_{reference_, kMonths, keeper_};
  PastViews past_{views_, keeper_, {Measure::kBirths}, {domain::Topic::kRegistrations}};
  int64_t offset_ = 0;
  int32_t next_ = kFirst;
  std::map<int64_t, std::shared_ptr<const engine::View>> seen_;
};

TEST_F(PastViewsTest, EveryRevisionIsAnsweredAsItWas) {
  go_on(80);
  for (const auto& [revision, then] : seen_) {
    auto const again = must(at(revision));
    EXPECT_EQ(again->data_through, then->data_through);
    EXPECT_EQ(again->panel->digest(), then->panel->digest()) << revision;
    EXPECT_EQ(again->panel->first_period(), then->panel->first_period());
    EXPECT_EQ(again->reported->table(), then->reported->table());
    EXPECT_EQ(again->book->digest(), then->book->digest());
    EXPECT_EQ(again->book->offset(), then->book->offset());
    EXPECT_EQ(again->happenings->all().size(), then->happenings->all().size());
  }
  for (int32_t tick = kFirst; tick < next_; ++tick) {
    auto const of_tick = must(past_.at({.tick = PeriodIndex(tick)}, kNoon));
    EXPECT_EQ(of_tick->data_through, PeriodIndex(tick));
    EXPECT_EQ(of_tick->book->offset(), keeper_.published().past->record_of(PeriodIndex(tick)));
  }
  for (int32_t tick : {kFirst - 1, next_}) {
    auto const refused = past_.at({.tick = PeriodIndex(tick)}, kNoon).status();
    EXPECT_TRUE(absl::IsOutOfRange(refused));
    EXPECT_THAT(refused.message(), HasSubstr(kMonths.name(PeriodIndex(tick))));
  }
}

TEST_F(PastViewsTest, WhatCannotBeAskedIsRefusedWithTheRevisionsThatCan) {
  fold(alerts::RuleSetActivated{alerts::default_rules(kMonths), "configuration", {}});
  EXPECT_THAT(at(offset_).status().message(), HasSubstr("no earlier revisions yet"));
  go_on(static_cast<int>(engine::kPastTicksMax) + 30);
  auto const too_old = at(1).status();
  EXPECT_TRUE(absl::IsOutOfRange(too_old));
  std::string const range = base::cat(" to ", offset_, " (", kMonths.name(PeriodIndex(next_ - 1)));
  EXPECT_THAT(too_old.message(), HasSubstr(range));
  int64_t const oldest = keeper_.published()
                             .past->record_of(PeriodIndex(next_ - int32_t{engine::kPastTicksMax}))
                             ->value;
  EXPECT_THAT(too_old.message(), HasSubstr(base::cat("the revisions ", oldest, " (")));
  EXPECT_TRUE(at(oldest).ok());
  EXPECT_TRUE(absl::IsOutOfRange(at(oldest - 1).status()));
  auto const later = at(offset_ + 1).status();
  EXPECT_TRUE(absl::IsOutOfRange(later));
  EXPECT_THAT(later.message(), HasSubstr("after the journal that this replica has read"));
  EXPECT_THAT(later.message(), HasSubstr(range));
  absl::Time const begin = absl::Now();
  EXPECT_TRUE(absl::IsOutOfRange(at(offset_ + kPastAheadMax + 1).status()));
  EXPECT_LT(absl::Now() - begin, kPastWaitMax) << "not waited for";
}

TEST_F(PastViewsTest, ARevisionWhoseFiguresAreStillReadIsUnavailable) {
  go_on(5);
  alerts::TickEvaluated verdict = testing::random_tick(random_, *keeper_.view());
  fold(verdict);  // of a tick that this replica has not applied
  auto const early = at(offset_).status();
  EXPECT_TRUE(absl::IsUnavailable(early)) << early;
  EXPECT_THAT(early.message(), HasSubstr("not yet read the figures of"));
  apply(next_);
  publish(next_);
  EXPECT_TRUE(at(offset_).ok());
}

TEST_F(PastViewsTest, ForecastsOfThePastAreThoseOfThatTime) {
  go_on(60);
  auto const then = views_.get();
  int64_t const revision = offset_;
  go_on(10);
  engine::Forecaster forecaster(then->panel, then->reported, *then->data_through,
                                {Measure::kBirths});
  while (forecaster.step(100)) {
  }
  auto const table = forecaster.finish();
  auto const again =
      must(past_.at({.revision = JournalOffset(revision), .forecast = Measure::kBirths}, kNoon))
          ->forecasts;
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->through(), *then->data_through);
  ASSERT_EQ(again->size(), table->size());
  indicators::Node const whole{};
  ASSERT_NE(table->find(whole, Measure::kBirths), nullptr);
  EXPECT_EQ(again->find(whole, Measure::kBirths)->mean, table->find(whole, Measure::kBirths)->mean);
  EXPECT_EQ(
      must(past_.at({.revision = JournalOffset(revision), .forecast = Measure::kDeaths}, kNoon))
          ->forecasts,
      again)
      << "deaths are not forecast here: nothing is made for them";
}

TEST_F(PastViewsTest, AJudgedTickComesWithTheBookBeforeIt) {
  EXPECT_EQ(must(past_.judged_tick(std::nullopt, kNoon)).before, nullptr) << "no tick yet";
  go_on(20);
  fold(alerts::SilenceCreated{"R1", "", "", base::UnixMillis(9), "ann", "", {}});
  for (int32_t tick : {next_ - 1, next_ - 5}) {
    bool const last = tick == next_ - 1;
    auto const question =
        last ? std::nullopt : std::optional(engine::AsOfRevision{.tick = PeriodIndex(tick)});
    engine::JudgedTick const judged = must(past_.judged_tick(question, kNoon));
    EXPECT_EQ(judged.view->data_through, PeriodIndex(tick));
    EXPECT_EQ(judged.topics, std::vector{domain::Topic::kRegistrations});
    ASSERT_NE(judged.before, nullptr);
    EXPECT_EQ(judged.before->last_tick(), PeriodIndex(tick - 1));
    auto const record = keeper_.published().past->record_of(PeriodIndex(tick));
    EXPECT_EQ(judged.before->offset(), JournalOffset(record->value - 1));
    EXPECT_EQ(must(past_.judged_tick(question, kNoon)).before, judged.before) << "made once";
  }
}

TEST_F(PastViewsTest, BetweenFiguresAndVerdictTheTickBeforeIsExplained) {
  apply(next_);
  publish(next_);
  EXPECT_TRUE(absl::IsUnavailable(past_.judged_tick(std::nullopt, kNoon).status()))
      << "the first figures have no verdict yet";
  ++next_;
  go_on(20);
  auto const explained = [this] {
    engine::JudgedTick const judged = must(past_.judged_tick(std::nullopt, kNoon));
    EXPECT_EQ(judged.view->book->last_tick(), judged.view->data_through);
    EXPECT_EQ(judged.before->last_tick(), PeriodIndex(judged.view->data_through->value - 1));
    return judged.view->data_through->value;
  };
  alerts::TickEvaluated verdict = testing::random_tick(random_, *keeper_.view());
  verdict.tick = PeriodIndex(next_);
  fold(verdict);  // first the verdict
  EXPECT_EQ(explained(), next_ - 1);
  apply(next_);
  publish(next_);
  EXPECT_EQ(explained(), next_);
  apply(++next_);
  publish(next_);  // first the figures
  EXPECT_EQ(explained(), next_ - 1);
}

TEST_F(PastViewsTest, FewViewsAreKeptAndOnlyForAShortTime) {
  go_on(10);
  for (int64_t revision : {offset_ - 1, offset_ - 2, offset_ - 3, offset_ - 4})
    ASSERT_TRUE(at(revision).ok());
  EXPECT_EQ(past_.kept(), kPastViewsKept);
  auto const first = must(at(offset_ - 4));
  EXPECT_EQ(must(at(offset_ - 4)), first) << "made once";
  past_.forget_old(kNoon + kPastViewKeptFor);
  EXPECT_EQ(past_.kept(), kPastViewsKept);
  past_.forget_old(kNoon + kPastViewKeptFor + absl::Seconds(1));
  EXPECT_EQ(past_.kept(), 0u);
}

TEST_F(PastViewsTest, TooManyQuestionsAtOnceAreRefused) {
  go_on(200);
  std::atomic<bool> refused{false};
  std::atomic<int> wrong{0};
  absl::Time const end = absl::Now() + absl::Seconds(20);
  std::vector<std::thread> askers;
  for (int a = 0; a < 4 * kPastCallsMax; ++a) {
    askers.emplace_back([&, a] {
      for (int64_t i = 0; !refused && absl::Now() < end; ++i) {
        auto const view = at(offset_ - (a * 7 + i) % 100);
        if (absl::IsResourceExhausted(view.status())) {
          refused = true;
        } else if (!view.ok()) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_TRUE(refused);
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace bellwether::runtime
