// What the lines of a day file say, once, and in which words.
#include "connect/companies_house/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "connect/companies_house/record.h"
#include "support/paths.h"

namespace bellwether::connect::companies_house {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

std::vector<std::string> day_file() {
  std::ifstream file(
      bellwether::testing::in_source("tests/data/companies_house/stream/2024-12.jsonl"));
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

std::string date_text(const events::v1::RegistrationEvent& event) {
  if (!event.has_effective_date()) return "";
  const events::v1::Date& date = event.effective_date();
  return " " + base::format_date(base::days_from_civil(date.year(), date.month(), date.day()));
}

class StreamTest : public ::testing::Test {
 protected:
  // What the line says: "id date".
  std::vector<std::string> take(const std::string& text, StreamConnector& connector) {
    std::vector<std::string> said;
    auto const say = [&](const Said& record) {
      events::v1::RegistrationEvent event;
      EXPECT_TRUE(event.ParseFromString(record.value));
      said.push_back(event.has_retracted() ? "retracted " + event.retracted().event_id()
                                           : event.event_id() + date_text(event));
      events_.push_back(event);
      return absl::OkStatus();
    };
    auto const get = [&](std::string_view key) -> absl::StatusOr<std::optional<std::string_view>> {
      auto const found = state_.find(key);
      if (found == state_.end()) return std::nullopt;
      return std::string_view(found->second);
    };
    auto const put = [&](std::string_view key, std::string_view value) {
      state_[std::string(key)] = value;
    };
    auto const refuse = [&](const Refused& refused) { refused_.emplace_back(refused.reason); };
    EXPECT_TRUE(connector.take(reader_.read(text), {get, put}, say, refuse, {"file", 1}).ok());
    return said;
  }
  std::vector<std::string> take_all(const std::vector<std::string>& lines) {
    std::vector<std::string> said;
    for (const std::string& line : lines) {
      for (const std::string& each : take(line, connector_)) said.push_back(each);
    }
    return said;
  }

  StreamReader reader_{base::TimeZone{}};
  StreamConnector connector_{std::nullopt};
  std::map<std::string, std::string, std::less<>> state_;
  std::vector<events::v1::RegistrationEvent> events_;
  std::vector<std::string> refused_;
};

TEST_F(StreamTest, ADayFileSaysEachFactOnce) {
  EXPECT_THAT(
      take_all(day_file()),
      ElementsAre("04142000:registered 2019-05-03", "04142000:status:2024-11-18 2024-11-18",
                  "04142000:address:2024-11-18 2024-11-18",
                  "04142000:activities:2024-11-18 2024-11-18",
                  "04142000:form:2024-11-18 2024-11-18", "04142000:accounts-due",
                  "04142000:confirmation-due", "04142000:address:2024-11-19 2024-11-19",
                  "04142000:accounts:2024-05-31 2024-11-20",
                  "SC123456:strike-off:compulsory:2024-11-26 2024-11-26",
                  "SC123456:strike-off:discontinued:2024-12-03 2024-12-03",
                  "04142000:officer:iKuMadeUpIdOfAnOfficer00001:resigned 2024-12-05",
                  "04142000:charge:1:created 2024-11-28", "04142000:charge:1:satisfied 2024-12-09",
                  "SC123456:insolvency:1 2024-12-10", "04142000:status:2024-12-17 2024-12-17"));
  EXPECT_THAT(refused_, IsEmpty());
  EXPECT_EQ(connector_.unused(), (std::map<std::string, int64_t>{
                                     {std::string(kRepeated), 2},
                                     {std::string(kOldFact), 1},
                                     {std::string(kOtherFiling), 1},
                                     {std::string(kOtherKind), 1},
                                 }));
  EXPECT_EQ(connector_.mark(Stream::kCompanies).timepoint, 5010);
  EXPECT_EQ(connector_.mark(Stream::kFilings).timepoint, 210030);
  EXPECT_EQ(connector_.lines(), 14);
}

TEST_F(StreamTest, WhatWasReadBeforeSaysNothing) {
  take_all(day_file());
  EXPECT_THAT(take_all(day_file()), IsEmpty());
  EXPECT_THAT(connector_.unused(), Contains(Pair(std::string(kReadBefore), 13)));
}

TEST_F(StreamTest, ARunWithoutItsLastCommitSaysTheSameAgain) {
  std::vector<std::string> const lines = day_file();
  take_all({lines.begin(), lines.begin() + 4});
  auto const state = state_;
  auto const marks = connector_;
  events_.clear();
  take_all({lines.begin() + 4, lines.end()});
  std::vector<std::string> first;
  for (const auto& event : events_) first.push_back(event.SerializeAsString());
  state_ = state;
  events_.clear();
  StreamConnector again(std::nullopt);
  for (const StreamInfo& each : kStreamTable) again.set_mark(each.id, marks.mark(each.id));
  for (size_t i = 4; i < lines.size(); ++i) take(lines[i], again);
  std::vector<std::string> second;
  for (const auto& event : events_) second.push_back(event.SerializeAsString());
  EXPECT_EQ(first, second);
}

TEST_F(StreamTest, AFactOfTheStreamOutranksThatOfAFile) {
  take_all(day_file());
  for (const auto& event : events_) {
    bool const due = event.has_filing_due();
    // The company was not seen on its first day.
    bool const outranked = event.has_registered();
    EXPECT_EQ(event.source_sequence() >= kDated, !due && !outranked) << event.event_id();
    EXPECT_EQ(event.source(), "companies-house");
  }
}

TEST_F(StreamTest, ACompanyThatCeasedLongAgoIsLeftOut) {
  std::string ceased = day_file().back();
  std::string long_ago = ceased;
  long_ago.replace(long_ago.find("2024-12-17\""), 10, "2023-12-16");
  EXPECT_THAT(take(long_ago, connector_), IsEmpty());
  EXPECT_THAT(connector_.unused(), Contains(Pair(std::string(kCeasedBefore), 1)));
  EXPECT_THAT(state_, IsEmpty());
  // Of one that has just ceased, a file that knows it may still come.
  ceased.replace(ceased.find("5010"), 4, "5011");
  EXPECT_THAT(take(ceased, connector_),
              ElementsAre("04142000:status:2024-12-17 2024-12-17", "04142000:accounts-due",
                          "04142000:confirmation-due"));
  std::string restored = day_file()[2];
  restored.replace(restored.find("5008"), 4, "5012");
  EXPECT_THAT(take(restored, connector_), Contains("04142000:registered 2019-05-03"));
}

TEST_F(StreamTest, ADeletedAppointmentIsRetracted) {
  std::vector<std::string> lines = day_file();
  std::string officer = lines[8];
  take(officer, connector_);
  auto const put = [&](std::string_view from, std::string_view to) {
    officer.replace(officer.find(from), from.size(), to);
  };
  put("780001", "780002");
  put("changed", "deleted");
  EXPECT_THAT(take(officer, connector_),
              ElementsAre("retracted 04142000:officer:iKuMadeUpIdOfAnOfficer00001:resigned"));
  put("780002", "780003");
  EXPECT_THAT(take(officer, connector_), IsEmpty()) << "nothing is left to retract";
  put("780003", "780004");
  put("deleted", "changed");
  EXPECT_THAT(take(officer, connector_), Not(IsEmpty())) << "it is back";
}

TEST_F(StreamTest, TheVersionsOfAStreamAreInItsOrder) {
  std::vector<std::string> const lines = day_file();
  take(lines[0], connector_);
  std::string same_second = lines[2];
  auto const put = [&](std::string_view from, std::string_view to) {
    same_second.replace(same_second.find(from), from.size(), to);
  };
  put("2024-11-19T11:20:00", "2024-11-18T08:00:01");  // in the hour that comes twice
  take(same_second, connector_);
  put("5008", "5009");
  put("M1 1AE", "M2 1AE");
  take(same_second, connector_);
  ASSERT_GE(events_.size(), 3u);
  const auto& last = events_[events_.size() - 1];
  const auto& before = events_[events_.size() - 2];
  EXPECT_EQ(last.event_id(), before.event_id());
  EXPECT_GT(last.source_sequence(), before.source_sequence());
  EXPECT_EQ(last.changed().postcode(), "M2 1AE");
}

TEST_F(StreamTest, ABadLineDoesNotStopTheNext) {
  std::string cut = day_file()[2];
  cut.resize(cut.size() / 2);
  EXPECT_THAT(take_all({cut, "", "nonsense", day_file()[4]}), Not(IsEmpty()));
  EXPECT_THAT(refused_, ElementsAre(kNoJson, kNoJson, kNoJson));
}

TEST(MarkTest, ItIsReadBack) {
  Mark const mark{123'456, base::UnixMillis(1'700'000'000'123)};
  EXPECT_EQ(mark_of(text_of(mark)), mark);
  for (const char* const other : {"", "7", "x 7", "-7 7"}) EXPECT_EQ(mark_of(other), Mark());
}

}  // namespace
}  // namespace bellwether::connect::companies_house
