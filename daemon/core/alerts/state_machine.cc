#include "core/alerts/state_machine.h"

#include <algorithm>
#include <bit>

namespace bellwether::alerts {
namespace {

// Two hits in this many ticks, including the current one, make a large change red.
constexpr uint32_t kRecentTicks = 0b111;
constexpr int kHitsForRed = 2;

// An alert is suspended while it has a reason, so a signal without one gets this.
constexpr std::string_view kNoReason = "it cannot be assessed";

Severity wanted(const Rule& rule, const AlertUpdate& state, const Signal& signal) {
  if (rule.severity != Severity::kRed) return rule.severity;
  if (signal.provisional) return Severity::kAmber;
  bool const repeated =
      std::popcount(state.recent_hits & kRecentTicks) >= kHitsForRed && signal.large;
  return signal.established || repeated ? Severity::kRed : Severity::kAmber;
}

}  // namespace

int32_t frozen_ticks_max(base::Calendar calendar) {
  return 2 * calendar.periods_per_year();
}

std::optional<detection::PeriodRange> frozen_periods(const AlertUpdate* open,
                                                     base::Calendar calendar) {
  int32_t const most = frozen_ticks_max(calendar);
  if (open == nullptr || open->severity != Severity::kRed || open->frozen_ticks > most)
    return std::nullopt;
  return detection::PeriodRange{open->onset, PeriodIndex(open->onset.value + most)};
}

int32_t suspended_ticks_max(base::Calendar calendar) {
  return calendar.periods_per_year() / 4;
}

Signal untested(std::string_view suspended, std::string_view not_assessed, bool closed) {
  Signal s;
  s.why_not = !suspended.empty()      ? suspended
              : !not_assessed.empty() ? not_assessed
                                      : "base too small";
  s.closed = closed;
  return s;
}

std::optional<AlertUpdate> step(const Rule& rule, const AlertKey& key, const AlertUpdate* open,
                                const Signal& signal, PeriodIndex tick, bool historical,
                                base::Calendar calendar) {
  if (open == nullptr && !(signal.assessed && signal.hit)) return std::nullopt;
  AlertUpdate next;
  if (signal.closed) {
    next = *open;
    next.transition = TransitionKind::kNone;
    return next;
  }
  if (open != nullptr) {
    next = *open;
    next.recent_hits <<= 1;
  } else {
    next.key = key;
    next.raised = tick;
    next.historical = historical;
  }
  next.transition = TransitionKind::kNone;
  if (!signal.assessed) {
    if (++next.suspended_ticks >= suspended_ticks_max(calendar))
      return close(*open, ClearReason::kNotAssessable);
    if (next.suspended.empty()) next.transition = TransitionKind::kSuspended;
    next.suspended = signal.why_not.empty() ? kNoReason : signal.why_not;
    return next;
  }
  next.suspended_ticks = 0;
  bool const resumed = !next.suspended.empty();
  next.suspended.clear();
  next.evidence = signal.evidence;
  if (signal.hit) next.recent_hits |= 1;
  if (open == nullptr || signal.onset < next.onset) next.onset = signal.onset;

  if (signal.quiet && !signal.hit) {
    ++next.quiet_ticks;
  } else {
    next.quiet_ticks = 0;
  }
  Severity const was = next.severity;
  Severity const now = wanted(rule, next, signal);
  // The severity does not fall until the alert clears, so that it does not alternate between amber
  // and red.
  next.severity = std::max(was, now);
  next.severity_max = std::max(next.severity_max, next.severity);
  if (next.severity == Severity::kRed) {
    next.frozen_ticks = std::min(next.frozen_ticks + 1, frozen_ticks_max(calendar) + 1);
  }
  if (open != nullptr && next.quiet_ticks >= rule.clear_ticks) {
    next.open = false;
    next.transition = TransitionKind::kCleared;
    next.clear_reason = signal.new_normal ? ClearReason::kNewNormal : ClearReason::kQuiet;
  } else if (open == nullptr) {
    next.transition = TransitionKind::kRaised;
  } else if (next.severity > was) {
    next.transition = TransitionKind::kEscalated;
  } else if (resumed) {
    next.transition = TransitionKind::kResumed;
  }
  return next;
}

AlertUpdate close(const AlertUpdate& open, ClearReason reason) {
  AlertUpdate next = open;
  next.open = false;
  next.suspended.clear();
  next.recent_hits <<= 1;
  next.transition = TransitionKind::kCleared;
  next.clear_reason = reason;
  return next;
}

}  // namespace bellwether::alerts
