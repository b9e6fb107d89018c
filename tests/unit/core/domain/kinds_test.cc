#include "core/domain/kinds.h"

#include <gtest/gtest.h>

namespace bellwether::domain {
namespace {

TEST(KindsTest, NumbersAreTheNumbersInSnapshots) {
  EXPECT_EQ(static_cast<int>(EventKind::kHeartbeat), 0);
  EXPECT_EQ(static_cast<int>(EventKind::kInteraction), 10);
  EXPECT_EQ(static_cast<int>(EventKind::kRetracted), 17);
}

// Snapshots and digests contain facts in this order.
TEST(KindsTest, TheOrderOfKindsInARecordIsTheOrderOfTheFirstEighteenNumbers) {
  for (int earlier = 0; earlier < 18; ++earlier) {
    for (int later = earlier + 1; later < 18; ++later) {
      EXPECT_LT(rank(static_cast<EventKind>(earlier)), rank(static_cast<EventKind>(later)));
    }
  }
}

TEST(KindsTest, ARetractionHasTheLastRankWhateverItsNumber) {
  for (const KindInfo& k : kKinds) {
    if (k.id != EventKind::kRetracted) {
      EXPECT_LT(rank(k.id), rank(EventKind::kRetracted)) << k.name;
    }
  }
}

TEST(KindsTest, ANumberWithoutARowHasNoKind) {
  size_t found = 0;
  for (uint32_t field = 0; field < 1000; ++field) {
    auto const kind = kind_of_field(field);
    if (!kind) continue;
    ++found;
    EXPECT_EQ(info(*kind).field, field);
  }
  EXPECT_EQ(found, kKindCount);
  EXPECT_EQ(kind_of_field(10), EventKind::kHeartbeat);
  for (uint32_t field : {0u, 9u, 12u, 25u, 39u, 45u, 61u, 79u, 80u, UINT32_MAX}) {
    EXPECT_FALSE(kind_of_field(field).has_value()) << field;
  }
}

TEST(KindsTest, ThereIsRoomForTheFieldsOfEveryKind) {
  for (const KindInfo& k : kKinds) {
    EXPECT_LE(text_slots(k.fields), kKindTexts) << k.name;
    EXPECT_LE(number_slots(k.fields), kKindNumbers) << k.name;
    EXPECT_LE(number_max(k.fields), kKindFieldNumberMax) << k.name;
  }
}

}  // namespace
}  // namespace bellwether::domain
