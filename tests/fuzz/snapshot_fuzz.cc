// Fuzzes the frames and codecs of snapshot files, for each kind of file. The bytes are either the
// whole file, or frames (1 byte: tag and packing; 2 bytes: length; payload). The frames get a valid
// checksum, so that they reach the codec. A decoded file does not change when it is written and
// read again, and a decoded ledger can be counted. The error of any other file is damage, a newer
// format or another kind.
#include "absl/status/status.h"
#include "adapters/snapshot/book_codec.h"
#include "adapters/snapshot/codec.h"
#include "adapters/snapshot/past_codec.h"
#include "core/base/check.h"
#include "fuzz/input.h"
#include "support/memory_disk.h"
#include "support/world.h"

namespace bellwether::snapshot {
namespace {

constexpr uint8_t kFramed = 0x80;
constexpr uint8_t kPacked = 0x80;

void refused(const absl::Status& status) {
  BELLWETHER_CHECK(absl::IsDataLoss(status) || absl::IsUnimplemented(status) ||
                   absl::IsFailedPrecondition(status));
  BELLWETHER_CHECK(!status.message().empty());
}

class Round {
 public:
  Round(FileKind kind, base::Calendar calendar) : kind_(kind), calendar_(calendar) {}

  void put(std::string_view bytes) {
    auto const file = testing::must(disk_.create("/f"));
    BELLWETHER_CHECK(file->append(bytes).ok());
  }
  void put_frames(fuzz::Input input) {
    auto const file = testing::must(disk_.create("/f"));
    FrameWriter frames(*file, kind_);
    while (!input.done()) {
      uint8_t const head = input.byte();
      std::string_view const payload = input.text(input.number(2));
      Pack const pack = (head & kPacked) != 0 ? Pack::kYes : Pack::kNo;
      BELLWETHER_CHECK(frames.frame(head & ~kPacked, payload, pack).ok());
    }
    BELLWETHER_CHECK(frames.finish().ok());
  }

  void run() {
    switch (kind_) {
      case FileKind::kManifest:
        return manifest();
      case FileKind::kPartition:
        return partition();
      case FileKind::kEvaluation:
        return evaluation();
      case FileKind::kBook:
        return book();
      case FileKind::kPast:
        return past();
    }
  }

 private:
  template <class Read>
  auto read(Read read) {
    auto const file = testing::must(disk_.open("/f"));
    FrameReader frames(*file, kind_);
    return read(frames);
  }
  template <class Part>
  std::string written(const Part& part) {
    {
      auto const file = testing::must(disk_.create("/f"));
      FrameWriter frames(*file, kind_);
      BELLWETHER_CHECK(write(part, frames).ok());
    }
    return *disk_.bytes("/f");
  }

  void manifest() {
    auto const first = read(read_manifest);
    if (!first.ok()) return refused(first.status());
    written(*first);
    BELLWETHER_CHECK(testing::must(read(read_manifest)) == *first);
  }
  void partition() {
    auto const again = [&] {
      return read([&](FrameReader& in) { return read_partition(in, testing::world(), calendar_); });
    };
    auto first = again();
    if (!first.ok()) return refused(first.status());
    indicators::Panel panel(testing::world(), calendar_,
                            calendar_.period_of(base::Days(ledger::kDayZero)));
    Counted counted;
    first->ledger.recompute(counted);
    panel.add(counted.deltas, [](size_t, indicators::Measure, base::PeriodIndex) {});
    std::string const bytes =
        written(PartitionImage{first->state, first->marks, first->ledger.freeze()});
    auto second = testing::must(again());
    BELLWETHER_CHECK(second.ledger.digest() == first->ledger.digest());
    BELLWETHER_CHECK(second.ledger.stats().waiting == first->ledger.stats().waiting);
    BELLWETHER_CHECK(second.marks == first->marks);
    BELLWETHER_CHECK(written(PartitionImage{second.state, second.marks, second.ledger.freeze()}) ==
                     bytes);
  }
  void evaluation() {
    auto const again = [&] {
      return read(
          [&](FrameReader& in) { return read_evaluation(in, testing::world(), calendar_); });
    };
    auto first = again();
    if (!first.ok()) return refused(first.status());
    std::string const bytes = written(state(*first));
    auto second = testing::must(again());
    BELLWETHER_CHECK(second.panel.digest() == first->panel.digest());
    BELLWETHER_CHECK(written(state(second)) == bytes);
  }
  void book() {
    auto const again = [&] {
      return read([&](FrameReader& in) { return read_book(in, calendar_); });
    };
    auto const first = again();
    if (!first.ok()) return refused(first.status());
    std::string const bytes = written(*first);
    BELLWETHER_CHECK(written(testing::must(again())) == bytes);
  }
  void past() {
    auto const again = [&] {
      return read([&](FrameReader& in) { return read_past(in, testing::world(), calendar_); });
    };
    auto const first = again();
    if (!first.ok()) return refused(first.status());
    std::string const bytes = written(*first);
    BELLWETHER_CHECK(written(testing::must(again())) == bytes);
  }
  static engine::EvaluatorState state(RestoredEvaluation& e) {
    return {e.tick, e.panel.publish(), e.reports, e.cells_digest, {}};
  }

  struct Counted {
    std::vector<indicators::Delta> deltas;
    void add(indicators::DeltaKey key, int64_t amount) { deltas.push_back({key, amount}); }
    void report(indicators::ReportKey, int64_t) {}
  };

  FileKind kind_;
  base::Calendar calendar_;
  testing::MemoryDisk disk_;
};

void run(fuzz::Input input) {
  static constexpr FileKind kKinds[] = {FileKind::kManifest, FileKind::kPartition,
                                        FileKind::kEvaluation, FileKind::kBook, FileKind::kPast};
  uint8_t const head = input.byte();
  base::Calendar const calendar((head & 0x40) != 0 ? base::CalendarUnit::kWeek
                                                   : base::CalendarUnit::kMonth);
  Round round(kKinds[(head & 0x3f) % std::size(kKinds)], calendar);
  if ((head & kFramed) != 0) {
    round.put_frames(input);
  } else {
    round.put(input.rest());
  }
  round.run();
}

}  // namespace
}  // namespace bellwether::snapshot

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::snapshot::run(bellwether::fuzz::Input(data, size));
  return 0;
}
