#include "adapters/snapshot/shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/snapshot/crc32c.h"
#include "unit/adapters/snapshot/saved.h"

namespace bellwether::snapshot {
namespace {

using ::testing::HasSubstr;
using testing::must;

class ShelfTest : public ::testing::Test {
 protected:
  std::string bytes(const std::string& name, const std::string& file) {
    std::string* const found = disk_.bytes(base::cat("/theirs/", name, "/", file));
    EXPECT_NE(found, nullptr) << name << " " << file;
    return found == nullptr ? "" : *found;
  }
  static std::string rest(FileSource& source, size_t piece_bytes) {
    std::string out;
    uint64_t at = UINT64_MAX;
    while (true) {
      auto const piece = must(source.next(piece_bytes));
      if (at != UINT64_MAX) {
        EXPECT_EQ(piece.offset, at);
      }
      at = piece.offset + piece.data.size();
      if (piece.data.empty()) return out;
      out += piece.data;
      EXPECT_LE(piece.data.size(), piece_bytes);
    }
  }

  testing::MemoryDisk disk_;
  Saved saved_{disk_};
  Shelf shelf_{disk_, "/theirs"};
};

TEST_F(ShelfTest, ListsTheNewestFirstWithTheirManifests) {
  EXPECT_TRUE(shelf_.list().empty());
  std::string const first = saved_.save();
  std::string const second = saved_.save();
  ASSERT_TRUE(disk_.make_folder("/theirs/.incoming").ok());
  auto const list = shelf_.list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].name, second);
  EXPECT_EQ(list[1].name, first);
  EXPECT_EQ(list[0].manifest, bytes(second, "manifest"));
  EXPECT_EQ(must(parse_manifest(list[0].manifest)).taken_at, base::UnixMillis(2));
  auto const files = must(snapshot::files(must(parse_manifest(list[0].manifest))));
  ASSERT_EQ(files.size(), 1 + testing::kPartitions + 2);
  EXPECT_EQ(files.front().name, "evaluation");
  EXPECT_EQ(files[1 + testing::kPartitions].name, "book");
  EXPECT_EQ(files.back().name, "past");
}

TEST_F(ShelfTest, ReadsAFileFromAnyByteOn) {
  std::string const name = saved_.save();
  std::string const whole = bytes(name, "partition-1");
  for (size_t offset = 0; offset <= whole.size(); offset += offset < 10 ? 1 : 97) {
    uint32_t const before = crc32c(0, std::string_view(whole).substr(0, offset));
    auto const source = must(shelf_.open(name, "partition-1", offset, before, kNoon));
    EXPECT_EQ(rest(*source, 1 + offset % 700), whole.substr(offset));
    EXPECT_EQ(must(source->next(10)).crc32c, crc32c(0, whole));
  }
}

TEST_F(ShelfTest, AReaderWithOtherBytesMustStartAgain) {
  std::string const name = saved_.save();
  std::string const whole = bytes(name, "evaluation");
  uint32_t const good = crc32c(0, std::string_view(whole).substr(0, 100));
  EXPECT_TRUE(shelf_.open(name, "evaluation", 100, good, kNoon).ok());
  EXPECT_TRUE(absl::IsAborted(shelf_.open(name, "evaluation", 100, good ^ 1, kNoon).status()));
  EXPECT_TRUE(absl::IsAborted(shelf_.open(name, "evaluation", 99, good, kNoon).status()));
  EXPECT_TRUE(
      absl::IsAborted(shelf_.open(name, "evaluation", whole.size() + 1, good, kNoon).status()));
}

TEST_F(ShelfTest, OnlyCompleteSnapshotsAndTheirFilesAreGiven) {
  std::string const name = saved_.save();
  ASSERT_TRUE(disk_.make_folder("/theirs/.incoming").ok());
  for (const char* other : {"", "1", "..", ".incoming", ".writing-1", "../theirs/1"}) {
    EXPECT_TRUE(absl::IsNotFound(shelf_.open(other, "evaluation", 0, 0, kNoon).status())) << other;
  }
  for (const char* file : {"", "manifest", "partition-2", "../1/evaluation"}) {
    EXPECT_TRUE(absl::IsNotFound(shelf_.open(name, file, 0, 0, kNoon).status())) << file;
  }
  disk_.bytes(base::cat("/theirs/", saved_.save(), "/partition-0"))->pop_back();
  EXPECT_TRUE(absl::IsDataLoss(
      shelf_.open(must(saved_.store().names()).back(), "evaluation", 0, 0, kNoon).status()));
}

TEST_F(ShelfTest, ASnapshotBeingReadOutlivesItsFolder) {
  std::string const name = saved_.save();
  std::string const first = bytes(name, "partition-0");
  std::string const second = bytes(name, "partition-1");
  auto source = must(shelf_.open(name, "partition-0", 0, 0, kNoon));
  for (int i = 0; i < 3; ++i) saved_.save();
  EXPECT_EQ(disk_.bytes(base::cat("/theirs/", name, "/partition-0")), nullptr);
  EXPECT_EQ(shelf_.list().size(), 3u) << "two in the folder and the one being read";
  EXPECT_EQ(shelf_.list().back().name, name);
  EXPECT_EQ(rest(*source, 500), first);
  // Time passes while the snapshot is being read, and then while nobody reads it.
  shelf_.tidy(kNoon + 10 * kHeldFor);
  source = nullptr;
  shelf_.tidy(kNoon + 11 * kHeldFor);
  EXPECT_EQ(rest(*must(shelf_.open(name, "partition-1", 0, 0, kNoon + 11 * kHeldFor)), 500),
            second);
  shelf_.tidy(kNoon + 12 * kHeldFor);
  EXPECT_EQ(shelf_.held(), 1u);
  shelf_.tidy(kNoon + 12 * kHeldFor + absl::Seconds(1));
  EXPECT_EQ(shelf_.held(), 0u);
  auto const gone = shelf_.open(name, "partition-1", 0, 0, kNoon + 13 * kHeldFor);
  EXPECT_TRUE(absl::IsNotFound(gone.status())) << gone.status();
}

TEST_F(ShelfTest, HeldSnapshotsStayWithinTheLimit) {
  std::vector<std::unique_ptr<FileSource>> readers;
  for (size_t i = 0; i < kHeldMax; ++i) {
    readers.push_back(must(shelf_.open(saved_.save(), "evaluation", 0, 0, kNoon)));
  }
  std::string const more = saved_.save();
  EXPECT_TRUE(absl::IsResourceExhausted(shelf_.open(more, "evaluation", 0, 0, kNoon).status()));
  readers.front() = nullptr;
  EXPECT_TRUE(shelf_.open(more, "evaluation", 0, 0, kNoon).ok());
  EXPECT_EQ(shelf_.held(), kHeldMax);
}

}  // namespace
}  // namespace bellwether::snapshot
