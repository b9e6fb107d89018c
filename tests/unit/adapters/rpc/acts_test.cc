// Acts on what this replica has not read yet.
#include "adapters/rpc/acts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using base::UnixMillis;

constexpr absl::Duration kLater = absl::Milliseconds(50);

class ActsTest : public ::testing::Test {
 protected:
  ActsTest() { served_.publish("2019-05"); }

  std::string next_record() { return std::to_string(served_.offset().value + 1); }
  // Folds the record while the act already waits for it.
  std::thread tell_later(::bellwether::alerts::JournalEntry entry) {
    return std::thread([this, entry = std::move(entry)] {
      absl::SleepFor(kLater);
      served_.tell(entry);
    });
  }
  grpc::StatusCode expire(const std::string& name) {
    grpc::ClientContext call;
    alerts_pb::ExpireSilenceRequest request;
    request.set_name(name);
    request.set_actor("ann");
    alerts_pb::ExpireSilenceResponse response;
    return served_.alerts->ExpireSilence(&call, request, &response).error_code();
  }
  grpc::StatusCode withdraw(const std::string& name) {
    grpc::ClientContext call;
    alerts_pb::WithdrawRegimeBreakRequest request;
    request.set_name(name);
    request.set_actor("ann");
    alerts_pb::WithdrawRegimeBreakResponse response;
    return served_.regime_breaks->WithdrawRegimeBreak(&call, request, &response).error_code();
  }
  Served served_;
};

TEST_F(ActsTest, ASilenceOfAnotherReplicaIsWaitedFor) {
  std::string const name = next_record();
  auto telling = tell_later(::bellwether::alerts::SilenceCreated{
      "R1", "", "", UnixMillis(served_.now.value + 1000), "ann", "", served_.now});
  EXPECT_EQ(expire(name), grpc::StatusCode::OK);
  telling.join();
}

TEST_F(ActsTest, ARegimeBreakOfAnotherReplicaIsWaitedFor) {
  std::string const name = next_record();
  auto telling = tell_later(::bellwether::alerts::RegimeBreakDeclared{
      {Served::month("2019-01"), Served::month("2019-02")}, "law", "ann", served_.now});
  EXPECT_EQ(withdraw(name), grpc::StatusCode::OK);
  telling.join();
}

TEST_F(ActsTest, WhatNeverComesIsNotFound) {
  absl::Time const begin = absl::Now();
  EXPECT_EQ(expire("999"), grpc::StatusCode::NOT_FOUND);
  EXPECT_GE(absl::Now() - begin, kActKnownWait);
  EXPECT_EQ(withdraw("999"), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ActsTest, OnlySomeActsWait) {
  std::vector<std::thread> waiting;
  for (int i = 0; i < kActsWaitingMax; ++i) waiting.emplace_back([this] { expire("999"); });
  absl::SleepFor(kActKnownWait / 2);
  absl::Time const begin = absl::Now();
  EXPECT_EQ(expire("999"), grpc::StatusCode::NOT_FOUND);
  EXPECT_LT(absl::Now() - begin, kActKnownWait / 2);
  for (std::thread& each : waiting) each.join();
}

}  // namespace
}  // namespace bellwether::rpc
