// Purpose: computes the counts that one business adds to the cells, as a pure function of the known
// facts of the business. Every count of the daemon is the sum of these contributions over all
// businesses. So the ledger needs no special code for moves, restorations, corrections, retractions
// and late facts.
// Thread safety: pure.
#pragma once

#include <optional>
#include <span>

#include "absl/container/inlined_vector.h"
#include "core/base/calendar.h"
#include "core/indicators/deltas.h"
#include "core/ledger/fact.h"
#include "core/reference/reference.h"

namespace bellwether::ledger {

using Contributions = absl::InlinedVector<indicators::Delta, 12>;

// A business counts as supported for this long after an interaction, while it is alive.
// Interactions before its birth or after its ceasing are no support of a business of the stock.
inline constexpr int32_t kSupportedDays = 365;

// A business with at least ten employees counts as grown for this long after it went up a size
// band, until it goes down again.
inline constexpr int32_t kGrownDays = 3 * 365;
inline constexpr base::SizeBand kTenOrMoreBand{3};  // 10 to 19 employees

// `facts` are in Fact::order(). `unregistered`: an enquirer under case:ID; each of the enquirer's
// interactions counts in the area and sector that it states, and all other facts in those of the
// interaction before them. `reference` says which nodes a move enters and leaves. Appends the
// contributions to `out`. Their order depends only on `facts`.
//  - If there are several registrations, the latest version is used. Without a registration, no
//    fact counts.
//  - A Changed fact changes attributes from its date on. Changes before the birth are ignored.
//  - What counts by legal form counts under the form of its day, and a change of size band or legal
//    form counts in both classes (Measure::kClassChanges).
//  - A living business that changes its area and its sector at once moves into the nodes whose area
//    is new to it, and is reclassified in the nodes that have both areas.
//  - A business is alive from its birth to its first ceasing, and from each restoration to the next
//    ceasing.
//  - What a status says of a living business (domain::Standing) lasts until the next status.
//  - Facts about support count whether the business is alive or not. Some facts count only together
//    with others (pairs.h).
// Skips the deltas of the first `passed` facts. Two lists with the same first facts and the same
// registration produce the same deltas for these facts. The pairs are never skipped: they are the
// last of the contributions.
void contribute(std::span<const Fact> facts, bool unregistered, base::Calendar calendar,
                const reference::Reference& reference, Contributions& out, size_t passed = 0);

// The measure under which the delay of a fact counts (domain::reported_as), its period, and its
// reporting delay. nullopt if the delay is unknown or longer than report_delay_max().
std::optional<indicators::ReportKey> reported(const Fact& fact, base::Calendar calendar);

// True if there are facts of a business, but no registration yet.
bool is_waiting(std::span<const Fact> facts, bool unregistered);

}  // namespace bellwether::ledger
