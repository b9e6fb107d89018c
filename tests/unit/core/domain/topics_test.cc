#include "core/domain/topics.h"

#include <gtest/gtest.h>

namespace bellwether::domain {
namespace {

enum class Fruit : uint8_t { kApple, kPear };
struct FruitRow {
  Fruit id;
};
constexpr std::array kAllFruit = {FruitRow{Fruit::kApple}, FruitRow{Fruit::kPear}};
constexpr std::array kForgottenLast = {FruitRow{Fruit::kApple}};
constexpr std::array kForgottenFirst = {FruitRow{Fruit::kPear}};
constexpr std::array kOutOfOrder = {FruitRow{Fruit::kPear}, FruitRow{Fruit::kApple}};

TEST(TableTest, AMissingOrMisplacedRowIsDetected) {
  EXPECT_TRUE(is_complete<kAllFruit>());
  EXPECT_FALSE(is_complete<kForgottenLast>());
  EXPECT_FALSE(is_complete<kForgottenFirst>());
  EXPECT_FALSE(is_complete<kOutOfOrder>());
}

TEST(TopicsTest, NamesAreTheNamesInAlertsAndJournals) {
  EXPECT_EQ(name(Topic::kRegistrations), "registrations");
  EXPECT_EQ(name(Topic::kSupport), "support");
  EXPECT_EQ(name(Topic::kProcurement), "procurement");
  EXPECT_EQ(name(Topic::kObservations), "observations");
  for (const TopicInfo& t : kTopics) EXPECT_EQ(find_topic(t.name), t.id);
  EXPECT_FALSE(find_topic("").has_value());
  EXPECT_FALSE(find_topic("journal").has_value());
}

TEST(TopicsTest, NamesBeginWithTheDefaults) {
  TopicNames const names;
  EXPECT_EQ(names[Topic::kRegistrations], "bellwether.registrations");
  EXPECT_EQ(names[Topic::kSupport], "bellwether.support");
  EXPECT_EQ(names[Topic::kProcurement], "") << "nothing consumes it yet";
  EXPECT_EQ(names[Topic::kObservations], "") << "consumed only if it is named";
}

TEST(TopicsTest, RegistrationsAreRequiredAndTheOthersAreNot) {
  EXPECT_EQ(info(Topic::kRegistrations).consumption, Consumption::kRequired);
  EXPECT_EQ(info(Topic::kSupport).consumption, Consumption::kOptional);
  EXPECT_EQ(info(Topic::kObservations).consumption, Consumption::kOptional);
}

TEST(TopicsTest, TheFieldNumberOfAnUnknownKindGivesItsTopic) {
  EXPECT_EQ(topic_of_kind_field(16), Topic::kRegistrations);
  EXPECT_EQ(topic_of_kind_field(39), Topic::kRegistrations);
  EXPECT_EQ(topic_of_kind_field(40), Topic::kSupport);
  EXPECT_EQ(topic_of_kind_field(59), Topic::kSupport);
  EXPECT_EQ(topic_of_kind_field(60), Topic::kProcurement);
  EXPECT_EQ(topic_of_kind_field(69), Topic::kProcurement);
  EXPECT_EQ(topic_of_kind_field(70), Topic::kObservations);
  EXPECT_EQ(topic_of_kind_field(79), Topic::kObservations);
  EXPECT_EQ(kKindFieldMin, 16u);
  EXPECT_EQ(kKindFieldMax, 79u);
}

TEST(TopicSetTest, HoldsTheTopicsThatWereAdded) {
  TopicSet set;
  EXPECT_TRUE(set.empty());
  set |= Topic::kSupport;
  EXPECT_TRUE(set.contains(Topic::kSupport));
  EXPECT_FALSE(set.contains(Topic::kRegistrations));
  EXPECT_EQ(set | Topic::kRegistrations, Topic::kRegistrations | Topic::kSupport);
  EXPECT_NE(set, Topic::kRegistrations | Topic::kSupport);
}

TEST(FieldsTest, FieldsThatShareANumberOrASlotAreDetected) {
  EXPECT_TRUE(are_apart(std::array{field::text(1, 0), field::text(2, 1)}));
  EXPECT_TRUE(are_apart(std::array{field::text(1, 0), field::int32(2, 0)}))
      << "texts and numbers have separate slots";
  EXPECT_FALSE(are_apart(std::array{field::text(1, 0), field::text(1, 1)})) << "same number";
  EXPECT_FALSE(are_apart(std::array{field::text(1, 0), field::text(2, 0)})) << "same slot";
  EXPECT_FALSE(are_apart(std::array{field::date(1, 0), field::int32(2, 3)})) << "within a date";
  EXPECT_TRUE(are_apart(std::array{field::date(1, 0), field::int32(2, 4)}));
  EXPECT_FALSE(are_apart(std::array{field::activity(1, 0, 0), field::text(2, 2)}));
}

}  // namespace
}  // namespace bellwether::domain
