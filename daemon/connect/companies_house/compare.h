// Purpose: compares a row of the file with what is remembered of the company, and says what is new.
// Thread safety: pure, except for what `facts` says.
#pragma once

#include <optional>

#include "connect/companies_house/facts.h"
#include "connect/companies_house/record.h"
#include "connect/companies_house/row.h"

namespace bellwether::connect::companies_house {

// Returns what is to be remembered. `known`: nullopt for a company that is seen for the first time.
// Of such a company, its registration, its status if that is not plainly active, and what is due
// are said. Its charges and filings so far have no dates, so they are only remembered: later ones
// are said. REQUIRES: row.born and row.dissolved are not after facts.day().
Record tell_row(const Row& row, const std::optional<Record>& known, Facts& facts);

// The company is not in the file any more. REQUIRES: !has_ceased(known).
Record tell_gone(const Record& known, Facts& facts);

// Whether the company was not on the register when it was last said.
bool has_ceased(const Record& known);

}  // namespace bellwether::connect::companies_house
