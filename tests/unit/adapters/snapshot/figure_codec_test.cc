#include "adapters/snapshot/figure_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/snapshot/codec.h"
#include "support/calendars.h"
#include "support/memory_disk.h"
#include "support/must.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::snapshot {
namespace {

using base::ByteReader;
using base::Days;
using base::FactId;
using base::PeriodIndex;
using domain::FigureStatus;
using domain::Frequency;
using domain::Statistic;
using indicators::FigureChange;
using indicators::FigureKey;
using indicators::FigureTable;
using indicators::OfficialFigure;
using testing::kMonths;
using testing::Random;

FigureKey key(Random& random) {
  return {static_cast<Statistic>(random.between(1, domain::kStatisticCount - 1)),
          base::AreaId(static_cast<uint16_t>(random.below(testing::world().areas.size()))),
          base::SectorId(static_cast<uint16_t>(random.below(testing::world().sectors.size()))),
          {Days(random.between(-9'000, 20'000)), static_cast<Frequency>(random.between(1, 4))}};
}
OfficialFigure figure(Random& random) {
  return {random.uniform() * 1e9, Days(random.between(0, 20'000)),
          static_cast<FigureStatus>(random.between(0, 3))};
}

// Facts, changes of the open tick and of a closed one, and the table of an evaluation.
class FigureCodecTest : public ::testing::Test {
 protected:
  FigureCodecTest() {
    for (uint64_t fact = 1; fact <= 40; ++fact) {
      ledger::KeptFigure kept{FactId(fact), base::SourceSequence(fact * 7), std::nullopt};
      if (random_.chance(0.8)) kept.stated.emplace(key(random_), figure(random_));
      facts_.push_back(kept);
      FigureChange change{FactId(fact), key(random_), std::nullopt};
      if (random_.chance(0.8)) change.figure = figure(random_);
      changes_.push_back(change);
    }
    for (int32_t tick = 690; tick < 700; ++tick) table_->add(PeriodIndex(tick), changes_);
    std::vector<FigureChange> later = {{FactId(1), changes_[0].key, figure(random_)},
                                       {FactId(2), changes_[1].key, std::nullopt}};
    table_->add(PeriodIndex(700), later);
  }
  std::unique_ptr<InputFile> written(FileKind kind, auto write_to) {
    {
      auto const file = testing::must(disk_.create("/f"));
      FrameWriter out(*file, kind);
      EXPECT_TRUE(write_to(out).ok());
    }
    return testing::must(disk_.open("/f"));
  }

  Random random_{3};
  testing::MemoryDisk disk_;
  std::vector<ledger::KeptFigure> facts_;
  std::vector<FigureChange> changes_;
  std::shared_ptr<FigureTable> table_ = std::make_shared<FigureTable>();
};

TEST_F(FigureCodecTest, APartitionIsReadAsItWasWritten) {
  ledger::Ledger ledger(kMonths, testing::world());
  PartitionImage image;
  image.state.inputs.resize(2);
  image.state.crossings.resize(2);
  image.marks.resize(2);
  image.ledger = ledger.freeze();
  image.state.figures = facts_;
  image.state.figure_changes = changes_;
  image.state.ready.emplace_back().cut.resize(2);
  image.state.ready.back().figures = {changes_[3]};
  auto const file =
      written(FileKind::kPartition, [&](FrameWriter& out) { return write(image, out); });
  FrameReader frames(*file, FileKind::kPartition);
  RestoredPartition const read = testing::must(read_partition(frames, testing::world(), kMonths));
  EXPECT_EQ(read.state.figures, facts_);
  EXPECT_EQ(read.state.figure_changes, changes_);
  ASSERT_EQ(read.state.ready.size(), 1u);
  EXPECT_EQ(read.state.ready[0].figures, std::vector{changes_[3]});
}

TEST_F(FigureCodecTest, ATableIsReadWithItsVersions) {
  indicators::Panel panel(testing::world(), kMonths, PeriodIndex(600));
  panel.set_figures(table_, PeriodIndex(700));
  engine::EvaluatorState const state{PeriodIndex(700), panel.publish(), {}, 0, {}};
  auto const file =
      written(FileKind::kEvaluation, [&](FrameWriter& out) { return write(state, out); });
  FrameReader frames(*file, FileKind::kEvaluation);
  RestoredEvaluation const read = testing::must(read_evaluation(frames, testing::world(), kMonths));
  const FigureTable& table = *read.panel.figure_table();
  EXPECT_EQ(table.size(), table_->size());
  for (int32_t tick : {689, 690, 699, 700}) {
    EXPECT_EQ(table.digest(PeriodIndex(tick)), table_->digest(PeriodIndex(tick))) << tick;
  }
  EXPECT_NE(table.digest(PeriodIndex(699)), table.digest(PeriodIndex(700)));
}

TEST_F(FigureCodecTest, ImpossibleFiguresAreRefused) {
  auto const reads = [](const FigureChange& change) {
    testing::MemoryDisk disk;
    auto const file = testing::must(disk.create("/f"));
    FrameWriter out(*file, FileKind::kPartition);
    EXPECT_TRUE(write(std::span(&change, 1), out).ok());
    EXPECT_TRUE(out.finish().ok());
    auto const from = testing::must(disk.open("/f"));
    FrameReader frames(*from, FileKind::kPartition);
    auto const frame = testing::must(frames.next());
    std::vector<FigureChange> back;
    return snapshot::read(ByteReader(frame->payload), testing::world(), back).ok();
  };
  FigureChange good{FactId(1), key(random_), figure(random_)};
  EXPECT_TRUE(reads(good));
  auto const without = [&](auto change) {
    FigureChange bad = good;
    change(bad);
    return !reads(bad);
  };
  EXPECT_TRUE(without([](FigureChange& c) { c.key.statistic = Statistic::kUnused; }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.statistic = static_cast<Statistic>(4); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.area = base::AreaId(999); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.sector = base::SectorId(999); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.period.first = Days(INT32_MIN); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.period.frequency = Frequency(0); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.key.period.frequency = Frequency(5); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.figure->value = 2e15; }));
  EXPECT_TRUE(
      without([](FigureChange& c) { c.figure->value = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.figure->vintage = Days(INT32_MAX); }));
  EXPECT_TRUE(without([](FigureChange& c) { c.figure->status = static_cast<FigureStatus>(4); }));
}

TEST_F(FigureCodecTest, AVersionAfterTheTickOfTheEvaluationIsRefused) {
  auto const file = written(FileKind::kEvaluation, [&](FrameWriter& out) {
    absl::Status const status = write(*table_, out);
    return status.ok() ? out.finish() : status;
  });
  FrameReader frames(*file, FileKind::kEvaluation);
  auto const frame = testing::must(frames.next());
  FigureTable one;
  EXPECT_TRUE(
      snapshot::read(ByteReader(frame->payload), testing::world(), PeriodIndex(700), one).ok());
  FigureTable other;
  EXPECT_FALSE(
      snapshot::read(ByteReader(frame->payload), testing::world(), PeriodIndex(699), other).ok());
}

}  // namespace
}  // namespace bellwether::snapshot
