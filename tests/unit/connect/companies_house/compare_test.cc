// What two files say of one company.
#include "connect/companies_house/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/events/decoder.h"
#include "core/reference/reference.h"

namespace bellwether::connect::companies_house {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

base::Days day(int year, int month, int of_month) {
  return base::days_from_civil(year, month, of_month);
}

std::string text(const events::v1::Date& date) {
  return base::format_date(day(date.year(), date.month(), date.day()));
}

// "status:2026-10-31 2026-10-31" for each record; due dates and filings with their dates.
std::string line_of(const events::v1::RegistrationEvent& event) {
  std::string out =
      event.has_retracted() ? "retracted " + event.retracted().event_id() : event.event_id();
  out.erase(out.find("04142000:"), 9);
  if (event.has_effective_date()) out += " " + text(event.effective_date());
  if (event.has_filing_due()) out += " due " + text(event.filing_due().next_due());
  if (event.has_filing_recorded() && event.filing_recorded().has_due())
    out += " was due " + text(event.filing_recorded().due());
  if (event.source_sequence() >= kDated) out += " dated";
  return out;
}

class CompareTest : public ::testing::Test {
 protected:
  static Row row() {
    Row out{*Number::parse("04142000")};
    out.form = events::v1::LEGAL_FORM_PRIVATE_LIMITED_COMPANY;
    out.status = *find_status("Active");
    out.born = day(2019, 5, 3);
    out.postcode = "B15 2TT";
    out.activities[0] = "62012";
    out.activity_count = 1;
    return out;
  }
  // What the file of `date` says of the company.
  std::vector<std::string> tell(const Row& stated, base::Days date) {
    return said(date, [&](Facts& facts) { known_ = tell_row(stated, known_, facts); });
  }
  std::vector<std::string> gone(base::Days date) {
    return said(date, [&](Facts& facts) {
      facts.about(*Number::parse("04142000"));
      known_ = tell_gone(*known_, facts);
    });
  }

  std::optional<Record> known_;
  std::vector<events::v1::RegistrationEvent> events_;

 private:
  template <class Use>
  std::vector<std::string> said(base::Days date, Use use) {
    events_.clear();
    std::vector<std::string> lines;
    auto const say = [&](const Said& record) {
      EXPECT_EQ(record.key, "GB/companies-house/04142000");
      EXPECT_EQ(record.published, base::UnixMillis(base::start_of(date).value - 1));
      EXPECT_TRUE(events_.emplace_back().ParseFromString(record.value));
      EXPECT_EQ(events_.back().source(), "companies-house");
      lines.push_back(line_of(events_.back()));
      return absl::OkStatus();
    };
    Facts facts(base::Days(date.value - 1), say);
    use(facts);
    EXPECT_TRUE(facts.status().ok());
    return lines;
  }
};

base::Days const kNovember = day(2026, 11, 1);
base::Days const kDecember = day(2026, 12, 1);
base::Days const kJanuary = day(2027, 1, 1);

TEST_F(CompareTest, TheFirstFileStatesBirthAndWhatIsDue) {
  Row first = row();
  first.accounts_due = day(2027, 1, 31);
  first.accounts_made_up = day(2025, 4, 30);
  first.confirmation_due = day(2027, 5, 16);
  first.charges = 3;
  EXPECT_THAT(tell(first, kNovember),
              ElementsAre("registered 2019-05-03", "accounts-due due 2027-01-31",
                          "confirmation-due due 2027-05-16"));
  const events::v1::Registered& registered = events_[0].registered();
  EXPECT_EQ(registered.legal_form(), events::v1::LEGAL_FORM_PRIVATE_LIMITED_COMPANY);
  EXPECT_EQ(registered.postcode(), "B15 2TT");
  ASSERT_EQ(registered.activities_size(), 1);
  EXPECT_EQ(registered.activities(0).scheme(), "UKSIC");
  EXPECT_EQ(registered.activities(0).version(), "2007");
  EXPECT_EQ(registered.activities(0).code(), "62012");
}

TEST_F(CompareTest, TheSameRowAgainSaysNothing) {
  tell(row(), kNovember);
  auto const before = known_;
  EXPECT_THAT(tell(row(), kDecember), IsEmpty());
  EXPECT_EQ(known_, before);
  Row written_otherwise = row();
  written_otherwise.postcode = "b152tt";
  EXPECT_THAT(tell(written_otherwise, kDecember), IsEmpty());
}

TEST_F(CompareTest, AStatusThatIsNotPlainlyActiveIsSaidAtFirst) {
  Row first = row();
  first.status = *find_status("Active - Proposal to Strike off");
  EXPECT_THAT(tell(first, kNovember),
              ElementsAre("registered 2019-05-03", "status:2026-10-31 2026-10-31"));
  EXPECT_EQ(events_[1].status_changed().detail(),
            events::v1::STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF);
}

TEST_F(CompareTest, ChangesHaveTheDayOfTheFile) {
  tell(row(), kNovember);
  Row next = row();
  next.status = *find_status("Liquidation");
  next.postcode = "M1 1AE";
  next.activities[0] = "70229";
  next.form = events::v1::LEGAL_FORM_PUBLIC_LIMITED_COMPANY;
  EXPECT_THAT(tell(next, kDecember),
              ElementsAre("status:2026-11-30 2026-11-30", "address:2026-11-30 2026-11-30",
                          "activities:2026-11-30 2026-11-30", "form:2026-11-30 2026-11-30"));
  EXPECT_EQ(events_[1].changed().postcode(), "M1 1AE");
  EXPECT_EQ(events_[2].changed().activities(0).code(), "70229");
  EXPECT_THAT(tell(row(), kJanuary),
              ElementsAre("status:2026-12-31 2026-12-31", "address:2026-12-31 2026-12-31",
                          "activities:2026-12-31 2026-12-31", "form:2026-12-31 2026-12-31"));
}

TEST_F(CompareTest, AMissingPostcodeOrCodeIsNoChange) {
  tell(row(), kNovember);
  Row next = row();
  next.postcode = "";
  next.activity_count = 0;
  EXPECT_THAT(tell(next, kDecember), IsEmpty());
  EXPECT_THAT(tell(row(), kJanuary), IsEmpty());
}

TEST_F(CompareTest, ACompanyThatIsGoneHasCeasedAndMayComeBack) {
  tell(row(), kNovember);
  EXPECT_THAT(gone(kDecember), ElementsAre("status:2026-11-30 2026-11-30"));
  EXPECT_TRUE(has_ceased(*known_));
  EXPECT_THAT(tell(row(), kJanuary), ElementsAre("status:2026-12-31 2026-12-31"));
  EXPECT_FALSE(has_ceased(*known_));
  EXPECT_THAT(gone(day(2027, 2, 1)), ElementsAre("status:2027-01-31 2027-01-31"));
}

TEST_F(CompareTest, AStatedDayOfDissolutionIsExact) {
  tell(row(), kNovember);
  Row next = row();
  next.status = *find_status("Dissolved");
  next.dissolved = day(2026, 11, 17);
  EXPECT_THAT(tell(next, kDecember), ElementsAre("status:2026-11-17 2026-11-17 dated"));
  EXPECT_FALSE(known_->has(kCeasedUndated));
  EXPECT_THAT(tell(next, kJanuary), IsEmpty());
}

TEST_F(CompareTest, ADayThatBecomesKnownReplacesTheFilesDay) {
  tell(row(), kNovember);
  gone(kDecember);
  Row next = row();
  next.status = *find_status("Dissolved");
  next.dissolved = day(2026, 11, 17);
  EXPECT_THAT(tell(next, kJanuary), ElementsAre("status:2026-11-17 2026-11-17 dated"));
  EXPECT_THAT(tell(next, kJanuary), IsEmpty());
}

TEST_F(CompareTest, ANewPeriodIsAFilingAndANewDueDate) {
  Row first = row();
  first.accounts_due = day(2027, 1, 31);
  first.accounts_made_up = day(2025, 4, 30);
  tell(first, kNovember);
  Row next = first;
  next.accounts_due = day(2028, 1, 31);
  next.accounts_made_up = day(2026, 4, 30);
  next.confirmation_made_up = day(2026, 5, 2);
  EXPECT_THAT(tell(next, kDecember),
              ElementsAre("accounts:2026-04-30 2026-11-30 was due 2027-01-31",
                          "confirmation:2026-05-02 2026-11-30", "accounts-due due 2028-01-31"));
}

TEST_F(CompareTest, APeriodThatHasNotEndedIsNoFiling) {
  tell(row(), kNovember);
  Row next = row();
  next.accounts_made_up = kDecember;
  EXPECT_THAT(tell(next, kDecember), IsEmpty());
  next.accounts_made_up = base::Days(kDecember.value - 1);
  EXPECT_THAT(tell(next, kDecember), ElementsAre("accounts:2026-11-30 2026-11-30"));
}

TEST_F(CompareTest, WhatIsNotDueAnyMoreIsRetracted) {
  Row first = row();
  first.accounts_due = day(2027, 1, 31);
  tell(first, kNovember);
  EXPECT_THAT(tell(row(), kDecember), ElementsAre("retracted accounts-due"));
  EXPECT_THAT(tell(first, kJanuary), ElementsAre("accounts-due due 2027-01-31"));
}

TEST_F(CompareTest, OnlyLaterChargesHaveADay) {
  Row first = row();
  first.charges = 3;
  first.satisfied = 1;
  tell(first, kNovember);
  Row next = first;
  next.charges = 5;
  next.satisfied = 2;
  EXPECT_THAT(tell(next, kDecember),
              ElementsAre("charge:4:created 2026-11-30", "charge:5:created 2026-11-30",
                          "charge-satisfied:2 2026-11-30"));
  EXPECT_THAT(tell(first, kJanuary), IsEmpty()) << "the register's counts never fall";
}

TEST_F(CompareTest, ACorrectedDateOfIncorporationIsANewVersion) {
  tell(row(), kNovember);
  uint64_t const first = events_[0].source_sequence();
  Row next = row();
  next.born = day(2019, 5, 4);
  EXPECT_THAT(tell(next, kDecember), ElementsAre("registered 2019-05-04 dated"));
  EXPECT_GT(events_[0].source_sequence(), first);
}

TEST_F(CompareTest, DaysOutsideTheRecordsRangeAreNotStated) {
  Row first = row();
  first.accounts_due = day(1752, 9, 14);
  EXPECT_THAT(tell(first, kNovember), ElementsAre("registered 2019-05-03"));
  first.born = day(1752, 9, 2);
  EXPECT_THAT(tell(first, kDecember), ElementsAre("registered 1752-09-02 dated"));
}

TEST_F(CompareTest, ARunThatIsRepeatedSaysTheSameBytes) {
  Row first = row();
  first.accounts_due = day(2027, 1, 31);
  tell(first, kNovember);
  auto const known = known_;
  Row next = row();
  next.status = *find_status("Liquidation");
  auto const lines = tell(next, kDecember);
  std::vector<std::string> bytes;
  for (const auto& event : events_) bytes.push_back(event.SerializeAsString());
  known_ = known;
  EXPECT_EQ(tell(next, kDecember), lines);
  for (size_t i = 0; i < events_.size(); ++i) EXPECT_EQ(events_[i].SerializeAsString(), bytes[i]);
}

TEST(RecordTest, ItsBytesAreReadBack) {
  Record record;
  record.born = -80'000;
  record.charges = 7;
  record.accounts.due = ShortDay(day(2027, 1, 31));
  EXPECT_EQ(record_of(bytes_of(record)), record);
  EXPECT_EQ(record_of(bytes_of(record))->accounts.due.day(), day(2027, 1, 31));
  EXPECT_FALSE(record_of("short"));
}

TEST(RecordTest, ShortDaysHaveARange) {
  for (base::Days const each : {day(1900, 1, 2), day(2000, 2, 29), day(2078, 12, 31)}) {
    EXPECT_EQ(ShortDay(each).day(), each);
  }
  EXPECT_FALSE(ShortDay(day(1900, 1, 1)).stated());
  EXPECT_FALSE(ShortDay(day(2079, 6, 7)).stated());
  EXPECT_FALSE(ShortDay(std::nullopt).stated());
}

}  // namespace
}  // namespace bellwether::connect::companies_house
