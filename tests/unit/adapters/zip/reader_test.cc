// Reads plain files and archives, and tells every damage of an archive.
#include "adapters/zip/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <minizip/zip.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "support/must.h"
#include "support/random.h"
#include "support/scratch_folder.h"

namespace bellwether::zip {
namespace {

using ::testing::HasSubstr;
using testing::must;
using testing::ScratchFolder;

struct Packed {
  std::string name;
  std::string content;
  bool zip64 = false;
};

std::string pack(const std::string& path, const std::vector<Packed>& files) {
  zipFile const archive = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const Packed& file : files) {
    zip_fileinfo const info{};
    EXPECT_EQ(zipOpenNewFileInZip64(archive, file.name.c_str(), &info, nullptr, 0, nullptr, 0,
                                    nullptr, Z_DEFLATED, Z_BEST_SPEED, file.zip64 ? 1 : 0),
              ZIP_OK);
    EXPECT_EQ(zipWriteInFileInZip(archive, file.content.data(),
                                  static_cast<unsigned>(file.content.size())),
              ZIP_OK);
    EXPECT_EQ(zipCloseFileInZip(archive), ZIP_OK);
  }
  EXPECT_EQ(zipClose(archive, nullptr), ZIP_OK);
  return path;
}

absl::StatusOr<std::string> content_of(const std::string& path) {
  auto reader = Reader::open(path, ".csv");
  if (!reader.ok()) return reader.status();
  std::string out;
  std::string piece(1000, '\0');
  while (true) {
    auto const bytes = (*reader)->read(piece);
    if (!bytes.ok()) return bytes.status();
    if (*bytes == 0) return out;
    out.append(piece, 0, *bytes);
  }
}

std::string text(size_t lines) {
  testing::Random random(7);
  std::string out;
  for (size_t i = 0; i < lines; ++i) out += std::to_string(random.next()) + ",row\n";
  return out;
}

TEST(ZipReaderTest, APlainFileIsReadAsItIs) {
  ScratchFolder const folder;
  std::string const path = folder.write("a.csv", text(500));
  EXPECT_EQ(must(content_of(path)), text(500));
  auto const reader = must(Reader::open(path, ".csv"));
  EXPECT_FALSE(reader->is_archive());
  EXPECT_EQ(reader->size(), text(500).size());
}

TEST(ZipReaderTest, TheTableOfAnArchiveIsRead) {
  ScratchFolder const folder;
  for (bool const zip64 : {false, true}) {
    std::string const path =
        pack(folder.file("a.zip"), {{"readme.txt", "no table"}, {"B.CSV", text(5000), zip64}});
    EXPECT_EQ(must(content_of(path)), text(5000));
    auto const reader = must(Reader::open(path, ".csv"));
    EXPECT_TRUE(reader->is_archive());
    EXPECT_EQ(reader->size(), text(5000).size());
    EXPECT_NE(reader->checksum(), 0u);
  }
}

TEST(ZipReaderTest, AnArchiveHasOneTable) {
  ScratchFolder const folder;
  auto const two =
      content_of(pack(folder.file("two.zip"), {{"a.csv", text(1)}, {"b.csv", text(1)}}));
  EXPECT_TRUE(absl::IsInvalidArgument(two.status()));
  EXPECT_THAT(two.status().ToString(), HasSubstr("has 2 files *.csv; it must have one"));
  auto const none = content_of(pack(folder.file("none.zip"), {{"a.txt", text(1)}}));
  EXPECT_THAT(none.status().ToString(), HasSubstr("has 0 files *.csv"));
}

// An archive that is cut off anywhere, or has a wrong byte anywhere in its content, is told; it
// never gives other content.
TEST(ZipReaderTest, DamageIsTold) {
  ScratchFolder const folder;
  std::string const whole = testing::bytes_of(pack(folder.file("a.zip"), {{"a.csv", text(2000)}}));
  testing::Random random(3);
  int told = 0;
  for (int i = 0; i < 200; ++i) {
    std::string damaged = whole;
    if (i % 2 == 0) {
      damaged.resize(2 + random.below(whole.size() - 2));
    } else {
      // Behind the head of the entry, before the list of files.
      damaged[60 + random.below(whole.size() - 250)] ^= static_cast<char>(1 + random.below(255));
    }
    auto const content = content_of(folder.write("b.zip", damaged));
    if (content.ok()) {
      EXPECT_EQ(*content, text(2000));
      continue;
    }
    ++told;
    EXPECT_TRUE(absl::IsDataLoss(content.status())) << content.status();
    EXPECT_THAT(content.status().ToString(), HasSubstr("b.zip"));
    EXPECT_THAT(content.status().ToString(), HasSubstr("download it again"));
  }
  EXPECT_GE(told, 195);
}

TEST(ZipReaderTest, AWrongChecksumIsTold) {
  ScratchFolder const folder;
  std::string bytes = testing::bytes_of(pack(folder.file("a.zip"), {{"a.csv", text(20)}}));
  size_t const entry = bytes.find("PK\x01\x02");
  ASSERT_NE(entry, std::string::npos);
  // It stands before the content and in the list of files.
  bytes[14] ^= 1;
  bytes[entry + 16] ^= 1;
  auto const content = content_of(folder.write("b.zip", bytes));
  EXPECT_TRUE(absl::IsDataLoss(content.status()));
  EXPECT_THAT(content.status().ToString(), HasSubstr("checksum"));
}

TEST(ZipReaderTest, AMissingFileAndAFolderAreTold) {
  ScratchFolder const folder;
  EXPECT_TRUE(absl::IsNotFound(content_of(folder.file("no.zip")).status()));
  std::filesystem::create_directory(folder.file("folder.csv"));
  EXPECT_TRUE(absl::IsInvalidArgument(content_of(folder.file("folder.csv")).status()));
}

}  // namespace
}  // namespace bellwether::zip
