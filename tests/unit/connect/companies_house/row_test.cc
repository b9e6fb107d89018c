// The texts of BasicCompanyData, with the traps of the file.
#include "connect/companies_house/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "support/must.h"

namespace bellwether::connect::companies_house {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must;

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// A header with stray blanks, as the file has them, in another order and case.
const std::vector<std::string> kHeader = {"companyname",
                                          " CompanyNumber",
                                          "RegAddress.PostCode",
                                          "CompanyCategory",
                                          "CompanyStatus",
                                          "DissolutionDate",
                                          "IncorporationDate",
                                          "Accounts.NextDueDate",
                                          "Accounts.LastMadeUpDate",
                                          "Returns.NextDueDate",
                                          "Returns.LastMadeUpDate",
                                          "Mortgages.NumMortCharges",
                                          "Mortgages.NumMortSatisfied",
                                          "SICCode.SicText_1",
                                          "SICCode.SicText_2",
                                          "SICCode.SicText_3",
                                          "SICCode.SicText_4",
                                          "PreviousName_1.CONDATE",
                                          "ConfStmtNextDueDate",
                                          " ConfStmtLastMadeUpDate"};

class Fields {
 public:
  Fields() {
    set("CompanyNumber", "04142000");
    set("RegAddress.PostCode", "B15 2TT");
    set("CompanyCategory", "Private Limited Company");
    set("CompanyStatus", "Active");
    set("IncorporationDate", "15/01/2001");
    set("SICCode.SicText_1", "62012 - Business and domestic software development");
  }
  Fields& set(std::string_view column, std::string_view text) {
    for (size_t i = 0; i < kHeader.size(); ++i) {
      std::string_view name = kHeader[i];
      name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
      if (name == column) texts_[i] = text;
    }
    return *this;
  }
  std::variant<Row, RowProblem> read() {
    // A row refers to the texts.
    static std::deque<std::vector<std::string>> kept;
    return read_row(must(read_header(views(kHeader))), views(kept.emplace_back(texts_)));
  }
  Row row() {
    auto const result = read();
    const auto* const problem = std::get_if<RowProblem>(&result);
    EXPECT_EQ(problem, nullptr) << (problem ? problem->what : "");
    return std::get<Row>(result);
  }
  std::string problem() {
    auto const result = read();
    const auto* const found = std::get_if<RowProblem>(&result);
    return found == nullptr ? "none" : std::string(found->reason);
  }

 private:
  std::vector<std::string> texts_ = std::vector<std::string>(kHeader.size());
};

std::string text(const std::optional<base::Days>& day) {
  return day ? base::format_date(*day) : "none";
}

std::vector<std::string_view> activities(const Row& row) {
  return {row.activities.begin(),
          row.activities.begin() + static_cast<ptrdiff_t>(row.activity_count)};
}

TEST(HeaderTest, BlanksCaseAndOrderDoNotMatter) {
  Header const header = must(read_header(views(kHeader)));
  EXPECT_EQ(header.at[static_cast<size_t>(Column::kNumber)], 1u);
  EXPECT_EQ(header.at[static_cast<size_t>(Column::kConfirmationMadeUp)], kHeader.size() - 1);
  EXPECT_THAT(header.unknown, ElementsAre());
}

TEST(HeaderTest, MissingColumnsAreNamedAndNewOnesAreTold) {
  std::vector<std::string> header = kHeader;
  header[3] = "Kind";
  header[6] = "Born";
  auto const read = read_header(views(header));
  EXPECT_THAT(read.status().ToString(),
              HasSubstr("lacks the columns CompanyCategory, IncorporationDate"));
  header = kHeader;
  header.push_back("Accounts.AuditExempt");
  EXPECT_THAT(must(read_header(views(header))).unknown, ElementsAre("Accounts.AuditExempt"));
}

TEST(HeaderTest, BeforeConfirmationStatementsThereWereAnnualReturns) {
  std::vector<std::string> header = kHeader;
  header.resize(header.size() - 2);
  Header const read = must(read_header(views(header)));
  EXPECT_EQ(header[read.at[static_cast<size_t>(Column::kConfirmationDue)]], "Returns.NextDueDate");
}

TEST(RowTest, APlainRow) {
  Row const row = Fields()
                      .set("Accounts.NextDueDate", "31/10/2027")
                      .set("Accounts.LastMadeUpDate", "31/01/2026")
                      .set("ConfStmtNextDueDate", "29/01/2027")
                      .set("ConfStmtLastMadeUpDate", "15/01/2026")
                      .set("Returns.NextDueDate", "12/02/2017")
                      .set("Mortgages.NumMortCharges", "3")
                      .set("Mortgages.NumMortSatisfied", "1")
                      .row();
  EXPECT_EQ(row.number.text(), "04142000");
  EXPECT_EQ(row.form, events::v1::LEGAL_FORM_PRIVATE_LIMITED_COMPANY);
  EXPECT_EQ(row.status.status, events::v1::REGISTER_STATUS_ACTIVE);
  EXPECT_EQ(text(row.born), "2001-01-15");
  EXPECT_EQ(text(row.dissolved), "none");
  EXPECT_EQ(text(row.accounts_due), "2027-10-31");
  EXPECT_EQ(text(row.accounts_made_up), "2026-01-31");
  EXPECT_EQ(text(row.confirmation_due), "2027-01-29");
  EXPECT_EQ(text(row.confirmation_made_up), "2026-01-15");
  EXPECT_EQ(row.charges, 3);
  EXPECT_EQ(row.satisfied, 1);
  EXPECT_EQ(row.postcode, "B15 2TT");
  EXPECT_THAT(activities(row), ElementsAre("62012"));
}

TEST(RowTest, DatesInBothFormsAndOfOldTimes) {
  for (const auto& [stated, date] :
       std::map<std::string, std::string>{{"2001-01-15", "2001-01-15"},
                                          {"1/2/2019", "2019-02-01"},
                                          {"29/02/2020", "2020-02-29"},
                                          {"02/09/1752", "1752-09-02"},
                                          {"31/12/2078", "2078-12-31"}}) {
    EXPECT_EQ(text(Fields().set("IncorporationDate", stated).row().born), date);
  }
}

TEST(RowTest, ImpossibleDates) {
  for (std::string_view const stated :
       {"31/02/2020", "29/02/2021", "01/13/2020", "2020", "01/01/20", "01/01/0001", "01/01/2079",
        "2020-01-01-01", "31.12.2019", "a/b/c", "01/01/2020 00:00"}) {
    EXPECT_EQ(Fields().set("IncorporationDate", stated).problem(), kBadIncorporation) << stated;
    Row const row = Fields().set("Accounts.NextDueDate", stated).row();
    EXPECT_FALSE(row.accounts_due);
    EXPECT_EQ(row.odd_dates, 1u) << stated;
  }
  EXPECT_EQ(Fields().set("IncorporationDate", "").problem(), kNoIncorporation);
  EXPECT_EQ(Fields().set("IncorporationDate", "NA").problem(), kNoIncorporation);
}

TEST(RowTest, UpToFourActivities) {
  Row const row = Fields()
                      .set("SICCode.SicText_1", "01110 - Growing of cereals (except rice)")
                      .set("SICCode.SicText_2", "99999 - Dormant Company")
                      .set("SICCode.SicText_3", "74990 - Non-trading company")
                      .set("SICCode.SicText_4", "62012")
                      .row();
  EXPECT_THAT(activities(row), ElementsAre("01110", "99999", "74990", "62012"));
}

TEST(RowTest, CodesOfTheOldClassificationAreLeftOut) {
  Row const row = Fields()
                      .set("SICCode.SicText_1", "7499 - Non-trading company")
                      .set("SICCode.SicText_2", "62012 - Software")
                      .set("SICCode.SicText_3", "None Supplied")
                      .row();
  EXPECT_THAT(activities(row), ElementsAre("62012"));
  EXPECT_EQ(row.old_codes, 1u);
}

TEST(RowTest, NumbersAreNormalisedAndOthersRefused) {
  EXPECT_EQ(Fields().set("CompanyNumber", "4142000").row().number.text(), "04142000");
  EXPECT_EQ(Fields().set("CompanyNumber", "sc123456").row().number.text(), "SC123456");
  EXPECT_EQ(Fields().set("CompanyNumber", "").problem(), kNoNumber);
  EXPECT_EQ(Fields().set("CompanyNumber", "CompanyNumber").problem(), kNoNumber);
}

TEST(RowTest, ARefusedRowKeepsItsNumber) {
  auto const result = Fields().set("CompanyStatus", "Sleeping").read();
  const auto& problem = std::get<RowProblem>(result);
  EXPECT_EQ(problem.reason, kUnknownStatus);
  EXPECT_THAT(problem.what, HasSubstr("Sleeping"));
  EXPECT_EQ(problem.number->text(), "04142000");
}

TEST(RowTest, OverseasEntitiesAreNoBusinessesHere) {
  EXPECT_EQ(Fields().set("CompanyCategory", "Overseas Entity").problem(), kOverseasEntity);
}

TEST(RowTest, ForeignAndMissingPostcodesPass) {
  for (std::string_view const postcode : {"JE2 3QA", "GY1 1WA", "IM1 1AG", "BF1 4FB", "L-1882"}) {
    EXPECT_EQ(Fields().set("RegAddress.PostCode", postcode).row().postcode, postcode);
  }
  EXPECT_EQ(Fields().set("RegAddress.PostCode", "NA").row().postcode, "");
  EXPECT_EQ(
      Fields().set("RegAddress.PostCode", std::string(kPostcodeBytesMax + 1, 'X')).row().postcode,
      "");
}

TEST(RowTest, BytesThatAreNoPostcodeAreNone) {
  EXPECT_EQ(Fields().set("RegAddress.PostCode", "B15\xa3 2TT").row().postcode, "");
  EXPECT_EQ(Fields().set("RegAddress.PostCode", "B15\n2TT").row().postcode, "");
}

TEST(RowTest, OddCountsOfCharges) {
  EXPECT_EQ(Fields().set("Mortgages.NumMortCharges", "x").row().charges, 0);
  EXPECT_EQ(Fields().set("Mortgages.NumMortCharges", "70000").row().charges, UINT16_MAX);
}

TEST(TablesTest, EveryStatusOfTheRegister) {
  using namespace events::v1;
  for (const auto& [word, status] : std::map<std::string_view, RegisterStatus>{
           {"Active", REGISTER_STATUS_ACTIVE},
           {"Active - Proposal to Strike off", REGISTER_STATUS_ACTIVE},
           {"Liquidation", REGISTER_STATUS_LIQUIDATION},
           {"In Administration", REGISTER_STATUS_ADMINISTRATION},
           {"In Administration/Administrative Receiver", REGISTER_STATUS_ADMINISTRATION},
           {"In Administration/Receiver Manager", REGISTER_STATUS_ADMINISTRATION},
           {"ADMINISTRATION ORDER", REGISTER_STATUS_ADMINISTRATION},
           {"ADMINISTRATIVE RECEIVER", REGISTER_STATUS_RECEIVERSHIP},
           {"RECEIVER MANAGER / ADMINISTRATIVE RECEIVER", REGISTER_STATUS_RECEIVERSHIP},
           {"RECEIVERSHIP", REGISTER_STATUS_RECEIVERSHIP},
           {"Live but Receiver Manager on at least one charge", REGISTER_STATUS_RECEIVERSHIP},
           {"Voluntary Arrangement", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
           {"VOLUNTARY ARRANGEMENT / ADMINISTRATIVE RECEIVER",
            REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
           {"VOLUNTARY ARRANGEMENT / RECEIVER MANAGER", REGISTER_STATUS_VOLUNTARY_ARRANGEMENT},
           {"Insolvency Proceedings", REGISTER_STATUS_INSOLVENCY_PROCEEDINGS},
           {"Open", REGISTER_STATUS_OPEN},
           {"Registered", REGISTER_STATUS_REGISTERED},
           {"Dissolved", REGISTER_STATUS_DISSOLVED},
           {"Converted/Closed", REGISTER_STATUS_CONVERTED_CLOSED},
           {"Closed", REGISTER_STATUS_CLOSED},
           {"Removed", REGISTER_STATUS_REMOVED},
           {"receivership", REGISTER_STATUS_RECEIVERSHIP},
           {"in administration / receiver manager", REGISTER_STATUS_ADMINISTRATION}}) {
    const StatusWord* const found = find_status(word);
    ASSERT_NE(found, nullptr) << word;
    EXPECT_EQ(found->status, status) << word;
    bool const strike_off = word == "Active - Proposal to Strike off";
    EXPECT_EQ(found->detail == STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF, strike_off) << word;
  }
  EXPECT_EQ(find_status("Gone fishing"), nullptr);
  EXPECT_EQ(find_status(""), nullptr);
}

TEST(TablesTest, StatusesThatTheContractCallsCeased) {
  using namespace events::v1;
  for (int i = 0; i <= RegisterStatus_MAX; ++i) {
    bool const ceased = i == REGISTER_STATUS_DISSOLVED || i == REGISTER_STATUS_CONVERTED_CLOSED ||
                        i == REGISTER_STATUS_CLOSED || i == REGISTER_STATUS_REMOVED;
    EXPECT_EQ(has_ceased(static_cast<RegisterStatus>(i)), ceased) << i;
  }
}

TEST(TablesTest, KindsOfCompany) {
  using namespace events::v1;
  for (const auto& [word, legal_form] : std::map<std::string_view, LegalForm>{
           {"Private Limited Company", LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
           {"PRIV LTD SECT. 30 (Private limited company, section 30 of the Companies Act)",
            LEGAL_FORM_PRIVATE_LIMITED_COMPANY},
           {"PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)",
            LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
           {"PRI/LBG/NSC (Private, Limited by guarantee, no share capital, use of 'Limited' "
            "exemption)",
            LEGAL_FORM_COMPANY_LIMITED_BY_GUARANTEE},
           {"Public Limited Company", LEGAL_FORM_PUBLIC_LIMITED_COMPANY},
           {"Limited Liability Partnership", LEGAL_FORM_LIMITED_LIABILITY_PARTNERSHIP},
           {"Limited Partnership", LEGAL_FORM_LIMITED_PARTNERSHIP},
           {"Scottish Partnership", LEGAL_FORM_PARTNERSHIP},
           {"Community Interest Company", LEGAL_FORM_COMMUNITY_INTEREST_COMPANY},
           {"Private Unlimited Company", LEGAL_FORM_UNLIMITED_COMPANY},
           {"Charitable Incorporated Organisation",
            LEGAL_FORM_CHARITABLE_INCORPORATED_ORGANISATION},
           {"Registered Society", LEGAL_FORM_REGISTERED_SOCIETY},
           {"Royal Charter Company", LEGAL_FORM_OTHER},
           {"Other company type", LEGAL_FORM_OTHER}}) {
    ASSERT_NE(find_category(word), nullptr) << word;
    EXPECT_EQ(find_category(word)->form, legal_form) << word;
  }
  Row const row = Fields().set("CompanyCategory", "Space Company").row();
  EXPECT_EQ(row.form, LEGAL_FORM_OTHER);
  EXPECT_FALSE(row.category_known);
}

}  // namespace
}  // namespace bellwether::connect::companies_house
