#include "runtime/journal/journal_parts.h"

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

// The joined records, in order.
std::vector<std::string> joined(const std::vector<std::string>& records) {
  JournalParts parts;
  std::vector<std::string> out;
  int64_t offset = 0;
  for (const std::string& r : records) {
    auto whole = parts.add(offset++, r);
    if (whole.ok() && *whole) out.push_back(**whole);
  }
  return out;
}

TEST(JournalPartsTest, ASmallRecordIsNotSplit) {
  std::string const small = bytes(kJournalRecordBytesMax, 1);
  EXPECT_EQ(must(split_record(small, "a", 1)), std::vector{small});
  EXPECT_EQ(joined({small}), std::vector{small});
}

TEST(JournalPartsTest, ALargeRecordIsJoinedFromPartsOfAllowedSize) {
  for (size_t n : {kJournalRecordBytesMax + 1, size_t{5'000'000}, kJournalEntryBytesMax}) {
    std::string const large = bytes(n, n);
    auto const parts = must(split_record(large, "a", 1));
    EXPECT_GT(parts.size(), 1u);
    for (const std::string& p : parts) EXPECT_LE(p.size(), kJournalRecordBytesMax);
    EXPECT_EQ(joined(parts), std::vector{large});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(
      split_record(bytes(kJournalEntryBytesMax + 1, 2), "a", 1).status()));
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

TEST(JournalPartsTest, UnfinishedPartsAreIgnored) {
  std::string const one = bytes(2'000'000, 1);
  auto const first = must(split_record(one, "a", 1));
  auto const second = must(split_record(one, "a", 2));
  EXPECT_EQ(joined({first[0], first[1], second[0], second[1], second[2]}), std::vector{one});
  EXPECT_TRUE(joined({first[1], first[2]}).empty());
  EXPECT_TRUE(joined({first[0], second[1], first[2]}).empty());
  JournalParts parts;
  EXPECT_TRUE(absl::IsDataLoss(parts.add(0, first[1]).status()));
}

TEST(JournalPartsTest, ARecordWithPartsTooFarApartIsDropped) {
  auto const parts = must(split_record(bytes(2'000'000, 1), "a", 1));
  auto const last_at = [&](int64_t offset) {
    JournalParts reader;
    must(reader.add(7, parts[0]));
    must(reader.add(8, parts[1]));
    auto const whole = reader.add(offset, parts[2]);
    return whole.ok() && *whole;
  };
  EXPECT_TRUE(last_at(7 + kJournalPartsApartMax));
  EXPECT_FALSE(last_at(8 + kJournalPartsApartMax));
}

// A reader that has the book of the earlier records starts at resume() and joins the same records.
TEST(JournalPartsTest, AReaderThatResumesJoinsTheSameRecords) {
  testing::Random random(11);
  std::string const one = bytes(kJournalRecordBytesMax + 1, 1);
  std::string const two = bytes(2 * kJournalRecordBytesMax + 1, 1);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::string> records;
    std::vector<std::vector<std::string>> under_way;
    int64_t id = 0;
    while (records.size() < 40) {
      if (random.chance(0.3)) {
        std::string const writer = "writer " + std::to_string(random.between(0, 11));
        under_way.push_back(must(split_record(random.chance(0.5) ? one : two, writer, ++id)));
      } else if (random.chance(0.2) || under_way.empty()) {
        records.push_back("a small record " + std::to_string(records.size()));
      } else {
        auto& parts = under_way[random.below(under_way.size())];
        if (!parts.empty()) {
          records.push_back(parts.front());
          parts.erase(parts.begin());
        }
        if (random.chance(0.05)) parts.clear();  // the writer died
      }
    }
    auto const at = static_cast<int64_t>(random.below(records.size()));
    auto const behind = [&](int64_t from) {  // the records completed after `at`
      JournalParts reader;
      std::vector<std::string> out;
      int64_t resume = 0;
      for (int64_t offset = from; offset < static_cast<int64_t>(records.size()); ++offset) {
        auto const whole = reader.add(offset, records[static_cast<size_t>(offset)]);
        if (offset == at) resume = reader.resume(at + 1);
        if (offset > at && whole.ok() && *whole) out.push_back(**whole);
      }
      return std::pair(out, resume);
    };
    auto const [all, resume] = behind(0);
    ASSERT_LE(resume, at + 1);
    ASSERT_EQ(behind(resume).first, all) << "round " << round;
  }
}

TEST(JournalPartsTest, UnfinishedRecordsAreLimited) {
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
