// Purpose: the topics that a daemon needs, as named by the options of a command. Thread safety:
// pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/kafka/topics.h"
#include "cli/broker/kafka_options.h"

namespace bellwether::cli {

// The names of the consumed inputs, in the order of domain::kTopics.
std::vector<std::string> input_topics(const KafkaOptions& options);

// Every topic that a daemon with these options needs: the inputs with `partitions` each, then the
// journal and the dead letters with one partition each.
std::vector<kafka::TopicSpec> needed_topics(const KafkaOptions& options, int partitions,
                                            int replication);

}  // namespace bellwether::cli
