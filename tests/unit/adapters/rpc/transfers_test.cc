#include "adapters/rpc/transfers.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "adapters/rpc/pace.h"

namespace bellwether::rpc {
namespace {

constexpr absl::Time kNoon = absl::FromUnixSeconds(43'200);

TEST(PaceTest, BytesGoNoFasterThanTheRate) {
  Pace pace(1000);
  EXPECT_EQ(pace.reserve(500, kNoon), absl::ZeroDuration());
  EXPECT_EQ(pace.reserve(500, kNoon), absl::Milliseconds(500));
  EXPECT_EQ(pace.reserve(1000, kNoon), absl::Seconds(1));
  EXPECT_EQ(pace.reserve(1, kNoon + absl::Milliseconds(1500)), absl::Milliseconds(500));
}

TEST(PaceTest, UnusedTimeAllowsNoHigherRateLater) {
  Pace pace(1000);
  EXPECT_EQ(pace.reserve(100, kNoon), absl::ZeroDuration());
  absl::Time const later = kNoon + absl::Hours(1);
  EXPECT_EQ(pace.reserve(1000, later), absl::ZeroDuration());
  EXPECT_EQ(pace.reserve(1000, later), absl::Seconds(1));
}

TEST(TransfersTest, AllShareTheRate) {
  Transfers transfers(1000);
  auto const a = transfers.begin([] {}, kNoon);
  auto const b = transfers.begin([] {}, kNoon);
  EXPECT_EQ(a->reserve(1000, kNoon), absl::ZeroDuration());
  EXPECT_EQ(b->reserve(1000, kNoon), absl::Seconds(1));
  EXPECT_EQ(a->reserve(1000, kNoon + absl::Seconds(1)), absl::Seconds(1));
}

TEST(TransfersTest, TransfersStayWithinTheLimit) {
  Transfers transfers(1000);
  std::vector<std::unique_ptr<Transfers::Transfer>> open;
  for (size_t i = 0; i < kTransfersMax; ++i) open.push_back(transfers.begin([] {}, kNoon));
  EXPECT_EQ(transfers.begin([] {}, kNoon), nullptr);
  EXPECT_EQ(transfers.counts().open, static_cast<int>(kTransfersMax));
  EXPECT_EQ(transfers.counts().refused, 1);
  open[0]->sent(7, kNoon);
  open[0]->whole();
  open.clear();
  EXPECT_NE(transfers.begin([] {}, kNoon), nullptr);
  TransferCounts const counts = transfers.counts();
  EXPECT_EQ(counts.open, 0);
  EXPECT_EQ(counts.bytes, 7);
  EXPECT_EQ(counts.files, 1);
  EXPECT_EQ(counts.broken, static_cast<int64_t>(kTransfersMax));
}

TEST(TransfersTest, AStalledTransferEndsWhenAnotherIsRequested) {
  Transfers transfers(1000);
  int stalled = 0;
  int moving = 0;
  auto const a = transfers.begin([&] { ++stalled; }, kNoon);
  auto const b = transfers.begin([&] { ++moving; }, kNoon);
  absl::Time const later = kNoon + kTransferStallMax + absl::Seconds(1);
  b->sent(1, later - absl::Seconds(2));
  EXPECT_EQ(transfers.begin([] {}, kNoon + absl::Seconds(1)), nullptr);
  EXPECT_EQ(stalled, 0);
  EXPECT_EQ(transfers.begin([] {}, later), nullptr);
  EXPECT_EQ(stalled, 1);
  EXPECT_EQ(moving, 0);
}

TEST(TransfersTest, PiecesAreSmallAtALowRate) {
  EXPECT_EQ(Transfers(1).piece_bytes(), kPieceBytesMin);
  EXPECT_EQ(Transfers(1e6).piece_bytes(), 50'000u);
  EXPECT_EQ(Transfers(1e12).piece_bytes(), kPieceBytesMax);
}

}  // namespace
}  // namespace bellwether::rpc
