#include "runtime/journal/rule_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/alerts/rule_record.h"
#include "core/alerts/rules.h"
#include "core/base/text.h"
#include "support/must.h"

namespace bellwether::runtime {
namespace {

namespace journal_pb = bellwether::journal::v1;

journal_pb::RuleSet defaults() {
  journal_pb::RuleSet out;
  put(alerts::default_rules(base::Calendar(base::CalendarUnit::kMonth)), out);
  return out;
}

absl::StatusOr<alerts::RuleSet> read(const journal_pb::RuleSet& message) {
  alerts::RuleSet out;
  if (absl::Status const status = get(message, out); !status.ok()) return status;
  return out;
}

TEST(RuleCodecTest, TheMessageHasAFieldForEveryKeyAndNoOther) {
  int keys = 0;
  alerts::each_rule_key([&](const auto& key) {
    EXPECT_NE(journal_pb::Rule::descriptor()->FindFieldByName(std::string(key.name)), nullptr)
        << key.name;
    ++keys;
  });
  EXPECT_EQ(journal_pb::Rule::descriptor()->field_count(), keys);
}

TEST(RuleCodecTest, RulesAreDecodedUnchanged) {
  alerts::RuleSet const rules = testing::must(read(defaults()));
  EXPECT_EQ(rules, alerts::default_rules(base::Calendar(base::CalendarUnit::kMonth)));
  EXPECT_EQ(alerts::digest(rules), defaults().digest());
}

TEST(RuleCodecTest, AnUnknownWordIsAnError) {
  for (auto change : {+[](journal_pb::Rule& r) { r.set_kind("firm_detector"); },
                      +[](journal_pb::Rule& r) { r.set_harm("both"); },
                      +[](journal_pb::Rule& r) { r.set_severity("black"); }}) {
    journal_pb::RuleSet changed = defaults();
    change(*changed.mutable_rules(1));
    absl::Status const status = read(changed).status();
    EXPECT_TRUE(absl::IsDataLoss(status));
    EXPECT_THAT(std::string(base::from_absl(status.message())),
                ::testing::HasSubstr("is not known; update this build"));
  }
}

TEST(RuleCodecTest, RulesThatNoConfigurationCouldHaveAreDataLoss) {
  journal_pb::RuleSet changed = defaults();
  changed.mutable_rules(1)->set_subject("brths");
  EXPECT_TRUE(absl::IsDataLoss(read(changed).status()));
}

TEST(RuleCodecTest, SpecialDaysAreDecodedUnchanged) {
  alerts::RuleSet rules = alerts::default_rules(base::Calendar(base::CalendarUnit::kMonth));
  rules.business_calendar = testing::must(
      base::BusinessCalendar::make({{base::Days(-25'567), base::Days(0), base::Days(47'846)},
                                    {base::Days(5)},
                                    {base::Days(6)}}));
  journal_pb::RuleSet message;
  put(rules, message);
  EXPECT_EQ(testing::must(read(message)), rules);
  EXPECT_EQ(message.digest(), alerts::digest(rules));
  EXPECT_NE(message.digest(), defaults().digest());
  EXPECT_FALSE(defaults().has_special_days());
}

TEST(RuleCodecTest, SpecialDaysThatNoCalendarHasAreDataLoss) {
  for (int32_t const day : {INT32_MIN, -25'568, 47'847, INT32_MAX}) {
    journal_pb::RuleSet changed = defaults();
    changed.mutable_special_days()->add_feasts(day);
    EXPECT_TRUE(absl::IsDataLoss(read(changed).status())) << day;
  }
  journal_pb::RuleSet changed = defaults();
  changed.mutable_special_days()->add_holidays(2);
  EXPECT_TRUE(read(changed).ok());
  changed.mutable_special_days()->add_holidays(2);
  EXPECT_TRUE(absl::IsDataLoss(read(changed).status())) << "a day twice";
}

}  // namespace
}  // namespace bellwether::runtime
