#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/random.h"

namespace bellwether::base {
namespace {

// Numbers of any magnitude. Most of them are small, as counts are.
std::vector<int64_t> some_numbers(testing::Random& random) {
  std::vector<int64_t> out(random.below(40));
  uint64_t const bits_most = random.below(5) == 0 ? 64 : 8;
  for (int64_t& n : out)
    n = static_cast<int64_t>(random.next()) >> (64 - 1 - random.below(bits_most));
  return out;
}

TEST(BytesTest, NumbersReadTogetherEqualNumbersReadOneByOne) {
  testing::Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<int64_t> const told = some_numbers(random);
    ByteWriter bytes;
    for (int64_t n : told) bytes.signed_number(n);
    bytes.number(7);  // data after the numbers
    ByteReader in(bytes.view());
    std::vector<int64_t> read(told.size());
    in.signed_numbers(read);
    ASSERT_EQ(read, told);
    ASSERT_EQ(in.number(), 7u);
    ASSERT_TRUE(in.done());
    ASSERT_FALSE(in.failed());
  }
}

TEST(BytesTest, TruncatedNumbersFail) {
  testing::Random random(2);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<int64_t> told = some_numbers(random);
    told.push_back(-1);
    ByteWriter bytes;
    for (int64_t n : told) bytes.signed_number(n);
    ByteReader in(bytes.view().substr(0, random.below(bytes.size())));
    std::vector<int64_t> read(told.size());
    in.signed_numbers(read);
    ASSERT_TRUE(in.failed());
    ASSERT_EQ(read.back(), 0);
  }
}

}  // namespace
}  // namespace bellwether::base
