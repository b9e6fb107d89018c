#include "cli/broker/topics.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/broker/key_check.h"
#include "cli/context.h"
#include "cli/table.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr absl::Duration kWait = absl::Seconds(30);

struct Options {
  KafkaOptions kafka;
  int partitions = 4;
  int replication = 1;
};

void create(Context& context, const Options& options) {
  auto const specs = needed_topics(options.kafka, options.partitions, options.replication);
  auto const status = kafka::create_topics(options.kafka.client(), specs, kWait, quiet_log());
  if (!status.ok()) return context.fail(exit_of(status), std::string(status.message()));
  for (const kafka::TopicSpec& spec : specs) {
    std::printf("%s: %d partition%s, kept forever\n", spec.name.c_str(), spec.partitions,
                spec.partitions == 1 ? "" : "s");
  }
}

// Each topic has one use.
absl::Status check_different(const std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::count(names.begin(), names.end(), names[i]) == 1) continue;
    return absl::InvalidArgumentError(
        base::cat("topic ", names[i], " has two uses; use another topic for each"));
  }
  return absl::OkStatus();
}

// Whether the oldest records are in the partitions of their keys. `inputs`: as input_topics().
absl::Status check_placement(const KafkaOptions& options,
                             const std::vector<kafka::TopicInfo>& inputs) {
  std::vector<CheckedTopic> topics;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (options.topics[topic.id].empty()) continue;
    const kafka::TopicInfo& info = inputs[topics.size()];
    topics.push_back({topic.id, info.name, info.partitions});
  }
  auto const counts = count_keys(options.client(), topics, kWait, quiet_log());
  return counts.ok() ? check_keys(*counts) : counts.status();
}

void check(Context& context, const Options& options) {
  std::vector<std::string> names;
  for (const kafka::TopicSpec& spec : needed_topics(options.kafka, 1, 1)) {
    names.push_back(spec.name);
  }
  auto const cluster = kafka::describe(options.kafka.client(), names, kWait, quiet_log());
  if (!cluster.ok()) {
    return context.fail(exit_of(cluster.status()), std::string(cluster.status().message()));
  }
  Table table({"TOPIC", ">PARTITIONS", "RETENTION"});
  for (const kafka::TopicInfo& t : cluster->topics) {
    std::string const note = kafka::retention_note(t);
    table.add({t.name, figure(t.partitions), note.empty() ? "forever" : note},
              note.empty() ? Colour::kPlain : Colour::kAmber);
  }
  table.print();
  // The inputs come first, as in needed_topics().
  std::vector<kafka::TopicInfo> const inputs(
      cluster->topics.begin(),
      cluster->topics.begin() + static_cast<ptrdiff_t>(input_topics(options.kafka).size()));
  for (const kafka::TopicInfo& t : inputs) {
    std::string const note = kafka::acceptance_note(t);
    if (!note.empty()) std::printf("topic %s %s\n", t.name.c_str(), note.c_str());
  }
  std::string failures;
  const kafka::TopicInfo& journal = cluster->topics[inputs.size()];
  for (const absl::Status& s : {kafka::check_aligned(inputs), kafka::check_timestamps(inputs),
                                kafka::check_journal(journal), check_different(names),
                                check_placement(options.kafka, inputs)}) {
    if (!s.ok()) base::append(failures, failures.empty() ? "" : "\n", base::from_absl(s.message()));
  }
  if (!failures.empty()) context.fail(Exit::kFailure, failures);
}

}  // namespace

std::vector<std::string> input_topics(const KafkaOptions& options) {
  std::vector<std::string> names;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (const std::string& name = options.topics[topic.id]; !name.empty()) names.push_back(name);
  }
  return names;
}

std::vector<kafka::TopicSpec> needed_topics(const KafkaOptions& options, int partitions,
                                            int replication) {
  std::vector<kafka::TopicSpec> specs;
  for (const std::string& name : input_topics(options)) {
    specs.push_back({name, partitions, replication});
  }
  specs.push_back({options.journal_topic, 1, replication});
  specs.push_back({options.dead_letters_topic, 1, replication});
  return specs;
}

void add_topics(CLI::App& app, Context& context) {
  CLI::App* const topics = app.add_subcommand("topics", "the Kafka topics that a daemon needs");
  topics->require_subcommand(1);
  topics->fallthrough();
  auto options = std::make_shared<Options>();
  CLI::App* const creating = topics->add_subcommand("create", "create the missing topics");
  creating->fallthrough();
  add_kafka_options(*creating, options->kafka);
  creating->add_option("--partitions", options->partitions, "partitions of each input topic")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  creating->add_option("--replication", options->replication, "copies of each record")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  creating->callback([&context, options] { create(context, *options); });
  CLI::App* const checking = topics->add_subcommand(
      "check",
      "do topics exist, have equal partitions, keep records and times, have records in the "
      "partitions of their keys");
  checking->fallthrough();
  add_kafka_options(*checking, options->kafka);
  checking->callback([&context, options] { check(context, *options); });
}

}  // namespace bellwether::cli
