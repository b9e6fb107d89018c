#include "adapters/rpc/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"
#include "support/eventually.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;
namespace alerts_pb = bellwether::alerts::v1;
namespace core = ::bellwether::alerts;

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    core::AlertUpdate u;
    u.key = {"R1", "N1", "10"};
    u.raised = Served::month("2019-05");
    u.severity = u.severity_max = core::Severity::kAmber;
    u.transition = core::TransitionKind::kRaised;
    core::TickEvaluated tick;
    tick.tick = u.raised;
    tick.book_offset = base::JournalOffset(0);  // the rules are in force
    tick.updates = {u};
    served_.tell(tick);
    served_.publish("2019-05");
  }
  void acknowledge(int n, const std::string& comment = "") {
    core::AlertAcknowledged const act{"R1.N1.10.2019-05", std::to_string(n), comment, served_.now};
    ASSERT_EQ(served_.tell(act), core::FoldOutcome::kApplied);
  }
  // The status of a watch from a token that gets no event.
  grpc::Status refusal_of(const std::string& token) {
    grpc::ClientContext call;
    alerts_pb::WatchAlertsRequest request;
    request.set_resume_token(token);
    auto const stream = served_.alerts->WatchAlerts(&call, request);
    alerts_pb::WatchAlertsResponse event;
    EXPECT_FALSE(stream->Read(&event));
    return stream->Finish();
  }
  Served served_;
};

TEST_F(WatchTest, ATokenBeyondTheEndOfTheJournalIsOutOfRange) {
  grpc::Status const status = refusal_of("500.0");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(status.error_message(), HasSubstr("watch from now on"));
}

// A replica that has not read the journal cannot judge the token, so the client must not give up.
TEST_F(WatchTest, AReplicaThatHasNotReadTheJournalIsUnavailable) {
  served_.journal_read = false;
  grpc::Status const status = refusal_of("500.0");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("watch again with the last resume_token"));
}

TEST_F(WatchTest, AFilterNamesWhatThereIsOnceTheJournalIsRead) {
  alerts_pb::WatchAlertsRequest request;
  request.set_filter("sector = TYPO");
  alerts_pb::WatchAlertsResponse event;
  grpc::ClientContext call;
  auto const refused = served_.alerts->WatchAlerts(&call, request);
  EXPECT_FALSE(refused->Read(&event));
  EXPECT_THAT(refused->Finish().error_message(),
              HasSubstr("filter: no sector \"TYPO\"; ListSectors names them all"));
  served_.journal_read = false;
  grpc::ClientContext early;
  auto const watched = served_.alerts->WatchAlerts(&early, request);
  EXPECT_TRUE(watched->Read(&event)) << "the journal may have alerts of this sector";
  early.TryCancel();
  (void)watched->Finish();
}

// The token of a replica that had read slightly further.
TEST_F(WatchTest, ATokenThatTheJournalReachesDuringTheWaitContinues) {
  grpc::ClientContext call;
  alerts_pb::WatchAlertsRequest request;
  request.set_resume_token("2.0");
  auto const stream = served_.alerts->WatchAlerts(&call, request);
  acknowledge(2);
  acknowledge(3);
  served_.notify();
  alerts_pb::WatchAlertsResponse event;
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_TRUE(event.has_transition());
  EXPECT_EQ(event.transition().alert().acknowledgement().actor(), "3");
  call.TryCancel();
  (void)stream->Finish();
}

TEST_F(WatchTest, AWatcherThatStopsReadingIsToldToResumeAndMissesNothing) {
  grpc::ClientContext call;
  auto stream = served_.alerts->WatchAlerts(&call, {});
  alerts_pb::WatchAlertsResponse event;
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_TRUE(event.has_caught_up());
  std::string token = event.resume_token();
  // More than the connection can hold, and then more than a watcher may lag.
  int const all = static_cast<int>(kWatcherLagMax) + 6000;
  for (int i = 0; i < all; ++i) {
    acknowledge(i, std::string(kCommentBytesMax, 'c'));
    if (i == 3000) served_.notify();
  }
  served_.notify();
  int seen = 0;
  auto const read = [&] {
    while (stream->Read(&event)) {
      token = event.resume_token();
      if (!event.has_transition()) return true;
      EXPECT_EQ(event.transition().alert().acknowledgement().actor(), std::to_string(seen));
      ++seen;
    }
    return false;
  };
  ASSERT_FALSE(read());
  grpc::Status const status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("resume_token"));
  EXPECT_LT(seen, all);
  EXPECT_EQ(served_.watchers().too_slow, 1);

  grpc::ClientContext again;
  alerts_pb::WatchAlertsRequest request;
  request.set_resume_token(token);
  stream = served_.alerts->WatchAlerts(&again, request);
  ASSERT_TRUE(read()) << "the missed transitions are in the past, which may be read at any speed";
  EXPECT_EQ(seen, all);
  again.TryCancel();
  (void)stream->Finish();
}

// Past transitions are not fresh, however fast they are sent.
TEST_F(WatchTest, OnlyTransitionsAfterTheBeginOfAWatchCountAsSent) {
  grpc::ClientContext call;
  alerts_pb::WatchAlertsRequest request;
  request.set_resume_token("0");
  auto const stream = served_.alerts->WatchAlerts(&call, request);
  alerts_pb::WatchAlertsResponse event;
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_TRUE(event.has_transition()) << "raised before the watch began";
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_TRUE(event.has_caught_up());
  EXPECT_THAT(served_.transitions_sent(), ::testing::IsEmpty());
  acknowledge(2);
  served_.notify();
  ASSERT_TRUE(stream->Read(&event));
  ASSERT_TRUE(event.has_transition());
  EXPECT_TRUE(bellwether::testing::eventually(
      [&] { return served_.transitions_sent() == std::vector{base::JournalOffset(2)}; }));
  call.TryCancel();
  (void)stream->Finish();
}

TEST(WatchLimitTest, AWatchBeyondTheLimitIsRefusedAndCounted) {
  Served served({.address = "127.0.0.1:0", .watchers_max = 1});
  served.publish("2019-05");
  alerts_pb::WatchAlertsResponse event;
  grpc::ClientContext first;
  auto const watched = served.alerts->WatchAlerts(&first, {});
  ASSERT_TRUE(watched->Read(&event));
  EXPECT_EQ(served.watchers().open, 1);
  EXPECT_EQ(served.watchers().limit, 1);
  EXPECT_EQ(served.watchers().refused, 0);
  grpc::ClientContext second;
  auto const refused = served.alerts->WatchAlerts(&second, {});
  EXPECT_FALSE(refused->Read(&event));
  grpc::Status const status = refused->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("raise serve.watchers_max"));
  EXPECT_EQ(served.watchers().refused, 1);
  EXPECT_EQ(served.watchers().too_slow, 0);
  first.TryCancel();
  (void)watched->Finish();
}

}  // namespace
}  // namespace bellwether::rpc
