// A replica without a snapshot, and others that have some: real servers, and a disk for the
// replica.
#include "runtime/replica/peer_transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/time/clock.h"
#include "adapters/rpc/server.h"
#include "adapters/rpc/transfers.h"
#include "core/base/check.h"
#include "support/silent_port.h"
#include "unit/adapters/snapshot/saved.h"

namespace bellwether::runtime {
namespace {

namespace fs = std::filesystem;

using snapshot::Saved;
using testing::Fold;
using ::testing::HasSubstr;
using testing::must;
using testing::newest;

constexpr double kFast = 1e12;
constexpr TransferTimeouts kShort = {.answer = absl::Seconds(2),
                                     .piece = absl::Seconds(20),
                                     .wait = absl::Milliseconds(500),
                                     .again = absl::Milliseconds(500),
                                     .busy = absl::Milliseconds(500),
                                     .between = absl::Milliseconds(20)};

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "bellwether-peer.XXXXXX").string();
    BELLWETHER_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// Moves the folder /theirs of Saved into a real folder.
class InFolder final : public snapshot::Disk {
 public:
  explicit InFolder(std::string root) : root_(std::move(root)) {}
  absl::StatusOr<std::unique_ptr<snapshot::OutputFile>> create(const std::string& p) override {
    return disk_->create(root_ + p);
  }
  absl::StatusOr<std::unique_ptr<snapshot::OutputFile>> extend(const std::string& p) override {
    return disk_->extend(root_ + p);
  }
  absl::StatusOr<std::unique_ptr<snapshot::InputFile>> open(const std::string& p) override {
    return disk_->open(root_ + p);
  }
  absl::Status make_folder(const std::string& p) override { return disk_->make_folder(root_ + p); }
  absl::Status rename(const std::string& a, const std::string& b) override {
    return disk_->rename(root_ + a, root_ + b);
  }
  absl::Status sync_folder(const std::string& p) override { return disk_->sync_folder(root_ + p); }
  absl::Status remove(const std::string& p) override { return disk_->remove(root_ + p); }
  absl::StatusOr<std::vector<std::string>> list(const std::string& p) override {
    return disk_->list(root_ + p);
  }

 private:
  std::unique_ptr<snapshot::Disk> const disk_ = snapshot::posix_disk();
  std::string const root_;
};

class Peer {
 public:
  explicit Peer(double bytes_per_second = kFast) : rate_(bytes_per_second) { start("127.0.0.1:0"); }
  ~Peer() { stop(); }

  void start(const std::string& address) {
    shelf_.emplace(disk_, "/theirs");
    rpc::Backend backend;
    backend.snapshots = give_snapshots(*shelf_);
    if (corrupts) {
      backend.snapshots.open =
          [open = backend.snapshots.open](
              const rpc::FileRequest& request) -> absl::StatusOr<rpc::NextPiece> {
        auto next = open(request);
        if (!next.ok()) return next.status();
        return [next = *std::move(next)](size_t bytes_max) -> absl::StatusOr<base::FilePiece> {
          auto piece = next(std::min<size_t>(bytes_max, 1000));
          if (piece.ok() && piece->offset >= 1000) piece->crc32c ^= 1;
          return piece;
        };
      };
    }
    server_ = must(rpc::Server::start({.address = address, .transfer_bytes_per_second = rate_},
                                      std::move(backend), [](const rpc::Method&, int, double) {}));
    address_ = "127.0.0.1:" + std::to_string(server_->port());
  }
  void stop() {
    if (server_ == nullptr) return;
    sent_ += server_->transfers().bytes;
    server_->stop(absl::Now() + absl::Seconds(10));
    server_ = nullptr;
  }
  std::string save() { return saved_.save(); }
  int64_t sent() const { return sent_ + (server_ == nullptr ? 0 : server_->transfers().bytes); }
  rpc::TransferCounts counts() const { return server_->transfers(); }
  const std::string& address() const { return address_; }
  InFolder& disk() { return disk_; }
  std::string path(const std::string& name) const { return folder_.path() + "/theirs/" + name; }
  size_t size(const std::string& name) const {
    size_t sum = 0;
    for (const auto& entry : fs::directory_iterator(path(name))) {
      if (entry.path().filename() != "manifest") sum += entry.file_size();
    }
    return sum;
  }

  bool corrupts = false;  // takes effect at the next start

 private:
  Folder folder_;
  InFolder disk_{folder_.path()};
  Saved saved_{disk_, 2000, 15'000};
  double const rate_;
  std::optional<snapshot::Shelf> shelf_;
  std::unique_ptr<rpc::Server> server_;
  std::string address_;
  int64_t sent_ = 0;
};

class PeerTransferTest : public ::testing::Test {
 protected:
  PeerTransferTest() { EXPECT_TRUE(store_.open().ok()); }

  // Runs a transfer as a starting process does. `while_doing` is called regularly.
  absl::StatusOr<PeerTransfer::Taken> take(std::vector<std::string> peers, bool needed = false,
                                           const snapshot::Identity& identity = Fold::identity()) {
    PeerTransfer transfer(
        std::move(peers), disk_,
        {[this] { return stopping && stopping(); },
         [this](const std::string& what) {
           if (while_doing) while_doing(what);
         },
         [this](base::LogLevel, std::string_view, std::string_view text) {
           log += base::cat(text, "\n");
           if (heals_when_told && text.find("broke off") != std::string_view::npos) disk_.heal();
         }},
        kShort);
    for (const auto& [manifest, peer] : excluded) transfer.exclude(manifest, peer);
    auto taken = transfer.take(store_, identity, needed);
    counts = transfer.counts();
    return taken;
  }
  // The taken snapshot equals `peer`'s snapshot `name` and can be restored.
  void expect_taken(const Peer& peer, const std::string& name) {
    auto const names = must(store_.names());
    ASSERT_FALSE(names.empty());
    for (const auto& entry : fs::directory_iterator(peer.path(name))) {
      std::string const file = entry.path().filename().string();
      std::string* const bytes = disk_.bytes(base::cat("/ours/", names.back(), "/", file));
      ASSERT_NE(bytes, nullptr) << file;
      EXPECT_EQ(bytes->size(), entry.file_size()) << file;
    }
    std::vector<std::string> refusals;
    EXPECT_TRUE(newest(store_, &refusals)) << refusals[0];
    EXPECT_EQ(disk_.bytes("/ours/.incoming/manifest"), nullptr);
  }

  testing::MemoryDisk disk_;
  snapshot::Store store_{disk_, "/ours"};
  std::function<bool()> stopping;
  std::function<void(const std::string&)> while_doing;
  std::vector<std::pair<std::string, std::string>> excluded;
  bool heals_when_told = false;
  PeerTransferCounts counts;
  std::string log;
};

TEST_F(PeerTransferTest, TheNewestOfAllIsTaken) {
  Peer one;
  Peer two;
  Peer none;
  one.save();
  two.save();
  std::string const last = two.save();
  auto const taken =
      must(take({one.address(), none.address(), testing::closed_port(), two.address()}));
  EXPECT_EQ(taken.peer, two.address());
  expect_taken(two, last);
  EXPECT_EQ(counts.taken, 1);
  EXPECT_EQ(counts.failed, 0);
  EXPECT_EQ(counts.bytes, two.size(last));
  EXPECT_EQ(one.sent(), 0);
}

TEST_F(PeerTransferTest, ASnapshotOfAnotherIdentityIsNotTaken) {
  Peer peer;
  peer.save();
  snapshot::Identity other = Fold::identity();
  other.cluster = "another";
  auto const taken = take({peer.address()}, false, other);
  EXPECT_TRUE(absl::IsUnavailable(taken.status()));
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("made with the Kafka cluster"));
  EXPECT_EQ(peer.sent(), 0);
}

TEST_F(PeerTransferTest, ASnapshotOfAnotherFiguresVersionIsNotTaken) {
  Peer peer;
  peer.save();
  snapshot::Identity other = Fold::identity();
  ++other.figures;
  auto const taken = take({peer.address()}, false, other);
  EXPECT_TRUE(absl::IsUnavailable(taken.status()));
  EXPECT_THAT(std::string(taken.status().message()),
              HasSubstr("made with the version of the figures"));
  EXPECT_EQ(peer.sent(), 0);
}

TEST_F(PeerTransferTest, AStoppedTransferResumesAtTheNextStart) {
  Peer peer(200'000);
  std::string const name = peer.save();
  size_t const size = peer.size(name);
  ASSERT_GT(size, 40'000u);
  stopping = [&] { return peer.sent() > static_cast<int64_t>(size / 2); };
  EXPECT_TRUE(absl::IsCancelled(take({peer.address()}).status()));
  uint64_t const first = counts.bytes;
  EXPECT_GE(first, size / 4);
  EXPECT_LT(first, size);
  EXPECT_TRUE(must(store_.names()).empty());
  // The peer's folder has removed the snapshot in the meantime; the peer's shelf still holds it.
  for (int i = 0; i < 3; ++i) peer.save();
  ASSERT_FALSE(fs::exists(peer.path(name)));
  stopping = nullptr;
  ASSERT_TRUE(take({peer.address()}).ok()) << log;
  EXPECT_EQ(first + counts.bytes, size) << "no byte came twice";
  EXPECT_TRUE(newest(store_));
}

TEST_F(PeerTransferTest, AnotherPeerContinuesTheSameSnapshot) {
  Peer one(200'000);
  std::string const name = one.save();
  Peer two;
  fs::create_directories(two.path(""));
  fs::copy(one.path(name), two.path(name), fs::copy_options::recursive);
  stopping = [&] {
    if (one.sent() > 20'000) one.stop();
    return false;
  };
  ASSERT_TRUE(take({one.address(), two.address()}).ok()) << log;
  expect_taken(two, name);
  EXPECT_EQ(counts.failed, 1) << log;
  EXPECT_EQ(counts.bytes, two.size(name)) << "no byte came twice";
  EXPECT_GT(two.sent(), 0);
}

TEST_F(PeerTransferTest, WhenItsPeerIsLostAnotherSnapshotIsTaken) {
  Peer one(200'000);
  one.save();
  one.save();
  Peer two;
  std::string const name = two.save();
  stopping = [&] {
    if (one.sent() > 20'000) one.stop();
    return false;
  };
  auto const taken = must(take({one.address(), two.address()}));
  EXPECT_EQ(taken.peer, two.address());
  expect_taken(two, name);
}

TEST_F(PeerTransferTest, APeerThatRemovedTheSnapshotGivesItsNewest) {
  Peer peer(200'000);
  peer.save();
  std::string last;
  bool once = true;
  stopping = [&] {
    if (!once || peer.sent() < 20'000) return false;
    once = false;
    std::string const at = peer.address();
    peer.stop();  // and the snapshot that it held
    for (int i = 0; i < 3; ++i) last = peer.save();
    peer.start(at);
    return false;
  };
  ASSERT_TRUE(take({peer.address()}).ok()) << log;
  expect_taken(peer, last);
}

TEST_F(PeerTransferTest, APeerThatSendsDamageIsReplacedByAnother) {
  Peer bad;
  bad.save();
  bad.save();
  bad.stop();
  bad.corrupts = true;
  bad.start("127.0.0.1:0");
  Peer good;
  std::string const name = good.save();
  auto const taken = must(take({bad.address(), good.address()}));
  EXPECT_EQ(taken.peer, good.address());
  expect_taken(good, name);
  EXPECT_EQ(counts.failed, 2 * kDamagedMax) << "for each of its two snapshots\n" << log;
  EXPECT_THAT(log, HasSubstr("the checksum differs"));
}

TEST_F(PeerTransferTest, AFullDiskEndsTheTransferAndItsBytesAreRemoved) {
  Peer peer;
  peer.save();
  disk_.fail_from(disk_.operations() + 6, testing::MemoryDisk::Fault::kFull);
  heals_when_told = true;  // a full disk allows removing files
  auto const taken = take({peer.address()});
  EXPECT_TRUE(absl::IsResourceExhausted(taken.status())) << taken.status();
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("cannot be kept"));
  EXPECT_EQ(counts.failed, 1);
  EXPECT_TRUE(absl::IsNotFound(disk_.list("/ours/.incoming").status()));
}

TEST_F(PeerTransferTest, WithACompleteLogSilentPeersAreNotAwaited) {
  testing::SilentPort const silent;
  Peer none;
  auto const taken =
      take({silent.address(), testing::closed_port(), none.address(), "no.such.name.invalid:1"});
  EXPECT_TRUE(absl::IsUnavailable(taken.status()));
  std::string const why(taken.status().message());
  EXPECT_THAT(why, HasSubstr("has no snapshot"));
  EXPECT_THAT(why, HasSubstr("no.such.name.invalid:1"));
  EXPECT_EQ(counts.failed, 0);
  EXPECT_TRUE(absl::IsNotFound(disk_.list("/ours/.incoming").status()));
}

TEST_F(PeerTransferTest, WithATruncatedLogALaterPeerIsAwaited) {
  Peer peer;
  std::string const name = peer.save();
  std::string const at = peer.address();
  peer.stop();
  int asked = 0;
  while_doing = [&](const std::string& what) {
    if (what.starts_with("asking") && ++asked == 3) peer.start(at);
  };
  ASSERT_TRUE(take({at}, true).ok()) << log;
  EXPECT_EQ(asked, 3);
  expect_taken(peer, name);
}

TEST_F(PeerTransferTest, IfAllPeersAnsweredThereIsNoWait) {
  Peer one;
  Peer two;
  int asked = 0;
  while_doing = [&](const std::string& what) { asked += what.starts_with("asking") ? 1 : 0; };
  EXPECT_TRUE(absl::IsUnavailable(take({one.address(), two.address()}, true).status()));
  EXPECT_EQ(asked, 1);
}

TEST_F(PeerTransferTest, ABusyPeerIsAwaitedForALimitedTime) {
  Peer peer(5'000);
  std::string const name = peer.save();
  std::atomic<bool> leave{false};
  std::vector<std::thread> others;
  for (size_t i = 0; i < rpc::kTransfersMax; ++i) {
    others.emplace_back([&] {
      rpc::SnapshotClient client(peer.address());
      (void)client.fetch(
          {name, "partition-0", 0, 0}, [](const base::FilePiece&) { return absl::OkStatus(); },
          absl::Seconds(60), [&] { return leave.load(); });
    });
  }
  auto const busy = [&] { return peer.counts().open == static_cast<int>(rpc::kTransfersMax); };
  for (int i = 0; i < 2000 && !busy(); ++i) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_TRUE(busy());
  auto const taken = take({peer.address()});
  EXPECT_TRUE(absl::IsUnavailable(taken.status()));
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("the maximum number of replicas"));
  EXPECT_GE(peer.counts().refused, 2);
  leave = true;
  for (std::thread& t : others) t.join();
}

TEST_F(PeerTransferTest, AnExcludedSnapshotIsNotTakenAgain) {
  Peer one;
  std::string const older = one.save();
  std::string const name = one.save();
  snapshot::Store theirs(one.disk(), "/theirs");
  excluded = {{must(theirs.manifest(name)), ""}};
  ASSERT_TRUE(take({one.address()}).ok());
  expect_taken(one, older);
  excluded.push_back({must(theirs.manifest(older)), one.address()});
  EXPECT_THAT(std::string(take({one.address()}).status().message()),
              HasSubstr("was refused before"));
}

}  // namespace
}  // namespace bellwether::runtime
