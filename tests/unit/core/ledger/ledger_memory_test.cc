// The memory of a ledger: blocks of facts, and its index.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/ledger/ledger.h"
#include "unit/core/ledger/fixture.h"

namespace bellwether::ledger {
namespace {

using testing::day;
using testing::fact;
using testing::kMonths;
using testing::registered;
using testing::Sums;

// Ten facts are a usual number: a birth, changes, and two filings a year.
TEST(LedgerMemoryTest, ABusinessWithTenFactsTakesAtMost320Bytes) {
  std::vector<Fact> facts;
  for (uint64_t id = 1; id <= 10; ++id)
    facts.push_back(to_fact(registered(1, id, day(2010 + static_cast<int>(id), 1, 1))));
  for (size_t businesses : {100'000, 147'000, 148'000, 197'000}) {  // around growths of the index
    Ledger ledger(kMonths, testing::world());
    for (uint64_t b = 0; b < businesses; ++b)
      ASSERT_TRUE(ledger.restore(base::BusinessKey(base::mix64(b)), false, facts));
    auto const chunks = static_cast<double>((1 << 20) + 3 * (1 << 19));  // not yet full
    EXPECT_LE(static_cast<double>(ledger.stats().bytes) - chunks,
              320.0 * static_cast<double>(businesses))
        << businesses;
  }
}

// Businesses grow through every size of a block, and the facts of none are lost.
TEST(LedgerMemoryTest, BlocksOfEverySizeKeepTheirFacts) {
  Ledger ledger(kMonths, testing::world());
  Sums sums;
  constexpr uint64_t kBusinesses = 40;
  for (uint64_t id = 1; id <= kFactsPerBusinessMax; ++id) {
    for (uint64_t b = 0; b < kBusinesses; ++b) {
      if (id > kFactsPerBusinessMax >> (b % 12)) continue;
      Event e = fact(EventKind::kStrikeOffNotice, b, id * kBusinesses + b, day(2015, 1, 1));
      e.code = static_cast<uint8_t>(1 + (id + b) % 3);
      ASSERT_EQ(ledger.apply(e, base::UnixMillis(-1), sums), Outcome::kApplied);
    }
  }
  for (uint64_t b = 0; b < kBusinesses; ++b) {
    std::span<const Fact> const facts = ledger.facts(base::BusinessKey(base::mix64(b)));
    ASSERT_EQ(facts.size(), kFactsPerBusinessMax >> (b % 12));
    std::set<uint64_t> ids;
    for (const Fact& f : facts) ids.insert(f.id);
    std::set<uint64_t> expected;
    for (uint64_t id = 1; id <= facts.size(); ++id) {
      expected.insert(
          to_fact(fact(EventKind::kStrikeOffNotice, b, id * kBusinesses + b, day(2015, 1, 1))).id);
    }
    ASSERT_EQ(ids, expected) << b;
  }
}

}  // namespace
}  // namespace bellwether::ledger
