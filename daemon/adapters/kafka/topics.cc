#include "adapters/kafka/topics.h"

#include <algorithm>

#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

int timeout_ms(absl::Duration d) {
  return static_cast<int>(absl::ToInt64Milliseconds(d));
}

struct Admin {
  Callbacks callbacks;
  std::string reason;  // what librdkafka said last of a connection
  Client client;
};

absl::Status open(Admin& admin, const ClientOptions& options, const base::LogFn& log) {
  admin.callbacks.log = log;
  admin.callbacks.error = [&admin](rd_kafka_resp_err_t error, std::string_view reason) {
    if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) admin.reason = reason;
  };
  auto client = make_client(RD_KAFKA_PRODUCER, options, {}, &admin.callbacks);
  if (!client.ok()) return client.status();
  admin.client = *std::move(client);
  return absl::OkStatus();
}

// The status with the reason of it: a wrong password or an unknown host only looks like a timeout.
absl::Status failed(Admin& admin, rd_kafka_resp_err_t error, std::string_view what) {
  rd_kafka_poll(admin.client.get(), 0);  // calls the callback
  return to_status(error, admin.reason.empty() ? what : base::cat(what, ": ", admin.reason));
}

using Metadata = Handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using AdminOptions = Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using Event = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using NewTopic = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using ConfigResource = Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

AdminOptions admin_options(rd_kafka_t* client, rd_kafka_admin_op_t op, absl::Duration wait) {
  AdminOptions o(rd_kafka_AdminOptions_new(client, op));
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(o.get(), timeout_ms(wait), error, sizeof error);
  if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
    rd_kafka_AdminOptions_set_operation_timeout(o.get(), timeout_ms(wait), error, sizeof error);
  }
  return o;
}

Event wait_for(rd_kafka_queue_t* queue, absl::Duration wait) {
  return Event(rd_kafka_queue_poll(queue, timeout_ms(wait) + 1000));
}

void take_setting(std::string_view name, std::string_view value, TopicInfo& topic) {
  if (name == "retention.ms") topic.retention_ms = base::parse_number<int64_t>(value).value_or(-1);
  if (name == "retention.bytes")
    topic.retention_bytes = base::parse_number<int64_t>(value).value_or(-1);
  if (name == "cleanup.policy") topic.cleanup_policy = value;
  if (name == "message.timestamp.type") topic.timestamp_type = value;
  if (name == "unclean.leader.election.enable") topic.unclean_election = value == "true";
  // The first name is that of brokers before 3.6. Both have 2⁶³ − 1 for "no limit".
  if (name == "message.timestamp.difference.max.ms" || name == "message.timestamp.before.max.ms") {
    int64_t const limit = base::parse_number<int64_t>(value).value_or(INT64_MAX);
    if (limit < INT64_MAX) topic.timestamp_age_max_ms = limit;
  }
}

std::string duration(int64_t ms) {
  constexpr int64_t kHourMs = 3'600'000;
  bool const days = ms >= 24 * kHourMs;
  int64_t const n = ms / (days ? 24 * kHourMs : kHourMs);
  return base::cat(n, days ? " day" : " hour", n == 1 ? "" : "s");
}

void read_settings(rd_kafka_t* client, std::vector<TopicInfo>& topics, absl::Duration wait) {
  std::vector<ConfigResource> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const TopicInfo& t : topics) {
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, t.name.c_str()));
    raw.push_back(resources.back().get());
  }
  Queue queue(rd_kafka_queue_new(client));
  AdminOptions const options = admin_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, wait);
  rd_kafka_DescribeConfigs(client, raw.data(), raw.size(), options.get(), queue.get());
  Event const event = wait_for(queue.get(), wait);
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const rd_kafka_DescribeConfigs_result_t* result =
      rd_kafka_event_DescribeConfigs_result(event.get());
  size_t n = 0;
  const rd_kafka_ConfigResource_t** described =
      rd_kafka_DescribeConfigs_result_resources(result, &n);
  for (size_t i = 0; i < n; ++i) {
    size_t entries = 0;
    const rd_kafka_ConfigEntry_t** configs =
        rd_kafka_ConfigResource_configs(described[i], &entries);
    for (size_t e = 0; e < entries; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(configs[e]);
      if (value == nullptr) continue;
      for (TopicInfo& t : topics) {
        if (t.name == rd_kafka_ConfigResource_name(described[i])) {
          take_setting(rd_kafka_ConfigEntry_name(configs[e]), value, t);
        }
      }
    }
  }
}

// " --partitions 4" if the input topics that exist have 4; the journal and the dead letters have
// one.
std::string partitions_of(const std::vector<TopicInfo>& topics) {
  int most = 0;
  for (const TopicInfo& t : topics) most = std::max(most, t.partitions);
  return most > 1 ? base::cat(" --partitions ", most) : std::string();
}

}  // namespace

absl::StatusOr<ClusterInfo> describe(const ClientOptions& options,
                                     const std::vector<std::string>& topics, absl::Duration wait,
                                     const base::LogFn& log) {
  Admin admin;
  if (absl::Status s = open(admin, options, log); !s.ok()) return s;
  const rd_kafka_metadata_t* raw = nullptr;
  rd_kafka_resp_err_t const error =
      rd_kafka_metadata(admin.client.get(), 1, nullptr, &raw, timeout_ms(wait));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failed(admin, error, base::cat("no answer from ", options.bootstrap_servers));
  }
  Metadata const metadata(raw);
  ClusterInfo info;
  if (char* id = rd_kafka_clusterid(admin.client.get(), timeout_ms(wait))) {
    info.cluster_id = id;
    rd_kafka_mem_free(admin.client.get(), id);
  }
  std::string missing;
  for (const std::string& name : topics) {
    int partitions = 0;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      if (name == metadata->topics[i].topic) partitions = metadata->topics[i].partition_cnt;
    }
    if (partitions == 0) base::append(missing, missing.empty() ? "" : ", ", name);
    info.topics.push_back({name, partitions, -1});
  }
  if (!missing.empty()) {
    return absl::NotFoundError(
        base::cat("topics missing on ", options.bootstrap_servers, ": ", missing,
                  "; create them with: bellwether topics create --brokers ",
                  options.bootstrap_servers, partitions_of(info.topics),
                  " (its options, such as --journal-topic, give names other than the defaults)"));
  }
  read_settings(admin.client.get(), info.topics, wait);
  return info;
}

absl::Status create_topics(const ClientOptions& options, const std::vector<TopicSpec>& topics,
                           absl::Duration wait, const base::LogFn& log) {
  Admin admin;
  if (absl::Status s = open(admin, options, log); !s.ok()) return s;
  std::vector<NewTopic> wanted;
  std::vector<rd_kafka_NewTopic_t*> raw;
  char text[256];
  for (const TopicSpec& t : topics) {
    wanted.emplace_back(
        rd_kafka_NewTopic_new(t.name.c_str(), t.partitions, t.replication, text, sizeof text));
    if (wanted.back() == nullptr) return absl::InvalidArgumentError(base::cat(t.name, ": ", text));
    rd_kafka_NewTopic_set_config(wanted.back().get(), "retention.ms",
                                 base::cat(t.retention_ms).c_str());
    rd_kafka_NewTopic_set_config(wanted.back().get(), "cleanup.policy", "delete");
    rd_kafka_NewTopic_set_config(wanted.back().get(), "message.timestamp.type", "CreateTime");
    raw.push_back(wanted.back().get());
  }
  Queue queue(rd_kafka_queue_new(admin.client.get()));
  AdminOptions const admin_opts =
      admin_options(admin.client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, wait);
  rd_kafka_CreateTopics(admin.client.get(), raw.data(), raw.size(), admin_opts.get(), queue.get());
  Event const event = wait_for(queue.get(), wait);
  if (event == nullptr) return absl::DeadlineExceededError("create topics: no answer in time");
  if (rd_kafka_resp_err_t const e = rd_kafka_event_error(event.get())) {
    return failed(admin, e, "create topics");
  }
  size_t n = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &n);
  std::vector<std::string> existing;
  for (size_t i = 0; i < n; ++i) {
    rd_kafka_resp_err_t const e = rd_kafka_topic_result_error(results[i]);
    std::string const name = rd_kafka_topic_result_name(results[i]);
    if (e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      existing.push_back(name);
    } else if (e != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* why = rd_kafka_topic_result_error_string(results[i]);
      return to_status(e, base::cat("create ", name, ": ", why == nullptr ? "" : why));
    }
  }
  if (existing.empty()) return absl::OkStatus();
  auto const known = describe(options, existing, wait, log);
  if (!known.ok()) return known.status();
  for (const TopicInfo& is : known->topics) {
    for (const TopicSpec& want : topics) {
      if (want.name == is.name && want.partitions != is.partitions) {
        return absl::FailedPreconditionError(base::cat(
            is.name, " exists with ", is.partitions, " partitions, wanted ", want.partitions,
            "; request the same number (--partitions ", is.partitions, ")"));
      }
    }
  }
  return absl::OkStatus();
}

std::string retention_note(const TopicInfo& topic) {
  std::string what;
  std::string instead;
  auto const add = [&](const std::string& text, const char* setting) {
    base::append(what, what.empty() ? "" : " and ", text);
    base::append(instead, instead.empty() ? "" : ", ", setting);
  };
  bool const deletes = topic.cleanup_policy.find("delete") != std::string::npos;
  if (topic.cleanup_policy.find("compact") != std::string::npos) {
    add("all records of a key except the newest", "cleanup.policy=delete");
  }
  if (deletes && topic.retention_ms >= 0) {
    add(base::cat("records after ", duration(topic.retention_ms)), "retention.ms=-1");
  }
  if (deletes && topic.retention_bytes >= 0) {
    add(base::cat("records beyond ", topic.retention_bytes, " bytes per partition"),
        "retention.bytes=-1");
  }
  if (what.empty()) return "";
  return base::cat("deletes ", what, "; a restart needs the whole log: set ", instead);
}

std::string acceptance_note(const TopicInfo& topic) {
  std::string note;
  auto const add = [&](const std::string& text) {
    base::append(note, note.empty() ? "" : "; ", text);
  };
  if (topic.timestamp_age_max_ms >= 0) {
    add(base::cat("refuses records with timestamps older than ",
                  duration(topic.timestamp_age_max_ms),
                  ", so a backfill fails: set message.timestamp.before.max.ms (before Kafka 3.6: "
                  "message.timestamp.difference.max.ms) to ",
                  INT64_MAX));
  }
  if (topic.unclean_election) {
    add("may lose acknowledged records when brokers fail: set "
        "unclean.leader.election.enable=false");
  }
  return note;
}

absl::Status check_timestamps(const std::vector<TopicInfo>& inputs) {
  for (const TopicInfo& t : inputs) {
    if (t.timestamp_type == "CreateTime") continue;
    return absl::FailedPreconditionError(
        base::cat("topic ", t.name, " has message.timestamp.type=", t.timestamp_type,
                  ": the broker replaces the time at which an event became known by its own, so a "
                  "backfill would count as known today. Set message.timestamp.type=CreateTime "
                  "(kafka-configs.sh --alter --entity-type topics --entity-name ",
                  t.name,
                  " --add-config message.timestamp.type=CreateTime), and publish the "
                  "records that it already has again into a new topic"));
  }
  return absl::OkStatus();
}

absl::Status check_journal(const TopicInfo& journal) {
  if (journal.partitions == 1) return absl::OkStatus();
  return absl::FailedPreconditionError(base::cat("the journal topic ", journal.name, " has ",
                                                 journal.partitions,
                                                 " partitions; it must have 1"));
}

absl::Status check_aligned(const std::vector<TopicInfo>& inputs) {
  for (const TopicInfo& t : inputs) {
    if (t.partitions == inputs.front().partitions) continue;
    return absl::FailedPreconditionError(
        base::cat("topic ", t.name, " has ", t.partitions, " partitions, ", inputs.front().name,
                  " has ", inputs.front().partitions,
                  "; all input topics must have the same number, so that a business is in the same "
                  "partition of each"));
  }
  return absl::OkStatus();
}

}  // namespace bellwether::kafka
