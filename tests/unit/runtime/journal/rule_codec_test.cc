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

}  // namespace
}  // namespace bellwether::runtime
