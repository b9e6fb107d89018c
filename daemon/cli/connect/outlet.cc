#include "cli/connect/outlet.h"

#include <google/protobuf/text_format.h>

#include <cstdio>

#include "adapters/kafka/topics.h"
#include "bellwether/events/v1/observation.pb.h"
#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "cli/broker/topics.h"
#include "connect/messages.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace events_pb = bellwether::events::v1;
using google::protobuf::Message;
using google::protobuf::TextFormat;

constexpr absl::Duration kWait = absl::Seconds(30);
constexpr absl::Duration kSettleWait = absl::Seconds(180);
constexpr int kMessageTimeoutMs = 120'000;
// Failed deliveries are looked for after so many records.
constexpr int64_t kCheckEvery = 4096;

class Publisher : public Outlet {
 public:
  static absl::StatusOr<std::unique_ptr<Outlet>> create(const KafkaOptions& options,
                                                        const std::vector<domain::Topic>& topics) {
    std::unique_ptr<Publisher> out(new Publisher());
    std::vector<std::string> names;
    for (domain::Topic const topic : topics) names.push_back(options.topics[topic]);
    BELLWETHER_ASSIGN_OR_RETURN(kafka::ClusterInfo const cluster,
                                kafka::describe(options.client(), names, kWait, quiet_log()));
    BELLWETHER_RETURN_IF_ERROR(kafka::check_timestamps(cluster.topics));
    BELLWETHER_RETURN_IF_ERROR(check_partitions(options, cluster.topics));
    kafka::ProducerTuning tuning;
    tuning.message_timeout_ms = kMessageTimeoutMs;
    BELLWETHER_ASSIGN_OR_RETURN(out->producer_,
                                kafka::Producer::create(options.client(), tuning, quiet_log()));
    out->destination_ = base::cat("cluster ", cluster.cluster_id);
    for (const std::string& name : names) base::append(out->destination_, ", topic ", name);
    for (size_t i = 0; i < topics.size(); ++i) {
      out->topics_[topics[i]] = {out->producer_->topic(names[i]), cluster.topics[i].partitions};
    }
    return out;
  }

  absl::Status say(const connect::Said& said) override {
    ++said_;
    if (said_ % kCheckEvery == 0) BELLWETHER_RETURN_IF_ERROR(check_delivered());
    return producer_->produce_bulk(topics_.at(said.topic).handle, kafka::kAnyPartition, said.key,
                                   said.value, said.published.value);
  }

  absl::Status heartbeat(domain::Topic topic, std::string_view source,
                         base::UnixMillis complete_to) override {
    std::string const value = connect::heartbeat(source, complete_to);
    const Target& target = topics_.at(topic);
    for (int p = 0; p < target.partitions; ++p) {
      BELLWETHER_RETURN_IF_ERROR(
          producer_->produce_bulk(target.handle, p, "", value, complete_to.value));
    }
    return absl::OkStatus();
  }

  std::string destination() const override { return destination_; }

  absl::Status settle() override {
    BELLWETHER_RETURN_IF_ERROR(producer_->flush(kSettleWait));
    return check_delivered();
  }

 private:
  struct Target {
    rd_kafka_topic_t* handle = nullptr;
    int partitions = 0;
  };

  Publisher() = default;

  // A business must be in the same partition of every input topic. Inputs that do not exist yet are
  // no error here: a daemon that needs them says so.
  static absl::Status check_partitions(const KafkaOptions& options,
                                       std::vector<kafka::TopicInfo> described) {
    for (const std::string& name : input_topics(options)) {
      bool known = false;
      for (const kafka::TopicInfo& topic : described) known |= topic.name == name;
      if (known) continue;
      auto const other = kafka::describe(options.client(), {name}, kWait, quiet_log());
      if (other.ok()) described.push_back(other->topics[0]);
      if (!other.ok() && !absl::IsNotFound(other.status())) return other.status();
    }
    return kafka::check_aligned(described);
  }

  absl::Status check_delivered() const {
    if (producer_->failures() == 0) return absl::OkStatus();
    return absl::UnavailableError(base::cat(
        producer_->failures(),
        " records were not delivered; when the broker is well, run the command again: it says "
        "again what may be missing"));
  }

  std::string destination_;
  std::unique_ptr<kafka::Producer> producer_;
  std::map<domain::Topic, Target> topics_;
};

class DryRun : public Outlet {
 public:
  absl::Status say(const connect::Said& said) override {
    ++said_;
    std::string const line = line_of(said);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    return absl::OkStatus();
  }
  absl::Status heartbeat(domain::Topic, std::string_view, base::UnixMillis) override {
    return absl::OkStatus();
  }
  absl::Status settle() override { return absl::OkStatus(); }
};

// Prints a date as "2026-11-01".
class DatePrinter : public TextFormat::MessagePrinter {
 public:
  void Print(const Message& message, bool, TextFormat::BaseTextGenerator* out) const override {
    const auto& date = static_cast<const events_pb::Date&>(message);
    out->PrintString(
        base::format_date(base::days_from_civil(date.year(), date.month(), date.day())));
  }
};

// Prints the braces around dates of fields as for values: "next_due: 2026-11-01".
class FieldPrinter : public TextFormat::FastFieldValuePrinter {
 public:
  void PrintMessageStart(const Message& message, int index, int count, bool single_line,
                         TextFormat::BaseTextGenerator* out) const override {
    if (is_date(message)) return out->PrintString(": ");
    FastFieldValuePrinter::PrintMessageStart(message, index, count, single_line, out);
  }
  void PrintMessageEnd(const Message& message, int index, int count, bool single_line,
                       TextFormat::BaseTextGenerator* out) const override {
    if (is_date(message)) return out->PrintString(" ");
    FastFieldValuePrinter::PrintMessageEnd(message, index, count, single_line, out);
  }

 private:
  static bool is_date(const Message& message) {
    return message.GetDescriptor() == events_pb::Date::descriptor();
  }
};

std::string text_of(const Message& message) {
  static const TextFormat::Printer* const printer = [] {
    auto* const made = new TextFormat::Printer();
    made->SetSingleLineMode(true);
    made->SetDefaultFieldValuePrinter(new FieldPrinter());
    made->RegisterMessagePrinter(events_pb::Date::descriptor(), new DatePrinter());
    return made;
  }();
  std::string text;
  printer->PrintToString(message, &text);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// The set field of the message's oneof, as "registered { legal_form: … }".
std::string kind_of(const Message& message) {
  const auto* const oneof = message.GetDescriptor()->oneof_decl(0);
  const auto* const field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (field == nullptr) return "";
  return base::cat(field->name(), " { ",
                   text_of(message.GetReflection()->GetMessage(message, field)), " }");
}

// What an event states beside its kind: where an enquirer is, and what of.
template <class Event>
std::string beside_kind(const Event&) {
  return "";
}
std::string beside_kind(const events_pb::SupportEvent& event) {
  events_pb::SupportEvent place;
  place.set_area_code(event.area_code());
  place.set_postcode(event.postcode());
  if (event.has_activity()) *place.mutable_activity() = event.activity();
  std::string const text = text_of(place);
  return text.empty() ? "" : base::cat("  ", text);
}
template <class Event>
std::string line_of_event(const connect::Said& said) {
  Event event;
  if (!event.ParseFromString(said.value)) return base::cat(said.key, "  not readable");
  std::string const effective =
      event.has_effective_date()
          ? base::format_date(base::days_from_civil(event.effective_date().year(),
                                                    event.effective_date().month(),
                                                    event.effective_date().day()))
          : "-";
  return base::cat(base::format_date(base::days_of(said.published)), "  ", said.key, "  ",
                   event.event_id(), "  ", effective, "  ", kind_of(event), beside_kind(event));
}

}  // namespace

std::string line_of(const connect::Said& said) {
  switch (said.topic) {
    case domain::Topic::kSupport:
      return base::printable(line_of_event<events_pb::SupportEvent>(said));
    case domain::Topic::kObservations:
      return base::printable(line_of_event<events_pb::Observation>(said));
    default:
      return base::printable(line_of_event<events_pb::RegistrationEvent>(said));
  }
}

absl::StatusOr<std::unique_ptr<Outlet>> publisher(const KafkaOptions& options,
                                                  const std::vector<domain::Topic>& topics) {
  return Publisher::create(options, topics);
}

std::unique_ptr<Outlet> dry_run() {
  return std::make_unique<DryRun>();
}

}  // namespace bellwether::cli
