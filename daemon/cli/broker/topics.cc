#include <cstdio>
#include <memory>

#include "adapters/kafka/topics.h"
#include "cli/broker/kafka_options.h"
#include "cli/context.h"
#include "cli/table.h"

namespace bellwether::cli {
namespace {

constexpr absl::Duration kWait = absl::Seconds(30);

struct Options {
  KafkaOptions kafka;
  int partitions = 4;
  int replication = 1;
};

std::vector<std::string> names(const KafkaOptions& k) {
  return {k.registrations_topic, k.support_topic, k.journal_topic, k.dead_letters_topic};
}

void create(Context& context, const Options& options) {
  std::vector<kafka::TopicSpec> specs;
  for (const std::string& name : names(options.kafka)) {
    bool const input =
        name == options.kafka.registrations_topic || name == options.kafka.support_topic;
    specs.push_back({name, input ? options.partitions : 1, options.replication, -1});
  }
  auto const status = kafka::create_topics(options.kafka.client(), specs, kWait, quiet_log());
  if (!status.ok()) return context.fail(exit_of(status), std::string(status.message()));
  for (const kafka::TopicSpec& spec : specs) {
    std::printf("%s: %d partition%s, kept for ever\n", spec.name.c_str(), spec.partitions,
                spec.partitions == 1 ? "" : "s");
  }
}

void check(Context& context, const Options& options) {
  auto const cluster =
      kafka::describe(options.kafka.client(), names(options.kafka), kWait, quiet_log());
  if (!cluster.ok()) {
    return context.fail(exit_of(cluster.status()), std::string(cluster.status().message()));
  }
  Table table({"TOPIC", ">PARTITIONS", "RETENTION"});
  for (const kafka::TopicInfo& t : cluster->topics) {
    std::string const forgets = kafka::forgets(t);
    table.add({t.name, figure(t.partitions), forgets.empty() ? "for ever" : forgets},
              forgets.empty() ? Colour::kPlain : Colour::kAmber);
  }
  table.print();
  auto const aligned = kafka::check_aligned({cluster->topics[0], cluster->topics[1]});
  if (!aligned.ok()) context.fail(Exit::kFailure, std::string(aligned.message()));
}

}  // namespace

void add_topics(CLI::App& app, Context& context) {
  CLI::App* const topics = app.add_subcommand("topics", "the Kafka topics that a daemon needs");
  topics->require_subcommand(1);
  topics->fallthrough();
  auto options = std::make_shared<Options>();
  CLI::App* const creating = topics->add_subcommand("create", "make those that are missing");
  creating->fallthrough();
  add_kafka_options(*creating, options->kafka);
  creating->add_option("--partitions", options->partitions, "of each input topic")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  creating->add_option("--replication", options->replication, "copies of each record")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  creating->callback([&context, options] { create(context, *options); });
  CLI::App* const checking =
      topics->add_subcommand("check", "do they exist, are they alike, do they keep");
  checking->fallthrough();
  add_kafka_options(*checking, options->kafka);
  checking->callback([&context, options] { check(context, *options); });
}

}  // namespace bellwether::cli
