// Purpose: describes each record of the alert book and of the journal once, for snapshots, journal
// messages, API messages and prints. The order is the order in a snapshot: append only, and change
// the format version (adapters/snapshot/frames.h). rule_fields.h describes the rules.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/alerts/alert.h"
#include "core/alerts/book.h"
#include "core/alerts/entry.h"
#include "core/alerts/rule_fields.h"
#include "core/alerts/severity.h"
#include "core/alerts/silence.h"
#include "core/alerts/transition.h"
#include "core/base/fields.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

// The number of values of an enum in these records. The values are numbered from 0.
template <class Enum>
inline constexpr size_t kNumbers = 0;
template <>
inline constexpr size_t kNumbers<Severity> = kSeverityNames.size();
template <>
inline constexpr size_t kNumbers<TransitionKind> = kTransitionNames.size();
template <>
inline constexpr size_t kNumbers<ClearReason> = kClearReasonNames.size();
template <>
inline constexpr size_t kNumbers<detection::BaselineKind> = detection::kBaselineKinds;
template <>
inline constexpr size_t kNumbers<detection::HitBy> = detection::kHitByNames.size();
template <>
inline constexpr size_t kNumbers<RuleKind> = kRuleKindNames.size();
template <>
inline constexpr size_t kNumbers<Harm> = base::kHarmNames.size();

// The enum value of that number; nullopt if there is none.
template <class Enum>
constexpr std::optional<Enum> value_of(uint64_t number) {
  static_assert(kNumbers<Enum> > 0, "the enum has no row above");
  if (number >= kNumbers<Enum>) return std::nullopt;
  if constexpr (std::is_same_v<Enum, TransitionKind>) {
    if (kTransitionNames[number].empty()) return std::nullopt;
  }
  return static_cast<Enum>(number);
}

}  // namespace bellwether::alerts

namespace bellwether::base {

template <>
struct Fields<detection::PeriodRange> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(first), BELLWETHER_FIELD(last)};
  }
};

// ---- alerts

template <>
struct Fields<alerts::AlertKey> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(rule), BELLWETHER_FIELD(area), BELLWETHER_FIELD(sector)};
  }
};
template <>
struct Fields<alerts::Contribution> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(area),     BELLWETHER_FIELD(sector),
                      BELLWETHER_FIELD(observed), BELLWETHER_FIELD(expected),
                      BELLWETHER_FIELD(share),    BELLWETHER_FIELD(measure),
                      BELLWETHER_FIELD(z)};
  }
};
template <>
struct Fields<alerts::Evidence> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(period),
                      BELLWETHER_FIELD(observed),
                      BELLWETHER_FIELD(expected),
                      BELLWETHER_FIELD(lower),
                      BELLWETHER_FIELD(upper),
                      BELLWETHER_FIELD(p),
                      BELLWETHER_FIELD(p_adjusted),
                      BELLWETHER_FIELD(z),
                      BELLWETHER_FIELD(cusum),
                      BELLWETHER_FIELD(cusum_threshold),
                      BELLWETHER_FIELD(dispersion),
                      BELLWETHER_FIELD(ratio),
                      BELLWETHER_FIELD(baseline_periods),
                      BELLWETHER_FIELD(baseline_first),
                      BELLWETHER_FIELD(baseline_last),
                      BELLWETHER_FIELD(downweighted),
                      BELLWETHER_FIELD(score_scale),
                      BELLWETHER_FIELD(baseline_kind),
                      BELLWETHER_FIELD(year_before),
                      BELLWETHER_FIELD(limit),
                      BELLWETHER_FIELD(reported),
                      BELLWETHER_FIELD(nowcast),
                      BELLWETHER_FIELD(nowcast_lower),
                      BELLWETHER_FIELD(nowcast_upper),
                      BELLWETHER_FIELD(contributions),
                      BELLWETHER_FIELD(window_periods),
                      BELLWETHER_FIELD(score),
                      BELLWETHER_FIELD(memory_periods),
                      BELLWETHER_FIELD(hit_by)};
  }
};
template <>
struct Fields<alerts::AlertUpdate> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FLAT(key),
                      BELLWETHER_FIELD(raised),
                      BELLWETHER_FIELD(severity),
                      BELLWETHER_FIELD(severity_max),
                      BELLWETHER_FIELD(open),
                      BELLWETHER_FIELD(onset),
                      BELLWETHER_FIELD(quiet_ticks),
                      BELLWETHER_FIELD(frozen_ticks),
                      BELLWETHER_FIELD(suspended),
                      BELLWETHER_FIELD(recent_hits),
                      BELLWETHER_FIELD(historical),
                      BELLWETHER_FIELD(transition),
                      BELLWETHER_FIELD(clear_reason),
                      BELLWETHER_FIELD(evidence),
                      BELLWETHER_FIELD(suspended_ticks)};
  }
};
template <>
struct Fields<alerts::Acknowledgement> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(actor), BELLWETHER_FIELD(comment),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::Alert> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(name),
                      BELLWETHER_FIELD(state),
                      BELLWETHER_FIELD_AS(raised_at, raised_at_ms),
                      BELLWETHER_FIELD(cleared),
                      BELLWETHER_FIELD_AS(cleared_at, cleared_at_ms),
                      BELLWETHER_FIELD(raised_evidence),
                      BELLWETHER_FIELD(acknowledgement)};
  }
};

// ---- journal entries

template <>
struct Fields<alerts::CutOffset> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(topic), BELLWETHER_FIELD(partition),
                      BELLWETHER_FIELD(offset)};
  }
};
template <>
struct Fields<alerts::TickEvaluated> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(tick),
                      BELLWETHER_FIELD_AS(tick_at, tick_at_ms),
                      BELLWETHER_FIELD(book_offset),
                      BELLWETHER_FIELD(rule_set),
                      BELLWETHER_FIELD(cut),
                      BELLWETHER_FIELD(cells_digest),
                      BELLWETHER_FIELD(verdict_digest),
                      BELLWETHER_FIELD(historical),
                      BELLWETHER_FIELD(updates),
                      BELLWETHER_FIELD(silent_topics),
                      BELLWETHER_FIELD(series_assessed),
                      BELLWETHER_FIELD(figures),
                      BELLWETHER_FIELD(working_hours),
                      BELLWETHER_APART(writer)};  // stored in the journal record around it
  }
};
template <>
struct Fields<alerts::AlertAcknowledged> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(alert), BELLWETHER_FIELD(actor), BELLWETHER_FIELD(comment),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::SilenceCreated> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(rule),        BELLWETHER_FIELD(area),
                      BELLWETHER_FIELD(sector),      BELLWETHER_FIELD_AS(until, until_ms),
                      BELLWETHER_FIELD(actor),       BELLWETHER_FIELD(comment),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::SilenceExpired> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(silence), BELLWETHER_FIELD(actor),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::RuleSetActivated> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(rule_set), BELLWETHER_FIELD(actor),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::RegimeBreakDeclared> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FLAT(periods), BELLWETHER_FIELD(reason), BELLWETHER_FIELD(actor),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};
template <>
struct Fields<alerts::RegimeBreakWithdrawn> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(regime_break), BELLWETHER_FIELD(actor),
                      BELLWETHER_FIELD_AS(at, at_ms)};
  }
};

// ---- the book

template <>
struct Fields<alerts::ResumeToken> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(offset), BELLWETHER_FIELD(index)};
  }
};
template <>
struct Fields<alerts::Lead> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(writer), BELLWETHER_FIELD(epoch)};
  }
};
template <>
struct Fields<alerts::Silence> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(id), BELLWETHER_FIELD(silence),
                      BELLWETHER_FIELD(expired_by_hand)};
  }
};
template <>
struct Fields<alerts::BookState> {
  static constexpr auto list() {
    // The long lists have their own frames.
    return std::tuple{BELLWETHER_FIELD(offset),    BELLWETHER_FIELD(rules_changed_at),
                      BELLWETHER_FIELD(last_tick), BELLWETHER_FIELD(last_tick_at),
                      BELLWETHER_FIELD(lead),      BELLWETHER_FIELD(silent_topics),
                      BELLWETHER_FIELD(cut),       BELLWETHER_FIELD(declared_breaks),
                      BELLWETHER_FIELD(forgotten), BELLWETHER_FIELD(forgotten_through),
                      BELLWETHER_APART(rule_set),  BELLWETHER_APART(silences),
                      BELLWETHER_APART(open),      BELLWETHER_APART(alerts),
                      BELLWETHER_APART(histories), BELLWETHER_APART(transitions)};
  }
};

}  // namespace bellwether::base
