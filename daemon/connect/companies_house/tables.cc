#include "connect/companies_house/tables.h"

#include <array>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace bellwether::connect::companies_house {
namespace {

using namespace events::v1;

// A receiver who acts beside an administrator or a supervisor does not change the procedure that
// the register names first.
constexpr auto kStatuses = std::to_array<StatusWord>({
    {"Active", REGISTER_STATUS_ACTIVE},
    {"Active - Proposal to Strike off", REGISTER_STATUS_ACTIVE,
     STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF},
    {"Liquidation", REGISTER_STATUS_LIQUIDATION},
    {"In Liquidation", REGISTER_STATUS_LIQUIDATION},
    {"In Administration", REGISTER_STATUS_ADMINISTRATION},
    {"Administration", REGISTER_STATUS_ADMINISTRATION},
    {"In Administration/Administrative Receiver", REGISTER_STATUS_ADMINISTRATION},
    {"In Administration/Receiver Manager", REGISTER_STATUS_ADMINISTRATION},
    {"ADMINISTRATION ORDER", REGISTER_STATUS_ADMINISTRATION},
    {"ADMINISTRATIVE RECEIVER", REGISTER_STATUS_RECEIVERSHIP},
    {"RECEIVER MANAGER / ADMINISTRATIVE RECEIVER", REGISTER_STATUS_RECEIVERSHIP},
    {"RECEIVERSHIP", REGISTER_STATUS_RECEIVERSHIP},
    {"Live but Receiver Manager on at least one charge", REGISTER_STATUS_RECEIVERSHIP},
    {"Voluntary Arrangement", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
    {"VOLUNTARY ARRANGEMENT / ADMINISTRATIVE RECEIVER", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
    {"VOLUNTARY ARRANGEMENT / RECEIVER MANAGER", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
    {"Insolvency Proceedings", REGISTER_STATUS_INSOLVENCY_PROCEEDINGS},
    {"Open", REGISTER_STATUS_OPEN},
    {"Registered", REGISTER_STATUS_REGISTERED},
    {"Dissolved", REGISTER_STATUS_DISSOLVED},
    {"Converted/Closed", REGISTER_STATUS_CONVERTED_CLOSED},
    {"Converted-Closed", REGISTER_STATUS_CONVERTED_CLOSED},
    {"Closed", REGISTER_STATUS_CLOSED},
    {"Removed", REGISTER_STATUS_REMOVED},
});

constexpr auto kCategories = std::to_array<CategoryWord>({
    {"Private Limited Company", LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
    {"PRIV LTD SECT. 30 (Private limited company, section 30 of the Companies Act)",
     LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
    {"PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)",
     LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
    {"PRI/LBG/NSC (Private, Limited by guarantee, no share capital, use of 'Limited' exemption)",
     LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
    {"Public Limited Company", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"Old Public Company", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"European Public Limited-Liability Company (SE)", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"United Kingdom Societas", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
    {"Limited Liability Partnership", LEGAL_FORM_LIMITED_LIABILITY_PARTNERSHIP},
    {"Limited Partnership", LEGAL_FORM_LIMITED_PARTNERSHIP},
    {"Scottish Limited Partnership", LEGAL_FORM_LIMITED_PARTNERSHIP},
    {"Scottish Partnership", LEGAL_FORM_PARTNERSHIP},
    {"Community Interest Company", LEGAL_FORM_COMMUNITY_INTEREST_COMPANY},
    {"Private Unlimited Company", LEGAL_FORM_UNLIMITED_COMPANY},
    {"Private Unlimited", LEGAL_FORM_UNLIMITED_COMPANY},
    {"Charitable Incorporated Organisation", LEGAL_FORM_CHARITABLE_INCORPORATED_ORGANISATION},
    {"Scottish Charitable Incorporated Organisation",
     LEGAL_FORM_CHARITABLE_INCORPORATED_ORGANISATION},
    {"Registered Society", LEGAL_FORM_REGISTERED_SOCIETY},
    {"Industrial and Provident Society", LEGAL_FORM_REGISTERED_SOCIETY},
    {"Overseas Company", LEGAL_FORM_OVERSEAS_COMPANY},
    {"Overseas Entity", LEGAL_FORM_OVERSEAS_COMPANY, Kept::kOverseasEntity},
    {"Royal Charter Company", LEGAL_FORM_OTHER},
    {"Investment Company with Variable Capital", LEGAL_FORM_OTHER},
    {"Investment Company with Variable Capital (Securities)", LEGAL_FORM_OTHER},
    {"Investment Company with Variable Capital(Umbrella)", LEGAL_FORM_OTHER},
    {"Protected Cell Company", LEGAL_FORM_OTHER},
    {"United Kingdom Economic Interest Grouping", LEGAL_FORM_OTHER},
    {"European Economic Interest Grouping (EEIG)", LEGAL_FORM_OTHER},
    {"Further Education and Sixth Form College Corps", LEGAL_FORM_OTHER},
    {"Converted/Closed", LEGAL_FORM_OTHER},
    {"Other Company Type", LEGAL_FORM_OTHER},
});

std::string folded(std::string_view word) {
  std::string out;
  for (char const c : word) {
    if (c == ' ' || c == '\t') continue;
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return out;
}

// Finds words as they are in the table at once, and all others by their folded form.
template <class Word, size_t N>
class Words {
 public:
  explicit Words(const std::array<Word, N>& table) {
    for (const Word& each : table) {
      exact_[each.word] = &each;
      folded_[folded(each.word)] = &each;
    }
  }
  const Word* find(std::string_view word) const {
    if (auto const found = exact_.find(word); found != exact_.end()) return found->second;
    auto const found = folded_.find(folded(word));
    return found == folded_.end() ? nullptr : found->second;
  }

 private:
  absl::flat_hash_map<std::string_view, const Word*> exact_;
  absl::flat_hash_map<std::string, const Word*> folded_;
};

}  // namespace

const StatusWord* find_status(std::string_view word) {
  static const Words kWords(kStatuses);
  return kWords.find(word);
}

bool has_ceased(RegisterStatus status) {
  return status == REGISTER_STATUS_DISSOLVED || status == REGISTER_STATUS_CONVERTED_CLOSED ||
         status == REGISTER_STATUS_CLOSED || status == REGISTER_STATUS_REMOVED;
}

const CategoryWord* find_category(std::string_view word) {
  static const Words kWords(kCategories);
  return kWords.find(word);
}

}  // namespace bellwether::connect::companies_house
