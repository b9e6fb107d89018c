// Purpose: compares a tick that this replica computed with the same tick in the journal. An
// evaluation is a pure function of the cells at the cut, the book before it and the rules. So equal
// cuts must have equal cells, and with the same book also the same verdict. Any other result is a
// divergence.
// Thread safety: pure functions and values; a Comparisons belongs to one thread.
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
#include "core/engine/figures.h"

namespace bellwether::runtime {

// Bytes kept of a writer's name, because any program could have written it.
inline constexpr size_t kWriterBytesKept = 128;

// The accepted record of a tick in the journal, in short form.
struct JournaledTick {
  base::PeriodIndex tick;
  base::JournalOffset offset;
  std::string writer;
  bool judged = false;  // false: the tick was passed without judgement and has no cut
  bool historical = false;
  int32_t figures = engine::kFiguresVersionUnnamed;
  uint64_t working_hours = 0;
  uint64_t cut_digest = 0;
  uint64_t cells_digest = 0;
  uint64_t verdict_digest = 0;
  // A book that is equivalent, for a verdict, to the book of the journaled verdict. null: not kept.
  std::shared_ptr<const alerts::Book> before;
};
JournaledTick in_short(base::JournalOffset offset, const alerts::TickEvaluated& tick);

// Equal for equal cuts, whatever the order of their offsets.
uint64_t cut_digest(std::span<const alerts::CutOffset> cut);

// The result of a comparison; also a label of a metric.
enum class Compared : uint8_t {
  kEqual,           // cells and verdict
  kCellsEqual,      // the verdict's book was not available
  kCellsDiffer,     // at an equal cut
  kVerdictsDiffer,  // on equal cells, with the same book
  kCutDiffers,      // no divergence: the wall clock affects where a quiet input is cut
  kNotCompared,     // the record was not available, passes the tick without judgement, or has
                    // another version of the figures, or other working hours or teams of the desks
};
inline constexpr std::array<std::string_view, 6> kComparedNames = {
    "equal", "cells_equal", "cells_differ", "verdicts_differ", "cut_differs", "not_compared"};
inline bool is_divergence(Compared c) {
  return c == Compared::kCellsDiffer || c == Compared::kVerdictsDiffer;
}

struct OwnTick {
  base::PeriodIndex tick;
  uint64_t working_hours = 0;  // reference::Desks::digest()
  uint64_t cut_digest = 0;
  uint64_t cells_digest = 0;
  std::optional<uint64_t> verdict_digest;  // nullopt: not computed from the book of the record
};
// `journaled` is null if the journal's record of the tick is not available.
Compared compare(const OwnTick& own, const JournaledTick* journaled);

struct Divergence {
  base::PeriodIndex tick;
  Compared what{};
  uint64_t here = 0;  // the digest that differs
  uint64_t journaled = 0;
  base::JournalOffset record;
  std::string writer;
};
// A text for people: the tick, both digests, and the writer of the journal's record.
std::string describe(const Divergence& divergence, base::Calendar calendar);

struct DivergenceReport {
  std::array<int64_t, kComparedNames.size()> ticks{};  // by result
  std::optional<Divergence> first;                     // since the start of the process
  bool diverged = false;  // the latest tick that could be compared differs
  // The latest tick in the journal was judged with other working hours or teams of the desks.
  bool other_working_hours = false;
};

class Comparisons {
 public:
  enum class News : uint8_t { kNone, kDiverged, kAgreesAgain };
  // Counts the result of a comparison. Returns whether a message to people is needed.
  News note(Compared result, const OwnTick& own, const JournaledTick* journaled);
  // The journal took this replica's own verdict for a tick, so the two agree from here on.
  void note_own() { report_.diverged = report_.other_working_hours = false; }
  const DivergenceReport& report() const { return report_; }
  const Divergence& latest() const { return latest_; }  // valid after kDiverged

 private:
  DivergenceReport report_;
  Divergence latest_;
};

}  // namespace bellwether::runtime
