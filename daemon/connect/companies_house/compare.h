// Purpose: compares what a source shows of a company, a row of the file or a profile of the stream,
// with what is remembered of the company, and says what is new.
//
// Files come in their order, the stream's profiles in theirs, but either source may be behind the
// other by any time. What is said at the end does not depend on that:
//  - A profile that is newer than the last file is compared with what is known. An older one is
//    compared with the stream's profile before it; it adds the days of changes that a file has
//    already told, and does not change what is known.
//  - A file says nothing of the status and attributes of a company of which a newer profile is
//    known. A profile of the last day that a file shows counts as newer than the file.
// Thread safety: pure, except for what `facts` says.
#pragma once

#include <optional>

#include "connect/companies_house/facts.h"
#include "connect/companies_house/record.h"
#include "connect/companies_house/row.h"

namespace bellwether::connect::companies_house {

// Returns what is to be remembered. `known`: nullopt for a company that is seen for the first time.
// Of a company that no file had before, its registration, its status if that is not plainly active,
// and what is due are said. Its charges and filings so far have no dates, so they are only
// remembered: later ones are said. REQUIRES: row.born and row.dissolved are not after facts.day().
Record tell_row(const Row& row, const std::optional<Record>& known, Facts& facts);

// What it means that a company is not in the file that shows the end of `day`.
enum class Absence : uint8_t {
  kKnown,   // nothing new
  kAbsent,  // to be remembered: it had ceased, or the stream knows it since
  kGone,    // it has ceased
};
Absence absence_of(const Record& known, base::Days day);
// REQUIRES: absence_of() is kGone, or kAbsent.
Record tell_gone(const Record& known, Facts& facts);
Record remember_absent(const Record& known);

// What was so long past when it was published is no news.
inline constexpr int32_t kOldDays = 366;

// A profile of the stream; its numbers of charges are not used. `filed_through`: the day that the
// last file shows; nullopt: none was loaded. Of a company that has ceased and is not known, only
// that is said. nullopt: nothing is said or remembered, because that is no news, or has no day.
// REQUIRES: as tell_row().
std::optional<Record> tell_profile(const Row& row, const std::optional<Record>& known,
                                   std::optional<base::Days> filed_through, Facts& facts);

// A document that the stream tells: returns the day on which it was due, if that is known.
std::optional<base::Days> tell_document(Fact filed, base::Days period_end, Record& record);

// A satisfaction of a charge that the stream tells for the first time: counts it, or retracts the
// one by which a file told it. `published`: its day of publication. True if the record changed.
bool tell_satisfied(base::Days published, std::optional<base::Days> filed_through, Record& record,
                    Facts& facts);

// Whether the company was not on the register when it was last said.
bool has_ceased(const Record& known);

}  // namespace bellwether::connect::companies_house
