// Purpose: the counts of a business that need more than one of its facts: the documents that are
// overdue (a due date and a filing), and referrals (opened, then completed or declined). A pair has
// no order of arrival: each count is a function of the known facts. Documents that were filed in
// time count nowhere, so the ledger forgets them after a while.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>

#include "absl/container/inlined_vector.h"
#include "core/base/calendar.h"
#include "core/ledger/contribution.h"
#include "core/ledger/fact.h"

namespace bellwether::ledger {

// A document counts as overdue for at most this long: 18 months. After that the business counts as
// dormant, because nobody expects the document any more.
inline constexpr int32_t kOverdueDaysMax = 548;

// The cell of a business from a day on, and whether it is in the stock.
struct Stay {
  Days from;
  Cell cell{};
  bool alive = false;
};
// In the order of the days. The first stay begins before every fact.
using Track = absl::InlinedVector<Stay, 8>;

// A set of kinds of facts, one bit per kind.
using Kinds = uint32_t;
static_assert(domain::kKindCount <= 32);
constexpr Kinds bit_of(EventKind kind) {
  return Kinds{1} << static_cast<unsigned>(kind);
}
// The kinds that count in pairs. A business without facts of these kinds needs no track.
inline constexpr Kinds kFilingKinds =
    bit_of(EventKind::kFilingRecorded) | bit_of(EventKind::kFilingDue);
inline constexpr Kinds kPairedKinds = kFilingKinds | bit_of(EventKind::kReferral);

// Appends the contributions of the pairs among `facts`, which are in Fact::order(). `kinds`: those
// of `facts`.
//  - A document is overdue from the day after its due date until the day on which it is filed, a
//    later due date is stated, or kOverdueDaysMax have passed; and only while the business is in
//    the stock. It moves with the business.
//  - The latest stated due date of a category is in force. A filing satisfies it if both state the
//    same end of the period. If one of the two states none, the filing satisfies it if its own due
//    date is not earlier; or, if it states none, if it was filed after the day on which the due
//    date was stated: a register often states the next due date on the day of a filing.
//  - A filing that states its own due date shows how late it was, also after the next due date is
//    stated.
//  - The facts of a referral have the same Fact::referral(). It was opened on the day of its first
//    fact, whatever state that is, and was completed or declined on the first day with that state.
void contribute_pairs(std::span<const Fact> facts, Kinds kinds, std::span<const Stay> track,
                      base::Calendar calendar, Contributions& out);

// The ledger may forget a filing and a due date that change no count when the business files a
// document of their category this much later: 24 months.
inline constexpr int32_t kFilingsKeptDays = 731;
// So many of the oldest facts of a category are tried each time, which bounds the time that a
// business with very many filings takes.
inline constexpr size_t kForgettingTriesMax = 16;

// The fact in a record that says: filings and due dates of `category` up to and including `until`
// are known, also those that are no longer here. It counts nowhere.
Fact filings_known(domain::Filing category, Days until);
// The category of such a fact; kUnstated: `fact` is none.
domain::Filing known_filings(const Fact& fact);

// The facts of `category` that change no count, whatever the business does: the due dates that were
// met in time and the filings that met them. Only facts up to and including `until` are tried.
// Returns their positions in `facts`, ascending. `facts` are in Fact::order().
absl::InlinedVector<size_t, kForgettingTriesMax> idle_filings(std::span<const Fact> facts,
                                                              domain::Filing category, Days until);

}  // namespace bellwether::ledger
