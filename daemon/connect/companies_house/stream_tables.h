// Purpose: the streams of Companies House, and what the words of its API mean: statuses, kinds of
// company, roles of officers, insolvency cases and the descriptions of filings. The words are those
// of the API's published enumerations.
// Thread safety: the tables are constant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bellwether/events/v1/registration.pb.h"
#include "connect/companies_house/tables.h"

namespace bellwether::connect::companies_house {

enum class Stream : uint8_t { kCompanies, kFilings, kOfficers, kInsolvency, kCharges };
struct StreamInfo {
  Stream id;
  std::string_view name;  // of the resource that is asked for: https://HOST/NAME
  std::string_view kind;  // resource_kind of its lines
};
inline constexpr size_t kStreams = 5;
inline constexpr std::array<StreamInfo, kStreams> kStreamTable = {{
    {Stream::kCompanies, "companies", "company-profile"},
    {Stream::kFilings, "filings", "filing-history"},
    {Stream::kOfficers, "officers", "company-officers"},
    {Stream::kInsolvency, "insolvency-cases", "company-insolvency"},
    {Stream::kCharges, "charges", "company-charges"},
}};
constexpr std::string_view name(Stream stream) {
  return kStreamTable[static_cast<size_t>(stream)].name;
}
// By its name, "companies". nullopt if there is none.
std::optional<Stream> find_stream(std::string_view name);
// By the resource_kind of a line. nullopt for a kind that is not used.
std::optional<Stream> stream_of_kind(std::string_view kind);

// `status` and `detail`: company_status and company_status_detail; `detail` may be empty. nullopt
// if the status is not in the table. An unknown detail is none.
std::optional<StatusWord> find_api_status(std::string_view status, std::string_view detail);

// `type`: of a company. nullptr if it is not in the table: then the legal form is "other".
const CategoryWord* find_api_type(std::string_view type);

// "other" for a role that is not in the table.
events::v1::OfficerRole find_role(std::string_view role);

// "other" for a type that is not in the table.
events::v1::InsolvencyType find_insolvency_type(std::string_view type);
// How well a kind of date says when a case was opened: the higher, the better. 0: it does not.
int opening_rank(std::string_view date_type);

// A notice of strike-off by the description of its filing.
struct NoticeWord {
  std::string_view description;
  std::string_view id;  // in the fact's id: notices of one day with the same one are the same
  events::v1::StrikeOffKind kind;
  events::v1::StrikeOffAction action;
};
// nullptr if the filing is no such notice.
const NoticeWord* find_notice(std::string_view description);

}  // namespace bellwether::connect::companies_house
