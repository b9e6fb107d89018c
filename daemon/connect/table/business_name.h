// Purpose: compares names of businesses as people write them, and postcodes.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

namespace bellwether::connect::table {

// A name without what people write in different ways.
struct BusinessName {
  std::string core;  // upper case, letters and digits, one space between words; without legal form
  std::string form;  // "LTD", "PLC", "LLP", … ; empty if the name does not end with one
};

// Case, accents (É → E) and punctuation do not count; "&" and "+" are AND; THE at the beginning is
// left out; LIMITED is LTD, PUBLIC LIMITED COMPANY is PLC, and so on (business_name.cc has the
// table).
BusinessName normalise_name(std::string_view name);

// True unless both names state a legal form and the forms differ.
bool forms_agree(const BusinessName& a, const BusinessName& b);

// Similarity of two cores, 0 … 1: the Sørensen–Dice coefficient of their pairs of neighbouring
// characters within words (Dice 1945). It tolerates misspelt letters and another order of words.
double similarity(std::string_view a, std::string_view b);

// Upper case, without blanks and punctuation: "b15 2tt" → "B152TT".
std::string normalise_postcode(std::string_view postcode);

}  // namespace bellwether::connect::table
