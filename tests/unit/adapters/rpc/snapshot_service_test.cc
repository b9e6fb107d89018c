#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "absl/time/clock.h"
#include "adapters/rpc/server.h"
#include "adapters/rpc/snapshot_client.h"
#include "adapters/rpc/transfers.h"
#include "support/eventually.h"
#include "support/must.h"
#include "support/silent_port.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;
using testing::must;

using testing::eventually;

constexpr absl::Duration kWait = absl::Seconds(30);
constexpr size_t kBytes = 1'000'000;

class SnapshotServiceTest : public ::testing::Test {
 protected:
  SnapshotServiceTest() {
    for (size_t i = 0; i < kBytes; ++i) whole_.push_back(static_cast<char>(i * i >> 7));
  }
  ~SnapshotServiceTest() override {
    if (server_ != nullptr) server_->stop(absl::InfinitePast());
  }
  void serve(double bytes_per_second, bool gives = true) {
    Backend backend;
    if (gives) {
      backend.snapshots.list = [] {
        return std::vector<OfferedSnapshot>{{"7", "manifest"}, {"6", "older"}};
      };
      backend.snapshots.open = [this](const FileRequest& request) { return open(request); };
    }
    server_ = must(
        Server::start({.address = "127.0.0.1:0", .transfer_bytes_per_second = bytes_per_second},
                      std::move(backend), [](const Method&, int, double) {}));
  }
  // The offset after a byte stands in for its checksum, because the code under test only passes it
  // on.
  absl::StatusOr<NextPiece> open(const FileRequest& request) {
    if (request.name != "7") return absl::NotFoundError("no such snapshot");
    if (request.crc32c != request.offset) return absl::AbortedError("others");
    return [this, at = request.offset](size_t bytes_max) mutable -> absl::StatusOr<FilePiece> {
      if (at >= fails_at_) return absl::DataLossError("the disk is at fault");
      if (at >= sleeps_at_) absl::SleepFor(absl::Seconds(2));
      FilePiece piece{at, std::string_view(whole_).substr(at, bytes_max), 0};
      at += piece.data.size();
      piece.crc32c = static_cast<uint32_t>(at);
      largest_ = std::max(largest_.load(), piece.data.size());
      return piece;
    };
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  absl::Status fetch(const FileRequest& request, std::string& into, absl::Duration wait = kWait) {
    SnapshotClient client(address());
    return client.fetch(
        request,
        [&](const FilePiece& piece) {
          EXPECT_EQ(piece.offset, request.offset + into.size());
          into += piece.data;
          EXPECT_EQ(piece.crc32c, request.offset + into.size());
          return absl::OkStatus();
        },
        wait, [this] { return stop_.load(); });
  }

  std::string whole_;
  size_t fails_at_ = SIZE_MAX;
  size_t sleeps_at_ = SIZE_MAX;
  std::atomic<size_t> largest_{0};
  std::atomic<bool> stop_{false};
  std::unique_ptr<Server> server_;
};

TEST_F(SnapshotServiceTest, AFileIsSentFromTheRequestedByteToItsEnd) {
  serve(1e12);
  for (uint64_t const offset : {uint64_t{0}, uint64_t{1}, uint64_t{kBytes - 1}, uint64_t{kBytes}}) {
    std::string got;
    EXPECT_TRUE(fetch({"7", "f", offset, static_cast<uint32_t>(offset)}, got).ok());
    EXPECT_EQ(got, whole_.substr(offset));
  }
  EXPECT_LE(largest_.load(), kPieceBytesMax);
  EXPECT_EQ(server_->transfers().files, 4);
  EXPECT_EQ(server_->transfers().bytes, static_cast<int64_t>(2 * kBytes));
}

TEST_F(SnapshotServiceTest, ErrorsArePassedOnUnchanged) {
  serve(1e12);
  std::string got;
  EXPECT_TRUE(absl::IsNotFound(fetch({"8", "f", 0, 0}, got)));
  EXPECT_TRUE(absl::IsAborted(fetch({"7", "f", 5, 6}, got)));
  EXPECT_TRUE(absl::IsInvalidArgument(fetch({"7", "f", UINT64_MAX, 0}, got)));
  fails_at_ = 500'000;
  EXPECT_TRUE(absl::IsDataLoss(fetch({"7", "f", 0, 0}, got)));
  EXPECT_FALSE(got.empty()) << "the bytes before the error count";
  EXPECT_EQ(server_->transfers().broken, 3);
  SnapshotClient client(address());
  absl::Status const own = client.fetch(
      {"7", "f", 0, 0}, [](const FilePiece&) { return absl::ResourceExhaustedError("full"); },
      kWait, [] { return false; });
  EXPECT_EQ(own, absl::ResourceExhaustedError("full"));
}

TEST_F(SnapshotServiceTest, AReplicaWithoutSnapshotsRefuses) {
  serve(1e12, false);
  std::string got;
  absl::Status const s = fetch({"7", "f", 0, 0}, got);
  EXPECT_TRUE(absl::IsPermissionDenied(s));
  EXPECT_THAT(std::string(s.message()), HasSubstr("snapshots.peers"));
  std::vector<std::unique_ptr<SnapshotClient>> clients;
  clients.push_back(std::make_unique<SnapshotClient>(address()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(list_snapshots(clients, kWait, [] { return false; })[0].status()));
}

TEST_F(SnapshotServiceTest, TransfersAboveTheLimitAreRefused) {
  serve(1000);
  std::vector<std::thread> readers;
  std::vector<absl::Status> ended(kTransfersMax);
  for (size_t i = 0; i < kTransfersMax; ++i) {
    readers.emplace_back([&, i] {
      std::string got;
      ended[i] = fetch({"7", "f", 0, 0}, got);
    });
  }
  EXPECT_TRUE(
      eventually([&] { return server_->transfers().open == static_cast<int>(kTransfersMax); }));
  std::string got;
  EXPECT_TRUE(absl::IsResourceExhausted(fetch({"7", "f", 0, 0}, got)));
  EXPECT_EQ(server_->transfers().refused, 1);
  stop_ = true;  // the readers end, so their places are free
  for (std::thread& t : readers) t.join();
  for (const absl::Status& s : ended) EXPECT_TRUE(absl::IsCancelled(s)) << s;
  EXPECT_TRUE(eventually([&] { return server_->transfers().open == 0; }));
}

TEST_F(SnapshotServiceTest, AStoppingServerEndsTransfersAtOnce) {
  serve(1000);
  absl::Status ended;
  std::thread reader([&] {
    std::string got;
    ended = fetch({"7", "f", 0, 0}, got);
  });
  EXPECT_TRUE(eventually([&] { return server_->transfers().bytes > 0; }));
  server_->stop(absl::Now() + kWait);
  reader.join();
  EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
}

TEST_F(SnapshotServiceTest, AStalledSenderIsGivenUp) {
  serve(1e12);
  sleeps_at_ = 300'000;
  std::string got;
  absl::Status const s = fetch({"7", "f", 0, 0}, got, absl::Milliseconds(200));
  EXPECT_TRUE(absl::IsUnavailable(s)) << s;
  EXPECT_THAT(std::string(s.message()), HasSubstr("nothing came"));
  EXPECT_GE(got.size(), 262'144u);
}

TEST_F(SnapshotServiceTest, AllReplicasAreAskedInParallelWithATimeout) {
  serve(1e12);
  testing::SilentPort const silent;
  std::vector<std::unique_ptr<SnapshotClient>> clients;
  for (const std::string& to : {silent.address(), address(), testing::closed_port()}) {
    clients.push_back(std::make_unique<SnapshotClient>(to));
  }
  auto const answers = list_snapshots(clients, absl::Seconds(2), [] { return false; });
  EXPECT_FALSE(answers[0].ok());
  ASSERT_TRUE(answers[1].ok()) << answers[1].status();
  ASSERT_EQ(answers[1]->size(), 2u);
  EXPECT_EQ((*answers[1])[0].name, "7");
  EXPECT_EQ((*answers[1])[0].manifest, "manifest");
  EXPECT_TRUE(absl::IsUnavailable(answers[2].status())) << answers[2].status();
  // The request's timeout is longer than the lifetime of the process.
  auto const stopped = list_snapshots(clients, absl::Hours(1), [] { return true; });
  EXPECT_FALSE(stopped[0].ok());
}

}  // namespace
}  // namespace bellwether::rpc
