#include "connect/table/business_name.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::connect::table {
namespace {

// The letters of U+00C0 … U+00FF without their accents; "" for signs.
constexpr std::array<std::string_view, 64> kPlainLetters = {
    "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",
    "D", "N", "O", "O", "O", "O", "O",  "",  "O", "U", "U", "U", "U", "Y", "TH", "SS",
    "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",
    "D", "N", "O", "O", "O", "O", "O",  "",  "O", "U", "U", "U", "U", "Y", "TH", "Y"};

// Words at the end of a name that state its legal form. Longer ones come before those that they end
// with.
struct LegalForm {
  std::string_view words;
  std::string_view form;
};
constexpr auto kLegalForms = std::to_array<LegalForm>({
    {"PUBLIC LIMITED COMPANY", "PLC"},
    {"LIMITED LIABILITY PARTNERSHIP", "LLP"},
    {"COMMUNITY INTEREST COMPANY", "CIC"},
    {"LIMITED PARTNERSHIP", "LP"},
    {"PRIVATE LIMITED", "LTD"},
    {"PTE LIMITED", "LTD"},
    {"PTE LTD", "LTD"},
    {"CWMNI CYFYNGEDIG CYHOEDDUS", "PLC"},
    {"CYFYNGEDIG", "LTD"},
    {"LIMITED", "LTD"},
    {"LTD", "LTD"},
    {"CYF", "LTD"},
    {"PLC", "PLC"},
    {"LLP", "LLP"},
    {"CIC", "CIC"},
    {"LP", "LP"},
    {"SARL", "SARL"},
    {"SASU", "SAS"},
    {"SAS", "SAS"},
    {"GMBH", "GMBH"},
});

// The character as capital letters without accents; "" for one that is left out, " " for one that
// separates words.
std::string plain(std::string_view character) {
  auto const byte = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    if (absl::ascii_isalnum(byte)) return std::string(1, absl::ascii_toupper(byte));
    if (character == "&" || character == "+") return " AND ";
    return character == "'" || character == "." ? "" : " ";
  }
  if (character.size() == 2 && byte == 0xc3) {
    return std::string(kPlainLetters[static_cast<unsigned char>(character[1]) - 0x80u]);
  }
  if (character == "\u2019") return "";
  if (character == "\u00a0" || character == "\u2013" || character == "\u2014") return " ";
  return std::string(character);
}

std::string plain_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t const bytes = std::max<size_t>(1, base::utf8_length(text));
    out += plain(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  std::vector<std::string> const words = absl::StrSplit(out, ' ', absl::SkipEmpty());
  return absl::StrJoin(words, " ");
}

// Pairs of neighbouring characters within words, sorted. A word of one letter is a pair with a
// blank.
std::vector<uint16_t> pairs_of(std::string_view text) {
  std::vector<uint16_t> out;
  auto const pair = [](char a, char b) {
    return static_cast<uint16_t>(static_cast<unsigned char>(a) << 8 |
                                 static_cast<unsigned char>(b));
  };
  for (absl::string_view const word : absl::StrSplit(base::to_absl(text), ' ', absl::SkipEmpty())) {
    out.push_back(pair(' ', word[0]));
    for (size_t i = 0; i + 1 < word.size(); ++i) out.push_back(pair(word[i], word[i + 1]));
    out.push_back(pair(word.back(), ' '));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

BusinessName normalise_name(std::string_view name) {
  BusinessName out{plain_text(name), ""};
  for (const LegalForm& each : kLegalForms) {
    bool const ends = out.core.size() > each.words.size() && out.core.ends_with(each.words) &&
                      out.core[out.core.size() - each.words.size() - 1] == ' ';
    if (!ends) continue;
    out.core.resize(out.core.size() - each.words.size() - 1);
    out.form = each.form;
    break;
  }
  constexpr std::string_view kArticle = "THE ";
  if (out.core.starts_with(kArticle)) out.core.erase(0, kArticle.size());
  return out;
}

bool forms_agree(const BusinessName& a, const BusinessName& b) {
  return a.form.empty() || b.form.empty() || a.form == b.form;
}

double similarity(std::string_view a, std::string_view b) {
  std::vector<uint16_t> const left = pairs_of(a);
  std::vector<uint16_t> const right = pairs_of(b);
  if (left.empty() || right.empty()) return 0;
  std::vector<uint16_t> common;
  std::ranges::set_intersection(left, right, std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) / static_cast<double>(left.size() + right.size());
}

std::string normalise_postcode(std::string_view postcode) {
  std::string out = plain_text(postcode);
  std::erase_if(out, [](char c) { return !absl::ascii_isalnum(static_cast<unsigned char>(c)); });
  return out;
}

}  // namespace bellwether::connect::table
