// Purpose: what the words of Companies House mean: statuses and kinds of company, as in the file
// BasicCompanyData. Words are compared without regard to case and blanks.
// Thread safety: the tables are constant.
#pragma once

#include <optional>
#include <string_view>

#include "bellwether/events/v1/registration.pb.h"

namespace bellwether::connect::companies_house {

struct StatusWord {
  std::string_view word;
  events::v1::RegisterStatus status;
  events::v1::StatusDetail detail = events::v1::STATUS_DETAIL_UNSPECIFIED;
};
// nullptr for a word that is not in the table.
const StatusWord* find_status(std::string_view word);
// The four statuses of which registration.proto says "Ceased".
bool has_ceased(events::v1::RegisterStatus status);

enum class Kept : uint8_t {
  kYes,
  // No business of the place: a foreign owner of land in the United Kingdom.
  kOverseasEntity,
};
struct CategoryWord {
  std::string_view word;
  events::v1::LegalForm form;
  Kept kept = Kept::kYes;
};
// nullptr for a word that is not in the table: then the legal form is "other".
const CategoryWord* find_category(std::string_view word);

}  // namespace bellwether::connect::companies_house
