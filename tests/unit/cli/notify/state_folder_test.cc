// The files of notify on a disk that fails.
#include "cli/client/notify/state_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/base/text.h"
#include "support/memory_disk.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::cli {
namespace {

using ::testing::HasSubstr;
using testing::MemoryDisk;
using testing::must;

TEST(StateFolderTest, ATokenIsReadBack) {
  MemoryDisk disk;
  StateFolder state = must(StateFolder::open(disk, "state"));
  EXPECT_EQ(must(state.load_token()), "");
  ASSERT_TRUE(state.save_token("1234.0").ok());
  EXPECT_EQ(must(StateFolder::open(disk, "state")->load_token()), "1234.0");
}

TEST(StateFolderTest, ALossOfPowerLeavesTheOldTokenOrTheNewOne) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(base::cat("seed ", seed));
    testing::Random random(seed);
    MemoryDisk disk;
    StateFolder state = must(StateFolder::open(disk, "state"));
    ASSERT_TRUE(state.save_token("1").ok());
    disk.fail_from(disk.operations() + random.between(0, 6), MemoryDisk::Fault::kShortWrite);
    bool const saved = state.save_token("2").ok();
    disk.heal();
    disk.lose_power(random);
    std::string const token = must(state.load_token());
    EXPECT_TRUE(token == "2" || (token == "1" && !saved)) << token;
  }
}

TEST(StateFolderTest, ADamagedTokenIsAnErrorThatNamesTheFile) {
  MemoryDisk disk;
  StateFolder state = must(StateFolder::open(disk, "state"));
  for (const std::string& text :
       {std::string(), std::string("12"), std::string("{}"), std::string(R"({"resume_token":12})"),
        std::string(R"({"resume_token":""})"),
        R"({"resume_token":")" + std::string(kTokenBytesMax + 1, '1') + R"("})"}) {
    ASSERT_TRUE(state.save(kTokenFile, text).ok());
    EXPECT_THAT(state.load_token().status().message(), HasSubstr("state/webhook.json: is not"))
        << text;
  }
}

TEST(StateFolderTest, AFileThatIsTooLargeIsNotRead) {
  MemoryDisk disk;
  StateFolder state = must(StateFolder::open(disk, "state"));
  ASSERT_TRUE(state.save(kBoardFile, std::string(kStateBytesMax + 1, 'x')).ok());
  EXPECT_THAT(state.load(kBoardFile).status().message(), HasSubstr("larger than 64 MiB"));
}

TEST(StateFolderTest, ATornDeadLetterDoesNotSpoilTheNext) {
  MemoryDisk disk;
  StateFolder state = must(StateFolder::open(disk, "state"));
  ASSERT_TRUE(state.add_dead_letter("{\"first\":1}\n").ok());
  disk.fail_from(disk.operations() + 1, MemoryDisk::Fault::kShortWrite);
  EXPECT_FALSE(state.add_dead_letter("{\"second\":2}\n").ok());
  disk.heal();
  ASSERT_TRUE(state.add_dead_letter("{\"second\":2}\n").ok());
  EXPECT_EQ(*disk.bytes("state/dead_letters.jsonl"), "{\"first\":1}\n{\"seco\n{\"second\":2}\n");
}

TEST(StateFolderTest, AFolderThatCannotBeWrittenIsNamed) {
  MemoryDisk disk;
  disk.fail_from(0, MemoryDisk::Fault::kFull);
  EXPECT_THAT(StateFolder::open(disk, "state").status().message(),
              HasSubstr("state: notify cannot keep its state there"));
}

TEST(FolderLockTest, OnlyOneProcessUsesAFolder) {
  std::string const folder = ::testing::TempDir() + "/notify_lock";
  std::filesystem::create_directories(folder);
  {
    auto const first = FolderLock::take(folder);
    ASSERT_TRUE(first.ok());
    EXPECT_THAT(FolderLock::take(folder).status().message(),
                HasSubstr("another notify uses this folder"));
  }
  EXPECT_TRUE(FolderLock::take(folder).ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bellwether::cli
