// Purpose: what one business adds to the cells, as a pure function of the facts known of
// it. Everything the daemon counts is the sum of this over all businesses, so moves, restorations,
// corrections, retractions and late facts need no code of their own.
// Thread safety: pure.
#pragma once

#include <optional>
#include <span>

#include "absl/container/inlined_vector.h"
#include "core/base/calendar.h"
#include "core/indicators/deltas.h"
#include "core/ledger/fact.h"

namespace bellwether::ledger {

using Contributions = absl::InlinedVector<indicators::Delta, 12>;

// A business counts as supported for this long after an interaction.
inline constexpr int32_t kSupportedDays = 365;

// `facts` in Fact::order(). `unregistered`: an enquirer under case:ID, whose interactions count by
// the area and sector that each states. Appends to `out`, in an order given by `facts` alone.
//  - Of several registrations the latest version holds; facts without any count nowhere yet.
//  - Attributes change from the date of a Changed fact on; changes dated before the birth are void.
//  - A business lives from birth to the first ceasing, again from a restoration to the next.
// Skips the deltas of the first `passed` facts. Two lists with the same first facts and the same
// registration produce the same deltas for them.
void contribute(std::span<const Fact> facts, bool unregistered, base::Calendar calendar,
                Contributions& out, size_t passed = 0);

// The measure a fact counts in, its period, and its reporting delay. nullopt if the delay is
// unknown (interactions do not store it) or longer than report_delay_max().
std::optional<indicators::ReportKey> reported(const Fact& fact, base::Calendar calendar);

// True when `facts` name a business that no registration has made known.
bool is_waiting(std::span<const Fact> facts, bool unregistered);

}  // namespace bellwether::ledger
