// Purpose: the version of what the figures mean. Two builds with the same version give the same
// facts, cells, reports and panels for the same log. A snapshot and a journaled tick name their
// version, because facts that were folded with another meaning must not be mixed with facts of this
// build. Thread safety: a constant.
#pragma once

#include <cstdint>

namespace bellwether::engine {

// Raise it with every change of what a record of the log counts as: in the decoder, the ledger, the
// panel or the reports. figures_test.cc then asks for the new digest. The versions:
//   1: all builds before this number existed
//   2: businesses and enquirers of unknown places and sectors count
//   3: enquiries, and enquiries about distress, are counted
//   4: moves, reclassifications and changes of size are counted apart, and by node
//   5: support counts only while the business is in the stock
//   6: interactions and changes have reporting delays
//   7: a number with blanks inside is the number without them
//   8: a fact may be dated up to the latest day on earth at its publication, not only the UTC day
//   9: filings, referrals, redundancies, outcomes, refused interactions, insolvencies by type and
//      businesses with ten or more employees are counted
//   10: what is counted is divided by size band, legal form, channel, team and intensity;
//      businesses with a proposal to strike them off, or in a procedure, are counted
inline constexpr int32_t kFiguresVersion = 10;

// The version of snapshots and journal records that do not name one.
inline constexpr int32_t kFiguresVersionUnnamed = 1;

}  // namespace bellwether::engine
