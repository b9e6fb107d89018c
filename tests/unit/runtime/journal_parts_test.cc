#include "runtime/journal_parts.h"

#include <gtest/gtest.h>

#include "support/must.h"
#include "support/random.h"

namespace bellwether::runtime {
namespace {

using testing::must;

std::string bytes(size_t n, uint64_t seed) {
  testing::Random random(seed);
  std::string out(n, ' ');
  for (char& c : out) c = static_cast<char>(random.next());
  return out;
}

// What comes out of the records, in order.
std::vector<std::string> joined(const std::vector<std::string>& records) {
  JournalParts parts;
  std::vector<std::string> out;
  for (const std::string& r : records) {
    auto whole = parts.add(r);
    if (whole.ok() && *whole) out.push_back(**whole);
  }
  return out;
}

TEST(JournalPartsTest, ASmallRecordIsWrittenAsItIs) {
  std::string const small = bytes(kJournalRecordBytesMax, 1);
  EXPECT_EQ(must(split_record(small, "a", 1)), std::vector{small});
  EXPECT_EQ(joined({small}), std::vector{small});
}

TEST(JournalPartsTest, ALargeOneComesBackWholeFromPartsThatABrokerTakes) {
  for (size_t n : {kJournalRecordBytesMax + 1, size_t{5'000'000}, kJournalEntryBytesMax}) {
    std::string const large = bytes(n, n);
    auto const parts = must(split_record(large, "a", 1));
    EXPECT_GT(parts.size(), 1u);
    for (const std::string& p : parts) EXPECT_LE(p.size(), kJournalRecordBytesMax);
    EXPECT_EQ(joined(parts), std::vector{large});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(split_record(bytes(kJournalEntryBytesMax + 1, 2), "a", 1).status()));
}

TEST(JournalPartsTest, TwoWritersMayInterleave) {
  std::string const one = bytes(2'000'000, 1);
  std::string const two = bytes(2'500'000, 2);
  auto const a = must(split_record(one, "a", 1));
  auto const b = must(split_record(two, "b", 1));
  ASSERT_EQ(a.size(), 3u);
  ASSERT_EQ(b.size(), 3u);
  EXPECT_EQ(joined({a[0], b[0], a[1], b[1], b[2], a[2]}), (std::vector{two, one}));
}

TEST(JournalPartsTest, WhatAWriterLeftUnfinishedIsPassedOver) {
  std::string const one = bytes(2'000'000, 1);
  auto const first = must(split_record(one, "a", 1));
  auto const second = must(split_record(one, "a", 2));
  EXPECT_EQ(joined({first[0], first[1], second[0], second[1], second[2]}), std::vector{one});
  EXPECT_TRUE(joined({first[1], first[2]}).empty());
  EXPECT_TRUE(joined({first[0], second[1], first[2]}).empty());
  JournalParts parts;
  EXPECT_TRUE(absl::IsDataLoss(parts.add(first[1]).status()));
}

TEST(JournalPartsTest, UnfinishedRecordsAreBounded) {
  std::string const one = bytes(1'000'000, 1);
  std::vector<std::string> records;
  auto const oldest = must(split_record(one, "oldest", 1));
  records.push_back(oldest[0]);
  for (size_t w = 0; w < kJournalUnfinishedMax; ++w) {
    records.push_back(must(split_record(one, "writer " + std::to_string(w), 1))[0]);
  }
  records.push_back(oldest[1]);
  EXPECT_TRUE(joined(records).empty());
}

}  // namespace
}  // namespace bellwether::runtime
