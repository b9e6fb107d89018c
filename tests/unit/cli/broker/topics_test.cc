#include "cli/broker/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bellwether::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Parses the words of a command line.
KafkaOptions parsed(std::vector<std::string> words) {
  KafkaOptions options;
  CLI::App app;
  add_kafka_options(app, options);
  std::ranges::reverse(words);  // CLI11 takes them in reverse order
  app.parse(std::move(words));
  return options;
}

std::vector<std::string> names(const KafkaOptions& options) {
  std::vector<std::string> out;
  for (const kafka::TopicSpec& spec : needed_topics(options, 4, 1)) out.push_back(spec.name);
  return out;
}

TEST(TopicsTest, ADaemonNeedsItsInputsAJournalAndDeadLetters) {
  EXPECT_THAT(names(parsed({})), ElementsAre("bellwether.registrations", "bellwether.support",
                                             "bellwether.journal", "bellwether.dead-letters"));
  EXPECT_THAT(names(parsed({"--registrations-topic", "r", "--support-topic", "s", "--journal-topic",
                            "j", "--dead-letters-topic", "d"})),
              ElementsAre("r", "s", "j", "d"));
}

TEST(TopicsTest, ATopicThatIsNotConsumedIsNotCreated) {
  KafkaOptions const options = parsed({"--support-topic", ""});
  EXPECT_THAT(names(options), ElementsAre("bellwether.registrations", "bellwether.journal",
                                          "bellwether.dead-letters"));
  EXPECT_THAT(input_topics(options), ElementsAre("bellwether.registrations"));
}

TEST(TopicsTest, OnlyInputsHaveManyPartitions) {
  auto const specs = needed_topics(KafkaOptions(), 12, 3);
  ASSERT_EQ(specs.size(), 4u);
  EXPECT_EQ(specs[0].partitions, 12);
  EXPECT_EQ(specs[1].partitions, 12);
  EXPECT_EQ(specs[2].partitions, 1);
  EXPECT_EQ(specs[3].partitions, 1);
  for (const kafka::TopicSpec& spec : specs) {
    EXPECT_EQ(spec.replication, 3);
    EXPECT_EQ(spec.retention_ms, -1);
  }
}

TEST(TopicsTest, ATopicThatIsRequiredMustHaveAName) {
  try {
    parsed({"--registrations-topic", ""});
    FAIL() << "an empty name was accepted";
  } catch (const CLI::ParseError& error) {
    EXPECT_THAT(error.what(), HasSubstr("must name a topic"));
  }
}

TEST(TopicsTest, ATopicThatIsNeverConsumedHasNoOption) {
  EXPECT_THROW(parsed({"--procurement-topic", "p"}), CLI::ParseError);
}

}  // namespace
}  // namespace bellwether::cli
