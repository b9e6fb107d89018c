#include "adapters/snapshot/crc32c.h"

#include <gtest/gtest.h>

#include <string>

#include "support/random.h"

namespace bellwether::snapshot {
namespace {

// The test vectors of RFC 3720 B.4, and the check value of the catalogue of parametrised CRCs.
TEST(Crc32cTest, MatchesPublishedTestVectors) {
  EXPECT_EQ(crc32c(0, ""), 0u);
  EXPECT_EQ(crc32c(0, "123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(0, std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(Crc32cTest, PiecesGiveTheChecksumOfTheWhole) {
  testing::Random random(5);
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes.push_back(static_cast<char>(random.below(256)));
  uint32_t const whole = crc32c(0, bytes);
  for (size_t cut = 0; cut <= bytes.size(); cut += 7) {
    EXPECT_EQ(crc32c(crc32c(0, std::string_view(bytes).substr(0, cut)),
                     std::string_view(bytes).substr(cut)),
              whole);
  }
}

}  // namespace
}  // namespace bellwether::snapshot
