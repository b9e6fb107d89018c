#include "core/events/identity.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::events {
namespace {

char* write_upper(std::string_view text, char* at) {
  for (char const c : text) *at++ = absl::ascii_toupper(static_cast<unsigned char>(c));
  return at;
}

char* write_lower(std::string_view text, char* at) {
  for (char const c : text) *at++ = absl::ascii_tolower(static_cast<unsigned char>(c));
  return at;
}

// Writes a company number, padded with zeros to kCompanyNumberBytes. The zeros are inserted before
// "123456", and after the "SC" of "SC12345". Another form, or a number that is long enough, is only
// converted to upper case.
char* write_company_number(std::string_view id, char* at) {
  size_t prefix = 0;
  if (!base::all_digits(id)) prefix = 2;
  bool const fits = id.size() > prefix && id.size() < kCompanyNumberBytes &&
                    base::all_digits(id.substr(prefix)) &&
                    (prefix == 0 || absl::ascii_isalpha(static_cast<unsigned char>(id[0])));
  if (!fits) return write_upper(id, at);
  at = write_upper(id.substr(0, prefix), at);
  at = std::fill_n(at, kCompanyNumberBytes - id.size(), '0');
  return write_upper(id.substr(prefix), at);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  auto const blank = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view write_canonical_id(std::string_view jurisdiction, std::string_view register_name,
                                    std::string_view id, char* buffer) {
  char* at = write_upper(jurisdiction, buffer);
  *at++ = '/';
  char* const begin_register = at;
  at = write_lower(register_name, at);
  std::string_view const written(begin_register, static_cast<size_t>(at - begin_register));
  *at++ = '/';
  at = written == kCompaniesHouse ? write_company_number(id, at) : write_upper(id, at);
  return {buffer, static_cast<size_t>(at - buffer)};
}

std::string canonical_business_id(std::string_view jurisdiction, std::string_view register_name,
                                  std::string_view id) {
  jurisdiction = trimmed(jurisdiction);
  register_name = trimmed(register_name);
  id = trimmed(id);
  std::string canonical(
      jurisdiction.size() + register_name.size() + id.size() + 2 + kCompanyNumberBytes, '\0');
  canonical.resize(write_canonical_id(jurisdiction, register_name, id, canonical.data()).size());
  return canonical;
}

BusinessKey business_key(std::string_view canonical_id) {
  return BusinessKey(base::hash64(canonical_id));
}

FactId fact_id(std::string_view source, std::string_view event_id) {
  return FactId(base::hash64(event_id, base::hash64(source)));
}

}  // namespace bellwether::events
