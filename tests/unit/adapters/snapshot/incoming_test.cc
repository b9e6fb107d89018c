#include "adapters/snapshot/incoming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/snapshot/codec.h"
#include "adapters/snapshot/crc32c.h"
#include "unit/adapters/snapshot/saved.h"

namespace bellwether::snapshot {
namespace {

using ::testing::HasSubstr;
using testing::MemoryDisk;
using testing::must;
using testing::newest;
using testing::Random;

class IncomingTest : public ::testing::Test {
 protected:
  IncomingTest() {
    saved_.save();
    offer_ = shelf_.list().front();
    for (const FileEntry& file : must(files(must(parse_manifest(offer_.manifest)))))
      size_ += file.bytes;
  }
  // The adopted snapshot equals the one that was sent, and the incoming folder is empty.
  void expect_whole(MemoryDisk& disk) {
    Store store(disk, "/ours");
    ASSERT_TRUE(store.open().ok());
    std::string const name = must(store.adopt(store.incoming()));
    EXPECT_EQ(must(store.manifest(name)), offer_.manifest);
    std::vector<std::string> refusals;
    auto const restored = newest(store, &refusals);
    ASSERT_TRUE(restored) << refusals[0];
    EXPECT_EQ(restored->manifest.taken_at, base::UnixMillis(1));
    for (const FileEntry& file : must(files(restored->manifest))) {
      EXPECT_EQ(*disk.bytes(base::cat("/ours/", name, "/", file.name)),
                *theirs_.bytes(base::cat("/theirs/", offer_.name, "/", file.name)));
    }
    EXPECT_EQ(disk.bytes("/ours/.incoming/manifest"), nullptr);
  }

  MemoryDisk theirs_;
  Saved saved_{theirs_};
  Shelf shelf_{theirs_, "/theirs"};
  OfferedSnapshot offer_;
  uint64_t size_ = 0;
};

TEST_F(IncomingTest, ATransferResumesAtAnyByte) {
  ASSERT_GT(size_, 3000u);
  for (uint64_t cut = 0; cut < size_; cut += cut < 20 ? 1 : 211) {
    SCOPED_TRACE(cut);
    MemoryDisk disk;
    ASSERT_TRUE(disk.make_folder("/ours").ok());
    uint64_t first = 0;
    {
      Incoming incoming(disk, "/ours/.incoming");
      EXPECT_TRUE(absl::IsCancelled(send(shelf_, offer_, incoming, cut, first)));
    }
    EXPECT_EQ(first, cut);
    Incoming again(disk, "/ours/.incoming");
    EXPECT_EQ(again.unfinished(), cut > 0 ? offer_.manifest : "");
    uint64_t second = 0;
    ASSERT_TRUE(send(shelf_, offer_, again, UINT64_MAX, second).ok());
    EXPECT_EQ(second, size_ - cut) << "no byte is sent twice";
    expect_whole(disk);
  }
}

TEST_F(IncomingTest, AWrongPieceIsNotKept) {
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_folder("/ours").ok());
  Incoming incoming(disk, "/ours/.incoming");
  ASSERT_TRUE(incoming.begin(offer_.manifest).ok());
  EXPECT_EQ(must(incoming.open(1)).offset, 0u);
  std::string const name = incoming.files()[1].name;
  std::string const whole = *theirs_.bytes(base::cat("/theirs/", offer_.name, "/", name));
  std::string const piece = whole.substr(0, 500);
  std::string flipped = piece;
  flipped[250] = static_cast<char>(flipped[250] ^ 4);
  uint32_t const crc = crc32c(0, piece);
  auto const refused = [&](const absl::Status& s, const char* why) {
    EXPECT_TRUE(absl::IsDataLoss(s)) << s;
    EXPECT_THAT(std::string(s.message()), HasSubstr(why));
    EXPECT_EQ(disk.bytes(base::cat("/ours/.incoming/", name))->size(), 0u);
  };
  refused(incoming.put(0, flipped, crc), "checksum");
  refused(incoming.put(0, piece, crc ^ 1), "checksum");
  refused(incoming.put(1, piece, crc), "where 0 was next");
  refused(incoming.put(0, whole + "x", crc32c(0, whole + "x")), "more than");
  EXPECT_TRUE(incoming.put(0, piece, crc).ok());
  EXPECT_TRUE(absl::IsDataLoss(incoming.put(0, piece, crc))) << "the same piece twice";
  absl::Status const cut = incoming.close();
  EXPECT_TRUE(absl::IsDataLoss(cut));
  EXPECT_THAT(std::string(cut.message()), HasSubstr("ends at byte 500"));
}

TEST_F(IncomingTest, AnotherSnapshotStartsAgain) {
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_folder("/ours").ok());
  Incoming incoming(disk, "/ours/.incoming");
  uint64_t sent = 0;
  EXPECT_TRUE(absl::IsCancelled(send(shelf_, offer_, incoming, size_ - 1, sent)));
  saved_.save();
  OfferedSnapshot const other = shelf_.list().front();
  ASSERT_TRUE(incoming.begin(other.manifest).ok());
  EXPECT_EQ(incoming.unfinished(), "");
  for (size_t i = 0; i < incoming.files().size(); ++i)
    EXPECT_EQ(must(incoming.open(i)).offset, 0u) << i;
}

// Stored bytes have changed on the disk: the sender notices.
TEST_F(IncomingTest, ChangedBytesAreFetchedAgain) {
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_folder("/ours").ok());
  uint64_t sent = 0;
  {
    Incoming incoming(disk, "/ours/.incoming");
    EXPECT_TRUE(absl::IsCancelled(send(shelf_, offer_, incoming, size_ - 1, sent)));
  }
  (*disk.bytes("/ours/.incoming/partition-0"))[77] ^= 1;
  *disk.bytes("/ours/.incoming/evaluation") += "something behind the end";
  Incoming again(disk, "/ours/.incoming");
  ASSERT_TRUE(send(shelf_, offer_, again, UINT64_MAX, sent).ok());
  expect_whole(disk);
}

TEST_F(IncomingTest, ImpossibleManifestsAreRefused) {
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_folder("/ours").ok());
  Incoming incoming(disk, "/ours/.incoming");
  EXPECT_TRUE(absl::IsDataLoss(incoming.begin("")));
  EXPECT_TRUE(absl::IsDataLoss(incoming.begin(std::string_view(offer_.manifest).substr(0, 60))));
  auto const changed = [&](auto change) {
    Manifest manifest = must(parse_manifest(offer_.manifest));
    change(manifest);
    {
      auto const file = must(disk.create("/made"));
      FrameWriter frames(*file, FileKind::kManifest);
      EXPECT_TRUE(write(manifest, frames).ok());
    }
    return *disk.bytes("/made");
  };
  EXPECT_TRUE(incoming.begin(changed([](Manifest&) {})).ok());
  EXPECT_TRUE(
      absl::IsDataLoss(incoming.begin(changed([](Manifest& m) { m.file_bytes.pop_back(); }))));
  EXPECT_TRUE(
      absl::IsDataLoss(incoming.begin(changed([](Manifest& m) { m.identity.partitions = -1; }))));
  EXPECT_TRUE(absl::IsDataLoss(
      incoming.begin(changed([](Manifest& m) { m.file_bytes[1] = kIncomingFileBytesMax + 1; }))));
}

// The disk fills up, fails or writes half at any moment: the next attempt completes the transfer.
TEST_F(IncomingTest, ADiskFailureAtAnyMomentIsReportedAndResumed) {
  for (auto fault :
       {MemoryDisk::Fault::kFull, MemoryDisk::Fault::kShortWrite, MemoryDisk::Fault::kError}) {
    bool failed = true;
    int64_t moments = 0;
    for (; failed; ++moments) {
      SCOPED_TRACE(moments);
      MemoryDisk disk;
      ASSERT_TRUE(disk.make_folder("/ours").ok());
      disk.fail_from(disk.operations() + moments, fault);
      uint64_t sent = 0;
      {
        Incoming incoming(disk, "/ours/.incoming");
        absl::Status const s = send(shelf_, offer_, incoming, UINT64_MAX, sent, 4000);
        failed = !s.ok();
        if (failed) {
          EXPECT_TRUE(absl::IsResourceExhausted(s) || absl::IsUnavailable(s)) << s;
        }
      }
      disk.heal();
      Incoming again(disk, "/ours/.incoming");
      ASSERT_TRUE(send(shelf_, offer_, again, UINT64_MAX, sent, 4000).ok());
      expect_whole(disk);
    }
    EXPECT_GT(moments, 10);
  }
}

TEST_F(IncomingTest, ALossOfPowerAtAnyMomentLosesOnlyUnsyncedBytes) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    MemoryDisk disk;
    ASSERT_TRUE(disk.make_folder("/ours").ok());
    ASSERT_TRUE(disk.sync_folder("/").ok());
    uint64_t sent = 0;
    {
      Incoming incoming(disk, "/ours/.incoming");
      EXPECT_TRUE(absl::IsCancelled(send(shelf_, offer_, incoming, random.below(size_), sent)));
    }
    disk.lose_power(random);
    Incoming again(disk, "/ours/.incoming");
    ASSERT_TRUE(send(shelf_, offer_, again, UINT64_MAX, sent).ok());
    {
      Store store(disk, "/ours");
      ASSERT_TRUE(store.open().ok());
      ASSERT_TRUE(store.adopt(store.incoming()).ok());
    }
    disk.lose_power(random);
    Store store(disk, "/ours");
    ASSERT_TRUE(store.open().ok());
    EXPECT_TRUE(newest(store)) << "the adopted snapshot survives";
  }
}

TEST_F(IncomingTest, ReadersIgnoreItAndTheStartKeepsIt) {
  MemoryDisk disk;
  Store store(disk, "/ours");
  ASSERT_TRUE(store.open().ok());
  Incoming incoming(disk, store.incoming());
  uint64_t sent = 0;
  ASSERT_TRUE(send(shelf_, offer_, incoming, UINT64_MAX, sent).ok());
  EXPECT_TRUE(must(store.names()).empty());
  Store again(disk, "/ours");
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(incoming.unfinished(), offer_.manifest);
  ASSERT_TRUE(again.forget_incoming().ok());
  EXPECT_EQ(incoming.unfinished(), "");
  EXPECT_TRUE(again.forget_incoming().ok()) << "OK if there is nothing to remove";
}

}  // namespace
}  // namespace bellwether::snapshot
