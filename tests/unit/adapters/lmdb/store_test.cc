// What a connector remembers: it survives, has one owner and one user, and a damaged file is told.
#include "adapters/lmdb/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"
#include "support/scratch_folder.h"

namespace bellwether::lmdb {
namespace {

using ::testing::HasSubstr;
using testing::must;
using testing::ScratchFolder;

std::map<std::string, std::string> content(Store& store) {
  std::map<std::string, std::string> out;
  std::string last;
  EXPECT_TRUE(store
                  .each([&](std::string_view key, std::string_view value) {
                    EXPECT_LT(last, key);
                    last = key;
                    out[last] = value;
                  })
                  .ok());
  return out;
}

std::string value_in(Store& store, std::string_view key) {
  auto const found = must(store.get(key));
  return found ? std::string(*found) : "none";
}

TEST(StoreTest, WhatIsCommittedIsThereAfterwards) {
  ScratchFolder const folder;
  std::string const file = folder.file("state");
  {
    auto store = must(Store::open(file, "test 1"));
    store->put("b", "2");
    store->put("a", "1");
    store->set_note("day", "2026-11-01");
    ASSERT_TRUE(store->commit().ok());
    EXPECT_EQ(store->size(), 2);
    store->put("c", "3");  // not committed
  }
  auto store = must(Store::open(file, "test 1"));
  EXPECT_EQ(content(*store), (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(store->note("day"), "2026-11-01");
  EXPECT_EQ(store->note("other"), "");
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(std::filesystem::path(file).parent_path()),
                    std::filesystem::directory_iterator()),
      1)
      << "the state is one file";
}

TEST(StoreTest, ChangesAreSeenBeforeTheyAreCommitted) {
  ScratchFolder const folder;
  auto store = must(Store::open(folder.file("state"), "test 1"));
  store->put("a", "1");
  ASSERT_TRUE(store->commit().ok());
  store->put("a", "longer");
  store->put("b", "2");
  store->erase("b");
  EXPECT_EQ(value_in(*store, "a"), "longer");
  EXPECT_EQ(value_in(*store, "b"), "none");
  store->erase("a");
  EXPECT_EQ(value_in(*store, "a"), "none");
  EXPECT_EQ(content(*store).size(), 1u) << "each() gives what is committed";
  ASSERT_TRUE(store->commit().ok());
  EXPECT_TRUE(content(*store).empty());
}

TEST(StoreTest, ItIsAMapUnderRandomChanges) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(base::cat("seed ", seed));
    testing::Random random(seed);
    ScratchFolder const folder;
    auto store = must(Store::open(folder.file("state"), "test 1"));
    std::map<std::string, std::string> model;
    for (int i = 0; i < 2000; ++i) {
      std::string const key = base::cat("key", random.between(0, 300));
      if (random.between(0, 9) == 0) {
        store->erase(key);
        model.erase(key);
      } else {
        model[key] = std::string(static_cast<size_t>(random.between(0, 60)), 'x');
        store->put(key, model[key]);
      }
      std::string const asked = base::cat("key", random.between(0, 300));
      EXPECT_EQ(value_in(*store, asked), model.contains(asked) ? model[asked] : "none");
      if (random.between(0, 200) == 0) {
        ASSERT_TRUE(store->commit().ok());
      }
    }
    ASSERT_TRUE(store->commit().ok());
    EXPECT_EQ(content(*store), model);
  }
}

TEST(StoreTest, ManyKeysAreSeveralTransactions) {
  ScratchFolder const folder;
  auto store = must(Store::open(folder.file("state"), "test 1"));
  auto const keys = static_cast<int64_t>(2 * kKeysTogether + 10);
  for (int64_t i = 0; i < keys; ++i) store->put(base::cat((i * 7919) % keys, "/"), "v");
  ASSERT_TRUE(store->commit().ok());
  EXPECT_EQ(store->size(), keys);
}

// A process that is killed while it commits again and again leaves one of its commits.
TEST(StoreTest, AKilledProcessLeavesWhatItCommitted) {
  for (int kill_after_ms = 5; kill_after_ms <= 65; kill_after_ms += 20) {
    ScratchFolder const folder;
    std::string const file = folder.file("state");
    pid_t const child = fork();
    if (child == 0) {
      auto store = Store::open(file, "test 1");
      for (int i = 1; store.ok(); ++i) {
        for (int k = 0; k < 100; ++k) (*store)->put(base::cat("k", k), base::cat(i));
        (*store)->set_note("last", base::cat(i));
        if (!(*store)->commit().ok()) _exit(1);
      }
      _exit(1);
    }
    usleep(static_cast<useconds_t>(kill_after_ms) * 1000);
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto store = must(Store::open(file, "test 1"));
    std::string const last = store->note("last");
    for (const auto& [key, value] : content(*store)) EXPECT_EQ(value, last) << key;
    EXPECT_EQ(store->size(), last.empty() ? 0 : 100);
  }
}

TEST(StoreTest, OneProcessUsesItAtATime) {
  ScratchFolder const folder;
  std::string const file = folder.file("state");
  auto store = must(Store::open(file, "test 1"));
  auto const second = Store::open(file, "test 1");
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(second.status().ToString(), HasSubstr("another process uses this state"));
  EXPECT_FALSE(Store::peek(file, "test 1").ok());
}

TEST(StoreTest, AnotherOwnersFileIsRefused) {
  ScratchFolder const folder;
  std::string const file = folder.file("state");
  {
    auto store = must(Store::open(file, "companies-house 1"));
    store->put("a", "1");
    ASSERT_TRUE(store->commit().ok());
  }
  auto const other = Store::open(file, "mapping 1");
  EXPECT_TRUE(absl::IsFailedPrecondition(other.status()));
  EXPECT_THAT(other.status().ToString(),
              HasSubstr("the state of \"companies-house 1\", not of \"mapping 1\""));
}

TEST(StoreTest, APeekWritesNothing) {
  ScratchFolder const folder;
  std::string const file = folder.file("state");
  {
    auto store = must(Store::peek(file, "test 1"));
    store->put("a", "1");
    ASSERT_TRUE(store->commit().ok());
    EXPECT_EQ(value_in(*store, "a"), "1");
    EXPECT_TRUE(content(*store).empty());
  }
  EXPECT_FALSE(std::filesystem::exists(file));
  {
    auto store = must(Store::open(file, "test 1"));
    store->put("a", "1");
    ASSERT_TRUE(store->commit().ok());
  }
  std::string const before = testing::bytes_of(file);
  {
    auto store = must(Store::peek(file, "test 1"));
    EXPECT_EQ(value_in(*store, "a"), "1");
    store->put("a", "2");
    ASSERT_TRUE(store->commit().ok());
    EXPECT_EQ(value_in(*store, "a"), "2");
  }
  EXPECT_EQ(testing::bytes_of(file), before);
}

TEST(StoreTest, AFileThatIsNoStateOrDamagedIsTold) {
  ScratchFolder const folder;
  std::string const text = folder.write("notes.txt", std::string(10'000, 'x'));
  auto const wrong = Store::open(text, "test 1");
  EXPECT_TRUE(absl::IsDataLoss(wrong.status())) << wrong.status();
  EXPECT_EQ(testing::bytes_of(text), std::string(10'000, 'x'));

  std::string const file = folder.file("state");
  {
    auto store = must(Store::open(file, "test 1"));
    for (int i = 0; i < 10'000; ++i) store->put(base::cat(i), "value");
    ASSERT_TRUE(store->commit().ok());
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  auto const cut = Store::open(file, "test 1");
  EXPECT_TRUE(absl::IsDataLoss(cut.status())) << cut.status();
  EXPECT_THAT(cut.status().ToString(), HasSubstr(file));

  auto const nowhere = Store::open(folder.file("no/such/folder"), "test 1");
  EXPECT_TRUE(absl::IsUnavailable(nowhere.status()));
  EXPECT_THAT(nowhere.status().ToString(), HasSubstr("--state"));
}

TEST(ChangesTest, TheyTakeLittleMemory) {
  Changes changes;
  constexpr size_t kKeys = 200'000;
  std::string key(4, '\0');
  std::string const value(40, 'v');
  for (uint32_t i = 0; i < kKeys; ++i) {
    key.assign(reinterpret_cast<const char*>(&i), sizeof(i));
    changes.put(key, value);
  }
  EXPECT_EQ(changes.size(), kKeys);
  EXPECT_LT(changes.bytes() / kKeys, 64u);
  changes.clear();
  EXPECT_EQ(changes.size(), 0u);
  EXPECT_EQ(changes.bytes(), 0u);
}

TEST(ChangesTest, TheLongestKeyAndValueFit) {
  Changes changes;
  std::string const key(kKeyBytesMax, 'k');
  std::string const value(kValueBytesMax, 'v');
  for (int i = 0; i < 20; ++i) changes.put(base::cat(i, key.substr(2)), value);
  EXPECT_EQ(changes.find(base::cat(7, key.substr(2)))->value, value);
}

}  // namespace
}  // namespace bellwether::lmdb
