#include "adapters/snapshot/past_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/snapshot/packed.h"
#include "support/calendars.h"
#include "support/fold.h"
#include "support/journals.h"
#include "support/memory_disk.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::snapshot {
namespace {

using base::JournalOffset;
using testing::kMonths;
using testing::must;

std::string bytes_of(const Past& past) {
  testing::MemoryDisk disk;
  {
    auto const file = must(disk.create("/f"));
    FrameWriter frames(*file, FileKind::kPast);
    EXPECT_TRUE(write(past, frames).ok());
  }
  return *disk.bytes("/f");
}

absl::StatusOr<Past> past_of(std::string_view bytes) {
  testing::MemoryDisk disk;
  EXPECT_TRUE(must(disk.create("/f"))->append(bytes).ok());
  auto const file = must(disk.open("/f"));
  FrameReader frames(*file, FileKind::kPast);
  return read_past(frames, testing::world(), kMonths);
}

std::shared_ptr<const PastRecord> record(int64_t offset, std::optional<int32_t> tick,
                                         std::string packed) {
  auto out = std::make_shared<PastRecord>();
  out->offset = JournalOffset(offset);
  if (tick) out->tick = base::PeriodIndex(*tick);
  out->packed = std::move(packed);
  return out;
}

// The changes of a small fold, and a book with records of every length.
Past some_past() {
  testing::Random random(5);
  std::vector<std::vector<testing::Told>> logs;
  for (size_t p = 0; p < testing::kPartitions; ++p) logs.push_back(testing::log_of(random, 60));
  testing::Fold fold(logs);
  fold.run();
  Past out;
  out.changes = fold.image()->evaluation.changes;
  auto loaded = std::make_shared<engine::PanelChange>(*out.changes.front());
  loaded->load = base::PeriodIndex(-7);
  out.changes.front() = loaded;
  auto book = std::make_shared<alerts::Book>(kMonths);
  for (int64_t i = 0; i < 20; ++i)
    book->fold(JournalOffset(i), testing::random_entry(random, *book));
  out.book.before = book;
  out.book.records = {record(20, 7, "a"), record(25, std::nullopt, ""),
                      record(26, std::nullopt, std::string(3 << 20, 'x')), record(27, 8, "bc")};
  return out;
}

TEST(PastCodecTest, WhatIsWrittenIsRead) {
  Past const past = some_past();
  ASSERT_GT(past.changes.size(), 10u);
  Past const again = must(past_of(bytes_of(past)));
  ASSERT_EQ(again.changes.size(), past.changes.size());
  for (size_t i = 0; i < past.changes.size(); ++i) {
    EXPECT_EQ(again.changes[i]->tick, past.changes[i]->tick);
    EXPECT_EQ(again.changes[i]->first_period, past.changes[i]->first_period);
    EXPECT_EQ(again.changes[i]->deltas, past.changes[i]->deltas);
    EXPECT_EQ(again.changes[i]->left, past.changes[i]->left);
    EXPECT_EQ(again.changes[i]->load, past.changes[i]->load);
    EXPECT_EQ(again.changes[i]->reported->table(), past.changes[i]->reported->table());
  }
  EXPECT_EQ(again.book.before->digest(), past.book.before->digest());
  ASSERT_EQ(again.book.records.size(), past.book.records.size());
  for (size_t i = 0; i < past.book.records.size(); ++i) {
    EXPECT_EQ(again.book.records[i]->offset, past.book.records[i]->offset);
    EXPECT_EQ(again.book.records[i]->tick, past.book.records[i]->tick);
    EXPECT_EQ(again.book.records[i]->packed, past.book.records[i]->packed);
  }
  Past const nothing = must(past_of(bytes_of({})));
  EXPECT_TRUE(nothing.changes.empty());
  EXPECT_EQ(nothing.book.before, nullptr);
}

TEST(PastCodecTest, WhatCannotBeIsRefused) {
  Past const good = some_past();
  auto const refused = [&](auto change) {
    Past past = good;
    change(past);
    return !past_of(bytes_of(past)).ok();
  };
  EXPECT_FALSE(refused([](Past&) {}));
  EXPECT_TRUE(refused([](Past& p) { p.changes.erase(p.changes.begin() + 3); })) << "a gap";
  EXPECT_TRUE(refused([](Past& p) { std::swap(p.book.records[0], p.book.records[1]); }));
  EXPECT_TRUE(refused([](Past& p) { p.book.records[0] = record(19, 7, "a"); }))
      << "the book already holds it";
  EXPECT_TRUE(refused([](Past& p) {
    auto change = std::make_shared<engine::PanelChange>(*p.changes.back());
    change->deltas.pop_back();
    p.changes.back() = change;
  })) << "deltas that cannot be unpacked";
  EXPECT_TRUE(refused([](Past& p) {
    auto change = std::make_shared<engine::PanelChange>(*p.changes.back());
    engine::SharesByMeasure::Table table = change->reported->table();
    table[0].open.assign(1000, 1.0);
    table[0].log_variance.assign(1000, 1.0);
    change->reported = std::make_shared<engine::SharesByMeasure>(table);
    p.changes.back() = change;
  })) << "shares of more ages than there are delays";
  EXPECT_TRUE(refused([](Past& p) {
    int32_t const last = p.changes.back()->tick.value;
    for (int32_t i = 1; i <= static_cast<int32_t>(engine::kPastTicksMax); ++i) {
      auto change = std::make_shared<engine::PanelChange>(*p.changes.front());
      change->tick = base::PeriodIndex(last + i);
      change->first_period = base::PeriodIndex(last);
      p.changes.push_back(change);
    }
  })) << "more ticks than are kept";
}

TEST(PastCodecTest, AFileThatIsCutOffOrFlippedIsDamaged) {
  std::string const whole = bytes_of(some_past());
  for (size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97)
    EXPECT_FALSE(past_of(std::string_view(whole).substr(0, size)).ok()) << size;
  for (size_t at = 0; at < whole.size(); at += 1 + whole.size() / 97) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_FALSE(past_of(flipped).ok()) << at;
  }
}

TEST(PackedTest, UnpacksToTheSameBytesAndRefusesOthers) {
  for (const std::string& bytes : {std::string(), std::string("abc"), std::string(100'000, 'y')}) {
    std::string const packed = pack(bytes);
    EXPECT_EQ(must(unpack(packed, bytes.size())), bytes);
    if (!bytes.empty()) {
      EXPECT_FALSE(unpack(packed, bytes.size() - 1).ok());
    }
    EXPECT_FALSE(unpack(std::string_view(packed).substr(0, packed.size() / 2), 1 << 20).ok());
  }
  EXPECT_FALSE(unpack("not packed", 1 << 20).ok());
}

}  // namespace
}  // namespace bellwether::snapshot
