#include "connect/companies_house/stream_tables.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace bellwether::connect::companies_house {
namespace {

using namespace events::v1;

constexpr auto kApiStatuses = std::to_array<StatusWord>({
    {"active", REGISTER_STATUS_ACTIVE},
    {"dissolved", REGISTER_STATUS_DISSOLVED},
    {"liquidation", REGISTER_STATUS_LIQUIDATION},
    {"receivership", REGISTER_STATUS_RECEIVERSHIP},
    {"converted-closed", REGISTER_STATUS_CONVERTED_CLOSED},
    {"voluntary-arrangement", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
    {"insolvency-proceedings", REGISTER_STATUS_INSOLVENCY_PROCEEDINGS},
    {"administration", REGISTER_STATUS_ADMINISTRATION},
    {"open", REGISTER_STATUS_OPEN},
    {"closed", REGISTER_STATUS_CLOSED},
    {"registered", REGISTER_STATUS_REGISTERED},
    {"removed", REGISTER_STATUS_REMOVED},
});

struct DetailWord {
  std::string_view word;
  StatusDetail detail;
};
constexpr auto kDetails = std::to_array<DetailWord>({
    {"active-proposal-to-strike-off", STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF},
    {"petition-to-restore-dissolved", STATUS_DETAIL_PETITION_TO_RESTORE_DISSOLVED},
    {"transformed-to-se", STATUS_DETAIL_TRANSFORMED_TO_SE},
    {"converted-to-plc", STATUS_DETAIL_CONVERTED_TO_PLC},
    {"transferred-from-uk", STATUS_DETAIL_TRANSFERRED_ABROAD},
});

constexpr auto kTypes = std::to_array<CategoryWord>({
    {"ltd", LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
    {"private-limited-shares-section-30-exemption", LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
    {"private-limited-guarant-nsc", LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
    {"private-limited-guarant-nsc-limited-exemption", LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
    {"plc", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"old-public-company", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"european-public-limited-liability-company-se", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"united-kingdom-societas", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"llp", LEGAL_FORM_LIMITED_LIABILITY_PARTNERSHIP},
    {"limited-partnership", LEGAL_FORM_LIMITED_PARTNERSHIP},
    {"scottish-partnership", LEGAL_FORM_PARTNERSHIP},
    {"private-unlimited", LEGAL_FORM_UNLIMITED_COMPANY},
    {"private-unlimited-nsc", LEGAL_FORM_UNLIMITED_COMPANY},
    {"charitable-incorporated-organisation", LEGAL_FORM_CHARITABLE_INCORPORATED_ORGANISATION},
    {"scottish-charitable-incorporated-organisation",
     LEGAL_FORM_CHARITABLE_INCORPORATED_ORGANISATION},
    {"registered-society-non-jurisdictional", LEGAL_FORM_REGISTERED_SOCIETY},
    {"industrial-and-provident-society", LEGAL_FORM_REGISTERED_SOCIETY},
    {"oversea-company", LEGAL_FORM_OVERSEAS_COMPANY},
    {"registered-overseas-entity", LEGAL_FORM_OVERSEAS_COMPANY, Kept::kOverseasEntity},
    {"royal-charter", LEGAL_FORM_OTHER},
    {"investment-company-with-variable-capital", LEGAL_FORM_OTHER},
    {"icvc-securities", LEGAL_FORM_OTHER},
    {"icvc-warrant", LEGAL_FORM_OTHER},
    {"icvc-umbrella", LEGAL_FORM_OTHER},
    {"protected-cell-company", LEGAL_FORM_OTHER},
    {"assurance-company", LEGAL_FORM_OTHER},
    {"ukeig", LEGAL_FORM_OTHER},
    {"eeig", LEGAL_FORM_OTHER},
    {"eeig-establishment", LEGAL_FORM_OTHER},
    {"uk-establishment", LEGAL_FORM_OTHER},
    {"further-education-or-sixth-form-college-corporation", LEGAL_FORM_OTHER},
    {"unregistered-company", LEGAL_FORM_OTHER},
    {"converted-or-closed", LEGAL_FORM_OTHER},
    {"other", LEGAL_FORM_OTHER},
});

struct RoleWord {
  std::string_view word;
  OfficerRole role;
};
constexpr auto kRoles = std::to_array<RoleWord>({
    {"director", OFFICER_ROLE_DIRECTOR},
    {"corporate-director", OFFICER_ROLE_DIRECTOR},
    {"nominee-director", OFFICER_ROLE_DIRECTOR},
    {"corporate-nominee-director", OFFICER_ROLE_DIRECTOR},
    {"llp-member", OFFICER_ROLE_LLP_MEMBER},
    {"llp-designated-member", OFFICER_ROLE_LLP_MEMBER},
    {"corporate-llp-member", OFFICER_ROLE_LLP_MEMBER},
    {"corporate-llp-designated-member", OFFICER_ROLE_LLP_MEMBER},
    {"secretary", OFFICER_ROLE_SECRETARY},
    {"corporate-secretary", OFFICER_ROLE_SECRETARY},
    {"nominee-secretary", OFFICER_ROLE_SECRETARY},
    {"corporate-nominee-secretary", OFFICER_ROLE_SECRETARY},
});

struct CaseWord {
  std::string_view word;
  InsolvencyType type;
};
constexpr auto kCases = std::to_array<CaseWord>({
    {"compulsory-liquidation", INSOLVENCY_TYPE_COMPULSORY_LIQUIDATION},
    {"creditors-voluntary-liquidation", INSOLVENCY_TYPE_CREDITORS_VOLUNTARY_LIQUIDATION},
    {"members-voluntary-liquidation", INSOLVENCY_TYPE_MEMBERS_VOLUNTARY_LIQUIDATION},
    {"in-administration", INSOLVENCY_TYPE_ADMINISTRATION},
    {"administration-order", INSOLVENCY_TYPE_ADMINISTRATION},
    {"corporate-voluntary-arrangement", INSOLVENCY_TYPE_COMPANY_VOLUNTARY_ARRANGEMENT},
    {"corporate-voluntary-arrangement-moratorium", INSOLVENCY_TYPE_MORATORIUM},
    {"moratorium", INSOLVENCY_TYPE_MORATORIUM},
    {"receivership", INSOLVENCY_TYPE_RECEIVERSHIP},
    {"receiver-manager", INSOLVENCY_TYPE_RECEIVERSHIP},
    {"administrative-receiver", INSOLVENCY_TYPE_RECEIVERSHIP},
    {"foreign-insolvency", INSOLVENCY_TYPE_FOREIGN},
});

struct DateWord {
  std::string_view word;
  int rank;
};
// A petition or a declaration alone opens no case.
constexpr auto kOpenings = std::to_array<DateWord>({
    {"administration-started-on", 3},
    {"voluntary-arrangement-started-on", 3},
    {"moratorium-started-on", 3},
    {"wound-up-on", 2},
    {"ordered-to-wind-up-on", 2},
    {"instrumented-on", 1},
});

constexpr NoticeWord discontinued(std::string_view description, StrikeOffKind kind) {
  return {description, "discontinued", kind, STRIKE_OFF_ACTION_DISCONTINUED};
}
constexpr auto kNotices = std::to_array<NoticeWord>({
    {"gazette-notice-compulsory", "compulsory", STRIKE_OFF_KIND_COMPULSORY,
     STRIKE_OFF_ACTION_PROPOSED},
    // The register writes some of them like this.
    {"gazette-notice-compulsary", "compulsory", STRIKE_OFF_KIND_COMPULSORY,
     STRIKE_OFF_ACTION_PROPOSED},
    {"gazette-notice-voluntary", "voluntary", STRIKE_OFF_KIND_VOLUNTARY,
     STRIKE_OFF_ACTION_PROPOSED},
    discontinued("gazette-filings-brought-up-to-date", STRIKE_OFF_KIND_COMPULSORY),
    discontinued("dissolved-compulsory-strike-off-suspended", STRIKE_OFF_KIND_COMPULSORY),
    discontinued("dissolution-voluntary-strike-off-suspended", STRIKE_OFF_KIND_VOLUNTARY),
    discontinued("dissolution-voluntary-strike-off-discontinued", STRIKE_OFF_KIND_VOLUNTARY),
    discontinued("dissolution-withdrawal-application-strike-off-company",
                 STRIKE_OFF_KIND_VOLUNTARY),
    discontinued("dissolution-withdrawal-application-strike-off-limited-liability-partnership",
                 STRIKE_OFF_KIND_VOLUNTARY),
});

// The row of `table` with this word; nullptr if there is none.
template <class Table, class Row>
const Row* find_word(const Table& table, std::string_view Row::*word, std::string_view wanted) {
  auto const found = std::ranges::find(table, wanted, word);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Stream> find_stream(std::string_view name) {
  const auto* const found = find_word(kStreamTable, &StreamInfo::name, name);
  return found == nullptr ? std::nullopt : std::optional(found->id);
}

std::optional<Stream> stream_of_kind(std::string_view kind) {
  const auto* const found = find_word(kStreamTable, &StreamInfo::kind, kind);
  return found == nullptr ? std::nullopt : std::optional(found->id);
}

std::optional<StatusWord> find_api_status(std::string_view status, std::string_view detail) {
  const StatusWord* const found = find_word(kApiStatuses, &StatusWord::word, status);
  if (found == nullptr) return std::nullopt;
  StatusWord out = *found;
  const DetailWord* const stated = find_word(kDetails, &DetailWord::word, detail);
  if (stated != nullptr) out.detail = stated->detail;
  return out;
}

const CategoryWord* find_api_type(std::string_view type) {
  return find_word(kTypes, &CategoryWord::word, type);
}

OfficerRole find_role(std::string_view role) {
  const RoleWord* const found = find_word(kRoles, &RoleWord::word, role);
  return found == nullptr ? OFFICER_ROLE_OTHER : found->role;
}

InsolvencyType find_insolvency_type(std::string_view type) {
  const CaseWord* const found = find_word(kCases, &CaseWord::word, type);
  return found == nullptr ? INSOLVENCY_TYPE_OTHER : found->type;
}

int opening_rank(std::string_view date_type) {
  const DateWord* const found = find_word(kOpenings, &DateWord::word, date_type);
  return found == nullptr ? 0 : found->rank;
}

const NoticeWord* find_notice(std::string_view description) {
  return find_word(kNotices, &NoticeWord::description, description);
}

}  // namespace bellwether::connect::companies_house
