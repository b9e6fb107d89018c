// Connections end after a time, without a failed call.
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

constexpr absl::Duration kAge = absl::Milliseconds(50);

TEST(ConnectionAgeTest, CallsAndStreamsSurviveTheEndsOfConnections) {
  Served served({.address = "127.0.0.1:0", .connection_age_max = kAge});
  served.publish("2019-05");
  grpc::ClientContext stream;
  alerts_pb::WatchAlertsRequest watch;
  watch.set_resume_token("0");
  auto const watcher = served.alerts->WatchAlerts(&stream, watch);
  alerts_pb::WatchAlertsResponse response;
  ASSERT_TRUE(watcher->Read(&response)) << "on the first connection";
  int ends = 0;
  for (absl::Time const end = absl::Now() + 20 * kAge; absl::Now() < end;) {
    ends += served.channel()->GetState(false) == GRPC_CHANNEL_IDLE;
    grpc::ClientContext call;
    alerts_pb::ListAlertsResponse listed;
    grpc::Status const status = served.alerts->ListAlerts(&call, {}, &listed);
    EXPECT_TRUE(status.ok()) << status.error_message();
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_GE(ends, 3);
  served.publish("2019-06");
  EXPECT_TRUE(watcher->Read(&response)) << "still on the first connection";
  stream.TryCancel();
  EXPECT_FALSE(watcher->Finish().ok());
}

}  // namespace
}  // namespace bellwether::rpc
