#include "connect/table/mapping_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "support/mappings.h"

namespace bellwether::connect::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::mapping_of;

std::vector<std::string> errors_of(std::string_view yaml) {
  auto const mapping = read_mapping(yaml, "m.yaml", testing::two_zones);
  if (mapping.ok()) return {};
  return absl::StrSplit(mapping.status().message(), '\n');
}

// A mapping without errors, and what a test replaces in it.
std::string desk_yaml(std::string_view from = "", std::string_view to = "") {
  std::string yaml =
      "source: desk\n"
      "topic: support\n"
      "clock: {time_zone: Europe/London}\n"
      "published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n"
      "lists:\n"
      "  topics:\n"
      "    values: {Cash: cash_flow, Grants: SUPPORT_TOPIC_GRANT}\n"
      "fields:\n"
      "  effective_date: {column: date, date: \"%d/%m/%Y\"}\n"
      "  case_id: {column: case}\n"
      "events:\n"
      "  - kind: interaction\n"
      "    id: \"{case}-{step}\"\n"
      "    fields:\n"
      "      interaction:\n"
      "        topics: {columns: [t1, t2], list: topics}\n";
  if (!from.empty()) yaml.replace(yaml.find(from), from.size(), to);
  return yaml;
}

TEST(MappingReaderTest, AMappingNamesItsColumnsOnce) {
  Mapping const mapping = mapping_of(desk_yaml());
  std::vector<std::string> names;
  for (const Column& column : mapping.columns) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("updated", "date", "case", "step", "t1", "t2"));
  EXPECT_EQ(mapping.source, "desk");
  EXPECT_EQ(mapping.topic, domain::Topic::kSupport);
  EXPECT_EQ(mapping.clock.zone.name, "Europe/London");
  ASSERT_EQ(mapping.events.size(), 1u);
  EXPECT_EQ(mapping.events[0].kind, domain::EventKind::kInteraction);
  EXPECT_EQ(mapping.events[0].fields.size(), 3u);
}

TEST(MappingReaderTest, AllErrorsAreToldAtOnceWithTheirLines) {
  EXPECT_THAT(
      errors_of("source: desk\n"
                "topic: support\n"
                "clock: {time_zone: Mars/Olympus, repeated: third}\n"
                "published: {column: updated, time: \"%H:%M\"}\n"
                "where: [{column: kind}]\n"
                "fields:\n"
                "  effective_day: {column: date, date: \"%d/%m/%Y\"}\n"
                "events:\n"
                "  - kind: interactoin\n"
                "    id: constant\n"
                "colour: red\n"),
      ElementsAre(
          "m.yaml:3: clock.time_zone: is not known; correct it",
          "m.yaml:3: clock.repeated: \"third\" is not known; write first or second or refused",
          "m.yaml:4: published.time: the pattern \"%H:%M\" does not state a day and a time; write "
          "it such as %d/%m/%Y %H:%M, or use date: for a day",
          "m.yaml:5: where: write column and one of in and not_in",
          "m.yaml:7: effective_day: no field of SupportEvent; it has business, effective_date, "
          "case_id, area_code, postcode, activity, retracted, interaction, referral, outcome, "
          "regulatory_contact, redundancy_notice",
          "m.yaml:9: kind: \"interactoin\" is no kind of the topic support; write retracted, "
          "interaction, referral, outcome, regulatory_contact, redundancy_notice",
          "m.yaml:10: id: \"constant\" names no column, so all rows would have the same; write "
          "{COLUMN}",
          "m.yaml:11: colour: no such key; known here: clock, created, events, fields, "
          "incremental, "
          "input, lists, match, published, sequence, source, topic, where"));
}

TEST(MappingReaderTest, TheTopicComesFirst) {
  EXPECT_THAT(errors_of("source: x\n"),
              ElementsAre("m.yaml:1: topic: is missing; write registrations or support or "
                          "observations"));
  EXPECT_THAT(errors_of("source: \"\"\ntopic: procurement\n"),
              ElementsAre(HasSubstr("m.yaml:1: source: name the source"),
                          "m.yaml:2: topic: \"procurement\" is not known; write registrations or "
                          "support or observations"));
  EXPECT_THAT(errors_of(""),
              ElementsAre("m.yaml:1: the file is empty; deploy/mappings has examples"));
  EXPECT_THAT(errors_of("- a\n"), ElementsAre(HasSubstr("m.yaml:1: the file: must be a mapping"),
                                              HasSubstr("source"), HasSubstr("topic")));
}

struct Wrong {
  std::string_view from;
  std::string_view to;
  std::string_view error;  // a part of it
};

TEST(MappingReaderTest, EveryMistakeIsNamedAtItsLine) {
  const Wrong kWrongs[] = {
      {"{column: case}", "{column: case, columns: [a]}",
       "m.yaml:10: case_id: write exactly one of column, columns, template and hash"},
      {"{column: case}", "{column: case, date: \"%Y\"}", "m.yaml:10: case_id.date: no such key"},
      {"{column: case}", "{column: case, decimal: \",\"}", "m.yaml:10: case_id: is no number"},
      {"{column: case}", "\"\"", "m.yaml:10: case_id: must not be empty"},
      {"{column: case}", "{template: x}", "m.yaml:10: case_id: \"x\" names no column"},
      {"{column: case}", "{template: \"{x\"}", "m.yaml:10: case_id: a { is never closed"},
      {"{column: case}", "{hash: []}", "m.yaml:10: case_id.hash: must list columns"},
      {", date: \"%d/%m/%Y\"", "", "m.yaml:9: effective_date: state the form of the column"},
      {"%d/%m/%Y", "%d/%m", "m.yaml:9: effective_date.date: the pattern"},
      {"list: topics", "list: topic", "m.yaml:16: interaction.topics.list: there is no list"},
      {"list: topics", "split: ab", "m.yaml:16: interaction.topics.split: must be one ASCII"},
      {", list: topics", "", "m.yaml:7: lists.topics: no field uses this list"},
      {"cash_flow", "cash",
       "m.yaml:7: lists.topics, for interaction.topics: \"cash\" is no "
       "SupportTopic; write unspecified, cash_flow"},
      {"values: {Cash: cash_flow, Grants: SUPPORT_TOPIC_GRANT}", "values: {}",
       "m.yaml:7: lists.topics.values: must be a mapping"},
      {"Cash: cash_flow", "1..5: debt, 5..6: debt",
       "m.yaml:7: lists.topics: the range 5..6 is empty or overlaps"},
      {"  - kind: interaction\n", "  - kind: referral\n",
       "m.yaml:12: events: referral.state is not mapped; the contract requires it"},
      {"  case_id: {column: case}\n", "", "case_id is not mapped; state the business or the case"},
      {"  case_id: {column: case}\n", "  business: {jurisdiction: GB, id: {column: n}}\n",
       "business.register is not mapped; a business needs all three parts"},
      {"  effective_date: {column: date, date: \"%d/%m/%Y\"}\n", "",
       "effective_date is not mapped; state the day"},
      {"topics: {columns: [t1, t2], list: topics}", "team: Ann Smith",
       "m.yaml:16: interaction.team: \"Ann Smith\" must be a code"},
      {"topics: {columns: [t1, t2], list: topics}", "minutes: 99999999999",
       "m.yaml:16: interaction.minutes: \"99999999999\" must be a whole number"},
      {"topics: {columns: [t1, t2], list: topics}", "minutes: {column: m, decimal: \"5\"}",
       "decimal and thousands must differ, and be no digits"},
      {"topics: {columns: [t1, t2], list: topics}",
       "minutes: {column: m, minor_digits: 2, divide_by: 60}", "cannot stand with multiply_by"},
      {"topics: {columns: [t1, t2], list: topics}", "received_at: 5",
       "m.yaml:16: interaction.received_at: \"5\" cannot be a constant here; write a column"},
      {"topics: {columns: [t1, t2], list: topics}", "case_id: {columns: [a, b]}",
       "m.yaml:16: interaction.case_id.columns: the field has one value; write column"},
      {"topics: {columns: [t1, t2], list: topics}", "notes: {column: notes}",
       "m.yaml:16: interaction.notes: no field of Interaction; it has case_id"},
      {"lists:", "match: {register: companies-house, name: n, threshold: 2}\nlists:",
       "m.yaml:5: match.register: write the jurisdiction"},
      {"lists:", "incremental: {overlap: 2d}\nlists:",
       "m.yaml:5: incremental.column: name the column"},
      {"lists:", "input: {format: jsonl, delimiter: \";\"}\nlists:",
       "m.yaml:5: input.delimiter: is for csv only"},
      {"lists:", "input: {delimiter: ab, quote: \",\"}\nlists:",
       "m.yaml:5: input.delimiter: must be one ASCII character"},
      {"published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n", "",
       "published: when did the source make a row known?"},
      {"\"{case}-{step}\"", "{numbered: true}", "m.yaml:13: id.hash: must list at least one"},
      {"  - kind: interaction\n", "  - kind: {column: k, list: kinds}\n",
       "kind: write a kind, or the column and the list"},
      {"  - kind: interaction\n", "  - kind: heartbeat\n", "\"heartbeat\" is no kind"},
      {"source: desk\n", "source: desk\nsource: two\n", "m.yaml:2: source: is given twice"},
  };
  for (const Wrong& wrong : kWrongs) {
    auto const errors = errors_of(desk_yaml(wrong.from, wrong.to));
    EXPECT_THAT(errors, ::testing::Contains(HasSubstr(std::string(wrong.error)))) << wrong.to;
  }
}

TEST(MappingReaderTest, MatchingStatesTheCaseAndNoBusiness) {
  std::string const match =
      "match: {jurisdiction: GB, register: companies-house, name: n, postcode: p,\n"
      "        list: {number: CompanyNumber, name: CompanyName, postcode: PostCode}}\nlists:";
  Mapping const mapping = mapping_of(desk_yaml("lists:", match));
  ASSERT_TRUE(mapping.match.has_value());
  EXPECT_DOUBLE_EQ(mapping.match->threshold, 0.9);
  std::string yaml = desk_yaml("lists:", match);
  yaml.replace(yaml.find("  case_id: {column: case}\n"), 26,
               "  business: {jurisdiction: GB, register: r, id: {column: n}}\n");
  EXPECT_THAT(errors_of(yaml),
              ElementsAre(HasSubstr("case_id is not mapped; an enquirer who is not found"),
                          HasSubstr("match finds the business; remove business")));
}

// The limits of a mapping are those that the constants state.
TEST(MappingReaderTest, LimitsAreKept) {
  std::string events = "events:\n";
  for (size_t i = 0; i <= kEventRulesMax; ++i) events += "  - {kind: interaction, id: \"{a}\"}\n";
  std::string yaml = desk_yaml();
  EXPECT_THAT(errors_of(yaml.substr(0, yaml.find("events:")) + events),
              ::testing::Contains(HasSubstr("events: must be a list of 1 to 64 events")));
  std::string columns;
  for (size_t i = 0; i < kColumnsMax; ++i) columns += "c" + std::to_string(i) + ", ";
  EXPECT_THAT(errors_of(desk_yaml("[t1, t2]", "[" + columns + "x]")),
              ::testing::Contains(HasSubstr("more than 256 columns; use fewer")));
  std::string codes;
  for (size_t i = 0; i <= kCodesMax; ++i) codes += "c" + std::to_string(i) + ": debt, ";
  EXPECT_THAT(errors_of(desk_yaml("Cash: cash_flow", codes + "x: debt")),
              ::testing::Contains(HasSubstr("more than 10000 values; split the list")));
}

}  // namespace
}  // namespace bellwether::connect::table
