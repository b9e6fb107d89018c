#include "connect/table/high_water.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::connect::table {
namespace {

using testing::must;

class HighWaterTest : public ::testing::Test {
 protected:
  HighWaterTest() {
    mapping_.file = "m.yaml";
    mapping_.columns = {{"updated", 1, false}};
    mapping_.increment = Increment{0, "%Y-%m-%d %H:%M", 2 * base::kMillisPerDay};
  }
  Outcome<int64_t> value(std::string text) {
    return must(HighWater::from_note(mapping_, ""))
        .value_of({1, {std::move(text)}}, base::UnixMillis(1'800'000'000'000));
  }
  std::string fault(std::string text) {
    auto const found = value(std::move(text));
    const auto* fault = std::get_if<Fault>(&found);
    return fault == nullptr ? ""
                            : absl::StrCat(base::to_absl(word(fault->reason)), ": ", fault->what);
  }
  Mapping mapping_;
};

TEST_F(HighWaterTest, OnlyNewerRowsAndTheOverlapAreNew) {
  HighWater first = must(HighWater::from_note(mapping_, ""));
  int64_t const day = base::kMillisPerDay;
  EXPECT_TRUE(first.is_new(0));
  first.see(10 * day);
  first.see(9 * day);
  EXPECT_TRUE(first.is_new(1 * day)) << "within a run all rows are new";
  HighWater const second = must(HighWater::from_note(mapping_, first.note()));
  EXPECT_FALSE(second.is_new(8 * day - 1));
  EXPECT_TRUE(second.is_new(8 * day));
  EXPECT_TRUE(second.is_new(11 * day));
  EXPECT_EQ(second.note(), first.note());
}

TEST_F(HighWaterTest, ANumberCanGrowInsteadOfATime) {
  mapping_.increment = Increment{0, "", 10};
  HighWater mark = must(HighWater::from_note(mapping_, ""));
  EXPECT_EQ(mark.note(), "");
  mark.see(std::get<int64_t>(value("100")));
  EXPECT_EQ(mark.note(), "100 updated|");
  HighWater const next = must(HighWater::from_note(mapping_, mark.note()));
  EXPECT_TRUE(next.is_new(90));
  EXPECT_FALSE(next.is_new(89));
  EXPECT_EQ(fault("-1"),
            "wrong value: incremental: \"-1\" in column \"updated\" is no whole number "
            "from 0 on");
}

TEST_F(HighWaterTest, AValueThatCannotRaiseTheMarkIsRefused) {
  EXPECT_EQ(fault("2026-07-01 09:00"), "");
  EXPECT_EQ(fault(""), "missing value: incremental: column \"updated\" is empty");
  EXPECT_THAT(fault("July"),
              ::testing::StartsWith("wrong date: incremental: column \"updated\": "));
  EXPECT_EQ(fault("2030-01-01 00:00"),
            "clock skew: incremental: 2030-01-01T00:00:00Z is in the future; is the clock of the "
            "source right?");
}

TEST_F(HighWaterTest, AStateOfAnotherColumnIsRefused) {
  auto const other = HighWater::from_note(mapping_, "100 id|");
  EXPECT_EQ(other.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.status().message()),
              ::testing::HasSubstr("has read by the column \"id\""));
  EXPECT_FALSE(HighWater::from_note(mapping_, "damaged").ok());
}

}  // namespace
}  // namespace bellwether::connect::table
