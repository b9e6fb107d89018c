#include "runtime/journal/divergence.h"

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::runtime {

JournaledTick in_short(base::JournalOffset offset, const alerts::TickEvaluated& tick) {
  JournaledTick out;
  out.tick = tick.tick;
  out.offset = offset;
  out.writer = base::excerpt(tick.writer, kWriterBytesKept);
  out.judged = !tick.cut.empty();
  out.historical = tick.historical;
  out.figures = tick.figures;
  out.working_hours = tick.working_hours;
  out.cut_digest = cut_digest(tick.cut);
  out.cells_digest = tick.cells_digest;
  out.verdict_digest = tick.verdict_digest;
  return out;
}

uint64_t cut_digest(std::span<const alerts::CutOffset> cut) {
  base::SetDigest digest;
  for (const alerts::CutOffset& c : cut) {
    digest.add(base::hash64(c.topic), static_cast<uint64_t>(c.partition),
               static_cast<uint64_t>(c.offset));
  }
  return digest.value();
}

Compared compare(const OwnTick& own, const JournaledTick* journaled) {
  if (journaled == nullptr || !journaled->judged || journaled->figures != engine::kFiguresVersion ||
      journaled->working_hours != own.working_hours) {
    return Compared::kNotCompared;
  }
  if (own.cut_digest != journaled->cut_digest) return Compared::kCutDiffers;
  if (own.cells_digest != journaled->cells_digest) return Compared::kCellsDiffer;
  if (!own.verdict_digest) return Compared::kCellsEqual;
  return *own.verdict_digest == journaled->verdict_digest ? Compared::kEqual
                                                          : Compared::kVerdictsDiffer;
}

std::string describe(const Divergence& d, base::Calendar calendar) {
  return base::cat("tick ", calendar.name(d.tick), ": the digest of ",
                   d.what == Compared::kCellsDiffer ? "the cells" : "the verdict", " is ",
                   base::hex16(d.here), " here and ", base::hex16(d.journaled),
                   " in journal record ", d.record.value, " of ", d.writer);
}

Comparisons::News Comparisons::note(Compared result, const OwnTick& own,
                                    const JournaledTick* journaled) {
  ++report_.ticks[static_cast<size_t>(result)];
  if (journaled != nullptr && journaled->judged)
    report_.other_working_hours = journaled->working_hours != own.working_hours;
  if (result == Compared::kCutDiffers || result == Compared::kNotCompared) return News::kNone;
  bool const before = report_.diverged;
  report_.diverged = is_divergence(result);
  if (!report_.diverged) return before ? News::kAgreesAgain : News::kNone;
  BELLWETHER_CHECK(journaled != nullptr);
  bool const cells = result == Compared::kCellsDiffer;
  latest_ = {own.tick,
             result,
             cells ? own.cells_digest : own.verdict_digest.value_or(0),
             cells ? journaled->cells_digest : journaled->verdict_digest,
             journaled->offset,
             journaled->writer};
  if (!report_.first) report_.first = latest_;
  return before ? News::kNone : News::kDiverged;
}

}  // namespace bellwether::runtime
