// The lanes with librdkafka's mock broker.
#include "runtime/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

#include "absl/time/clock.h"
#include "runtime/ingest/lane_reports.h"
#include "support/must.h"
#include "support/world.h"
#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::runtime {
namespace {

using kafka::testing::eventually;
using kafka::testing::no_log;

constexpr int kPartitions = 3;
constexpr absl::Duration kLong = absl::Seconds(60);

class IngestTest : public ::testing::Test {
 protected:
  IngestTest() {
    broker_.make("registrations", kPartitions);
    broker_.make("dead-letters");
    producer_ = testing::must(kafka::Producer::create(broker_.client(), {}, no_log()));
    letters_.emplace(*producer_, "dead-letters", kafka::DeadLetterMarks(), no_log());
    IngestOptions options;
    options.client = broker_.client();
    options.topics = {"registrations"};
    options.kinds = {events::Topic::kRegistrations};
    options.partitions = kPartitions;
    options.workers = 2;
    options.engine.reference = &testing::world();
    ingest_ = testing::must(Ingest::start(
        std::move(options), {}, decoder_, *letters_, [] {}, no_log()));
  }

  kafka::testing::MockBroker broker_;
  events::Decoder decoder_{testing::world()};
  std::unique_ptr<kafka::Producer> producer_;
  std::optional<kafka::DeadLetters> letters_;
  std::unique_ptr<Ingest> ingest_;
};

TEST_F(IngestTest, EveryPartitionAnswersAQuestion) {
  std::mutex mutex;
  std::multiset<int32_t> answered;
  EXPECT_TRUE(ingest_
                  ->ask(
                      [&](base::PartitionId partition, const ledger::Ledger& ledger) {
                        std::lock_guard lock(mutex);
                        answered.insert(partition.value);
                        EXPECT_EQ(ledger.stats().businesses, 0);
                      },
                      absl::Now() + kLong)
                  .ok());
  EXPECT_THAT(answered, ::testing::ElementsAre(0, 1, 2));
}

TEST_F(IngestTest, AQuestionEndsAtItsDeadlineWhenAPartitionIsBusy) {
  std::promise<void> busy;
  std::promise<void> go_on;
  std::atomic<int> blocked{0};
  std::thread other([&] {
    (void)ingest_->ask(
        [&](base::PartitionId partition, const ledger::Ledger&) {
          if (partition.value != 0) return;
          busy.set_value();
          go_on.get_future().wait();
          ++blocked;
        },
        absl::Now() + kLong);
  });
  busy.get_future().wait();
  // Partitions 0 and 2 share one worker; partition 1 has the other.
  std::vector<LaneReport> lanes = ingest_->reports();
  ask_ledgers(*ingest_, absl::Now() + absl::Milliseconds(500), lanes);
  EXPECT_TRUE(lanes[0].partition.stale);
  EXPECT_FALSE(lanes[1].partition.stale) << "partition 1 does not wait for the others";
  EXPECT_TRUE(lanes[2].partition.stale);
  EXPECT_EQ(blocked, 0);
  go_on.set_value();
  other.join();
  ask_ledgers(*ingest_, absl::Now() + kLong, lanes);
  for (const LaneReport& lane : lanes) EXPECT_FALSE(lane.partition.stale);
}

TEST_F(IngestTest, AQuestionEndsWhenTheWorkersStop) {
  std::promise<void> busy;
  std::promise<void> go_on;
  std::thread other([&] {
    (void)ingest_->ask(
        [&](base::PartitionId partition, const ledger::Ledger&) {
          if (partition.value != 0) return;
          busy.set_value();
          go_on.get_future().wait();
        },
        absl::Now() + kLong);
  });
  busy.get_future().wait();
  std::thread stops([&] { ingest_->stop(); });
  absl::Status status;
  std::thread asks([&] {
    status = ingest_->ask([](base::PartitionId, const ledger::Ledger&) {}, absl::Now() + kLong);
  });
  go_on.set_value();
  for (std::thread* each : {&other, &stops, &asks}) each->join();
  EXPECT_TRUE(status.ok() || absl::IsCancelled(status)) << status;
  EXPECT_TRUE(absl::IsCancelled(
      ingest_->ask([](base::PartitionId, const ledger::Ledger&) {}, absl::Now() + kLong)));
}

TEST_F(IngestTest, QuestionsAreAnsweredWhileImagesAreTakenAndHeld) {
  std::atomic<bool> done{false};
  std::atomic<int> asked{0};
  std::thread asks([&] {
    while (!done) {
      EXPECT_TRUE(
          ingest_->ask([](base::PartitionId, const ledger::Ledger&) {}, absl::Now() + kLong).ok());
      ++asked;
    }
  });
  for (int n = 0; n < 20; ++n) {
    auto images = ingest_->images(absl::Now() + kLong);
    ASSERT_TRUE(images);
    EXPECT_EQ(images->size(), size_t{kPartitions});
    int const before = asked;
    EXPECT_TRUE(eventually([&] { return asked > before; })) << "the images still exist";
    images->clear();
    ingest_->thaw();
  }
  done = true;
  asks.join();
}

}  // namespace
}  // namespace bellwether::runtime
