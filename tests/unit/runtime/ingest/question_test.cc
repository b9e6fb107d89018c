#include "runtime/ingest/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "absl/time/clock.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLongWait = absl::Seconds(60);
constexpr absl::Duration kShortWait = absl::Milliseconds(20);

class QuestionTest : public ::testing::Test {
 protected:
  LedgerQuestion counts() {
    return [this](base::PartitionId, const ledger::Ledger&) { ++answers_; };
  }
  ledger::Ledger ledger_{base::Calendar(base::CalendarUnit::kMonth), testing::world()};
  std::atomic<int> answers_{0};
};

TEST_F(QuestionTest, WaitEndsWhenAllHaveAnswered) {
  Question question(counts(), 2);
  std::thread first([&] { question.answer(base::PartitionId(0), ledger_); });
  std::thread second([&] { question.answer(base::PartitionId(1), ledger_); });
  EXPECT_TRUE(question.wait(absl::Now() + kLongWait).ok());
  EXPECT_EQ(answers_, 2);
  first.join();
  second.join();
}

TEST_F(QuestionTest, AfterTheDeadlineNobodyIsAsked) {
  Question question(counts(), 2);
  question.answer(base::PartitionId(0), ledger_);
  absl::Status const status = question.wait(absl::Now() + kShortWait);
  EXPECT_TRUE(absl::IsDeadlineExceeded(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 of 2 partitions"));
  question.answer(base::PartitionId(1), ledger_);
  EXPECT_EQ(answers_, 1) << "the objects that the question refers to may be destroyed";
}

TEST_F(QuestionTest, WaitIncludesAnAnswerInProgress) {
  std::promise<void> begun;
  std::promise<void> go_on;
  Question question(
      [&](base::PartitionId, const ledger::Ledger&) {
        begun.set_value();
        go_on.get_future().wait();
        ++answers_;
      },
      2);
  std::thread lane([&] { question.answer(base::PartitionId(0), ledger_); });
  begun.get_future().wait();
  std::thread later([&] {
    absl::SleepFor(2 * kShortWait);
    go_on.set_value();
  });
  EXPECT_TRUE(absl::IsDeadlineExceeded(question.wait(absl::Now() + kShortWait)));
  EXPECT_EQ(answers_, 1);
  lane.join();
  later.join();
}

TEST_F(QuestionTest, WaitEndsWhenTheOwnersStop) {
  Question question(counts(), 1);
  std::thread stops([&] { question.stop(); });
  EXPECT_TRUE(absl::IsCancelled(question.wait(absl::Now() + kLongWait)));
  stops.join();
}

}  // namespace
}  // namespace bellwether::runtime
