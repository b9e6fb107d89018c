// Purpose: a tick as this replica made it beside the same tick as the journal has it. An evaluation
// is a pure function of the cells at the cut, the book before it and the rules: equal cuts must
// have equal cells, and with the same book the same verdict. Anything else is a divergence. Thread
// safety: pure functions and values; a Comparisons belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::runtime {

// Of a writer's name, which anybody may have written.
inline constexpr size_t kWriterBytesKept = 128;

// What the journal's accepted record of a tick says, in short.
struct JournaledTick {
  base::PeriodIndex tick;
  base::JournalOffset offset;
  std::string writer;
  bool judged = false;  // false: the tick was passed without judgement and has no cut
  bool historical = false;
  uint64_t cut_digest = 0;
  uint64_t cells_digest = 0;
  uint64_t verdict_digest = 0;
  // A book that tells a verdict the same as the one that this was computed from; null: not kept.
  std::shared_ptr<const alerts::Book> before;
};
JournaledTick in_short(base::JournalOffset offset, const alerts::TickEvaluated& tick);

// Equal for equal cuts, in whatever order their offsets stand.
uint64_t cut_digest(std::span<const alerts::CutOffset> cut);

// What became of a comparison; a metric's label.
enum class Compared : uint8_t {
  kEqual,           // cells and verdict
  kCellsEqual,      // the book of the verdict was not at hand
  kCellsDiffer,     // at an equal cut
  kVerdictsDiffer,  // on equal cells, with the same book
  kCutDiffers,      // no divergence: where a quiet input is cut, the wall clock has a say
  kNotCompared,     // the record was not at hand, or passes the tick without judgement
};
inline constexpr std::array<std::string_view, 6> kComparedNames = {
    "equal", "cells_equal", "cells_differ", "verdicts_differ", "cut_differs", "not_compared"};
inline bool is_divergence(Compared c) {
  return c == Compared::kCellsDiffer || c == Compared::kVerdictsDiffer;
}

struct OwnTick {
  base::PeriodIndex tick;
  uint64_t cut_digest = 0;
  uint64_t cells_digest = 0;
  std::optional<uint64_t> verdict_digest;  // nullopt: not computed from the journaled one's book
};
// `journaled` is null where the journal's record of the tick is not at hand.
Compared compare(const OwnTick& own, const JournaledTick* journaled);

struct Divergence {
  base::PeriodIndex tick;
  Compared what{};
  uint64_t here = 0;  // the digest that differs
  uint64_t journaled = 0;
  base::JournalOffset record;
  std::string writer;
};
// For a person: the tick, both digests, who wrote the journal's.
std::string describe(const Divergence& divergence, base::Calendar calendar);

struct DivergenceReport {
  std::array<int64_t, kComparedNames.size()> ticks{};  // by what became of them
  std::optional<Divergence> first;                     // since the start of the process
  bool diverged = false;  // the latest tick that could be compared differs
};

class Comparisons {
 public:
  enum class News : uint8_t { kNone, kDiverged, kAgreesAgain };
  // Counts a tick that compare() was asked about; says whether a person must hear of it.
  News note(Compared result, const OwnTick& own, const JournaledTick* journaled);
  // A tick of which the journal took this replica's own verdict: from here on they say the same.
  void note_own() { report_.diverged = false; }
  const DivergenceReport& report() const { return report_; }
  const Divergence& latest() const { return latest_; }  // after kDiverged

 private:
  DivergenceReport report_;
  Divergence latest_;
};

}  // namespace bellwether::runtime
