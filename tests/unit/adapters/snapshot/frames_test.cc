#include "adapters/snapshot/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::snapshot {
namespace {

using ::testing::HasSubstr;

class FramesTest : public ::testing::Test {
 protected:
  FramesTest() {
    auto const file = testing::must(disk_.create("/f"));
    FrameWriter writer(*file, FileKind::kPartition);
    EXPECT_TRUE(writer.frame(1, "123456789", Pack::kNo).ok());
    EXPECT_TRUE(writer.frame(2, std::string(100'000, 'x'), Pack::kYes).ok());
    EXPECT_TRUE(writer.frame(3, "", Pack::kYes).ok());
    EXPECT_TRUE(writer.finish().ok());
    EXPECT_EQ(writer.bytes(), disk_.bytes("/f")->size());
  }
  // All frames, or the first error.
  absl::StatusOr<std::vector<std::pair<int, std::string>>> read(
      FileKind kind = FileKind::kPartition) {
    auto const file = testing::must(disk_.open("/f"));
    FrameReader reader(*file, kind);
    std::vector<std::pair<int, std::string>> out;
    while (true) {
      auto const frame = reader.next();
      if (!frame.ok()) return frame.status();
      if (!*frame) return out;
      out.emplace_back((*frame)->tag, std::string((*frame)->payload));
    }
  }
  std::string& bytes() { return *disk_.bytes("/f"); }
  testing::MemoryDisk disk_;
};

TEST_F(FramesTest, FramesAreReadBackAndPackedIfSmaller) {
  auto const frames = read();
  ASSERT_TRUE(frames.ok()) << frames.status();
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[0], std::pair(1, std::string("123456789")));
  EXPECT_EQ((*frames)[1].second.size(), 100'000u);
  EXPECT_EQ((*frames)[2].second, "");
  EXPECT_LT(bytes().size(), 1'000u);
}

// RFC 3720, appendix B.4: CRC-32C of "123456789" is E3069283. The frame's header comes before the
// payload, so the expected value is computed bit by bit.
TEST_F(FramesTest, TheChecksumIsCrc32c) {
  auto const plain = [](std::string_view text) {
    uint32_t crc = ~0u;
    for (char c : text) {
      crc ^= static_cast<uint8_t>(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
  };
  ASSERT_EQ(plain("123456789"), 0xe3069283u);
  uint32_t stored = 0;
  std::memcpy(&stored, bytes().data() + 16 + 12, sizeof stored);
  EXPECT_EQ(stored, plain(bytes().substr(0, 28) + "123456789"));
}

TEST_F(FramesTest, EveryFlippedBitIsNoticed) {
  std::string const whole = bytes();
  for (size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes() = whole;
      bytes()[i] = static_cast<char>(bytes()[i] ^ 1 << bit);
      EXPECT_FALSE(read().ok()) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST_F(FramesTest, EveryTruncationIsNoticed) {
  std::string const whole = bytes();
  for (size_t n = 0; n < whole.size(); ++n) {
    bytes() = whole.substr(0, n);
    EXPECT_TRUE(absl::IsDataLoss(read().status())) << n;
  }
  bytes() = whole + "x";
  EXPECT_THAT(std::string(read().status().message()), HasSubstr("follow the end"));
}

TEST_F(FramesTest, ALostFrameIsNoticed) {
  size_t const first = 16 + 9;
  bytes().erase(16, first);
  EXPECT_THAT(std::string(read().status().message()), HasSubstr("frames are missing"));
}

TEST_F(FramesTest, ANewerFormatAndAnotherKindAreRefusedByName) {
  EXPECT_TRUE(absl::IsFailedPrecondition(read(FileKind::kManifest).status()));
  bytes()[8] = kFormat + 1;
  EXPECT_TRUE(absl::IsUnimplemented(read().status()));
  EXPECT_THAT(std::string(read().status().message()), HasSubstr("update it"));
  bytes() = "PK\3\4 something else";
  EXPECT_THAT(std::string(read().status().message()), HasSubstr("not a snapshot"));
}

TEST_F(FramesTest, AFrameHasALimitedSize) {
  auto const file = testing::must(disk_.create("/g"));
  FrameWriter writer(*file, FileKind::kPartition);
  EXPECT_TRUE(writer.frame(1, std::string(kFrameBytesMax, 'x'), Pack::kNo).ok());
  EXPECT_FALSE(writer.frame(1, std::string(kFrameBytesMax + 1, 'x'), Pack::kNo).ok());
}

}  // namespace
}  // namespace bellwether::snapshot
