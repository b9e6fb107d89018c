#include "connect/table/connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "support/random.h"
#include "support/tables.h"

namespace bellwether::connect::table {
namespace {

namespace proto = google::protobuf;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::mapping_of;
using testing::must;
using testing::run_table;
using testing::TableRun;
using testing::TableState;

constexpr std::string_view kYaml =
    "source: desk\n"
    "topic: support\n"
    "published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n"
    "created: {column: opened, date: \"%Y-%m-%d\"}\n"
    "incremental: {column: updated, time: \"%Y-%m-%d %H:%M\", overlap: 2d}\n"
    "match:\n"
    "  {jurisdiction: GB, register: companies-house, number: number, name: name, postcode: "
    "postcode,\n"
    "   list: {number: n, name: m, postcode: p, status: s, ceased: [Dissolved]}}\n"
    "lists: {topics: {values: {cash: cash_flow}, otherwise: other}}\n"
    "fields:\n"
    "  effective_date: {column: opened, date: \"%Y-%m-%d\"}\n"
    "  case_id: {column: case}\n"
    "  postcode: {column: postcode}\n"
    "events:\n"
    "  - kind: interaction\n"
    "    id: \"{case}-{step}\"\n"
    "    fields: {interaction: {topics: {column: topic, list: topics}}}\n";
constexpr std::string_view kHeader = "case,step,opened,updated,number,name,postcode,topic\n";
const std::vector<std::vector<std::string>> kRegister = {
    {"01234567", "OLD MILL LTD", "B1 1AA", "Active"},
    {"02345678", "GREEN GARDENS LTD", "B2 2BB", "Dissolved"}};

TableRun run(const std::string& rows, TableState& state,
             const std::vector<std::vector<std::string>>& list = kRegister) {
  static Mapping const mapping = mapping_of(kYaml);
  return must(run_table(
      mapping, {std::string(kHeader) + rows, "t.csv", "", base::UnixMillis(INT64_MAX), list},
      state));
}

std::vector<std::string> keys(const TableRun& run) {
  std::vector<std::string> out;
  for (const Said& said : run.said) out.push_back(said.key);
  return out;
}

TEST(ConnectorTest, ALaterRunSaysOnlyWhatIsNew) {
  TableState state;
  std::string const first =
      "1,1,2026-06-01,2026-06-01 09:00,,,,cash\n"
      "2,1,2026-06-01,2026-06-10 09:00,,,,cash\n";
  EXPECT_THAT(keys(run(first, state)), ElementsAre("case:1", "case:2"));
  TableRun const second = run(first + "3,1,2026-06-09,2026-06-09 08:00,,,,cash\n", state);
  EXPECT_THAT(keys(second), ElementsAre("case:3")) << "late, but in the overlap";
  EXPECT_EQ(second.counts.old, 1);
  EXPECT_EQ(second.counts.repeated, 1);
  TableRun const third = run(first + "4,1,2026-06-01,2026-06-01 08:00,,,,cash\n", state);
  EXPECT_TRUE(third.said.empty()) << "too late for the overlap";
  EXPECT_EQ(third.counts.old, 2);
}

TEST(ConnectorTest, ARowThatChangesIsANewVersionOfTheSameFact) {
  TableState state;
  run("1,1,2026-06-01,2026-06-01 09:00,,,,cash\n", state);
  TableRun const later = run("1,1,2026-06-01,2026-06-02 09:00,,,,other\n", state);
  EXPECT_THAT(testing::said_text(later.said.at(0)), HasSubstr("event_id: \"1-1\""));
  EXPECT_THAT(testing::said_text(later.said.at(0)), HasSubstr("source_sequence: 1780390800000"));
  TableRun const touched = run("1,1,2026-06-01,2026-06-02 10:00,,,,other\n", state);
  EXPECT_TRUE(touched.said.empty()) << "only the time of the update differs";
}

// A desk that states a time in minutes, or a file that is corrected within its day.
TEST(ConnectorTest, ACorrectionWithTheSamePublicationWins) {
  TableState state;
  run("1,1,2026-06-01,2026-06-02 09:00,,,,cash\n", state);
  for (const char* expected :
       {"source_sequence: 1780390800001", "source_sequence: 1780390800002"}) {
    bool const first = std::string_view(expected).ends_with('1');
    TableRun const corrected = run(first ? "1,1,2026-06-01,2026-06-02 09:00,,,,other\n"
                                         : "1,1,2026-06-01,2026-06-02 09:00,,,,cash\n",
                                   state);
    ASSERT_EQ(corrected.said.size(), 1u);
    EXPECT_THAT(testing::said_text(corrected.said.at(0)), HasSubstr(expected));
  }
  TableRun const again = run("1,1,2026-06-01,2026-06-02 09:00,,,,cash\n", state);
  EXPECT_TRUE(again.said.empty());
}

TEST(ConnectorTest, AnIdThatIsUsedAgainIsRefused) {
  TableState state;
  run("1,1,2026-06-01,2026-06-01 09:00,,,,cash\n", state);
  TableRun const other = run("1,1,2026-06-05,2026-06-05 09:00,,,,cash\n", state);
  EXPECT_TRUE(other.said.empty());
  EXPECT_THAT(other.refused,
              ElementsAre("2: id used again: event id \"1-1\" already stands for another matter; "
                          "add a column to id that tells the two apart, or retract the old fact "
                          "first"));
}

// A desk that gives one number to two enquiries of a day.
TEST(ConnectorTest, AnIdThatTwoRowsOfAFileStateDifferentlyIsRefused) {
  TableState state;
  std::string const rows =
      "1,1,2026-06-01,2026-06-01 09:00,,,,cash\n"
      "1,1,2026-06-01,2026-06-01 09:00,,,,other\n"
      "1,1,2026-06-01,2026-06-01 09:00,,,,cash\n";
  for (bool const first : {true, false}) {
    TableRun const made = run(rows, state);
    EXPECT_EQ(made.said.size(), first ? 1u : 0u) << "each run must not say both again";
    EXPECT_THAT(made.refused,
                ElementsAre("3: id twice: event id \"1-1\" stands in an earlier row of this file, "
                            "with other content and the same sequence; add a column to id, or map "
                            "sequence to a column that tells which row is later"));
  }
  TableRun const later =
      run("1,1,2026-06-01,2026-06-01 09:00,,,,cash\n"
          "1,1,2026-06-01,2026-06-01 10:00,,,,other\n",
          state);
  EXPECT_EQ(later.said.size(), 1u) << "a history of versions in one file";
  EXPECT_TRUE(later.refused.empty());
}

TEST(ConnectorTest, AnEnquirerWhoIsFoundLaterMovesToTheBusiness) {
  TableState state;
  std::string const row = "1,1,2026-06-01,2026-06-01 09:00,,Old Mill,B1 1AA,cash\n";
  TableRun const before = run(row, state, {{"9", "OTHER", "M1 1AA", "Active"}});
  EXPECT_THAT(keys(before), ElementsAre("case:1"));
  EXPECT_THAT(before.reviewed, ElementsAre("2: case:1: not found 0"));
  TableRun const after = run(row, state);
  EXPECT_THAT(keys(after), ElementsAre("case:1", "GB/companies-house/01234567"));
  EXPECT_THAT(testing::message_text(after.said[0]),
              HasSubstr("case_id: \"1\" retracted { event_id: \"1-1\" reason: "
                        "RETRACTION_REASON_REASSIGNED }"));
  EXPECT_EQ(after.counts.moved, 1);
  EXPECT_TRUE(run(row, state).said.empty());
}

// Names are used for matching only. Nothing that is said or left for review contains them, and
// a registered business's own words are not said either.
TEST(ConnectorTest, NamesNeverLeave) {
  TableState state;
  TableRun const found =
      run("1,1,2026-06-01,2026-06-01 09:00,,Old Mill,B1 1AA,cash\n"
          "2,1,2026-06-01,2026-06-01 09:00,,Green Gardens,B2 2BB,cash\n",
          state);
  EXPECT_THAT(keys(found), ElementsAre("GB/companies-house/01234567", "case:2"));
  EXPECT_THAT(found.reviewed, ElementsAre("3: case:2: name and postcode 0.85 02345678"));
  EXPECT_EQ(found.counts.below_threshold, 1);
  EXPECT_EQ(found.counts.matched[static_cast<size_t>(MatchWay::kNameAndPostcode)], 2);
  for (const Said& said : found.said) {
    EXPECT_EQ(said.value.find("Mill"), std::string::npos);
    EXPECT_EQ(said.value.find("Gardens"), std::string::npos);
  }
  EXPECT_EQ(found.said[0].value.find("B1 1AA"), std::string::npos);
  EXPECT_NE(found.said[1].value.find("B2 2BB"), std::string::npos);
  for (const auto& [key, value] : state.facts) {
    EXPECT_EQ((key + value).find("Mill"), std::string::npos);
  }
}

// --- order and repetition do not matter ----------------------------------------------------------

// What the fold keeps of what was said: of each key and fact the version with the highest sequence,
// without the sequence itself.
std::map<std::string, std::string> folded(const std::vector<Said>& said) {
  std::map<std::string, std::pair<uint64_t, std::string>> best;
  for (const Said& each : said) {
    auto const message = new_message(each.topic);
    EXPECT_TRUE(message->ParseFromString(each.value));
    const proto::Reflection& reflection = *message->GetReflection();
    const proto::Descriptor& type = *message->GetDescriptor();
    const proto::FieldDescriptor* sequence = type.FindFieldByName("source_sequence");
    uint64_t const number = reflection.GetUInt64(*message, sequence);
    reflection.ClearField(message.get(), sequence);
    auto& place = best[absl::StrCat(
        each.key, " ", reflection.GetString(*message, type.FindFieldByName("event_id")))];
    place = std::max(place, {number, message->SerializeAsString()});
  }
  std::map<std::string, std::string> out;
  for (const auto& [key, version] : best) out[key] = version.second;
  return out;
}

// Rows of a desk: cases with several steps, some of them touched twice.
std::vector<std::string> random_rows(testing::Random& random) {
  std::vector<std::string> rows;
  size_t const cases = 1 + random.below(8);
  for (size_t c = 0; c < cases; ++c) {
    bool const found = random.below(2) == 0;
    size_t const steps = 1 + random.below(3);
    for (size_t step = 0; step < steps; ++step) {
      size_t const versions = 1 + random.below(3);
      for (size_t version = 0; version < versions; ++version) {
        rows.push_back(absl::StrCat(c, ",", step, ",2026-06-01,2026-06-", 10 + version, " 0",
                                    random.below(10), ":00,", found ? "1234567" : "", ",",
                                    found ? "Old Mill" : "Nobody", ",B1 1AA,",
                                    random.below(2) == 0 ? "cash" : "t", "\n"));
      }
    }
  }
  return rows;
}

TEST(ConnectorTest, OrderAndRepetitionOfRowsGiveTheSameFacts) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    std::vector<std::string> rows = random_rows(random);
    TableState plain_state;
    TableRun const plain = run(absl::StrJoin(rows, ""), plain_state);
    EXPECT_THAT(plain.refused, ElementsAre());
    // Shuffled, repeated, and in two runs of a growing file.
    std::vector<std::string> mixed = rows;
    for (size_t i = 0; i < rows.size(); ++i) mixed.push_back(rows[random.below(rows.size())]);
    random.shuffle(mixed);
    TableState state;
    TableRun const once = run(absl::StrJoin(mixed, ""), state);
    EXPECT_EQ(folded(once.said), folded(plain.said));
    TableState two_runs;
    std::vector<Said> said =
        run(absl::StrJoin(std::vector(rows.begin(), rows.begin() + 1), ""), two_runs).said;
    // A process that is killed says again what its state does not know.
    TableState const before_kill = two_runs;
    for (const Said& each : run(absl::StrJoin(rows, ""), two_runs).said) said.push_back(each);
    TableState resumed = before_kill;
    for (const Said& each : run(absl::StrJoin(rows, ""), resumed).said) said.push_back(each);
    EXPECT_EQ(folded(said), folded(plain.said));
    EXPECT_EQ(resumed.facts, two_runs.facts);
  }
}

}  // namespace
}  // namespace bellwether::connect::table
