// Mistakes in taking, writing, reading and trusting snapshots.
#include <isa-l/crc.h>

#include <cstring>

#include "simulation/pipeline/mutants.h"

namespace bellwether::simulation {
namespace {

class NoSyncBeforeRename : public Parts {
  void furnish(SimulatedDisk& disk) override { disk.never_sync(true, false); }
};

class NoFolderSync : public Parts {
  void furnish(SimulatedDisk& disk) override { disk.never_sync(false, true); }
};

// A damaged frame gets a matching checksum.
class ChecksumNotChecked : public Parts {
  void rotted(std::string& file) override {
    constexpr size_t kHeader = 16;  // of the file, and of each frame
    constexpr size_t kChecked = 12;
    auto* const begin = reinterpret_cast<unsigned char*>(file.data());
    if (file.size() < kHeader) return;
    uint32_t const seed = crc32_iscsi(begin, kHeader, ~0u);
    for (size_t at = kHeader; at + kHeader <= file.size();) {
      uint32_t stored = 0;
      std::memcpy(&stored, &file[at], sizeof stored);
      if (stored > file.size() - at - kHeader) return;
      auto* const frame = reinterpret_cast<unsigned char*>(&file[at]);
      uint32_t const header = crc32_iscsi(frame, kChecked, seed);
      uint32_t const crc = ~crc32_iscsi(frame + kHeader, static_cast<int>(stored), header);
      std::memcpy(&file[at + kChecked], &crc, sizeof crc);
      at += kHeader + stored;
    }
  }
};

template <int64_t kBy>
class OffsetOff : public Parts {
  void capture(snapshot::Image& image) override {
    for (snapshot::PartitionImage& p : image.partitions) {
      if (p.state.inputs[0].next.value > 0) p.state.inputs[0].next.value += kBy;
    }
  }
};

// Closed ticks that wait between a partition and the evaluator are missing in the snapshot of both.
class ClosedTicksForgotten : public Parts {
  void capture(snapshot::Image& image) override {
    for (snapshot::PartitionImage& p : image.partitions) p.state.ready.clear();
  }
};

class OpenTickForgotten : public Parts {
  void capture(snapshot::Image& image) override {
    for (snapshot::PartitionImage& p : image.partitions) p.state.deltas.clear();
  }
};

class EvaluationOfAnotherSnapshot : public Parts {
  void capture(snapshot::Image& image) override {
    engine::EvaluatorState const now = image.evaluation;
    if (before_) image.evaluation = *before_;
    image.manifest.tick = image.evaluation.tick;
    before_ = now;
  }
  std::optional<engine::EvaluatorState> before_;
};

class SpecialDaysForgotten : public Parts {
  void capture(snapshot::Image& image) override {
    if (image.book == nullptr || image.book->rule_set() == nullptr) return;
    alerts::BookState state = image.book->state();
    alerts::RuleSet rules = *state.rule_set;
    rules.business_calendar = {};
    state.rule_set = std::make_shared<const alerts::RuleSet>(std::move(rules));
    image.book = std::make_shared<const alerts::Book>(
        *alerts::Book::restore(image.book->calendar(), std::move(state)));
  }
};

class OldOnesDeletedFirst : public Parts {
  absl::StatusOr<uint64_t> save(snapshot::Store& store, SimulatedDisk& disk,
                                const snapshot::Image& image) override {
    if (auto const names = store.names(); names.ok()) {
      for (const std::string& name : *names) (void)disk.files().remove(store.path(name));
    }
    return store.save(image);
  }
};

class FailedSaveTakenForGood : public Parts {
  absl::StatusOr<uint64_t> save(snapshot::Store& store, SimulatedDisk&,
                                const snapshot::Image& image) override {
    return store.save(image).value_or(0);
  }
};

class MarkNotCompared : public Parts {
  absl::Status agrees(const snapshot::Restored& found,
                      std::vector<base::LogState> states) override {
    size_t k = 0;
    for (const snapshot::RestoredPartition& p : found.partitions) {
      for (const base::LogMark& mark : p.marks) states[k++].mark = mark;
    }
    return Parts::agrees(found, std::move(states));
  }
};

class BeginOfTheLogNotCompared : public Parts {
  absl::Status agrees(const snapshot::Restored& found,
                      std::vector<base::LogState> states) override {
    for (base::LogState& state : states) state.low = 0;
    size_t k = 0;
    for (const snapshot::RestoredPartition& p : found.partitions) {
      for (const base::LogMark& mark : p.marks) {
        if (states[k].mark.offset < 0) states[k].mark = mark;
        ++k;
      }
    }
    return Parts::agrees(found, std::move(states));
  }
};

// Reading of the journal resumes one record too late.
class JournalOneTooHigh : public Parts {
  void capture(snapshot::Image& image) override { ++image.manifest.journal_next; }
};

class CapturedWithLettersInFlight : public Parts {
  bool captures(bool) override { return true; }
};

class PastPanelForgotten : public Parts {
  void capture(snapshot::Image& image) override { image.evaluation.changes.clear(); }
};

class PastBookForgotten : public Parts {
  void capture(snapshot::Image& image) override { image.past_book = {}; }
};

template <class P>
std::unique_ptr<Parts> make() {
  return std::make_unique<P>();
}

constexpr Mutant kMutants[] = {
    {"files not synced before the rename", make<NoSyncBeforeRename>},
    {"folders not synced", make<NoFolderSync>},
    {"checksum not checked", make<ChecksumNotChecked>},
    {"offsets in the snapshot one too high", make<OffsetOff<1>>},
    {"offsets in the snapshot one too low", make<OffsetOff<-1>>},
    {"closed ticks not in the snapshot", make<ClosedTicksForgotten>},
    {"open tick's deltas not in the snapshot", make<OpenTickForgotten>},
    {"evaluation of another snapshot", make<EvaluationOfAnotherSnapshot>},
    {"special days not in the snapshot", make<SpecialDaysForgotten>},
    {"old snapshots deleted before the new one", make<OldOnesDeletedFirst>},
    {"failed save taken for a good one", make<FailedSaveTakenForGood>},
    {"mark of the log not compared", make<MarkNotCompared>},
    {"begin of the log not compared", make<BeginOfTheLogNotCompared>},
    {"journal read on one record too far", make<JournalOneTooHigh>},
    {"dead letters in flight not awaited", make<CapturedWithLettersInFlight>},
    {"past of the panel not in the snapshot", make<PastPanelForgotten>},
    {"past of the book not in the snapshot", make<PastBookForgotten>},
};

}  // namespace

std::span<const Mutant> snapshot_mutants() {
  return kMutants;
}

}  // namespace bellwether::simulation
