// Errors that a checksum cannot find: complete frames with impossible content.
#include "adapters/snapshot/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "support/calendars.h"
#include "support/memory_disk.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::snapshot {
namespace {

using base::ByteWriter;

using ::testing::HasSubstr;

using testing::kMonths;
// From codec.cc.
constexpr uint8_t kDeltas = 3;
constexpr uint8_t kColumns = 9;

class CodecTest : public ::testing::Test {
 protected:
  // A file with `frame` after the first frame of `part`.
  template <class Part>
  void write_with(const Part& part, FileKind kind, uint8_t tag, std::string_view payload) {
    auto const whole = testing::must(disk_.create("/whole"));
    FrameWriter to_whole(*whole, kind);
    ASSERT_TRUE(write(part, to_whole).ok());
    auto const file = testing::must(disk_.create("/f"));
    FrameWriter to_file(*file, kind);
    auto const from = testing::must(disk_.open("/whole"));
    FrameReader frames(*from, kind);
    bool first = true;
    for (auto frame = testing::must(frames.next()); frame; frame = testing::must(frames.next())) {
      ASSERT_TRUE(to_file.frame(frame->tag, frame->payload, Pack::kNo).ok());
      if (first) {
        ASSERT_TRUE(to_file.frame(tag, payload, Pack::kYes).ok());
      }
      first = false;
    }
    ASSERT_TRUE(to_file.finish().ok());
  }
  absl::StatusOr<RestoredPartition> partition_with(uint8_t tag, std::string_view payload) {
    PartitionImage image;
    image.state.inputs.resize(1);
    image.state.crossings.resize(1);
    image.marks.resize(1);
    image.ledger = ledger_.freeze();
    write_with(image, FileKind::kPartition, tag, payload);
    auto const file = testing::must(disk_.open("/f"));
    FrameReader frames(*file, FileKind::kPartition);
    return read_partition(frames, testing::world(), kMonths);
  }
  absl::StatusOr<RestoredEvaluation> evaluation_with(uint8_t tag, std::string_view payload) {
    indicators::Panel panel(testing::world(), kMonths, base::PeriodIndex(600));
    write_with(engine::EvaluatorState{base::PeriodIndex(700), panel.publish(), {}, 0},
               FileKind::kEvaluation, tag, payload);
    auto const file = testing::must(disk_.open("/f"));
    FrameReader frames(*file, FileKind::kEvaluation);
    return read_evaluation(frames, testing::world(), kMonths);
  }
  testing::MemoryDisk disk_;
  ledger::Ledger ledger_{kMonths, testing::world()};
};

std::string deltas(int n, uint64_t key_step) {
  ByteWriter out;
  for (int i = 0; i < n; ++i) {
    out.fixed(static_cast<uint64_t>(i) * key_step);
    out.signed_number(1);
  }
  return std::string(out.view());
}

std::string column(std::vector<int64_t> counts, int64_t opening = 0) {
  ByteWriter out;
  out.fixed(uint8_t{0});
  out.number(3);
  out.signed_number(opening);
  out.number(counts.size());
  for (int64_t n : counts) out.signed_number(n);
  return std::string(out.view());
}

// Keys that differ only in their lowest bits: no deltas with different keys pack better.
TEST_F(CodecTest, AFrameOfFewBytesDoesNotUnpackToManyItems) {
  constexpr int kMany = 20'000;
  auto const differ = partition_with(kDeltas, deltas(kMany, 1));
  ASSERT_TRUE(differ.ok()) << differ.status();
  EXPECT_EQ(differ->state.deltas.size(), static_cast<size_t>(kMany));
  auto const same = partition_with(kDeltas, deltas(kMany, 0));
  EXPECT_TRUE(absl::IsDataLoss(same.status()));
  EXPECT_THAT(std::string(same.status().message()), HasSubstr("packed in"));
}

TEST_F(CodecTest, ADeltaWithAnImpossiblePeriodOrCellIsRefused) {
  auto const one = [&](uint16_t area, uint16_t sector, int32_t period, uint8_t of_class = 0) {
    ByteWriter out;
    out.fixed(indicators::DeltaKey({base::AreaId(area), base::SectorId(sector), {}},
                                   indicators::Measure::kBirths, base::PeriodIndex(period),
                                   of_class)
                  .bits());
    out.signed_number(1);
    return partition_with(kDeltas, out.view()).ok();
  };
  int32_t const last = (2082 - 1970) * 12 + 5;
  auto const areas = static_cast<uint16_t>(testing::world().areas.size());
  auto const sectors = static_cast<uint16_t>(testing::world().sectors.size());
  EXPECT_TRUE(one(0, 0, last));
  EXPECT_FALSE(one(0, 0, last + 1));
  EXPECT_TRUE(one(areas - 1, sectors - 1, 0));
  EXPECT_FALSE(one(areas, 0, 0));
  EXPECT_FALSE(one(0, sectors, 0));
  EXPECT_TRUE(one(0, 0, 0, domain::kLegalForms.size() - 1));
  EXPECT_FALSE(one(0, 0, 0, domain::kLegalForms.size()));
}

TEST_F(CodecTest, ASeriesThatIsTooLongOrOverflowsIsRefused) {
  // 2079-06-06 is 65,535 days after 1900-01-01. Growth counts for three years, so June 2082 is the
  // last month. Months are counted from January 1970 as 0.
  constexpr size_t kLast = (2082 - 1970) * 12 + 6 - 600;
  auto const whole = evaluation_with(kColumns, column(std::vector<int64_t>(kLast, 1)));
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->panel.cumulative({base::AreaId(0), base::SectorId(3)},
                                    indicators::Measure::kBirths, base::PeriodIndex(2000)),
            static_cast<int64_t>(kLast));
  EXPECT_TRUE(absl::IsDataLoss(
      evaluation_with(kColumns, column(std::vector<int64_t>(kLast + 1, 1))).status()));
  auto const largest = evaluation_with(kColumns, column({INT64_MAX}));
  ASSERT_TRUE(largest.ok()) << largest.status();
  EXPECT_EQ(largest->panel.at({base::AreaId(0), base::SectorId(3)}, indicators::Measure::kBirths,
                              base::PeriodIndex(600)),
            INT64_MAX);
  EXPECT_TRUE(absl::IsDataLoss(evaluation_with(kColumns, column({INT64_MAX, 1})).status()));
  EXPECT_TRUE(absl::IsDataLoss(evaluation_with(kColumns, column({-1}, INT64_MIN)).status()));
}

}  // namespace
}  // namespace bellwether::snapshot
