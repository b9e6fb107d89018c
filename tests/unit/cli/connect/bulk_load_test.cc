// Monthly files one after another: what is said, what is refused, and which files are not believed.
#include "cli/connect/bulk_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "bellwether/events/v1/registration.pb.h"
#include "cli/text_file.h"
#include "connect/companies_house/record.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/scratch_folder.h"

namespace bellwether::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::must;
using testing::ScratchFolder;

constexpr char kHeader[] =
    "CompanyName, CompanyNumber,RegAddress.PostCode,CompanyCategory,CompanyStatus,DissolutionDate,"
    "IncorporationDate,Accounts.NextDueDate,Accounts.LastMadeUpDate,Mortgages.NumMortCharges,"
    "Mortgages.NumMortSatisfied,SICCode.SicText_1,SICCode.SicText_2,SICCode.SicText_3,"
    "SICCode.SicText_4,ConfStmtNextDueDate, ConfStmtLastMadeUpDate\n";

std::string company(std::string_view number, std::string_view status = "Active",
                    std::string_view born = "03/05/2019") {
  return base::cat("\"A\",\"", number, "\",\"B15 2TT\",\"Private Limited Company\",\"", status,
                   "\",\"\",\"", born, "\",\"\",\"\",\"0\",\"0\",\"62012 - Software\",,,,,\n");
}

using Sequences = std::map<std::string, std::vector<uint64_t>>;  // by event id

// Remembers what a run said and whether it settled.
class SaidRecorder : public Outlet {
 public:
  SaidRecorder(std::vector<std::string>& lines, Sequences& sequences)
      : lines_(lines), sequences_(sequences) {}
  absl::Status say(const connect::Said& said) override {
    ++said_;
    if (said_ > fail_after) return absl::UnavailableError("the broker is gone");
    events::v1::RegistrationEvent event;
    EXPECT_TRUE(event.ParseFromString(said.value));
    sequences_[event.event_id()].push_back(event.source_sequence());
    lines_.push_back(event.event_id());
    return absl::OkStatus();
  }
  absl::Status heartbeat(domain::Topic topic, std::string_view source,
                         base::UnixMillis complete_to) override {
    EXPECT_EQ(topic, domain::Topic::kRegistrations);
    lines_.push_back(base::cat(source, " complete to ", base::format_instant(complete_to)));
    return absl::OkStatus();
  }
  absl::Status settle() override { return absl::OkStatus(); }

  int64_t fail_after = INT64_MAX;

 private:
  std::vector<std::string>& lines_;
  Sequences& sequences_;
};

class BulkLoadTest : public ::testing::Test {
 protected:
  // The path of a month's file.
  std::string file(std::string_view month, std::string_view rows) {
    return folder_.write(base::cat("BasicCompanyDataAsOneFile-", month, "-01.csv"),
                         base::cat(kHeader, rows));
  }
  absl::StatusOr<BulkSummary> load(BulkOptions options, int64_t fail_after = INT64_MAX) {
    lines_.clear();
    options.today = base::days_from_civil(2027, 2, 1);
    auto outlet = std::make_unique<SaidRecorder>(lines_, sequences_);
    outlet->fail_after = fail_after;
    ConnectRun run(
        must(lmdb::Store::open(folder_.file("state"), connect::companies_house::kStateOwner)),
        std::move(outlet), false);
    auto summary = load_bulk(run, options);
    refused_ = run.refusals().by_reason();
    return summary;
  }
  absl::StatusOr<BulkSummary> load(const std::string& path) {
    BulkOptions options;
    options.files = {path};
    return load(options);
  }

  ScratchFolder folder_;
  std::vector<std::string> lines_;
  Sequences sequences_;  // of all runs
  std::map<std::string, int64_t> refused_;
};

TEST_F(BulkLoadTest, TheNextFileSaysOnlyWhatChanged) {
  auto const first = must(load(file("2026-11", company("1") + company("2") + company("3"))));
  EXPECT_TRUE(first.first);
  EXPECT_EQ(first.rows, 3);
  EXPECT_EQ(first.companies, 3);
  EXPECT_THAT(lines_,
              ElementsAre("00000001:registered", "00000002:registered", "00000003:registered",
                          "companies-house complete to 2026-11-01T00:00:00Z"));
  EXPECT_THAT(text_of(first), HasSubstr("This was the first load"));
  EXPECT_THAT(text_of(first), HasSubstr("3  registrations"));

  auto const second = must(load(file("2026-12", company("1") + company("2", "Liquidation") +
                                                    company("4", "Active", "12/11/2026"))));
  EXPECT_FALSE(second.first);
  EXPECT_EQ(second.late, 0);
  EXPECT_THAT(lines_, ElementsAre("00000002:status:2026-11-30", "00000004:registered",
                                  "00000003:status:2026-11-30",
                                  "companies-house complete to 2026-12-01T00:00:00Z"));

  auto const third = must(load(
      file("2027-01", company("1") + company("2", "Liquidation") + company("3") + company("4"))));
  EXPECT_THAT(lines_, ElementsAre("00000003:status:2026-12-31", "00000004:registered",
                                  "companies-house complete to 2027-01-01T00:00:00Z"));
  EXPECT_THAT(text_of(third), HasSubstr("1  restorations"));
}

TEST_F(BulkLoadTest, MassAddressesAreWrittenForTheReference) {
  std::string rows = company("9999", "Active", "03/05/2019");
  for (int i = 1; i <= 501; ++i) rows += company(base::cat(i), "Active", "03/05/2026");
  BulkOptions options;
  options.files = {file("2026-11", rows)};
  options.mass_addresses = folder_.file("mass.csv");
  auto const summary = must(load(options));
  EXPECT_EQ(summary.mass_addresses, 1u);
  EXPECT_THAT(text_of(summary), HasSubstr("1  mass addresses written: postcodes with more than 500 "
                                          "births in the last 12 months"));
  EXPECT_EQ(must(read_text_file(options.mass_addresses)), "postcode,births\nB152TT,501\n");
  options.again = true;
  options.mass_addresses = folder_.file("no/such/folder.csv");
  EXPECT_TRUE(absl::IsUnavailable(load(options).status()));
}

TEST_F(BulkLoadTest, ACompanyThatWasLongIncorporatedIsToldAsLate) {
  must(load(file("2026-11", company("1"))));
  auto const second = must(load(file("2026-12", company("1") + company("2"))));
  EXPECT_EQ(second.late, 1);
  EXPECT_THAT(text_of(second), HasSubstr("restored, or left out before"));
}

TEST_F(BulkLoadTest, TheSameFileAgainIsNotRead) {
  std::string const path = file("2026-11", company("1"));
  must(load(path));
  auto const again = must(load(path));
  EXPECT_TRUE(again.loaded_before);
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_THAT(text_of(again), HasSubstr("was loaded before: there is nothing to say"));

  BulkOptions options;
  options.files = {path};
  options.again = true;
  EXPECT_FALSE(must(load(options)).loaded_before);
  EXPECT_THAT(lines_, ElementsAre("companies-house complete to 2026-11-01T00:00:00Z"));
}

TEST_F(BulkLoadTest, AnotherFileOfTheSameMonthIsRead) {
  must(load(file("2026-11", company("1"))));
  must(load(file("2026-11", company("1") + company("2"))));
  EXPECT_THAT(lines_, ElementsAre("00000002:registered",
                                  "companies-house complete to 2026-11-01T00:00:00Z"));
}

TEST_F(BulkLoadTest, AnOlderFileIsRefused) {
  must(load(file("2026-12", company("1"))));
  auto const older = load(file("2026-11", company("1")));
  EXPECT_TRUE(absl::IsFailedPrecondition(older.status()));
  EXPECT_THAT(older.status().ToString(), HasSubstr("older than that of 2026-12-01"));
  EXPECT_THAT(lines_, IsEmpty());
}

std::string companies(int from, int to) {
  std::string rows;
  for (int i = from; i <= to; ++i) rows += company(base::cat(i));
  return rows;
}

TEST_F(BulkLoadTest, HalfAFileDeclaresNoCessations) {
  must(load(file("2026-11", companies(1, 400))));
  std::string const half = file("2026-12", companies(1, 200) + company("999"));
  auto const refused = load(half);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_THAT(refused.status().ToString(), HasSubstr("200 of 400 companies are not in the file"));
  EXPECT_THAT(lines_, ElementsAre("00000999:registered")) << "no cessation, no heartbeat";
  // The whole file of the same month is loaded afterwards.
  must(load(file("2026-12", companies(1, 390) + company("999"))));
  EXPECT_EQ(lines_.size(), 11u);
  EXPECT_THAT(lines_.front(), HasSubstr("status:2026-11-30"));
  EXPECT_EQ(std::ranges::count(lines_, "00000999:registered"), 0);
}

TEST_F(BulkLoadTest, TheUserMayAcceptCessations) {
  must(load(file("2026-11", companies(1, 400))));
  BulkOptions options;
  options.files = {file("2026-12", companies(1, 200))};
  options.accept_cessations = true;
  must(load(options));
  EXPECT_EQ(lines_.size(), 201u);
}

// Half a file that was believed, and then the whole one of the same day: the restoration has the id
// of the cessation, and must win over it.
TEST_F(BulkLoadTest, AnotherFileOfTheSameDayCorrectsTheFirst) {
  must(load(file("2026-11", companies(1, 400))));
  sequences_.clear();
  BulkOptions options;
  options.files = {file("2026-12", companies(1, 200))};
  options.accept_cessations = true;
  must(load(options));
  options.files = {file("2026-12", companies(1, 400))};
  must(load(options));
  options.again = true;
  must(load(options));
  const std::vector<uint64_t>& of_one = sequences_["00000300:status:2026-11-30"];
  ASSERT_EQ(of_one.size(), 2u);
  EXPECT_EQ(of_one[1], of_one[0] + 1);
  options.files = {file("2026-12", companies(1, 390))};
  options.again = false;
  must(load(options));
  EXPECT_EQ(sequences_["00000399:status:2026-11-30"].back(), of_one[0] + 3);
}

TEST_F(BulkLoadTest, AFileThatIsReadAgainAfterAKillSaysTheSame) {
  must(load(file("2026-11", companies(1, 5))));
  BulkOptions options;
  options.files = {file("2026-12", companies(1, 9))};
  sequences_.clear();
  EXPECT_FALSE(load(options, 2).ok());
  must(load(options));
  const std::vector<uint64_t>& of_one = sequences_["00000006:registered"];
  EXPECT_EQ(of_one, (std::vector<uint64_t>{of_one[0], of_one[0]}));
}

TEST_F(BulkLoadTest, RefusedRowsAreCountedAndTheirCompaniesHaveNotCeased) {
  must(load(file("2026-11", companies(1, 6))));
  must(load(file("2026-12", company("1") + company("2", "Sleeping") + company("3") + company("3") +
                                company("x") + company("4", "Active", "31/02/2020") +
                                company("7", "Active", "01/01/2030") + "\"5\n" + company("5") +
                                company("6", "Dissolved") + company("8", "Dissolved"))));
  EXPECT_EQ(refused_, (std::map<std::string, int64_t>{{"unknown status", 1},
                                                      {"number twice in the file", 1},
                                                      {"no company number", 1},
                                                      {"impossible date of incorporation", 2},
                                                      {"unreadable row", 1},
                                                      {"ceased on an unknown day", 1}}));
  EXPECT_THAT(lines_, ElementsAre("00000006:status:2026-11-30",
                                  "companies-house complete to 2026-12-01T00:00:00Z"));
}

// Whatever is wrong with a row, its company is there.
TEST_F(BulkLoadTest, ACompanyWhoseRowIsUnreadableHasNotCeased) {
  must(load(file("2026-11", companies(1, 4))));
  must(load(file("2026-12", company("1") + "\"A\",\"00000002\",\"B15\"\n" +
                                "\"A, \"00000003\",,\n" + company("5"))));
  EXPECT_EQ(refused_, (std::map<std::string, int64_t>{{"unreadable row", 2}}));
  EXPECT_THAT(lines_, ElementsAre("00000005:registered", "00000004:status:2026-11-30",
                                  "companies-house complete to 2026-12-01T00:00:00Z"));
}

TEST_F(BulkLoadTest, AFileThatEndsWithinARowIsNotLoaded) {
  std::string rows = companies(1, 3);
  rows.resize(rows.size() - 20);
  auto const cut = load(file("2026-11", rows));
  EXPECT_TRUE(absl::IsDataLoss(cut.status())) << cut.status();
  EXPECT_THAT(cut.status().ToString(), HasSubstr("ends within a row"));
  EXPECT_THAT(lines_, ElementsAre("00000001:registered", "00000002:registered"));
  auto const whole = must(load(file("2026-11", companies(1, 3))));
  EXPECT_TRUE(whole.first);
  EXPECT_EQ(whole.late, 0);
  // Without the line end of its last row a file is whole.
  rows = companies(1, 4);
  rows.pop_back();
  EXPECT_EQ(must(load(file("2026-12", rows))).rows, 4);
}

TEST_F(BulkLoadTest, AFileWithoutUsableRowsIsNotLoaded) {
  for (const char* rows : {"", "\"A\",\"00000002\"\n", "a\nb\nc\n"}) {
    auto const nothing = load(file("2026-11", rows));
    EXPECT_TRUE(absl::IsFailedPrecondition(nothing.status())) << nothing.status();
    EXPECT_THAT(nothing.status().ToString(), HasSubstr("no row tells of a company"));
    EXPECT_THAT(lines_, IsEmpty());
  }
  EXPECT_TRUE(must(load(file("2026-11", company("1")))).first);
}

TEST_F(BulkLoadTest, AFileWithManyUnreadableRowsDeclaresNoCessations) {
  must(load(file("2026-11", companies(1, 1000))));
  std::string spoiled;
  for (int64_t i = 0; i < kUnreadableAlwaysMax; ++i) spoiled += "one,two\n";
  must(load(file("2026-12", companies(2, 1000) + spoiled)));
  EXPECT_THAT(lines_, Contains("00000001:status:2026-11-30"));
  auto const damaged = load(file("2027-01", companies(3, 1000) + spoiled + "one,two\n"));
  EXPECT_TRUE(absl::IsFailedPrecondition(damaged.status())) << damaged.status();
  EXPECT_THAT(damaged.status().ToString(), HasSubstr("21 of 1,019 rows cannot be read"));
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(BulkLoadTest, AllPartsAreOneLoad) {
  std::vector<std::string> parts;
  for (int part = 1; part <= 3; ++part) {
    parts.push_back(folder_.write(base::cat("BasicCompanyData-2026-11-01-part", part, "_3.csv"),
                                  base::cat(kHeader, company(base::cat(part)))));
  }
  BulkOptions options;
  options.files = parts;
  EXPECT_EQ(must(load(options)).companies, 3);
  options.files = {parts[2], parts[0], parts[1]};
  EXPECT_TRUE(must(load(options)).loaded_before);
}

// The broker goes away after each number of records. What was said is said again with the same ids,
// and nothing is missing at the end.
TEST_F(BulkLoadTest, AnInterruptedLoadIsSaidAgain) {
  std::string const first = file("2026-11", companies(1, 5));
  std::string const second = file("2026-12", companies(3, 8));
  for (int64_t said = 0; said < 5; ++said) {
    BulkOptions options;
    options.files = {first};
    EXPECT_FALSE(load(options, said).ok());
    EXPECT_EQ(static_cast<int64_t>(lines_.size()), said);
  }
  EXPECT_TRUE(must(load(first)).first);
  EXPECT_EQ(lines_.size(), 6u);
  for (int64_t said = 0; said < 5; ++said) {
    BulkOptions options;
    options.files = {second};
    EXPECT_FALSE(load(options, said).ok());
  }
  must(load(second));
  EXPECT_THAT(lines_,
              ElementsAre("00000006:registered", "00000007:registered", "00000008:registered",
                          "00000001:status:2026-11-30", "00000002:status:2026-11-30",
                          "companies-house complete to 2026-12-01T00:00:00Z"));
}

TEST_F(BulkLoadTest, TheHeaderOfTheRealFileIsRead) {
  auto const summary = must(load(
      testing::in_source("tests/data/companies_house/BasicCompanyDataAsOneFile-2024-11-01.csv")));
  EXPECT_EQ(base::format_date(summary.date), "2024-11-01");
  EXPECT_EQ(summary.rows, 12);
  EXPECT_EQ(summary.companies, 12);
  EXPECT_EQ(summary.said, (std::vector<std::pair<std::string, int64_t>>{
                              {"registrations", 12},
                              {"due dates of accounts", 12},
                              {"due dates of confirmation statements", 12}}));
  EXPECT_TRUE(refused_.empty());
}

TEST_F(BulkLoadTest, AFileOfAnotherKindIsTold) {
  auto const other = load(folder_.write("BasicCompanyDataAsOneFile-2026-11-01.csv", "a,b\n1,2\n"));
  EXPECT_TRUE(absl::IsInvalidArgument(other.status()));
  EXPECT_THAT(other.status().ToString(), HasSubstr("the header lacks the columns CompanyNumber"));
  EXPECT_THAT(other.status().ToString(), HasSubstr("2026-11-01.csv:1"));
  auto const empty = load(folder_.write("BasicCompanyDataAsOneFile-2026-11-01.csv", ""));
  EXPECT_THAT(empty.status().ToString(), HasSubstr("the file is empty"));
}

}  // namespace
}  // namespace bellwether::cli
