// Purpose: why a replica is not ready: a code for the metrics and a text for people.
// Thread safety: values.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bellwether::runtime {

enum class NotReadyReason {
  kStarting,            // no part was asked yet
  kBrokerUnreachable,   // at the start: the broker does not answer, or cannot serve the topics yet
  kReadingSnapshot,     // of its own folder
  kTakingSnapshot,      // of another replica
  kReadingDeadLetters,  // to know which are written already
  kReadingJournal,
  kInputError,      // the broker reports an error about an input
  kInputUnknown,    // the broker has not told the end of an input yet
  kLag,             // too many records are not read
  kFiguresBehind,   // the journal judges a later tick than the figures show
  kTicksWaiting,    // too many closed ticks wait for the evaluation
  kVerdictOverdue,  // nobody leads, or the journal takes nothing
  kDraining,
};
inline constexpr size_t kNotReadyReasons = 13;

// The values of the label `reason` of bellwether_not_ready, by NotReadyReason.
inline constexpr std::array<std::string_view, kNotReadyReasons> kNotReadyReasonNames = {
    "starting",        "broker_unreachable",   "reading_snapshot",
    "taking_snapshot", "reading_dead_letters", "reading_journal",
    "input_error",     "input_unknown",        "lag",
    "figures_behind",  "ticks_waiting",        "verdict_overdue",
    "draining"};

struct NotReady {
  NotReadyReason reason = NotReadyReason::kStarting;
  std::string text;  // not empty
};

// Empty if ready.
inline std::string text_of(const std::optional<NotReady>& why) {
  return why ? why->text : std::string();
}

}  // namespace bellwether::runtime
