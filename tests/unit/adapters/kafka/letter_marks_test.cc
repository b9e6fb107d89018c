#include "adapters/kafka/letter_marks.h"

#include <gtest/gtest.h>

namespace bellwether::kafka {
namespace {

TEST(LetterMarksTest, ALetterIsIdentifiedByOffsetAndTimestamp) {
  LetterMarks marks;
  EXPECT_TRUE(marks.add(5, 100));
  EXPECT_TRUE(marks.add(5, 100));
  EXPECT_EQ(marks.size(), 1u);
  EXPECT_TRUE(marks.contains(5, 100));
  EXPECT_FALSE(marks.contains(5, 101))
      << "another record at the same offset: the topic was recreated";
  EXPECT_FALSE(marks.contains(6, 100));
}

TEST(LetterMarksTest, KeepsNoMoreThanItsLimit) {
  LetterMarks marks(2);
  EXPECT_TRUE(marks.add(10, 1));
  EXPECT_TRUE(marks.add(20, 1));
  EXPECT_TRUE(marks.complete());
  EXPECT_TRUE(marks.add(20, 1)) << "it is there already";
  EXPECT_FALSE(marks.add(30, 1));
  EXPECT_FALSE(marks.contains(30, 1));
  EXPECT_FALSE(marks.complete());
}

TEST(LetterMarksTest, ForgetBeforeRemovesOlderOffsets) {
  LetterMarks marks;
  for (int64_t offset : {1, 2, 5, 6, 9}) marks.add(offset, -1);
  marks.add(6, 7);
  marks.forget_before(6);
  EXPECT_EQ(marks.size(), 3u);
  EXPECT_FALSE(marks.contains(5, -1));
  EXPECT_TRUE(marks.contains(6, -1));
  EXPECT_TRUE(marks.contains(6, 7));
  EXPECT_TRUE(marks.contains(9, -1));
}

}  // namespace
}  // namespace bellwether::kafka
