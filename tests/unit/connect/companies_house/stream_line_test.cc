// Lines of the stream: what is read, and what is refused with which reason.
#include "connect/companies_house/stream_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"

namespace bellwether::connect::companies_house {
namespace {

using ::testing::HasSubstr;

std::string line_text(
    std::string_view kind, std::string_view uri, std::string_view data,
    std::string_view event =
        R"({"timepoint":7,"published_at":"2024-11-17T10:00:00","type":"changed"})") {
  return base::cat(R"({"resource_kind":")", kind, R"(","resource_uri":")", uri,
                   R"(","resource_id":"x","data":)", data, R"(,"event":)", event, "}");
}
std::string profile(std::string_view more) {
  return line_text(
      "company-profile", "/company/04142000",
      base::cat(R"({"company_status":"active","type":"ltd","date_of_creation":"2019-05-03")", more,
                "}"));
}

class StreamLineTest : public ::testing::Test {
 protected:
  // "reason: what" of a refused line; "" if it is not refused.
  std::string problem(const std::string& text) {
    const auto* const found = std::get_if<LineProblem>(&reader_.read(text).content);
    return found == nullptr ? "" : base::cat(found->reason, ": ", found->what);
  }
  template <class Content>
  Content content(const std::string& text) {
    const StreamLine& line = reader_.read(text);
    EXPECT_TRUE(std::holds_alternative<Content>(line.content)) << problem(text);
    return std::get<Content>(line.content);
  }
  StreamReader reader_{base::TimeZone{}};
};

TEST_F(StreamLineTest, AProfileIsARow) {
  std::string const text = profile(
      R"(,"subtype":"community-interest-company",
      "registered_office_address":{"postal_code":" B15 2TT "},
      "sic_codes":["62012","7499","99999","70229","01110","41202"],
      "accounts":{"next_due":"2025-02-28","last_accounts":{"made_up_to":"2023-05-31"}},
      "confirmation_statement":{"next_due":"2025-05-16","last_made_up_to":"31 May"})");
  Row const row = content<Row>(text);
  EXPECT_EQ(row.number.text(), "04142000");
  EXPECT_EQ(row.form, events::v1::LEGAL_FORM_COMMUNITY_INTEREST_COMPANY);
  EXPECT_EQ(row.postcode, "B15 2TT");
  ASSERT_EQ(row.activity_count, kActivitiesMax);
  EXPECT_EQ(row.activities[3], "01110");
  EXPECT_EQ(row.old_codes, 1u);
  EXPECT_EQ(row.odd_dates, 1u);
  EXPECT_EQ(base::format_date(*row.accounts_due), "2025-02-28");
  EXPECT_EQ(base::format_date(*row.accounts_made_up), "2023-05-31");
  EXPECT_FALSE(row.confirmation_made_up);
  EXPECT_EQ(reader_.read(text).timepoint, 7);
}

TEST_F(StreamLineTest, ARestoredCompanyKeepsItsDayOfCessation) {
  EXPECT_FALSE(content<Row>(profile(R"(,"date_of_cessation":"2023-01-01")")).dissolved);
  std::string dissolved = profile(R"(,"date_of_cessation":"2024-12-24")");
  dissolved.replace(dissolved.find("active"), 6, "dissolved");
  EXPECT_EQ(base::format_date(*content<Row>(dissolved).dissolved), "2024-11-17")
      << "not after its publication";
}

TEST_F(StreamLineTest, TheStatusHasItsDetail) {
  Row const row =
      content<Row>(profile(R"(,"company_status_detail":"active-proposal-to-strike-off")"));
  EXPECT_EQ(row.status.detail, events::v1::STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF);
}

TEST_F(StreamLineTest, ProfilesThatCannotBeUsed) {
  auto const with = [](std::string_view from, std::string_view to) {
    std::string text = profile("");
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(problem(with("\"active\"", "\"asleep\"")), "unknown status: 04142000 \"asleep\"");
  EXPECT_EQ(problem(with("2019-05-03", "")), "no date of incorporation: 04142000 ");
  EXPECT_THAT(problem(with("2019-05-03", "2019-02-30")), HasSubstr("impossible date: 04142000"));
  EXPECT_THAT(problem(with("2019-05-03", "2024-11-18")), HasSubstr("date after its publication"));
  EXPECT_THAT(problem(with("\"ltd\"", "\"registered-overseas-entity\"")),
              HasSubstr("overseas entity"));
  EXPECT_FALSE(content<Row>(with("\"ltd\"", "\"guild\"")).category_known);
}

TEST_F(StreamLineTest, NumbersAreInTheAddress) {
  EXPECT_EQ(reader_
                .read(line_text("company-charges", "/company/sc1234/charges/abc",
                                R"({"charge_number":2})"))
                .number->text(),
            "SC001234");
  EXPECT_EQ(problem(line_text("company-charges", "/charges/abc", "{}")),
            "no company number: \"/charges/abc\"");
}

TEST_F(StreamLineTest, LinesThatAreNoEvents) {
  EXPECT_THAT(problem("{\"resource_kind\":\"comp"), HasSubstr("unreadable line"));
  EXPECT_THAT(problem("[]"), HasSubstr("unreadable line"));
  EXPECT_THAT(problem("{}"), HasSubstr("no time point or time of publication"));
  EXPECT_THAT(problem(std::string(kLineBytesMax + 1, ' ')), HasSubstr("longer than 1048576 bytes"));
  for (const char* const event :
       {R"({"timepoint":-1,"published_at":"2024-11-17T10:00:00"})",
        R"({"timepoint":0,"published_at":"2024-11-17T10:00:00"})",
        R"({"timepoint":1.5,"published_at":"2024-11-17T10:00:00"})",
        R"({"timepoint":99999999999999999999,"published_at":"2024-11-17T10:00:00"})",
        R"({"timepoint":1,"published_at":"yesterday"})"}) {
    EXPECT_THAT(problem(line_text("company-profile", "/company/04142000", "{}", event)),
                HasSubstr("no time point"))
        << event;
  }
}

TEST_F(StreamLineTest, OtherKindsAndDeletionsAreLeftOut) {
  EXPECT_EQ(content<Unused>(line_text("company-psc-individual", "/company/04142000/x", "{}")).why,
            kOtherKind);
  constexpr char kDeleted[] =
      R"({"timepoint":7,"published_at":"2024-11-17T10:00:00","type":"deleted"})";
  EXPECT_EQ(
      content<Unused>(line_text("company-charges", "/company/04142000/charges/x", "{}", kDeleted))
          .why,
      kDeletion);
  EXPECT_TRUE(content<Appointment>(line_text("company-officers",
                                             "/company/04142000/appointments/abc", "{}", kDeleted))
                  .deleted);
}

TEST_F(StreamLineTest, FilingsThatCount) {
  auto const filing = [](std::string_view category, std::string_view description,
                         std::string_view values = R"({"made_up_date":"2024-05-31"})") {
    return line_text("filing-history", "/company/04142000/filing-history/x",
                     base::cat(R"({"category":")", category, R"(","description":")", description,
                               R"(","date":"2024-11-16","description_values":)", values, "}"));
  };
  Document const accounts =
      content<Document>(filing("accounts", "accounts-with-accounts-type-full"));
  EXPECT_EQ(accounts.fact, Fact::kAccounts);
  EXPECT_EQ(base::format_date(accounts.period_end), "2024-05-31");
  EXPECT_EQ(base::format_date(accounts.filed), "2024-11-16");
  EXPECT_EQ(content<Document>(filing("annual-return", "annual-return-company")).fact,
            Fact::kConfirmation);
  for (const char* const other :
       {"accounts-amended-with-made-up-date", "change-account-reference-date-company"}) {
    EXPECT_EQ(content<Unused>(filing("accounts", other)).why, kOtherFiling) << other;
  }
  EXPECT_THAT(problem(filing("accounts", "accounts-with-accounts-type-full", "{}")),
              HasSubstr("content is missing: 04142000 made_up_date"));
  EXPECT_THAT(problem(filing("accounts", "accounts-with-accounts-type-full",
                             R"({"made_up_date":"2024-11-17"})")),
              HasSubstr("made_up_date is after the day of filing"));
  for (const char* const notice : {"gazette-notice-compulsory", "gazette-notice-compulsary"}) {
    EXPECT_EQ(content<Notice>(filing("gazette", notice)).word->id, "compulsory");
  }
  EXPECT_EQ(content<Notice>(filing("gazette", "gazette-filings-brought-up-to-date")).word->action,
            events::v1::STRIKE_OFF_ACTION_DISCONTINUED);
}

TEST_F(StreamLineTest, ACaseIsOpenedOnItsBestDay) {
  auto const cases = content<std::vector<Case>>(
      line_text("company-insolvency", "/company/04142000/insolvency",
                R"({"cases":[{"number":"1","type":"compulsory-liquidation","dates":[
                {"type":"petitioned-on","date":"2024-09-01"},
                {"type":"instrumented-on","date":"2024-09-09"},
                {"type":"wound-up-on","date":"2024-10-01"}]},
                {"number":"2","type":"members-voluntary-liquidation","dates":[
                {"type":"declaration-solvent-on","date":"2024-10-02"}]}]})"));
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].type, events::v1::INSOLVENCY_TYPE_COMPULSORY_LIQUIDATION);
  EXPECT_EQ(base::format_date(*cases[0].opened), "2024-10-01");
  EXPECT_FALSE(cases[1].opened) << "a declaration opens no case";
}

TEST(ReadPublishedTest, ZonesAndFractions) {
  base::TimeZone const london{
      "Europe/London",
      0,
      {{base::UnixMillis(1'711'846'800'000), 3'600}, {base::UnixMillis(1'729'990'800'000), 0}}};
  auto const text = [&](std::string_view published) {
    auto const at = read_published(published, london);
    return at ? base::format_instant(*at) : "none";
  };
  EXPECT_EQ(text("2024-07-01T00:30:00"), "2024-06-30T23:30:00Z") << "summer";
  EXPECT_EQ(text("2024-12-01T00:30:00"), "2024-12-01T00:30:00Z");
  EXPECT_EQ(text("2024-07-01T00:30:00Z"), "2024-07-01T00:30:00Z");
  EXPECT_EQ(text("2022-08-02T14:51:01.704338+01:00"), "2022-08-02T13:51:01Z");
  for (const char* const bad : {"", "2024-07-01", "2024-13-01T00:30:00", "infinite-future-------",
                                "1969-01-01T00:00:00Z", "2093-01-01T00:00:00Z"}) {
    EXPECT_EQ(text(bad), "none") << bad;
  }
}

}  // namespace
}  // namespace bellwether::connect::companies_house
