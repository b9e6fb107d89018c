#include "core/engine/tick_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace bellwether::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Partitions whose ticks are all available from the start.
class Queues : public TickSource {
 public:
  explicit Queues(std::vector<std::vector<int32_t>> ticks) : queues_(ticks.size()) {
    for (size_t p = 0; p < ticks.size(); ++p) {
      for (int32_t t : ticks[p]) {
        PartitionTick& tick = queues_[p].emplace_back();
        tick.partition = PartitionId(static_cast<int32_t>(p));
        tick.tick = PeriodIndex(t);
      }
    }
  }
  int partitions() const override { return static_cast<int>(queues_.size()); }
  Front front(int partition) const override {
    const auto& queue = queues_[static_cast<size_t>(partition)];
    if (queue.empty()) return {std::nullopt, PeriodIndex(kEnd)};
    return {queue.front().tick, queue.front().tick};
  }
  std::optional<PartitionTick> take(int partition) override {
    auto& queue = queues_[static_cast<size_t>(partition)];
    if (queue.empty()) return std::nullopt;
    PartitionTick tick = std::move(queue.front());
    queue.pop_front();
    return tick;
  }

 private:
  static constexpr int32_t kEnd = 100;
  std::vector<std::deque<PartitionTick>> queues_;
};

std::vector<int32_t> partitions_of(const std::vector<PartitionTick>& parts) {
  std::vector<int32_t> out;
  for (const PartitionTick& part : parts) out.push_back(part.partition.value);
  return out;
}

TEST(TickSourceTest, ATickHasTheDataOfEveryPartitionThatClosedIt) {
  Queues source({{5, 6}, {6}, {5, 7}});
  EXPECT_EQ(aligned_tick(fronts(source)), PeriodIndex(5));
  EXPECT_THAT(partitions_of(take_all(source, PeriodIndex(5))), ElementsAre(0, 2));
  EXPECT_EQ(aligned_tick(fronts(source)), PeriodIndex(6));
  EXPECT_THAT(partitions_of(take_all(source, PeriodIndex(6))), ElementsAre(0, 1));
  EXPECT_EQ(aligned_tick(fronts(source)), PeriodIndex(7));
  EXPECT_THAT(partitions_of(take_all(source, PeriodIndex(7))), ElementsAre(2));
  EXPECT_EQ(aligned_tick(fronts(source)), std::nullopt);
}

TEST(TickSourceTest, ATickThatNoPartitionClosedIsEmpty) {
  Queues source({{5}, {6}});
  EXPECT_THAT(take_all(source, PeriodIndex(4)), IsEmpty());
  EXPECT_EQ(aligned_tick(fronts(source)), PeriodIndex(5));
}

}  // namespace
}  // namespace bellwether::engine
