#include "connect/table/translate.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "support/tables.h"

namespace bellwether::connect::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::mapping_of;
using testing::run_table;
using testing::TableRun;

namespace pb = google::protobuf;

std::vector<std::string> texts(const TableRun& run) {
  std::vector<std::string> out;
  for (const Said& said : run.said) out.push_back(testing::said_text(said));
  return out;
}

// --- the contract --------------------------------------------------------------------------------

// YAML that sets every field of `message` from a column of the same path, with what the fields need
// to be read. `columns` and `values` receive the table's columns and one row.
void map_all(const pb::Descriptor& message, const std::string& path, const std::string& indent,
             std::string& yaml, std::string& columns, std::string& values) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    std::string const name = path + (path.empty() ? "" : ".") + field.name();
    if (!find_field(message, field.name()).ok() || field.containing_oneof() != nullptr) continue;
    std::string form;
    std::string value;
    switch (type_of(field)) {
      case FieldType::kMessage: {
        yaml += indent + field.name() + (field.is_repeated() ? ":\n" + indent + "  -\n" : ":\n");
        map_all(*field.message_type(), name, indent + "    ", yaml, columns, values);
        continue;
      }
      case FieldType::kText:
        value = "T" + std::to_string(field.number());
        break;
      case FieldType::kInteger:
        value = "7";
        break;
      case FieldType::kReal:
        value = "1.5";
        break;
      case FieldType::kFlag:
        value = "true";
        break;
      case FieldType::kInstant:
        form = ", time: unix_millis";
        value = "1700000000000";
        break;
      case FieldType::kDay:
        form = ", date: \"%Y-%m-%d\"";
        value = "2023-01-02";
        break;
      case FieldType::kWord:
        value = word_of(*field.enum_type(), field.enum_type()->value(1)->number());
        break;
    }
    yaml += indent + field.name() + ": {column: " + name + form + "}\n";
    columns += "," + name;
    values += "," + value;
  }
}

// The number of values that are set in the message and below.
int count_set(const pb::Message& message) {
  std::vector<const pb::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  int count = 0;
  for (const pb::FieldDescriptor* field : fields) {
    if (type_of(*field) != FieldType::kMessage) {
      ++count;
    } else if (field->is_repeated()) {
      count += count_set(message.GetReflection()->GetRepeatedMessage(message, field, 0));
    } else {
      count += count_set(message.GetReflection()->GetMessage(message, field));
    }
  }
  return count;
}

// Every field of every kind that a table may state can be mapped, and arrives.
TEST(TranslateTest, EveryFieldOfTheContractCanBeMapped) {
  int kinds = 0;
  for (domain::Topic const topic : kTableTopics) {
    const pb::Descriptor& message = descriptor_of(topic);
    for (int i = 0; i < message.oneof_decl(0)->field_count(); ++i) {
      const pb::FieldDescriptor& kind = *message.oneof_decl(0)->field(i);
      if (!find_kind(topic, kind.name()).ok()) continue;
      std::string yaml = "source: s\ntopic: " + std::string(domain::name(topic)) +
                         "\npublished: as_of\nevents:\n  - kind: " + kind.name() +
                         "\n    id: \"{row}\"\n    fields:\n";
      std::string columns = "row";
      std::string values = "1";
      map_all(message, "", "      ", yaml, columns, values);
      yaml += "      " + kind.name() + ":\n";
      map_all(*kind.message_type(), kind.name(), "        ", yaml, columns, values);
      TableRun const run =
          run_table(mapping_of(yaml), {columns + "\n" + values + "\n", "t.csv", "2026-01-01"});
      EXPECT_THAT(run.refused, ElementsAre()) << kind.name();
      ASSERT_EQ(run.said.size(), 1u) << yaml;
      auto const said = new_message(topic);
      ASSERT_TRUE(said->ParseFromString(run.said[0].value));
      int mapped = static_cast<int>(std::count(columns.begin(), columns.end(), ','));
      // A business takes the place of the case and of what the enquirer states about it.
      if (topic == domain::Topic::kSupport) mapped -= 6;
      int const own = kind.name() == "retracted" ? 2 : 3;  // event_id, source, source_sequence
      EXPECT_EQ(count_set(*said), mapped + own)
          << kind.name() << ": " << testing::message_text(run.said[0]);
      ++kinds;
    }
  }
  EXPECT_EQ(kinds, 9 + 1 + 5 + 1 + 1 + 1);
}

// --- a desk --------------------------------------------------------------------------------------

constexpr std::string_view kDesk =
    "source: desk\n"
    "topic: support\n"
    "clock: {time_zone: Europe/London, earliest: 2000-01-01}\n"
    "published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n"
    "where: [{column: state, not_in: [draft]}]\n"
    "lists:\n"
    "  kinds:\n"
    "    values: {call: interaction, result: outcome}\n"
    "  topics:\n"
    "    values: {cash: cash_flow, grants: grant}\n"
    "  results:\n"
    "    values: {money: finance_raised}\n"
    "fields:\n"
    "  effective_date: {column: date, date: \"%d/%m/%Y\"}\n"
    "  business: {jurisdiction: GB, register: companies-house, id: {column: company}}\n"
    "  case_id: {column: case}\n"
    "  postcode: {column: postcode}\n"
    "events:\n"
    "  - kind: {column: type, list: kinds}\n"
    "    id: \"{case}-{step}\"\n"
    "    fields:\n"
    "      interaction:\n"
    "        topics: {column: topics, split: \"/\", list: topics}\n"
    "        received_at: {column: received, time: \"%Y-%m-%d %H:%M\"}\n"
    "        minutes: {column: seconds, divide_by: 60}\n"
    "      outcome:\n"
    "        kind: {column: topics, list: results}\n"
    "        amount_minor: {column: amount, decimal: \",\", thousands: \".\", minor_digits: 2}\n"
    "        currency: GBP\n";
constexpr std::string_view kHeader =
    "case,step,type,state,updated,date,company,postcode,topics,received,seconds,amount\n";

TableRun desk(const std::string& rows) {
  return run_table(mapping_of(kDesk), {std::string(kHeader) + rows});
}

TEST(TranslateTest, ARowOfABusinessStandsUnderItsNumberWithoutTheEnquirersWords) {
  EXPECT_THAT(
      texts(desk("7,1,call,open,2026-07-02 10:00,01/07/2026,1234567,B1 1AA,cash / grants,"
                 "2026-07-01 09:30,90,\n")),
      ElementsAre("GB/companies-house/01234567 @2026-07-02T09:00:00Z event_id: \"7-1\" source: "
                  "\"desk\" source_sequence: 1782982800000 business { jurisdiction: \"GB\" "
                  "register: \"companies-house\" id: \"1234567\" } effective_date { year: 2026 "
                  "month: 7 day: 1 } interaction { topics: SUPPORT_TOPIC_CASH_FLOW topics: "
                  "SUPPORT_TOPIC_GRANT minutes: 2 received_at: 1782894600000 }"));
}

TEST(TranslateTest, ARowWithoutANumberStandsUnderItsCase) {
  EXPECT_THAT(
      texts(desk("7,2,result,open,2026-07-02 10:00,01/07/2026,,B1 1AA,money,,,\"1.250,50\"\n")),
      ElementsAre("case:7 @2026-07-02T09:00:00Z event_id: \"7-2\" source: \"desk\" "
                  "source_sequence: 1782982800000 effective_date { year: 2026 month: 7 day: 1 } "
                  "case_id: \"7\" postcode: \"B1 1AA\" outcome { kind: OUTCOME_KIND_FINANCE_RAISED "
                  "amount_minor: 125050 currency: \"GBP\" }"));
}

TEST(TranslateTest, ARowThatTheConditionsLeaveOutIsCounted) {
  TableRun const run = desk("7,1,call,draft,,,,,,,,\n");
  EXPECT_EQ(run.counts.filtered, 1);
  EXPECT_THAT(run.refused, ElementsAre());
  EXPECT_TRUE(run.said.empty());
}

struct BadRowCase {
  std::string_view row;
  std::string_view refusal;
};

TEST(TranslateTest, EveryBadRowIsRefusedWithItsReason) {
  const BadRowCase kCases[] = {
      {"7,1,visit,open,2026-07-02 10:00,01/07/2026,,,cash,,,",
       "2: unknown code: kind: \"visit\" in column \"type\" is no kind; add it to the list"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,gold,,,",
       "2: unknown code: interaction.topics: \"gold\" in column \"topics\" is not in the list "
       "topics; add it, or set otherwise"},
      {"7,,call,open,2026-07-02 10:00,01/07/2026,,,cash,,,",
       "2: missing value: id: a column of it is empty, so the fact has no id of its own"},
      {",1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,,", "2: missing value: id: a column"},
      {"7,1,call,open,,01/07/2026,,,cash,,,", "2: missing value: published: the column is empty"},
      {"7,1,call,open,2026-07-02 10:00,,,,cash,,,",
       "2: not in the contract: interaction: missing_date: effective_date is not set"},
      {"7,1,call,open,2026-07-02 10:00,31/06/2026,,,cash,,,",
       "2: wrong date: effective_date: \"31/06/2026\" in column \"date\": \"31/06/2026\" is not of "
       "the form \"%d/%m/%Y\", or there is no such day"},
      {"7,1,call,open,2026-07-02 10:00,01/07/1752,,,cash,,,",
       "2: wrong date: effective_date: 1752-07-01 is before 2000-01-01 (clock.earliest); correct "
       "it in the source"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2999,,,cash,,,",
       "2: wrong date: effective_date: \"01/07/2999\" in column \"date\": \"01/07/2999\" is before "
       "1700 or after 2078; correct it in the source"},
      {"7,1,call,open,2026-07-02 10:00,04/07/2026,,,cash,,,",
       "2: not in the contract: interaction: effective_after_published: "},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,2026-07-02 10:06,,",
       "2: clock skew: interaction.received_at: 2026-07-02T09:06:00Z is after the publication at "
       "2026-07-02T09:00:00Z"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,2026-03-29 01:30,,",
       "2: wrong date: interaction.received_at: \"2026-03-29 01:30\" in column \"received\": "
       "2026-03-29T01:30:00 does not exist in Europe/London"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,long,",
       "2: wrong value: interaction.minutes: \"long\" in column \"seconds\" is no such number"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,-600,",
       "2: not in the contract: interaction: value_out_of_range"},
      {"7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,999999999999,",
       "2: wrong value: interaction.minutes"},
      {"7,1,result,open,2026-07-02 10:00,01/07/2026,,,money,,,\"12,505\"",
       "2: wrong value: outcome.amount_minor: \"12,505\""},
      {"7,1,result,open,2026-07-02 10:00,01/07/2026,,,,,,",
       "2: not in the contract: outcome: missing_detail"},
  };
  for (const BadRowCase& each : kCases) {
    TableRun const run = desk(std::string(each.row) + "\n");
    EXPECT_TRUE(run.said.empty()) << each.row;
    EXPECT_THAT(run.refused, ElementsAre(HasSubstr(std::string(each.refusal)))) << each.row;
  }
}

TEST(TranslateTest, TextsOverTheLimitsAreRefused) {
  std::string const longest(events::kBusinessIdBytesMax, '7');
  auto const row = [](const std::string& id) {
    return id + ",1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,,\n";
  };
  EXPECT_EQ(desk(row(longest)).said.size(), 1u);
  EXPECT_THAT(desk(row(longest + "7")).refused,
              ElementsAre(HasSubstr("2: wrong text: case_id: \"7777")));
  EXPECT_THAT(desk(row(std::string(events::kEventIdBytesMax, '7'))).refused,
              ElementsAre(HasSubstr("has 130 bytes; at most 128 are allowed")));
  EXPECT_THAT(desk("7,1,call,open,2026-07-02 10:00,01/07/2026,,\"B1\n2AA\",cash,,,\n").refused,
              ElementsAre(HasSubstr("postcode: \"B1\xef\xbf\xbd"
                                    "2AA\" in column \"postcode\" contains "
                                    "control characters")));
}

TEST(TranslateTest, ANameInAFieldForCodesIsRefused) {
  std::string const yaml =
      "source: s\ntopic: support\npublished: as_of\n"
      "fields: {effective_date: {column: d, date: \"%Y-%m-%d\"}, case_id: {column: c}}\n"
      "events: [{kind: interaction, id: \"{c}\", fields: {interaction: {team: {column: t}}}}]\n";
  TableRun const run = run_table(
      mapping_of(yaml),
      {"d,c,t\n2026-01-01,1,solihull-start-up\n2026-01-01,2,Ann Smith\n", "t.csv", "2026-01-02"});
  EXPECT_EQ(run.said.size(), 1u);
  EXPECT_THAT(run.refused,
              ElementsAre("3: wrong text: interaction.team: \"Ann Smith\" in column \"t\" is no "
                          "code, and texts of people are not published; map it by a list"));
}

TEST(TranslateTest, EqualRowsAreDifferentFactsOnlyIfTheyAreNumbered) {
  std::string yaml =
      "source: s\ntopic: support\npublished: as_of\n"
      "fields: {effective_date: {column: d, date: \"%Y-%m-%d\"}, case_id: {hash: [d, t]}}\n"
      "events: [{kind: interaction, id: {hash: [d, t], numbered: true}}]\n";
  testing::TableInput const input{"d,t\n2026-01-01,x\n2026-01-01,x\n2026-01-01,y\n", "t.csv",
                                  "2026-01-02"};
  EXPECT_EQ(run_table(mapping_of(yaml), input).counts.said, 3);
  yaml.replace(yaml.find(", numbered: true"), 16, "");
  EXPECT_EQ(run_table(mapping_of(yaml), input).counts.said, 2);
}

// --- when a file was published ------------------------------------------------------------------

TEST(FileTimeTest, TheNameOrTheOptionStatesIt) {
  Mapping mapping = mapping_of(kDesk);
  base::UnixMillis const late{INT64_MAX};
  EXPECT_FALSE(testing::must(file_time(mapping, "x.csv", "", late)).published.has_value());
  EXPECT_FALSE(file_time(mapping, "x.csv", "2026-07-01", late).ok());
  mapping.publication = Publication::kFileName;
  mapping.file_name = "export-%Y-%m-%d.csv";
  mapping.published_is_day = true;
  auto const of_name = testing::must(file_time(mapping, "export-2026-07-01.csv", "", late));
  EXPECT_EQ(base::format_instant(*of_name.published),
            "2026-07-01T22:59:59Z");  // 23:59:59 in London
  EXPECT_FALSE(file_time(mapping, "export.csv", "", late).ok());
  auto const stated =
      testing::must(file_time(mapping, "export.csv", "2026-07-01T18:00:00+02:00", late));
  EXPECT_EQ(base::format_instant(*stated.published), "2026-07-01T16:00:00Z");
  mapping.publication = Publication::kStated;
  EXPECT_THAT(std::string(file_time(mapping, "x.csv", "", late).status().message()),
              HasSubstr("x.csv: when was it published? state --as-of"));
}

TEST(FileTimeTest, AFileFromTheFutureIsRefused) {
  Mapping mapping = mapping_of(kDesk);
  mapping.publication = Publication::kStated;
  base::UnixMillis const noon(1'782'907'200'000);  // 2026-07-01T12:00:00Z
  EXPECT_TRUE(file_time(mapping, "x.csv", "2026-07-01", noon).ok()) << "the day has begun";
  EXPECT_THAT(std::string(file_time(mapping, "x.csv", "2026-07-02", noon).status().message()),
              HasSubstr("was published in the future"));
  TableRun const run =
      run_table(mapping_of(kDesk),
                {std::string(kHeader) + "7,1,call,open,2026-07-02 10:00,01/07/2026,,,cash,,,\n",
                 "t.csv", "", noon});
  EXPECT_THAT(run.refused, ElementsAre(HasSubstr("clock skew: published: 2026-07-02T09:00:00Z is "
                                                 "in the future")));
}

}  // namespace
}  // namespace bellwether::connect::table
