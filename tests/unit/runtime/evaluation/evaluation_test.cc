// The evaluation of ticks that no lane of this process has folded.
#include "runtime/evaluation/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "support/calendars.h"
#include "support/must.h"
#include "support/world.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::runtime {
namespace {

using kafka::testing::eventually;
using kafka::testing::no_log;

using testing::kMonths;
constexpr base::PeriodIndex kJanuary(12 * 49);
constexpr base::PeriodIndex kFebruary(12 * 49 + 1);

// A source of ticks that come from another place, as if read from a topic.
class Elsewhere : public engine::TickSource {
 public:
  int partitions() const override { return 2; }
  engine::Front front(int partition) const override {
    std::lock_guard lock(mutex_);
    const auto& queue = queues_[static_cast<size_t>(partition)];
    if (queue.empty()) return {};
    return {queue.front().tick, queue.front().tick};
  }
  std::optional<engine::PartitionTick> take(int partition) override {
    std::lock_guard lock(mutex_);
    auto& queue = queues_[static_cast<size_t>(partition)];
    if (queue.empty()) return std::nullopt;
    engine::PartitionTick tick = std::move(queue.front());
    queue.pop_front();
    return tick;
  }
  // Adds a tick of a partition with births in one cell.
  void close(int partition, base::PeriodIndex tick, int32_t births) {
    engine::PartitionTick part;
    part.partition = base::PartitionId(partition);
    part.tick = tick;
    part.cut = {base::Offset(10 * tick.value + partition)};
    part.deltas.push_back({{{testing::area("N1"), testing::sector("10"), base::SizeBand(0)},
                            indicators::Measure::kBirths,
                            tick},
                           births});
    std::lock_guard lock(mutex_);
    queues_[static_cast<size_t>(partition)].push_back(std::move(part));
  }

 private:
  mutable std::mutex mutex_;
  std::array<std::deque<engine::PartitionTick>, 2> queues_;
};

class EvaluationTest : public ::testing::Test {
 protected:
  EvaluationTest() {
    broker_.make("journal");
    producer_ = testing::must(kafka::Producer::create(broker_.client(), {}, no_log()));
    journal_ = testing::must(Journal::open(
        broker_.client(), "journal", "test", {}, *producer_, keeper_, [] {},
        [](const std::string&) {}, no_log()));
    EvaluationOptions options;
    options.evaluator = {kMonths, 120, {domain::Topic::kRegistrations}};
    options.topics = {"registrations"};
    evaluation_.emplace(
        reference_, std::move(options), alerts::default_rules(kMonths), std::nullopt,
        Evaluation::Collaborators{ticks_, *journal_, keeper_, views_, nullptr, [] { return true; },
                                  [](double) {}, [](double) {}, [] {}, no_log()});
  }
  int64_t births(base::PeriodIndex period) {
    indicators::Node const node{testing::area("N1"), testing::sector("10")};
    return views_.get()->panel->at(node, indicators::Measure::kBirths, period);
  }

  kafka::testing::MockBroker broker_;
  std::shared_ptr<const reference::Reference> const reference_{std::shared_ptr<const void>(),
                                                               &testing::world()};
  BookKeeper keeper_{kMonths};
  Views views_{reference_, kMonths, keeper_};
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<Journal> journal_;
  Elsewhere ticks_;
  std::optional<Evaluation> evaluation_;
};

TEST_F(EvaluationTest, ATickIsJudgedAndShownOnceEveryPartitionHasClosedIt) {
  ticks_.close(0, kJanuary, 3);
  evaluation_->wake();
  EXPECT_TRUE(eventually([&] { return keeper_.view()->rule_set() != nullptr; }));
  EXPECT_FALSE(evaluation_->report().tick) << "partition 1 may still close the tick";
  ticks_.close(1, kJanuary, 4);
  ticks_.close(0, kFebruary, 5);
  evaluation_->wake();
  EXPECT_TRUE(eventually([&] { return views_.get()->data_through == kJanuary; }));
  EXPECT_EQ(births(kJanuary), 7);
  EXPECT_EQ(keeper_.view()->last_tick(), kJanuary);
  ticks_.close(1, kFebruary, 1);
  evaluation_->wake();
  EXPECT_TRUE(eventually([&] { return views_.get()->data_through == kFebruary; }));
  EXPECT_EQ(births(kFebruary), 6);
  EXPECT_EQ(keeper_.view()->last_tick(), kFebruary);
  EXPECT_EQ(evaluation_->report().ticks, 2);
}

}  // namespace
}  // namespace bellwether::runtime
