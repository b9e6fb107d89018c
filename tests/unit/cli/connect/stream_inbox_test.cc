#include "cli/connect/stream_inbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace bellwether::cli {
namespace {

constexpr auto kCharges = connect::companies_house::Stream::kCharges;
constexpr int64_t kLongMs = 60'000;

TEST(StreamInboxTest, LinesAreTakenInTheirOrder) {
  StreamInbox inbox;
  inbox.put({{kCharges, 1, "a"}, {kCharges, 2, ""}});
  inbox.put({{kCharges, 3, "c"}});
  auto const taken = inbox.take(kLongMs);
  ASSERT_EQ(taken.size(), 3u);
  EXPECT_EQ(taken[0].text, "a");
  EXPECT_EQ(taken[2].line, 3);
  EXPECT_TRUE(inbox.take(1).empty());
}

TEST(StreamInboxTest, AFullInboxLetsItsWritersWait) {
  StreamInbox inbox;
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int i = 0; i < 3; ++i) {
      inbox.put({{kCharges, i, std::string(kInboxBytesMax, 'x')}});
      ++written;
    }
  });
  size_t taken = 0;
  while (taken < 3) {
    taken += inbox.take(kLongMs).size();
    EXPECT_LE(static_cast<size_t>(written), taken + 2);
  }
  writer.join();
}

TEST(StreamInboxTest, TheFirstErrorIsKept) {
  StreamInbox inbox;
  EXPECT_TRUE(inbox.error().ok());
  inbox.fail(absl::OutOfRangeError("first"));
  inbox.fail(absl::InternalError("second"));
  EXPECT_EQ(inbox.error().message(), "first");
  EXPECT_TRUE(inbox.take(kLongMs).empty()) << "nothing is waited for";
}

TEST(StreamInboxTest, StopEndsAllWaits) {
  StreamInbox inbox;
  inbox.put({{kCharges, 1, std::string(kInboxBytesMax + 1, 'x')}});
  auto const begun = std::chrono::steady_clock::now();
  std::thread writer([&] { inbox.put({{kCharges, 2, "never"}}); });
  std::thread sleeper([&] { inbox.sleep(kLongMs); });
  inbox.stop();
  writer.join();
  sleeper.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(kLongMs));
  EXPECT_EQ(inbox.take(kLongMs).size(), 1u);
}

}  // namespace
}  // namespace bellwether::cli
